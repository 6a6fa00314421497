//! Loads sites, cameras, watch lists and what gates need from a folder: `sites.toml`, `watchlist.csv`, `gates.toml` and
//! `members.csv`. Loading again changes only what the files changed; nothing is deleted. All problems of the files come in one message, and then nothing is loaded.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use serde::Deserialize;
use thiserror::Error;
use wire::{Digest, Name};

use crate::lists::{Entry, Priority};
use crate::sealing::DataKey;
use crate::store::lists::ListImport;
use crate::store::sites::{CameraImport, SiteImport};
use crate::store::{Store, StoreError};

mod gates;

/// Why nothing was loaded.
#[derive(Debug, Error)]
pub enum SeedError {
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Its content is wrong, with every problem.
    #[error("{path} has {} problem(s):\n- {}", problems.len(), problems.join("\n- "))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Each with its place.
        problems: Vec<String>,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How much was loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loaded {
    /// Sites.
    pub sites: usize,
    /// Cameras.
    pub cameras: usize,
    /// Entries of watch lists.
    pub entries: usize,
    /// Sites whose gates have a policy document.
    pub gates: usize,
    /// Vehicles and people on lists of gates.
    pub members: usize,
}

// The files may say more than central uses, so unknown keys are no error here.
#[derive(Deserialize)]
struct SitesFile {
    sites: Vec<SiteRow>,
}

#[derive(Deserialize)]
struct SiteRow {
    id: String,
    model: String,
    name_vi: String,
    name_en: String,
    #[serde(default)]
    address_vi: String,
    #[serde(default)]
    address_en: String,
    #[serde(default)]
    cameras: Vec<CameraRow>,
    #[serde(default)]
    privacy: Option<PrivacyRow>,
}

/// What the public page says before anybody announces a visit.
#[derive(Deserialize)]
struct PrivacyRow {
    controller: String,
    dpo_contact: String,
    notice_vi: String,
    notice_en: String,
    #[serde(default)]
    visits_per_day: Option<i64>,
}

#[derive(Deserialize)]
struct CameraRow {
    id: String,
    name_vi: String,
    name_en: String,
    #[serde(default)]
    counts: String,
    #[serde(default)]
    stream_url: Option<String>,
    #[serde(default)]
    onvif_url: Option<String>,
}

#[derive(Deserialize)]
struct ListRow {
    list: String,
    list_name_vi: String,
    list_name_en: String,
    plate: String,
    vehicle_group: String,
    priority: String,
    reason_vi: String,
    reason_en: String,
    added_by: String,
    valid_from: String,
    valid_to: String,
    #[serde(default)]
    plate_colour: String,
}

#[derive(Deserialize)]
struct CrowdingFile {
    sites: Vec<CrowdingRow>,
}

#[derive(Deserialize)]
struct CrowdingRow {
    site: String,
    zones: Vec<crate::crowding::Place>,
}

/// A document of a site: site, kind, JSON.
type Document = (String, &'static str, String);

/// What the files of a folder say.
#[derive(Debug)]
pub struct Files {
    documents: Vec<Document>,
    sites: Vec<SiteImport>,
    lists: Vec<ListImport>,
    gates: gates::GateFiles,
}

/// Reads and loads a folder.
pub async fn load(store: &Store, key: &DataKey, folder: &Path, now_ms: i64) -> Result<Loaded, SeedError> {
    Ok(apply(store, key, &read(folder, now_ms)?, now_ms).await?)
}

/// Reads a folder. A file that is not there is skipped, but one of them must be.
pub fn read(folder: &Path, now_ms: i64) -> Result<Files, SeedError> {
    let (sites_path, lists_path) = (folder.join("sites.toml"), folder.join("watchlist.csv"));
    let any = ["sites.toml", "watchlist.csv", "gates.toml", "members.csv"];
    if !any.iter().any(|file| folder.join(file).exists()) {
        let source = std::io::Error::new(
            std::io::ErrorKind::NotFound,
            "none of sites.toml, watchlist.csv, gates.toml and members.csv is there",
        );
        return Err(SeedError::Unreadable { path: folder.to_owned(), source });
    }
    let sites = if sites_path.exists() { read_sites(&sites_path)? } else { Vec::new() };
    let lists = if lists_path.exists() { read_lists(&lists_path, now_ms)? } else { Vec::new() };
    let documents = read_documents(folder)?;
    Ok(Files { documents, sites, lists, gates: gates::read(folder, now_ms)? })
}

/// Timetables (`timetable.SITE.csv`) and bounds of crowds (`crowding.toml`).
fn read_documents(folder: &Path) -> Result<Vec<Document>, SeedError> {
    let unreadable = |source| SeedError::Unreadable { path: folder.to_owned(), source };
    let (mut documents, mut problems) = (Vec::new(), Vec::new());
    let mut names: Vec<String> = Vec::new();
    for file in std::fs::read_dir(folder).map_err(unreadable)? {
        names.extend(file.map_err(unreadable)?.file_name().into_string());
    }
    names.sort();
    for name in names {
        let Some(site) = name.strip_prefix("timetable.").and_then(|rest| rest.strip_suffix(".csv")) else {
            continue;
        };
        let read =
            crate::tables::read(text(&folder.join(&name))?.as_bytes()).and_then(crate::timetable::read);
        match read {
            Ok((trains, wrong)) => {
                problems.extend(
                    wrong
                        .into_iter()
                        .map(|row| format!("{name}, row {}, {}: {}", row.row, row.column, row.en)),
                );
                let whole = crate::timetable::problems(&trains);
                problems.extend(whole.into_iter().map(|(line, _, en)| format!("{name}, train {line}: {en}")));
                documents.push((site.to_owned(), "timetable", serde_json::json!(trains).to_string()));
            }
            Err(error) => problems.push(format!("{name}: {error}")),
        }
    }
    let path = folder.join("crowding.toml");
    if path.exists() {
        match toml::from_str::<CrowdingFile>(&text(&path)?) {
            Err(error) => problems.push(error.to_string()),
            Ok(file) => {
                for CrowdingRow { site, zones } in file.sites {
                    let plan = crate::crowding::Plan { zones };
                    // Schedules are the policy's, which may be loaded later: a name that nobody knows closes nothing.
                    let known: Vec<(String, String)> = plan
                        .zones
                        .iter()
                        .filter_map(|zone| Some((zone.schedule.clone()?, String::new())))
                        .collect();
                    let wrong = crate::crowding::problems(&plan, &known);
                    problems.extend(
                        wrong
                            .into_iter()
                            .map(|(place, _, en)| format!("crowding.toml, {site}, {place}: {en}")),
                    );
                    documents.push((site, "crowding", serde_json::json!(plan).to_string()));
                }
            }
        }
    }
    done(folder, documents, problems)
}

/// Writes what the files say. `key` seals what is personal.
pub async fn apply(
    store: &Store,
    key: &DataKey,
    Files { documents, sites, lists, gates }: &Files,
    now_ms: i64,
) -> Result<Loaded, StoreError> {
    store.import_sites(sites, now_ms).await?;
    for (site, kind, text) in documents {
        // What people changed since in the console stays, and what is about a site that is not loaded waits for it.
        if store.has_site(site).await? && store.site_document(site, kind).await?.version == 0 {
            store.put_site_document(site, kind, Some(0), text, "console", now_ms).await?;
        }
    }
    let entries = store.import_lists(lists, now_ms).await?;
    let (gates, members) = gates::apply(store, key, gates, now_ms).await?;
    let cameras = sites.iter().map(|site| site.cameras.len()).sum();
    Ok(Loaded { sites: sites.len(), cameras, entries, gates, members })
}

fn text(path: &Path) -> Result<String, SeedError> {
    std::fs::read_to_string(path).map_err(|source| SeedError::Unreadable { path: path.to_owned(), source })
}

fn done<T>(path: &Path, value: T, problems: Vec<String>) -> Result<T, SeedError> {
    if problems.is_empty() { Ok(value) } else { Err(SeedError::Invalid { path: path.to_owned(), problems }) }
}

fn read_sites(path: &Path) -> Result<Vec<SiteImport>, SeedError> {
    let file: SitesFile = toml::from_str(&text(path)?)
        .map_err(|error| SeedError::Invalid { path: path.to_owned(), problems: vec![error.to_string()] })?;
    let mut problems = Vec::new();
    let mut sites = Vec::new();
    for site in file.sites {
        problems.extend(Name::new(site.id.clone()).err().map(|error| format!("site: {error}")));
        let models = ["access_tourist", "access_industrial", "access_rail", "traffic_violation"];
        if !models.contains(&site.model.as_str()) {
            problems.push(format!(
                "site {}: model {:?} is none of {}",
                site.id,
                site.model,
                models.join(", ")
            ));
        }
        for camera in &site.cameras {
            problems.extend(
                Name::new(camera.id.clone()).err().map(|error| format!("site {}, camera: {error}", site.id)),
            );
        }
        for camera in &site.cameras {
            for url in [&camera.stream_url, &camera.onvif_url].into_iter().flatten() {
                // Addresses are handed on to other systems: credentials in them would go along.
                if url
                    .split("://")
                    .nth(1)
                    .is_none_or(|rest| rest.split('/').next().unwrap_or_default().contains('@'))
                {
                    problems.push(format!(
                        "site {}, camera {}: an address is rtsp://HOST/… or http://HOST/…, without user and password",
                        site.id, camera.id
                    ));
                }
            }
        }
        let privacy = site.privacy;
        let said = |pick: fn(&PrivacyRow) -> &String| privacy.as_ref().map(|row| pick(row).clone());
        let cameras = site.cameras.into_iter().map(|camera| CameraImport {
            stream_url: camera.stream_url,
            onvif_url: camera.onvif_url,
            counts: if camera.counts.is_empty() { "unknown".to_owned() } else { camera.counts },
            camera: camera.id,
            name_vi: camera.name_vi,
            name_en: camera.name_en,
        });
        sites.push(SiteImport {
            cameras: cameras.collect(),
            site: site.id,
            model: site.model,
            name_vi: site.name_vi,
            name_en: site.name_en,
            address_vi: site.address_vi,
            address_en: site.address_en,
            controller: said(|row| &row.controller),
            dpo_contact: said(|row| &row.dpo_contact),
            notice_vi: said(|row| &row.notice_vi),
            notice_en: said(|row| &row.notice_en),
            visits_per_day: privacy.as_ref().and_then(|row| row.visits_per_day),
        });
    }
    done(path, sites, problems)
}

fn read_lists(path: &Path, now_ms: i64) -> Result<Vec<ListImport>, SeedError> {
    let text = text(path)?;
    let mut problems = Vec::new();
    let mut lists: BTreeMap<String, ListImport> = BTreeMap::new();
    for (at, row) in csv::Reader::from_reader(text.as_bytes()).deserialize::<ListRow>().enumerate() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                problems.push(error.to_string());
                continue;
            }
        };
        match entry(&row, now_ms) {
            Ok(entry) => lists
                .entry(row.list.clone())
                .or_insert_with(|| ListImport {
                    list: row.list,
                    name_vi: row.list_name_vi,
                    name_en: row.list_name_en,
                    entries: Vec::new(),
                })
                .entries
                .push(entry),
            // The plate itself is not quoted: messages end up in logs.
            Err(problem) => problems.push(format!("line {}: {problem}", at + 2)),
        }
    }
    done(path, lists.into_values().collect(), problems)
}

