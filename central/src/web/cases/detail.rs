//! One case, as far as the account may see it.

use std::collections::BTreeSet;

use axum::extract::State as Extract;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wire::EvidenceRole;
use wire::violation::Kind;

use super::course::{self, AnswerView, NoHandling, RelatedViews, ReviewView, StepView, VoidView};
use super::list::{CaseView, Shown};
use super::seat::{Seat, Work, hidden, seat};
use super::showing::{self, ClipView, FileView, LawView, MomentView, TimeView};
use super::{person, seen};
use crate::app;
use crate::cases::gate::GateReport;
use crate::cases::review::{Answered, Facts, Refusal, may_claim};
use crate::cases::state::{Decision, State};
use crate::masking::{self, OwnerView};
use crate::matching::registry::RegisteredVehicle;
use crate::store::cases::CaseRow;
use crate::store::cases::review::AnswerRow;
use crate::web::access::Viewer;
use crate::web::extract::{Json, Path};
use crate::web::now_ms;
use crate::web::problem::Problem;

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
    /// Null until this account has typed the plate; of a duplicate: in the case that it doubles.
    reading: Option<Value>,
    plate_confirmed: Option<String>,
    /// Null until this account has typed the plate.
    owner: Option<OwnerView>,
    /// The vehicle as registered, for whoever sees the owner: make, model and colour are set beside the picture.
    registered: Option<RegisteredVehicle>,
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
    /// Number of the first step of the log that does not fit to the one before; null while the log is whole.
    chain_broken_at: Option<i64>,
    void: Option<VoidView>,
    /// Whether nothing of it is deleted.
    legal_hold: bool,
    handling_id: Option<String>,
    /// Why a confirmed case gets no handling; null otherwise.
    no_handling: Option<NoHandling>,
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
    let (now_ms, state) = (now_ms(), case.state()?);
    let work = work(&app, &id).await?;
    let doubled = match &case.duplicate_of {
        Some(earlier) => Some(self::work(&app, earlier).await?),
        None => None,
    };
    let seat = seat((&viewer.username, viewer.role), (&case, state), &work, doubled.as_ref(), now_ms);
    Ok(Json(shown(&app, &viewer, &case, At { seat, work, state, now_ms }).await?))
}

async fn work(app: &app::State, id: &str) -> Result<Work, Problem> {
    let cases = app.store.cases();
    Ok(Work { claim: cases.claim_of(id).await?, answers: cases.answers(id).await? })
}

/// Where the account stands to a case now.
struct At {
    seat: Seat,
    work: Work,
    state: State,
    now_ms: i64,
}

