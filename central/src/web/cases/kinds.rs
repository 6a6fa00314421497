//! Kinds of violations with what each needs.

use serde::Serialize;
use utoipa::ToSchema;

use crate::web::access::Viewer;
use crate::web::extract::Json;

/// What is known about a kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindView {
    kind: &'static str,
    vi: &'static str,
    en: &'static str,
    /// What a case of it must bring along.
    needs: Vec<&'static str>,
    /// Moments that must be among a case's.
    moments: &'static [String],
    /// Least length of the clip, seconds.
    clip_s: u32,
    /// Whether it may lead to a case at all.
    evidence: bool,
    /// Whether two people must agree.
    serious: bool,
    /// What the rule cannot know.
    limits_vi: &'static str,
    limits_en: &'static str,
}

/// Every kind of violation.
#[utoipa::path(get, path = "/violation-kinds", tag = "cases", responses((status = 200, body = Vec<KindView>)))]
pub async fn list(_viewer: Viewer) -> Json<Vec<KindView>> {
    let view = |facts: &'static wire::violation::KindFacts| KindView {
        kind: facts.kind.as_str(),
        vi: &facts.vi,
        en: &facts.en,
        needs: facts.needs.iter().map(|need| need.as_str()).collect(),
        moments: &facts.moments,
        clip_s: facts.clip_s,
        evidence: facts.evidence,
        serious: facts.serious,
        limits_vi: &facts.limits_vi,
        limits_en: &facts.limits_en,
    };
    Json(wire::violation::kinds().iter().map(view).collect())
}
