//! The reviewer's desk: take a case, play it, type the plate, answer.

use axum::extract::State as Extract;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wire::plate::{Hint, parse};

use super::{now, person, refused, seen};
use crate::app;
use crate::cases::review::{Claim, Refusal, Wanted};
use crate::cases::state::{Actor, Decision};
use crate::cases::{flags, intact, owner};
use crate::masking::{self, OwnerView};
use crate::matching::registry::{Finding, RegisteredVehicle};
use crate::notify::Change;
use crate::store::cases::CaseRow;
use crate::store::cases::review::{Typed, to_see};
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Path, Query};
use crate::web::problem::Problem;
use crate::web::{Web, now_ms};

/// For how long a case is held.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimView {
    until: Moment,
    by: String,
}

/// Takes a case for a while. Any work on it renews the time.
#[utoipa::path(post, path = "/cases/{id}/claim", tag = "cases", params(("id" = String, Path, description = "Case")),
    responses((status = 200, body = ClaimView), (status = 404, body = Problem),
        (status = 409, description = "`not_your_turn`, `own_first_review`, `not_admissible`, `closed`", body = Problem)))]
pub async fn claim(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Json<ClaimView>, Problem> {
    let case = seen(&app, &viewer, &id).await?;
    let (person, who) = person(&app, &viewer);
    app.store.audit(&viewer.does("case.claim").on("case", &id)).await?;
    app.store.cases().claim(&id, (&person, &who), &app.config.cases, now_ms()).await?;
    told(&app, &case);
    let claim = app.store.cases().claim_of(&id).await?.ok_or_else(|| refused(Refusal::NotYourTurn))?;
    Ok(Json(ClaimView { until: Moment(claim.lease_until_ms), by: claim.username }))
}

/// Gives a case back.
#[utoipa::path(delete, path = "/cases/{id}/claim", tag = "cases", params(("id" = String, Path, description = "Case")),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn release(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let case = seen(&app, &viewer, &id).await?;
    app.store.cases().release(&id, &viewer.username).await?;
    told(&app, &case);
    Ok(StatusCode::NO_CONTENT)
}

fn told(app: &app::State, case: &CaseRow) {
    app.hub.send(Change::Case { site: case.site.clone(), id: case.case_id.clone() });
}

/// What was looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlayedForm {
    /// How long the act was looked at since the case was taken, in total, milliseconds.
    ms: i64,
    /// Pictures that were shown, SHA-256.
    #[serde(default)]
    pictures: Vec<String>,
}

/// What was looked at, and what must be.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlayedView {
    needed_ms: i64,
    seen_ms: i64,
    pictures_needed: usize,
    pictures_seen: usize,
}

impl PlayedView {
    /// For a case and whoever has it.
    pub fn of(case: &CaseRow, claim: Option<&Claim>) -> Result<Self, Problem> {
        let (needed_ms, pictures) = to_see(case)?;
        Ok(Self {
            needed_ms,
            seen_ms: claim.map_or(0, |claim| claim.played_ms),
            pictures_needed: pictures.len(),
            pictures_seen: claim.map_or(0, |claim| claim.pictures.intersection(&pictures).count()),
        })
    }

    /// Whether everything was looked at.
    pub fn enough(&self) -> bool {
        self.seen_ms >= self.needed_ms && self.pictures_seen >= self.pictures_needed
    }
}

/// Says what was looked at. Never counts for more than the time since the case was taken.
#[utoipa::path(post, path = "/cases/{id}/played", tag = "cases", request_body = PlayedForm,
    params(("id" = String, Path, description = "Case")),
    responses((status = 200, body = PlayedView), (status = 409, description = "`not_your_turn`", body = Problem)))]
pub async fn played(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
    Json(form): Json<PlayedForm>,
) -> Result<Json<PlayedView>, Problem> {
    let case = seen(&app, &viewer, &id).await?;
    let (person, _) = person(&app, &viewer);
    let claim = app
        .store
        .cases()
        .played(&id, &person, (form.ms, &form.pictures), &app.config.cases, now_ms())
        .await?;
    Ok(Json(PlayedView::of(&case, Some(&claim))?))
}

/// A plate as the reviewer reads it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlateForm {
    /// In any notation; empty where the vehicle has none.
    plate: String,
}