fn entry(row: &ListRow, now_ms: i64) -> Result<Entry, String> {
    Name::new(row.list.clone()).map_err(|error| format!("list: {error}"))?;
    let plate = wire::plate::normalise(&row.plate);
    if !wire::plate::parse(&plate, &wire::plate::Hint::default()).is_valid() {
        return Err("plate is not one that can be issued".to_owned());
    }
    let vehicle_group = match row.vehicle_group.as_str() {
        "" => None,
        group @ ("car" | "motorcycle") => Some(group.to_owned()),
        other => return Err(format!("vehicle_group {other:?} is neither car nor motorcycle nor empty")),
    };
    let plate_colour = match row.plate_colour.as_str() {
        "" => None,
        word if wire::plate::PlateColour::from_word(word).is_some() => Some(word.to_owned()),
        other => return Err(format!("plate_colour {other:?} is none of white, yellow, blue, red and empty")),
    };
    let priority = Priority::parse(&row.priority)
        .ok_or_else(|| format!("priority {:?} is none of low, medium, high, critical", row.priority))?;
    let valid_from_ms =
        if row.valid_from.is_empty() { now_ms } else { day_ms("valid_from", &row.valid_from, 0)? };
    // A list names the last day; the store keeps the first moment that no longer counts.
    let valid_to_ms =
        if row.valid_to.is_empty() { None } else { Some(day_ms("valid_to", &row.valid_to, 1)?) };
    if valid_to_ms.is_some_and(|end| end <= valid_from_ms) {
        return Err("valid_to is before valid_from".to_owned());
    }
    let identity = format!("{}\n{plate}\n{}", row.list, row.valid_from);
    Ok(Entry {
        entry_id: Digest::of(identity.as_bytes()).to_string()[..32].to_owned(),
        list: row.list.clone(),
        list_name_vi: row.list_name_vi.clone(),
        list_name_en: row.list_name_en.clone(),
        plate,
        vehicle_group,
        plate_colour,
        priority,
        reason_vi: row.reason_vi.clone(),
        reason_en: row.reason_en.clone(),
        added_by: row.added_by.clone(),
        added_at_ms: now_ms,
        valid_from_ms,
        valid_to_ms,
    })
}

