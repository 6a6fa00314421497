//! What was presented, as what is decided from: digests, never numbers. Pure.

use jiff::civil::Date;
use wire::gate::{
    AgentSecret, Answer, AnswerBody, GateIndex, KeyKind, QuestionBody, SeenPerson, SeenVehicle, VneidWord,
};
use wire::identity::{CardQr, CitizenNumber, IdentityError, RegisterResult, TrustLevel};
use wire::plate::{Hint, VehicleGroup, normalise, parse};
use zeroize::Zeroizing;

use super::PresentError;
use super::lane::{Car, Proof, Shown};
use super::view::PresentRequest;
use crate::cards::SeenCard;

/// A card that was shown, kept in memory for as long as a ticket may follow it.
#[derive(Clone)]
pub(super) struct KeptCard {
    pub number: Zeroizing<String>,
    pub name: Zeroizing<String>,
}

/// What was presented.
pub(super) enum Taken {
    /// A person, what to ask about them, and their card.
    Person(Shown, Option<QuestionBody>, Option<KeptCard>),
    /// A plate that a guard typed.
    Plate(Car),
}

/// Takes what the desk or a reader sends.
pub(super) fn take(
    request: &PresentRequest,
    secret: &AgentSecret,
    list: Option<&GateIndex>,
    card_before: Option<&KeptCard>,
    today: Date,
) -> Result<Taken, PresentError> {
    match request {
        PresentRequest::Card { text } => {
            let card = CardQr::parse(text, today)?;
            Ok(card_taken(&SeenCard::by_qr(&card), secret))
        }
        PresentRequest::TypedCard { number, name, birth } => {
            let number = CitizenNumber::parse(number.trim(), today)?;
            let born: Date = birth.trim().parse().map_err(|_| IdentityError::BadDate)?;
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            if name.is_empty() {
                return Err(IdentityError::NoName.into());
            }
            let mismatch = number.birth_year() != born.year();
            Ok(identity(number.as_str(), &name, born, None, mismatch, secret))
        }
        PresentRequest::Pass { text } => known(KeyKind::Pass, text.trim(), "pass", secret, list),
        PresentRequest::Pin { pin } => known(KeyKind::Pin, pin.trim(), "pin", secret, list),
        PresentRequest::Passport { country, number, name } => {
            let country = country.trim().to_ascii_uppercase();
            let number: String = number.trim().to_ascii_uppercase();
            let letters = country.len() == 3 && country.bytes().all(|byte| byte.is_ascii_uppercase());
            let digits =
                (5..=12).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric());
            if !letters || !digits {
                return Err(PresentError::BadPassport);
            }
            let key = (KeyKind::Passport, secret.digest(KeyKind::Passport, &format!("{country}:{number}")));
            let seen = SeenPerson { keys: vec![key], ..SeenPerson::default() };
            let shown = Shown { seen, label: masked(name), shown: "passport", asking: false };
            Ok(Taken::Person(shown, None, None))
        }
        PresentRequest::Vneid { token } => {
            let question = QuestionBody::VerifyVneid { token: token.trim().to_owned() };
            let shown = Shown { shown: "vneid", ..Shown::default() };
            Ok(Taken::Person(shown, Some(question), None))
        }
        PresentRequest::Ticket { code } => {
            let card = card_before.ok_or(PresentError::CardFirst)?;
            let question = QuestionBody::VerifyTicket {
                ticket: code.trim().to_owned(),
                name: Some(card.name.to_string()),
                number: Some(card.number.to_string()),
            };
            let key = (KeyKind::Card, secret.digest(KeyKind::Card, &card.number));
            let seen = SeenPerson { keys: vec![key], ..SeenPerson::default() };
            let shown = Shown { seen, label: masked(&card.name), shown: "ticket", asking: false };
            Ok(Taken::Person(shown, Some(question), None))
        }
        PresentRequest::Plate { text } => {
            let text = normalise(text);
            if !parse(&text, &Hint::default()).is_valid() {
                return Err(PresentError::BadPlate);
            }
            let watch = watch_digests(secret, &text, &[]);
            let seen = SeenVehicle { text: Some(text), score: 1.0, group: None, others: Vec::new(), watch };
            Ok(Taken::Plate(Car { track: None, seen, reading: None, legible_at: None }))
        }
    }
}

/// A card that a reader of the gate has read.
pub(super) fn card_taken(card: &SeenCard, secret: &AgentSecret) -> Taken {
    let number = card.number.as_str();
    identity(number, &card.name, card.born, Some(card.proven.level()), !card.check_id.is_empty(), secret)
}

