use proptest::prelude::*;

use super::*;

fn model(id: &str) -> FaceModel {
    FaceModel::new(id).expect("an id")
}

fn vector(id: &str, values: &[f32]) -> FaceVector {
    FaceVector::new(model(id), values.to_vec()).expect("a vector")
}

#[test]
fn a_vector_has_unit_length_whatever_it_was_made_of() {
    let v = vector("sface-2021dec", &[3e20, 4e20]);
    assert_eq!(v.values(), [0.6, 0.8]);
}

#[test]
fn vectors_of_two_models_are_never_compared() {
    let (a, b) = (vector("sface-2021dec", &[1.0, 0.0]), vector("other-1", &[1.0, 0.0]));
    assert!(matches!(a.similarity(&b), Err(FaceError::MixedModels { .. })));
    let short = vector("sface-2021dec", &[1.0]);
    assert!(matches!(a.similarity(&short), Err(FaceError::Dimensions { found: 1, wanted: 2, .. })));
}

#[test]
fn what_is_no_vector_is_refused() {
    for values in [vec![], vec![0.0; 8], vec![f32::NAN, 1.0], vec![f32::INFINITY], vec![1.0; 1025]] {
        assert!(matches!(FaceVector::new(model("m"), values), Err(FaceError::NotAVector(_))));
    }
    for id in ["", "A", "a b", "mô-hình", &"a".repeat(65)] {
        assert_eq!(FaceModel::new(id), Err(FaceError::ModelId(id.to_owned())));
    }
}

#[test]
fn the_debug_form_shows_no_value() {
    let v = vector("sface-2021dec", &[0.6, 0.8]);
    assert_eq!(format!("{v:?}"), "FaceVector(sface-2021dec, 2 dimensions)");
}

#[test]
fn five_hundred_and_twelve_dimensions_fit_in_a_kilobyte_and_a_bit() {
    let v = vector("m", &(0..512).map(|i| (i as f32).sin()).collect::<Vec<_>>());
    assert_eq!(v.pack(Packing::F16).len(), 1027);
    assert_eq!(v.pack(Packing::Int8).len(), 519);
}

#[test]
fn damaged_bytes_are_refused() {
    let good = vector("m", &[0.6, 0.8]).pack(Packing::F16);
    let unpack = |bytes: &[u8]| FaceVector::unpack(model("m"), bytes);
    for cut in 0..good.len() {
        assert!(unpack(&good[..cut]).is_err(), "cut at {cut}");
    }
    assert!(unpack(&[9, 1, 0, 0, 60]).is_err());
    assert!(unpack(&[2, 0xff, 0xff]).is_err());
    // NaN as half.
    assert!(unpack(&[2, 1, 0, 0x01, 0x7e]).is_err());
}

proptest! {
    #[test]
    fn packing_changes_similarity_by_less_than_it_says(
        a in prop::collection::vec(-1.0f32..1.0, 128),
        b in prop::collection::vec(-1.0f32..1.0, 128),
    ) {
        let (a, b) = (vector("m", &a), vector("m", &b));
        let want = a.similarity(&b).expect("one model");
        for (packing, most) in [(Packing::F16, 0.001), (Packing::Int8, 0.01)] {
            let [a, b] = [&a, &b].map(|v| FaceVector::unpack(model("m"), &v.pack(packing)).expect("unpacks"));
            prop_assert!((a.similarity(&b).expect("one model") - want).abs() < most);
        }
    }

    #[test]
    fn bytes_from_anywhere_make_a_vector_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(v) = FaceVector::unpack(model("m"), &bytes) {
            prop_assert!((v.similarity(&v).expect("itself") - 1.0).abs() < 1e-3);
        }
    }
}
