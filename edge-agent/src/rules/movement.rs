//! Whether a box stands for something that really moved, and whether two boxes are on one vehicle. Shared by every rule that
//! looks at sides of a line.

use super::Anchor;
use crate::detection::ObjectClass;
use crate::geometry::{BBox, Point};

/// An anchor must have come this part of the object's size from where it was deepest on the old side.
const REAL_WAY: f32 = 0.3;
/// The far edge of the box must have come along by this part of the anchor's way.
const COMES_ALONG: f32 = 0.25;
/// Or the width must have changed by this part of the height's change (of their logarithms), in the same sense.
const GROWS_ALIKE: f32 = 0.4;
/// Two boxes of like vehicles that share this part of the smaller one are on one vehicle.
const DOUBLE_SHARE: f32 = 0.75;
/// The same for boxes of unlike kinds, as intersection over union: a motorcycle beside a bus is within its box.
const DOUBLE_IOU: f32 = 0.7;

/// Whether the way from one box to another is that of an object that moved towards the side where `distance` grows (`towards` 1)
/// or shrinks (-1), and not of a box that changed its shape.
pub(super) fn really_moved(
    distance: impl Fn(Point) -> f32,
    anchor: Anchor,
    from: &BBox,
    to: &BBox,
    towards: i8,
) -> bool {
    let towards = f32::from(towards);
    let way = |point: fn(&BBox) -> Point| towards * (distance(point(to)) - distance(point(from)));
    let anchor = match anchor {
        Anchor::Foot => way(BBox::foot),
        Anchor::Centre => way(BBox::centre),
    };
    let size = from.area().min(to.area()).sqrt();
    if anchor < REAL_WAY * size {
        return false;
    }
    // The corners that lie furthest from the foot, so that a cut on any one side leaves one of them where it was.
    let corners: [fn(&BBox) -> Point; 2] = [|b| Point { x: b.x, y: b.y }, |b| Point { x: b.right(), y: b.y }];
    if corners.into_iter().all(|corner| way(corner) >= COMES_ALONG * anchor) {
        return true;
    }
    let (wider, taller) = ((to.w / from.w).ln(), (to.h / from.h).ln());
    wider * taller > 0.0 && wider.abs() >= GROWS_ALIKE * taller.abs()
}

/// Whether two boxes of one moment are on one vehicle. People are never doubles: they do walk behind each other.
pub(super) fn one_vehicle(a: (&BBox, ObjectClass), b: (&BBox, ObjectClass)) -> bool {
    if a.1 == ObjectClass::Person || b.1 == ObjectClass::Person {
        return false;
    }
    let overlap = a.0.intersect(b.0).area();
    let smaller = a.0.area().min(b.0.area()).max(1.0);
    a.0.iou(b.0) >= DOUBLE_IOU || (alike(a.1, b.1) && overlap / smaller >= DOUBLE_SHARE)
}

/// Whether a detector easily takes one class for the other.
pub(super) fn alike(a: ObjectClass, b: ObjectClass) -> bool {
    let two_wheels = |class| matches!(class, ObjectClass::Bicycle | ObjectClass::Motorcycle);
    two_wheels(a) == two_wheels(b)
}
