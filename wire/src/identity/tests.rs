//! The rules for numbers and cards, and of the ladder.

use jiff::civil::{Date, date as day};
use proptest::prelude::*;

use unicode_normalization::UnicodeNormalization as _;

use super::*;

const SAMPLE: &str =
    "037090001234|161234567|Nguyễn Văn Mẫu|15081990|Nam|Thôn 1, Xã Gia Vân, Gia Viễn, Ninh Bình|10052021";

fn today() -> Date {
    day(2026, 11, 21)
}

fn card(text: &str) -> Result<CardQr, IdentityError> {
    CardQr::parse(text, today())
}

#[test]
fn a_number_tells_place_gender_and_year_of_birth() {
    let n = CitizenNumber::parse("037090001234", today()).expect("well-formed");
    assert_eq!((n.place(), n.gender(), n.birth_year()), (Some("Ninh Bình"), Gender::Male, 1990));
    let n = CitizenNumber::parse("037307001234", today()).expect("well-formed");
    assert_eq!((n.gender(), n.birth_year()), (Gender::Female, 2007));
}

#[test]
fn an_unknown_place_is_no_reason_to_refuse_a_number() {
    assert_eq!(CitizenNumber::parse("999090001234", today()).map(|n| n.place()), Ok(None));
    assert_eq!(birth_places().len(), 63);
}

#[test]
fn malformed_numbers_are_refused_with_their_reason() {
    for (text, error) in [
        ("", IdentityError::NotTwelveDigits),
        ("03709000123", IdentityError::NotTwelveDigits),
        ("0370900012345", IdentityError::NotTwelveDigits),
        ("03709000123a", IdentityError::NotTwelveDigits),
        ("03709000１2", IdentityError::NotTwelveDigits),
        ("037490001234", IdentityError::Century),
        ("037227001234", IdentityError::BornInFuture),
    ] {
        assert_eq!(CitizenNumber::parse(text, today()), Err(error), "{text}");
    }
}

#[test]
fn the_qr_of_a_card_is_read_field_by_field() {
    let c = card(SAMPLE).expect("the sample reads");
    assert_eq!(c.number.as_str(), "037090001234");
    assert_eq!((c.name.as_str(), c.born, c.gender), ("Nguyễn Văn Mẫu", day(1990, 8, 15), Gender::Male));
    assert_eq!((c.issued, c.extra_fields), (Some(day(2021, 5, 10)), 0));
    assert_eq!((c.mismatches(), c.warnings()), (vec![], vec![]));
}

#[test]
fn what_readers_add_or_leave_out_does_no_harm() {
    let plain = card(SAMPLE).expect("the sample reads");
    let decomposed: String = SAMPLE.nfd().collect();
    for text in [format!("\u{FEFF}{SAMPLE}\r\n"), decomposed, format!(" {SAMPLE}\r")] {
        assert_eq!(card(&text), Ok(plain.clone()));
    }
    assert_eq!(card(&SAMPLE.replace("161234567", "")), Ok(plain.clone()));
    assert_eq!(card(&format!("{SAMPLE}|")).map(|c| c.extra_fields), Ok(1));
    assert_eq!(card(&format!("{SAMPLE}|Nguyễn Văn Cha|Trần Thị Mẹ|")).map(|c| c.extra_fields), Ok(3));
    assert_eq!(card(&SAMPLE.replace("Thôn 1, Xã Gia Vân, Gia Viễn, Ninh Bình", "")), Ok(plain));
    assert_eq!(card(SAMPLE.rsplit_once('|').expect("fields").0).map(|c| c.issued), Ok(None));
    let woman = SAMPLE.replace("037090", "037190").replace("Nam", "NU\u{31B}\u{303}");
    assert_eq!(card(&woman).map(|c| c.gender), Ok(Gender::Female));
}

#[test]
fn a_qr_that_is_no_card_is_refused_with_its_reason() {
    for (text, error) in [
        ("https://example.vn".to_owned(), IdentityError::TooFewFields),
        ("037090001234||Nguyễn Văn Mẫu|15081990|Nam".to_owned(), IdentityError::TooFewFields),
        (SAMPLE.replace("037090001234", "37090001234"), IdentityError::NotTwelveDigits),
        (SAMPLE.replace("Nguyễn Văn Mẫu", " "), IdentityError::NoName),
        (SAMPLE.replace("15081990", "31021990"), IdentityError::BadDate),
        (SAMPLE.replace("15081990", "1508199"), IdentityError::BadDate),
        (SAMPLE.replace("10052021", "10051989"), IdentityError::DatesOutOfOrder),
        (SAMPLE.replace("10052021", "22112026"), IdentityError::DatesOutOfOrder),
        (SAMPLE.replace("15081990", "29021990"), IdentityError::BadDate),
        (SAMPLE.replace("15081990", "1990-8-5"), IdentityError::BadDate),
        (SAMPLE.replace("10052021", "15081990"), IdentityError::DatesOutOfOrder),
        (SAMPLE.replace("Nam|", "X|"), IdentityError::BadGender),
        ("x".repeat(9000), IdentityError::TooLong),
    ] {
        assert_eq!(card(&text), Err(error), "{text}");
    }
}

