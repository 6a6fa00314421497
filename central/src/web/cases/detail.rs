//! One case, as far as the account may see it.

use axum::extract::State as Extract;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wire::EvidenceRole;
use wire::violation::{Kind, Violation};

use super::desk::PlayedView;
use super::list::{CaseView, Shown};
use super::seat::{Seat, hidden, seat};
use super::{now, person, seen};
use crate::app;
use crate::auth::Role;
use crate::cases::gate::GateReport;
use crate::cases::review::Refusal;
use crate::cases::state::State;
use crate::law::{Behaviour, Confidence};
use crate::masking::{self, OwnerView};
use crate::store::cases::CaseRow;
use crate::store::cases::review::AnswerRow;
use crate::store::cases::steps::StepRow;
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Path};
use crate::web::now_ms;
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

/// A file.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileView {
    sha256: String,
    role: EvidenceRoleWord,
    media_type: String,
    bytes: u32,
    width: u32,
    height: u32,
    /// Whether it is really there.
    present: bool,
}

/// `overview`, `act`, `vehicle`, `plate`, `clip` or `overlay`.
type EvidenceRoleWord = String;

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

/// The time of the act.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimeView {
    at: Moment,
    uncertainty_ms: i64,
    source: String,
    clock: Value,
}

/// Whether this account may answer, and what it did.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewView {
    round: i64,
    /// Whether it may take the case, or has it.
    may: bool,
    why_not: Option<&'static str>,
    played: PlayedView,
    /// Whether everything before an approval is done.
    may_decide: bool,
}

/// Somebody's answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerView {
    round: i64,
    by: String,
    at: Moment,
    decision: String,
    behaviour: Option<String>,
    reason: Option<String>,
    note: Option<String>,
    plate_typed: Option<String>,
}

/// A related case.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelatedView {
    id: String,
    number: String,
    at: Moment,
    place_vi: String,
    why_vi: String,
    why_en: String,
}

/// What is related.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct RelatedViews {
    /// The same act.
    duplicates: Vec<RelatedView>,
    /// Signs of a plate on two vehicles.
    clones: Vec<RelatedView>,
}

/// A step.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepView {
    at: Moment,
    actor: String,
    role: String,
    what: String,
    reason: Option<String>,
    hash: String,
}

/// Somebody wants it void.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoidView {
    by: String,
    at: Option<Moment>,
    reason: Option<String>,
}

/// One case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseDetail {
    #[serde(flatten)]
    row: CaseView,
    moments: Vec<MomentView>,
    /// What the signals showed.
    timeline: Value,
    evidence: Vec<FileView>,
    clip: Option<ClipView>,
    overlay: Option<String>,
    picture: [u32; 2],
    /// Null until this account has typed the plate.
    reading: Option<Value>,
    plate_confirmed: Option<String>,
    /// Null until this account has typed the plate.
    owner: Option<OwnerView>,
    measured: Option<Value>,
    doubts: Vec<String>,
    limits_vi: String,
    limits_en: String,
    time: TimeView,
    device: Option<Value>,
    scene: Option<Value>,
    ground: Option<Value>,
    models: Value,
    made_by: String,
    source: String,
    gate: GateReport,
    law: Vec<LawView>,
    law_version: Option<String>,
    proposed_behaviour: Option<String>,
    review: ReviewView,
    /// Null while the account is blind.
    earlier_answers: Option<Vec<AnswerView>>,
    related: RelatedViews,
    /// While the account is blind: what central itself did.
    log: Vec<StepView>,
    void: Option<VoidView>,
    /// Whether nothing of it is deleted.
    legal_hold: bool,
    handling_id: Option<String>,
}

/// One case. Each look is written to the audit log first.
#[utoipa::path(get, path = "/cases/{id}", tag = "cases", params(("id" = String, Path, description = "Case")),
    responses((status = 200, body = CaseDetail), (status = 404, body = Problem)))]
