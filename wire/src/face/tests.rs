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

/// A template of looks at one made-up person.
fn template(id: &str, values: &[f32]) -> FaceTemplate {
    let rules = EnrolRules { least_shots: 1, least_similarity: 0.5 };
    enrol(&[vector(id, values)], &rules).expect("a template")
}

#[test]
fn looks_that_agree_become_their_mean() {
    let rules = EnrolRules { least_shots: 2, least_similarity: 0.5 };
    let made = enrol(&[vector("m", &[1.0, 0.0]), vector("m", &[0.6, 0.8])], &rules).expect("agree");
    assert_eq!((made.shots(), made.agreement()), (2, 0.6));
    let v = made.vector().values();
    assert!((v[0] - 0.894).abs() < 1e-3 && (v[1] - 0.447).abs() < 1e-3);
}

#[test]
fn looks_of_two_people_make_no_template() {
    let rules = EnrolRules { least_shots: 2, least_similarity: 0.5 };
    let shots = [vector("m", &[1.0, 0.0]), vector("m", &[0.9, 0.1]), vector("m", &[0.0, 1.0])];
    let refused = enrol(&shots, &rules).expect_err("two people");
    assert!(matches!(refused, EnrolRefusal::Disagree { first: 0, second: 2, .. }), "{refused}");
    assert!(matches!(enrol(&shots[..1], &rules), Err(EnrolRefusal::TooFew { found: 1, wanted: 2 })));
    let mixed = [vector("m", &[1.0, 0.0]), vector("n", &[1.0, 0.0])];
    assert!(matches!(enrol(&mixed, &rules), Err(EnrolRefusal::Vectors(FaceError::MixedModels { .. }))));
}

#[test]
fn a_check_of_one_says_possible_and_what_stands_behind_it() {
    let threshold = Threshold::measured_at_site(model("m"), 0.001, 0.5).expect("a threshold");
    let known = template("m", &[1.0, 0.0]);
    let near = verify(&vector("m", &[0.8, 0.6]), &known, &threshold).expect("one model");
    assert!(near.possible && (near.similarity - 0.8).abs() < 1e-6 && near.rate == 0.001);
    assert!(!verify(&vector("m", &[0.0, 1.0]), &known, &threshold).expect("one model").possible);
}

#[test]
fn look_template_and_threshold_must_be_of_one_model() {
    let threshold = Threshold::measured_at_site(model("m"), 0.001, 0.5).expect("a threshold");
    let mixed = |look: &str, known: &str| {
        let known = template(known, &[1.0, 0.0]);
        let look = vector(look, &[1.0, 0.0]);
        assert!(matches!(verify(&look, &known, &threshold), Err(FaceError::MixedModels { .. })));
        let people = [(&1, &known)];
        assert!(matches!(identify(&look, people, &threshold, 5), Err(FaceError::MixedModels { .. })));
    };
    mixed("n", "m");
    mixed("m", "n");
    // Even where look and template agree, the threshold is another model's.
    mixed("n", "n");
}

#[test]
fn a_search_gives_candidates_in_order_and_never_one_yes() {
    let threshold = Threshold::measured_at_site(model("m"), 0.001, 0.5).expect("a threshold");
    let people =
        [(1, [1.0, 0.0]), (2, [0.8, 0.6]), (3, [-1.0, 0.0])].map(|(who, v)| (who, template("m", &v)));
    let people = || people.iter().map(|(who, template)| (who, template));
    let found = identify(&vector("m", &[1.0, 0.1]), people(), &threshold, 5).expect("one model");
    assert_eq!(found.iter().map(|c| *c.who).collect::<Vec<_>>(), [1, 2]);
    let none = identify(&vector("m", &[0.0, -1.0]), people(), &threshold, 5).expect("one model");
    assert!(none.is_empty());
    assert_eq!(identify(&vector("m", &[1.0, 0.1]), people(), &threshold, 1).expect("one model").len(), 1);
}

#[test]
fn every_threshold_of_the_table_says_what_supports_it() {
    let rows = thresholds();
    assert!(!rows.is_empty());
    for row in rows {
        assert!(row.impostor_pairs > 0 && row.genuine_pairs > 0 && !row.sample.is_empty(), "{row:?}");
        assert!((-1.0..=1.0).contains(&row.similarity));
        // The rule of three: no sample shows a rate below 3/n.
        assert!(row.bound >= 2.9 / f64::from(row.impostor_pairs), "{row:?}");
        assert_eq!(row.support == Support::Measured, row.bound <= row.rate, "{row:?}");
    }
    for pair in rows.windows(2).filter(|pair| pair[0].model == pair[1].model) {
        assert!(pair[0].rate > pair[1].rate && pair[0].similarity <= pair[1].similarity, "{pair:?}");
    }
}

#[test]
fn a_rate_that_no_sample_supports_is_unverified_and_a_stricter_one_is_refused() {
    let sface = model("sface-2021dec");
    let strict = Threshold::for_rate(&sface, 1e-4).expect("in the table");
    assert_eq!(strict.support(), Support::Unverified);
    assert_eq!(Threshold::for_rate(&sface, 1e-12), None);
    assert_eq!(Threshold::for_rate(&model("unknown"), 0.1), None);
    let search = Threshold::for_search(&sface, 0.01, 100).expect("in the table");
    assert!(search.rate() <= 1e-4);
}
