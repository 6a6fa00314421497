//! Rows of the law's tables. Each says since when it holds, until when, by which text, and how sure we are of it.

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How surely a row says what the law says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub enum Confidence {
    /// Inference, or a draft calendar.
    L,
    /// One secondary source.
    M,
    /// The text of the regulation was read, or two independent sources agree.
    H,
}

/// What every table's rows have in common.
pub trait Row: Serialize + DeserializeOwned + Clone + PartialEq {
    /// Name of the table, as in the API.
    const TABLE: &'static str;
    /// What the row is about. Windows of one key never overlap.
    fn key(&self) -> String;
    /// First day on which it holds.
    fn valid_from(&self) -> Date;
    /// Last day on which it holds; open when none.
    fn valid_to(&self) -> Option<Date>;
    /// The text that it follows.
    fn legal_basis(&self) -> &str;
    /// How sure we are.
    fn confidence(&self) -> Confidence;
    /// Whether it holds on a day.
    fn holds_on(&self, day: Date) -> bool {
        self.valid_from() <= day && self.valid_to().is_none_or(|last| day <= last)
    }
}

/// Declares a row with the columns that all have, and which table it is of.
macro_rules! row {
    ($(#[$meta:meta])* $name:ident of $table:literal, key $key:expr => {
        $($(#[$field_meta:meta])* $field:ident: $type:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
            /// First day on which the row holds, Vietnamese time.
            #[schema(value_type = String, format = Date)]
            pub valid_from: Date,
            /// Last day on which it holds (that day included); none while it is open.
            #[schema(value_type = Option<String>, format = Date)]
            pub valid_to: Option<Date>,
            /// The text that it follows.
            pub legal_basis: String,
            /// How sure we are of it; less than `H` is shown as unverified.
            pub confidence: Confidence,
        }

        impl Row for $name {
            const TABLE: &'static str = $table;
            fn key(&self) -> String {
                let key: fn(&Self) -> String = $key;
                key(self)
            }
            fn valid_from(&self) -> Date {
                self.valid_from
            }
            fn valid_to(&self) -> Option<Date> {
                self.valid_to
            }
            fn legal_basis(&self) -> &str {
                &self.legal_basis
            }
            fn confidence(&self) -> Confidence {
                self.confidence
            }
        }
    };
}

/// Whether a camera can propose a behaviour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CameraUse {
    /// Usual.
    Usual,
    /// Possible, with a strong check by a person.
    Possible,
    /// Not from a camera.
    Never,
}

row! {
    /// A behaviour that the decree fines.
    Behaviour of "behaviours", key |row| row.key.clone() => {
        /// `car.red_light`.
        key: String,
        /// Kind of vehicle that the article is about: `car`, `motorcycle`, `machine`, `bicycle`, `cart`.
        vehicle: String,
        /// Article, clause and point: `6.9.b`; several with `, `.
        clause: String,
        /// Short name, Vietnamese.
        title_vi: String,
        /// Short name, English.
        title_en: String,
        /// Wording of the behaviour, shortened.
        text_vi: String,
        /// How surely the wording is the decree's.
        text_confidence: Confidence,
        /// Least fine of a person, VND.
        fine_low: i64,
        /// Highest fine of a person, VND.
        fine_high: i64,
        /// Points taken from the licence's twelve.
        points: u8,
        /// Revocation of the licence, least months; none without revocation.
        revoke_months_low: Option<u8>,
        /// Most months.
        revoke_months_high: Option<u8>,
        /// Whether a camera can propose it.
        camera: CameraUse,
        /// Whether a second reviewer always looks, without knowing what the first said.
        serious: bool,
    }
}

row! {
    /// Which behaviour a kind of violation event is. Of the rows of a kind and vehicle the first whose condition holds is taken.
    KindRule of "kinds", key |row| format!("{}/{}/{}", row.kind, row.vehicle, row.condition) => {
        /// Kind of the event: `red_light`.
        kind: String,
        /// Kind of vehicle, as behaviours name it.
        vehicle: String,
        /// What must be so, words with ` and `: `motorway`, `place=junction`, `people>=4`, `who=passenger`, `jam`,
        /// `lane_change`, `road_banned`; empty for any.
        condition: String,
        /// Less is asked first.
        rank: u16,
        /// Key of the behaviour.
        behaviour: String,
    }
}

row! {
    /// A class of vehicles as cameras and registers name it.
    VehicleClass of "vehicle_classes", key |row| row.class.clone() => {
        /// Name, upper case: `BUS_LE28`. Events may write it in lower case.
        class: String,
        /// Kind of vehicle in behaviours; empty when no article is known to be its own.
        vehicle: String,
        /// Name, Vietnamese.
        title_vi: String,
        /// Name, English.
        title_en: String,
    }
}

row! {
    /// Which behaviour so much over the limit is.
    SpeedBracket of "speed_brackets", key |row| row.behaviour.clone() => {
        /// Kind of vehicle.
        vehicle: String,
        /// Lower bound of the excess, km/h.
        over_kmh: u32,
        /// Whether the bound itself belongs to it.
        over_included: bool,
        /// Upper bound, km/h; none for the last bracket.
        to_kmh: Option<u32>,
        /// Whether the bound itself belongs to it.
        to_included: bool,
        /// Key of the behaviour.
        behaviour: String,
    }
}

row! {
    /// The limit where no sign says another.
    SpeedRule of "speed_limits", key |row| row.key.clone() => {
        /// `built_up.dual`.
        key: String,
        /// `built_up`, `outside`, `motorway` or `any`.
        area: String,
        /// `dual` (dual carriageway, or one way with two lanes and more), `single` or `any`.
        carriageway: String,
        /// Vehicle classes; empty for every class that no other row of this place names.
        classes: Vec<String>,
        /// km/h.
        kmh: u32,
    }
}

row! {
    /// The most that a post may fine a person.
    Cap of "caps", key |row| row.role.clone() => {
        /// `officer`, `team_chief`, `commune_chief`, `division_head`, `provincial_director`, `csgt_director`,
        /// `commune_chair`, `province_chair`.
        role: String,
        /// Name of the post, Vietnamese.
        title_vi: String,
        /// Name, English.
        title_en: String,
        /// VND; compared with the highest of a behaviour's range.
        cap: i64,
    }
}

/// In what a deadline counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Days of the calendar.
    CalendarDays,
    /// Days that are neither weekend nor holiday.
    WorkingDays,
    /// Months of the calendar.
    Months,
    /// Years.
    Years,
}

