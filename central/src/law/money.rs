//! Money, points and who may sign: exact sums in whole VND.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rows::{Behaviour, Cap, Confidence, Row as _};
use super::{Law, LawError};

/// What speaks for and against the violator, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Circumstances {
    /// Mitigating ones.
    pub mitigating: u8,
    /// Aggravating ones.
    pub aggravating: u8,
}

/// What a behaviour may cost. A proposal: the competent officer fixes the amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Amount {
    /// Key of the behaviour.
    pub behaviour: String,
    /// Least of the range, VND.
    pub low: i64,
    /// Highest of the range, VND: what a signer's cap is compared with.
    pub high: i64,
    /// Average of the range, VND: what holds without circumstances.
    pub average: i64,
    /// What is proposed with these circumstances, VND; never outside the range.
    pub proposed: i64,
    /// The text behind the range.
    pub legal_basis: String,
    /// How sure we are of it.
    pub confidence: Confidence,
    /// Version of the law.
    pub law_version: i64,
}

/// One act of several that are handled together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Act {
    /// Key of the behaviour.
    pub behaviour: String,
    /// The day of the violation.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// Its circumstances.
    #[serde(default)]
    pub circumstances: Circumstances,
    /// Whether an organisation pays.
    #[serde(default)]
    pub organisation: bool,
}

/// Several acts in one handling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Combined {
    /// Each act is fined, in the order given.
    pub amounts: Vec<Amount>,
    /// Sum of what is proposed, VND.
    pub total: i64,
    /// Points taken: the highest of all acts alone, none beside a revocation.
    pub points: u8,
    /// Months of revocation, least and most of the gravest.
    pub revoke_months: Option<(u8, u8)>,
    /// Highest of any act's range for a person, VND: the signer's cap must reach it, act by act.
    pub max_of_range: i64,
    /// Highest of any act's range for whoever pays, VND: whether one may explain goes by it.
    pub highest: i64,
    /// Version of the law.
    pub law_version: i64,
}

/// Whether a post may sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CapCheck {
    /// Whether it may.
    pub allowed: bool,
    /// Post.
    pub role: String,
    /// Its cap, VND.
    pub cap: i64,
    /// What was compared with it, VND.
    pub max_of_range: i64,
    /// The text behind the cap.
    pub legal_basis: String,
    /// How sure we are of it.
    pub confidence: Confidence,
    /// Version of the law.
    pub law_version: i64,
}

/// A licence's points after some were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Points {
    /// Points that were there.
    pub before: u8,
    /// Points that were really taken: never more than were there.
    pub taken: u8,
    /// Points left.
    pub after: u8,
    /// None left: the driver has to pass a test of knowledge.
    pub exhausted: bool,
}

/// Organisations pay so many hundredths of a person's fine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Multiplier {
    /// 100 is the same as a person.
    pub percent: i64,
    /// The text behind it.
    pub legal_basis: String,
    /// How sure we are of it.
    pub confidence: Confidence,
}

impl Law {
    /// The range of a behaviour and what is proposed of it for an act of a day. Circumstances of both sides cancel one by one; how many of one side
    /// lead to the end of the range is `circumstance_steps` among the rules.
    pub fn amount(&self, behaviour: &Behaviour, circumstances: Circumstances, on: Date) -> Amount {
        let (low, high) = (behaviour.fine_low, behaviour.fine_high);
        let average = low + (high - low) / 2;
        let steps = self.rule("circumstance_steps", on).map_or(1, |row| row.value.max(1));
        let net = i64::from(circumstances.aggravating) - i64::from(circumstances.mitigating);
        let net = net.clamp(-steps, steps);
        let side = if net > 0 { high - average } else { average - low };
        Amount {
            behaviour: behaviour.key.clone(),
            low,
            high,
            average,
            proposed: average + side * net / steps,
            legal_basis: behaviour.legal_basis.clone(),
            confidence: behaviour.confidence,
            law_version: self.version(),
        }
    }

    /// As [`amount`](Self::amount), for an act of a day, and for an organisation with its multiplier.
    ///
    /// # Errors
    /// When no such behaviour was fined on that day.
    pub fn amount_of(&self, act: &Act) -> Result<Amount, LawError> {
        let mut amount = self.amount(self.need_behaviour(&act.behaviour, act.on)?, act.circumstances, act.on);
        if act.organisation {
            let percent = self.organisation_multiplier(act.on)?.percent;
            for value in [&mut amount.low, &mut amount.high, &mut amount.average, &mut amount.proposed] {
                *value = *value * percent / 100;
            }
        }
        Ok(amount)
    }

