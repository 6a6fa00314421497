//! What is shown of the act itself: moments, files, clip, times, the law of that day.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wire::EvidenceRole;
use wire::violation::Violation;

use super::now;
use crate::app;
use crate::law::{Behaviour, Confidence};
use crate::store::cases::CaseRow;
use crate::web::extract::Moment;
use crate::web::problem::Problem;

/// A moment of the act.
#[derive(Debug, Serialize, ToSchema)]
pub struct MomentView {
    what: String,
    at: Moment,
    /// Position in the clip; null without one.
    offset_ms_in_clip: Option<i64>,
    r#box: [i32; 4],
    /// What the governing signal showed.
    signal: Option<Value>,
    /// SHA-256 of the picture that shows it.
    evidence: Option<String>,
}

/// The moments of the act with their places in the clip.
pub(super) fn moments(violation: &Violation) -> Vec<MomentView> {
    let clip = violation.clip.as_ref();
    let view = |moment: &wire::violation::Moment| MomentView {
        what: moment.what.clone(),
        at: Moment(moment.at.as_millisecond()),
        offset_ms_in_clip: clip.map(|clip| ((moment.stream_s - clip.stream_s) * 1000.0).round() as i64),
        r#box: moment.bbox,
        signal: moment.signal.as_ref().map(|signal| serde_json::json!(signal)),
        evidence: moment.evidence.map(|sha256| sha256.to_string()),
    };
    violation.moments.iter().map(view).collect()
}

/// A file.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileView {
    sha256: String,
    /// `overview`, `act`, `vehicle`, `plate`, `clip` or `overlay`.
    role: String,
    media_type: String,
    bytes: u32,
    width: u32,
    height: u32,
    /// Whether it is really there.
    present: bool,
}

fn role_word(role: EvidenceRole) -> String {
    serde_json::to_value(role).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The case's files; none where nobody may see them.
pub(super) async fn files(app: &app::State, case: &CaseRow, hidden: bool) -> Result<Vec<FileView>, Problem> {
    let mut files = Vec::new();
    for one in case.evidence()? {
        if hidden {
            break;
        }
        files.push(FileView {
            present: app.evidence.has(one.sha256).await.unwrap_or(false),
            sha256: one.sha256.to_string(),
            role: role_word(one.role),
            media_type: one.media_type,
            bytes: one.bytes,
            width: one.width,
            height: one.height,
        });
    }
    Ok(files)
}

/// The digest of the first file of a role.
pub(super) fn file_of(files: &[FileView], role: EvidenceRole) -> Option<String> {
    let word = role_word(role);
    files.iter().find(|one| one.role == word).map(|one| one.sha256.clone())
}

/// The clip.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClipView {
    sha256: String,
    from: Moment,
    to: Moment,
    codec: String,
    original: bool,
    /// Stream second of its first frame, as the overlay counts.
    stream_s: f64,
}

impl ClipView {
    /// Of a violation; none where there is no such file.
    pub(super) fn of(violation: &Violation, files: &[FileView]) -> Option<Self> {
        let (clip, sha256) = violation.clip.as_ref().zip(file_of(files, EvidenceRole::Clip))?;
        Some(Self {
            sha256,
            from: Moment(clip.from.as_millisecond()),
            to: Moment(clip.to.as_millisecond()),
            codec: clip.codec.clone(),
            original: clip.original,
            stream_s: clip.stream_s,
        })
    }
}

/// A behaviour as it was fined on the day of the act.
#[derive(Debug, Serialize, ToSchema)]
pub struct LawView {
    behaviour: String,
    clause: String,
    title_vi: String,
    title_en: String,
    text_vi: String,
    fine_low: i64,
    fine_high: i64,
    fine_average: i64,
    points: u8,
    revocation_months: Option<String>,
    legal_basis: String,
    confidence: Confidence,
    #[schema(value_type = String, format = Date)]
    valid_from: jiff::civil::Date,
}

impl LawView {
    fn of(row: &Behaviour) -> Self {
        Self {
            behaviour: row.key.clone(),
            clause: row.clause.clone(),
            title_vi: row.title_vi.clone(),
            title_en: row.title_en.clone(),
            text_vi: row.text_vi.clone(),
            fine_low: row.fine_low,
            fine_high: row.fine_high,
            fine_average: (row.fine_low + row.fine_high) / 2,
            points: row.points,
            revocation_months: row.revoke_months_low.map(|low| match row.revoke_months_high {
                Some(high) if high != low => format!("{low}–{high}"),
                _ => low.to_string(),
            }),
            legal_basis: row.legal_basis.clone(),
            confidence: row.confidence,
            valid_from: row.valid_from,
        }
    }
}

/// The behaviours that the kind can be, the proposed one first: by the law as it is known today while people decide, then as it was known.
pub(super) fn law(app: &app::State, case: &CaseRow, open: bool) -> Vec<LawView> {
    let version = case.law_version.as_deref().and_then(|version| version.parse().ok()).filter(|_| !open);
    let law = version
        .and_then(|version| app.laws.version(version))
        .unwrap_or_else(|| app.laws.on(crate::law::day_of(now())));
    let day = crate::law::day_of(case.at());
    let proposed = case.behaviour.as_deref();
    let mut rows = law.behaviours_of(&case.kind, &case.class, day);
    match rows.iter().position(|row| Some(row.key.as_str()) == proposed) {
        Some(at) => rows[..=at].rotate_right(1),
        None => rows.splice(..0, proposed.and_then(|key| law.behaviour(key, day))).for_each(drop),
    }
    rows.into_iter().map(LawView::of).collect()
}

/// The time of the act.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimeView {
    at: Moment,
    uncertainty_ms: i64,
    source: String,
    clock: Value,
}

impl TimeView {
    /// Of a case and what is shown of its violation.
    pub(super) fn of(case: &CaseRow, violation: Option<&Violation>) -> Self {
        Self {
            at: Moment(case.at_ms),
            uncertainty_ms: case.uncertainty_ms,
            source: case.time_source.clone(),
            clock: violation.map_or(Value::Null, |one| serde_json::json!(one.clock)),
        }
    }
}
