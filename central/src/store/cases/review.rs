//! Reviews: claims, what was done before an answer, answers. The only file that writes `confirmed` and `rejected`, and it does so from
//! a [`Verdict`].

use std::collections::BTreeSet;

use sqlx::Row as _;
use wire::EvidenceRole;

use super::steps::{Note, Settable, Who, go, log};
use super::{CaseRow, Cases, StoreError, Writer, encode, locked};
use crate::cases::review::{self, Answered, Claim, Facts, Person, Refusal, Verdict, Wanted};
use crate::cases::settings::Cases as Settings;
use crate::cases::state::{Action, Decision, State};

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

    /// Writes a person's answer, if the review allows it, and where it leads: all in one transaction.
    ///
    /// # Errors
    /// [`ReviewError`].
    pub async fn answer(
        &self,
        case_id: &str,
        (person, who): (&Person, &Who),
        wanted: &Wanted,
        settings: &Settings,
        now_ms: i64,
    ) -> Result<State, ReviewError> {
        let mut writer = self.0.write().await?;
        let (case, facts) = facts(&mut writer, case_id, &person.username).await?;
        let verdict = review::decide(&facts, person, wanted, now_ms)?;
        let delete_at_ms = now_ms + i64::from(settings.rejected_days) * 86_400_000;
        write(&mut writer, &case, &verdict, wanted, who, (now_ms, delete_at_ms)).await?;
        writer.commit().await.map_err(StoreError::from)?;
        Ok(verdict.to())
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

    /// All answers, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answers(&self, case_id: &str) -> Result<Vec<AnswerRow>, StoreError> {
        let rows = sqlx::query("select * from case_answers where case_id = $1 order by at_ms")
            .bind(case_id)
            .fetch_all(self.0.read())
            .await?;
        Ok(rows.iter().map(AnswerRow::read).collect::<Result<_, _>>()?)
    }

    /// Plates registered to an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_plates(&self, username: &str) -> Result<BTreeSet<String>, StoreError> {
        let own: Vec<String> = sqlx::query_scalar("select plate from account_plates where username = $1")
            .bind(username)
            .fetch_all(self.0.read())
            .await?;
        Ok(own.into_iter().collect())
    }

    /// Registers a plate to an account, or takes it away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_own_plate(
        &self,
        (username, plate): (&str, &str),
        theirs: bool,
        by: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let mut writer = self.0.write().await?;
        if theirs {
            sqlx::query(
                "insert into account_plates (username, plate, added_by, added_at_ms) values ($1, $2, $3, $4)
                 on conflict (username, plate) do nothing",
            )
            .bind(username)
            .bind(plate)
            .bind(by)
            .bind(now_ms)
            .execute(&mut *writer)
            .await?;
        } else {
            sqlx::query("delete from account_plates where username = $1 and plate = $2")
                .bind(username)
                .bind(plate)
                .execute(&mut *writer)
                .await?;
        }
        Ok(writer.commit().await?)
    }
}

super::super::rows::row! {
    /// An answer as it is stored.
    AnswerRow {
        /// Who.
        username: String,
        /// Round.
        round: i64,
        /// `approve`, `reject` or `escalate`.
        decision: String,
        /// Behaviour.
        behaviour: Option<String>,
        /// Code of the reason.
        reason: Option<String>,
        /// Note.
        note: Option<String>,
        /// Plate that was typed.
        plate_typed: Option<String>,
        /// 1 when it is the one that was read.
        plate_fits: i64,
        /// When.
        at_ms: i64,
    }
}

async fn write(
    writer: &mut Writer,
    case: &CaseRow,
    verdict: &Verdict,
    wanted: &Wanted,
    who: &Who,
    (now_ms, delete_at_ms): (i64, i64),
) -> Result<(), StoreError> {
    let claim = verdict.claim();
    sqlx::query(
        "insert into case_answers (case_id, username, round, decision, behaviour, reason, note, plate_typed, plate_fits,
            claimed_at_ms, played_ms, pictures, at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(&case.case_id)
    .bind(verdict.username())
    .bind(verdict.round().number())
    .bind(verdict.decision().as_str())
    .bind(&wanted.behaviour)
    .bind(&wanted.reason)
    .bind(&wanted.note)
    .bind(&claim.plate_typed)
    .bind(i64::from(claim.plate_fits))
    .bind(claim.claimed_at_ms)
    .bind(claim.played_ms)
    .bind(i64::try_from(claim.pictures.len()).unwrap_or(i64::MAX))
    .bind(now_ms)
    .execute(&mut **writer)
    .await?;
    sqlx::query("delete from case_claims where case_id = $1")
        .bind(&case.case_id)
        .execute(&mut **writer)
        .await?;
    let (from, to) = (case.state()?, verdict.to());
    let confirmation = verdict.confirmation();
    let people = confirmation
        .map(|(people, _)| {
            let people: Vec<_> = people
                .iter()
                .map(|(name, round)| serde_json::json!({"username": name, "round": round}))
                .collect();
            encode(&people)
        })
        .transpose()?;
    sqlx::query(
        "update cases set state = $2, round = $3, escalated = case when $4 = 1 then 1 else escalated end,
            confirmation = $5, plate_typed = coalesce($6, plate_typed), behaviour = coalesce($7, behaviour), closed_at_ms = $8,
            delete_at_ms = $9, changed_at_ms = $10 where case_id = $1",
    )
    .bind(&case.case_id)
    .bind(to.as_str())
    .bind(to.round().map_or(case.round, |round| round.number()))
    .bind(i64::from(verdict.decision() == Decision::Escalate))
    .bind(&people)
    .bind(confirmation.map(|(_, plate)| plate))
    .bind(confirmation.and(wanted.behaviour.as_deref()))
    .bind((!to.is_open()).then_some(now_ms))
    .bind((to == State::Rejected || (case.seeded == 1 && !to.is_open())).then_some(delete_at_ms))
    .bind(now_ms)
    .execute(&mut **writer)
    .await?;
    if confirmation.is_some() && case.seeded == 0 {
        sqlx::query("insert into case_confirmed (case_id, at_ms) values ($1, $2)")
            .bind(&case.case_id)
            .bind(now_ms)
            .execute(&mut **writer)
            .await?;
    }
    let note = Note {
        reason: wanted.reason.as_deref(),
        detail: Some(serde_json::json!({
            "round": verdict.round().number(), "played_ms": claim.played_ms, "pictures": claim.pictures.len(),
            "plate_fits": claim.plate_fits, "behaviour": wanted.behaviour,
        })),
    };
    log(writer, case, (verdict.decision().action(), from, to), who, note, now_ms).await
}
