//! Whether the files of a case are still what they were when they came. A case with an altered file is locked: nobody reviews it, nothing
//! that was confirmed of it goes on, and that stays so.

use jiff::Timestamp;
use wire::{Digest, EvidenceRef};

use super::gate::{GateReport, UNALTERED};
use crate::app::State;
use crate::evidence::{EvidenceError, Kind, mp4};
use crate::notify::Change;
use crate::store::StoreError;
use crate::store::cases::CaseRow;

/// The files of a case, read whole.
#[derive(Debug, Default)]
pub struct Files {
    /// There and what they were.
    pub kept: Vec<EvidenceRef>,
    /// There under their name with other bytes.
    pub altered: Vec<Digest>,
    /// Not there.
    pub gone: Vec<Digest>,
    /// How long the clip plays, milliseconds.
    pub clip_ms: Option<i64>,
}

/// Reads every file of a case.
///
/// # Errors
/// When the store of evidence cannot be read now: that is no reason to call anything altered.
pub async fn read(state: &State, case: &CaseRow) -> Result<Files, StoreError> {
    let mut files = Files::default();
    for one in case.evidence()? {
        match state.evidence.get_kind(one.sha256).await {
            Ok((kind, bytes)) => {
                if kind == Kind::Mp4 {
                    files.clip_ms = mp4::duration_ms(&bytes);
                }
                files.kept.push(one);
            }
            Err(EvidenceError::NotFound(_)) => files.gone.push(one.sha256),
            Err(EvidenceError::Io(problem)) => {
                state.health.write_failed(crate::health::EVIDENCE, &problem);
                return Err(StoreError::Damaged { table: "cases", id: case.case_id.clone(), problem });
            }
            Err(_) => files.altered.push(one.sha256),
        }
    }
    Ok(files)
}

/// Reads every file of a case that was found admissible, and locks it when one is not what it was or is gone. Returns whether it may go on.
///
/// # Errors
/// When the database fails or the store of evidence cannot be read now.
pub async fn check(state: &State, case: &CaseRow, now: Timestamp) -> Result<bool, StoreError> {
    let locked = |gate: GateReport| gate.conditions.iter().any(|one| one.code == UNALTERED && !one.ok);
    if case.gate()?.is_some_and(locked) {
        return Ok(false);
    }
    let files = read(state, case).await?;
    let broken: Vec<Digest> = files.altered.into_iter().chain(files.gone).collect();
    if !broken.is_empty() {
        lock(state, case, &broken, now).await?;
    }
    Ok(broken.is_empty())
}

/// Locks every case that names a file which was found altered.
///
/// # Errors
/// When the database fails.
pub async fn found_altered(state: &State, file: Digest, now: Timestamp) -> Result<(), StoreError> {
    for case in state.store.cases().naming(file).await? {
        lock(state, &case, &[file], now).await?;
    }
    Ok(())
}

async fn lock(state: &State, case: &CaseRow, files: &[Digest], now: Timestamp) -> Result<(), StoreError> {
    if state.store.cases().lock(&case.case_id, files, now.as_millisecond()).await? {
        tracing::error!(case = case.case_id, ?files, "evidence was altered or is gone: the case is locked");
        state.hub.send(Change::Case { site: case.site.clone(), id: case.case_id.clone() });
    }
    Ok(())
}
