//! What an account is to a case, and so what it sees of it. Pure.

use crate::auth::Role;
use crate::cases::review::Claim;
use crate::cases::state::State;
use crate::store::cases::CaseRow;
use crate::store::cases::review::AnswerRow;

/// What an account is to a case.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Nothing of anybody's answer is shown.
    pub blind: bool,
    /// Whether the plate as read is shown.
    pub plate: bool,
    /// The plate that this account may see confirmed, and whose owner it may see.
    pub typed: Option<String>,
    /// Whether the case is this account's now.
    pub mine: bool,
}

/// Whether plates of a case are shown to nobody: it is not evidence, or nothing has looked at it yet.
pub fn hidden(state: State) -> bool {
    matches!(state, State::Inadmissible | State::Detected)
}

/// Whether a reviewer may still have to type this plate: here, or in the case whose act this one doubles. However a duplicate ended,
/// its plate is that of the other case.
pub fn to_be_typed(case: &CaseRow, state: State) -> bool {
    state.is_open() || case.duplicate_of.is_some()
}

/// What people did with a case: who has it, and the answers.
#[derive(Debug, Default)]
pub struct Work {
    /// Whoever has it.
    pub claim: Option<Claim>,
    /// All answers.
    pub answers: Vec<AnswerRow>,
}

impl Work {
    /// The plate that this account typed: in the look it has now, else in its answer.
    fn typed(&self, username: &str, now_ms: i64) -> Option<String> {
        match self.claim.as_ref().filter(|claim| claim.holds(username, now_ms)) {
            Some(claim) => claim.plate_typed.clone(),
            None => {
                let own = self.answers.iter().find(|answer| answer.username == username);
                own.and_then(|answer| answer.plate_typed.clone())
            }
        }
    }
}

/// The seat of an account; `doubled`: the work on the case whose act this one doubles.
pub fn seat(
    (username, role): (&str, Role),
    (case, state): (&CaseRow, State),
    work: &Work,
    doubled: Option<&Work>,
    now_ms: i64,
) -> Seat {
    let police = matches!(role, Role::TrafficPolice | Role::PoliceSigner);
    let reviewer = role == Role::TrafficPolice;
    let mine = work.claim.as_ref().is_some_and(|claim| claim.holds(username, now_ms));
    // Whoever may still be asked must not know what others said; only the senior whose turn it is must. A duplicate may become a
    // case of its own.
    let open = state.is_open() || state == State::Duplicate;
    let blind = open && reviewer && !(state == State::Review3 && mine);
    // Once it is decided, the plate that people agreed on; a signer has no part in the review and waits for it.
    let typed = match state {
        State::Confirmed if police => case.plate_typed.clone(),
        _ if reviewer => doubled.unwrap_or(work).typed(username, now_ms),
        _ => None,
    };
    // A reviewer types what the picture says, not what the machine says.
    let plate = police && !hidden(state) && !(reviewer && to_be_typed(case, state) && typed.is_none());
    Seat { blind, plate, typed: typed.filter(|_| police && !hidden(state)), mine }
}
