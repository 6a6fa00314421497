//! The words of a decision: verdict, reason, warning, freshness.

use serde::{Deserialize, Serialize};

/// What the guard is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// May pass; the barrier opens.
    Admit,
    /// A person has to look.
    Wait,
    /// May not pass.
    Deny,
}

impl Verdict {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Wait => "wait",
            Self::Deny => "deny",
        }
    }
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in JSON and in the store.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

words! {
    /// Why. Texts for people are the desk's and the console's (`reason.WORD`).
    Reason {
        /// Somebody opened the lane for an emergency.
        Emergency = "emergency",
        /// This agent never got a list.
        NoList = "no_list",
        /// The list does not have this lane.
        UnknownLane = "unknown_lane",
        /// Nobody and nothing is there.
        NothingPresented = "nothing_presented",
        /// The plate cannot be read.
        Unreadable = "unreadable",
        /// A person is there, the vehicle is not.
        VehicleMissing = "vehicle_missing",
        /// A vehicle is there, its driver has shown nothing.
        PersonMissing = "person_missing",
        /// Papers have to be looked at. Why is not said at the gate.
        CheckPapers = "check_papers",
        /// The document contradicts itself or the register.
        IdentityMismatch = "identity_mismatch",
        /// On the block list.
        Blocked = "blocked",
        /// The reading is not sure enough.
        Unsure = "unsure",
        /// The reading may be another plate, which is listed.
        Possible = "possible",
        /// On no list of this lane.
        NotListed = "not_listed",
        /// Not at this gate.
        OtherGate = "other_gate",
        /// Its time has not come.
        NotYetValid = "not_yet_valid",
        /// Its time is over.
        Expired = "expired",
        /// A pass with a number of uses has had them.
        UsedUp = "used_up",
        /// Not at this hour.
        OutOfHours = "out_of_hours",
        /// A rule says so.
        Rule = "rule",
        /// The identity has to be proven better.
        ProofNeeded = "proof_needed",
        /// This driver is not one of the vehicle's.
        DriverNotAllowed = "driver_not_allowed",
        /// Somebody of the staff has to come along.
        EscortNeeded = "escort_needed",
        /// Went in and has not come out.
        AlreadyInside = "already_inside",
        /// Leaves without having come in.
        NotInside = "not_inside",
        /// The same again, too soon.
        TooSoon = "too_soon",
        /// The group's places are taken.
        QuotaFull = "quota_full",
        /// The area is full.
        AreaFull = "area_full",
        /// Another lane is open.
        Interlock = "interlock",
        /// The list is too old to admit by.
        ListOld = "list_old",
        /// Listed, and nothing speaks against it.
        Listed = "listed",
        /// Nothing is asked here.
        Anonymous = "anonymous",
    }
}

words! {
    /// What the guard should know although it did not decide.
    Warning {
        /// The list is stale.
        ListStale = "list_stale",
        /// The list is old.
        ListOld = "list_old",
        /// The identity could not be checked: the register did not answer.
        UnverifiedOffline = "unverified_offline",
        /// Soft anti-passback: still inside.
        AlreadyInside = "already_inside",
        /// Soft anti-passback: not inside.
        NotInside = "not_inside",
    }
}

/// How much a list is worth by its age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// As good as central's.
    Fresh,
    /// Used, and shown as stale.
    Stale,
    /// Used as the policy says.
    Old,
    /// There is none.
    None,
}