/// What became of a typed plate.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlateAnswer {
    /// Whether it is the one that was read.
    r#match: bool,
    /// Canonical.
    normal: String,
    /// It contradicts the reading: type it once more, and it counts.
    again: bool,
    /// The owner at the moment of the act, as far as the role may see.
    owner: Option<OwnerView>,
    /// The vehicle as registered, to be set beside the picture.
    registered: Option<RegisteredVehicle>,
    /// The register's word.
    status: Option<String>,
    /// What does not fit.
    #[schema(value_type = Vec<Object>)]
    findings: Vec<Finding>,
}

/// Takes the typed plate; then, and never before, asks for the owner.
#[utoipa::path(post, path = "/cases/{id}/plate", tag = "cases", request_body = PlateForm,
    params(("id" = String, Path, description = "Case")),
    responses((status = 200, body = PlateAnswer), (status = 403, description = "`conflict_of_interest`", body = Problem),
        (status = 409, description = "`not_your_turn`, `one_other_plate`", body = Problem), (status = 422, description = "`bad_plate`", body = Problem)))]
pub async fn plate(
    Extract(web): Extract<Web>,
    viewer: Viewer,
    Path(id): Path<String>,
    Json(form): Json<PlateForm>,
) -> Result<Json<PlateAnswer>, Problem> {
    let app = &web.app;
    let case = seen(app, &viewer, &id).await?;
    let normal = wire::plate::normalise(&form.plate);
    let hint = Hint { vehicle: owner::vehicle_group(&case.class), ..Hint::default() };
    // Only what is accused of having no plate may have none.
    let none_to_type = normal.is_empty()
        && form.plate.trim().is_empty()
        && matches!(case.kind.as_str(), "plate_missing" | "plate_covered");
    if !none_to_type && !parse(&normal, &hint).is_valid() {
        let detail = "this is no plate that can be issued: type what the picture shows, or reject the case";
        return Err(Problem::unacceptable("bad_plate", detail));
    }
    let (person, _) = person(app, &viewer);
    let (_, typed) = app.store.cases().plate_typed(&id, &person, &normal, now_ms()).await?;
    if typed == Typed::Again {
        return Ok(Json(PlateAnswer {
            r#match: false,
            normal,
            again: true,
            owner: None,
            registered: None,
            status: None,
            findings: Vec::new(),
        }));
    }
    let mut look = viewer.does("case.owner").on("case", &id);
    look.purpose = Some(app.config.cases.owner_purpose.clone());
    app.store.audit(&look).await?;
    let lookup = owner::look_up(app, web.cases.register.as_deref(), &case, &normal, &viewer.username).await?;
    let owner = lookup.owner(&app.data_key)?;
    Ok(Json(PlateAnswer {
        r#match: typed == Typed::Fits,
        normal,
        again: false,
        owner: owner.map(|owner| masking::view(&owner, viewer.role, viewer.language.pick(true, false))),
        registered: lookup.registered(),
        status: Some(lookup.status),
        findings: serde_json::from_str(&lookup.findings).unwrap_or_default(),
    }))
}

/// An answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewForm {
    /// `approve`, `reject` or `escalate`.
    decision: Decision,
    /// Of an approval: which behaviour, one of the case's `law`; the proposed one when left out. A serious or dear one needs two people.
    #[serde(default)]
    behaviour: Option<String>,
    /// Of a rejection: a code of `GET /review/reasons`.
    #[serde(default)]
    reason: Option<String>,
    /// For an escalation, and where the reason asks for one; at most 1000 characters.
    #[serde(default)]
    note: Option<String>,
    /// Round that the account saw.
    round: i64,
}

/// What became of an answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewAnswer {
    /// State that it led to.
    state: String,
}

/// Answers a case. Where it leads is decided by the review alone: no other operation makes a case confirmed.
#[utoipa::path(post, path = "/cases/{id}/review", tag = "cases", request_body = ReviewForm,
    params(("id" = String, Path, description = "Case")),
    responses((status = 200, body = ReviewAnswer), (status = 403, description = "`conflict_of_interest`", body = Problem),
        (status = 409, description = "`not_played`, `plate_not_confirmed`, `not_admissible`, `not_your_turn`, `own_first_review`, `stale`, `closed`, `nobody_higher`, `evidence_altered`", body = Problem),
        (status = 422, description = "`unknown_reason`, `unknown_behaviour`, `note_needed`, `incomplete`", body = Problem)))]