#[test]
fn a_number_that_contradicts_the_card_is_pointed_out() {
    let c = card(&SAMPLE.replace("15081990", "15081991")).expect("reads");
    assert_eq!(c.mismatches(), [Mismatch::BirthYear]);
    let c = card(&SAMPLE.replace("Nam", "Nữ")).expect("reads");
    assert_eq!(c.mismatches(), [Mismatch::Gender]);
}

#[test]
fn a_place_that_is_none_of_the_63_is_a_warning_and_no_more() {
    let c = card(&SAMPLE.replace("037090", "999090")).expect("reads");
    assert_eq!((c.warnings(), c.mismatches()), (vec![Warning::UnknownPlace], vec![]));
}

#[test]
fn letters_that_came_byte_by_byte_are_put_together_and_said_to_be() {
    let whole = card(SAMPLE).expect("reads");
    let latin: String = SAMPLE.bytes().map(char::from).collect();
    let windows = latin.replace('\u{85}', "…").replace('\u{82}', "‚").replace('\u{83}', "ƒ");
    for spoilt in [latin, windows] {
        let c = card(&spoilt).expect("reads");
        assert_eq!((&c.name, c.warnings()), (&whole.name, vec![Warning::LettersReencoded]));
    }
}

#[test]
fn letters_that_a_keyboard_reader_lost_are_said_to_be_lost() {
    for spoilt in [
        SAMPLE.replace('ễ', "?"),
        SAMPLE.replace('ễ', "\u{FFFD}"),
        SAMPLE.replace("037090", "037190").replace("Nam", "N?"),
        SAMPLE.replace("037090", "037190").replace("Nam", "N"),
    ] {
        let c = card(&spoilt).expect("reads");
        assert_eq!((c.warnings(), c.mismatches()), (vec![Warning::LettersDamaged], vec![]), "{spoilt}");
    }
}

#[test]
fn another_keyboard_layout_is_recognised_and_said() {
    let azerty = "à\"èàçàààà&éàà||";
    let french: String = SAMPLE
        .chars()
        .map(|c| c.to_digit(10).and_then(|d| "à&é\"'(-è_ç".chars().nth(d as usize)).unwrap_or(c))
        .collect();
    for text in [SAMPLE.replace('|', "~"), SAMPLE.replace('|', "¦"), french] {
        assert_eq!(card(&text), Err(IdentityError::KeyboardLayout), "{text}");
    }
    assert!(card(azerty).is_err());
}

#[test]
fn what_is_not_needed_is_not_kept() {
    let c = card(&format!("{SAMPLE}|Nguyễn Văn Cha")).expect("reads");
    // Every field by name: one more would not compile here.
    let CardQr { number: _, name, born: _, gender: _, issued: _, letters: _, extra_fields } = c;
    assert_eq!((name.as_str(), extra_fields), ("Nguyễn Văn Mẫu", 1));
}

#[test]
fn a_masked_number_keeps_its_last_three_digits_only() {
    assert_eq!(card(SAMPLE).map(|c| c.number.masked()), Ok("*********234".to_owned()));
}

#[test]
fn debug_output_holds_no_personal_data() {
    let c = card(SAMPLE).expect("reads");
    assert_eq!(
        format!("{c:?} {:?} {:?}", c.number, Proven::by_qr(&c)),
        "CardQr(redacted) CitizenNumber(redacted) Proven(QrOnly, redacted)"
    );
}

fn number() -> CitizenNumber {
    CitizenNumber::parse("037090001234", today()).expect("well-formed")
}

fn other() -> CitizenNumber {
    CitizenNumber::parse("037090009999", today()).expect("well-formed")
}

fn chip(of: &CitizenNumber) -> Proven {
    let good = PassiveReport { sod_signature_valid: true, hashes_match: true, csca: CscaTrust::Known };
    Proven::by_chip(&PassiveAuthentication::from_report(of, &good).expect("authentic"))
}

fn face(of: &CitizenNumber, score: f32) -> Result<FaceMatch, ProofError> {
    FaceMatch::from_comparison(of, FaceComparison { score, threshold: 0.4 })
}

fn register(result: RegisterResult, mismatch: &[&str], txn_id: &str) -> Result<RegisterMatch, ProofError> {
    let mismatch = mismatch.iter().map(ToString::to_string).collect();
    RegisterMatch::from_answer(&number(), &RegisterAnswer { result, mismatch, txn_id: txn_id.to_owned() })
}

