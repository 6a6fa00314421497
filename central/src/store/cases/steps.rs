//! Steps of a case: state and log together, each linked to the one before.

use serde::Serialize;
use sqlx::Row as _;
use wire::Digest;

use super::super::rows::row;
use super::{CaseRow, Cases, StoreError, Writer};
use crate::cases::chain;
use crate::cases::state::{Action, State};

/// Who does something, for the log.
#[derive(Debug, Clone)]
pub struct Who {
    /// Account, or `system`.
    pub actor: String,
    /// Its role.
    pub role: String,
    /// Sites that the account acts for, or empty for all.
    pub unit: String,
}

impl Who {
    /// Central itself.
    pub fn system() -> Self {
        Self { actor: "system".into(), role: "system".into(), unit: String::new() }
    }
}

/// What a step says.
#[derive(Debug, Clone, Default)]
pub(super) struct Note<'a> {
    /// Why.
    pub reason: Option<&'a str>,
    /// JSON without plates and names.
    pub detail: Option<serde_json::Value>,
}

/// States that a step writes which is no verdict. `confirmed`, `rejected` and further rounds are not among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settable {
    Screened,
    Review1,
    Inadmissible,
    Duplicate,
    Voided,
    Expired,
    /// The state stays.
    Same,
}

impl Settable {
    /// The state, if it may be written without a verdict.
    pub(super) fn of(from: State, to: State) -> Option<Self> {
        Some(match to {
            _ if from == to => Self::Same,
            State::Screened => Self::Screened,
            State::Review1 => Self::Review1,
            State::Inadmissible => Self::Inadmissible,
            State::Duplicate => Self::Duplicate,
            State::Voided => Self::Voided,
            State::Expired => Self::Expired,
            State::Detected | State::Review2 | State::Review3 | State::Confirmed | State::Rejected => {
                return None;
            }
        })
    }

    fn state(self, from: State) -> State {
        match self {
            Self::Screened => State::Screened,
            Self::Review1 => State::Review1,
            Self::Inadmissible => State::Inadmissible,
            Self::Duplicate => State::Duplicate,
            Self::Voided => State::Voided,
            Self::Expired => State::Expired,
            Self::Same => from,
        }
    }
}

/// Writes a state that needs no verdict, and its step.
pub(super) async fn go(
    writer: &mut Writer,
    case: &CaseRow,
    (action, to): (Action, Settable),
    who: &Who,
    note: Note<'_>,
    now_ms: i64,
) -> Result<State, StoreError> {
    let from = case.state()?;
    let to = to.state(from);
    let closed = (!to.is_open() && to != from).then_some(now_ms);
    let round = to.round().map_or(case.round, |round| round.number());
    sqlx::query(
        "update cases set state = $2, round = $3, closed_at_ms = coalesce($4, case when $5 = 1 then null else closed_at_ms end),
            changed_at_ms = $6 where case_id = $1",
    )
    .bind(&case.case_id)
    .bind(to.as_str())
    .bind(round)
    .bind(closed)
    .bind(i64::from(to.is_open()))
    .bind(now_ms)
    .execute(&mut **writer)
    .await?;
    log(writer, case, (action, from, to), who, note, now_ms).await?;
    Ok(to)
}

#[derive(Serialize)]
struct Body<'a> {
    case_id: &'a str,
    seq: i64,
    at_ms: i64,
    actor: &'a str,
    role: &'a str,
    unit: &'a str,
    what: &'a str,
    from: &'a str,
    to: &'a str,
    reason: Option<&'a str>,
    detail: Option<&'a str>,
    law_version: Option<&'a str>,
}

/// Writes a step of the log.
pub(super) async fn log(
    writer: &mut Writer,
    case: &CaseRow,
    (action, from, to): (Action, State, State),
    who: &Who,
    note: Note<'_>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let last = sqlx::query("select seq, hash from case_log where case_id = $1 order by seq desc limit 1")
        .bind(&case.case_id)
        .fetch_optional(&mut **writer)
        .await?;
    let (seq, prior): (i64, Option<String>) = match &last {
        Some(row) => (row.try_get::<i64, _>(0)? + 1, Some(row.try_get(1)?)),
        None => (1, None),
    };
    let detail = note.detail.map(|detail| detail.to_string());
    let body = super::encode(&Body {
        case_id: &case.case_id,
        seq,
        at_ms: now_ms,
        actor: &who.actor,
        role: &who.role,
        unit: &who.unit,
        what: action.as_str(),
        from: from.as_str(),
        to: to.as_str(),
        reason: note.reason,
        detail: detail.as_deref(),
        law_version: case.law_version.as_deref(),
    })?;
    let hash = chain::link(prior.as_deref().and_then(Digest::from_hex), body.as_bytes());
    sqlx::query(
        "insert into case_log (case_id, seq, at_ms, actor, role, unit, what, from_state, to_state, reason, detail, law_version,
            prior, hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(&case.case_id)
    .bind(seq)
    .bind(now_ms)
    .bind(&who.actor)
    .bind(&who.role)
    .bind(&who.unit)
    .bind(action.as_str())
    .bind(from.as_str())
    .bind(to.as_str())
    .bind(note.reason)
    .bind(&detail)
    .bind(&case.law_version)
    .bind(&prior)
    .bind(hash.to_string())
    .execute(&mut **writer)
    .await?;
    Ok(())
}

row! {
    /// A step.
    StepRow {
        /// Number.
        seq: i64,
        /// When.
        at_ms: i64,
        /// Who.
        actor: String,
        /// As what.
        role: String,
        /// For which sites.
        unit: String,
        /// What.
        what: String,
        /// State before.
        from_state: String,
        /// State after.
        to_state: String,
        /// Why.
        reason: Option<String>,
        /// JSON.
        detail: Option<String>,
        /// Version of the law.
        law_version: Option<String>,
        /// Hash of this step.
        hash: String,
    }
}

impl Cases<'_> {
    /// Every step of a case, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log(&self, case_id: &str) -> Result<Vec<StepRow>, StoreError> {
        let rows = sqlx::query("select * from case_log where case_id = $1 order by seq")
            .bind(case_id)
            .fetch_all(self.0.read())
            .await?;
        Ok(rows.iter().map(StepRow::read).collect::<Result<_, _>>()?)
    }

    /// The first step whose hash does not fit to what it says and to the step before; none when the log is whole.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_break(&self, case_id: &str) -> Result<Option<i64>, StoreError> {
        let steps = self.log(case_id).await?;
        let mut linked = Vec::with_capacity(steps.len());
        for step in &steps {
            let body = super::encode(&Body {
                case_id,
                seq: step.seq,
                at_ms: step.at_ms,
                actor: &step.actor,
                role: &step.role,
                unit: &step.unit,
                what: &step.what,
                from: &step.from_state,
                to: &step.to_state,
                reason: step.reason.as_deref(),
                detail: step.detail.as_deref(),
                law_version: step.law_version.as_deref(),
            })?;
            linked.push((body, Digest::from_hex(&step.hash).unwrap_or(Digest::ZERO)));
        }
        let broken = chain::first_break(linked.iter().map(|(body, hash)| (body.as_bytes(), *hash)));
        Ok(broken.and_then(|at| steps.get(at)).map(|step| step.seq))
    }
}