async fn shown(app: &app::State, viewer: &Viewer, case: &CaseRow, at: At) -> Result<CaseDetail, Problem> {
    let cases = app.store.cases();
    let holder = at.work.claim.as_ref().filter(|claim| at.now_ms < claim.lease_until_ms);
    let shown = Shown {
        plate: at.seat.plate,
        blind: at.seat.blind,
        holder: holder.map(|claim| claim.username.as_str()),
    };
    let why_not = may(app, viewer, case, &at).await?.err();
    let gate = case.gate()?.unwrap_or_default();
    let device = match case.device_version {
        Some(version) => cases.device_version(&case.site, &case.camera, version).await?,
        None => None,
    };
    // Of what is not evidence nothing is shown but that it is none.
    let violation = case.violation()?.filter(|_| !hidden(at.state));
    let violation = violation.as_ref();
    let files = showing::files(app, case, hidden(at.state)).await?;
    let facts = Kind::parse(&case.kind).and_then(Kind::facts);
    let json = |value: Option<Value>| value.filter(|value| !value.is_null());
    let (owner, registered) = owner(app, viewer, case, &at.seat).await?;
    Ok(CaseDetail {
        moments: violation.map(showing::moments).unwrap_or_default(),
        timeline: violation.map_or(Value::Array(Vec::new()), |one| serde_json::json!(one.timeline)),
        clip: violation.and_then(|one| ClipView::of(one, &files)),
        overlay: showing::file_of(&files, EvidenceRole::Overlay),
        picture: violation.map_or([0, 0], |one| one.picture),
        reading: json(violation.filter(|_| at.seat.plate).map(|one| serde_json::json!(one.reading))),
        plate_confirmed: at.seat.typed.clone(),
        owner,
        registered,
        measured: json(violation.map(|one| serde_json::json!(one.measured))),
        doubts: violation.map(|one| one.doubts.clone()).unwrap_or_default(),
        limits_vi: facts.map(|facts| facts.limits_vi.clone()).unwrap_or_default(),
        limits_en: facts.map(|facts| facts.limits_en.clone()).unwrap_or_default(),
        time: TimeView::of(case, violation),
        device: device.map(|row| super::devices::flat(&row)).transpose()?,
        scene: violation.map(|one| serde_json::json!({ "version": one.scene.version })),
        ground: json(violation.map(|one| serde_json::json!(one.ground))),
        models: serde_json::from_str(&case.models).unwrap_or_default(),
        made_by: violation.map(|one| one.made_by.clone()).unwrap_or_default(),
        source: case.source.clone(),
        law: showing::law(app, case, at.state.is_open()),
        law_version: case.law_version.clone(),
        proposed_behaviour: case.behaviour.clone(),
        review: ReviewView::of(case, &at.seat, at.work.claim.as_ref(), (why_not, gate.admissible))?,
        earlier_answers: course::earlier(&at.seat, at.state, viewer, &at.work.answers),
        related: course::related(app, viewer, case).await?,
        log: course::log(&at.seat, cases.log(&case.case_id).await?),
        chain_broken_at: cases.log_break(&case.case_id).await?,
        void: VoidView::of(case, &at.seat, viewer),
        legal_hold: case.hold_by.is_some(),
        handling_id: case.handling_id.clone(),
        no_handling: NoHandling::of(case, at.state),
        row: CaseView::of(case, viewer, shown, at.now_ms)?,
        evidence: files,
        gate,
    })
}

/// The owner at the moment of the act and the vehicle as registered, for whoever has typed the plate.
async fn owner(
    app: &app::State,
    viewer: &Viewer,
    case: &CaseRow,
    seat: &Seat,
) -> Result<(Option<OwnerView>, Option<RegisteredVehicle>), Problem> {
    let Some(plate) = &seat.typed else { return Ok((None, None)) };
    let Some(lookup) = app.store.cases().lookup(&case.case_id, plate).await? else { return Ok((None, None)) };
    let owner = lookup.owner(&app.data_key)?;
    let owner = owner.map(|owner| masking::view(&owner, viewer.role, viewer.language.pick(true, false)));
    Ok((owner, lookup.registered()))
}

/// Whether the account may take the case, as the review says it.
async fn may(
    app: &app::State,
    viewer: &Viewer,
    case: &CaseRow,
    at: &At,
) -> Result<Result<State, Refusal>, Problem> {
    let (person, _) = person(app, viewer);
    // Who answered decides whether one may take it; what they answered does not.
    let answered = |answer: &AnswerRow| Answered {
        username: answer.username.clone(),
        round: answer.round,
        decision: Decision::Reject,
        plate: None,
        behaviour: None,
    };
    let facts = Facts {
        state: at.state,
        second: case.second == 1,
        admissible: case.seeded == 1 || case.gate()?.is_some_and(|gate| gate.admissible),
        claim: at.work.claim.clone(),
        answers: at.work.answers.iter().map(answered).collect(),
        needed_ms: 0,
        pictures: BTreeSet::new(),
        own_plates: app.store.cases().own_plates(&viewer.username).await?,
        plate: case.plate.clone(),
        looked_up: false,
    };
    Ok(may_claim(&facts, &person, at.now_ms))
}
