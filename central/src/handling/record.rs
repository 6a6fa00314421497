//! A handling as it is kept: one document, written whole with every step. Nothing personal is in it: parties, answers and
//! attachments lie sealed in tables of their own and are named here by number.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::state::State;
use crate::law::{Circumstances, Due};

/// A handling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Handling {
    /// UUIDv7.
    pub id: String,
    /// Number to show: `XL-2026-000123`.
    pub number: String,
    /// Site of its first case.
    pub site: String,
    /// Unit that handles it.
    pub unit: String,
    /// Where it stands.
    pub state: State,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Version of the law that everything is computed with.
    pub law_version: i64,
    /// The vehicle as its plate says; the same for all acts: papers, posting and warnings name it.
    pub vehicle: Vehicle,
    /// What was done; one case each.
    pub acts: Vec<Violation>,
    /// Who may be liable, in the order in which they came up.
    pub parties: Vec<Party>,
    /// Number of the party that is liable now.
    pub liable: Option<u32>,
    /// Number of the party that was named and is not verified yet.
    pub named: Option<u32>,
    /// Why the register's answer needs a person: codes.
    pub doubts: Vec<String>,
    /// Deadlines, in the order in which they began.
    pub deadlines: Vec<Deadline>,
    /// The newest notice.
    pub notice: Option<Paper>,
    /// The minutes.
    pub minutes: Option<Paper>,
    /// The decision.
    pub decision: Option<Paper>,
    /// What the decision says of money and licence.
    pub fine: Option<Fine>,
    /// Money that came.
    pub money: Money,
    /// Points of the licence.
    pub points: Points,
    /// Warnings to inspection and registration.
    pub warnings: Vec<Warning>,
    /// Whether the violator explained: number of the answer.
    pub explained: Option<u32>,
    /// Answers that came: kinds and times; their texts lie sealed.
    pub answers: Vec<Answer>,
    /// Transfer to another locality, while it is proposed.
    pub transfer: Option<Proposal>,
    /// Who asked to void it, while nobody confirmed.
    pub void: Option<Proposal>,
    /// Another handling that goes on with its cases.
    pub joined_into: Option<String>,
    /// Calls to other systems and documents to make, with how far they are.
    pub orders: Vec<Order>,
    /// When it was closed, whatever way.
    pub ended_at: Option<Timestamp>,
}

/// The vehicle as seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vehicle {
    /// Canonical plate, as a person confirmed it.
    pub plate: String,
    /// As it is written.
    pub plate_display: String,
    /// Background of the plate, when surely known.
    pub plate_colour: Option<String>,
    /// Bearer of the plate in the law's tables: `usual`, `military`, `diplomatic`, …
    pub bearer: String,
    /// Class as seen: `car`, `motorcycle`, …
    pub class: String,
    /// Vehicle group for the register.
    pub group: Option<String>,
}

impl Vehicle {
    /// The vehicle of a plate that a person confirmed, with the colour and class that were seen.
    pub fn seen(plate: &str, colour: Option<&str>, class: &str) -> Self {
        use wire::plate::{Hint, PlateColour, PlateKind, VehicleGroup, parse};
        let group = match class {
            "motorcycle" | "moped" | "e_motorcycle" => Some(VehicleGroup::Motorcycle),
            "car" | "bus" | "truck" => Some(VehicleGroup::Car),
            _ => None,
        };
        let hint =
            Hint { vehicle: group, colour: colour.and_then(PlateColour::from_word), ..Hint::default() };
        let parsed = parse(plate, &hint);
        let best = parsed.best();
        let bearer = match best.map(|plate| plate.kind) {
            Some(PlateKind::Military) => "military",
            Some(PlateKind::Diplomatic) => "diplomatic",
            Some(PlateKind::Foreign) => "foreign",
            Some(PlateKind::Temporary) => "temporary",
            _ => "usual",
        };
        Self {
            plate: plate.to_owned(),
            plate_display: best.map_or_else(|| plate.to_owned(), |plate| plate.display()),
            plate_colour: colour.map(str::to_owned),
            bearer: bearer.to_owned(),
            class: class.to_owned(),
            group: group
                .map(|group| if group == VehicleGroup::Car { "car" } else { "motorcycle" }.to_owned()),
        }
    }

