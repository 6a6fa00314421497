//! One box per object: what a network says twice about one vehicle is said once before anybody tracks it.

use crate::detection::{Detection, ObjectClass};
use crate::geometry::BBox;

/// Boxes of one class that overlap by more than this are one object.
const SAME_CLASS_IOU: f32 = 0.6;
/// Boxes of vehicles that are easily taken for each other (car, bus, truck; motorcycle, bicycle) are one vehicle from
/// this overlap on. More than within a class: a car half hidden by a lorry is a vehicle of its own.
const SAME_VEHICLE_IOU: f32 = 0.7;

/// Of boxes that show the same object the surest stays; order is best first.
pub fn without_doubles(mut found: Vec<Detection>) -> Vec<Detection> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Detection> = Vec::with_capacity(found.len());
    for d in found {
        if !kept.iter().any(|k| same_object(k, &d)) {
            kept.push(d);
        }
    }
    kept
}

fn same_object(a: &Detection, b: &Detection) -> bool {
    if kind(a.class) != kind(b.class) {
        return false;
    }
    let least = if a.class == b.class { SAME_CLASS_IOU } else { SAME_VEHICLE_IOU };
    a.bbox.iou(&b.bbox) > least
        || kind(a.class) == Kind::TwoWheels && with_and_without_rider(&a.bbox, &b.bbox)
}

/// Classes within a kind are easily taken for each other.
#[derive(PartialEq)]
enum Kind {
    Person,
    TwoWheels,
    FourWheels,
}

fn kind(class: ObjectClass) -> Kind {
    match class {
        ObjectClass::Person => Kind::Person,
        ObjectClass::Bicycle | ObjectClass::Motorcycle => Kind::TwoWheels,
        ObjectClass::Car | ObjectClass::Bus | ObjectClass::Truck => Kind::FourWheels,
    }
}

/// Whether one box is the machine and the other the machine with whoever sits on it: about as wide, on the same wheels,
/// one within the other.
fn with_and_without_rider(a: &BBox, b: &BBox) -> bool {
    let (tall, short) = if a.h >= b.h { (a, b) } else { (b, a) };
    let inside = tall.intersect(short).area() / short.area().max(1.0);
    let as_wide = tall.w.min(short.w) / tall.w.max(short.w).max(1.0);
    let between_wheels = (tall.bottom() - short.bottom()).abs() / tall.h.max(1.0);
    inside >= 0.85 && as_wide >= 0.7 && between_wheels <= 0.08 && short.h >= 0.4 * tall.h
}

#[cfg(test)]
mod tests {
    use super::*;
    use ObjectClass::{Bicycle, Bus, Car, Motorcycle, Person, Truck};

    fn det(class: ObjectClass, score: f32, x: f32, y: f32, w: f32, h: f32) -> Detection {
        Detection { bbox: BBox { x, y, w, h }, score, class }
    }

    fn classes(found: Vec<Detection>) -> Vec<ObjectClass> {
        without_doubles(found).iter().map(|d| d.class).collect()
    }

    #[test]
    fn a_lorry_seen_as_truck_and_car_and_bus_is_one_vehicle() {
        let found = vec![
            det(Car, 0.5, 11.0, 11.0, 98.0, 80.0),
            det(Truck, 0.7, 10.0, 10.0, 100.0, 80.0),
            det(Bus, 0.3, 10.0, 12.0, 100.0, 80.0),
        ];
        assert_eq!(classes(found), [Truck]);
    }

    #[test]
    fn a_motorcycle_boxed_with_and_without_its_rider_is_one_vehicle() {
        let machine = det(Motorcycle, 0.6, 100.0, 150.0, 58.0, 100.0);
        let both = det(Motorcycle, 0.5, 98.0, 80.0, 62.0, 172.0);
        assert_eq!(without_doubles(vec![machine, both]), [machine]);
        assert_eq!(without_doubles(vec![both, Detection { class: Bicycle, ..machine }]).len(), 1);
    }

    #[test]
    fn motorcycles_behind_each_other_stay_two() {
        let near = det(Motorcycle, 0.6, 100.0, 100.0, 60.0, 150.0);
        let far = det(Motorcycle, 0.5, 105.0, 105.0, 45.0, 90.0);
        assert_eq!(without_doubles(vec![near, far]).len(), 2);
    }

    #[test]
    fn a_car_half_behind_a_lorry_and_a_person_before_a_car_stay() {
        let lorry = det(Truck, 0.8, 100.0, 100.0, 100.0, 100.0);
        let car = det(Car, 0.5, 130.0, 110.0, 100.0, 90.0);
        let person = det(Person, 0.6, 100.0, 100.0, 100.0, 100.0);
        assert_eq!(classes(vec![lorry, car, person]), [Truck, Person, Car]);
    }

    #[test]
    fn boxes_of_one_class_that_all_but_coincide_are_one() {
        let found = vec![det(Car, 0.5, 10.0, 10.0, 100.0, 80.0), det(Car, 0.6, 20.0, 12.0, 100.0, 80.0)];
        assert_eq!(without_doubles(found).len(), 1);
    }
}
