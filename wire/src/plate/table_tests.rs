//! Every class in force, the province codes, other countries' plates and what no plate looks like.

use proptest::prelude::*;

use super::*;

const NONE: Hint = Hint { lines: None, vehicle: None, colour: None, ink: None, break_at: None };

fn hint(vehicle: Option<VehicleGroup>, colour: Option<PlateColour>) -> Hint {
    Hint { vehicle, colour, ..NONE }
}

fn kinds(text: &str, hint: &Hint) -> Vec<PlateKind> {
    parse(text, hint).candidates.iter().map(|p| p.kind).collect()
}

#[test]
fn the_bearer_follows_from_kind_and_colour() {
    use PlateColour::*;
    for (text, colour, class, background) in [
        ("30A12345", Some(White), Some(PlateClass::Civil), Some(White)),
        ("30A12345", Some(Yellow), Some(PlateClass::Business), Some(Yellow)),
        ("30A12345", None, None, None),
        ("29B112345", Some(Yellow), Some(PlateClass::Business), Some(Yellow)),
        ("80B1234", Some(Blue), Some(PlateClass::State), Some(Blue)),
        ("KV6938", None, Some(PlateClass::Military), Some(Red)),
        ("KV6938", Some(White), Some(PlateClass::Military), Some(Red)),
        ("80011NG01", None, Some(PlateClass::Diplomatic), Some(White)),
        ("80011QT01", None, Some(PlateClass::Diplomatic), Some(White)),
        ("80011NN01", None, Some(PlateClass::Foreign), Some(White)),
        ("80011CV01", None, Some(PlateClass::Foreign), Some(White)),
        ("74LB12345", Some(Yellow), Some(PlateClass::EconomicZone), Some(Yellow)),
        ("T2912345", None, Some(PlateClass::Temporary), Some(White)),
        ("51LD12345", Some(White), Some(PlateClass::Civil), Some(White)),
        ("30A12345", Some(Red), None, None),
    ] {
        let plate = parse(text, &hint(None, colour)).candidates.into_iter().next().expect(text);
        assert_eq!((plate.class(), plate.colour), (class, background), "{text} {colour:?}");
    }
}

#[test]
fn foreign_temporary_and_zone_plates_have_kinds_and_displays_of_their_own() {
    use PlateKind::*;
    for (text, kind, display) in [
        ("80011NN01", Foreign, "80-011-NN-01"),
        ("41291CV012", Foreign, "41-291-CV-012"),
        ("74LB12345", EconomicZone, "74LB-123.45"),
        ("38CT1234", EconomicZone, "38CT-1234"),
        ("T29123456", Temporary, "T29-123.456"),
    ] {
        let plate = parse(text, &NONE).candidates.into_iter().next().expect(text);
        assert_eq!((plate.kind, plate.display().as_str()), (kind, display), "{text}");
    }
    assert_eq!(kinds("29T12345", &NONE), [Car, MotorcycleOld, Temporary]);
    assert_eq!(kinds("29T12345", &Hint { lines: Some(1), colour: Some(PlateColour::Yellow), ..NONE }), [Car]);
}

#[test]
fn a_missions_letters_may_stand_first_only_with_the_evidence_for_it() {
    use PlateKind::*;
    let on_a_car = Hint { vehicle: Some(VehicleGroup::Car), lines: Some(2), break_at: Some(4), ..NONE };
    assert_eq!(kinds("29NN00101", &NONE), [MotorcycleNew]);
    assert_eq!(kinds("29NN00101", &on_a_car), [Foreign]);
    assert_eq!(kinds("29NG00101", &NONE), []);
    assert_eq!(kinds("29NG00101", &Hint { ink: Some(Ink::Red), ..NONE }), [Diplomatic]);
    let plate = parse("29NN00101", &on_a_car).candidates.remove(0);
    assert_eq!((plate.display().as_str(), plate.break_at()), ("29-NN-001-01", 4));
    assert_eq!(plate.printed_lines(2).map(|l| l.join("/")), Some("29-NN/001-01".to_owned()));
}

#[test]
fn the_colour_of_the_characters_tells_a_zone_from_a_motorcycle() {
    use PlateKind::*;
    assert_eq!(kinds("74LB12345", &NONE), [EconomicZone, MotorcycleNew]);
    assert_eq!(kinds("74LB12345", &Hint { ink: Some(Ink::Red), ..NONE }), [EconomicZone]);
    assert_eq!(kinds("74LB12345", &Hint { ink: Some(Ink::Black), ..NONE }), [MotorcycleNew]);
    assert_eq!(kinds("74LB12345", &hint(None, Some(PlateColour::White))), [MotorcycleNew]);
}

/// The regular expression of the regulation's table, by hand.
fn issued(code: u8) -> bool {
    let (tens, ones) = (code / 10, code % 10);
    match tens {
        1 => matches!(ones, 1 | 2 | 4..=9),
        2 | 3 | 5 | 6 | 7 => true,
        4 => matches!(ones, 0 | 1 | 3 | 7 | 8 | 9),
        8 => matches!(ones, 0..=6 | 8 | 9),
        9 => matches!(ones, 0 | 2..=5 | 7..=9),
        _ => false,
    }
}

