//! An edition: all tables of one law version. The first one is in the program; later ones are in the database.

use std::sync::LazyLock;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::rows::{
    Behaviour, Cap, Deadline, Exemption, Form, Holiday, KindRule, PlateHandling, RejectReason, Row, Rule,
    SpeedBracket, SpeedRule, VehicleClass,
};

/// All tables of one law version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// What is fined.
    pub behaviours: Vec<Behaviour>,
    /// Which behaviour a kind of event is.
    pub kinds: Vec<KindRule>,
    /// Classes of vehicles.
    pub vehicle_classes: Vec<VehicleClass>,
    /// Which behaviour so much over the limit is.
    pub speed_brackets: Vec<SpeedBracket>,
    /// Limits where no sign says another.
    pub speed_limits: Vec<SpeedRule>,
    /// The most that a post may fine.
    pub caps: Vec<Cap>,
    /// How long steps may take.
    pub deadlines: Vec<Deadline>,
    /// Single numbers.
    pub rules: Vec<Rule>,
    /// Days that are not what their weekday says.
    pub holidays: Vec<Holiday>,
    /// Official forms.
    pub forms: Vec<Form>,
    /// Vehicles on duty.
    pub exemptions: Vec<Exemption>,
    /// Plates of other authorities.
    pub plates: Vec<PlateHandling>,
    /// Why a violation is rejected.
    pub reject_reasons: Vec<RejectReason>,
}

/// Calls a macro with every table's field and row type, so that nothing that walks the tables can forget one.
macro_rules! each_table {
    ($call:ident) => {
        $call! {
            behaviours: Behaviour, kinds: KindRule, vehicle_classes: VehicleClass, speed_brackets: SpeedBracket,
            speed_limits: SpeedRule, caps: Cap, deadlines: Deadline, rules: Rule, holidays: Holiday, forms: Form,
            exemptions: Exemption, plates: PlateHandling, reject_reasons: RejectReason
        }
    };
}
pub(super) use each_table;

static FIRST: LazyLock<Edition> = LazyLock::new(read_first);

impl Edition {
    /// The edition that this program carries: the texts in force when it was made.
    pub fn first() -> &'static Self {
        &FIRST
    }

    /// Names of all tables.
    pub fn tables() -> Vec<&'static str> {
        macro_rules! names {
            ($($field:ident: $row:ident),*) => { vec![$(<$row as Row>::TABLE),*] };
        }
        each_table!(names)
    }
}

macro_rules! file {
    ($name:literal) => {
        include_str!(concat!("../../data/law/", $name))
    };
}

fn read_first() -> Edition {
    Edition {
        behaviours: csv("behaviours.csv", file!("behaviours.csv")),
        kinds: csv("kinds.csv", file!("kinds.csv")),
        vehicle_classes: csv("vehicle_classes.csv", file!("vehicle_classes.csv")),
        speed_brackets: csv("speed_brackets.csv", file!("speed_brackets.csv")),
        speed_limits: toml("speed_limits.toml", file!("speed_limits.toml")),
        caps: csv("caps.csv", file!("caps.csv")),
        deadlines: csv("deadlines.csv", file!("deadlines.csv")),
        rules: csv("rules.csv", file!("rules.csv")),
        holidays: csv("holidays.csv", file!("holidays.csv")),
        forms: csv("forms.csv", file!("forms.csv")),
        exemptions: toml("exemptions.toml", file!("exemptions.toml")),
        plates: csv("plates.csv", file!("plates.csv")),
        reject_reasons: csv("reject_reasons.csv", file!("reject_reasons.csv")),
    }
}

/// Rows of a file of the program. A test reads every one, so that what panics here never leaves a build.
fn csv<T: DeserializeOwned>(name: &str, text: &str) -> Vec<T> {
    csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes())
        .into_deserialize()
        .map(|row| row.unwrap_or_else(|error| panic!("data/law/{name}: {error}")))
        .collect()
}

/// The same of a file whose rows hold lists.
fn toml<T: DeserializeOwned>(name: &str, text: &str) -> Vec<T> {
    #[derive(Deserialize)]
    struct File<T> {
        row: Vec<T>,
    }
    toml::from_str::<File<T>>(text).unwrap_or_else(|error| panic!("data/law/{name}: {error}")).row
}
