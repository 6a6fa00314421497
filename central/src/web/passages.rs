//! Passages: the list that a gate reads, and one passage with everything that stands behind it.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wire::{Digest, MAX_MESSAGE_BYTES, PublicKey, Sealed};

use super::access::Viewer;
use super::alerts::{self, Alert};
use super::extract::{Json, Moment, Page, Path, Place, Query, page_size};
use super::problem::Problem;
use super::{read_json, read_json_or};
use crate::app;
use crate::masking::{self, Owner, OwnerView};
use crate::store::read_passages::{EnvelopeRow, LookupRow, MatchRow, PassageFilter, PassageRow};

/// A plate reading.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Reading {
    /// Canonical text, `[A-Z0-9]`.
    text: String,
    /// As printed.
    display: String,
    /// What the recogniser saw, before any repair.
    raw: String,
    /// Whether it is a plate that can be issued.
    valid: bool,
    /// Kind of plate.
    kind: Option<String>,
    /// Lines on the plate: 1 or 2.
    lines: u8,
    /// Confidence, 0 to 1.
    score: f32,
    /// Reads that agree.
    votes: u32,
    /// Reads made.
    reads: u32,
    /// Other texts, best first.
    candidates: Vec<Candidate>,
    /// Repairs.
    edits: Vec<String>,
    /// Other valid meanings.
    ambiguous: Vec<String>,
    /// `[x, y, w, h]` in pixels of the overview picture.
    #[serde(rename = "box")]
    bbox: [i32; 4],
}

/// A text that was considered.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Candidate {
    /// Canonical text.
    text: String,
    /// Its share of the vote, 0 to 1.
    score: f32,
}

/// An original picture, at `/evidence/{sha256}`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// Address.
    sha256: String,
    /// `overview`, `vehicle` or `plate`.
    role: String,
    /// Pixels across.
    width: u32,
    /// Pixels down.
    height: u32,
    /// Size of the file.
    bytes: u64,
}

/// A vehicle as registered.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[derive(Default)]
pub struct Vehicle {
    /// Make.
    make: Option<String>,
    /// Model.
    model: Option<String>,
    /// Colour.
    colour: Option<String>,
    /// Type.
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// What register and watch lists said.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchWords {
    /// `found`, `not_found`, `revoked`, `stolen`, `multiple`, `military`, `unavailable` or `not_asked`.
    registry: String,
    /// `none`, `exact` or `possible`.
    watchlist: String,
}

/// A vehicle passed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Passage {
    /// Event id.
    pub id: String,
    /// Newest row of the feed that speaks of it.
    pub feed_id: i64,
    site: String,
    camera: String,
    camera_name: Option<String>,
    agent: String,
    seq: i64,
    /// `provisional` until the track has ended, then `settled`.
    phase: String,
    captured_at: Moment,
    uncertainty_ms: i64,
    /// `rtcp`, `arrival` or `file`.
    time_source: String,
    received_at: Moment,
    late: bool,
    /// `car`, `motorcycle`, `bus` or `truck`.
    class: String,
    /// `in`, `out`, `forward` or `backward`.
    direction: String,
    rule: String,
    reading: Option<Reading>,
    /// `no_plate_found`, `too_small` or `unreadable`, when there is no reading.
    no_reading: Option<String>,
    #[serde(rename = "box")]
    bbox: Option<[i32; 4]>,
    picture: Option<[u32; 2]>,
    thumbnail: Option<String>,
    evidence: Vec<Evidence>,
    #[serde(rename = "match")]
    matched: MatchWords,
    vehicle: Option<Vehicle>,
    /// Owner in short form; null for roles that see no personal data.
    owner_masked: Option<String>,
    alert_id: Option<String>,
}