#[test]
fn exactly_the_81_issued_codes_begin_a_plate() {
    let codes: Vec<u8> = (0..100).filter(|code| issued(*code)).collect();
    assert_eq!(codes.len(), 81);
    for code in 0..100u8 {
        assert_eq!(parse(&format!("{code:02}A12345"), &NONE).is_valid(), issued(code), "{code}");
        assert_eq!(province::by_code(code).is_some(), issued(code), "{code}");
    }
}

#[test]
fn merged_provinces_keep_their_old_codes_under_the_current_name() {
    for (current, codes) in [
        ("Hưng Yên", "17 89"),
        ("Ninh Bình", "18 35 90"),
        ("Phú Thọ", "19 28 88"),
        ("Thái Nguyên", "20 97"),
        ("Lào Cai", "21 24"),
        ("Tuyên Quang", "22 23"),
        ("Hải Phòng", "15 16 34"),
        ("Hà Nội", "29 30 31 32 33 40"),
        ("TP. Hồ Chí Minh", "41 50 51 52 53 54 55 56 57 58 59 61 72"),
        ("Đồng Nai", "39 60 93"),
        ("Đồng Tháp", "63 66"),
        ("Vĩnh Long", "64 71 84"),
        ("Cần Thơ", "65 83 95"),
        ("An Giang", "67 68"),
        ("Cà Mau", "69 94"),
        ("Tây Ninh", "62 70"),
        ("Quảng Trị", "73 74"),
        ("TP. Huế", "75"),
        ("Quảng Ngãi", "76 82"),
        ("Gia Lai", "77 81"),
        ("Đắk Lắk", "47 78"),
        ("Khánh Hòa", "79 85"),
        ("Lâm Đồng", "48 49 86"),
        ("Đà Nẵng", "43 92"),
        ("Bắc Ninh", "98 99"),
    ] {
        let of: Vec<String> = province::all()
            .iter()
            .filter(|p| p.current_name == current)
            .map(|p| p.code.to_string())
            .collect();
        assert_eq!(of.join(" "), codes, "{current}");
    }
}

#[test]
fn a_plate_of_another_country_is_reported_as_it_was_read() {
    for (raw, text, country) in [
        ("2AB-1234", "2AB1234", Country::Cambodia),
        ("1A-9876", "1A9876", Country::Cambodia),
        ("粤B·D12345", "BD12345", Country::China),
        ("京A12345", "A12345", Country::China),
        ("ກຂ 1234", "1234", Country::Laos),
        ("1กข 1234", "11234", Country::Thailand),
        ("30A 123.45 ລາວ", "30A12345", Country::Laos),
    ] {
        let r = read(&[raw], &NONE);
        assert_eq!((r.text.as_str(), r.display.as_str(), r.raw.as_str()), (text, raw, raw));
        assert!(!r.valid && r.edits.is_empty() && r.kind.is_none(), "{r:?}");
        assert_eq!(r.country, Some(country), "{raw}");
    }
    let open = read(&["2AB-1234"], &NONE);
    assert_eq!(open.ambiguous, ["car 24B-1234"], "what it would be here is left for a person to decide");
}

#[test]
fn two_letters_in_front_are_never_made_a_province() {
    for raw in ["BD12345", "ABC1234", "SBA1234A", "SGX12345", "IO12345", "SOA12345"] {
        let r = read(&[raw], &NONE);
        assert!(!r.valid && r.edits.is_empty() && r.text == raw, "{r:?}");
    }
}

#[test]
fn a_text_that_needs_three_repairs_is_left_alone() {
    assert!(read(&["3OA1Z3B5"], &NONE).edits.is_empty());
    assert_eq!(read(&["30A1Z3B5"], &NONE).text, "30A12385");
}

#[test]
fn a_character_that_was_surely_seen_is_not_replaced() {
    let raw = "30A1Z345";
    let unsure = [0.99, 0.99, 0.99, 0.99, 0.6, 0.99, 0.99, 0.99];
    assert_eq!(read_with(&[raw], &unsure, &NONE).text, "30A12345");
    let r = read_with(&[raw], &[0.99; 8], &NONE);
    assert!(!r.valid && r.edits.is_empty(), "{r:?}");
    assert_eq!(read_with(&["3OA12345"], &[0.99; 8], &NONE).text, "30A12345", "O and 0 are drawn the same");
}

#[test]
fn texts_that_no_camera_should_give_are_answered_all_the_same() {
    let huge = "30A12345".repeat(20_000);
    for raw in ["", " \t\r\n", "🚗🚙🛵", "\u{202e}شخ ١٢٣", "\u{0}30A\u{7f}", "٣٠A١٢٣٤٥", "३०A१२३४५", &huge]
    {
        let r = read(&[raw], &NONE);
        assert!(r.edits.is_empty() && !r.valid, "{:?}", r.display.get(..20));
    }
    assert_eq!(read(&["🚗30A-123.45🚗"], &NONE).text, "30A12345");
    assert_eq!(read(&["\u{200f}30A-123.45\u{200e}"], &NONE).text, "30A12345");
}

