//! The plate lists that the grammar was made for, and properties over all texts.

use proptest::prelude::*;

use super::*;

fn kinds(text: &str, hint: &Hint) -> Vec<PlateKind> {
    parse(text, hint).candidates.iter().map(|p| p.kind).collect()
}

fn best(text: &str, hint: Hint) -> Plate {
    parse(text, &hint).candidates.into_iter().next().unwrap_or_else(|| panic!("{text} is a plate"))
}

const NONE: Hint = Hint { lines: None, vehicle: None, colour: None, ink: None, break_at: None };
const CAR: Hint = Hint { vehicle: Some(VehicleGroup::Car), ..NONE };
const MOTORCYCLE: Hint = Hint { vehicle: Some(VehicleGroup::Motorcycle), ..NONE };

#[test]
fn every_kind_is_recognised_and_printed_as_on_the_plate() {
    use PlateKind::*;
    let blue = Hint { colour: Some(PlateColour::Blue), ..NONE };
    let red = Hint { colour: Some(PlateColour::Red), ..NONE };
    for (text, hint, kind, display) in [
        ("30A12345", NONE, Car, "30A-123.45"),
        ("29A1234", NONE, Car, "29A-1234"),
        ("29AA12345", NONE, MotorcycleNew, "29-AA 123.45"),
        ("29B112345", NONE, MotorcycleOld, "29-B1 123.45"),
        ("29B11234", MOTORCYCLE, MotorcycleOld, "29-B1 1234"),
        ("59P166480", NONE, MotorcycleOld, "59-P1 664.80"),
        ("80B1234", NONE, Car, "80B-1234"),
        ("80B1234", blue, StateCar, "80B-1234"),
        ("29B112345", blue, StateMotorcycle, "29-B1 123.45"),
        ("51LD12345", NONE, Special, "51LD-123.45"),
        ("29TD12345", NONE, Special, "29TĐ-123.45"),
        ("61R01234", NONE, Special, "61R-012.34"),
        ("29RM1234", NONE, Special, "29RM-1234"),
        ("29MD112345", NONE, EMotorcycle, "29-MĐ1 123.45"),
        ("41291NG01", NONE, Diplomatic, "41-291-NG-01"),
        ("80011NG01", NONE, Diplomatic, "80-011-NG-01"),
        ("T2912345", NONE, Temporary, "T29-123.45"),
        ("KV6938", red, Military, "KV-69-38"),
        ("KV6938", NONE, Military, "KV-69-38"),
    ] {
        let plate = best(text, hint);
        assert_eq!((plate.kind, plate.display().as_str()), (kind, display), "{text}");
        assert_eq!(plate.canonical, text);
    }
}

#[test]
fn what_was_never_issued_is_no_plate() {
    for text in [
        "13A12345",
        "87A12345",
        "29O12345",
        "30I12345",
        "29AG12345",
        "29B012345",
        "29A123",
        "29A00000",
        "29A0000",
        "29AA00000",
        "",
        "3",
        "30A",
        "ZZ1234",
        "30A1234567",
        "29MD012345",
        "80000NG01",
        "T1312345",
        "80QT12345",
    ] {
        assert_eq!(kinds(text, &NONE), [], "{text}");
    }
}

#[test]
fn a_text_that_is_not_canonical_is_no_plate() {
    for text in ["30a12345", "30A-123.45", "29-MĐ1 123.45", "３０A12345"] {
        assert!(!parse(text, &NONE).is_valid(), "{text}");
    }
}

#[test]
fn an_eight_character_text_stays_open_until_class_lines_or_line_break_decide() {
    use PlateKind::*;
    for text in ["30A12345", "29B11234"] {
        assert_eq!(kinds(text, &NONE), [Car, MotorcycleOld]);
        assert_eq!(kinds(text, &CAR), [Car]);
        assert_eq!(kinds(text, &MOTORCYCLE), [MotorcycleOld]);
        assert_eq!(kinds(text, &Hint { lines: Some(1), ..NONE }), [Car]);
        let two = Hint { lines: Some(2), ..NONE };
        assert_eq!(kinds(text, &two), [Car, MotorcycleOld]);
        assert_eq!(kinds(text, &Hint { break_at: Some(3), ..two }), [Car]);
        assert_eq!(kinds(text, &Hint { break_at: Some(4), ..two }), [MotorcycleOld]);
    }
}