    /// Whether both are one vehicle: one plate, and nothing that was surely seen of it is against that. Cars and motorcycles, and plates
    /// of two colours, may carry the same letters and digits.
    pub fn is(&self, other: &Self) -> bool {
        let fits = |one: &Option<String>, other: &Option<String>| {
            one.as_ref().zip(other.as_ref()).is_none_or(|(one, other)| one == other)
        };
        self.plate == other.plate
            && self.bearer == other.bearer
            && fits(&self.plate_colour, &other.plate_colour)
            && fits(&self.group, &other.group)
    }
}

/// One act: a confirmed case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Violation {
    /// Its case.
    pub case_id: String,
    /// The case's number.
    pub case_number: String,
    /// Kind of the violation.
    pub kind: String,
    /// Key of the behaviour.
    pub behaviour: String,
    /// When it happened: T0.
    pub at: Timestamp,
    /// Site.
    pub site: String,
    /// Camera.
    pub camera: String,
    /// Place, in words.
    pub place_vi: String,
    /// Last moment of its statute.
    pub statute_ends: Timestamp,
    /// Its statute ended before a decision: it is not fined.
    #[serde(default)]
    pub expired: bool,
    /// Circumstances, once an officer set them.
    #[serde(default)]
    pub circumstances: Circumstances,
    /// Fine, VND, once an officer set it.
    #[serde(default)]
    pub amount: Option<i64>,
    /// Why the amount.
    #[serde(default)]
    pub why: Vec<String>,
    /// Accounts that confirmed it, or drafted a notice about it: what is said against it another one judges.
    #[serde(default)]
    pub judged_by: Vec<String>,
    /// Whether the liable party is known to have driven, where joined handlings differ in that; else the party says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drove: Option<bool>,
}

/// Person or organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// A person.
    Person,
    /// An organisation.
    Org,
}

/// Who may be liable; name, number and address lie sealed under `n`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Number within the handling, from 1.
    pub n: u32,
    /// Person or organisation.
    pub kind: PartyKind,
    /// Why liable (Art 47.6): `registered`, `driver`, `buyer`, …
    pub basis: String,
    /// Whether it is established that this party drove: points are taken from drivers.
    pub drove: bool,
    /// Whether a licence number is known.
    #[serde(default)]
    pub licence: bool,
    /// Since when.
    pub since: Timestamp,
}

/// A deadline as it was computed once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deadline {
    /// The computed deadline: kind, start, end, basis, law version, alerts.
    #[serde(flatten)]
    pub due: Due,
    /// When it was met, or no longer mattered.
    pub met_at: Option<Timestamp>,
    /// Share (50, 80, 100) of the last alert that was raised.
    pub alerted: u8,
}

/// A notice, minutes, or a decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    /// Who drafted it.
    pub drafted_by: String,
    /// When.
    pub drafted_at: Timestamp,
    /// Note that goes into it.
    #[serde(default)]
    pub note: Option<String>,
    /// Number of the series, once signed.
    #[serde(default)]
    pub number: Option<String>,
    /// Who signed it.
    #[serde(default)]
    pub signed_by: Option<String>,
    /// When.
    #[serde(default)]
    pub signed_at: Option<Timestamp>,
    /// Its document, once made.
    #[serde(default)]
    pub document: Option<String>,
    /// The appointment that a notice prints: computed with its signature, kept whenever it is sent.
    #[serde(default)]
    pub appointment: Option<Due>,
    /// When the first channel took it.
    #[serde(default)]
    pub sent_at: Option<Timestamp>,
    /// When it reached the addressee.
    #[serde(default)]
    pub delivered_at: Option<Timestamp>,
    /// How: `vneid`, `post`, `hand`, `posting`.
    #[serde(default)]
    pub delivered_by: Option<String>,
    /// Party that it is addressed to.
    #[serde(default)]
    pub party: Option<u32>,
    /// The order of its document; its letters come after it.
    #[serde(default)]
    pub order: u32,
}

/// What a decision says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fine {
    /// Sum of the amounts, VND.
    pub total: i64,
    /// Points to take.
    pub points: u8,
    /// Months of revocation.
    pub revocation_months: Option<u8>,
    /// Highest of the ranges: what the signer's cap is compared with.
    pub max_of_range: i64,
}