pub async fn review(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Path(id): Path<String>,
    Json(form): Json<ReviewForm>,
) -> Result<Json<ReviewAnswer>, Problem> {
    let case = seen(&app, &viewer, &id).await?;
    let (person, who) = person(&app, &viewer);
    let wanted = wanted(&app, &case, form)?;
    if wanted.decision == Decision::Approve && !intact::check(&app, &case, now()).await? {
        return Err(altered());
    }
    let state = app.store.cases().answer(&id, (&person, &who), &wanted, &app.config.cases, now_ms()).await?;
    // Not what was answered: the log of accounts is read by those who see no case.
    app.store.audit(&viewer.does("case.review").on("case", &id)).await?;
    told(&app, &case);
    Ok(Json(ReviewAnswer { state: state.as_str().to_owned() }))
}

/// The refusal of everything that would go on upon altered evidence.
pub fn altered() -> Problem {
    let detail = "a file of this case's evidence was altered or is gone: the case is locked and nothing goes on with it";
    Problem::new(StatusCode::CONFLICT, "evidence_altered", detail)
}

/// The answer with behaviour and reason as the law knows them.
fn wanted(app: &app::State, case: &CaseRow, form: ReviewForm) -> Result<Wanted, Problem> {
    let law = app.laws.on(crate::law::day_of(now()));
    let day = crate::law::day_of(case.at());
    let note = form.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    if note.as_deref().is_some_and(|note| note.chars().count() > 1000) {
        return Err(Problem::unacceptable("bad_note", "note: at most 1000 characters"));
    }
    let behaviour = match form.decision {
        Decision::Approve => form.behaviour.or_else(|| case.behaviour.clone()),
        _ => None,
    };
    // What the kind may be and nothing else: a click must not turn a stop into weaving. The one chosen says how many people are needed.
    let chosen = match behaviour.as_deref() {
        Some(key) => {
            let rows = law.behaviours_of(&case.kind, &case.class, day);
            let row = rows.into_iter().find(|row| row.key == key);
            Some(row.ok_or_else(|| {
                let detail = "behaviour: one of those that `law` of the case names";
                Problem::unacceptable("unknown_behaviour", detail)
            })?)
        }
        None => None,
    };
    let dear = chosen.is_some_and(|row| flags::is_dear(row, &app.config.cases));
    if let (Decision::Reject, Some(code)) = (form.decision, form.reason.as_deref()) {
        let reason = law.reject_reasons(crate::law::day_of(now())).find(|reason| reason.code == code);
        match reason {
            None => {
                return Err(Problem::unacceptable(
                    "unknown_reason",
                    "reason: a code of GET /api/v1/review/reasons",
                ));
            }
            Some(reason) if reason.note_needed && note.is_none() => {
                return Err(Problem::unacceptable("note_needed", "note: this reason needs a note"));
            }
            Some(_) => {}
        }
    }
    let reason = form.reason.filter(|_| form.decision == Decision::Reject);
    Ok(Wanted { decision: form.decision, round: form.round, behaviour, dear, reason, note })
}

/// After which case.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct NextQuery {
    /// A case that is left out.
    after: Option<String>,
}

/// A case to look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct NextCase {
    id: String,
}

/// The case with the nearest deadline that this account may take; null when there is none.
#[utoipa::path(get, path = "/review/next", tag = "cases", params(NextQuery), responses((status = 200, body = Option<NextCase>)))]
pub async fn next(
    Extract(app): Extract<app::State>,
    viewer: Viewer,
    Query(query): Query<NextQuery>,
) -> Result<Json<Option<NextCase>>, Problem> {
    let (person, _) = person(&app, &viewer);
    let senior = matches!(person.actor, Actor::Account { senior: true, .. });
    let after = query.after.unwrap_or_default();
    let id = app.store.cases().next_for(&viewer.scope, (&viewer.username, senior), &after, now_ms()).await?;
    Ok(Json(id.map(|id| NextCase { id })))
}

/// Why a case may be rejected.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReasonView {
    code: String,
    title_vi: String,
    title_en: String,
    /// What it tells about: `detector`, `plate`, `scene`, `rule`, `evidence`, `law`.
    teaches: String,
    note_needed: bool,
}

/// Why cases may be rejected: data of the law.
#[utoipa::path(get, path = "/review/reasons", tag = "cases", responses((status = 200, body = Vec<ReasonView>)))]
pub async fn reasons(Extract(app): Extract<app::State>, _viewer: Viewer) -> Json<Vec<ReasonView>> {
    let today = crate::law::day_of(now());
    let law = app.laws.on(today);
    let view = |row: &crate::law::RejectReason| ReasonView {
        code: row.code.clone(),
        title_vi: row.title_vi.clone(),
        title_en: row.title_en.clone(),
        teaches: row.teaches.clone(),
        note_needed: row.note_needed,
    };
    Json(law.reject_reasons(today).map(view).collect())
}