#[test]
fn a_special_series_is_told_from_a_motorcycle_by_the_vehicle() {
    use PlateKind::*;
    for text in ["51LD12345", "29KT1234", "29TD12345"] {
        assert_eq!(kinds(text, &NONE), [Special, MotorcycleNew], "{text}");
        assert_eq!(kinds(text, &CAR), [Special], "{text}");
        assert_eq!(kinds(text, &MOTORCYCLE), [MotorcycleNew], "{text}");
    }
    assert_eq!(best("29TD12345", MOTORCYCLE).display(), "29-TD 123.45", "Đ is not a motorcycle letter");
    assert_eq!(kinds("29NN00101", &NONE), [MotorcycleNew]);
}

#[test]
fn a_hint_that_contradicts_every_way_leaves_the_ways_standing() {
    assert_eq!(kinds("30A1234", &MOTORCYCLE), [PlateKind::Car]);
    assert_eq!(kinds("29AA12345", &Hint { lines: Some(1), ..CAR }), [PlateKind::MotorcycleNew]);
    assert_eq!(kinds("30A1234", &Hint { break_at: Some(9), lines: Some(2), ..NONE }), [PlateKind::Car]);
}

#[test]
fn parts_of_a_plate_carry_their_meaning() {
    let plate = best("29MD112345", NONE);
    assert_eq!((plate.province, plate.series.as_str(), plate.number.as_str()), (Some(29), "MD1", "12345"));
    let plate = best("80011NG01", NONE);
    assert_eq!((plate.province, plate.series.as_str(), plate.number.as_str()), (Some(80), "011NG", "01"));
    assert_eq!(best("KV6938", NONE).province, None);
}

#[test]
fn printed_lines_follow_the_layout_of_the_kind() {
    let lines = |text, hint, n| best(text, hint).printed_lines(n);
    let two = |a: &str, b: &str| Some(vec![a.to_owned(), b.to_owned()]);
    assert_eq!(lines("30A12345", CAR, 1), Some(vec!["30A-123.45".to_owned()]));
    assert_eq!(lines("30A12345", CAR, 2), two("30A", "123.45"));
    assert_eq!(lines("29B112345", NONE, 2), two("29-B1", "123.45"));
    assert_eq!(lines("29MD112345", NONE, 2), two("29-MĐ1", "123.45"));
    assert_eq!(lines("29B112345", NONE, 1), None);
    assert_eq!(lines("TM1234", NONE, 2), two("TM", "12-34"));
}

#[test]
fn normal_form_keeps_letters_and_digits_and_folds_the_barred_d() {
    assert_eq!(normalise("29-MĐ1 123.45"), "29MD112345");
    assert_eq!(normalise(" 29-mđ1\r\n123.45 "), "29MD112345");
    assert_eq!(normalise("\u{D0}\u{F0}ßſ３é"), "DD");
}

#[test]
fn a_valid_read_is_accepted_untouched() {
    let r = read(&["30A-123.45"], &CAR);
    assert_eq!(
        (r.text.as_str(), r.display.as_str(), r.raw.as_str()),
        ("30A12345", "30A-123.45", "30A-123.45")
    );
    assert!(r.valid && r.edits.is_empty() && r.ambiguous.is_empty());
    assert_eq!(r.kind, Some(PlateKind::Car));
}

#[test]
fn two_recognised_lines_decide_by_their_break() {
    let r = read(&["30-A1", "2345"], &NONE);
    assert_eq!((r.kind, r.display.as_str()), (Some(PlateKind::MotorcycleOld), "30-A1 2345"));
    let r = read(&["30A", "123.45"], &NONE);
    assert_eq!((r.kind, r.display.as_str()), (Some(PlateKind::Car), "30A-123.45"));
    assert_eq!(r.raw, "30A 123.45");
}

#[test]
fn an_open_read_names_its_other_meanings() {
    let r = read(&["30A12345"], &NONE);
    assert_eq!(r.ambiguous, ["motorcycle_old 30-A1 2345"]);
}

