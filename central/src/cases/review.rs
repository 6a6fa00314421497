//! The review, decided without a database: who may answer, what must have been done before, and where answers lead.
//!
//! [`decide`] alone makes a [`Verdict`], and the store writes a person's answer, and `confirmed`, from a verdict alone. No setting is
//! among its arguments.

use std::collections::BTreeSet;

use super::state::{self, Actor, Decision, NoWay, Round, State, Tally, Way};

/// Least time that an act must be looked at, milliseconds. A clip must be played whole.
pub const MIN_DWELL_MS: i64 = 3_000;
/// Longest time that is asked for, however long a clip says it is.
pub const MAX_DWELL_MS: i64 = 20_000;

/// A person at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Account.
    pub username: String,
    /// Its role and whether it is a senior.
    pub actor: Actor,
}

/// What a person did since taking the case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    /// Who.
    pub username: String,
    /// Round for which it was taken.
    pub round: i64,
    /// Since when, milliseconds.
    pub claimed_at_ms: i64,
    /// Until when it is theirs.
    pub lease_until_ms: i64,
    /// How long the act was looked at.
    pub played_ms: i64,
    /// Pictures seen.
    pub pictures: BTreeSet<String>,
    /// Plate that was typed, canonical; empty where there is none to type.
    pub plate_typed: Option<String>,
    /// Whether it is the one that was read.
    pub plate_fits: bool,
}

impl Claim {
    /// Whether the case is this person's now.
    pub fn holds(&self, username: &str, now_ms: i64) -> bool {
        self.username == username && now_ms < self.lease_until_ms
    }
}

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Who.
    pub username: String,
    /// In which round.
    pub round: i64,
    /// What.
    pub decision: Decision,
    /// Plate that was typed.
    pub plate: Option<String>,
    /// The behaviour found.
    pub behaviour: Option<String>,
}

/// A case as the review needs it.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Its state.
    pub state: State,
    /// Whether two people must agree.
    pub second: bool,
    /// Whether the gate found it admissible.
    pub admissible: bool,
    /// Whoever has it.
    pub claim: Option<Claim>,
    /// All answers so far.
    pub answers: Vec<Answered>,
    /// How long the act must be looked at, milliseconds.
    pub needed_ms: i64,
    /// Pictures that must be seen.
    pub pictures: BTreeSet<String>,
    /// Plates registered to the person who asks.
    pub own_plates: BTreeSet<String>,
    /// Plate as read.
    pub plate: Option<String>,
    /// Whether the register's word on the plate that was typed is written down: it may call for a second person.
    pub looked_up: bool,
}

/// Why a person may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The act was not played, or a picture not seen.
    #[error("play the act to its end and look at every picture first")]
    NotPlayed,
    /// The plate was not typed.
    #[error("type the plate first")]
    PlateNotConfirmed,
    /// Inadmissible.
    #[error("this case is not admissible as evidence")]
    NotAdmissible,
    /// Somebody else's, or not claimed, or not for this rank.
    #[error("this case is not yours now: claim it, or leave it to whoever has it")]
    NotYourTurn,
    /// This person answered before.
    #[error("you answered this case before: another person must look")]
    OwnFirstReview,
    /// The case went on meanwhile.
    #[error("the case has changed meanwhile: read it again")]
    Stale,
    /// The person's own vehicle.
    #[error("this case is about a vehicle of yours: another person must look")]
    ConflictOfInterest,
    /// The state does not allow it.
    #[error("a case in this state is not reviewed")]
    Closed,
    /// A rejection without its reason, or an approval without its behaviour.
    #[error("say why, or which behaviour it is")]
    Incomplete,
    /// Another plate than the one read was asked for by this person already.
    #[error(
        "you have typed another plate than the one that was read for this case already: type the one that was read, or leave the case to a senior"
    )]
    OneOtherPlate,
    /// A senior has answered: nobody stands above.
    #[error("a senior has answered this case already: approve or reject it")]
    NobodyHigher,
}

