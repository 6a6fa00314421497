//! What a session may see: cases in which its person was noticed.

use jiff::Timestamp;
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
    /// The handling that goes on with it.
    pub h: Handling,
    /// Which party of it the citizen is.
    pub party: u32,
    /// Liable or not any more.
    pub standing: Standing,
    /// The paper that shows it was of another handling, which was joined into that one.
    pub joined: Option<Joined>,
}

/// A handling was joined into another one.
#[derive(Debug, Clone)]
pub struct Joined {
    /// Number of the one that goes on.
    pub number: String,
    /// When.
    pub at: Timestamp,
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

/// Handlings whose papers a session may hold, and which party of each it is.
async fn papers(web: &Web, citizen: &CitizenRow) -> Result<Vec<(String, u32)>, Problem> {
    let coded = citizen.handling_id.clone().zip(citizen.party.and_then(|party| u32::try_from(party).ok()));
    Ok(match &citizen.id_digest {
        Some(digest) => web.app.store.citizen_handlings(digest).await?,
        None => coded.into_iter().collect(),
    })
}

/// The best standing of some parties: somebody may have been owner first and then the driver.
fn best(h: &Handling, parties: &[u32]) -> Option<(u32, Standing)> {
    let all: Vec<_> = parties.iter().filter_map(|party| Some((*party, standing(h, *party)?))).collect();
    all.iter().find(|(_, standing)| *standing == Standing::Liable).or(all.last()).copied()
}

/// A case as the session's papers show it. A paper of a handling that was joined into another one still shows the cases that it was
/// about, and no others: as whoever is the same person there, else as somebody who has answered.
async fn own(web: &Web, papers: &[(String, u32)], case: CaseRow) -> Result<Option<Own>, Problem> {
    let store = &web.app.store;
    let Some(h) = store.handling(&case.handling_id).await? else { return Ok(None) };
    let parties: Vec<u32> = papers.iter().filter(|(id, _)| *id == h.id).map(|(_, party)| *party).collect();
    if let Some((party, standing)) = best(&h, &parties) {
        return Ok(Some(Own { case, h, party, standing, joined: None }));
    }
    for (id, party) in papers.iter().filter(|(id, _)| *id != h.id) {
        let Some(paper) = store.handling(id).await? else { continue };
        let about = paper.acts.iter().any(|act| act.case_id == case.case_id);
        let Some(at) = paper.ended_at.filter(|_| about && paper.joined_into.is_some()) else { continue };
        let joined = Some(Joined { number: h.number.clone(), at });
        let there = match store.party_digest(id, *party).await? {
            Some(digest) => store.citizen_parties(&h.id, &digest).await?,
            None => Vec::new(),
        };
        if let Some((party, standing)) = best(&h, &there) {
            return Ok(Some(Own { case, h, party, standing, joined }));
        }
        if standing(&paper, *party).is_some() {
            return Ok(Some(Own { case, h: paper, party: *party, standing: Standing::Former, joined }));
        }
    }
    Ok(None)
}

/// Every case of one's own, the newest first.
pub async fn all(web: &Web, citizen: &CitizenRow) -> Result<Vec<Own>, Problem> {
    let store = &web.app.store;
    let papers = papers(web, citizen).await?;
    let mut found: Vec<(Timestamp, Own)> = Vec::new();
    for (id, _) in &papers {
        let Some(paper) = store.handling(id).await? else { continue };
        for act in &paper.acts {
            // Owner and then driver, or joined handlings: two papers, one case.
            if found.iter().any(|(_, one)| one.case.case_id == act.case_id) {
                continue;
            }
            let Some(case) = store.citizen_case(&act.case_id).await? else { continue };
            if let Some(own) = own(web, &papers, case).await? {
                found.push((act.at, own));
            }
        }
    }
    found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(found.into_iter().map(|(_, own)| own).collect())
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
    // What cannot be a name is looked up like one that can.
    let name = Some(typed.to_ascii_lowercase()).filter(|name| name.len() <= 32).unwrap_or_default();
    let Some(case) = web.app.store.case_by_ref(&name).await? else { return Ok(None) };
    own(web, &papers(web, citizen).await?, case).await
}
