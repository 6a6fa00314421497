//! Bad input at the command line: a clear error that names the culprit, no panic, and the good input beside it is still used.

use std::path::Path;

use promises::support::{Run, program, repository, run};

fn config(folder: &Path) -> std::path::PathBuf {
    let file = folder.join("edge.toml");
    let text = "site = \"a\"\nagent = \"b\"\nstate_dir = \"state\"\n[central]\nurl = \"mqtt://127.0.0.1:1\"\n[[camera]]\n\
                id = \"cong-2\"\n[camera.stream]\nurl = \"rtsp://127.0.0.1:1/x\"\n";
    std::fs::write(&file, text).unwrap();
    file
}

fn replay(video: &Path, folder: &Path) -> Run {
    let config = config(folder);
    run("edge-agent", [Path::new("replay"), video, Path::new("--config"), &config, Path::new("--json")])
}

#[test]
fn a_truncated_video_is_analysed_up_to_the_cut_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(repository().join("tests/clips/still.mp4")).unwrap();
    let cut = folder.path().join("cut.mp4");
    std::fs::write(&cut, &whole[..whole.len() / 3]).unwrap();
    let ran = replay(&cut, folder.path());
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.contains("cut.mp4"), "{}", ran.err);
}

#[test]
fn a_video_that_is_none_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("van-ban.mp4", b"khong phai phim".as_slice()), ("rong.mp4", b"")] {
        let file = folder.path().join(name);
        std::fs::write(&file, content).unwrap();
        let ran = replay(&file, folder.path());
        assert_eq!(ran.code, Some(1), "{}", ran.err);
        assert!(ran.err.contains(name), "{}", ran.err);
    }
}

#[test]
fn files_that_are_no_pictures_have_a_line_each_and_the_others_are_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a-rong.jpg"), b"").unwrap();
    std::fs::write(folder.path().join("b-van-ban.jpg"), b"khong phai anh").unwrap();
    std::fs::write(folder.path().join("c-tot.bmp"), bitmap(64, 48)).unwrap();
    let ran = run("edge-agent", [Path::new("plates"), Path::new("--json"), folder.path()]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let lines: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "{}", ran.out);
    assert!(lines[0]["error"].is_string() && lines[1]["error"].is_string(), "{}", ran.out);
    assert!(lines[2]["error"].is_null() && lines[2]["plates"].is_array(), "{}", ran.out);
    assert!(ran.err.contains("2 of 3"), "{}", ran.err);
}

/// A grey picture in the simplest format there is.
fn bitmap(width: u32, height: u32) -> Vec<u8> {
    let pixels = width * height * 3;
    let mut file = b"BM".to_vec();
    for number in [54 + pixels, 0, 54, 40, width, height, 0x0018_0001, 0, pixels, 2835, 2835, 0, 0] {
        file.extend(number.to_le_bytes());
    }
    file.resize((54 + pixels) as usize, 128);
    file
}

#[test]
fn an_altered_model_is_refused_before_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let models = folder.path().join("models");
    std::fs::create_dir(&models).unwrap();
    let detector = repository().join("models/onnx/picodet_s_416.onnx");
    let mut bytes = std::fs::read(detector).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(models.join("picodet_s_416.onnx"), bytes).unwrap();
    let config = config(folder.path());
    let mut command = program("edge-agent");
    command.arg("replay").arg(repository().join("tests/clips/still.mp4")).arg("--config").arg(config);
    let ran = Run::of(command.env("VG_MODELS_DIR", &models));
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.contains("picodet_s_416.onnx") && ran.err.contains("sha256"), "{}", ran.err);
}
