//! Promises that need the real runtime and models. `edge-agent models --fetch` (or `make test`, which calls it) installs
//! them; without them these tests fail and say so.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use opencv::core::{Mat, Point, Scalar};
use opencv::imgproc;
use opencv::prelude::*;

use super::manifest::FileState;
use super::plate::Recogniser;
use super::*;
use crate::detection::ObjectClass;
use crate::geometry::BBox;

fn store() -> ModelStore {
    ModelStore::find().expect("the manifest parses")
}

fn runtime(store: &ModelStore) -> Runtime {
    match Runtime::from_store(store) {
        Ok(runtime) => runtime,
        Err(e) => panic!("these tests need the models: {e}"),
    }
}

/// The real manifest with one entry changed, over one folder.
fn changed(folder: &Path, id: &str, change: impl FnOnce(&mut manifest::Model)) -> ModelStore {
    let mut manifest = Manifest::embedded().expect("parses");
    let model = manifest.model.iter_mut().find(|m| m.id == id).expect("is in the manifest");
    change(model);
    ModelStore::new(manifest, vec![folder.to_owned()])
}

fn installed(id: &str) -> PathBuf {
    store().verified(id).unwrap_or_else(|e| panic!("these tests need the models: {e}")).1
}

#[test]
fn every_manifest_entry_is_complete_and_permissively_licensed() {
    let manifest = Manifest::embedded().expect("the manifest parses");
    for model in &manifest.model {
        assert_eq!(model.sha256.len(), 64, "{}", model.id);
        assert!(["MIT", "Apache-2.0"].contains(&model.licence.as_str()), "{}", model.id);
        let carried = manifest.package.iter().any(|p| p.name == model.package && p.version == model.version);
        assert!(model.committed || carried, "{} has no package", model.id);
        assert!(
            model.id == "onnxruntime" || !(model.inputs.is_empty() || model.outputs.is_empty()),
            "{}",
            model.id
        );
    }
}

#[test]
fn an_unknown_key_in_the_manifest_is_an_error() {
    assert!(matches!(
        Manifest::parse("package = []\nmodel = []\nmodle = 1\n"),
        Err(VisionError::Manifest(_))
    ));
}

#[test]
fn a_missing_model_says_where_it_was_looked_for_and_what_to_do() {
    let empty = tempfile::tempdir().expect("a folder");
    let store = changed(empty.path(), "picodet-s-416", |_| {});
    let error = store.verified("picodet-s-416").expect_err("is missing").to_string();
    assert!(
        error.contains("models --fetch") && error.contains(&empty.path().display().to_string()),
        "{error}"
    );
    let model = store.manifest().model("picodet-s-416").expect("known");
    assert_eq!(store.state(model).expect("a state").0, FileState::Missing);
    assert!(matches!(store.verified("no-such"), Err(VisionError::UnknownModel(_))));
}

#[test]
fn a_model_file_with_a_wrong_hash_is_refused_before_it_is_loaded() {
    let store = store();
    let runtime = runtime(&store);
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("picodet_s_416.onnx"), b"not a model").expect("written");
    let wrong = changed(folder.path(), "picodet-s-416", |_| {});
    let error = runtime.pool(&wrong, "picodet-s-416", &SessionSettings::default()).expect_err("refused");
    assert!(matches!(error, VisionError::WrongHash { .. }), "{error}");
}

#[test]
fn a_model_file_with_wrong_tensors_is_refused_after_loading() {
    let store = store();
    let runtime = runtime(&store);
    let path = installed("ppocr-v6-rec-tiny");
    let folder = path.parent().expect("a folder");
    let try_with = |change: fn(&mut manifest::Model)| {
        runtime.pool(
            &changed(folder, "ppocr-v6-rec-tiny", change),
            "ppocr-v6-rec-tiny",
            &SessionSettings::default(),
        )
    };
    assert!(try_with(|_| {}).is_ok());
    let taller =
        try_with(|m| drop(m.inputs.insert("x".to_owned(), vec![-1, 3, 64, -1]))).expect_err("refused");
    assert!(matches!(taller, VisionError::WrongShape { .. }), "{taller}");
    let renamed =
        try_with(|m| drop(m.outputs.insert("scores".to_owned(), vec![-1, 6]))).expect_err("refused");
    assert!(renamed.to_string().contains("not there"), "{renamed}");
}

#[test]
fn a_file_that_is_no_model_but_has_the_right_hash_is_an_error_and_no_crash() {
    let store = store();
    let runtime = runtime(&store);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("picodet_s_416.onnx");
    std::fs::write(&path, b"not a model").expect("written");
    let hash = manifest::sha256_of(&path).expect("hash");
    let wrong = changed(folder.path(), "picodet-s-416", |m| m.sha256 = hash);
    let error = runtime.pool(&wrong, "picodet-s-416", &SessionSettings::default()).expect_err("refused");
    assert!(matches!(error, VisionError::Inference { .. }), "{error}");
}