/// A plate of every kind with the hint that its kind needs.
fn any_plate() -> impl Strategy<Value = (PlateKind, Hint, String)> {
    use PlateColour::{Blue, Red};
    use PlateKind as K;
    let codes: Vec<u8> = province::all().iter().map(|p| p.code).collect();
    let series: Vec<(PlateKind, Hint, &'static str)> = vec![
        (K::Car, hint(Some(VehicleGroup::Car), None), "[ABCDEFGHKLMNPSTUVXYZ][0-9]{3}[1-9]{1,2}"),
        (
            K::MotorcycleNew,
            hint(Some(VehicleGroup::Motorcycle), None),
            "[ABCEFGHKLNPSTUVXYZ][ABCDEFHKLMNPRSTUVXYZ][0-9]{3}[1-9]{1,2}",
        ),
        (
            K::MotorcycleOld,
            hint(Some(VehicleGroup::Motorcycle), None),
            "[ABCDEFGHKLMNPSTUVXYZ][1-9][0-9]{3}[1-9]{1,2}",
        ),
        (K::StateCar, hint(Some(VehicleGroup::Car), Some(Blue)), "[ABCDEFGHKLM][0-9]{3}[1-9]{1,2}"),
        (
            K::StateMotorcycle,
            hint(Some(VehicleGroup::Motorcycle), Some(Blue)),
            "[ABCDEFGHKLM][1-9][0-9]{3}[1-9]{1,2}",
        ),
        (K::EMotorcycle, NONE, "MD[1-9][0-9]{4}[1-9]"),
        (K::Special, hint(Some(VehicleGroup::Car), None), "(LD|DA|RM|MK|HC|KT|CD|TD|R)[0-9]{3}[1-9]{1,2}"),
        (K::EconomicZone, hint(Some(VehicleGroup::Car), None), "(LB|CT)[0-9]{3}[1-9]{1,2}"),
        (K::Diplomatic, NONE, "[0-9]{2}[1-9](NG|QT)[0-9][1-9]"),
        (K::Foreign, NONE, "[0-9]{2}[1-9](NN|CV)[0-9][1-9]"),
    ];
    let with_code = (prop::sample::select(codes.clone()), prop::sample::select(series)).prop_flat_map(
        |(code, (kind, hint, rest))| {
            proptest::string::string_regex(rest)
                .expect("a pattern")
                .prop_map(move |rest| (kind, hint, format!("{code}{rest}")))
        },
    );
    let temporary = (prop::sample::select(codes), "[0-9]{3}[1-9]{1,3}")
        .prop_map(|(code, number)| (K::Temporary, NONE, format!("T{code}{number}")));
    let military =
        "(KV|TM|QA|AA|HH)[0-9]{3}[1-9]".prop_map(|text| (K::Military, hint(None, Some(Red)), text));
    prop_oneof![10 => with_code, 1 => temporary, 1 => military]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_generated_plate_of_each_kind_parses_as_itself_and_its_display_reads_back(
        (kind, hint, text) in any_plate()
    ) {
        let plate = parse(&text, &hint).candidates.into_iter().find(|p| p.kind == kind);
        let plate = plate.unwrap_or_else(|| panic!("{text} is {kind:?}"));
        for raw in [plate.display(), plate.display().to_lowercase(), format!(" {} ", plate.display())] {
            let r = read(&[&raw], &hint);
            prop_assert!(r.valid && r.edits.is_empty() && r.country.is_none(), "{:?}", r);
            prop_assert_eq!(&r.text, &text);
            prop_assert!(r.candidates.iter().any(|p| p.kind == kind));
        }
    }

    #[test]
    fn a_repair_is_final(text in "[0-9A-Z]{5,10}", lines in prop::option::of(1..3u8)) {
        let hint = Hint { lines, ..NONE };
        let once = read(&[&text], &hint);
        let twice = read(&[&once.text], &hint);
        prop_assert_eq!(&twice.text, &once.text);
        prop_assert!(twice.edits.is_empty() && twice.valid == once.valid);
        prop_assert_eq!(Edit::apply(&once.edits, &text), Some(once.text));
        prop_assert!(once.edits.len() <= MAX_EDITS);
    }

    #[test]
    fn no_repair_crosses_between_military_and_civil(text in "[0-9A-Z]{5,10}", red in any::<bool>()) {
        let hint = hint(None, red.then_some(PlateColour::Red));
        let r = read(&[&text], &hint);
        if !r.edits.is_empty() {
            prop_assert!(!looks_military(&text) && !red);
            prop_assert!(r.candidates.iter().all(|p| p.kind != PlateKind::Military));
        }
    }

    #[test]
    fn any_text_is_answered_and_the_answer_is_canonical(lines in prop::collection::vec(".{0,40}", 0..4)) {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let r = read_with(&lines, &[0.5, f32::NAN, -1.0], &NONE);
        prop_assert!(r.text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()));
        prop_assert_eq!(r.plate().is_some(), r.valid);
        prop_assert!(!(r.valid && r.country.is_some()));
    }
}
