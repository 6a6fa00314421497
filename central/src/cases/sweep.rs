//! What time does: statutes end, shares of the time to a notice are told, what may no longer be kept is deleted.

use std::time::Duration;

use jiff::Timestamp;
use wire::Digest;

use crate::app::State;
use crate::notify::Change;
use crate::store::StoreError;

/// How often to look.
const LOOK: Duration = Duration::from_secs(60);

/// Looks until central stops.
pub async fn run(state: State) {
    let mut look = tokio::time::interval(LOOK);
    loop {
        tokio::select! {
            () = state.stop.cancelled() => return,
            _ = look.tick() => {}
        }
        if let Err(error) = sweep(&state, Timestamp::now()).await {
            state.health.write_failed(crate::health::DATABASE, &error);
        }
    }
}

/// Does what is due at `now`.
///
/// # Errors
/// When the database fails; what was done until then stays done, and the rest is done at the next look.
pub async fn sweep(state: &State, now: Timestamp) -> Result<(), StoreError> {
    let (cases, now_ms) = (state.store.cases(), now.as_millisecond());
    let keep_ms = i64::from(state.config.cases.rejected_days) * 86_400_000;
    for (id, site) in cases.expire(keep_ms, now_ms).await? {
        tracing::warn!(case = id, "the statute of limitation ended this case");
        state.hub.send(Change::Case { site, id });
    }
    for alert in cases.due_alerts(now_ms).await? {
        tracing::info!(
            case = alert.case_id,
            percent = alert.level,
            "so much of the time to the notice is over"
        );
        state.hub.send(Change::Case { site: alert.site, id: alert.case_id });
    }
    loop {
        let mut erased = 0;
        for case in cases.erasable(now_ms).await? {
            // Files first: whatever breaks off in between, the case is found again at the next look.
            if delete_files(state, &case.case_id).await? {
                cases.erase(&case, now_ms).await?;
                erased += 1;
                tracing::info!(case = case.case_id, "case erased: its time is over");
            }
        }
        if erased == 0 {
            return Ok(());
        }
    }
}

/// Deletes the files that no other case, passage or camera shows. False when one could not be deleted.
async fn delete_files(state: &State, case_id: &str) -> Result<bool, StoreError> {
    for file in state.store.cases().own_files(case_id).await? {
        let Some(file) = Digest::from_hex(&file) else { continue };
        if let Err(error) = state.evidence.delete(file).await {
            tracing::error!(case = case_id, %error, "a file could not be deleted: tried again at the next look");
            state.health.write_failed(crate::health::EVIDENCE, &error);
            return Ok(false);
        }
    }
    Ok(true)
}
