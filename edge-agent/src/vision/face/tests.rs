//! Promises about faces. Those that need the models say so when they are not there: `edge-agent models --fetch --with faces` (or
//! `make test`, which does it) installs them. All faces here are drawn.

use super::drawn::{face, paste};
use super::*;
use crate::geometry::{BBox, Point};
use crate::vision::{ModelStore, Rgb, Runtime, SessionSettings, VisionError};

fn reader() -> FaceReader {
    let load = || {
        let store = ModelStore::find()?;
        let runtime = Runtime::from_store(&store)?;
        FaceReader::load(&runtime, &store, &SessionSettings::default(), FaceReaderConfig::default())
    };
    load().unwrap_or_else(|e: VisionError| panic!("these tests need the models of faces: {e}"))
}

fn grey(width: u32, height: u32) -> Rgb {
    Rgb::filled(width, height, [120, 130, 140])
}

/// `picture` with every channel changed.
fn changed(picture: &Rgb, change: impl Fn(u8) -> f32) -> Rgb {
    Rgb { data: picture.data.iter().map(|v| change(*v).clamp(0.0, 255.0) as u8).collect(), ..picture.clone() }
}

/// `picture` blurred by a box of `2 r + 1` pixels, three times.
fn blurred(picture: &Rgb, r: i32) -> Rgb {
    let (w, h) = (picture.width as i32, picture.height as i32);
    let mut now = picture.clone();
    for pass in 0..6 {
        let (dx, dy) = if pass % 2 == 0 { (1, 0) } else { (0, 1) };
        let before = now.clone();
        for (at, out) in now.data.iter_mut().enumerate() {
            let (x, y, c) = ((at / 3) as i32 % w, (at / 3) as i32 / w, at % 3);
            let sum: i32 = (-r..=r)
                .map(|i| {
                    let (x, y) = ((x + dx * i).clamp(0, w - 1), (y + dy * i).clamp(0, h - 1));
                    i32::from(before.data[3 * (y * w + x) as usize + c])
                })
                .sum();
            *out = (sum / (2 * r + 1)) as u8;
        }
    }
    now
}

fn only(faces: Vec<FaceReading>) -> FaceReading {
    assert_eq!(faces.len(), 1, "{faces:?}");
    faces.into_iter().next().expect("one")
}

fn reasons(picture: &Rgb) -> Vec<Refusal> {
    only(reader().read_picture(picture).expect("reads")).quality.refusals
}

#[test]
fn a_face_is_found_with_its_points_and_becomes_a_vector() {
    let side = 320.0;
    let reading = only(reader().read_picture(&face(320)).expect("reads"));
    let [left, right, nose, ..] = reading.face.landmarks;
    let near = |p: Point, x: f32, y: f32| (p.x - x * side).hypot(p.y - y * side) < 0.04 * side;
    assert!(near(left, 0.405, 0.47) && near(right, 0.595, 0.47) && near(nose, 0.5, 0.57), "{reading:?}");
    assert_eq!(reading.quality.refusals, []);
    assert!(reading.quality.number > 0.5);
    let vector = reading.vector.expect("good enough");
    assert_eq!((vector.model().as_str(), vector.dimensions()), (sface::MODEL, 128));
}

#[test]
fn the_same_face_in_another_place_and_size_has_nearly_the_same_vector() {
    let reader = reader();
    let mut wide = grey(900, 500);
    paste(&mut wide, &face(240), 500, 130);
    let here = only(reader.read_picture(&face(320)).expect("reads")).vector.expect("good");
    let there = only(reader.read_picture(&wide).expect("reads")).vector.expect("good");
    let similarity = here.similarity(&there).expect("one model");
    assert!(similarity > 0.8, "{similarity}");
}

#[test]
fn a_picture_without_a_face_has_none_whatever_its_size() {
    let reader = reader();
    let stripes = Rgb {
        data: (0..300 * 200 * 3).map(|i| ((i / 30) % 2 * 255) as u8).collect(),
        width: 300,
        height: 200,
    };
    for picture in [grey(1, 1), grey(2, 900), grey(4000, 3), grey(640, 480), stripes] {
        assert_eq!(reader.read_picture(&picture).expect("no error"), []);
    }
}

#[test]
fn a_face_that_fills_a_large_picture_is_found() {
    let reading = only(reader().read_picture(&face(1600)).expect("reads"));
    assert!(reading.face.bbox.w > 500.0 && reading.vector.is_some(), "{reading:?}");
}

#[test]
fn a_grey_face_is_as_good_as_a_coloured_one() {
    let mut picture = face(320);
    for pixel in picture.data.chunks_exact_mut(3) {
        let luma = pixel.iter().map(|v| u32::from(*v)).sum::<u32>() / 3;
        pixel.fill(luma as u8);
    }
    assert_eq!(reasons(&picture), []);
}

