//! One passage with everything that stands behind it: evidence, owner, matches, signature, and who looked.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::{Digest, MAX_MESSAGE_BYTES, PublicKey, Sealed};

use super::access::Viewer;
use super::alerts::{self, Alert};
use super::extract::{Json, Moment, Path};
use super::passages::Passage;
use super::problem::Problem;
use super::{read_json, read_json_or};
use crate::app;
use crate::masking::{self, Owner, OwnerView};
use crate::store::read_passages::{EnvelopeRow, LookupRow, MatchRow, PassageRow};

/// A finding of a register.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    code: String,
    text_vi: String,
    text_en: String,
}

/// The register's answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegistryAnswer {
    status: String,
    asked_at: Option<Moment>,
    /// The register's own transaction number.
    txn_id: Option<String>,
    /// Moment that the answer holds for.
    as_of: Option<Moment>,
    findings: Vec<Finding>,
}

/// A list entry that the passage met.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListMatch {
    list: String,
    list_name: String,
    entry_id: String,
    plate: String,
    /// `exact` or `possible`.
    result: String,
    /// Why the plate is on the list.
    reason_vi: String,
    reason_en: String,
    /// Why it matched.
    why_vi: String,
    why_en: String,
    /// Characters that differ.
    distance: i64,
    priority: String,
    added_by: String,
    added_at: Moment,
}

/// A model that took part.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ModelUsed {
    id: String,
    sha256: String,
}

/// The signed envelope behind the passage.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnvelopeView {
    id: String,
    seq: i64,
    /// Digest of the agent's envelope before it.
    prev: String,
    /// Fingerprint of the key that signed.
    key: String,
    /// Whether the signature over the stored bytes was found right, now, with the agent's enrolled key.
    signature_ok: bool,
    /// Whether `prev` is the digest of the agent's event before this one, as stored now.
    chain: Chain,
    models: Vec<ModelUsed>,
    /// Digest of the signed bytes.
    sha256: String,
}

/// How an envelope stands to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Chain {
    /// It names the digest of the event before it, or is the agent's first.
    Ok,
    /// It names another digest than that of the event before it.
    Broken,
    /// The event before it is not stored.
    PreviousMissing,
}

impl Chain {
    fn of(row: &EnvelopeRow) -> Self {
        match row.fits {
            Some(0) => Self::Broken,
            Some(_) => Self::Ok,
            None if row.seq == 1 && row.prev == Digest::ZERO.to_string() => Self::Ok,
            None => Self::PreviousMissing,
        }
    }
}

/// Somebody did something with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditLine {
    at: Moment,
    actor: String,
    action: String,
}

/// A passage with everything behind it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassageDetail {
    #[serde(flatten)]
    passage: Passage,
    /// The owner as far as the role may see; null when none is known.
    owner: Option<OwnerView>,
    registry: RegistryAnswer,
    matches: Vec<ListMatch>,
    envelope: Option<EnvelopeView>,
    alerts: Vec<Alert>,
    audit: Vec<AuditLine>,
}

/// One passage with its evidence, owner, matches and signature. Each look is written to the audit log first.
#[utoipa::path(get, path = "/passages/{id}", tag = "passages", params(("id" = String, Path, description = "Event id")),
    responses((status = 200, body = PassageDetail), (status = 404, body = Problem)))]
pub async fn detail(
    State(app): State<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Json<PassageDetail>, Problem> {
    let store = &app.store;
    let row = store.passage(&id, &viewer.scope).await?.ok_or_else(|| Problem::not_found("passage"))?;
    let mut look = viewer.does("passage.view").on("passage", &row.id);
    look.purpose = Some("view_passage".to_owned());
    store.audit(&look).await?;
    let lookup = store.lookup_of(&row.id).await?;
    let owner = owner_for(&viewer, lookup.as_ref(), &row.id);
    let matches = store.matches_of(&row.id).await?;
    let envelope = store.envelope_of(&row.id).await?;
    let rows = store.alerts_of(&row.id).await?;
    let alerts = alerts::with_steps(store, rows, &viewer).await?;
    let audit = store.audit_of("passage", &row.id, 50).await?;
    let models = read_json_or((("passages", "models"), row.models.clone()), &row.id);
    Ok(Json(PassageDetail {
        owner,
        registry: registry(lookup, &row),
        matches: matches.into_iter().map(|row| list_match(row, &viewer)).collect(),
        envelope: envelope.map(|envelope| envelope_view(&row.id, envelope, models)),
        alerts,
        audit: audit
            .into_iter()
            .map(|row| AuditLine { at: Moment(row.at_ms), actor: row.actor, action: row.action })
            .collect(),
        passage: Passage::of(row, &viewer),
    }))
}

fn owner_for(viewer: &Viewer, lookup: Option<&LookupRow>, id: &str) -> Option<OwnerView> {
    let text = lookup?.owner.clone()?;
    let owner: Owner = read_json((("registry_lookups", "owner"), text), id)?;
    Some(masking::view(&owner, viewer.role, viewer.language.pick(true, false)))
}

fn registry(lookup: Option<LookupRow>, row: &PassageRow) -> RegistryAnswer {
    match lookup {
        Some(lookup) => RegistryAnswer {
            // The passage's word also knows what no register was asked about: military plates.
            status: row.registry.clone(),
            asked_at: Some(Moment(lookup.asked_at_ms)),
            txn_id: lookup.txn_id,
            as_of: Some(Moment(lookup.as_of_ms)),
            findings: read_json_or((("registry_lookups", "findings"), lookup.findings), &row.id),
        },
        None => RegistryAnswer {
            status: row.registry.clone(),
            asked_at: None,
            txn_id: None,
            as_of: None,
            findings: Vec::new(),
        },
    }
}

fn list_match(row: MatchRow, viewer: &Viewer) -> ListMatch {
    ListMatch {
        list: row.list,
        list_name: viewer.language.pick(row.list_name_vi, row.list_name_en),
        entry_id: row.entry_id,
        plate: row.plate,
        result: row.result,
        reason_vi: row.reason_vi,
        reason_en: row.reason_en,
        why_vi: row.why_vi,
        why_en: row.why_en,
        distance: row.distance,
        priority: row.priority,
        added_by: row.added_by,
        added_at: Moment(row.added_at_ms),
    }
}

fn envelope_view(id: &str, row: EnvelopeRow, models: Vec<ModelUsed>) -> EnvelopeView {
    EnvelopeView {
        id: id.to_owned(),
        signature_ok: signature_ok(&row),
        chain: Chain::of(&row),
        seq: row.seq,
        prev: row.prev,
        key: row.signing_key,
        models,
        sha256: row.digest,
    }
}

/// Checks the stored bytes once more: a signature that was right at intake proves nothing about the row of today.
fn signature_ok(row: &EnvelopeRow) -> bool {
    let check = || {
        let key = PublicKey::from_hex(row.public_key.as_deref()?)?;
        let sealed = Sealed::parse(row.message.as_bytes(), MAX_MESSAGE_BYTES).ok()?;
        let body = sealed.verify(&key).ok()?;
        Some(Digest::of(body).to_string() == row.digest)
    };
    check().unwrap_or(false)
}
