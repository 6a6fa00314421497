use std::path::{Path, PathBuf};

use jiff::Timestamp;
use wire::DeviceKey;
use wire::violation::Kind;

use super::*;
use crate::cases::testing::sample;
use crate::store::audit::AuditRow;
use crate::store::testing;

const NOON: &str = "2026-11-20T05:00:00Z";

fn key(seed: u8) -> DeviceKey {
    DeviceKey::from_seed(&[seed; 32])
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

struct Bench {
    _data: tempfile::TempDir,
    store: Store,
    home: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        let (data, store) = testing::fresh().await;
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("central.toml"), "[data]\nfolder = \"data\"\n").unwrap();
        Self { _data: data, store, home }
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join("pack")
    }

    async fn note(&self, moment: &str, actor: &str) {
        let row = AuditRow::new(at(moment).as_millisecond(), actor, "passage.view").on("passage", "p1");
        self.store.audit(&row).await.unwrap();
    }

    async fn write(&self, from: &str, until: &str) -> Result<Manifest, PackError> {
        let period = Period::new(from.parse().unwrap(), until.parse().unwrap())?;
        let config = self.home.path().join("central.toml");
        write(&self.store, &key(1), &config, period, at(NOON), &self.folder()).await
    }
}

fn text(folder: &Path, file: &str) -> String {
    std::fs::read_to_string(folder.join(file)).unwrap()
}

#[tokio::test]
async fn a_pack_has_every_part_and_checks_against_centrals_key_alone() {
    let bench = Bench::new().await;
    let manifest = bench.write("2026-11-19", "2026-11-20").await.unwrap();
    let paths: Vec<&str> = manifest.files.iter().map(|entry| entry.path.as_str()).collect();
    for part in [
        "README.md",
        "logs/chains.csv",
        "logs/lost-events.csv",
        "logs/refused-messages.csv",
        "pentest/README.md",
        "settings/accounts.csv",
        "settings/agents.csv",
        "settings/central.toml",
        "settings/schema-version.txt",
        "system/ARCHITECTURE.md",
        "system/access.csv",
        "system/components.csv",
        "system/openapi.json",
        "system/security.md",
    ] {
        assert!(paths.contains(&part), "{part} is missing in {paths:?}");
    }
    let folder = bench.folder();
    assert_eq!(check(&folder, &key(1).public()).unwrap().manifest, manifest);
    assert!(matches!(check(&folder, &key(2).public()), Err(PackError::Forged(_))));
}

#[tokio::test]
async fn the_readme_names_every_file_of_the_pack() {
    let bench = Bench::new().await;
    bench.note(NOON, "police").await;
    let manifest = bench.write("2026-11-20", "2026-11-20").await.unwrap();
    let readme = text(&bench.folder(), "README.md");
    for entry in manifest.files {
        let name = entry.path.rsplit('/').next().unwrap().replace("2026-11-20", "YYYY-MM-DD");
        assert!(
            readme.contains(&name) || ["README.md", "schema-version.txt"].contains(&name.as_str()),
            "{name} is not in the pack's README"
        );
    }
}

#[tokio::test]
async fn the_audit_log_is_cut_at_midnight_in_vietnam_and_no_row_is_left_out() {
    let bench = Bench::new().await;
    bench.note("2026-11-18T16:59:59.999Z", "too-early").await;
    bench.note("2026-11-18T17:00:00Z", "first").await;
    for n in 0..2_005 {
        bench.note("2026-11-19T03:00:00Z", &format!("many{n}")).await;
    }
    bench.note("2026-11-20T16:59:59.999Z", "last").await;
    bench.note("2026-11-20T17:00:00Z", "too-late").await;
    bench.write("2026-11-19", "2026-11-20").await.unwrap();
    let (first, second) = (
        text(&bench.folder(), "logs/audit/2026-11-19.csv"),
        text(&bench.folder(), "logs/audit/2026-11-20.csv"),
    );
    assert_eq!((first.lines().count(), second.lines().count()), (1 + 2_006, 1 + 1));
    assert!(first.contains(",first,") && first.contains(",many2004,") && second.contains(",last,"));
    assert!(!format!("{first}{second}").contains("too-"));
    assert!(!bench.folder().join("logs/audit/2026-11-18.csv").exists());
}