#[test]
fn a_tiny_face_is_refused_as_too_small() {
    let mut picture = grey(200, 200);
    paste(&mut picture, &face(48), 70, 70);
    assert_eq!(reasons(&picture).first(), Some(&Refusal::TooSmall));
}

#[test]
fn darkness_glare_fog_and_blur_are_refused_by_their_names() {
    let picture = face(320);
    let found = only(reader().read_picture(&picture).expect("reads")).face;
    // Judged with the points of the good picture: in the dark the detector may see nothing, which is no answer of the gate.
    let reasons = |picture: &Rgb| {
        let aligned = align::aligned(picture, &found.landmarks).expect("cuts");
        quality::judge(&found, aligned.as_ref(), (320, 320), &QualityConfig::default()).refusals
    };
    assert_eq!(reasons(&picture), []);
    assert!(reasons(&changed(&picture, |v| f32::from(v) * 0.08)).contains(&Refusal::TooDark));
    assert!(reasons(&changed(&picture, |v| f32::from(v) * 3.0)).contains(&Refusal::TooBright));
    assert!(reasons(&changed(&picture, |v| 128.0 + f32::from(v) * 0.06)).contains(&Refusal::LowContrast));
    assert!(reasons(&blurred(&picture, 9)).contains(&Refusal::Blurred));
}

#[test]
fn a_face_cut_off_by_the_edge_is_refused() {
    let whole = face(320);
    let (half, _) = whole.crop(&BBox { x: 0.0, y: 0.0, w: 182.0, h: 320.0 });
    for reading in reader().read_picture(&half).expect("reads") {
        assert!(reading.vector.is_none() && reading.quality.refused().is_some(), "{reading:?}");
    }
}

#[test]
fn of_two_faces_both_are_reported_and_neither_is_the_subject() {
    let reader = reader();
    let mut picture = grey(700, 340);
    paste(&mut picture, &face(320), 10, 10);
    paste(&mut picture, &face(300), 370, 10);
    let faces = reader.read_picture(&picture).expect("reads");
    assert_eq!(faces.len(), 2);
    assert_eq!(reader.subject(&faces), Err(NoSubject::Ambiguous));
    // Somebody far behind does not make it doubtful.
    let mut picture = grey(700, 340);
    paste(&mut picture, &face(320), 10, 10);
    paste(&mut picture, &face(150), 470, 10);
    let faces = reader.read_picture(&picture).expect("reads");
    assert_eq!(reader.subject(&faces).map(|f| f.face.bbox.centre().x < 350.0), Ok(true));
    assert_eq!(reader.subject(&[]), Err(NoSubject::NoFace));
}

#[test]
fn a_refused_face_is_no_subject() {
    let reader = reader();
    let mut picture = grey(200, 200);
    paste(&mut picture, &face(48), 70, 70);
    let faces = reader.read_picture(&picture).expect("reads");
    assert_eq!(reader.subject(&faces), Err(NoSubject::Refused(Refusal::TooSmall)));
}

#[test]
fn the_face_of_a_person_in_a_frame_lies_where_the_frame_has_it() {
    let reader = reader();
    let mut picture = grey(640, 480);
    paste(&mut picture, &face(160), 300, 60);
    let person = BBox { x: 310.0, y: 60.0, w: 140.0, h: 400.0 };
    let reading = reader.read_person(&picture.to_i420(), &person).expect("reads").expect("a face");
    let centre = reading.face.bbox.centre();
    assert!((centre.x - 380.0).abs() < 12.0 && (centre.y - 142.0).abs() < 16.0, "{reading:?}");
    let nobody = BBox { x: 10.0, y: 100.0, w: 80.0, h: 200.0 };
    assert_eq!(reader.read_person(&picture.to_i420(), &nobody).expect("reads"), None);
    let outside = BBox { x: -500.0, y: -500.0, w: 80.0, h: 200.0 };
    assert_eq!(reader.read_person(&picture.to_i420(), &outside).expect("reads"), None);
}

#[test]
fn without_its_models_a_reader_says_what_is_missing() {
    let store = ModelStore::find().expect("the manifest parses");
    let Ok(runtime) = Runtime::from_store(&store) else { panic!("these tests need the models") };
    let folder = tempfile::tempdir().expect("a folder");
    let empty = ModelStore::new(store.manifest().clone(), vec![folder.path().to_owned()]);
    let config = FaceReaderConfig::default();
    let error =
        FaceReader::load(&runtime, &empty, &SessionSettings::default(), config).expect_err("nothing there");
    assert!(matches!(error, VisionError::Missing { .. }), "{error}");
}

#[test]
#[ignore = "writes the drawn face to look at: VG_DRAWN=face.jpg"]
fn draw() {
    let file = std::env::var("VG_DRAWN").expect("VG_DRAWN");
    std::fs::write(file, face(320).to_jpeg(92).expect("encodes")).expect("writes");
}
