use wire::DeviceKey;
use wire::gate::RegisterWord;
use wire::identity::IdentityError;
use wire::plate::one_confusion;

use super::*;

const CARD: &str = "037090001234||Nguyễn Văn Minh|01011990|Nam|Ninh Bình|01012022";

fn secret() -> AgentSecret {
    AgentSecret::agree(&DeviceKey::from_seed(&[1; 32]), &DeviceKey::from_seed(&[2; 32]).public())
}

fn today() -> Date {
    "2026-11-21".parse().expect("a date")
}

fn taken(request: &PresentRequest) -> Result<Taken, PresentError> {
    take(request, &secret(), None, None, today())
}

#[test]
fn a_card_becomes_a_digest_and_a_masked_name_and_is_asked_about() {
    let request = PresentRequest::Card { text: CARD.to_owned() };
    let Ok(Taken::Person(shown, question, kept)) = taken(&request) else { panic!("a person") };
    assert_eq!(shown.label.as_deref(), Some("Nguyễn V. M."));
    assert_eq!(shown.seen.keys, [(KeyKind::Card, secret().digest(KeyKind::Card, "037090001234"))]);
    assert_eq!((shown.seen.trust, shown.seen.mismatch), (Some(TrustLevel::QrOnly), false));
    assert!(!format!("{shown:?}").contains("0370"));
    assert!(matches!(question, Some(QuestionBody::VerifyCitizen { birth, .. }) if birth == "1990-01-01"));
    let ticket = PresentRequest::Ticket { code: "T1".to_owned() };
    assert_eq!(take(&ticket, &secret(), None, None, today()).err(), Some(PresentError::CardFirst));
    assert!(take(&ticket, &secret(), None, kept.as_ref(), today()).is_ok());
}

#[test]
fn what_cannot_be_used_says_why() {
    let card = |text: &str| taken(&PresentRequest::Card { text: text.to_owned() }).err();
    assert_eq!(card("hello"), Some(PresentError::Card(IdentityError::TooFewFields)));
    let passport = |country: &str, number: &str| {
        let (country, number) = (country.to_owned(), number.to_owned());
        taken(&PresentRequest::Passport { country, number, name: "A B".to_owned() }).err()
    };
    assert_eq!(passport("VNM", "B1234567"), None);
    assert_eq!(passport("VN", "B1234567"), Some(PresentError::BadPassport));
    assert_eq!(passport("VNM", "B-1"), Some(PresentError::BadPassport));
    let plate = |text: &str| taken(&PresentRequest::Plate { text: text.to_owned() }).err();
    assert_eq!((plate("30K-135.79"), plate("xyz")), (None, Some(PresentError::BadPlate)));
    assert_eq!(taken(&PresentRequest::Pin { pin: "1234".to_owned() }).err(), Some(PresentError::UnknownPass));
}

#[test]
fn answers_prove_what_they_say_and_silence_proves_nothing() {
    let answer = |body| Answer { v: 1, id: uuid::Uuid::nil(), body, txn: None };
    let citizen = |result, check_papers| {
        proof(Some(&answer(AnswerBody::Citizen { result, mismatch: vec![], check_papers })))
    };
    let good = citizen(RegisterResult::Match, false);
    assert_eq!((good.trust, good.mismatch, good.offline), (Some(TrustLevel::QrAndRegister), false, false));
    assert!(citizen(RegisterResult::NoMatch, false).mismatch);
    for result in [RegisterResult::Match, RegisterResult::NotFound] {
        let sought = citizen(result, true);
        assert!(sought.check_papers && !sought.mismatch, "papers are to be looked at, and why is not said");
    }
    assert!(proof(None).offline);
    let why = RegisterWord::TooLate;
    assert!(proof(Some(&answer(AnswerBody::Unavailable { why }))).offline);
}

#[test]
fn a_watch_list_is_met_by_the_text_its_candidates_and_their_look_alikes() {
    let digests = watch_digests(&secret(), "30K13579", &["30K13578".to_owned()]);
    let met = |text: &str| digests.contains(&secret().digest(KeyKind::Plate, text));
    assert!(met("30K13579") && met("30K13578"));
    assert!(one_confusion("30K13579", "30K73579").is_some() && met("30K73579"));
    assert!(!met("99Z99999"));
}
