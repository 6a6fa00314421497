//! Erases what visitors said once its time is over.

use std::time::Duration;

use jiff::Timestamp;
use wire::gate::Clock;

use crate::app::State;
use crate::store::StoreError;

/// How often to look.
const LOOK: Duration = Duration::from_secs(600);

/// Looks until central stops.
pub async fn run(state: State) {
    let mut look = tokio::time::interval(LOOK);
    loop {
        tokio::select! {
            () = state.stop.cancelled() => return,
            _ = look.tick() => {}
        }
        match erase(&state, Timestamp::now()).await {
            Ok(0) => {}
            Ok(erased) => tracing::info!(erased, "personal data of visits erased: its time is over"),
            Err(error) => state.health.write_failed(crate::health::DATABASE, &error),
        }
    }
}

/// Erases what is over at `now`. Returns how many visits.
///
/// # Errors
/// When the database fails; what was erased until then stays erased.
pub async fn erase(state: &State, now: Timestamp) -> Result<u64, StoreError> {
    let today = Clock { utc_offset_minutes: 420 }.local(now).date();
    let keep = jiff::Span::new().days(i64::from(state.config.visits.keep_days));
    let Ok(before) = today.checked_sub(keep) else { return Ok(0) };
    let mut erased = 0;
    loop {
        let some = state.store.erase_visits(&before.to_string(), now.as_millisecond()).await?;
        erased += some;
        if some == 0 {
            return Ok(erased);
        }
    }
}
