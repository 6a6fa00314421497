//! Handlings: list, file, steps, joining, figures, map, callbacks of other systems.

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Web;
use super::access::Viewer;
use super::problem::Problem;
use crate::auth::Role;
use crate::handling::{Actor, Handling, Refusal, Who};

mod actions;
mod callbacks;
mod detail;
mod figures;
mod list;
mod map;
mod papers;

pub(super) use actions::deed;

/// Their routes.
pub fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(list::list, actions::join))
        .routes(routes!(map::map))
        .routes(routes!(detail::read))
        .routes(routes!(detail::attachment))
        .routes(routes!(actions::act))
        .routes(routes!(papers::read))
        .routes(routes!(papers::draft))
        .routes(routes!(figures::read))
        .routes(routes!(callbacks::vneid))
        .routes(routes!(callbacks::post))
        .routes(routes!(callbacks::dvcqg))
}

/// A handling that the account sees; one of another site is as if it were not there.
async fn seen(web: &Web, viewer: &Viewer, id: &str) -> Result<Handling, Problem> {
    let missing = || Problem::not_found("handling");
    let h = web.app.store.handling(id).await?.ok_or_else(missing)?;
    if viewer.scope.sees(&h.site) { Ok(h) } else { Err(missing()) }
}

/// Whether known cases measure this account: it counts them like any other, or it would find them by what its figures leave out.
fn is_measured(viewer: &Viewer) -> bool {
    viewer.role == Role::TrafficPolice
}

/// The account as the machine knows it; none for roles that take no step.
fn actor(web: &Web, viewer: &Viewer) -> Option<Actor> {
    let who = match viewer.role {
        Role::TrafficPolice => Who::Officer,
        Role::PoliceSigner => Who::Signer,
        _ => return None,
    };
    Some(Actor {
        name: viewer.username.clone(),
        who,
        rank: viewer.rank.clone(),
        unit: web.app.config.handling.unit.clone(),
    })
}

/// A refusal of the machine as a problem: what another state or account could do is 409, what is wrong with the fields 422.
pub(super) fn refused(refusal: Refusal) -> Problem {
    let Refusal { code, vi, en } = refusal;
    let path = if code == "bad_fields" { "fields" } else { "action" };
    let trouble = crate::gates::document::Trouble { path: path.to_owned(), code, vi, en: en.clone() };
    let problem = match code {
        "bad_fields" | "law_missing" | "unknown_action" => Problem::unacceptable(code, en),
        "not_yours" | "own_draft" | "own_request" | "own_review" | "over_cap" | "no_rank" => {
            Problem::new(axum::http::StatusCode::FORBIDDEN, code, en)
        }
        _ => Problem::new(axum::http::StatusCode::CONFLICT, code, en),
    };
    problem.with_problems(vec![trouble])
}
