//! Passages: the list that a gate reads.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::Viewer;
use super::extract::{Json, Moment, Page, Place, Query, page_size};
use super::problem::Problem;
use super::{read_json, read_json_or};
use crate::app;
use crate::masking;
use crate::store::read_passages::{PassageFilter, PassageRow};

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
    /// Background: `white`, `yellow`, `blue` or `red`; null when the light did not let it be told.
    #[serde(default)]
    colour: Option<Attribute>,
    /// Class of the bearer: `civil`, `business`, `state`, `military`, `diplomatic`, `foreign`, `economic_zone` or
    /// `temporary`; null where only an unknown colour would tell.
    #[serde(default)]
    class: Option<String>,
    /// Country of a plate that seems not to be Vietnamese: `cambodia`, `china`, `laos`, `thailand` or `other`.
    #[serde(default)]
    country: Option<String>,
}

/// Something seen besides the characters, with its own score.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Attribute {
    /// The word.
    value: String,
    /// How sure, 0 to 1.
    score: f32,
}

/// Something about the plate itself that a person should check. Never an accusation.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct PlateFinding {
    /// `covered`, `bent`, `missing` or `unreadable`.
    kind: String,
    /// How much speaks for it, 0 to 1.
    score: f32,
    /// Looks at the vehicle that speak for it.
    looks: u32,
}

/// A text that was considered.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Candidate {
    /// Canonical text.
    text: String,
    /// Its share of the vote, 0 to 1.
    score: f32,
    /// Kind of plate, when it is one.
    #[serde(default)]
    kind: Option<String>,
    /// Why it was considered: `read`, `repaired` or `composed`.
    #[serde(default)]
    reason: Option<String>,
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
    /// Whether the device gave the picture up: it will never come.
    #[serde(default)]
    absent: bool,
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
    /// What is wrong with the plate itself, for a person to check.
    plate_finding: Option<PlateFinding>,
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
            plate_finding: row
                .plate_finding
                .as_deref()
                .and_then(|text| read_json(json("plate_finding", text), &row.id)),
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
        0 if typed.is_some_and(|typed| !typed.trim().is_empty()) => Err(Problem::bad_request(
            "bad_plate",
            "plate: type letters and digits; ? stands for one character, * for any",
        )),
        0 => Ok(pattern),
        1..=20 => Ok(format!("%{pattern}%")),
        _ => Err(Problem::bad_request("bad_plate", "plate: at most 20 characters")),
    }
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
