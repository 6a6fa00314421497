//! Claims: who has a case for a while, how long they looked, what they saw, which plate they typed.

use super::steps::{Note, Settable, Who, go};
use super::{CaseRow, ReviewError, StoreError, claim_of, encode, facts};
use crate::cases::review::{self, Claim, Facts, Person, Refusal};
use crate::cases::settings::Cases as Settings;
use crate::cases::state::Action;
use crate::store::cases::Cases;

/// What a typed plate turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// It is what was read.
    Fits,
    /// It contradicts the reading: to be typed again.
    Again,
    /// It contradicts the reading, and was typed twice: it counts, and a second person must look.
    Otherwise,
}

/// The claim that this person holds now.
fn held(facts: &Facts, person: &Person, now_ms: i64) -> Result<Claim, Refusal> {
    let claim = facts.claim.as_ref().filter(|claim| claim.holds(&person.username, now_ms));
    claim.cloned().ok_or(Refusal::NotYourTurn)
}

impl Cases<'_> {
    /// Takes a case for a while, or renews the lease.
    ///
    /// # Errors
    /// [`ReviewError`].
    pub async fn claim(
        &self,
        case_id: &str,
        (person, who): (&Person, &Who),
        settings: &Settings,
        now_ms: i64,
    ) -> Result<(), ReviewError> {
        let mut writer = self.0.write().await?;
        let (case, facts) = facts(&mut writer, case_id, &person.username).await?;
        let to = review::may_claim(&facts, person, now_ms)?;
        let from = case.state()?;
        let until = now_ms + i64::from(settings.lease_minutes) * 60_000;
        let round = to.round().map_or(1, |round| round.number());
        let mine = facts
            .claim
            .as_ref()
            .is_some_and(|claim| claim.username == person.username && claim.round == round);
        if mine {
            sqlx::query("update case_claims set lease_until_ms = $2 where case_id = $1")
                .bind(case_id)
                .bind(until)
                .execute(&mut *writer)
                .await?;
        } else {
            sqlx::query("delete from case_claims where case_id = $1")
                .bind(case_id)
                .execute(&mut *writer)
                .await?;
            sqlx::query(
                "insert into case_claims (case_id, username, round, claimed_at_ms, lease_until_ms, played_ms, pictures, plate_fits)
                 values ($1, $2, $3, $4, $5, 0, '[]', 0)",
            )
            .bind(case_id)
            .bind(&person.username)
            .bind(round)
            .bind(now_ms)
            .bind(until)
            .execute(&mut *writer)
            .await?;
            let to = Settable::of(from, to).ok_or(Refusal::Closed)?;
            go(&mut writer, &case, (Action::Claim, to), who, Note::default(), now_ms).await?;
        }
        Ok(writer.commit().await.map_err(StoreError::from)?)
    }

    /// Notes for how long the act was looked at in total and which pictures were seen. Never counts more than the time since the claim,
    /// nor pictures that are not the case's. Returns what was seen by now.
    ///
    /// # Errors
    /// [`ReviewError`].
    pub async fn played(
        &self,
        case_id: &str,
        person: &Person,
        (ms, pictures): (i64, &[String]),
        settings: &Settings,
        now_ms: i64,
    ) -> Result<Claim, ReviewError> {
        let mut writer = self.0.write().await?;
        let (_, facts) = facts(&mut writer, case_id, &person.username).await?;
        let mut claim = held(&facts, person, now_ms)?;
        claim.played_ms = claim.played_ms.max(ms).min(now_ms - claim.claimed_at_ms).max(0);
        claim.pictures.extend(pictures.iter().filter(|one| facts.pictures.contains(*one)).cloned());
        claim.lease_until_ms = now_ms + i64::from(settings.lease_minutes) * 60_000;
        sqlx::query(
            "update case_claims set played_ms = $2, pictures = $3, lease_until_ms = $4 where case_id = $1",
        )
        .bind(case_id)
        .bind(claim.played_ms)
        .bind(encode(&claim.pictures)?)
        .bind(claim.lease_until_ms)
        .execute(&mut *writer)
        .await?;
        writer.commit().await.map_err(StoreError::from)?;
        Ok(claim)
    }

    /// Takes a typed plate, canonical. One that contradicts the reading must be typed twice.
    ///
    /// # Errors
    /// [`ReviewError`].
    pub async fn plate_typed(
        &self,
        case_id: &str,
        person: &Person,
        plate: &str,
        now_ms: i64,
    ) -> Result<(CaseRow, Typed), ReviewError> {
        let mut writer = self.0.write().await?;
        let (case, facts) = facts(&mut writer, case_id, &person.username).await?;
        held(&facts, person, now_ms)?;
        if facts.own_plates.contains(plate) {
            return Err(Refusal::ConflictOfInterest.into());
        }
        let fits = facts.plate.as_deref().unwrap_or_default() == plate;
        let tried: Option<String> =
            sqlx::query_scalar("select plate_tried from case_claims where case_id = $1")
                .bind(case_id)
                .fetch_one(&mut *writer)
                .await?;
        let typed = match (fits, tried.as_deref() == Some(plate)) {
            (true, _) => Typed::Fits,
            (false, true) => Typed::Otherwise,
            (false, false) => Typed::Again,
        };
        if typed == Typed::Otherwise {
            // One correction of a misreading and no more: a case is no licence to ask for owners.
            let others: i64 = sqlx::query_scalar(
                "select count(*) from case_lookups where case_id = $1 and asked_by = $2 and plate <> $3 and plate <> $4",
            )
            .bind(case_id)
            .bind(&person.username)
            .bind(plate)
            .bind(facts.plate.as_deref().unwrap_or_default())
            .fetch_one(&mut *writer)
            .await?;
            if others > 0 {
                return Err(Refusal::OneOtherPlate.into());
            }
        }
        if typed == Typed::Again {
            sqlx::query("update case_claims set plate_tried = $2, plate_typed = null, plate_fits = 0 where case_id = $1")
                .bind(case_id)
                .bind(plate)
                .execute(&mut *writer)
                .await?;
        } else {
            sqlx::query("update case_claims set plate_typed = $2, plate_fits = $3, plate_tried = null where case_id = $1")
                .bind(case_id)
                .bind(plate)
                .bind(i64::from(fits))
                .execute(&mut *writer)
                .await?;
        }
        if typed == Typed::Otherwise {
            sqlx::query("update cases set second = 1 where case_id = $1")
                .bind(case_id)
                .execute(&mut *writer)
                .await?;
        }
        writer.commit().await.map_err(StoreError::from)?;
        Ok((case, typed))
    }

    /// Gives a case back. What was done is forgotten: whoever takes it next begins anew.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release(&self, case_id: &str, username: &str) -> Result<(), StoreError> {
        let mut writer = self.0.write().await?;
        sqlx::query("delete from case_claims where case_id = $1 and username = $2")
            .bind(case_id)
            .bind(username)
            .execute(&mut *writer)
            .await?;
        Ok(writer.commit().await?)
    }

    /// Who has a case now and what they did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_of(&self, case_id: &str) -> Result<Option<Claim>, StoreError> {
        let row = sqlx::query("select * from case_claims where case_id = $1")
            .bind(case_id)
            .fetch_optional(self.0.read())
            .await?;
        row.as_ref().map(claim_of).transpose()
    }
}
