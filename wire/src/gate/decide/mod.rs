//! The decision: one pure function, at the edge and at central.
//!
//! The first of these that applies decides; everything after it is not looked at, except warnings. Whoever is recognised is
//! named in the answer whatever the verdict is.
//!
//! | step | verdict, reason |
//! |---|---|
//! | emergency open | admit, `emergency` |
//! | no list at all | wait, `no_list` |
//! | the lane is not in the list | wait, `unknown_lane` |
//! | watch list, exact or look-alike; a possible face | wait, `check_papers` |
//! | identity contradicts itself or the register | wait, `identity_mismatch` |
//! | a block entry counts now | deny, `blocked`; wait, `unsure` or `possible` where the plate may be another |
//! | nothing, or not enough, was presented | wait, `nothing_presented`, `unreadable`, `vehicle_missing`, `person_missing` |
//! | nothing wanted (anonymous) | on to capacity |
//! | on no list, and the reading may be a listed plate, or is below the least score | wait, `possible`, `unsure` |
//! | on no list, leaving after it came in here | on to capacity |
//! | on no list | the policy's `unknown`, `not_listed` |
//! | listed, and the reading is below the least score | wait, `unsure` |
//! | entry not for this gate | deny, `other_gate` |
//! | entry not valid now (way in only) | deny, `not_yet_valid`, `expired`, `used_up` |
//! | no rule holds now | deny, `out_of_hours`; `not_listed` where no rule is for it |
//! | the entry's own hours are over (way in only) | deny, `out_of_hours` |
//! | the rule says deny or wait | as it says, `rule` |
//! | identity less proven than asked | wait, `proof_needed` |
//! | driver not of this vehicle | wait, `driver_not_allowed` |
//! | escort not there (way in only) | wait, `escort_needed` |
//! | anti-passback | deny, `already_inside`, `not_inside`, `too_soon` |
//! | quota or capacity full (way in only) | wait, `quota_full`, `area_full` |
//! | another lane must close first | wait, `interlock` |
//! | list too old | wait, `list_old`, unless the policy's `when_old` is admit |
//! | else | admit, `listed`, `anonymous`, or `not_listed` for a stranger whom the policy lets pass |
//!
//! - With vehicle and driver, the steps from "on no list" to "the rule says" are taken for the vehicle, then for the driver.
//! - **Nobody is locked in.** Whoever leaves may do so with an expired or used-up pass and after hours: outside of its hours a
//!   row that admits holds on the way out, unless another row that is open then fits. A row that should keep somebody from
//!   leaving says so itself. What a guard let in although it was on no list may leave as well.
//! - **Several entries of one subject**: the one that gets furthest counts (admit before wait before deny; of equals, on the way out
//!   the one that is inside, else the first of the list; a driver's entry that belongs to the vehicle's before others). Whether the
//!   subject is inside, and when it last passed, is known by all of its entries together.
//! - A face never denies and never admits: it can only turn the answer into "please check papers". The same holds of a watch
//!   list. Once a guard has looked at the papers neither counts any more.
//! - A reading that is not sure never admits and never denies.

mod case;
mod met;
mod words;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::digest::{KeyDigest, KeyKind};
use super::index::GateIndex;
use super::presence::Presence;
use crate::Name;
use crate::identity::TrustLevel;
use crate::payload::Direction;
use crate::plate::VehicleGroup;
use case::Case;
pub use words::{Freshness, Reason, Verdict, Warning};

/// A vehicle at the lane.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SeenVehicle {
    /// Canonical text; `None` when the plate could not be read.
    pub text: Option<String>,
    /// Score of the text, `0..=1`.
    pub score: f32,
    /// Car or motorcycle, by the detector.
    pub group: Option<VehicleGroup>,
    /// Other texts it may be: candidates of the vote with a share that counts.
    pub others: Vec<String>,
    /// Digests of text and others, and of what they look like, under the agent's key: to meet watch lists.
    pub watch: Vec<KeyDigest>,
}

