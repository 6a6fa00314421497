//! The deadlines that handlings run on. Whatever starts one names it from this list, and the check of a new version of the law asks
//! for a row of each: a word that stands here alone, or nowhere, cannot be.

use std::fmt;

/// Declares the terms with their words in the table of deadlines.
macro_rules! terms {
    ($($(#[$meta:meta])* $name:ident $word:literal,)*) => {
        /// A deadline that a handling starts.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Term { $($(#[$meta])* $name,)* }

        impl Term {
            /// Every term.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word in the table of deadlines and in a handling's document.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

terms! {
    /// The notice has to be sent.
    Notice "notice",
    /// The file has to be at the owner's locality.
    Transfer "transfer",
    /// The day until which the notice asks to come.
    Appearance "appearance",
    /// Nobody answered: other agencies are warned.
    Warning "warning",
    /// The minutes have to be made.
    Minutes "minutes",
    /// A person may ask to explain in person.
    ExplanationRequest "explanation_request",
    /// An organisation may.
    ExplanationRequestOrganisation "explanation_request_organisation",
    /// A written explanation has to be there.
    ExplanationText "explanation_text",
    /// The decision has to be made.
    Decision "decision",
    /// The same, with an explanation.
    DecisionExplained "decision_explained",
    /// The same, when the file was passed on to whoever may sign it.
    DecisionTransferred "decision_transferred",
    /// The decision has to be sent.
    DecisionDelivery "decision_delivery",
    /// A posted decision counts as delivered.
    Posting "posting",
    /// The fine has to be paid.
    Payment "payment",
    /// The decision can no longer be enforced.
    Enforcement "enforcement",
    /// The violation can no longer be fined.
    Statute "statute",
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