impl Passage {
    /// The passage as `viewer` may see it.
    pub fn of(row: PassageRow, viewer: &Viewer) -> Self {
        let json = |field, text: &str| (("passages", field), text.to_owned());
        let (reading, vehicle) = (row.reading.as_deref(), row.vehicle.as_deref());
        Self {
            reading: reading.and_then(|text| read_json(json("reading", text), &row.id)),
            vehicle: vehicle.and_then(|text| read_json(json("vehicle", text), &row.id)),
            bbox: read_json(json("box", &row.bbox), &row.id),
            picture: read_json(json("picture", &row.picture), &row.id),
            evidence: read_json_or(json("evidence", &row.evidence), &row.id),
            owner_masked: row.owner_masked.filter(|_| masking::sees_short_name(viewer.role)),
            camera_name: viewer.language.pick(row.camera_vi, row.camera_en),
            id: row.id,
            feed_id: row.feed_id,
            site: row.site,
            camera: row.camera,
            agent: row.agent,
            seq: row.seq,
            phase: row.phase,
            captured_at: Moment(row.captured_at_ms),
            uncertainty_ms: row.uncertainty_ms,
            time_source: row.time_source,
            received_at: Moment(row.received_at_ms),
            late: row.late != 0,
            class: row.class,
            direction: row.direction,
            rule: row.rule,
            no_reading: row.no_reading,
            thumbnail: row.thumbnail,
            matched: MatchWords { registry: row.registry, watchlist: row.watchlist },
            alert_id: row.alert_id,
        }
    }
}

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
    models: Vec<ModelUsed>,
    /// Digest of the signed bytes.
    sha256: String,
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

/// Which passages.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct PassageQuery {
    /// One site.
    site: Option<String>,
    /// One camera.
    camera: Option<String>,
    /// Part of a plate; `?` stands for one character, `*` for any.
    plate: Option<String>,
    /// `car`, `motorcycle`, `bus` or `truck`.
    class: Option<String>,
    /// Captured at or after.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Moment>,
    /// Captured before.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Moment>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Rows on a page, 1 to 200; 50 when left out.
    limit: Option<u32>,
}

/// Passages, newest first.
#[utoipa::path(get, path = "/passages", tag = "passages", params(PassageQuery),
    responses((status = 200, body = Page<Passage>)))]
pub async fn list(
    State(app): State<app::State>,
    viewer: Viewer,
    Query(query): Query<PassageQuery>,
) -> Result<Json<Page<Passage>>, Problem> {
    let limit = page_size(query.limit)?;
    let place = Place::parse(query.cursor.as_deref())?;
    let filter = PassageFilter {
        scope: viewer.scope.clone(),
        site: query.site.unwrap_or_default(),
        camera: query.camera.unwrap_or_default(),
        plate: plate_pattern(query.plate.as_deref())?,
        class: query.class.unwrap_or_default(),
        since_ms: query.since.map_or(i64::MIN, |moment| moment.0),
        until_ms: query.until.map_or(i64::MAX, |moment| moment.0),
        before: (place.at_ms, place.id),
        limit: limit + 1,
    };
    let rows = app.store.passages(&filter).await?;
    let page = Page::cut(rows, limit, |row| Place { at_ms: row.captured_at_ms, id: row.id.clone() });
    let items = page.items.into_iter().map(|row| Passage::of(row, &viewer)).collect();
    Ok(Json(Page { items, next: page.next }))
}

/// The `like` pattern of a plate as somebody types it; empty for none.
fn plate_pattern(typed: Option<&str>) -> Result<String, Problem> {
    let pattern: String = typed
        .unwrap_or_default()
        .to_uppercase()
        .chars()
        .filter_map(|c| match c {
            'Đ' => Some('D'),
            '?' => Some('_'),
            '*' => Some('%'),
            c => c.is_ascii_alphanumeric().then_some(c),
        })
        .collect();
    match pattern.len() {
        0 if typed.is_some_and(|typed| !typed.trim().is_empty()) => {
            Err(Problem::bad_request("bad_plate", "plate: type letters and digits; ? stands for one character, * for any"))
        }
        0 => Ok(pattern),
        1..=20 => Ok(format!("%{pattern}%")),
        _ => Err(Problem::bad_request("bad_plate", "plate: at most 20 characters")),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plate_is_searched_as_people_write_it() {
        assert_eq!(plate_pattern(Some("59-p1 664.80")).unwrap(), "%59P166480%");
        assert_eq!(plate_pattern(Some("29-mđ1 1?3")).unwrap(), "%29MD11_3%");
        assert_eq!(plate_pattern(Some("%_'")).err().map(|_| ()), Some(()));
        assert_eq!(plate_pattern(None).unwrap(), "");
        assert!(plate_pattern(Some(&"1".repeat(21))).is_err());
    }
}