/// A person at the lane.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SeenPerson {
    /// What was presented, as digests.
    pub keys: Vec<(KeyKind, KeyDigest)>,
    /// How far the identity is proven; `None` for passes, PINs and passports.
    pub trust: Option<TrustLevel>,
    /// The register did not answer: unverified.
    pub offline: bool,
    /// The document contradicts itself, or the register says that it is another's.
    pub mismatch: bool,
    /// Central asks to look at the papers. Why, is not said.
    #[serde(default, skip_serializing_if = "is_false")]
    pub check_papers: bool,
    /// A guard looked at the papers and took them as good.
    pub papers_checked: bool,
}

fn is_false(word: &bool) -> bool {
    !word
}

/// What is asked at a lane: everything that was presented, and what the lane knows of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// When.
    pub at: Timestamp,
    /// Lane.
    pub lane: Name,
    /// Which way.
    pub direction: Direction,
    /// The vehicle.
    pub vehicle: Option<SeenVehicle>,
    /// The person.
    pub person: Option<SeenPerson>,
    /// Somebody of the staff is along.
    pub escort: bool,
    /// Lanes that are open now.
    pub open_lanes: Vec<Name>,
    /// The lane is open for an emergency.
    pub emergency: bool,
    /// A face may be one that is sought. Never more than a hint.
    pub face_hint: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What to do.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// The rule that decided, where one did.
    pub rule: Option<Name>,
    /// The vehicle's entry, or the person's where only a person was asked for. Of somebody who was recognised, whatever the
    /// verdict is; none at lanes that ask for nothing, except of who is blocked.
    pub entry: Option<String>,
    /// The driver's entry.
    pub driver: Option<String>,
    /// Whose.
    pub group: Option<Name>,
    /// What else the guard should know.
    pub warnings: Vec<Warning>,
    /// Version of the list; 0 without one.
    pub list_version: u64,
    /// Its age, seconds.
    pub list_age_s: u64,
    /// What that age means.
    pub freshness: Freshness,
}

/// Decides. See the [module](self) for the order of its steps.
pub fn decide(index: Option<&GateIndex>, presence: &Presence, ask: &Ask) -> Decision {
    let mut answer = Decision {
        verdict: Verdict::Wait,
        reason: Reason::NoList,
        rule: None,
        entry: None,
        driver: None,
        group: None,
        warnings: Vec::new(),
        list_version: 0,
        list_age_s: 0,
        freshness: Freshness::None,
    };
    if let Some(index) = index {
        answer.list_version = index.list().version;
        answer.list_age_s = age_s(index.list().made_at, ask.at);
        if let Some((gate, lane)) = index.list().lane(&ask.lane) {
            let staleness = lane.policy.staleness;
            answer.freshness = match answer.list_age_s {
                age if age < staleness.fresh_s => Freshness::Fresh,
                age if age < staleness.usable_s => Freshness::Stale,
                _ => Freshness::Old,
            };
            answer.warnings.extend(match answer.freshness {
                Freshness::Stale => Some(Warning::ListStale),
                Freshness::Old => Some(Warning::ListOld),
                _ => None,
            });
            if ask.person.as_ref().is_some_and(|person| person.offline) {
                answer.warnings.push(Warning::UnverifiedOffline);
            }
            let case = Case::new(index, presence, ask, gate, lane);
            (answer.verdict, answer.reason) = case.answer(&mut answer);
        } else {
            answer.reason = Reason::UnknownLane;
        }
    }
    if ask.emergency {
        (answer.verdict, answer.reason, answer.rule) = (Verdict::Admit, Reason::Emergency, None);
    }
    answer
}

/// Seconds since a list was made; a clock that was set back makes it new, not old.
fn age_s(made_at: Timestamp, at: Timestamp) -> u64 {
    u64::try_from(at.duration_since(made_at).as_secs()).unwrap_or(0)
}
