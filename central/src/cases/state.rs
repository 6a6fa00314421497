//! The states of a case and every way between them, with who may take it. Pure.
//!
//! ```text
//! detected ─admit▶ screened ─claim▶ review_1 ─▶ review_2 ─▶ review_3
//! detected ─refuse▶ inadmissible            └─────┴───────────┴▶ confirmed | rejected
//! detected ─join▶ duplicate ─separate▶ screened
//! whatever is open ─expire▶ expired; with two people ─void▶ voided
//! ```
//! Where a verdict leads stands in [`after`]: it depends on how many people answered what. Nothing leads out of `inadmissible`.

use serde::{Deserialize, Serialize};

use crate::auth::Role;

/// How far a case has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Committed, not yet looked at by anybody or anything.
    Detected,
    /// Admissible; waits for the first reviewer.
    Screened,
    /// A first reviewer's turn.
    #[serde(rename = "review_1")]
    Review1,
    /// A second reviewer's turn, who sees nothing of the first answer.
    #[serde(rename = "review_2")]
    Review2,
    /// A senior's turn, who sees all answers.
    #[serde(rename = "review_3")]
    Review3,
    /// People found that it is a violation.
    Confirmed,
    /// People found that it is none, or that it cannot be shown.
    Rejected,
    /// Something that the law asks for is missing. Final: for statistics only.
    Inadmissible,
    /// The same act as an earlier case.
    Duplicate,
    /// Two people made it void.
    Voided,
    /// The statute of limitation ended it.
    Expired,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 11] = [
        Self::Detected,
        Self::Screened,
        Self::Review1,
        Self::Review2,
        Self::Review3,
        Self::Confirmed,
        Self::Rejected,
        Self::Inadmissible,
        Self::Duplicate,
        Self::Voided,
        Self::Expired,
    ];

    /// The word used in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Detected => "detected",
            Self::Screened => "screened",
            Self::Review1 => "review_1",
            Self::Review2 => "review_2",
            Self::Review3 => "review_3",
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
            Self::Inadmissible => "inadmissible",
            Self::Duplicate => "duplicate",
            Self::Voided => "voided",
            Self::Expired => "expired",
        }
    }

    /// Reads [`Self::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// The round that is under way: whose answer is awaited.
    pub fn round(self) -> Option<Round> {
        match self {
            Self::Screened | Self::Review1 => Some(Round::First),
            Self::Review2 => Some(Round::Second),
            Self::Review3 => Some(Round::Third),
            _ => None,
        }
    }

    /// Whether people still have to decide.
    pub fn is_open(self) -> bool {
        self == Self::Detected || self.round().is_some()
    }
}

/// A turn of the review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Round {
    /// The first reviewer.
    First,
    /// The second, who is blind to the first.
    Second,
    /// A senior, who sees everything.
    Third,
}

impl Round {
    /// 1, 2 or 3.
    pub fn number(self) -> i64 {
        match self {
            Self::First => 1,
            Self::Second => 2,
            Self::Third => 3,
        }
    }
}

/// What is done to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Screening found it admissible.
    Admit,
    /// Screening found that it is not.
    Refuse,
    /// Screening found the same act in an earlier case.
    Join,
    /// A person takes it to look at it.
    Claim,
    /// A person finds that it is a violation.
    Approve,
    /// A person finds that it is none.
    Reject,
    /// A person leaves it to a senior.
    Escalate,
    /// A person finds that it is another act than the earlier case.
    Separate,
    /// A first person wants it void.
    AskVoid,
    /// A second person makes it void.
    Void,
    /// The statute of limitation ended.
    Expire,
    /// A file of its evidence was found altered or gone.
    Lock,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 12] = [
        Self::Admit,
        Self::Refuse,
        Self::Join,
        Self::Claim,
        Self::Approve,
        Self::Reject,
        Self::Escalate,
        Self::Separate,
        Self::AskVoid,
        Self::Void,
        Self::Expire,
        Self::Lock,
    ];

    /// The word used in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Refuse => "refuse",
            Self::Join => "join",
            Self::Claim => "claim",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Escalate => "escalate",
            Self::Separate => "separate",
            Self::AskVoid => "ask_void",
            Self::Void => "void",
            Self::Expire => "expire",
            Self::Lock => "lock",
        }
    }
}

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Central itself.
    System,
    /// An account of this role; `senior` by its rank.
    Account {
        /// Its role.
        role: Role,
        /// Whether its rank is above an officer's.
        senior: bool,
    },
}

impl Actor {
    /// The word used in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Account { role, .. } => role.as_str(),
        }
    }
}

/// Why something may not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoWay {
    /// The case is not in a state in which this is done.
    #[error("a case that is {} cannot be treated so", .0.as_str())]
    State(State),
    /// Somebody else may do it.
    #[error("this account may not do that")]
    Actor,
}

/// Where an action leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// To this state.
    To(State),
    /// Where the people's answers lead: see [`after`].
    ByAnswers(Round),
}

