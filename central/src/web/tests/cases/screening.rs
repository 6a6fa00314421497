//! What may become evidence: every need and every condition, named; what screening notices; and that it screens each case once.

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use wire::EvidenceRole;
use wire::violation::Kind;

use super::{Account, Bench, KCN, act, device, mild, red_light, tells_the_plate};
use crate::cases::device::DeviceRecord;
use crate::cases::screen::screen;
use crate::cases::testing::Sample;

const PLATE: &str = "30A12345";

fn words<'a>(gate: &'a Value, list: &str, word: &str) -> Vec<&'a str> {
    let fails = |one: &&Value| list == "missing" || one["ok"] == json!(false);
    gate[list].as_array().unwrap().iter().filter(fails).map(|one| one[word].as_str().unwrap()).collect()
}

/// An inadmissible case is shown with what was found and without anything of the vehicle.
async fn shown(bench: &Bench, who: &Account, id: &str) -> Value {
    let case = bench.case(who, id).await;
    assert_eq!((&case["state"], &case["gate"]["admissible"]), (&json!("inadmissible"), &json!(false)));
    assert_eq!(
        (&case["evidence"], &case["plate_display"], &case["thumb"]),
        (&json!([]), &Value::Null, &Value::Null)
    );
    let told = case.to_string();
    assert!(!tells_the_plate(&told), "{told}");
    for one in case["gate"]["missing"]
        .as_array()
        .unwrap()
        .iter()
        .chain(case["gate"]["conditions"].as_array().unwrap())
    {
        assert!(!one["vi"].as_str().unwrap().is_empty() && !one["en"].as_str().unwrap().is_empty());
    }
    let claim = bench.post(who, &format!("/cases/{id}/claim"), None).await;
    assert_eq!((claim.status, claim.problem().as_str()), (StatusCode::CONFLICT, "not_admissible"));
    case["gate"].clone()
}

#[tokio::test]
async fn everything_that_a_red_light_needs_is_named_when_it_is_missing() {
    let bench = Bench::new().await;
    let one = bench.officer("csgt.mot").await;
    type Take = fn(&mut Sample);
    let without = |sample: &mut Sample, role: EvidenceRole| {
        let keep: Vec<bool> = sample.evidence.iter().map(|one| one.role != role).collect();
        let (mut files, mut refs) = (keep.iter(), keep.iter());
        sample.files.retain(|_| *files.next().unwrap());
        sample.evidence.retain(|_| *refs.next().unwrap());
    };
    let table: [(&[&str], Take); 8] = [
        (&["reading"], |sample| sample.violation.reading = None),
        (&["reading"], |sample| sample.violation.reading.as_mut().unwrap().valid = false),
        (&["clock"], |sample| sample.violation.clock.synchronised = false),
        (&["place"], |sample| sample.violation.place.vi = String::new()),
        (&["signal_timeline"], |sample| sample.violation.timeline.clear()),
        (&["act", "moments"], |sample| _ = sample.violation.moments.remove(1)),
        (&["clip"], |sample| sample.violation.clip.as_mut().unwrap().to -= SignedDuration::from_secs(3)),
        (&["act"], |sample| sample.violation.moments[0].evidence = None),
    ];
    let mut cases = Vec::new();
    for (needs, take) in table {
        let mut sample = red_light(PLATE);
        take(&mut sample);
        cases.push((needs.to_vec(), bench.opened(&sample).await));
    }
    for (need, role) in [
        ("overview", EvidenceRole::Overview),
        ("plate", EvidenceRole::Plate),
        ("clip", EvidenceRole::Clip),
        ("overlay", EvidenceRole::Overlay),
        ("act", EvidenceRole::Act),
    ] {
        let mut sample = red_light(PLATE);
        without(&mut sample, role);
        cases.push((vec![need], bench.opened(&sample).await));
    }
    for (needs, id) in cases {
        assert_eq!(words(&shown(&bench, &one, &id).await, "missing", "need"), needs);
    }
    let whole = bench.opened(&red_light(PLATE)).await;
    assert_eq!(bench.state(&whole).await, "screened", "and the complete one waits for people");
}

#[tokio::test]
async fn a_file_that_is_named_and_not_stored_is_missing() {
    let bench = Bench::new().await;
    let one = bench.officer("csgt.mot").await;
    let sample = red_light(PLATE);
    let clip = sample.evidence.iter().find(|one| one.role == EvidenceRole::Clip).unwrap().sha256;
    let id = bench.detected(&sample).await;
    bench.site.state.evidence.delete(clip).await.unwrap();
    screen(&bench.site.state, Timestamp::now()).await.unwrap();
    assert_eq!(words(&shown(&bench, &one, &id).await, "missing", "need"), ["clip"]);
}