#[test]
fn letters_among_digits_are_repaired_by_position_and_recorded() {
    for (raw, text, edits) in [
        ("3OA12345", "30A12345", vec!["1:O→0"]),
        ("30A1Z3B5", "30A12385", vec!["4:Z→2", "6:B→8"]),
        ("2941234", "29A1234", vec!["2:4→A"]),
        ("30012345", "30D12345", vec!["2:0→D"]),
        ("59P1664BO", "59P166480", vec!["7:B→8", "8:O→0"]),
    ] {
        let r = read(&[raw], &NONE);
        assert_eq!((r.text.as_str(), r.valid), (text, true), "{raw}");
        let words: Vec<String> = r.edits.iter().map(Edit::to_string).collect();
        assert_eq!(words, edits, "{raw}");
        assert_eq!(r.raw, raw);
    }
}

#[test]
fn the_open_character_is_never_replaced() {
    let r = read(&["29B0123A5"], &NONE);
    assert!(!r.valid && r.edits.is_empty(), "{r:?}");
    assert_eq!((r.text.as_str(), r.display.as_str()), ("29B0123A5", "29B0123A5"));
    assert_eq!(r.ambiguous, ["motorcycle_new 29-BD 123.45"]);

    let r = read(&["29B112O45"], &NONE);
    assert_eq!((r.text.as_str(), r.valid), ("29B112045", true));
    assert_eq!(r.ambiguous, ["motorcycle_new 29-BL 120.45"], "the other reading is open after a repair");

    let r = read(&["5ILD1234"], &CAR);
    assert_eq!((r.text.as_str(), r.kind), ("51LD1234", Some(PlateKind::Special)));
    assert_eq!(r.ambiguous, ["car 51L-012.34"]);
}

#[test]
fn a_military_read_is_never_repaired_into_a_civil_plate() {
    let red = Hint { colour: Some(PlateColour::Red), ..NONE };
    for (raw, hint) in [("BB51234", NONE), ("BB51234", CAR), ("TT512345", NONE), ("3OA12345", red)] {
        let r = read(&[raw], &hint);
        assert!(!r.valid && r.edits.is_empty() && r.text == raw, "{raw}: {r:?}");
    }
    let white = Hint { colour: Some(PlateColour::White), ..CAR };
    assert_eq!(
        read(&["KV", "69-38"], &white).kind,
        Some(PlateKind::Military),
        "shape outranks a wrongly seen colour"
    );
    assert!(!read(&["XO6938"], &white).valid);
    assert_eq!(read(&["XO6938"], &red).kind, Some(PlateKind::Military));
}

#[test]
fn nothing_recognised_is_an_invalid_empty_reading() {
    for lines in [&[][..], &["", " "], &["!!"]] {
        let r = read(lines, &NONE);
        assert!(!r.valid && r.text.is_empty() && r.kind.is_none() && r.edits.is_empty(), "{lines:?}");
    }
}

#[test]
fn one_look_alike_character_is_a_confusion_with_its_reason() {
    let c = one_confusion("15C22360", "15C22860").expect("3 and 8 look alike");
    assert_eq!((c.position, c.a, c.b), (5, '3', '8'));
    assert_eq!(c.reason_vi, "Khác một ký tự, vị trí 6: 3 và 8 dễ đọc nhầm");
    assert_eq!(c.reason_en, "One character differs, position 6: 3 and 8 look alike");
    assert!(one_confusion("29AA12345", "29A412345").is_some());
}

#[test]
fn equal_texts_two_differences_other_lengths_and_unlike_characters_are_no_confusion() {
    for (a, b) in [
        ("15C22360", "15C22360"),
        ("15C22360", "15C22866"),
        ("15C33360", "15C38860"),
        ("15C2236", "15C22360"),
        ("15C22360", "15C22560"),
        ("", ""),
    ] {
        assert_eq!(one_confusion(a, b), None, "{a} {b}");
    }
}