/// Midnight in Vietnam (UTC+7 all year) at the start of a day, plus whole days.
fn day_ms(field: &str, text: &str, days_later: i64) -> Result<i64, String> {
    let date: Date = text.parse().map_err(|_| format!("{field} {text:?} is no date: use YYYY-MM-DD"))?;
    let vietnam = TimeZone::fixed(Offset::constant(7));
    let midnight = date.to_zoned(vietnam).map_err(|error| format!("{field}: {error}"))?;
    Ok(midnight.timestamp().as_millisecond() + days_later * 86_400_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing;

    const HEAD: &str = "list,list_name_vi,list_name_en,plate,vehicle_group,priority,reason_vi,reason_en,added_by,valid_from,valid_to\n";

    #[tokio::test]
    async fn the_samples_load_twice_and_stay_the_same() {
        let (_folder, store) = testing::fresh().await;
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds/data");
        let key = DataKey::from_bytes(&[1; 32]);
        let first = load(&store, &key, &samples, 1_000).await.unwrap();
        assert!(first.sites >= 3 && first.cameras >= 3 && first.entries >= 4, "{first:?}");
        assert_eq!(load(&store, &key, &samples, 2_000).await.unwrap(), first);
        assert_eq!(store.watch_entries().await.unwrap().len(), first.entries);
    }

    #[test]
    fn a_last_day_counts_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("watchlist.csv");
        std::fs::write(&path, format!("{HEAD}a,A,A,30A-123.45,car,low,x,x,me,2025-01-01,2025-12-31\n"))
            .unwrap();
        let lists = read_lists(&path, 0).unwrap();
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let entry = &lists[0].entries[0];
        assert!(
            entry.is_valid_at(at("2025-12-31T16:59:59Z")) && !entry.is_valid_at(at("2025-12-31T17:00:00Z"))
        );
        assert!(entry.is_valid_at(at("2024-12-31T17:00:00Z")), "the first day starts at midnight in Vietnam");
    }

    #[test]
    fn all_problems_come_at_once_and_quote_no_plate() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("watchlist.csv");
        let rows = "a,A,A,13A12345,car,low,x,x,me,,\na,A,A,30A12345,boat,low,x,x,me,,\na,A,A,30A12345,car,huge,x,x,me,,\na,A,A,30A12345,car,low,x,x,me,2026-13-01,\n";
        std::fs::write(&path, format!("{HEAD}{rows}")).unwrap();
        let error = read_lists(&path, 0).unwrap_err().to_string();
        for part in ["line 2", "line 3", "boat", "huge", "2026-13-01"] {
            assert!(error.contains(part), "{part} is missing in {error}");
        }
        assert!(!error.contains("13A12345"));
    }
}