impl Refusal {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotPlayed => "not_played",
            Self::PlateNotConfirmed => "plate_not_confirmed",
            Self::NotAdmissible => "not_admissible",
            Self::NotYourTurn => "not_your_turn",
            Self::OwnFirstReview => "own_first_review",
            Self::Stale => "stale",
            Self::ConflictOfInterest => "conflict_of_interest",
            Self::Closed => "closed",
            Self::Incomplete => "incomplete",
            Self::OneOtherPlate => "one_other_plate",
            Self::NobodyHigher => "nobody_higher",
        }
    }
}

impl From<NoWay> for Refusal {
    fn from(no_way: NoWay) -> Self {
        match no_way {
            NoWay::State(State::Inadmissible) => Self::NotAdmissible,
            NoWay::State(_) => Self::Closed,
            NoWay::Actor => Self::NotYourTurn,
        }
    }
}

/// What a person wants to answer.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The answer.
    pub decision: Decision,
    /// Round that the person saw.
    pub round: i64,
    /// Behaviour, for an approval: a key of the law.
    pub behaviour: Option<String>,
    /// Whether that behaviour is so serious or dear that two people must agree, whatever screening proposed.
    pub dear: bool,
    /// Code of the reason, for a rejection.
    pub reason: Option<String>,
    /// A note.
    pub note: Option<String>,
}

/// A person's answer that may be written, and where it leads. Only [`decide`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    username: String,
    round: Round,
    decision: Decision,
    to: State,
    claim: Claim,
    confirmed_by: Vec<(String, i64)>,
    plate: Option<String>,
}

impl Verdict {
    /// Who answered.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// In which round.
    pub fn round(&self) -> Round {
        self.round
    }

    /// What.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// Where it leads.
    pub fn to(&self) -> State {
        self.to
    }

    /// What was done before.
    pub fn claim(&self) -> &Claim {
        &self.claim
    }

    /// The distinct people who agree, with their rounds, and the plate that each typed: of a confirmed case, else none.
    pub fn confirmation(&self) -> Option<(&[(String, i64)], &str)> {
        (self.to == State::Confirmed)
            .then(|| (&self.confirmed_by[..], self.plate.as_deref().unwrap_or_default()))
    }
}

/// How long the act must be looked at: the clip's length within bounds.
pub fn needed_ms(clip_ms: Option<i64>) -> i64 {
    clip_ms.unwrap_or(MIN_DWELL_MS).clamp(MIN_DWELL_MS, MAX_DWELL_MS)
}

/// Whether this person may take the case, or why not.
///
/// # Errors
/// [`Refusal`].
pub fn may_claim(facts: &Facts, person: &Person, now_ms: i64) -> Result<State, Refusal> {
    let to = match state::way(facts.state, state::Action::Claim, person.actor)? {
        Way::To(to) => to,
        Way::ByAnswers(_) => return Err(Refusal::Closed),
    };
    if !facts.admissible {
        return Err(Refusal::NotAdmissible);
    }
    if facts.answers.iter().any(|answer| answer.username == person.username) {
        return Err(Refusal::OwnFirstReview);
    }
    conflict(facts, facts.plate.as_deref())?;
    match &facts.claim {
        Some(claim) if claim.username != person.username && now_ms < claim.lease_until_ms => {
            Err(Refusal::NotYourTurn)
        }
        _ => Ok(to),
    }
}

/// Whether a senior has answered already.
fn senior_spoke(facts: &Facts) -> bool {
    facts.answers.iter().any(|answer| answer.round == Round::Third.number())
}

fn conflict(facts: &Facts, plate: Option<&str>) -> Result<(), Refusal> {
    match plate {
        Some(plate) if facts.own_plates.contains(plate) => Err(Refusal::ConflictOfInterest),
        _ => Ok(()),
    }
}

