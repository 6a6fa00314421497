//! `edge-agent cards` as a person at a gate uses it. All people are invented.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use qrcodegen::{QrCode, QrCodeEcc};
use serde_json::Value;

const TEXT: &str =
    "037090001234|161234567|Nguyễn Văn Mẫu|15081990|Nam|Thôn 1, Xã Gia Vân, Gia Viễn, Ninh Bình|10052021";

/// A picture of a QR code, five pixels a module.
fn picture(folder: &Path, name: &OsStr, text: &str) -> PathBuf {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).expect("fits");
    let side = (code.size() as u32 + 16) * 5;
    let dark = |v: u32| (v / 5) as i32 - 8;
    let grey = image::GrayImage::from_fn(side, side, |x, y| {
        image::Luma([if code.get_module(dark(x), dark(y)) { 30 } else { 220 }])
    });
    let file = folder.join(name);
    grey.save_with_format(&file, image::ImageFormat::Png).expect("saved");
    file
}

fn cards<I: AsRef<OsStr>>(args: impl IntoIterator<Item = I>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_edge-agent")).arg("cards").args(args).output().expect("runs")
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn a_card_is_shown_masked_unless_personal_data_are_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = picture(folder.path(), OsStr::new("the.png"), TEXT);
    let masked = cards([OsStr::new("--json"), file.as_os_str()]);
    assert!(masked.status.success());
    let card = &lines(&masked)[0]["cards"][0];
    assert_eq!((card["number"].as_str(), card["birth_year"].as_i64()), (Some("*********234"), Some(1990)));
    assert_eq!(
        (card["trust"].as_str(), card["check_id"].as_array().map(Vec::len)),
        (Some("qr_only"), Some(0))
    );
    let said = String::from_utf8_lossy(&masked.stdout);
    assert!(!said.contains("0370900") && !said.contains("Mẫu") && !said.contains("Gia Vân"), "{said}");
    let shown = cards([OsStr::new("--json"), OsStr::new("--show-personal"), file.as_os_str()]);
    assert_eq!(lines(&shown)[0]["cards"][0]["number"], "037090001234");
    let human = cards([file.as_os_str()]);
    assert!(!String::from_utf8_lossy(&human.stdout).contains("0370900"));
}

#[test]
fn a_contradiction_is_a_finding_and_a_code_that_is_no_card_keeps_its_content() {
    let folder = tempfile::tempdir().expect("a folder");
    let odd = picture(folder.path(), OsStr::new("a.png"), &TEXT.replace("15081990", "15081991"));
    let other = picture(folder.path(), OsStr::new("b.png"), "https://example.vn/bi-mat");
    let output = cards([OsStr::new("--json"), odd.as_os_str(), other.as_os_str()]);
    assert!(output.status.success());
    let lines = lines(&output);
    assert_eq!(lines[0]["cards"][0]["check_id"][0], "birth_year");
    assert_eq!(lines[1]["cards"].as_array().map(Vec::len), Some(0));
    assert_eq!(lines[1]["not_a_card"][0]["reason"], "too_few_fields");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("bi-mat"));
}

#[test]
fn bad_files_have_their_line_and_the_others_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("a.jpg"), "<html>404</html>").expect("written");
    let made = Command::new("mkfifo").arg(at("b.jpg")).status().expect("runs");
    assert!(made.success());
    std::fs::write(at("c.jpg"), []).expect("written");
    picture(folder.path(), OsStr::from_bytes(b"d \xFF\xFE.png"), TEXT);
    let output = cards([OsStr::new("--json"), folder.path().as_os_str()]);
    assert_eq!(output.status.code(), Some(1));
    let lines = lines(&output);
    assert_eq!(lines.len(), 4);
    for (line, word) in lines.iter().zip(["HTML", "pipe", "empty"]) {
        assert!(line["error"].as_str().is_some_and(|e| e.contains(word)), "{line}");
    }
    assert_eq!(lines[3]["cards"].as_array().map(Vec::len), Some(1), "{}", lines[3]);
}

fn config(folder: &Path, readers: &str) -> PathBuf {
    let file = folder.join("edge.toml");
    let text = "site = \"a\"\nagent = \"b\"\nstate_dir = \"state\"\n[central]\nurl = \"mqtt://127.0.0.1:1\"\n[[camera]]\n\
                id = \"cong-2\"\n[camera.stream]\nurl = \"rtsp://127.0.0.1:1/x\"\n";
    std::fs::write(&file, format!("{text}{readers}")).expect("written");
    file
}

#[test]
fn a_configured_wedge_reads_what_is_typed() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = config(
        folder.path(),
        "[[card_reader]]\nid = \"ban-phim\"\nsource = { wedge = { device = \"-\" } }\n",
    );
    let mut reader = Command::new(env!("CARGO_BIN_EXE_edge-agent"))
        .args(["cards", "--json", "--reader", "ban-phim", "--config"])
        .arg(&file)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    let typed = format!("{TEXT}\r\n{}\r\nhttps://example.vn\r\n", TEXT.replace('|', "~"));
    reader.stdin.take().expect("a pipe").write_all(typed.as_bytes()).expect("typed");
    let output = reader.wait_with_output().expect("ends");
    let lines = lines(&output);
    assert_eq!(lines[0]["cards"][0]["trust"], "qr_only");
    assert_eq!(lines[1]["not_a_card"][0]["reason"], "keyboard_layout");
    assert_eq!(lines[2]["not_a_card"][0]["reason"], "too_few_fields");
}

#[test]
fn a_simulated_chip_reader_is_read_by_its_configuration() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut simulator = Command::new(env!("CARGO_BIN_EXE_edge-agent"))
        .args(["cards", "--simulate", "good", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    let mut said = String::new();
    BufReader::new(simulator.stdout.take().expect("a pipe")).read_line(&mut said).expect("says where");
    let address = said.trim().rsplit(' ').next().unwrap_or_default().to_owned();
    let readers =
        format!("[[card_reader]]\nid = \"chip\"\nsource = {{ chip = {{ address = \"{address}\" }} }}\n");
    let file = config(folder.path(), &readers);
    let output = cards([
        OsStr::new("--json"),
        OsStr::new("--reader"),
        OsStr::new("chip"),
        OsStr::new("--count"),
        OsStr::new("1"),
        OsStr::new("--config"),
        file.as_os_str(),
    ]);
    simulator.kill().and_then(|()| simulator.wait()).expect("ended");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(lines(&output)[0]["cards"][0]["trust"], "chip");
}

#[test]
fn check_names_every_fault_of_the_readers() {
    let folder = tempfile::tempdir().expect("a folder");
    let reader = "[[card_reader]]\nid = \"a\"\nsource = { serial = { device = \"\", baud = 1 } }\n";
    let file = config(folder.path(), &format!("{reader}{reader}[card_trust]\nvisit = \"qr_only\"\n"));
    let output = Command::new(env!("CARGO_BIN_EXE_edge-agent"))
        .args(["check", "--config"])
        .arg(&file)
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.contains("used twice") && told.contains("baud must be") && told.contains("device is empty"),
        "{told}"
    );
}
