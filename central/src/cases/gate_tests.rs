use wire::EvidenceRole;

use super::*;
use crate::cases::device::testing::record;
use crate::cases::testing::{PLACE, Sample, sample};

fn at() -> Timestamp {
    "2026-11-10T03:00:00Z".parse().unwrap()
}

fn whole() -> (Sample, DeviceRecord) {
    (sample(Kind::RedLight, "car", "30A12345", at()), record(PLACE[0], PLACE[1]))
}

fn report(sample: &Sample, device: Option<&DeviceRecord>) -> GateReport {
    judge(&facts(sample, device))
}

fn facts<'a>(sample: &'a Sample, device: Option<&'a DeviceRecord>) -> Facts<'a> {
    Facts {
        violation: &sample.violation,
        at: sample.at,
        uncertainty_ms: 40,
        time_source: TimeSource::Rtcp,
        kept: &sample.evidence,
        altered: 0,
        clip_ms: Some(i64::from(crate::cases::testing::CLIP_MS)),
        models: 2,
        sign_decision: None,
        device,
        behaviour: Some("car.red_light"),
    }
}

fn failed(report: &GateReport) -> Vec<&str> {
    report.conditions.iter().filter(|one| !one.ok).map(|one| one.code.as_str()).collect()
}

#[test]
fn a_complete_violation_of_an_approved_device_is_admissible() {
    let (sample, device) = whole();
    let report = report(&sample, Some(&device));
    assert!(report.admissible, "{report:?}");
}

#[test]
fn every_condition_fails_alone_and_is_named() {
    let day = |text: &str| text.parse::<jiff::civil::Date>().unwrap();
    type Break = fn(&mut Sample, &mut DeviceRecord, fn(&str) -> jiff::civil::Date);
    let breaks: [(&str, Break); 11] = [
        ("approval_in_force", |_, device, day| device.approval_decision.to = Some(day("2026-11-09"))),
        ("approval_in_force", |_, device, day| device.approval_decision.from = day("2026-11-11")),
        ("calibration_valid", |_, device, _| device.kind = "speed_camera".into()),
        ("position_approved", |_, device, _| device.approved_position.lat += 0.01),
        ("position_approved", |sample, _, _| sample.violation.place.at = None),
        ("trained_users", |_, device, _| device.trained_users.clear()),
        ("device_status", |_, device, _| device.status = "suspended".into()),
        ("clock_offset", |sample, _, _| sample.violation.clock.offset_ms = None),
        ("clock_offset", |sample, _, _| sample.violation.clock.offset_ms = Some(-961)),
        ("clock_offset", |sample, _, _| sample.violation.clock.camera_offset_ms = Some(960)),
        ("sign_installed", |_, device, day| device.sign_installed.as_mut().unwrap().on = day("2026-11-11")),
    ];
    for (code, break_it) in breaks {
        let (mut sample, mut device) = whole();
        break_it(&mut sample, &mut device, day);
        let report = report(&sample, Some(&device));
        assert_eq!(failed(&report), [code]);
        assert!(!report.admissible);
        let condition = report.conditions.iter().find(|one| !one.ok).unwrap();
        assert!(!condition.vi.is_empty() && !condition.en.is_empty());
    }
}

#[test]
fn a_calibration_that_has_run_out_at_that_moment_is_inadmissible() {
    let (sample, mut device) = whole();
    let paper = |from: &str, to: &str| device::Calibration {
        cert_no: "KD-1".into(),
        agency: "Viện Đo lường".into(),
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
    };
    device.calibration = Some(paper("2025-11-10", "2026-11-09"));
    assert_eq!(failed(&report(&sample, Some(&device))), ["calibration_valid"]);
    device.calibration = Some(paper("2025-11-11", "2026-11-10"));
    assert!(report(&sample, Some(&device)).admissible, "the last day counts");
}

#[test]
fn without_a_record_the_device_is_what_is_missing() {
    let (sample, _) = whole();
    assert_eq!(failed(&report(&sample, None)), ["device_approved"]);
}

#[test]
fn the_offset_of_the_clock_counts_with_its_uncertainty_up_to_the_limit() {
    let (mut sample, device) = whole();
    sample.violation.clock.offset_ms = Some(960);
    assert!(report(&sample, Some(&device)).admissible, "960 + 40 = 1000");
    sample.violation.clock.offset_ms = Some(961);
    assert!(!report(&sample, Some(&device)).admissible);
}