/// Money. Whole VND.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Money {
    /// Bills at the payment portal.
    pub bills: Vec<Bill>,
    /// Payments, each receipt once.
    pub payments: Vec<Payment>,
    /// Paid beyond what was owed: a person has to give it back.
    pub overpaid: i64,
}

/// A bill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bill {
    /// Number within the handling, from 1.
    pub n: u32,
    /// What it is for at the portal: the decision's number, and which bill of it.
    pub reference: String,
    /// VND.
    pub amount: i64,
    /// The portal's code, once ordered.
    pub code: Option<String>,
    /// Page on which it can be paid.
    pub pay_url: Option<String>,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// Another bill took its place, because part was paid elsewhere. Paid all the same, it counts as what it is: money.
    #[serde(default)]
    pub replaced: bool,
}

impl Bill {
    /// Whether it waits to be paid.
    pub fn is_open(&self) -> bool {
        self.paid_at.is_none() && !self.replaced
    }
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payment {
    /// Receipt number: counted once, however often it is told.
    pub receipt: String,
    /// VND.
    pub amount: i64,
    /// When it was paid.
    pub at: Timestamp,
    /// The portal's bill; none at the treasury.
    pub bill: Option<String>,
    /// When it was told.
    pub told_at: Timestamp,
}

/// How the points stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Points {
    /// `none`, `ordered`, `taken`, `postponed`, `no_licence`.
    pub state: String,
    /// Points taken.
    pub taken: u8,
    /// Points left.
    pub left: Option<u8>,
}

/// A warning to another agency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// `inspection` or `registration`.
    pub target: String,
    /// `ordered`, `set`, `removing`, `removed`, `cancelled`.
    pub state: String,
    /// The agency's number.
    pub reference: Option<String>,
    /// Number of the joined handling under which the agency knows it; none for this one's own.
    #[serde(default)]
    pub under: Option<String>,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// When the agency confirmed it.
    pub set_at: Option<Timestamp>,
    /// When its removal was ordered.
    pub removal_at: Option<Timestamp>,
    /// When the agency confirmed the removal.
    pub removed_at: Option<Timestamp>,
}

/// An answer of whoever is liable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Number within the handling, from 1: its text lies sealed under it.
    pub n: u32,
    /// `acknowledged`, `driver`, `dispute`, `transfer`, `explanation`.
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// `citizen`, `vneid` or `officer`.
    pub by: String,
    /// Party that answered.
    pub party: Option<u32>,
}

/// Something that a second person has to confirm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// Receiving unit, of a transfer.
    #[serde(default)]
    pub to_unit: Option<String>,
    /// Who signed it.
    #[serde(default)]
    pub signed_by: Option<String>,
}

/// What has to be done outside. Kept until it is done; its key makes a repeated call harmless.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Number within the handling, from 1; with the handling's id the idempotency key.
    pub n: u32,
    /// What.
    pub what: What,
    /// When it was ordered.
    pub at: Timestamp,
    /// Tries that failed.
    pub tries: u32,
    /// When to try next; none once it is over.
    pub next: Option<Timestamp>,
    /// `waiting`, `done`, `refused`, `cancelled`.
    pub state: String,
    /// The other system's number, or its refusal's code.
    pub reference: Option<String>,
    /// Words that came back about it: `DELIVERED`, `READ`, `RETURNED`.
    #[serde(default)]
    pub events: Vec<(String, Timestamp)>,
    /// What a document lacks, while it cannot be made: names of fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<String>,
}

/// What is ordered outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// Ask the register for the owner as of the first act.
    OwnerLookup,
    /// Make a document: `notice`, `minutes`, `decision`, `transfer`, `commune`, `points`, `receipt`.
    Document {
        /// Which.
        paper: String,
        /// Its number, taken from the series at signing.
        number: Option<String>,
    },
    /// Message to the VNeID account of a party.
    Vneid {
        /// `notice` or `decision`.
        paper: String,
        /// Party.
        party: u32,
    },
    /// Registered letter to a party, or to the commune police.
    Post {
        /// `notice`, `decision` or `commune`.
        paper: String,
        /// Party.
        party: u32,
    },
    /// Posting on the public site.
    Posting {
        /// `notice` or `decision`.
        paper: String,
    },
    /// A bill at the payment portal.
    Bill {
        /// Number of the bill.
        n: u32,
    },
    /// Points of the licence.
    Points {
        /// How many.
        points: u8,
        /// Party.
        party: u32,
    },
    /// A warning.
    Warn {
        /// `inspection` or `registration`.
        target: String,
    },
    /// Its removal.
    Unwarn {
        /// `inspection` or `registration`.
        target: String,
        /// Number of the joined handling under which the agency knows it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        under: Option<String>,
    },
    /// The documents lose their force: the handling is void.
    Recall,
}