#[tokio::test]
async fn each_condition_that_fails_at_that_moment_makes_a_case_inadmissible() {
    type Break = fn(&mut DeviceRecord);
    let today = crate::law::day_of(Timestamp::now());
    let table: [(&str, Break); 7] = [
        ("approval_in_force", |device| device.approval_decision.to = Some("2025-06-01".parse().unwrap())),
        ("approval_in_force", |device| device.approval_decision.from = "2999-01-01".parse().unwrap()),
        ("calibration_valid", |device| device.kind = "speed_camera".into()),
        ("position_approved", |device| device.approved_position.lat += 0.01),
        ("trained_users", |device| device.trained_users.clear()),
        ("device_status", |device| device.status = "suspended".into()),
        ("sign_installed", |device| device.sign_installed = None),
    ];
    for (code, break_it) in table {
        let bench = Bench::without_device(|_| {}).await;
        let one = bench.officer("csgt.mot").await;
        let mut record = device();
        break_it(&mut record);
        bench.site.state.store.cases().put_device(KCN, &record).await;
        let id = bench.opened(&red_light(PLATE)).await;
        assert_eq!(words(&shown(&bench, &one, &id).await, "conditions", "code"), [code]);
    }
    let bench = Bench::without_device(|_| {}).await;
    let one = bench.officer("csgt.mot").await;
    let id = bench.opened(&red_light(PLATE)).await;
    assert_eq!(words(&shown(&bench, &one, &id).await, "conditions", "code"), ["device_approved"]);
    // A certificate that ran out the day before, and a clock that was off.
    let mut record = device();
    record.calibration =
        serde_json::from_value(json!({ "cert_no": "KD-1", "agency": "Viện Đo lường", "from": "2025-01-01",
        "to": today.yesterday().unwrap().yesterday().unwrap() }))
        .unwrap();
    bench.site.state.store.cases().put_device(KCN, &record).await;
    let mut sample = red_light(PLATE);
    sample.violation.clock.offset_ms = Some(-961);
    let id = bench.opened(&sample).await;
    assert_eq!(
        words(&shown(&bench, &one, &id).await, "conditions", "code"),
        ["calibration_valid", "clock_offset"]
    );
}

#[tokio::test]
async fn a_sign_that_a_file_on_the_device_speaks_of_is_no_evidence_and_it_says_what_to_do() {
    let bench = Bench::new().await;
    let one = bench.officer("csgt.mot").await;
    let id = bench.opened(&act(Kind::WrongWay, "car", PLATE, 60)).await;
    let gate = shown(&bench, &one, &id).await;
    assert_eq!(words(&gate, "missing", "need"), ["sign"]);
    assert!(words(&gate, "missing", "vi")[0].contains("phiên bản 0"), "{gate}");
    assert!(words(&gate, "missing", "en")[0].contains("publish the scene at central"), "{gate}");
}

#[tokio::test]
async fn a_speed_is_for_statistics_and_its_plate_for_nobody() {
    let bench = Bench::new().await;
    let one = bench.officer("csgt.mot").await;
    let id = bench.opened(&act(Kind::SpeedSection, "car", PLATE, 60)).await;
    let gate = shown(&bench, &one, &id).await;
    assert!(words(&gate, "conditions", "code").contains(&"kind_is_evidence"), "{gate}");
    let found = bench.get(&one, &format!("/cases?q={PLATE}")).await.json();
    assert_eq!(found["items"], json!([]), "a search by plate does not find it");
}

#[tokio::test]
async fn the_same_act_seen_twice_is_one_case_until_a_person_finds_otherwise() {
    let bench = Bench::new().await;
    let one = bench.officer("csgt.mot").await;
    let first = bench.opened(&red_light(PLATE)).await;
    let mut again = red_light(PLATE);
    again.violation.rule = wire::Name::new("luat-2").unwrap();
    let second = bench.opened(&again).await;
    assert_eq!(bench.state(&second).await, "duplicate");
    let case = bench.case(&one, &second).await;
    assert_eq!(
        (&case["flags"], &case["related"]["duplicates"][0]["id"]),
        (&json!(["duplicate_of"]), &json!(first))
    );
    assert_eq!(bench.case(&one, &first).await["related"]["duplicates"][0]["id"], json!(second));
    assert_eq!(bench.post(&one, &format!("/cases/{second}/claim"), None).await.problem(), "closed");
    let why = json!({ "reason": "Hai lần vượt khác nhau" });
    assert_eq!(
        bench.post(&one, &format!("/cases/{second}/separate"), Some(why)).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(bench.state(&second).await, "screened");
    let later = bench.opened(&act(Kind::RedLight, "car", PLATE, 50)).await;
    assert_eq!(bench.state(&later).await, "screened", "ten minutes later it is another act");
}

#[tokio::test]
async fn a_plate_at_two_far_places_is_suspected_and_two_people_must_look() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let mut far = mild(PLATE);
    far.violation.place.at = Some([21.03, 105.85]);
    bench.opened(&far).await;
    let id = bench.opened(&act(Kind::JunctionBlock, "car", PLATE, 50)).await;
    let case = bench.case(&one, &id).await;
    assert_eq!(case["flags"], json!(["clone_suspect"]));
    assert_eq!(case["related"]["clones"][0]["id"], "impossible_way");
    assert_eq!(bench.decides(&one, &id, PLATE, "approve").await, "review_2", "nothing goes on by itself");
    assert_eq!(bench.decides(&two, &id, PLATE, "approve").await, "confirmed");
}

