//! Copies of the evidence, made for one citizen: everybody else in them is unrecognisable ([`copies`]).

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use wire::violation::{Overlay, OverlayFrame, Violation};
use wire::{EvidenceRef, EvidenceRole};

use super::own::Looking;
use crate::copies::{self, Object, Plan};
use crate::store::cases::CaseRow;
use crate::web::Web;
use crate::web::extract::Path;
use crate::web::problem::Problem;

/// Farthest that an analysed frame may be from a picture to tell who stands in it, seconds.
const NEAR_S: f64 = 1.0;
/// Largest overlay that is read, bytes.
const MAX_OVERLAY: usize = wire::MAX_EVIDENCE_BYTES;

/// A picture.
#[derive(Debug, Serialize, ToSchema)]
pub struct CitizenPicture {
    /// Which it is, in its address.
    n: usize,
    /// `act`, `overview` or `plate`.
    role: &'static str,
    width: u32,
    height: u32,
    /// The moment that it shows: `before_line`, `on_line`, …
    what: Option<String>,
}

/// A file of the evidence that is shown, with the moment it shows.
struct Shown<'a> {
    n: usize,
    file: EvidenceRef,
    moment: Option<&'a wire::violation::Moment>,
}

/// Pictures in the order in which it happened; each file once. Crops of the vehicle and the clip are not shown: who else is in
/// them is not known.
fn shown<'a>(files: &[EvidenceRef], violation: &'a Violation) -> Vec<Shown<'a>> {
    let rank = |role: EvidenceRole| match role {
        EvidenceRole::Act => Some(0),
        EvidenceRole::Overview => Some(1),
        EvidenceRole::Plate => Some(2),
        EvidenceRole::Vehicle | EvidenceRole::Clip | EvidenceRole::Overlay => None,
    };
    let moment =
        |file: &EvidenceRef| violation.moments.iter().find(|moment| moment.evidence == Some(file.sha256));
    let files = files.iter().enumerate().filter(|(_, file)| rank(file.role).is_some());
    let mut all: Vec<_> =
        files.map(|(n, file)| Shown { n, file: file.clone(), moment: moment(file) }).collect();
    all.sort_by_key(|one| (rank(one.file.role), one.moment.map(|moment| moment.at)));
    let mut known = std::collections::BTreeSet::new();
    all.retain(|one| known.insert(one.file.sha256.to_string()));
    all
}

/// The pictures of a case that are there.
pub async fn list(web: &Web, case: &CaseRow) -> Result<Vec<CitizenPicture>, Problem> {
    let Some(violation) = case.violation()? else { return Ok(Vec::new()) };
    let mut pictures = Vec::new();
    for one in shown(&case.evidence()?, &violation) {
        if !web.app.evidence.has(one.file.sha256).await.unwrap_or(false) {
            continue;
        }
        pictures.push(CitizenPicture {
            n: one.n,
            role: match one.file.role {
                EvidenceRole::Plate => "plate",
                EvidenceRole::Overview => "overview",
                _ => "act",
            },
            width: one.file.width,
            height: one.file.height,
            what: one.moment.map(|moment| moment.what.clone()),
        });
    }
    Ok(pictures)
}

/// A blurred, marked copy of a picture: everything but the accused vehicle is unrecognisable. The original is never sent.
#[utoipa::path(get, path = "/citizen/cases/{ref}/pictures/{n}", tag = "citizen",
    params(("ref" = String, Path, description = "Name of the case"), ("n" = u32, Path, description = "`n` of the case's `pictures`")),
    responses((status = 200, description = "JPEG", content_type = "image/jpeg"), (status = 404, body = Problem)))]
pub async fn read(
    State(web): State<Web>,
    Looking { own, .. }: Looking,
    Path((_name, n)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("case");
    let case = web.app.store.cases().get(&own.case.case_id).await?.ok_or_else(missing)?;
    let violation = case.violation()?.ok_or_else(missing)?;
    let files = case.evidence()?;
    let one = shown(&files, &violation).into_iter().find(|one| one.n.to_string() == n).ok_or_else(missing)?;
    let original = match web.app.evidence.get(one.file.sha256).await {
        Ok(bytes) => bytes,
        Err(crate::evidence::EvidenceError::NotFound(_)) => return Err(missing()),
        Err(error) => return Err(Problem::internal(&error)),
    };
    let overlay = overlay(&web, &files).await;
    let text = mark(&own.case.case_ref);
    let plate = one.file.role == EvidenceRole::Plate;
    let moment = one.moment.cloned();
    // Decoding and blurring take a while; only so many at once.
    let _permit = web.citizen.copies.acquire().await.map_err(|error| Problem::internal(&error))?;
    let made = tokio::task::spawn_blocking(move || {
        if plate {
            return copies::crop(&original, &text);
        }
        let plan = |width, height| plan((width, height), &violation, moment.as_ref(), overlay.as_ref());
        copies::frame(&original, plan, &text)
    });
    let copy =
        made.await.map_err(|error| Problem::internal(&error))?.map_err(|error| Problem::internal(&error))?;
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'"),
    ];
    Ok((headers, copy).into_response())
}

/// Whose copy it is, and when it was made.
fn mark(case_ref: &str) -> String {
    let now = Timestamp::now().to_zoned(crate::law::time_zone());
    let start: String = case_ref.chars().take(10).collect();
    format!("BAN SAO {start} {}", now.strftime("%Y-%m-%d %H:%M"))
}

/// Who stood where; none when the overlay is not there or cannot be read, and then all but the vehicle's box is blurred anyway.
async fn overlay(web: &Web, files: &[EvidenceRef]) -> Option<Overlay> {
    let file = files.iter().find(|file| file.role == EvidenceRole::Overlay)?;
    let bytes = web.app.evidence.get(file.sha256).await.ok().filter(|bytes| bytes.len() <= MAX_OVERLAY)?;
    serde_json::from_slice(&bytes)
        .inspect_err(|error| tracing::warn!(sha256 = %file.sha256, %error, "an overlay cannot be read"))
        .ok()
}

/// What of a picture stays: the vehicle where it was at that moment.
fn plan(
    size: (u32, u32),
    violation: &Violation,
    moment: Option<&wire::violation::Moment>,
    overlay: Option<&Overlay>,
) -> Plan {
    let [width, height] = violation.picture.map(|side| side.max(1) as f32);
    let bbox = moment.map_or(violation.bbox, |moment| moment.bbox);
    let [x, y, w, h] = bbox.map(|value| value as f32);
    let own = Some([x / width, y / height, w / width, h / height]);
    // The overview shows the act: the moment with its box, or the last one.
    let at = moment
        .or_else(|| violation.moments.iter().find(|moment| moment.bbox == violation.bbox))
        .or(violation.moments.last())
        .map(|moment| moment.stream_s);
    let frame = overlay.zip(at).and_then(|(overlay, at)| nearest(&overlay.frames, at));
    let objects: Vec<Object<'_>> = frame
        .map(|frame| frame.objects.as_slice())
        .unwrap_or_default()
        .iter()
        .map(|object| Object {
            accused: overlay.is_some_and(|overlay| overlay.track == object.track),
            class: &object.class,
            bbox: object.bbox,
        })
        .collect();
    Plan::new(size, own, &violation.class, &objects)
}

fn nearest(frames: &[OverlayFrame], at: f64) -> Option<&OverlayFrame> {
    let apart = |frame: &OverlayFrame| (frame.stream_s - at).abs();
    let near = frames.iter().min_by(|a, b| apart(a).total_cmp(&apart(b)))?;
    (apart(near) <= NEAR_S).then_some(near)
}
