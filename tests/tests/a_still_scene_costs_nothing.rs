//! Where nothing moves, the detector rests.

use std::process::Command;

use promises::support::{Run, program, repository};
use serde_json::Value;

/// Replays the still clip with or without the motion gate: events and summary.
fn replay(gated: bool) -> (Vec<String>, Value) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("edge.toml");
    let text = format!(
        "site = \"kcn-khanh-phu\"\nagent = \"edge-1\"\nstate_dir = \"state\"\n[central]\nurl = \"mqtt://127.0.0.1:1\"\n\
         [[camera]]\nid = \"cong-2\"\n[camera.stream]\nurl = \"rtsp://127.0.0.1:1/x\"\n[camera.motion]\nenabled = {gated}\n\
         [[camera.line]]\nid = \"vach-cong\"\nfrom = [0.02, 0.76]\nto = [0.98, 0.76]\n"
    );
    std::fs::write(&file, text).unwrap();
    let mut command: Command = program("edge-agent");
    command.arg("replay").arg(repository().join("tests/clips/still.mp4"));
    command.arg("--config").arg(&file).args(["--json", "--json-summary", "--every-frame"]);
    command.env("VG_LOG", "error");
    let ran = Run::of(&mut command);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let summary = ran.err.lines().last().and_then(|line| serde_json::from_str(line).ok());
    (
        ran.out.lines().map(str::to_owned).collect(),
        summary.unwrap_or_else(|| panic!("no summary in {}", ran.err)),
    )
}

#[test]
fn a_still_scene_rests_the_detector_and_makes_no_event() {
    let (events, gated) = replay(true);
    assert_eq!(events, Vec::<String>::new());
    let (frames, rested) = (gated["frames"].as_f64().unwrap(), gated["gated"].as_f64().unwrap());
    assert!(rested >= 0.85 * frames, "only {rested} of {frames} frames were spared");

    // CPU time of the same machine in the same minute: a ratio, because milliseconds are not comparable between machines.
    let (events, busy) = replay(false);
    assert_eq!(events, Vec::<String>::new());
    assert_eq!(busy["gated"], 0);
    let work = |summary: &Value| {
        let stages = &summary["cpu_ms_per_frame"];
        stages["total"].as_f64().unwrap() - stages["decode"].as_f64().unwrap()
    };
    let (still, moving) = (work(&gated), work(&busy));
    println!("{still:.2} ms of CPU per still frame, {moving:.2} ms without the gate (decoding apart)");
    assert!(still < 0.3 * moving, "a still frame costs {still:.2} ms, an analysed one {moving:.2} ms");
}
