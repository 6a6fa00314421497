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

/// The seat of an account.
pub fn seat(
    (username, role): (&str, Role),
    case: &CaseRow,
    state: State,
    claim: Option<&Claim>,
    answers: &[AnswerRow],
    now_ms: i64,
) -> Seat {
    let police = matches!(role, Role::TrafficPolice | Role::PoliceSigner);
    let reviewer = role == Role::TrafficPolice;
    let claim = claim.filter(|claim| claim.holds(username, now_ms));
    let mine = claim.is_some();
    let own = answers.iter().find(|answer| answer.username == username);
    // Whoever may still be asked must not know what others said; only the senior whose turn it is must.
    let blind = state.is_open() && reviewer && !(state == State::Review3 && mine);
    let typed = match claim {
        Some(claim) => claim.plate_typed.clone(),
        None => own.and_then(|answer| answer.plate_typed.clone()),
    };
    // Once it is decided, the plate that people agreed on; a signer has no part in the review and waits for it.
    let typed = match state {
        State::Confirmed if police => case.plate_typed.clone(),
        _ if reviewer => typed,
        _ => None,
    };
    // A reviewer types what the picture says, not what the machine says.
    let plate = police && !hidden(state) && !(reviewer && state.is_open() && typed.is_none());
    Seat { blind, plate, typed: typed.filter(|_| police && !hidden(state)), mine }
}