/// Where `action` leads from `state` when `actor` does it.
///
/// # Errors
/// [`NoWay::State`] before [`NoWay::Actor`]: that a case is closed is no secret.
pub fn way(state: State, action: Action, actor: Actor) -> Result<Way, NoWay> {
    use Action as A;
    use State as S;
    let (way, may) = match (state, action) {
        (S::Detected, A::Admit) => (Way::To(S::Screened), is_system(actor)),
        (S::Detected, A::Refuse) => (Way::To(S::Inadmissible), is_system(actor)),
        (S::Detected, A::Join) => (Way::To(S::Duplicate), is_system(actor)),
        (S::Screened, A::Claim) => (Way::To(S::Review1), is_reviewer(actor)),
        (S::Review1 | S::Review2, A::Claim) => (Way::To(state), is_reviewer(actor)),
        (S::Review3, A::Claim) => (Way::To(state), is_senior(actor)),
        (S::Review1, A::Approve | A::Reject | A::Escalate) => {
            (Way::ByAnswers(Round::First), is_reviewer(actor))
        }
        (S::Review2, A::Approve | A::Reject | A::Escalate) => {
            (Way::ByAnswers(Round::Second), is_reviewer(actor))
        }
        // Nobody stands above a senior: there is no further escalation.
        (S::Review3, A::Approve | A::Reject) => (Way::ByAnswers(Round::Third), is_senior(actor)),
        (S::Duplicate, A::Separate) => (Way::To(S::Screened), is_reviewer(actor)),
        (S::Screened | S::Review1 | S::Review2 | S::Review3 | S::Duplicate | S::Confirmed, A::AskVoid) => {
            (Way::To(state), is_reviewer(actor) || is_signer(actor))
        }
        (S::Screened | S::Review1 | S::Review2 | S::Review3 | S::Duplicate | S::Confirmed, A::Void) => {
            (Way::To(S::Voided), is_signer(actor))
        }
        (S::Detected | S::Screened | S::Review1 | S::Review2 | S::Review3 | S::Duplicate, A::Expire) => {
            (Way::To(S::Expired), is_system(actor))
        }
        // Altered evidence: the case stays where it is, and its gate says no.
        (S::Screened | S::Review1 | S::Review2 | S::Review3 | S::Duplicate | S::Confirmed, A::Lock) => {
            (Way::To(state), is_system(actor))
        }
        _ => return Err(NoWay::State(state)),
    };
    if may { Ok(way) } else { Err(NoWay::Actor) }
}

fn is_system(actor: Actor) -> bool {
    actor == Actor::System
}

fn is_reviewer(actor: Actor) -> bool {
    matches!(actor, Actor::Account { role: Role::TrafficPolice, .. })
}

fn is_senior(actor: Actor) -> bool {
    matches!(actor, Actor::Account { role: Role::TrafficPolice, senior: true })
}

fn is_signer(actor: Actor) -> bool {
    matches!(actor, Actor::Account { role: Role::PoliceSigner, .. })
}

/// A person's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It is a violation.
    Approve,
    /// It is none, or cannot be shown.
    Reject,
    /// A senior shall decide.
    Escalate,
}

impl Decision {
    /// The word used in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        self.action().as_str()
    }

    /// Reads [`Self::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Approve, Self::Reject, Self::Escalate].into_iter().find(|decision| decision.as_str() == word)
    }

    /// The action it is.
    pub fn action(self) -> Action {
        match self {
            Self::Approve => Action::Approve,
            Self::Reject => Action::Reject,
            Self::Escalate => Action::Escalate,
        }
    }
}

/// How many distinct people answered what, the newest answer included.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Found it to be a violation.
    pub approved: u32,
    /// Found that it is none.
    pub rejected: u32,
}

/// Where an answer in `round` leads. `second`: two people must agree. Where two must agree, a first *no* goes to the second person
/// as a first *yes* does: that there is a second round tells nothing about the first answer. A senior's *no* ends the case.
/// `senior_spoke`: a senior has answered before, and no other one is waited for.
pub fn after(round: Round, decision: Decision, tally: Tally, second: bool, senior_spoke: bool) -> State {
    let enough = tally.approved >= if second { 2 } else { 1 };
    match (round, decision) {
        (_, Decision::Escalate) => State::Review3,
        (Round::Third, Decision::Reject) => State::Rejected,
        (Round::Third, Decision::Approve) => {
            if enough && tally.approved > tally.rejected {
                State::Confirmed
            } else {
                State::Review2
            }
        }
        // The senior's answer was not enough alone, and this one ends it: no case waits for a second senior. What is left in doubt is a no.
        (Round::Second, Decision::Approve) if senior_spoke && enough && tally.approved > tally.rejected => {
            State::Confirmed
        }
        (Round::Second, _) if senior_spoke => State::Rejected,
        (Round::First, _) if second => State::Review2,
        (Round::First, Decision::Approve) => State::Confirmed,
        (Round::First, Decision::Reject) => State::Rejected,
        (Round::Second, Decision::Approve) if tally.rejected == 0 && enough => State::Confirmed,
        (Round::Second, Decision::Reject) if tally.approved == 0 => State::Rejected,
        (Round::Second, _) => State::Review3,
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