    /// Several acts in one handling: each is fined; a revocation takes the place of points; of several with points the highest
    /// counts once.
    ///
    /// # Errors
    /// When a behaviour was not fined on its day.
    pub fn combine(&self, acts: &[Act]) -> Result<Combined, LawError> {
        let mut amounts = Vec::with_capacity(acts.len());
        let (mut points, mut max_of_range, mut highest, mut revoke) = (0, 0, 0, None::<(u8, u8)>);
        for act in acts {
            let behaviour = self.need_behaviour(&act.behaviour, act.on)?;
            points = behaviour.points.max(points);
            // Posts are named with their caps for persons; an organisation's multiplier raises both alike.
            max_of_range = behaviour.fine_high.max(max_of_range);
            if let (Some(low), Some(high)) = (behaviour.revoke_months_low, behaviour.revoke_months_high) {
                let (before_low, before_high) = revoke.unwrap_or_default();
                revoke = Some((low.max(before_low), high.max(before_high)));
            }
            let amount = self.amount_of(act)?;
            highest = amount.high.max(highest);
            amounts.push(amount);
        }
        Ok(Combined {
            total: amounts.iter().map(|amount| amount.proposed).sum(),
            amounts,
            points: if revoke.is_some() { 0 } else { points },
            revoke_months: revoke,
            max_of_range,
            highest,
            law_version: self.version(),
        })
    }

    /// The cap of a post on the day of signing.
    pub fn cap(&self, role: &str, on: Date) -> Option<&Cap> {
        self.edition().caps.iter().find(|row| row.role == role && row.holds_on(on))
    }

    /// Whether a post may sign a decision with this highest of range (VND, of a person) on a day.
    ///
    /// # Errors
    /// When the tables have no cap for it: then nobody may sign by it.
    pub fn check_cap(&self, max_of_range: i64, role: &str, on: Date) -> Result<CapCheck, LawError> {
        let row = self.cap(role, on).ok_or_else(|| self.no_row(Cap::TABLE, role, on))?;
        Ok(CapCheck {
            allowed: max_of_range <= row.cap,
            role: row.role.clone(),
            cap: row.cap,
            max_of_range,
            legal_basis: row.legal_basis.clone(),
            confidence: row.confidence,
            law_version: self.version(),
        })
    }

    /// Interest on what is paid late, whole VND, fractions dropped: `amount` × rate × days, not compounded.
    ///
    /// # Errors
    /// When the tables have no rate for that day.
    pub fn late_interest(&self, amount: i64, days: u32, on: Date) -> Result<i64, LawError> {
        let rate = self.rule("late_interest_ppm_per_day", on)?.value;
        let interest = i128::from(amount) * i128::from(rate) * i128::from(days) / 1_000_000;
        Ok(i64::try_from(interest).unwrap_or(i64::MAX))
    }

    /// What organisations pay of a person's fine.
    ///
    /// # Errors
    /// When the tables do not say.
    pub fn organisation_multiplier(&self, on: Date) -> Result<Multiplier, LawError> {
        let row = self.rule("organisation_percent", on)?;
        Ok(Multiplier {
            percent: row.value,
            legal_basis: row.legal_basis.clone(),
            confidence: row.confidence,
        })
    }

    /// A licence's points after `taken` of `before`: never below none.
    pub fn licence_points(&self, before: u8, taken: u8) -> Points {
        let after = before.saturating_sub(taken);
        Points { before, taken: before - after, after, exhausted: after == 0 }
    }

    /// Whether the violator may explain before the decision: a revocation, or a range that reaches so high. `highest` is that of
    /// whoever pays: an organisation's with its multiplier.
    ///
    /// # Errors
    /// When the tables do not say.
    pub fn explanation_applies(
        &self,
        highest: i64,
        revocation: bool,
        organisation: bool,
        on: Date,
    ) -> Result<bool, LawError> {
        let key = if organisation { "explanation_from_vnd_organisation" } else { "explanation_from_vnd" };
        Ok(revocation || highest >= self.rule(key, on)?.value)
    }
}
