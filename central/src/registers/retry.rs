//! Asks again what a register did not answer, and forgets owners whose time is over.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use uuid::Uuid;

use super::vehreg::{AskError, Question, VehicleRegister};
use super::{ask, worth_another_try};
use crate::app::State;
use crate::notify::Change;
use crate::passages;
use crate::store::StoreError;
use crate::store::lookups::Waiting;

/// How often to look for due questions.
const LOOK: Duration = Duration::from_secs(2);
/// How often to look for owners to forget.
const FORGET: Duration = Duration::from_secs(3600);
/// Questions asked in one look, and at the same time.
const AT_ONCE: i64 = 32;
const PARALLEL: usize = 4;
/// Longest wait between two tries.
const LONGEST_MS: i64 = 3_600_000;

/// The wait before try number `attempts + 1`: doubling, up to an hour.
pub fn wait_ms(first_s: u64, attempts: i64) -> i64 {
    let first = i64::try_from(first_s.saturating_mul(1000)).unwrap_or(LONGEST_MS);
    first.saturating_mul(1 << attempts.clamp(1, 12).saturating_sub(1)).min(LONGEST_MS.max(first))
}

/// Runs until central stops.
pub async fn run(state: State, register: Option<Arc<VehicleRegister>>) {
    let (mut look, mut forget) = (tokio::time::interval(LOOK), tokio::time::interval(FORGET));
    loop {
        let result = tokio::select! {
            () = state.stop.cancelled() => return,
            _ = forget.tick() => clean(&state).await,
            _ = look.tick() => match &register {
                Some(register) => ask_due(&state, register).await,
                None => Ok(()),
            },
        };
        if let Err(error) = result {
            state.health.write_failed(crate::health::DATABASE, &error);
        }
    }
}

async fn clean(state: &State) -> Result<(), StoreError> {
    let now_ms = Timestamp::now().as_millisecond();
    let forgotten = state.store.forget_owners(now_ms).await?;
    state.store.erase_codes(now_ms).await?;
    if forgotten > 0 {
        tracing::info!(forgotten, "owner data erased: its time is over");
    }
    Ok(())
}

async fn ask_due(state: &State, register: &VehicleRegister) -> Result<(), StoreError> {
    let due = state.store.lookups_due(Timestamp::now().as_millisecond(), AT_ONCE).await?;
    let mut results = stream::iter(due.into_iter().map(|waiting| ask_again(state, register, waiting)))
        .buffer_unordered(PARALLEL);
    while let Some(result) = results.next().await {
        result?;
    }
    Ok(())
}

async fn ask_again(state: &State, register: &VehicleRegister, waiting: Waiting) -> Result<(), StoreError> {
    let question = Question {
        lookup_id: Uuid::parse_str(&waiting.lookup_id).unwrap_or_else(|_| Uuid::new_v4()),
        plate: waiting.plate.clone(),
        vehicle_group: waiting.vehicle_group.clone(),
        plate_colour: waiting.plate_colour.clone(),
        as_of: Timestamp::from_millisecond(waiting.as_of_ms).unwrap_or(Timestamp::UNIX_EPOCH),
    };
    let answer = ask(state, register, &question).await;
    let now_ms = Timestamp::now().as_millisecond();
    let answer = match answer {
        Ok(answer) => answer,
        // It was not asked at all: that is no attempt.
        Err(AskError::Resting) => return Ok(()),
        Err(error) => {
            let wait = wait_ms(register.settings().retry_s, waiting.attempts + 1);
            let next = worth_another_try(&error).then_some(now_ms + wait);
            return state.store.lookup_failed(&waiting.lookup_id, now_ms, next).await;
        }
    };
    let Some(seen) = state.store.seen_vehicle(&waiting.passage_id).await? else {
        return state.store.lookup_failed(&waiting.lookup_id, now_ms, None).await;
    };
    let judgement = passages::judge(
        &seen,
        waiting.as_of_ms,
        answer.status,
        answer.vehicle.as_ref(),
        &state.lists.snapshot(),
        state.config.rules.mismatch_min_score,
    );
    let (feed_id, alerts) = state.store.lookup_answered(&waiting, &answer, &judgement, now_ms).await?;
    state.health.alerts.fetch_add(alerts, std::sync::atomic::Ordering::Relaxed);
    if let Some(feed_id) = feed_id {
        state.hub.send(Change::Feed(feed_id));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour() {
        assert_eq!([1, 2, 3].map(|attempts| wait_ms(15, attempts)), [15_000, 30_000, 60_000]);
        assert_eq!(wait_ms(15, 40), LONGEST_MS);
    }
}
