//! Visits that people announce on the public page: what is asked, for how long it is kept, and what an approval opens.
//!
//! Nobody signs in there. So little is asked, everything is checked and bounded, answers hold no personal data, and whoever has
//! the code of a visit (120 random bits) may see how it stands, bind it to a VNeID code and cancel it.

mod approve;
mod bind;
mod check;
pub mod sweep;
#[cfg(test)]
mod tests;

pub use approve::approval;
pub use bind::{Answer, Bound, Refused, Verifier, bound};
pub use check::{Announced, Foreign, NewVisit, Rules, check};

/// The digest under which a code is kept.
pub fn code_digest(code: &str) -> String {
    wire::Digest::of(code.as_bytes()).to_string()
}

/// How a visit stands, for its visitor and the desk.
pub fn state_word(state: &str, arrived: bool, over: bool) -> &'static str {
    match state {
        "refused" => "refused",
        "cancelled" => "cancelled",
        _ if arrived => "arrived",
        _ if over => "expired",
        "approved" => "approved",
        _ => "waiting",
    }
}
