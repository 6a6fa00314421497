//! What is known when a paper is made.

use jiff::Timestamp;
use wire::EvidenceRole;

use crate::app::State;
use crate::cases::device::{DeviceRecord, type_of};
use crate::config;
use crate::documents::IssueError;
use crate::handling::record::{Answer, Handling};
use crate::law::Law;
use crate::store::handling::Person;

/// What a paper is made of, as far as the caller has it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub h: &'a Handling,
    pub paper: &'a str,
    pub at: Timestamp,
    pub person: &'a Option<Person>,
    pub code: &'a Option<String>,
}

/// An account as papers name it.
#[derive(Debug, Clone)]
pub struct Account {
    /// Account.
    pub username: String,
    /// Name.
    pub name: String,
    /// Post, by the law's table of caps; none without a rank.
    pub title: Option<String>,
}

/// A file of evidence as papers list it.
#[derive(Debug, Clone)]
pub struct File {
    /// What it is, and of which case.
    pub name: String,
    /// SHA-256.
    pub sha256: String,
}

/// Everything.
#[derive(Debug)]
pub struct Sources<'a> {
    pub h: &'a Handling,
    /// The version that the handling keeps.
    pub law: Law,
    /// The version in force when the paper is made: deadlines, calendar, posts.
    pub today: Law,
    pub settings: &'a config::Handling,
    pub public_url: &'a str,
    pub at: Timestamp,
    pub person: Option<&'a Person>,
    pub code: Option<&'a str>,
    pub signer: Option<Account>,
    pub drafter: Option<Account>,
    /// Records of the devices behind the acts, each once.
    pub devices: Vec<DeviceRecord>,
    /// Names of the people who were trained to use them.
    pub users: Vec<String>,
    pub files: Vec<File>,
    /// What whoever is liable said, in each handling that was joined.
    pub statement: Option<String>,
}

impl<'a> Sources<'a> {
    /// Gathers what a paper needs.
    pub async fn gather(state: &'a State, asked: Asked<'a>) -> Result<Self, IssueError> {
        let Asked { h, paper, at, person, code } = asked;
        let law = crate::handling::desk::law_of(&state.laws, h);
        let (signer, drafter) = people(h, paper);
        let today = state.laws.on(crate::law::day_of(at));
        let signer = account(state, &today, signer).await?;
        let drafter = account(state, &today, drafter).await?;
        let mut sources = Self {
            h,
            settings: &state.config.handling,
            public_url: state.config.documents.public_url.trim_end_matches('/'),
            at,
            person: person.as_ref(),
            code: code.as_deref(),
            signer,
            drafter,
            devices: Vec::new(),
            users: Vec::new(),
            files: Vec::new(),
            statement: None,
            law,
            today,
        };
        if matches!(paper, "minutes" | "transfer") {
            sources.of_cases(state).await?;
        }
        if paper == "minutes" {
            sources.statement = statement(state, h).await?;
        }
        Ok(sources)
    }

    /// Evidence of the cases, and the devices behind it as they were approved at that moment.
    async fn of_cases(&mut self, state: &State) -> Result<(), IssueError> {
        let cases = state.store.cases();
        for act in self.h.live_acts() {
            if let Some(case) = cases.get(&act.case_id).await? {
                for file in case.evidence()? {
                    let name = format!("{} (vụ việc {})", role_vi(file.role), act.case_number);
                    self.files.push(File { name, sha256: file.sha256.to_string() });
                }
            }
            let device = cases.device_at(&act.site, &act.camera, act.at.as_millisecond()).await?;
            let Some(device) = device.map(|row| row.record()).transpose()? else { continue };
            for username in &device.trained_users {
                let user = state.store.user_by_name(username).await?;
                let name = user.map_or_else(|| username.clone(), |user| user.display_name);
                if !self.users.contains(&name) {
                    self.users.push(name);
                }
            }
            if !self.devices.contains(&device) {
                self.devices.push(device);
            }
        }
        Ok(())
    }

    /// Name of who signs; empty when there is no such account.
    pub fn signer_name(&self) -> &str {
        self.signer.as_ref().map_or("", |account| account.name.as_str())
    }
}

/// Kind and model of a device.
pub fn device_vi(device: &DeviceRecord) -> String {
    let kind = type_of(&device.kind).map_or("", |kind| kind.title_vi.as_str());
    format!("{kind} {}", device.model).trim().to_owned()
}