#[tokio::test]
async fn what_a_spreadsheet_would_run_stays_text() {
    let bench = Bench::new().await;
    bench.note(NOON, "=HYPERLINK(\"x\")").await;
    bench.write("2026-11-20", "2026-11-20").await.unwrap();
    let audit = text(&bench.folder(), "logs/audit/2026-11-20.csv");
    assert!(audit.contains("'=HYPERLINK"), "{audit}");
}

#[tokio::test]
async fn a_changed_missing_or_added_file_is_named_and_a_report_of_a_test_is_welcome() {
    let bench = Bench::new().await;
    bench.write("2026-11-20", "2026-11-20").await.unwrap();
    let (folder, public) = (bench.folder(), key(1).public());
    std::fs::write(folder.join("pentest/report.pdf"), "report").unwrap();
    assert_eq!(check(&folder, &public).unwrap().added, ["pentest/report.pdf"]);
    std::fs::write(folder.join("system/security.md"), "all is well").unwrap();
    std::fs::remove_file(folder.join("logs/chains.csv")).unwrap();
    std::fs::write(folder.join("logs/more.csv"), "x").unwrap();
    let Err(PackError::Changed(what)) = check(&folder, &public) else { panic!("not noticed") };
    assert_eq!(what.len(), 3, "{what:?}");
    assert!(what[0].starts_with("logs/chains.csv cannot be read"), "{what:?}");
    assert_eq!(what[1..], ["system/security.md is not what it was", "logs/more.csv was added"]);
}

#[tokio::test]
async fn a_changed_manifest_is_forged_and_other_files_are_none() {
    let bench = Bench::new().await;
    bench.write("2026-11-20", "2026-11-20").await.unwrap();
    let (folder, public) = (bench.folder(), key(1).public());
    let manifest = folder.join("manifest.json");
    let whole = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, whole.replace("2026-11-20T05", "2026-11-20T06")).unwrap();
    assert!(matches!(check(&folder, &public), Err(PackError::Forged(_))));
    for other in ["", "{}", "no json"] {
        std::fs::write(&manifest, other).unwrap();
        assert!(matches!(check(&folder, &public), Err(PackError::NoManifest(..))), "{other:?}");
    }
    assert!(matches!(check(Path::new("/nowhere"), &public), Err(PackError::Io { .. })));
}

#[tokio::test]
async fn a_folder_with_something_in_it_and_a_period_backwards_are_refused() {
    let bench = Bench::new().await;
    assert!(matches!(bench.write("2026-11-20", "2026-11-19").await, Err(PackError::Period { .. })));
    bench.write("2026-11-20", "2026-11-20").await.unwrap();
    assert!(matches!(bench.write("2026-11-20", "2026-11-20").await, Err(PackError::NotEmpty(_))));
}

#[tokio::test]
async fn a_log_whose_line_was_changed_is_told_of() {
    let bench = Bench::new().await;
    bench.store.put_site("cong").await;
    let id = bench.store.cases().put("cong", &sample(Kind::RedLight, "car", "30A12345", at(NOON))).await;
    // A step of its log: the statute is over.
    bench.store.put("update cases set statute_ms = 1 where case_id = $1", &[&id]).await;
    bench.store.cases().expire(0, at(NOON).as_millisecond()).await.unwrap();
    bench.write("2026-11-20", "2026-11-20").await.unwrap();
    let chains = text(&bench.folder(), "logs/chains.csv");
    assert!(chains.contains(&format!("case,{id},1,\r\n")), "{chains}");
    std::fs::remove_dir_all(bench.folder()).unwrap();
    bench.store.put("update case_log set actor = 'somebody else' where case_id = $1", &[&id]).await;
    bench.write("2026-11-20", "2026-11-20").await.unwrap();
    assert!(text(&bench.folder(), "logs/chains.csv").contains(&format!("case,{id},1,1\r\n")));
}

#[test]
fn every_part_of_the_lock_files_is_named_with_its_digest() {
    let table = components::table().unwrap();
    let line = |name: &str| {
        let found = table.lines().find(|line| line.contains(&format!(",{name},")));
        found.unwrap_or_else(|| panic!("{name} is not there")).to_owned()
    };
    assert!(line("axum").starts_with("rust,axum,") && line("axum").contains(",sha256-"));
    assert!(line("central").ends_with(",own"));
    assert!(line("react").ends_with(",console") && line("react").contains(",sha512-"));
    assert!(line("vite").ends_with(",build"));
}