#[test]
fn each_file_that_is_not_really_there_is_named() {
    for (role, need) in [
        (EvidenceRole::Overview, "overview"),
        (EvidenceRole::Act, "act"),
        (EvidenceRole::Plate, "plate"),
        (EvidenceRole::Clip, "clip"),
        (EvidenceRole::Overlay, "overlay"),
    ] {
        let (mut sample, device) = whole();
        sample.evidence.retain(|one| one.role != role);
        let report = report(&sample, Some(&device));
        assert_eq!(report.missing.iter().map(|one| one.need.as_str()).collect::<Vec<_>>(), [need]);
        assert!(!report.admissible && !report.missing[0].vi.is_empty());
    }
}

#[test]
fn a_speed_is_for_statistics_whatever_else_is_there() {
    let (mut sample, device) = whole();
    sample.violation.violation = "speed_homography".into();
    assert!(failed(&report(&sample, Some(&device))).contains(&"kind_is_evidence"));
    sample.violation.violation = "flying".into();
    assert!(failed(&report(&sample, Some(&device))).contains(&"kind_known"));
}

#[test]
fn a_sign_without_a_known_decision_is_missing() {
    let (_, device) = whole();
    let mut sample = sample(Kind::WrongWay, "car", "30A12345", at());
    let of_a_file = report(&sample, Some(&device));
    assert_eq!(of_a_file.missing.iter().map(|one| one.need.as_str()).collect::<Vec<_>>(), ["sign"]);
    assert!(
        of_a_file.missing[0].vi.contains("phiên bản 0")
            && of_a_file.missing[0].en.contains("publish the scene")
    );
    sample.violation.scene.version = 7;
    let published = report(&sample, Some(&device));
    assert!(
        published.missing[0].en.contains("version 7 of the scene names none for rule luat-1"),
        "{published:?}"
    );
}

#[test]
fn a_clip_is_as_long_as_it_plays_and_not_as_it_says() {
    let clip = |plays_ms: Option<i64>, change: fn(&mut wire::violation::ClipSpan)| {
        let (mut sample, device) = whole();
        change(sample.violation.clip.as_mut().unwrap());
        let report = judge(&Facts { clip_ms: plays_ms, ..facts(&sample, Some(&device)) });
        report.missing.iter().map(|one| one.need.clone()).collect::<Vec<_>>()
    };
    assert!(clip(Some(9_000), |_| {}).is_empty());
    assert!(clip(Some(8_200), |_| {}).is_empty(), "frames are dated a little otherwise");
    assert_eq!(clip(Some(200), |_| {}), ["clip"]);
    assert_eq!(clip(Some(60_000), |_| {}), ["clip"]);
    assert_eq!(clip(None, |_| {}), ["clip"], "nobody knows how long it is");
    let away = |span: &mut wire::violation::ClipSpan| {
        span.from += jiff::SignedDuration::from_mins(1);
        span.to += jiff::SignedDuration::from_mins(1);
    };
    assert_eq!(clip(Some(9_000), away), ["clip"], "it shows another minute");
}

#[test]
fn an_altered_file_is_a_condition_that_fails() {
    let (sample, device) = whole();
    let report = judge(&Facts { altered: 1, ..facts(&sample, Some(&device)) });
    assert_eq!(failed(&report), [UNALTERED]);
    assert!(!report.admissible);
}

#[test]
fn a_red_light_that_was_green_past_the_line_accuses_nobody() {
    let (mut sample, device) = whole();
    sample.violation.timeline[0].state = wire::LampState::Green;
    let report = report(&sample, Some(&device));
    assert_eq!(report.missing.iter().map(|one| one.need.as_str()).collect::<Vec<_>>(), ["signal_timeline"]);
}

#[test]
fn one_look_is_not_two_moments() {
    let (mut sample, device) = whole();
    sample.violation.moments[1].at = sample.violation.moments[2].at;
    let report = report(&sample, Some(&device));
    assert_eq!(report.missing.iter().map(|one| one.need.as_str()).collect::<Vec<_>>(), ["moments"]);
}
