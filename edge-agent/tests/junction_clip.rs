//! The demonstration's junction, replayed as anybody would: the two vehicles of the clip that go on red are told, nobody else.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use wire::Digest;
use wire::violation::Overlay;

/// What the clip shows (`tests/clips/junction.json`): class, plate as far as it can be read (the motorcycle's is 20 pixels wide), second in
/// which its rear is past the line.
const RUNS: [(&str, Option<&str>, f64); 2] = [("motorcycle", None, 9.0), ("car", Some("14A27182"), 25.3)];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Replays the clip with the scene on the command line; what was told, and the folder of its pictures.
fn replay(folder: &Path, more: &[&str]) -> Vec<Value> {
    let root = repository();
    let config = folder.join("edge.toml");
    let text = "site = 's'\nagent = 'a'\nstate_dir = 'state'\n[central]\nurl = 'mqtt://127.0.0.1:1'\n\
                [road]\nmodel = 'picodet-s-416'\n\
                [[camera]]\nid = 'huong-bac'\nplates = true\n\
                [camera.stream]\nurl = 'rtsp://127.0.0.1/x'\nanalysis_fps = 8.0\n";
    std::fs::write(&config, text).unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_edge-agent"))
        .current_dir(&root)
        .args(["replay", "tests/clips/junction.mp4", "--json", "--start", "2026-10-05T01:00:00Z", "--config"])
        .arg(&config)
        .args(["--scene", "configs/demo/junction.scene.json", "--evidence"])
        .arg(folder.join("pictures"))
        .args(more)
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    println!("{said}");
    let lines = String::from_utf8(run.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect()
}

#[test]
fn the_two_red_runs_of_the_clip_are_told_with_their_evidence_and_nobody_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let told = replay(folder.path(), &[]);
    let violations: Vec<&Value> = told.iter().filter(|line| line["event"]["kind"] == "violation").collect();
    let short: Vec<String> = violations
        .iter()
        .map(|line| format!("{} {} {} {}", line["kind"], line["at_s"], line["class"], line["doubts"]))
        .collect();
    assert_eq!(violations.len(), RUNS.len(), "{short:?}");
    for (line, (class, plate, at_s)) in violations.iter().zip(RUNS) {
        assert_eq!((&line["kind"], &line["class"]), (&"red_light".into(), &class.into()), "{short:?}");
        let told_s = line["at_s"].as_f64().unwrap();
        assert!((told_s - at_s).abs() <= 0.4, "{class} at {told_s}, seen at {at_s}");
        check_evidence(&line["event"], plate, folder.path());
    }
}

fn check_evidence(event: &Value, plate: Option<&str>, folder: &Path) {
    let told = &event["payload"];
    // A plate of seventy pixels: which of its look-alikes comes first hangs on single pixels, so the officer types it.
    let reading = &told["reading"];
    let candidates = reading["candidates"].as_array().into_iter().flatten().map(|one| &one["text"]);
    let read = std::iter::once(&reading["text"]).chain(candidates).any(|text| text.as_str() == plate);
    assert!(read, "{reading}");
    // Whether this machine's clock is right is its own affair; a file has no true time.
    let plate_needs = |need: &&str| plate.is_some() || !["plate", "reading"].contains(need);
    let missing = told["missing"].as_array().unwrap().iter().filter_map(Value::as_str);
    let missing: Vec<&str> = missing.filter(|need| *need != "clock").filter(plate_needs).collect();
    assert_eq!(missing, ["time"], "all else is there");
    assert_eq!(told["clip"]["original"], true, "{}", told["clip"]);
    for file in event["evidence"].as_array().unwrap() {
        let extension = match file["media_type"].as_str().unwrap() {
            "image/jpeg" => "jpg",
            "video/mp4" => "mp4",
            _ => "json",
        };
        let path = folder.join("pictures").join(format!("{}.{extension}", file["sha256"].as_str().unwrap()));
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(Digest::of(&bytes).to_string(), file["sha256"].as_str().unwrap());
        if file["role"] == "overlay" {
            let overlay: Overlay = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(Some(overlay.track), told["track"]["id"].as_u64());
            assert!(overlay.drawn.iter().any(|(id, _)| id == "vach-den"), "{:?}", overlay.drawn);
        }
    }
}