#[test]
fn the_ladder_is_ordered_and_its_two_tops_satisfy_each_other() {
    use TrustLevel::*;
    let rungs: [&[TrustLevel]; 4] = [&[QrOnly], &[QrAndRegister], &[Chip], &[ChipAndFace, VneidLevel2]];
    for (i, have) in rungs.iter().enumerate().flat_map(|(i, r)| r.iter().map(move |l| (i, l))) {
        for (j, want) in rungs.iter().enumerate().flat_map(|(j, r)| r.iter().map(move |l| (j, l))) {
            assert_eq!(have.satisfies(*want), i >= j, "{have:?} for {want:?}");
        }
    }
}

#[test]
fn a_qr_code_rises_by_the_registers_word_alone_and_no_further() {
    let claim = Proven::by_qr(&card(SAMPLE).expect("reads"));
    assert_eq!(claim.level(), TrustLevel::QrOnly);
    let right = register(RegisterResult::Match, &[], "T1").expect("a match");
    let risen = claim.clone().with_register(&right).expect("the same person");
    assert_eq!(risen.level(), TrustLevel::QrAndRegister);
    let seen = face(&number(), 0.9).expect("the same face");
    for lower in [claim, risen] {
        assert_eq!(lower.with_face(&seen), Err(TrustError::FaceWithoutChip));
    }
}

#[test]
fn answers_that_are_no_match_prove_nothing() {
    for result in [RegisterResult::NoMatch, RegisterResult::NotFound, RegisterResult::Locked] {
        assert_eq!(register(result, &[], "T1").err(), Some(ProofError::NoMatch));
    }
    assert_eq!(register(RegisterResult::Match, &["FULL_NAME"], "T1").err(), Some(ProofError::NoMatch));
    assert_eq!(register(RegisterResult::Match, &[], " ").err(), Some(ProofError::NoTransaction));
    for (sod_signature_valid, hashes_match, csca, error) in [
        (false, true, CscaTrust::Known, ProofError::NotAuthentic),
        (true, false, CscaTrust::Known, ProofError::NotAuthentic),
        (true, true, CscaTrust::Unknown, ProofError::UnknownAuthority),
    ] {
        let report = PassiveReport { sod_signature_valid, hashes_match, csca };
        assert_eq!(PassiveAuthentication::from_report(&number(), &report).err(), Some(error));
    }
    for score in [0.39, f32::NAN, f32::INFINITY] {
        assert_eq!(face(&number(), score).err(), Some(ProofError::OtherFace));
    }
    for (result, level) in [("VALID", 1), ("EXPIRED", 2), ("REPLAYED", 2), ("INVALID", 2), ("valid", 2)] {
        let answer = VneidAnswer { result: result.to_owned(), level };
        assert!(VneidLevel2::from_answer(&answer).is_err(), "{result} {level}");
    }
}

#[test]
fn a_proof_about_somebody_else_raises_nobody() {
    let right = register(RegisterResult::Match, &[], "T1").expect("a match");
    assert_eq!(chip(&other()).with_register(&right), Err(TrustError::OtherPerson));
    let seen = face(&number(), 0.9).expect("the same face");
    assert_eq!(chip(&other()).with_face(&seen), Err(TrustError::OtherPerson));
    let full = chip(&number()).with_face(&seen).expect("the same person");
    assert_eq!(full.level(), TrustLevel::ChipAndFace);
    // A later answer of the register does not lower it.
    assert_eq!(full.with_register(&right).map(|p| p.level()), Ok(TrustLevel::ChipAndFace));
    let vneid =
        VneidLevel2::from_answer(&VneidAnswer { result: "VALID".to_owned(), level: 2 }).expect("valid");
    assert_eq!(Proven::by_vneid(&vneid).with_register(&right), Err(TrustError::OtherPerson));
}

#[test]
fn what_a_purpose_requires_is_data_and_an_unknown_purpose_is_refused() {
    let required: RequiredTrust =
        serde_json::from_str(r#"{"visit":"qr_only","enforcement":"vneid_level2"}"#).expect("reads");
    let full = chip(&number()).with_face(&face(&number(), 0.9).expect("same")).expect("same");
    assert_eq!(required.check("visit", &full), Ok(()));
    assert_eq!(required.check("enforcement", &full), Ok(()));
    let low = TrustError::TooLow(TrustLevel::Chip, TrustLevel::VneidLevel2);
    assert_eq!(required.check("enforcement", &chip(&number())), Err(low));
    assert_eq!(required.check("pay", &full), Err(TrustError::UnknownPurpose));
    assert!(serde_json::from_str::<RequiredTrust>(r#"{"visit":"surely"}"#).is_err());
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,80}", fields in prop::collection::vec("[0-9Nam ữ]{0,12}", 0..9)) {
        let _ = card(&text);
        let _ = card(&fields.join("|"));
    }
}
