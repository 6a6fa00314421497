//! Every file in `configs/` loads; a file with mistakes is refused with all of them in one message and exit status 2.

use std::path::{Path, PathBuf};

use promises::support::{Run, program, repository, run};

fn check(program: &str, file: &Path) -> Run {
    run(program, [Path::new("check"), Path::new("--config"), file])
}

fn demo() -> Vec<PathBuf> {
    let demo = std::fs::read_dir(repository().join("configs/demo")).expect("configs/demo");
    demo.map(|entry| entry.unwrap().path()).collect()
}

fn agents() -> Vec<PathBuf> {
    let mut files = demo();
    files.retain(|file| {
        let settings = file.extension().is_some_and(|extension| extension == "toml");
        settings && !file.ends_with("central.toml") && !file.ends_with("seeds.toml")
    });
    files.push(repository().join("configs/edge-agent.toml"));
    files.sort();
    files
}

/// The sample with an unknown key at its top and a wrong value below.
fn spoilt(sample: &Path, folder: &Path, extra: &str) -> PathBuf {
    let text = std::fs::read_to_string(sample).unwrap();
    let file = folder.join(sample.file_name().unwrap());
    std::fs::write(&file, format!("khong_biet = 1\n{text}\n{extra}\n")).unwrap();
    file
}

#[test]
fn every_sample_loads() {
    for file in agents() {
        let checked = check("edge-agent", &file);
        assert_eq!(checked.code, Some(0), "{}: {}", file.display(), checked.err);
    }
    let central = check("central", &repository().join("configs/central.toml"));
    assert_eq!(central.code, Some(0), "{}", central.err);
    // The demonstration's names a secret that the mocks make at their first start; that alone may be missing.
    for file in demo().iter().filter(|file| file.ends_with("central.toml")) {
        let checked = check("central", file);
        assert!(checked.code == Some(0) || checked.err.contains("1 problem(s)"), "{}", checked.err);
        assert!(checked.code == Some(0) || checked.err.contains("secret file"), "{}", checked.err);
    }
    seeds::Config::load(&repository().join("configs/seeds.toml")).unwrap();
    edge_agent::access::Reasons::read(&repository().join("configs/desk-reasons.toml")).unwrap();
    let known = ["central.toml", "demo", "desk-reasons.toml", "edge-agent.toml", "seeds.toml"];
    for entry in std::fs::read_dir(repository().join("configs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&name.as_str()), "configs/{name} is loaded by no test");
    }
}

#[test]
fn an_agents_file_with_mistakes_is_refused_with_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    for sample in agents() {
        // A second camera whose name is taken, whose frame rate is none, and with an unknown key of its own.
        let extra = "[[camera]]\nid = \"cong-2\"\nkhong_hieu = 2\n[camera.stream]\nurl = \"http://x\"\nanalysis_fps = -1.0";
        let checked = check("edge-agent", &spoilt(&sample, folder.path(), extra));
        assert_eq!(checked.code, Some(2), "{}: {}", sample.display(), checked.err);
        for word in ["khong_biet", "khong_hieu", "analysis_fps"] {
            assert!(checked.err.contains(word), "{word} is missing in: {}", checked.err);
        }
    }
}

#[test]
fn centrals_file_with_mistakes_is_refused_with_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let sample = repository().join("configs/central.toml");
    let extra = "khong_hieu = 2\n[thua]\na = 1";
    let checked = check("central", &spoilt(&sample, folder.path(), extra));
    assert_eq!(checked.code, Some(2), "{}", checked.err);
    for word in ["khong_biet", "khong_hieu", "thua"] {
        assert!(checked.err.contains(word), "{word} is missing in: {}", checked.err);
    }
}

#[test]
fn the_mocks_refuse_an_unknown_key_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = spoilt(&repository().join("configs/seeds.toml"), folder.path(), "");
    let ran = Run::of(program("seeds").arg("serve").arg("--config").arg(&file));
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    assert!(ran.err.contains("khong_biet"), "{}", ran.err);
}

#[test]
fn a_file_that_is_not_there_is_one_clear_line() {
    for program in ["edge-agent", "central"] {
        let checked = check(program, Path::new("/khong/co.toml"));
        assert_eq!(checked.code, Some(2), "{}", checked.err);
        assert!(
            checked.err.contains("/khong/co.toml") && checked.err.lines().count() == 1,
            "{}",
            checked.err
        );
    }
}