#[tokio::test]
async fn vehicles_on_duty_are_marked_and_two_people_must_look() {
    let bench = Bench::with(|config| config.cases.exempt_plates.push(PLATE.into())).await;
    let one = bench.officer("csgt.mot").await;
    let listed = bench.opened(&mild(PLATE)).await;
    let mut look = mild("30A54321");
    look.violation.doubts.push("priority_vehicle_look".into());
    let looks = bench.opened(&look).await;
    for (id, plate) in [(listed, PLATE), (looks, "30A54321")] {
        assert_eq!(bench.case(&one, &id).await["flags"], json!(["exempt"]));
        assert_eq!(bench.decides(&one, &id, plate, "approve").await, "review_2");
    }
}

#[tokio::test]
async fn a_crash_between_opening_and_screening_loses_nothing_and_doubles_nothing() {
    let bench = Bench::new().await;
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(bench.detected(&red_light(&format!("30A1230{n}"))).await);
    }
    let (state, now) = (&bench.site.state, Timestamp::now());
    // Nothing was looked at: as if central had stopped. Then two look at once.
    let (one, two) = tokio::join!(screen(state, now), screen(state, now));
    one.unwrap();
    two.unwrap();
    assert_eq!(screen(state, now).await.unwrap(), 0);
    for id in ids {
        let cases = state.store.cases();
        assert_eq!(bench.state(&id).await, "screened");
        assert_eq!(cases.log(&id).await.unwrap().len(), 1, "admitted once");
        assert_eq!(cases.log_break(&id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn papers_of_a_device_count_once_another_account_approved_them() {
    let bench = Bench::without_device(|_| {}).await;
    let one = bench.officer("csgt.mot").await;
    let signer = bench.signer("chi.huy").await;
    let mut record = serde_json::to_value(device()).unwrap();
    record["trained_users"] = json!(["csgt.mot", "nobody"]);
    let path = "/api/v1/enforcement/devices/kcn/cong";
    let put = async |record: &Value| bench.site.call("PUT", path, &one.cookie, Some(record.clone())).await;
    let bad = put(&record).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bad.json().to_string().contains("trained_users[1]"));
    record["trained_users"] = json!(["csgt.mot"]);
    record["valid_from"] = json!("2025-01-02T00:00:00Z");
    let proposed = put(&record).await;
    assert_eq!(proposed.status, StatusCode::OK, "{}", String::from_utf8_lossy(&proposed.bytes));
    let proposal = proposed.json()["proposal"]["id"].clone();
    let before = bench.opened(&red_light(PLATE)).await;
    assert_eq!(bench.state(&before).await, "inadmissible", "a proposal is no record");
    let decide = json!({ "proposal": proposal });
    let own = bench.site.call("POST", &format!("{path}/approve"), &one.cookie, Some(decide.clone())).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN);
    let done =
        bench.site.call("POST", &format!("{path}/approve"), &signer.cookie, Some(decide.clone())).await;
    assert_eq!((done.status, &done.json()["approved_by"]), (StatusCode::OK, &json!("chi.huy")));
    let again = bench.site.call("POST", &format!("{path}/approve"), &signer.cookie, Some(decide)).await;
    assert_eq!(again.problem(), "stale");
    let after = bench.opened(&red_light(PLATE)).await;
    assert_eq!(bench.state(&after).await, "screened");
    assert_eq!(bench.case(&one, &after).await["device"]["serial"], "SN-1");
}

#[tokio::test]
async fn either_of_two_cases_with_one_plate_far_apart_may_be_the_false_one() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let first = bench.opened(&mild(PLATE)).await;
    assert_eq!(bench.case(&one, &first).await["flags"], json!([]));
    let mut far = act(Kind::JunctionBlock, "car", PLATE, 50);
    far.violation.place.at = Some([21.03, 105.85]);
    bench.opened(&far).await;
    let case = bench.case(&one, &first).await;
    assert_eq!(case["flags"], json!(["clone_suspect"]));
    assert_eq!(case["related"]["clones"][0]["id"], "impossible_way");
    assert_eq!(bench.decides(&one, &first, PLATE, "approve").await, "review_2");
    assert_eq!(bench.decides(&two, &first, PLATE, "approve").await, "confirmed");
}

#[tokio::test]
async fn a_file_that_was_altered_before_screening_makes_a_case_inadmissible() {
    let bench = Bench::new().await;
    let one = bench.officer("csgt.mot").await;
    let sample = red_light(PLATE);
    let id = bench.detected(&sample).await;
    bench.site.alter(sample.evidence[0].sha256);
    screen(&bench.site.state, Timestamp::now()).await.unwrap();
    assert_eq!(bench.state(&id).await, "inadmissible");
    let gate = &bench.case(&one, &id).await["gate"];
    assert!(words(gate, "conditions", "code").contains(&"evidence_unaltered"), "{gate}");
}