#[test]
fn hardware_that_the_library_does_not_support_is_named() {
    let store = store();
    let settings = SessionSettings { provider: Provider::OpenVino, ..SessionSettings::default() };
    let error = runtime(&store).pool(&store, "picodet-s-416", &settings).expect_err("not in this build");
    assert!(error.to_string().contains("openvino"), "{error}");
}

#[test]
fn an_empty_scene_has_no_objects_and_cameras_share_one_session() {
    let store = store();
    let detector = Detector::load(
        &runtime(&store),
        &store,
        &SessionSettings::default(),
        DetectorConfig { min_score: 0.4, ..DetectorConfig::default() },
    )
    .unwrap_or_else(|e| panic!("{e}"));
    let detector = Arc::new(detector);
    let cameras: Vec<_> = [(640, 480), (1280, 720), (320, 240)]
        .map(|(w, h)| {
            let detector = detector.clone();
            std::thread::spawn(move || detector.detect(&Rgb::filled(w, h, [90, 90, 90]).to_i420()))
        })
        .into();
    for camera in cameras {
        let found = camera.join().expect("no panic").expect("runs");
        assert!(found.objects.is_empty() && found.riders.is_empty(), "{found:?}");
    }
    assert_eq!(detector.model().1.len(), 64);
}

/// A plate of invented characters, printed in OpenCV's own strokes on a grey scene.
fn scene(lines: &[&str], plate: BBox, size: (i32, i32)) -> Rgb {
    let mut picture =
        Mat::new_rows_cols_with_default(size.1, size.0, opencv::core::CV_8UC3, Scalar::all(96.0))
            .expect("a picture");
    let rect = opencv::core::Rect::new(plate.x as i32, plate.y as i32, plate.w as i32, plate.h as i32);
    let black = Scalar::all(10.0);
    imgproc::rectangle(&mut picture, rect, Scalar::all(235.0), imgproc::FILLED, imgproc::LINE_8, 0)
        .expect("drawn");
    imgproc::rectangle(&mut picture, rect, black, 2, imgproc::LINE_8, 0).expect("drawn");
    let height = plate.h / lines.len() as f32;
    for (i, line) in lines.iter().enumerate() {
        // Of the plate's height or width, whichever is tighter for strokes of this font.
        let scale = f64::from((height / 34.0).min(plate.w / (20.0 * line.len() as f32)));
        let font = imgproc::FONT_HERSHEY_SIMPLEX;
        let text = imgproc::get_text_size(line, font, scale, 2, &mut 0).expect("measured");
        let x = plate.centre().x as i32 - text.width / 2;
        let y = (plate.y + height * (i as f32 + 0.5)) as i32 + text.height / 2;
        imgproc::put_text(
            &mut picture,
            line,
            Point::new(x, y),
            font,
            scale,
            black,
            2,
            imgproc::LINE_AA,
            false,
        )
        .expect("drawn");
    }
    let data = picture.data_bytes().expect("bytes").to_vec();
    Rgb { width: size.0 as u32, height: size.1 as u32, data }
}

fn reader() -> PlateReader {
    let store = store();
    let config = PlateReaderConfig { recogniser: Recogniser::Small, ..PlateReaderConfig::default() };
    PlateReader::load(&runtime(&store), &store, &SessionSettings::default(), config)
        .unwrap_or_else(|e| panic!("these tests need the models: {e}"))
}

#[test]
fn drawn_plates_of_one_and_two_lines_are_read_and_boxed() {
    let reader = reader();
    let long = BBox { x: 180.0, y: 210.0, w: 220.0, h: 50.0 };
    let short = BBox { x: 200.0, y: 150.0, w: 130.0, h: 92.0 };
    for (lines, plate, text) in
        [(&["30A-123.45"][..], long, "30A12345"), (&["59-P1", "664.82"][..], short, "59P166482")]
    {
        let picture = scene(lines, plate, (640, 400));
        let found = reader.read_picture(&picture).expect("reads");
        assert_eq!(found.first().map(|p| p.reading.text.as_str()), Some(text), "{found:?}");
        assert!(found[0].bbox.iou(&plate) > 0.4, "{:?}", found[0].bbox);
        assert_eq!(usize::from(found[0].lines), lines.len());

        let vehicle = BBox { x: plate.x - 80.0, y: plate.y - 120.0, w: plate.w + 160.0, h: plate.h + 200.0 };
        let outcome = reader.read(&picture.to_i420(), &vehicle, ObjectClass::Car).expect("reads");
        let PlateOutcome::Read(read) = outcome else { panic!("{outcome:?}") };
        assert_eq!(read.reading.text, text);
        assert!(read.bbox.iou(&plate) > 0.4, "{:?}", read.bbox);
    }
}

