//! Reviews: what people do with a case before they answer ([`claims`]), and their answers ([`answers`]).

use std::collections::BTreeSet;

use sqlx::Row as _;
use wire::EvidenceRole;

use super::{CaseRow, StoreError, Writer, encode, locked, steps};
use crate::cases::review::{self, Answered, Claim, Facts, Refusal};
use crate::cases::state::Decision;

pub mod answers;
pub mod claims;

pub use answers::AnswerRow;
pub use claims::Typed;

/// Why a person could not do something.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There is no such case.
    #[error("there is no such case")]
    NoCase,
    /// The review does not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for ReviewError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// How long the act must be looked at and which pictures must be seen.
pub fn to_see(case: &CaseRow) -> Result<(i64, BTreeSet<String>), StoreError> {
    let clip = case.violation()?.and_then(|violation| violation.clip);
    let clip_ms = clip.map(|clip| clip.to.as_millisecond() - clip.from.as_millisecond());
    let shown = |role| matches!(role, EvidenceRole::Overview | EvidenceRole::Act | EvidenceRole::Plate);
    let pictures =
        case.evidence()?.into_iter().filter(|one| shown(one.role)).map(|one| one.sha256.to_string());
    Ok((review::needed_ms(clip_ms), pictures.collect()))
}

fn claim_of(row: &sqlx::any::AnyRow) -> Result<Claim, StoreError> {
    Ok(Claim {
        username: row.try_get("username")?,
        round: row.try_get("round")?,
        claimed_at_ms: row.try_get("claimed_at_ms")?,
        lease_until_ms: row.try_get("lease_until_ms")?,
        played_ms: row.try_get("played_ms")?,
        pictures: serde_json::from_str(&row.try_get::<String, _>("pictures")?).unwrap_or_default(),
        plate_typed: row.try_get("plate_typed")?,
        plate_fits: row.try_get::<i64, _>("plate_fits")? == 1,
    })
}

fn answer_of(row: &sqlx::any::AnyRow) -> Result<Answered, StoreError> {
    let decision: String = row.try_get("decision")?;
    Ok(Answered {
        username: row.try_get("username")?,
        round: row.try_get("round")?,
        // An answer that cannot be read is a no.
        decision: Decision::parse(&decision).unwrap_or(Decision::Reject),
        plate: row.try_get("plate_typed")?,
        behaviour: row.try_get("behaviour")?,
    })
}

/// A case with everything that the review asks about it, locked.
async fn facts(writer: &mut Writer, case_id: &str, username: &str) -> Result<(CaseRow, Facts), ReviewError> {
    let case = locked(writer, case_id).await?.ok_or(ReviewError::NoCase)?;
    let claim = sqlx::query("select * from case_claims where case_id = $1")
        .bind(case_id)
        .fetch_optional(&mut **writer)
        .await?;
    let answers = sqlx::query("select * from case_answers where case_id = $1 order by at_ms")
        .bind(case_id)
        .fetch_all(&mut **writer)
        .await?;
    let own: Vec<String> = sqlx::query_scalar("select plate from account_plates where username = $1")
        .bind(username)
        .fetch_all(&mut **writer)
        .await?;
    let (needed_ms, pictures) = to_see(&case)?;
    let claim = claim.as_ref().map(claim_of).transpose()?;
    let typed = claim.as_ref().and_then(|claim| claim.plate_typed.as_deref());
    let looked_up = match typed {
        Some(plate) => {
            let known: i64 =
                sqlx::query_scalar("select count(*) from case_lookups where case_id = $1 and plate = $2")
                    .bind(case_id)
                    .bind(plate)
                    .fetch_one(&mut **writer)
                    .await?;
            known > 0
        }
        None => false,
    };
    let facts = Facts {
        state: case.state()?,
        second: case.second == 1,
        admissible: case.seeded == 1 || case.gate()?.is_some_and(|gate| gate.admissible),
        claim,
        answers: answers.iter().map(answer_of).collect::<Result<_, _>>()?,
        needed_ms,
        pictures,
        own_plates: own.into_iter().collect(),
        plate: case.plate.clone(),
        looked_up,
    };
    Ok((case, facts))
}