fn identity(
    number: &str,
    name: &str,
    born: Date,
    trust: Option<TrustLevel>,
    mismatch: bool,
    secret: &AgentSecret,
) -> Taken {
    let key = (KeyKind::Card, secret.digest(KeyKind::Card, number));
    let seen = SeenPerson { keys: vec![key], trust, mismatch, ..SeenPerson::default() };
    let shown = Shown { seen, label: masked(name), shown: "card", asking: false };
    let question = QuestionBody::VerifyCitizen {
        number: number.to_owned(),
        name: name.to_owned(),
        birth: born.to_string(),
    };
    let kept = KeptCard { number: Zeroizing::new(number.to_owned()), name: Zeroizing::new(name.to_owned()) };
    Taken::Person(shown, Some(question), Some(kept))
}

/// A pass or PIN counts only if the list has it: it says nothing else.
fn known(
    kind: KeyKind,
    text: &str,
    shown: &'static str,
    secret: &AgentSecret,
    list: Option<&GateIndex>,
) -> Result<Taken, PresentError> {
    let digest = secret.digest(kind, text);
    let there = list.is_some_and(|list| list.by_digest(digest).next().is_some());
    if text.is_empty() || !there {
        return Err(PresentError::UnknownPass);
    }
    let seen = SeenPerson { keys: vec![(kind, digest)], ..SeenPerson::default() };
    Ok(Taken::Person(Shown { seen, shown, ..Shown::default() }, None, None))
}

/// What an answer means for who is waiting; none, or none that says anything, leaves them unverified.
pub(super) fn proof(answer: Option<&Answer>) -> Proof {
    let nothing = || Proof { offline: true, ..Proof::default() };
    let Some(answer) = answer else { return nothing() };
    match &answer.body {
        AnswerBody::Citizen { result, mismatch, check_papers } => {
            let same = *result == RegisterResult::Match && mismatch.is_empty();
            Proof {
                trust: same.then_some(TrustLevel::QrAndRegister),
                // With papers to be looked at, the guard is told that and nothing else.
                mismatch: !same && !check_papers,
                check_papers: *check_papers,
                ..Proof::default()
            }
        }
        AnswerBody::Vneid { result, level, subject, label, .. } => {
            let valid = *result == VneidWord::Valid;
            Proof {
                trust: (valid && *level >= 2).then_some(TrustLevel::VneidLevel2),
                mismatch: !valid,
                keys: subject
                    .filter(|_| valid)
                    .map(|subject| (KeyKind::Vneid, subject))
                    .into_iter()
                    .collect(),
                label: label.clone(),
                ..Proof::default()
            }
        }
        AnswerBody::Face { result } => Proof {
            trust: (result == "same").then_some(TrustLevel::ChipAndFace),
            mismatch: result == "different",
            ..Proof::default()
        },
        AnswerBody::Ticket { result, .. } => Proof { mismatch: result != "valid", ..Proof::default() },
        AnswerBody::Unavailable { .. } => nothing(),
    }
}

/// `Nguyễn Văn Minh` → `Nguyễn V. M.`
pub(super) fn masked(name: &str) -> Option<String> {
    let mut words = name.split_whitespace();
    let first = words.next()?.to_owned();
    Some(
        words
            .filter_map(|word| word.chars().next())
            .fold(first, |label, initial| format!("{label} {initial}.")),
    )
}

/// Digests by which a plate, what else it may be and what each of them looks like meet a watch list.
pub(super) fn watch_digests(
    secret: &AgentSecret,
    text: &str,
    others: &[String],
) -> Vec<wire::gate::KeyDigest> {
    let mut texts = vec![text.to_owned()];
    texts.extend(others.iter().cloned());
    for of in std::iter::once(text).chain(others.iter().map(String::as_str)) {
        texts.extend(wire::plate::look_alikes(of));
    }
    texts.sort_unstable();
    texts.dedup();
    texts.iter().map(|text| secret.digest(KeyKind::Plate, text)).collect()
}

/// Car or motorcycle by the word of a class.
pub(super) fn group_of(class: &str) -> Option<VehicleGroup> {
    match class {
        "motorcycle" => Some(VehicleGroup::Motorcycle),
        "car" | "bus" | "truck" => Some(VehicleGroup::Car),
        _ => None,
    }
}

#[cfg(test)]
#[path = "present_tests.rs"]
mod tests;
