//! Speed: brackets with exact bounds, and limits with the benefit of the doubt.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::rows::{Confidence, SpeedBracket, SpeedRule};
use super::{Law, on_day};

impl SpeedBracket {
    /// Whether so much over the limit belongs to it, bounds as the table says.
    pub fn holds(&self, excess_kmh: f64) -> bool {
        let low = f64::from(self.over_kmh);
        let above = if self.over_included { excess_kmh >= low } else { excess_kmh > low };
        let below = self
            .to_kmh
            .map(f64::from)
            .is_none_or(|high| if self.to_included { excess_kmh <= high } else { excess_kmh < high });
        above && below
    }
}

/// A road as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Road {
    /// `built_up`, `outside` or `motorway`.
    pub area: Option<String>,
    /// `dual` or `single`.
    pub carriageway: Option<String>,
    /// What the sign in force there says, for this class, lane and hour, km/h. It goes before every table.
    pub sign_kmh: Option<u32>,
}

/// The limit that holds for a vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SpeedLimit {
    /// km/h.
    pub kmh: u32,
    /// Whether a sign says so.
    pub from_sign: bool,
    /// Whether class or road were not known, so that the highest that could hold was taken.
    pub doubted: bool,
    /// The text behind it.
    pub legal_basis: String,
    /// How sure we are of the table.
    pub confidence: Confidence,
    /// Version of the law.
    pub law_version: i64,
}

impl Law {
    /// The bracket of an excess, for a kind of vehicle or a class of one. None below the first bracket.
    pub fn speed_bracket(&self, vehicle: &str, excess_kmh: f64, on: Date) -> Option<&SpeedBracket> {
        let vehicle = self.vehicle_of(vehicle, on)?;
        on_day(&self.edition().speed_brackets, on).find(|row| row.vehicle == vehicle && row.holds(excess_kmh))
    }

    /// The limit for a class of vehicle on a road. What is not known counts in favour of the driver.
    pub fn speed_limit(&self, road: &Road, class: Option<&str>, on: Date) -> Option<SpeedLimit> {
        let limit = |kmh, from_sign, doubted, row: Option<&SpeedRule>| SpeedLimit {
            kmh,
            from_sign,
            doubted,
            legal_basis: row.map_or_else(|| "biển báo".to_owned(), |row| row.legal_basis.clone()),
            confidence: row.map_or(Confidence::H, |row| row.confidence),
            law_version: self.version(),
        };
        if let Some(kmh) = road.sign_kmh {
            return Some(limit(kmh, true, false, None));
        }
        let class = class.map(str::to_uppercase).filter(|class| self.knows_class(class, on));
        let doubted = class.is_none() || road.area.is_none() || road.carriageway.is_none();
        let places: Vec<&SpeedRule> = on_day(&self.edition().speed_limits, on)
            .filter(|row| may_be(&row.area, road.area.as_deref()))
            .filter(|row| may_be(&row.carriageway, road.carriageway.as_deref()))
            .collect();
        let named = |row: &&SpeedRule| class.as_ref().is_none_or(|class| row.classes.contains(class));
        let of_class: Vec<&SpeedRule> = places.iter().copied().filter(named).collect();
        // A row that names the class anywhere binds it everywhere ("≤ 40"); else those for all classes of the place.
        let rows = match (&class, of_class.is_empty()) {
            (Some(_), true) => places.into_iter().filter(|row| row.classes.is_empty()).collect(),
            (Some(_), false) => self.with_general(of_class, &places),
            (None, _) => places,
        };
        rows.into_iter().max_by_key(|row| row.kmh).map(|row| limit(row.kmh, false, doubted, Some(row)))
    }

    fn knows_class(&self, class: &str, on: Date) -> bool {
        on_day(&self.edition().speed_limits, on).any(|row| row.classes.iter().any(|one| one == class))
    }

    /// Rows that name the class go before those for everybody of the same place; where the place is not known, those for
    /// everybody elsewhere stay possible, unless a row for any place binds the class.
    fn with_general<'a>(&self, of_class: Vec<&'a SpeedRule>, places: &[&'a SpeedRule]) -> Vec<&'a SpeedRule> {
        if of_class.iter().any(|row| row.area == "any") {
            return of_class.into_iter().filter(|row| row.area == "any").collect();
        }
        let general = places
            .iter()
            .copied()
            .filter(|row| row.classes.is_empty() && !of_class.iter().any(|own| own.area == row.area));
        general.chain(of_class.iter().copied()).collect()
    }
}

fn may_be(row: &str, known: Option<&str>) -> bool {
    row == "any" || known.is_none_or(|known| known == row)
}
