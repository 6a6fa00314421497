//! What is done to a case beside its review: void by two people, not a duplicate after all, legal hold.

use super::super::audit::AuditRow;
use super::steps::{Note, Settable, Who, go};
use super::{CaseRow, Cases, StoreError, Writer, locked};
use crate::cases::review::Person;
use crate::cases::state::{self, Action, NoWay, Way};

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum VoidError {
    /// There is no such case.
    #[error("there is no such case")]
    NoCase,
    /// The state or the account does not allow it.
    #[error(transparent)]
    NoWay(#[from] NoWay),
    /// Nobody has asked for it.
    #[error("nobody has asked for this case to be void")]
    NotAsked,
    /// The same account may not do both.
    #[error("another account than the one that asked must confirm")]
    SamePerson,
    /// A handling has it.
    #[error("a handling has this case: make it void there")]
    InHandling,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for VoidError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

async fn settable(
    writer: &mut Writer,
    case_id: &str,
    action: Action,
    person: &Person,
) -> Result<(CaseRow, Settable), VoidError> {
    let case = locked(writer, case_id).await?.ok_or(VoidError::NoCase)?;
    let from = case.state()?;
    let Way::To(to) = state::way(from, action, person.actor)? else { return Err(NoWay::State(from).into()) };
    let to = Settable::of(from, to).ok_or(NoWay::State(from))?;
    Ok((case, to))
}

/// Takes the step with its reason, and commits everything that was written with it.
async fn reasoned(
    mut writer: Writer,
    case: &CaseRow,
    step: (Action, Settable),
    who: &Who,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<(), VoidError> {
    go(&mut writer, case, step, who, Note { reason, detail: None }, now_ms).await?;
    Ok(writer.commit().await.map_err(StoreError::from)?)
}

impl Cases<'_> {
    /// A first person asks for a case to be void. Asking again replaces what was asked before.
    ///
    /// # Errors
    /// [`VoidError`].
    pub async fn ask_void(
        &self,
        case_id: &str,
        (person, who): (&Person, &Who),
        reason: &str,
        now_ms: i64,
    ) -> Result<(), VoidError> {
        let mut writer = self.0.write().await?;
        let (case, to) = settable(&mut writer, case_id, Action::AskVoid, person).await?;
        if case.handling_id.is_some() {
            return Err(VoidError::InHandling);
        }
        sqlx::query("update cases set void_by = $2, void_at_ms = $3, void_reason = $4 where case_id = $1")
            .bind(case_id)
            .bind(&person.username)
            .bind(now_ms)
            .bind(reason)
            .execute(&mut *writer)
            .await?;
        reasoned(writer, &case, (Action::AskVoid, to), who, Some(reason), now_ms).await
    }

    /// A second person makes it void.
    ///
    /// # Errors
    /// [`VoidError`].
    pub async fn void(
        &self,
        case_id: &str,
        (person, who): (&Person, &Who),
        delete_at_ms: i64,
        now_ms: i64,
    ) -> Result<(), VoidError> {
        let mut writer = self.0.write().await?;
        let (case, to) = settable(&mut writer, case_id, Action::Void, person).await?;
        if case.handling_id.is_some() {
            return Err(VoidError::InHandling);
        }
        match case.void_by.as_deref() {
            None => return Err(VoidError::NotAsked),
            Some(asked) if asked == person.username => return Err(VoidError::SamePerson),
            Some(_) => {}
        }
        sqlx::query("delete from case_claims where case_id = $1").bind(case_id).execute(&mut *writer).await?;
        sqlx::query("delete from case_confirmed where case_id = $1 and taken_at_ms is null")
            .bind(case_id)
            .execute(&mut *writer)
            .await?;
        sqlx::query("update cases set delete_at_ms = $2 where case_id = $1")
            .bind(case_id)
            .bind(delete_at_ms)
            .execute(&mut *writer)
            .await?;
        let reason = case.void_reason.as_deref();
        reasoned(writer, &case, (Action::Void, to), who, reason, now_ms).await
    }

    /// A reviewer finds that it is another act than the earlier case: it waits for its own review.
    ///
    /// # Errors
    /// [`VoidError`].
    pub async fn separate(
        &self,
        case_id: &str,
        (person, who): (&Person, &Who),
        reason: &str,
        now_ms: i64,
    ) -> Result<(), VoidError> {
        let mut writer = self.0.write().await?;
        let (case, to) = settable(&mut writer, case_id, Action::Separate, person).await?;
        if case.erased_at_ms.is_some() {
            return Err(NoWay::State(case.state()?).into());
        }
        sqlx::query("update cases set duplicate_of = null, delete_at_ms = null where case_id = $1")
            .bind(case_id)
            .execute(&mut *writer)
            .await?;
        reasoned(writer, &case, (Action::Separate, to), who, Some(reason), now_ms).await
    }

    /// Puts a legal hold on a case, or takes it off: while it is on, nothing of it is deleted. False when there is no such case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold(
        &self,
        case_id: &str,
        hold: Option<(&str, &str)>,
        audit: &AuditRow,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        self.0.audit(audit).await?;
        let mut writer = self.0.write().await?;
        let done = sqlx::query(
            "update cases set hold_by = $2, hold_reason = $3, hold_at_ms = $4, changed_at_ms = $5 where case_id = $1 and erased_at_ms is null",
        )
        .bind(case_id)
        .bind(hold.map(|(by, _)| by))
        .bind(hold.map(|(_, reason)| reason))
        .bind(hold.map(|_| now_ms))
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(done.rows_affected() == 1)
    }
}