row! {
    /// How long a step may take.
    Deadline of "deadlines", key |row| row.kind.clone() => {
        /// `notice`, `minutes`, `payment`, …
        kind: String,
        /// Name, Vietnamese.
        title_vi: String,
        /// Name, English.
        title_en: String,
        /// How many.
        amount: u32,
        /// Of what.
        unit: Unit,
        /// From which moment: `detected`, `notice_sent`, `violator_identified`, `decision_posted`, …
        from: String,
        /// Whether a last day that is no working day moves to the next one: so for what citizens have to do, not for authorities.
        rolls: bool,
    }
}

row! {
    /// A number of the law that is no table of its own.
    Rule of "rules", key |row| row.key.clone() => {
        /// `late_interest_ppm_per_day`, `organisation_percent`, …
        key: String,
        /// What it says, Vietnamese.
        title_vi: String,
        /// What it says, English.
        title_en: String,
        /// The number, in the unit that the key names.
        value: i64,
    }
}

/// What a day of the calendar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// A holiday, or a day off for one that fell on a weekend.
    Off,
    /// A weekend day that is worked, in exchange for another.
    Work,
}

row! {
    /// Days that are not what their weekday says: its window is those days. All rows share one key, so that no two say of one day.
    Holiday of "holidays", key |_| "day".to_owned() => {
        /// What it is.
        kind: DayKind,
        /// Name, Vietnamese.
        title_vi: String,
        /// Name, English.
        title_en: String,
    }
}

row! {
    /// An official form.
    Form of "forms", key |row| row.key.clone() => {
        /// `notice`.
        key: String,
        /// Number within its text: `01`; empty where none is known.
        number: String,
        /// Title, Vietnamese.
        title_vi: String,
        /// Title, English.
        title_en: String,
        /// Document template that fills it.
        template: String,
    }
}

row! {
    /// Vehicles that a rule does not bind while they are on duty.
    Exemption of "exemptions", key |row| row.key.clone() => {
        /// `ambulance`.
        key: String,
        /// Name, Vietnamese.
        title_vi: String,
        /// Name, English.
        title_en: String,
        /// Kinds of violation that it excuses; empty for all.
        kinds: Vec<String>,
        /// What a reviewer must see before using it, Vietnamese.
        proof_vi: String,
        /// The same, English.
        proof_en: String,
    }
}

row! {
    /// What is done with a case whose plate is of such a class.
    PlateHandling of "plates", key |row| row.bearer.clone() => {
        /// Bearer or colour: `military`, `diplomatic`, `foreign`, `temporary`, `unknown`.
        bearer: String,
        /// `hand_over`, `diplomatic_channel`, `manual` or `usual`.
        action: String,
        /// Whether the vehicle register may be asked for the owner.
        owner_lookup: bool,
        /// To whom and how, Vietnamese.
        title_vi: String,
        /// The same, English.
        title_en: String,
    }
}

row! {
    /// Why a reviewer rejects a violation.
    RejectReason of "reject_reasons", key |row| row.code.clone() => {
        /// Stable word.
        code: String,
        /// Text, Vietnamese.
        title_vi: String,
        /// Text, English.
        title_en: String,
        /// What it tells about: `detector`, `plate`, `scene`, `rule`, `evidence`, `law`. Thresholds and reports read it.
        teaches: String,
        /// Whether a note must be written with it.
        note_needed: bool,
    }
}