impl What {
    /// A word for logs and lists.
    pub fn word(&self) -> &'static str {
        match self {
            Self::OwnerLookup => "owner_lookup",
            Self::Document { .. } => "document",
            Self::Vneid { .. } => "vneid",
            Self::Post { .. } => "post",
            Self::Posting { .. } => "posting",
            Self::Bill { .. } => "bill",
            Self::Points { .. } => "points",
            Self::Warn { .. } => "warn",
            Self::Unwarn { .. } => "unwarn",
            Self::Recall => "recall",
        }
    }

    /// Which paper it carries, if one.
    pub fn paper(&self) -> Option<&str> {
        match self {
            Self::Document { paper, .. }
            | Self::Vneid { paper, .. }
            | Self::Post { paper, .. }
            | Self::Posting { paper } => Some(paper),
            _ => None,
        }
    }
}

impl Handling {
    /// The liable party.
    pub fn liable_party(&self) -> Option<&Party> {
        self.parties.iter().find(|party| Some(party.n) == self.liable)
    }

    /// Acts that can still be fined.
    pub fn live_acts(&self) -> impl Iterator<Item = &Violation> {
        self.acts.iter().filter(|act| !act.expired)
    }

    /// The first act that can still be fined; the first of all when none can.
    pub fn first_act(&self) -> Option<&Violation> {
        self.live_acts().min_by_key(|act| act.at).or_else(|| self.acts.iter().min_by_key(|act| act.at))
    }

    /// Money paid so far, VND.
    pub fn paid(&self) -> i64 {
        self.money.payments.iter().map(|payment| payment.amount).sum()
    }

    /// The open deadline that ends first.
    pub fn due(&self) -> Option<&Deadline> {
        let open = self.deadlines.iter().filter(|deadline| deadline.met_at.is_none());
        open.filter(|deadline| deadline.due.kind != "statute")
            .min_by_key(|deadline| deadline.due.at)
            .or_else(|| self.deadlines.iter().find(|deadline| deadline.met_at.is_none()))
    }

    /// An open deadline of a kind.
    pub fn deadline(&self, kind: &str) -> Option<&Deadline> {
        self.deadlines.iter().rev().find(|deadline| deadline.due.kind == kind && deadline.met_at.is_none())
    }

    /// Whether this account confirmed an act, or drafted a notice about one: what is said against it another account judges.
    pub fn judged_by(&self, account: &str) -> bool {
        let drafted = self.notice.as_ref().is_some_and(|notice| notice.drafted_by == account);
        drafted || self.acts.iter().any(|act| act.judged_by.iter().any(|one| one == account))
    }

    /// When something has to be looked at next: an alert, the end of a deadline, an order to try.
    pub fn next_at(&self) -> Option<Timestamp> {
        let mut times: Vec<Timestamp> = self.orders.iter().filter_map(|order| order.next).collect();
        if !self.state.is_final() {
            let open = self.deadlines.iter().filter(|deadline| deadline.met_at.is_none());
            times.extend(open.filter_map(Deadline::next_at));
        }
        if self.state.is_before_decision() {
            times.extend(self.live_acts().map(|act| just_after(act.statute_ends)));
        }
        times.into_iter().min()
    }
}

impl Deadline {
    /// When it has to be looked at next: at 50 and 80 %, and the second after its last.
    pub fn next_at(&self) -> Option<Timestamp> {
        let next = self.due.alerts.iter().find(|alert| alert.percent > self.alerted)?;
        Some(if next.percent == 100 { just_after(self.due.at) } else { next.at })
    }
}

/// The second after a deadline's last one: what comes then is late.
pub(super) fn just_after(at: Timestamp) -> Timestamp {
    at.checked_add(jiff::SignedDuration::from_secs(1)).unwrap_or(at)
}