/// Weighs an answer.
///
/// # Errors
/// Everything that must be so before a person's answer counts and is not: [`Refusal`].
pub fn decide(facts: &Facts, person: &Person, wanted: &Wanted, now_ms: i64) -> Result<Verdict, Refusal> {
    let round = match state::way(facts.state, wanted.decision.action(), person.actor) {
        Ok(Way::ByAnswers(round)) => round,
        Ok(Way::To(_)) => return Err(Refusal::Closed),
        // Nobody has claimed it yet.
        Err(NoWay::State(State::Screened)) => return Err(Refusal::NotYourTurn),
        Err(no_way) => return Err(no_way.into()),
    };
    if !facts.admissible {
        return Err(Refusal::NotAdmissible);
    }
    if facts.answers.iter().any(|answer| answer.username == person.username) {
        return Err(Refusal::OwnFirstReview);
    }
    let claim = facts.claim.as_ref().filter(|claim| claim.holds(&person.username, now_ms));
    let claim = claim.ok_or(Refusal::NotYourTurn)?;
    if wanted.round != round.number() || claim.round != round.number() {
        return Err(Refusal::Stale);
    }
    conflict(facts, facts.plate.as_deref())?;
    conflict(facts, claim.plate_typed.as_deref())?;
    if wanted.decision != Decision::Escalate {
        // Whatever was told: nobody has looked for longer than the case was theirs.
        let played = claim.played_ms.min(now_ms - claim.claimed_at_ms);
        if played < facts.needed_ms.max(MIN_DWELL_MS) || !facts.pictures.is_subset(&claim.pictures) {
            return Err(Refusal::NotPlayed);
        }
    }
    match wanted.decision {
        Decision::Approve if claim.plate_typed.is_none() || !facts.looked_up => {
            return Err(Refusal::PlateNotConfirmed);
        }
        Decision::Escalate if senior_spoke(facts) => return Err(Refusal::NobodyHigher),
        Decision::Approve if wanted.behaviour.is_none() => return Err(Refusal::Incomplete),
        Decision::Reject if wanted.reason.is_none() => return Err(Refusal::Incomplete),
        Decision::Escalate if wanted.note.as_deref().is_none_or(|note| note.trim().is_empty()) => {
            return Err(Refusal::Incomplete);
        }
        _ => {}
    }
    Ok(weigh(facts, person, wanted, round, claim))
}

fn weigh(facts: &Facts, person: &Person, wanted: &Wanted, round: Round, claim: &Claim) -> Verdict {
    let approving = wanted.decision == Decision::Approve;
    // Two who approve different plates or behaviours do not agree: to each other they are a no.
    let same = |answer: &&Answered| {
        answer.decision == Decision::Approve
            && answer.plate == claim.plate_typed
            && answer.behaviour == wanted.behaviour
    };
    let people =
        |wanted: Decision| facts.answers.iter().filter(|answer| answer.decision == wanted).count() as u32;
    let tally = if approving {
        let agree = facts.answers.iter().filter(same).count() as u32;
        Tally { approved: agree + 1, rejected: people(Decision::Reject) + people(Decision::Approve) - agree }
    } else {
        let no = u32::from(wanted.decision == Decision::Reject);
        Tally { approved: people(Decision::Approve), rejected: people(Decision::Reject) + no }
    };
    let second = facts.second || (approving && (wanted.dear || !claim.plate_fits));
    let to = state::after(round, wanted.decision, tally, second, senior_spoke(facts));
    let mut confirmed_by = Vec::new();
    if to == State::Confirmed {
        confirmed_by
            .extend(facts.answers.iter().filter(same).map(|answer| (answer.username.clone(), answer.round)));
        confirmed_by.push((person.username.clone(), round.number()));
    }
    Verdict {
        username: person.username.clone(),
        round,
        decision: wanted.decision,
        to,
        claim: claim.clone(),
        confirmed_by,
        plate: claim.plate_typed.clone(),
    }
}

#[cfg(test)]
#[path = "review_tests.rs"]
mod tests;
