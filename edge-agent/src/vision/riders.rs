//! Who rides and who walks: people are joined to the two-wheelers that they sit on.

use crate::detection::{Detection, ObjectClass};
use crate::geometry::BBox;

/// A person on a vehicle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rider {
    /// The person.
    pub person: Detection,
    /// Place of the vehicle in [`super::Detections::objects`].
    pub vehicle: usize,
}

/// Splits people who sit on a two-wheeler from those who walk. Vehicles keep their order and stand before the walkers.
pub fn join_riders(found: Vec<Detection>) -> (Vec<Detection>, Vec<Rider>) {
    let (people, mut objects): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|d| d.class == ObjectClass::Person);
    let wheels = objects.len();
    let mut riders = Vec::new();
    for person in people {
        let seat = (0..wheels)
            .map(|i| (i, sits_on(&person.bbox, &objects[i])))
            .filter(|(_, fit)| *fit > 0.0)
            .max_by(|a, b| a.1.total_cmp(&b.1));
        match seat {
            Some((vehicle, _)) => riders.push(Rider { person, vehicle }),
            None => objects.push(person),
        }
    }
    (objects, riders)
}

/// How well a person's box fits on a two-wheeler: 0 when it does not. A rider is above the middle of the vehicle, within
/// its width, feet no lower than its wheels; somebody who walks past reaches lower or stands beside it. Where the
/// vehicle's box holds its rider too, the person fills its upper part.
fn sits_on(person: &BBox, vehicle: &Detection) -> f32 {
    if !matches!(vehicle.class, ObjectClass::Motorcycle | ObjectClass::Bicycle) {
        return 0.0;
    }
    let v = &vehicle.bbox;
    let common = person.intersect(v);
    let across = common.w / person.w.min(v.w).max(1.0);
    let down = common.h / person.h.max(1.0);
    let above = person.centre().y < v.centre().y;
    let feet_on_it = person.bottom() > v.y + 0.2 * v.h && person.bottom() < v.bottom() + 0.1 * v.h;
    if across >= 0.5 && down >= 0.2 && above && feet_on_it {
        common.area() / person.area().max(1.0)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn det(class: ObjectClass, x: f32, y: f32, w: f32, h: f32) -> Detection {
        Detection { bbox: BBox { x, y, w, h }, score: 0.8, class }
    }

    #[test]
    fn a_person_on_a_motorcycle_is_a_rider_and_no_pedestrian() {
        let bike = det(ObjectClass::Motorcycle, 100.0, 150.0, 60.0, 100.0);
        let (objects, riders) = join_riders(vec![bike, det(ObjectClass::Person, 105.0, 80.0, 50.0, 140.0)]);
        assert_eq!(objects, vec![bike]);
        assert_eq!(riders.len(), 1);
        assert_eq!(riders[0].vehicle, 0);
    }

    #[test]
    fn a_rider_inside_a_box_drawn_around_both_is_a_rider() {
        let both = det(ObjectClass::Motorcycle, 100.0, 80.0, 60.0, 170.0);
        let (objects, riders) = join_riders(vec![both, det(ObjectClass::Person, 105.0, 80.0, 50.0, 140.0)]);
        assert_eq!((objects.len(), riders.len()), (1, 1));
    }

    #[test]
    fn a_person_beside_or_in_front_of_a_motorcycle_walks() {
        let bike = det(ObjectClass::Motorcycle, 100.0, 150.0, 60.0, 100.0);
        let beside = det(ObjectClass::Person, 158.0, 80.0, 50.0, 170.0);
        let before = det(ObjectClass::Person, 105.0, 150.0, 50.0, 160.0);
        let (objects, riders) = join_riders(vec![bike, beside, before]);
        assert_eq!(objects.len(), 3);
        assert!(riders.is_empty());
    }

    #[test]
    fn two_riders_share_one_motorcycle() {
        let bike = det(ObjectClass::Motorcycle, 100.0, 150.0, 60.0, 100.0);
        let people = [
            det(ObjectClass::Person, 105.0, 80.0, 50.0, 130.0),
            det(ObjectClass::Person, 108.0, 95.0, 45.0, 120.0),
        ];
        let (_, riders) = join_riders(vec![bike, people[0], people[1]]);
        assert_eq!(riders.len(), 2);
    }

    #[test]
    fn nobody_rides_a_car() {
        let car = det(ObjectClass::Car, 100.0, 150.0, 60.0, 100.0);
        let (objects, riders) = join_riders(vec![car, det(ObjectClass::Person, 105.0, 80.0, 50.0, 140.0)]);
        assert_eq!((objects.len(), riders.len()), (2, 0));
    }
}
