//! Answers. The only file that writes `confirmed` and `rejected`, and it does so from a [`Verdict`].

use super::steps::{Note, Who, log};
use super::{CaseRow, ReviewError, StoreError, Writer, encode, facts};
use crate::cases::review::{self, Person, Verdict, Wanted};
use crate::cases::settings::Cases as Settings;
use crate::cases::state::{Decision, State};
use crate::store::cases::Cases;

impl Cases<'_> {
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
}

crate::store::rows::row! {
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