#[test]
fn kinds_and_hints_keep_their_words_in_json() {
    for kind in [
        PlateKind::EMotorcycle,
        PlateKind::Diplomatic,
        PlateKind::Special,
        PlateKind::Temporary,
        PlateKind::StateCar,
        PlateKind::StateMotorcycle,
        PlateKind::Car,
        PlateKind::MotorcycleNew,
        PlateKind::MotorcycleOld,
        PlateKind::Military,
    ] {
        assert_eq!(serde_json::to_value(kind).expect("serialises"), kind.as_str());
    }
    assert_eq!(serde_json::to_value(VehicleGroup::Car).expect("serialises"), "car");
    assert_eq!(serde_json::to_value(PlateColour::Red).expect("serialises"), "red");
    assert_eq!(serde_json::from_str::<Hint>(r#"{"lines":2}"#).expect("reads").lines, Some(2));
}

/// Texts that are near plates: right lengths, right characters, now and then a wrong one.
fn plate_like() -> impl Strategy<Value = String> {
    prop_oneof![
        "[1-9][0-9][A-Z]([A-Z1-9])?[0-9]{4,5}",
        "[1-9][0-9]MD[1-9][0-9]{5}",
        "[1-9][0-9][0-9]{3}(NG|QT|CV|NN)[0-9]{2,3}",
        "T[1-9][0-9][0-9]{4,6}",
        "[A-Z]{2}[0-9]{4}",
        "[0-9A-Z]{6,10}",
    ]
}

fn any_hint() -> impl Strategy<Value = Hint> {
    let vehicle = prop::option::of(prop_oneof![Just(VehicleGroup::Car), Just(VehicleGroup::Motorcycle)]);
    let colour = prop::option::of(prop_oneof![
        Just(PlateColour::White),
        Just(PlateColour::Yellow),
        Just(PlateColour::Blue),
        Just(PlateColour::Red)
    ]);
    (prop::option::of(0..4u8), vehicle, colour, prop::option::of(0..12usize))
        .prop_map(|(lines, vehicle, colour, break_at)| Hint { lines, vehicle, colour, break_at, ..NONE })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_displayed_plate_normalises_to_its_canonical_text(text in plate_like(), hint in any_hint()) {
        for plate in parse(&text, &hint).candidates {
            prop_assert_eq!(normalise(&plate.display()), text.clone());
            for lines in plate.lines_possible {
                let printed = plate.printed_lines(*lines).expect("a possible layout");
                prop_assert_eq!(printed.len(), usize::from(*lines));
                prop_assert_eq!(normalise(&printed.concat()), text.clone());
                if *lines == 2 {
                    prop_assert_eq!(normalise(&printed[0]).len(), plate.break_at());
                }
            }
        }
    }

    #[test]
    fn reading_any_text_never_panics_and_normalises_idempotently(
        lines in prop::collection::vec("\\PC{0,12}", 0..4), hint in any_hint(),
    ) {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let r = read(&lines, &hint);
        prop_assert_eq!(normalise(&r.text), r.text.clone());
        let _ = parse(&lines.concat(), &hint);
        let _ = one_confusion(&lines.concat(), &r.text);
    }

    #[test]
    fn a_valid_text_is_never_changed(text in plate_like(), hint in any_hint()) {
        let r = read(&[&text], &hint);
        if parse(&text, &hint).is_valid() {
            prop_assert_eq!(&r.text, &text);
            prop_assert!(r.valid && r.edits.is_empty());
        }
    }

    #[test]
    fn a_repair_gives_a_plate_and_one_edit_for_every_changed_character(text in "[0-9A-Z]{7,9}", hint in any_hint()) {
        let r = read(&[&text], &hint);
        let changed: Vec<usize> = (0..text.len()).filter(|i| text.as_bytes()[*i] != r.text.as_bytes()[*i]).collect();
        prop_assert_eq!(changed.len(), r.edits.len());
        prop_assert!(changed.is_empty() || r.valid);
        prop_assert!(!(text.len() == 9 && changed.contains(&3)));
    }

    #[test]
    fn confusion_is_symmetric(a in plate_like(), b in plate_like()) {
        prop_assert_eq!(one_confusion(&a, &b).is_some(), one_confusion(&b, &a).is_some());
    }
}