#[test]
fn a_crop_that_is_nothing_but_a_plate_is_read_too() {
    let plate = BBox { x: 0.0, y: 0.0, w: 220.0, h: 50.0 };
    let found = reader().read_picture(&scene(&["51G-429.71"], plate, (220, 50))).expect("reads");
    assert_eq!(found.first().map(|p| p.reading.text.as_str()), Some("51G42971"), "{found:?}");
}

#[test]
fn a_vehicle_without_a_plate_and_an_empty_box_give_a_reason_and_no_text() {
    let reader = reader();
    let picture = Rgb::filled(320, 240, [120, 110, 100]).to_i420();
    for vehicle in
        [BBox { x: 10.0, y: 10.0, w: 200.0, h: 200.0 }, BBox { x: 900.0, y: -50.0, w: 0.0, h: 0.0 }]
    {
        let outcome = reader.read(&picture, &vehicle, ObjectClass::Motorcycle).expect("an answer");
        assert_eq!(outcome, PlateOutcome::Nothing(wire::payload::NoReading::NoPlateFound));
    }
}

#[test]
fn odd_pictures_are_read_without_fault_and_without_a_plate() {
    let reader = reader();
    let noise = |w: u32, h: u32| {
        let mut picture = Rgb::filled(w, h, [128; 3]);
        for (i, v) in picture.data.iter_mut().enumerate() {
            *v = (i as u32).wrapping_mul(2_654_435_761).to_be_bytes()[0];
        }
        picture
    };
    let empty = Rgb { width: 0, height: 0, data: Vec::new() };
    let pictures =
        [empty, noise(1, 1), noise(1, 400), noise(2000, 3), noise(37, 41), Rgb::filled(640, 360, [90; 3])];
    for picture in pictures {
        let found = reader
            .read_picture(&picture)
            .unwrap_or_else(|e| panic!("{}x{}: {e}", picture.width, picture.height));
        assert!(found.iter().all(|r| !r.reading.valid), "{found:?}");
    }
}

#[test]
fn two_plates_and_a_grey_picture_are_found_with_their_corners() {
    let reader = reader();
    let (one, two) =
        (BBox { x: 60.0, y: 60.0, w: 200.0, h: 46.0 }, BBox { x: 400.0, y: 200.0, w: 120.0, h: 88.0 });
    let mut picture = scene(&["30A-123.45"], one, (640, 400));
    let other = scene(&["59-P1", "664.82"], two, (640, 400));
    let below = 3 * 640 * 180;
    picture.data[below..].copy_from_slice(&other.data[below..]);
    let found = reader.read_picture(&picture).expect("reads");
    for (place, text) in [(one, "30A12345"), (two, "59P166482")] {
        let read =
            found.iter().find(|r| r.reading.text == text).unwrap_or_else(|| panic!("{text}: {found:?}"));
        assert!(read.bbox.iou(&place) > 0.4, "{:?}", read.bbox);
        assert!(read.corners.is_some());
    }
}

/// `cargo test -p edge-agent --lib vision::tests::cost -- --ignored --nocapture`
#[test]
#[ignore = "prints how long the stages take on this machine; nothing to assert"]
fn cost_per_frame_of_each_stage() {
    let store = store();
    let runtime = runtime(&store);
    let detector = Detector::load(&runtime, &store, &SessionSettings::default(), DetectorConfig::default())
        .expect("loads");
    for (width, height) in [(640, 480), (768, 576), (1920, 1080)] {
        let mut picture = Rgb::filled(width, height, [80, 90, 100]);
        for (i, v) in picture.data.iter_mut().enumerate() {
            *v = v.wrapping_add((i * 7 % 31) as u8);
        }
        let picture = picture.to_i420();
        let median = |mut runs: Vec<f32>| {
            runs.sort_by(f32::total_cmp);
            (runs[0], runs[runs.len() / 2])
        };
        let found: Vec<Detections> = (0..40).map(|_| detector.detect(&picture).expect("runs")).collect();
        let mut gate = MotionGate::new(MotionConfig::default());
        let gated = (0..100).map(|i| {
            let start = std::time::Instant::now();
            gate.update(f64::from(i) * 0.1, &picture, false);
            start.elapsed().as_secs_f32() * 1e3
        });
        println!(
            "{width}x{height}: prepare {:?} ms, infer {:?} ms, motion {:?} ms (least, median)",
            median(found.iter().map(|d| d.prepare_ms).collect()),
            median(found.iter().map(|d| d.infer_ms).collect()),
            median(gated.collect()),
        );
    }
}