pub async fn read(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Json<CaseDetail>, Problem> {
    let case = seen(&app, &viewer, &id).await?;
    let mut look = viewer.does("case.view").on("case", &case.case_id);
    look.purpose = Some("review".to_owned());
    app.store.audit(&look).await?;
    let (cases, now_ms, state) = (app.store.cases(), now_ms(), case.state()?);
    let claim = cases.claim_of(&id).await?;
    let answers = cases.answers(&id).await?;
    let seat = seat((&viewer.username, viewer.role), &case, state, claim.as_ref(), &answers, now_ms);
    let holder = claim.as_ref().filter(|claim| now_ms < claim.lease_until_ms);
    let shown = Shown { plate: seat.plate, blind: seat.blind, holder: holder.map(|claim| claim.username.as_str()) };
    let row = CaseView::of(&case, &viewer, shown, now_ms)?;
    let violation = case.violation()?.filter(|_| !hidden(state));
    let mine = claim.as_ref().filter(|_| seat.mine);
    let played = PlayedView::of(&case, mine)?;
    let why_not = may(&app, &viewer, &case, &answers, now_ms).await?.err().map(Refusal::code);
    let owner = match &seat.typed {
        Some(plate) => cases.lookup(&id, plate).await?.map(|lookup| lookup.owner(&app.data_key)).transpose()?.flatten(),
        None => None,
    };
    let gate = case.gate()?.unwrap_or_default();
    let device = match case.device_version {
        Some(version) => cases.device_version(&case.site, &case.camera, version).await?,
        None => None,
    };
    let steps = cases.log(&id).await?;
    let related = related(&app, &viewer, &case).await?;
    let files = files(&app, &case, hidden(state)).await?;
    let law = law(&app, &case);
    let file = |role: EvidenceRole| {
        let word = role_word(role);
        files.iter().find(|one| one.role == word).map(|one| one.sha256.clone())
    };
    let facts = Kind::parse(&case.kind).and_then(Kind::facts);
    Ok(Json(CaseDetail {
        moments: violation.as_ref().map(moments).unwrap_or_default(),
        timeline: violation.as_ref().map_or(Value::Array(Vec::new()), |one| serde_json::json!(one.timeline)),
        clip: violation.as_ref().and_then(|one| one.clip.as_ref()).zip(file(EvidenceRole::Clip)).map(|(clip, sha256)| ClipView {
            sha256,
            from: Moment(clip.from.as_millisecond()),
            to: Moment(clip.to.as_millisecond()),
            codec: clip.codec.clone(),
            original: clip.original,
            stream_s: clip.stream_s,
        }),
        overlay: file(EvidenceRole::Overlay),
        picture: violation.as_ref().map_or([0, 0], |one| one.picture),
        reading: violation.as_ref().and_then(|one| one.reading.as_ref()).filter(|_| seat.plate).map(|one| serde_json::json!(one)),
        plate_confirmed: seat.typed.clone(),
        owner: owner.map(|owner| masking::view(&owner, viewer.role, viewer.language.pick(true, false))),
        measured: violation.as_ref().and_then(|one| one.measured.as_ref()).map(|one| serde_json::json!(one)),
        doubts: violation.as_ref().map(|one| one.doubts.clone()).unwrap_or_default(),
        limits_vi: facts.map(|facts| facts.limits_vi.clone()).unwrap_or_default(),
        limits_en: facts.map(|facts| facts.limits_en.clone()).unwrap_or_default(),
        time: TimeView {
            at: Moment(case.at_ms),
            uncertainty_ms: case.uncertainty_ms,
            source: case.time_source.clone(),
            clock: violation.as_ref().map_or(Value::Null, |one| serde_json::json!(one.clock)),
        },
        device: device.map(|row| super::devices::flat(&row)).transpose()?,
        scene: violation.as_ref().map(|one| serde_json::json!({ "version": one.scene.version })),
        ground: violation.as_ref().and_then(|one| one.ground.as_ref()).map(|one| serde_json::json!(one)),
        models: serde_json::from_str(&case.models).unwrap_or_default(),
        made_by: violation.as_ref().map(|one| one.made_by.clone()).unwrap_or_default(),
        source: case.source.clone(),
        law_version: case.law_version.clone(),
        proposed_behaviour: case.behaviour.clone(),
        review: ReviewView {
            round: case.round,
            may: why_not.is_none(),
            why_not,
            may_decide: seat.mine && why_not.is_none() && played.enough() && seat.typed.is_some() && gate.admissible,
            played,
        },
        earlier_answers: earlier(&seat, state, &viewer, &answers),
        log: log(&seat, steps),
        void: case.void_by.clone().map(|by| VoidView {
            by,
            at: case.void_at_ms.map(Moment),
            reason: case.void_reason.clone(),
        }),
        legal_hold: case.hold_by.is_some(),
        handling_id: case.handling_id.clone(),
        evidence: files,
        gate,
        law,
        related,
        row,
    }))
}

/// Whether the account may take the case, as the review says it.
async fn may(
    app: &app::State,
    viewer: &Viewer,
    case: &CaseRow,
    answers: &[AnswerRow],
    now_ms: i64,
) -> Result<Result<State, Refusal>, Problem> {
    use crate::cases::review::{Answered, Facts, may_claim};
    let (person, _) = person(app, viewer);
    let cases = app.store.cases();
    let facts = Facts {
        state: case.state()?,
        second: case.second == 1,
        admissible: case.seeded == 1 || case.gate()?.is_some_and(|gate| gate.admissible),
        claim: cases.claim_of(&case.case_id).await?,
        answers: answers
            .iter()
            .map(|answer| Answered {
                username: answer.username.clone(),
                round: answer.round,
                decision: crate::cases::state::Decision::Reject,
                plate: None,
                behaviour: None,
            })
            .collect(),
        needed_ms: 0,
        pictures: std::collections::BTreeSet::new(),
        own_plates: cases.own_plates(&viewer.username).await?,
        plate: case.plate.clone(),
    };
    Ok(may_claim(&facts, &person, now_ms))
}

fn role_word(role: EvidenceRole) -> String {
    serde_json::to_value(role).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

async fn files(app: &app::State, case: &CaseRow, hidden: bool) -> Result<Vec<FileView>, Problem> {
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

fn moments(violation: &Violation) -> Vec<MomentView> {
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

/// The behaviours that the kind can be, the proposed one first.
fn law(app: &app::State, case: &CaseRow) -> Vec<LawView> {
    let version = case.law_version.as_deref().and_then(|version| version.parse().ok());
    let law = version.and_then(|version| app.laws.version(version)).unwrap_or_else(|| app.laws.on(crate::law::day_of(now())));
    let day = crate::law::day_of(case.at());
    let vehicle = law.vehicle_of(&case.class, day).unwrap_or_default();
    let mut keys: Vec<&str> = case.behaviour.as_deref().into_iter().collect();
    for row in crate::law::on_day(&law.edition().kinds, day) {
        if row.kind == case.kind && row.vehicle == vehicle && !keys.contains(&row.behaviour.as_str()) {
            keys.push(&row.behaviour);
        }
    }
    keys.into_iter().filter_map(|key| law.behaviour(key, day)).map(LawView::of).collect()
}

/// Answers of others; one's own only as long as the case is open to others.
fn earlier(seat: &Seat, state: State, viewer: &Viewer, answers: &[AnswerRow]) -> Option<Vec<AnswerView>> {
    if seat.blind {
        return None;
    }
    let all = viewer.role == Role::PoliceSigner || !state.is_open() || state == State::Review3;
    let view = |answer: &AnswerRow| AnswerView {
        round: answer.round,
        by: answer.username.clone(),
        at: Moment(answer.at_ms),
        decision: answer.decision.clone(),
        behaviour: answer.behaviour.clone(),
        reason: answer.reason.clone(),
        note: answer.note.clone(),
        plate_typed: answer.plate_typed.clone(),
    };
    Some(answers.iter().filter(|_| all).map(view).collect())
}

fn log(seat: &Seat, steps: Vec<StepRow>) -> Vec<StepView> {
    let view = |step: StepRow| StepView {
        at: Moment(step.at_ms),
        actor: step.actor,
        role: step.role,
        what: step.what,
        reason: step.reason,
        hash: step.hash,
    };
    steps.into_iter().filter(|step| !seat.blind || step.actor == "system").map(view).collect()
}

async fn related(app: &app::State, viewer: &Viewer, case: &CaseRow) -> Result<RelatedViews, Problem> {
    let mut views = RelatedViews::default();
    let related = case.related()?;
    for id in &related.duplicates {
        let Some(other) = app.store.cases().get(id).await?.filter(|other| viewer.scope.sees(&other.site)) else { continue };
        let seconds = (other.at_ms - case.at_ms).abs() / 1000;
        views.duplicates.push(RelatedView {
            id: other.case_id,
            number: other.number,
            at: Moment(other.at_ms),
            place_vi: other.place_vi,
            why_vi: format!("Cùng xe, cùng hành vi, cách {seconds} giây."),
            why_en: format!("The same vehicle and act, {seconds} s apart."),
        });
    }
    views.clones = related
        .clones
        .into_iter()
        .map(|sign| RelatedView {
            id: sign.code,
            number: String::new(),
            at: Moment(sign.at_ms.unwrap_or(case.at_ms)),
            place_vi: String::new(),
            why_vi: sign.vi,
            why_en: sign.en,
        })
        .collect();
    Ok(views)
}