/// Accounts of who signed and who drafted a paper. What follows from a paper by law, without another decision of anybody, carries the
/// name of who signed that paper.
fn people<'a>(h: &'a Handling, paper: &str) -> (Option<&'a str>, Option<&'a str>) {
    let of = |paper: &'a Option<crate::handling::record::Paper>| {
        let paper = paper.as_ref();
        (paper.and_then(|one| one.signed_by.as_deref()), paper.map(|one| one.drafted_by.as_str()))
    };
    match paper {
        "notice" | "commune" => of(&h.notice),
        "minutes" => of(&h.minutes),
        "transfer" => {
            let transfer = h.transfer.as_ref();
            (transfer.and_then(|one| one.signed_by.as_deref()), transfer.map(|one| one.by.as_str()))
        }
        _ => of(&h.decision),
    }
}

async fn account(state: &State, law: &Law, username: Option<&str>) -> Result<Option<Account>, IssueError> {
    let Some(username) = username else { return Ok(None) };
    let user = state.store.user_by_name(username).await?;
    Ok(user.map(|user| {
        let rank = user.rank.as_deref();
        let row = rank.and_then(|rank| law.edition().caps.iter().find(|cap| cap.role == rank));
        Account {
            username: username.to_owned(),
            name: user.display_name,
            title: row.map(|cap| cap.title_vi.clone()),
        }
    }))
}

/// The violator's own words, or what was recorded of them.
async fn statement(state: &State, h: &Handling) -> Result<Option<String>, IssueError> {
    let texts = state.store.handling_answers(&state.data_key, &h.id).await?;
    Ok(Some(said(h, &texts)))
}

/// Every answer of whoever is liable now, the first one first: joined handlings bring theirs along.
fn said(h: &Handling, texts: &[(i64, String)]) -> String {
    let mut ours: Vec<_> = h.answers.iter().filter(|answer| answer.party == h.liable).collect();
    ours.sort_by_key(|answer| answer.at);
    let words: Vec<String> = ours.into_iter().map(|answer| words_of(answer, texts)).collect();
    if words.is_empty() {
        return "Không có ý kiến, không đến giải quyết theo thông báo".to_owned();
    }
    words.join("; ")
}

/// One answer in the words of the minutes.
fn words_of(answer: &Answer, texts: &[(i64, String)]) -> String {
    let text = texts.iter().find(|(n, _)| *n == i64::from(answer.n)).map(|(_, text)| text.as_str());
    let words = match answer.kind.as_str() {
        "acknowledged" => "Xác nhận hành vi vi phạm đã được thông báo",
        "driver" => "Đã nêu người khác là người điều khiển phương tiện",
        "dispute" => "Không đồng ý",
        "transfer" => "Báo đã chuyển quyền đối với phương tiện",
        _ => "Đã giải trình",
    };
    // A sentence of the template follows: it ends with its own full stop.
    let text = text.map(|text| text.trim().trim_end_matches('.').to_owned()).filter(|text| !text.is_empty());
    text.map_or_else(|| words.to_owned(), |text| format!("{words}: {text}"))
}

fn role_vi(role: EvidenceRole) -> &'static str {
    match role {
        EvidenceRole::Overview => "Ảnh toàn cảnh",
        EvidenceRole::Vehicle => "Ảnh phương tiện",
        EvidenceRole::Plate => "Ảnh biển số",
        EvidenceRole::Act => "Ảnh hành vi",
        EvidenceRole::Clip => "Đoạn ghi hình",
        EvidenceRole::Overlay => "Dữ liệu vị trí phương tiện trong hình",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::handling::tests::Play;

    #[test]
    fn the_minutes_hold_every_answer_of_whoever_is_liable() {
        let mut play = Play::new("car.red_light", "car").noticed();
        assert!(said(&play.h, &[]).starts_with("Không có ý kiến"));
        play.citizen("dispute", json!({}));
        let mut joined = play.h.answers[0].clone();
        (joined.n, joined.kind) = (2, "acknowledged".to_owned());
        let foreign = Answer { n: 3, party: Some(9), ..joined.clone() };
        play.h.answers.extend([joined, foreign]);
        let texts = [(1, "Đèn còn xanh. ".to_owned()), (3, "của người khác".to_owned())];
        assert_eq!(
            said(&play.h, &texts),
            "Không đồng ý: Đèn còn xanh; Xác nhận hành vi vi phạm đã được thông báo"
        );
    }
}
