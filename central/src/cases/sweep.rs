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
        let erased = cases.erase_due(now_ms).await?;
        if erased.is_empty() {
            return Ok(());
        }
        for one in erased {
            let mut deleted = 0_u32;
            for file in one.files.iter().filter_map(|file| Digest::from_hex(file)) {
                match state.evidence.delete(file).await {
                    Ok(()) => deleted += 1,
                    Err(error) => tracing::error!(case = one.case_id, %error, "a file could not be deleted"),
                }
            }
            tracing::info!(case = one.case_id, files = deleted, "case erased: its time is over");
        }
    }
}
