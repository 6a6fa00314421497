//! What a session may see: cases in which its person was noticed.

use tokio::time::Instant;

use super::ANSWER;
use crate::handling::Handling;
use crate::store::handling::CaseRow;
use crate::store::handling::citizens::CitizenRow;
use crate::web::Web;
use crate::web::problem::Problem;

/// How somebody stands to a handling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Liable, and told so.
    Liable,
    /// Was told and answered; somebody else is liable by now.
    Former,
}

/// A case of one's own.
#[derive(Debug)]
pub struct Own {
    /// The case and how the page names it.
    pub case: CaseRow,
    /// Its handling.
    pub h: Handling,
    /// Which party of it the citizen is.
    pub party: u32,
    /// Liable or not any more.
    pub standing: Standing,
}

/// How a party stands: nobody sees a case before the notice went out to them.
pub fn standing(h: &Handling, party: u32) -> Option<Standing> {
    let noticed =
        h.notice.as_ref().is_some_and(|notice| notice.party == Some(party) && notice.sent_at.is_some());
    if h.liable == Some(party) {
        return noticed.then_some(Standing::Liable);
    }
    h.answers.iter().any(|answer| answer.party == Some(party)).then_some(Standing::Former)
}

/// The parties of a handling that the session is.
async fn parties(web: &Web, citizen: &CitizenRow, handling: &str) -> Result<Vec<u32>, Problem> {
    if let Some(digest) = &citizen.id_digest {
        return Ok(web.app.store.citizen_parties(handling, digest).await?);
    }
    let coded = citizen.handling_id.as_deref() == Some(handling);
    Ok(citizen.party.filter(|_| coded).and_then(|party| u32::try_from(party).ok()).into_iter().collect())
}

/// The best standing of a session to a handling: somebody may have been owner first and then the driver.
async fn stands(web: &Web, citizen: &CitizenRow, h: &Handling) -> Result<Option<(u32, Standing)>, Problem> {
    let all = parties(web, citizen, &h.id).await?.into_iter();
    let all: Vec<_> = all.filter_map(|party| Some((party, standing(h, party)?))).collect();
    let liable = all.iter().find(|(_, standing)| *standing == Standing::Liable);
    Ok(liable.or(all.last()).copied())
}

/// Every case of one's own, the newest first.
pub async fn all(web: &Web, citizen: &CitizenRow) -> Result<Vec<Own>, Problem> {
    let store = &web.app.store;
    let rows: Vec<CaseRow> = match (&citizen.id_digest, &citizen.handling_id) {
        (Some(digest), _) => store.citizen_cases(digest).await?.into_iter().map(|(case, _)| case).collect(),
        (None, Some(handling)) => store.cases_of_handling(handling).await?.into_iter().rev().collect(),
        (None, None) => Vec::new(),
    };
    let mut own: Vec<Own> = Vec::new();
    for case in rows {
        // Owner and then driver: two parties, one case.
        if own.iter().any(|one| one.case.case_id == case.case_id) {
            continue;
        }
        let Some(h) = store.handling(&case.handling_id).await? else { continue };
        if let Some((party, standing)) = stands(web, citizen, &h).await? {
            own.push(Own { case, h, party, standing });
        }
    }
    Ok(own)
}

/// The case of a name. Whatever is wrong with the name, the answer is the same and comes at the same time.
pub async fn find(web: &Web, citizen: &CitizenRow, typed: &str) -> Result<Own, Problem> {
    let done = Instant::now() + ANSWER;
    let found = look(web, citizen, typed).await;
    if let Ok(Some(own)) = found {
        return Ok(own);
    }
    tokio::time::sleep_until(done).await;
    found?.ok_or_else(|| Problem::not_found("case"))
}

async fn look(web: &Web, citizen: &CitizenRow, typed: &str) -> Result<Option<Own>, Problem> {
    let store = &web.app.store;
    // What cannot be a name is looked up like one that can.
    let name = Some(typed.to_ascii_lowercase()).filter(|name| name.len() <= 32).unwrap_or_default();
    let Some(case) = store.case_by_ref(&name).await? else { return Ok(None) };
    let Some(h) = store.handling(&case.handling_id).await? else { return Ok(None) };
    let own = stands(web, citizen, &h).await?;
    Ok(own.map(|(party, standing)| Own { case, h, party, standing }))
}
