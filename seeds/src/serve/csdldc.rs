//! Population database: says whether a claim matches, never what the record holds.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::{Extension, Json};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wire::identity::CitizenNumber;

use super::gate::{Caller, json};
use super::refusal::Refusal;
use super::state::{Shared, lock};
use crate::sign::hex;
use crate::world::{BirthDate, Check};

/// Score from which two faces are called the same.
const FACE_THRESHOLD: f64 = 0.8;
/// Pictures with fewer bytes are called poor.
const MIN_FACE_BYTES: usize = 1024;
/// Below this the picture may not be of a living person: called poor.
const MIN_LIVENESS: f64 = 0.5;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claim {
    id_number: String,
    full_name: String,
    dob: String,
}

/// The answer to a claim.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    result: &'static str,
    mismatch: Vec<&'static str>,
    txn_id: String,
    answered_at: Timestamp,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Face {
    id_number: String,
    image: String,
    liveness_score: f64,
}

/// The answer to a face.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FaceVerdict {
    decision: &'static str,
    score: f64,
    threshold: f64,
    txn_id: String,
}

/// `POST /mock/csdldc/v1/verify-citizen`
pub async fn verify_citizen(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Json<Verdict>, Refusal> {
    let claim: Claim = json(&body)?;
    check_number(&claim.id_number)?;
    if claim.full_name.trim().is_empty() {
        return Err(Refusal::bad("fullName: empty"));
    }
    let born: BirthDate = claim.dob.parse().map_err(|error| Refusal::bad(format!("dob: {error}")))?;
    let (result, mismatch) = match shared.world.verify_citizen(&claim.id_number, &claim.full_name, born) {
        Check::Match => ("MATCH", Vec::new()),
        Check::NoMatch(fields) => ("NO_MATCH", fields),
        Check::NotFound => ("NOT_FOUND", Vec::new()),
        Check::Locked => ("LOCKED", Vec::new()),
    };
    Ok(Json(Verdict { result, mismatch, txn_id: caller.txn_id, answered_at: Timestamp::now() }))
}

/// `POST /mock/csdldc/v1/face-verify`. There is no face model behind it: a picture shows the person that
/// `POST /mock/admin/face` said it shows, and nobody known otherwise.
pub async fn face_verify(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Json<FaceVerdict>, Refusal> {
    let face: Face = json(&body)?;
    check_number(&face.id_number)?;
    if !(0.0..=1.0).contains(&face.liveness_score) {
        return Err(Refusal::bad("livenessScore: not between 0 and 1"));
    }
    let image = BASE64_STANDARD.decode(&face.image).map_err(|_| Refusal::bad("image: not base64"))?;
    if !image.starts_with(&[0xFF, 0xD8, 0xFF]) {
        return Err(Refusal::bad("image: not a JPEG"));
    }
    let shown = lock(&shared.faces).get(&hex(&Sha256::digest(&image))).cloned();
    let (decision, score) = if image.len() < MIN_FACE_BYTES || face.liveness_score < MIN_LIVENESS {
        ("POOR_IMAGE", 0.0)
    } else {
        match shown {
            Some(id) if id == face.id_number => ("SAME", 0.97),
            Some(_) => ("DIFFERENT", 0.12),
            None => ("UNSURE", 0.61),
        }
    };
    Ok(Json(FaceVerdict { decision, score, threshold: FACE_THRESHOLD, txn_id: caller.txn_id }))
}

/// Refuses what cannot be an identity number.
pub fn check_number(id_number: &str) -> Result<(), Refusal> {
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    CitizenNumber::parse(id_number, today)
        .map(drop)
        .map_err(|error| Refusal::bad(format!("idNumber: {error}")))
}
