//! `gates.toml` (what sites ask at their gates, and their groups) and `members.csv` (whose vehicles and people are on their lists).

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use wire::Name;
use wire::identity::CitizenNumber;

use super::{SeedError, day_ms, done, text};
use crate::gates::changes;
use crate::gates::document::Document;
use crate::sealing::DataKey;
use crate::store::gates::{GroupRow, Member, PolicyRow};
use crate::store::{Store, StoreError};

/// Kinds of groups.
const KINDS: [&str; 6] = ["enterprise", "contractor", "staff", "visitors", "tour", "authority"];
/// Who made what a file says.
const BY: &str = "console";

/// What the two files say.
#[derive(Debug, Default)]
pub struct GateFiles {
    sites: Vec<SiteFile>,
    members: Vec<Member>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    sites: Vec<SiteFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteFile {
    id: String,
    #[serde(default)]
    groups: Vec<GroupFile>,
    document: Document,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupFile {
    id: Name,
    kind: String,
    name: String,
    vehicle_quota: Option<u32>,
    person_quota: Option<u32>,
    contact: Option<String>,
}

#[derive(Deserialize)]
struct MemberRow {
    id: String,
    site: String,
    group: String,
    kind: String,
    list: String,
    label: String,
    name: String,
    number: String,
    plate: String,
    vehicle_group: String,
    pin: String,
    gates: String,
    schedule: String,
    valid_from: String,
    valid_until: String,
    uses: String,
    escort: String,
    drivers: String,
    stay_minutes: String,
}

/// Reads both files of a folder; one that is not there says nothing.
pub fn read(folder: &Path, now_ms: i64) -> Result<GateFiles, SeedError> {
    let (gates, members) = (folder.join("gates.toml"), folder.join("members.csv"));
    let sites = if gates.exists() { read_gates(&gates, now_ms)? } else { Vec::new() };
    let members = if members.exists() { read_members(&members, now_ms)? } else { Vec::new() };
    Ok(GateFiles { sites, members })
}

fn read_gates(path: &Path, now_ms: i64) -> Result<Vec<SiteFile>, SeedError> {
    let file: File = toml::from_str(&text(path)?)
        .map_err(|error| SeedError::Invalid { path: path.to_owned(), problems: vec![error.to_string()] })?;
    let mut problems = Vec::new();
    for site in &file.sites {
        let groups: BTreeSet<String> = site.groups.iter().map(|group| group.id.to_string()).collect();
        for group in site.groups.iter().filter(|group| !KINDS.contains(&group.kind.as_str())) {
            let kinds = KINDS.join(", ");
            problems.push(format!(
                "site {}, group {}: kind {:?} is none of {kinds}",
                site.id, group.id, group.kind
            ));
        }
        let now = Timestamp::from_millisecond(now_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        let troubles = site.document.problems(&groups, now);
        problems.extend(troubles.iter().map(|one| format!("site {}: {}: {}", site.id, one.path, one.en)));
    }
    done(path, file.sites, problems)
}

fn read_members(path: &Path, now_ms: i64) -> Result<Vec<Member>, SeedError> {
    let text = text(path)?;
    let (mut problems, mut members) = (Vec::new(), Vec::new());
    for (at, row) in csv::Reader::from_reader(text.as_bytes()).deserialize::<MemberRow>().enumerate() {
        match row.map_err(|error| error.to_string()).and_then(|row| member(row, now_ms)) {
            Ok(member) => members.push(member),
            // Neither plate nor number is quoted: messages end up in logs.
            Err(problem) => problems.push(format!("line {}: {problem}", at + 2)),
        }
    }
    done(path, members, problems)
}

fn member(row: MemberRow, now_ms: i64) -> Result<Member, String> {
    let some = |text: String| (!text.is_empty()).then_some(text);
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    let one_of = |field: &str, value: &str, words: [&str; 2]| match words.contains(&value) {
        true => Ok(()),
        false => Err(format!("{field} {value:?} is neither {} nor {}", words[0], words[1])),
    };
    let number_of = |field: &str, text: &str| match text {
        "" => Ok(None),
        text => text
            .parse::<u32>()
            .map(|n| Some(i64::from(n)))
            .map_err(|_| format!("{field}: not a whole number")),
    };
    one_of("kind", &row.kind, ["person", "vehicle"])?;
    one_of("list", &row.list, ["allow", "block"])?;
    one_of("escort", &row.escort, ["yes", "no"])?;
    if row.id.is_empty() || row.label.is_empty() {
        return Err("id and label must not be empty".to_owned());
    }
    let plate = wire::plate::normalise(&row.plate);
    if row.kind == "vehicle" && !wire::plate::parse(&plate, &wire::plate::Hint::default()).is_valid() {
        return Err("plate is not one that can be issued".to_owned());
    }
    let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    if !row.number.is_empty() && CitizenNumber::parse(&row.number, today).is_err() {
        return Err("number is not a 12-digit identity number".to_owned());
    }
    let day = |field: &str, text: &str, later: i64| match text {
        "" => Ok(None),
        text => day_ms(field, text, later).map(Some),
    };
    Ok(Member {
        member_id: row.id.clone(),
        group_id: some(row.group),
        name: some(row.name),
        number: some(row.number),
        plate: some(plate),
        vehicle_group: some(row.vehicle_group),
        pin: some(row.pin),
        gates: words(&row.gates),
        schedule: some(row.schedule),
        valid_from_ms: day("valid_from", &row.valid_from, 0)?,
        valid_until_ms: day("valid_until", &row.valid_until, 1)?,
        uses: number_of("uses", &row.uses)?,
        escort: row.escort == "yes",
        drivers: words(&row.drivers),
        stay_minutes: number_of("stay_minutes", &row.stay_minutes)?,
        source: "import".to_owned(),
        ..Member::new(&row.site, &row.kind, &row.list, &row.label, BY, now_ms)
    })
}

/// Writes what changed. Returns how many sites have a policy document, and how many members are in the file.
pub async fn apply(
    store: &Store,
    key: &DataKey,
    files: &GateFiles,
    now_ms: i64,
) -> Result<(usize, usize), StoreError> {
    for site in &files.sites {
        put_groups(store, site, now_ms).await?;
        put_document(store, site, now_ms).await?;
    }
    let mut changed = Vec::new();
    for member in &files.members {
        let before = store.member(key, &member.member_id).await?;
        let same = before.is_some_and(|before| {
            let mut now = member.clone();
            (now.created_at_ms, now.changed_at_ms) = (before.created_at_ms, before.changed_at_ms);
            (now.created_by, now.changed_by) = (before.created_by.clone(), before.changed_by.clone());
            now == before
        });
        if !same {
            changed.push(member.clone());
        }
    }
    if !changed.is_empty() {
        store.put_members(key, &changed, now_ms).await?;
    }
    Ok((files.sites.len(), files.members.len()))
}

async fn put_groups(store: &Store, site: &SiteFile, now_ms: i64) -> Result<(), StoreError> {
    let known: BTreeMap<String, GroupRow> =
        store.groups(&site.id).await?.into_iter().map(|row| (row.group_id.clone(), row)).collect();
    for group in &site.groups {
        let row = GroupRow {
            site: site.id.clone(),
            group_id: group.id.to_string(),
            kind: group.kind.clone(),
            name: group.name.clone(),
            vehicle_quota: group.vehicle_quota.map(i64::from),
            person_quota: group.person_quota.map(i64::from),
            contact: group.contact.clone(),
            status: "active".to_owned(),
            created_at_ms: now_ms,
            created_by: BY.to_owned(),
            changed_at_ms: now_ms,
            changed_by: BY.to_owned(),
            ended_at_ms: None,
        };
        let same = known.get(group.id.as_str()).is_some_and(|old| {
            (&old.kind, &old.name, old.vehicle_quota, old.person_quota, &old.contact)
                == (&row.kind, &row.name, row.vehicle_quota, row.person_quota, &row.contact)
        });
        if !same {
            store.put_group(&row).await?;
        }
    }
    Ok(())
}

async fn put_document(store: &Store, site: &SiteFile, now_ms: i64) -> Result<(), StoreError> {
    let encode = |error: serde_json::Error| StoreError::Query(sqlx_encode(error));
    let after = serde_json::to_value(&site.document).map_err(encode)?;
    // What the file said last decides, not what the console made of it since: editing there must outlast another load.
    let history = store.policy_history(&site.id, 200).await?;
    let said = history.iter().find(|row| row.changed_by == BY);
    let document = after.to_string();
    let unchanged = said.is_some_and(|row| row.document == document);
    if unchanged {
        return Ok(());
    }
    let before = history.first().and_then(|row| serde_json::from_str(&row.document).ok()).unwrap_or_default();
    let row = PolicyRow {
        site: site.id.clone(),
        version: history.first().map_or(0, |row| row.version) + 1,
        document,
        changes: serde_json::to_string(&changes::between(&before, &after)).map_err(encode)?,
        changed_by: BY.to_owned(),
        changed_at_ms: now_ms,
        approved_by: None,
        note: Some("gates.toml".to_owned()),
    };
    store.put_policy(&row).await?;
    Ok(())
}

fn sqlx_encode(error: serde_json::Error) -> sqlx::Error {
    sqlx::Error::Encode(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing;

    #[tokio::test]
    async fn the_samples_make_lists_that_can_be_used_and_loading_twice_changes_nothing() {
        let (_folder, store) = testing::fresh().await;
        let key = DataKey::from_bytes(&[1; 32]);
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds/data");
        let now_ms = 1_795_200_000_000;
        let loaded = super::super::load(&store, &key, &samples, now_ms).await.unwrap();
        assert!(loaded.gates >= 3 && loaded.members >= 10, "{loaded:?}");
        let versions = store.list_versions().await.unwrap();
        super::super::load(&store, &key, &samples, now_ms + 1).await.unwrap();
        assert_eq!(store.list_versions().await.unwrap(), versions);
        let members = store.gate_entries(&key, "kcn-khanh-phu").await.unwrap();
        assert!(members.iter().any(|member| member.plate.as_deref() == Some("35C14142")));
    }

    #[test]
    fn a_wrong_member_is_told_by_its_line_without_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let head = "id,site,group,kind,list,label,name,number,plate,vehicle_group,pin,gates,schedule,valid_from,valid_until,uses,escort,drivers,stay_minutes\n";
        let rows = "a,kcn,,person,allow,A,A,123456789012,,,,,,,,,no,,\nb,kcn,,robot,allow,B,,,,,,,,,,,no,,\nc,kcn,,vehicle,allow,C,,,99X1,car,,,,,,,no,,\n";
        std::fs::write(folder.path().join("members.csv"), format!("{head}{rows}")).unwrap();
        let error = read(folder.path(), 1_795_200_000_000).unwrap_err().to_string();
        for part in ["line 2", "line 3", "line 4", "robot"] {
            assert!(error.contains(part), "{part} is missing in {error}");
        }
        assert!(!error.contains("123456789012") && !error.contains("99X1"));
    }
}
