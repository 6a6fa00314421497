//! Pictures with known boxes: what has to be gone is gone, what has to stay stays.

use super::*;

const SIZE: (u32, u32) = (640, 360);
/// Where the accused vehicle is.
const OWN: [f32; 4] = [0.4, 0.4, 0.2, 0.3];

/// Stripes two pixels wide, as strokes of a plate are: whatever blurs makes them grey.
fn stripes() -> Vec<u8> {
    let picture = RgbImage::from_fn(SIZE.0, SIZE.1, |x, _| Rgb([if x / 2 % 2 == 0 { 20 } else { 235 }; 3]));
    let mut bytes = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 100)).unwrap();
    bytes
}

/// How far neighbouring pixels of a box are apart, on average: 0 where nothing can be read.
fn contrast(picture: &RgbImage, bbox: [f32; 4]) -> u32 {
    let area = Area::of(bbox, -0.1, SIZE).unwrap();
    let (sum, count) = area.pixels().filter(|(x, _)| *x + 2 < SIZE.0).fold((0, 0), |(sum, count), (x, y)| {
        let apart = u32::from(picture.get_pixel(x, y).0[0].abs_diff(picture.get_pixel(x + 2, y).0[0]));
        (sum + apart, count + 1)
    });
    sum / count
}

fn copied(class: &str, objects: &[Object<'_>]) -> RgbImage {
    let bytes = frame(&stripes(), |w, h| Plan::new((w, h), Some(OWN), class, objects), "").unwrap();
    read(&bytes).unwrap()
}

fn other(class: &str, bbox: [f32; 4]) -> Object<'_> {
    Object { accused: false, class, bbox }
}

#[test]
fn the_accused_vehicle_stays_and_everybody_else_is_unreadable_whether_detected_or_not() {
    let car = [0.05, 0.5, 0.2, 0.2];
    let copy = copied("car", &[other("car", car), Object { accused: true, class: "car", bbox: OWN }]);
    assert!(contrast(&copy, OWN) > 150, "own vehicle: {}", contrast(&copy, OWN));
    assert!(contrast(&copy, car) < 5, "other vehicle: {}", contrast(&copy, car));
    // Somebody whom no detector saw.
    assert!(contrast(&copy, [0.75, 0.2, 0.1, 0.3]) < 25);
}

#[test]
fn who_stands_before_the_vehicle_is_hidden_too_but_its_rider_and_a_second_box_are_not() {
    let before = [0.5, 0.45, 0.08, 0.2];
    assert!(contrast(&copied("car", &[other("motorcycle", before)]), before) < 5);
    assert!(contrast(&copied("car", &[other("person", before)]), before) < 5);
    assert!(contrast(&copied("motorcycle", &[other("person", before)]), before) > 150, "the rider");
    assert!(contrast(&copied("car", &[other("truck", [0.41, 0.41, 0.19, 0.28])]), OWN) > 150, "found twice");
}

#[test]
fn without_a_box_everything_is_hidden() {
    let copy = frame(&stripes(), |w, h| Plan::new((w, h), None, "car", &[]), "").unwrap();
    assert!(contrast(&read(&copy).unwrap(), OWN) < 25);
    for none in [[0.0; 4], [f32::NAN, 0.0, 1.0, 1.0], [2.0, 2.0, 0.1, 0.1], [0.1, 0.1, -1.0, 0.5]] {
        assert_eq!(Area::of(none, 0.0, SIZE), None, "{none:?}");
    }
}

#[test]
fn a_copy_is_marked_outside_the_vehicle_and_a_crop_below_itself() {
    let plain = copied("car", &[]);
    let bytes =
        frame(&stripes(), |w, h| Plan::new((w, h), Some(OWN), "car", &[]), "COPY 7Q2M 2026-11-21").unwrap();
    let marked = read(&bytes).unwrap();
    let apart = |bbox| {
        let area = Area::of(bbox, 0.0, SIZE).unwrap();
        area.pixels()
            .filter(|(x, y)| plain.get_pixel(*x, *y).0[0].abs_diff(marked.get_pixel(*x, *y).0[0]) > 30)
            .count()
    };
    assert!(apart([0.0, 0.0, 1.0, 0.2]) > 200);
    assert_eq!(apart([0.42, 0.42, 0.16, 0.26]), 0);
    let plate = crop(&stripes(), "COPY 7Q2M 2026-11-21").unwrap();
    let plate = read(&plate).unwrap();
    assert!(plate.height() > SIZE.1 && contrast(&plate, [0.1, 0.1, 0.8, 0.8]) > 150);
}

#[test]
fn what_is_no_picture_gives_no_copy() {
    for bytes in [&b""[..], b"%PDF-1.7", &stripes()[..200]] {
        assert!(crop(bytes, "x").is_err());
        assert!(frame(bytes, |w, h| Plan::new((w, h), None, "car", &[]), "x").is_err());
    }
}
