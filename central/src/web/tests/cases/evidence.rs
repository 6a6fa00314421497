//! Files of a case: for the police who may see the case, and for nobody else.

use axum::http::StatusCode;
use serde_json::Value;
use wire::EvidenceRole;
use wire::violation::Kind;

use super::{Bench, act, red_light};
use crate::auth::{Language, NewUser, Role, create_user};
use crate::store::evidence::StoredPicture;
use crate::web::tests::{PASSWORD, cookie_of};

#[tokio::test]
async fn files_of_a_case_are_given_to_the_police_alone() {
    let bench = Bench::new().await;
    let sample = red_light("30A12345");
    bench.opened(&sample).await;
    for role in Role::ALL {
        let rank = if matches!(role, Role::TrafficPolice | Role::PoliceSigner) { "officer" } else { "" };
        let who = bench.account(&format!("a.{}", role.as_str().replace('_', ".")), role, rank).await;
        for one in &sample.evidence {
            let reply = bench.get(&who, &format!("/evidence/{}", one.sha256)).await;
            let expected = match role {
                Role::TrafficPolice | Role::PoliceSigner => StatusCode::OK,
                Role::Enterprise => StatusCode::FORBIDDEN,
                _ => StatusCode::NOT_FOUND,
            };
            assert_eq!(reply.status, expected, "{} {:?}", role.as_str(), one.role);
        }
    }
}

#[tokio::test]
async fn police_of_another_site_get_nothing_nor_does_anybody_of_what_is_no_evidence() {
    let bench = Bench::new().await;
    let sample = red_light("30A12345");
    bench.opened(&sample).await;
    let new = NewUser {
        username: "csgt.xa".into(),
        display_name: "Xa".into(),
        role: Role::TrafficPolice,
        sites: vec!["trang-an".into()],
        group: None,
        rank: Some("officer".into()),
        language: Language::Vi,
        password: PASSWORD.into(),
        desk_pin: None,
        desk_supervisor: false,
        desk_gates: Vec::new(),
    };
    create_user(&bench.site.state.store, new, 1).await.unwrap();
    let far = cookie_of(&bench.site.sign_in("csgt.xa", PASSWORD).await);
    let one = bench.officer("csgt.mot").await;
    let speed = act(Kind::SpeedSection, "car", "30A54321", 60);
    let waiting = red_light("30A99999");
    bench.opened(&speed).await;
    bench.detected(&waiting).await;
    for one in &sample.evidence {
        assert_eq!(
            bench.site.get(&format!("/api/v1/evidence/{}", one.sha256), &far).await.status,
            StatusCode::NOT_FOUND
        );
    }
    for file in speed.evidence.iter().chain(&waiting.evidence) {
        let reply = bench.get(&one, &format!("/evidence/{}", file.sha256)).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{:?}", file.role);
    }
}

#[tokio::test]
async fn a_clip_that_arrived_before_its_event_is_for_the_police_alone() {
    let bench = Bench::new().await;
    let sample = red_light("30A12345");
    let (one, admin) = (bench.officer("csgt.mot").await, bench.account("quan.tri", Role::Admin, "").await);
    let ioc = bench.account("truc.ban", Role::IocOperator, "").await;
    for (file, bytes) in sample.evidence.iter().zip(&sample.files) {
        if !matches!(file.role, EvidenceRole::Clip | EvidenceRole::Overlay) {
            continue;
        }
        bench.site.state.evidence.put(file.sha256, bytes.clone().into()).await.unwrap();
        let stored = StoredPicture {
            sha256: file.sha256,
            bytes: bytes.len(),
            media_type: file.role.media_type(),
            site: "kcn".into(),
            agent: "edge".into(),
        };
        bench.site.state.store.add_pictures(&[stored], 1).await.unwrap();
        let path = format!("/evidence/{}", file.sha256);
        assert_eq!(bench.get(&one, &path).await.status, StatusCode::OK);
        for other in [&admin, &ioc] {
            assert_eq!(bench.get(other, &path).await.status, StatusCode::NOT_FOUND, "{}", other.name);
        }
    }
}

#[tokio::test]
async fn what_is_erased_when_its_time_is_over_is_gone_from_the_disk_clip_and_all() {
    let bench = Bench::new().await;
    let sample = act(Kind::SpeedSection, "car", "30A54321", 60);
    let id = bench.opened(&sample).await;
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 31);
    crate::cases::sweep::sweep(&bench.site.state, later).await.unwrap();
    for file in &sample.evidence {
        assert!(!bench.site.state.evidence.has(file.sha256).await.unwrap(), "{:?}", file.role);
    }
    let row = bench.site.state.store.cases().get(&id).await.unwrap().unwrap();
    assert!(row.erased_at_ms.is_some() && row.violation.is_none() && row.plate.is_none());
}

#[tokio::test]
async fn a_file_that_was_altered_locks_its_case_at_the_next_approval() {
    let bench = Bench::new().await;
    let (one, two) = (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await);
    let sample = super::mild("30A12345");
    let id = bench.opened(&sample).await;
    bench.look(&one, &id, "30A12345").await;
    let clip = sample.evidence.iter().find(|one| one.role == wire::EvidenceRole::Clip).unwrap();
    bench.site.alter(clip.sha256);
    let reply = bench.answer(&one, &id, "approve").await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::CONFLICT, "evidence_altered"));
    assert_eq!(bench.state(&id).await, "review_1", "nobody confirmed it");
    for who in [&one, &two] {
        let claim = bench.post(who, &format!("/cases/{id}/claim"), None).await;
        assert_eq!(claim.problem(), "not_admissible");
    }
    let case = bench.case(&one, &id).await;
    let failed =
        case["gate"]["conditions"].as_array().unwrap().iter().find(|one| one["ok"] == false).unwrap();
    assert_eq!(failed["code"], "evidence_unaltered");
    assert!(case["log"].as_array().unwrap().iter().any(|step| step["what"] == "lock"), "{}", case["log"]);
    assert_eq!(case["chain_broken_at"], Value::Null);
}

#[tokio::test]
async fn who_meets_an_altered_file_gets_nothing_of_it_and_every_case_of_it_is_locked_once() {
    let bench = Bench::new().await;
    let one = bench.officer("csgt.mot").await;
    let sample = super::red_light("30A12345");
    let id = bench.opened(&sample).await;
    let file = sample.evidence[0].sha256;
    bench.site.alter(file);
    for _ in 0..2 {
        let reply = bench.get(&one, &format!("/evidence/{file}")).await;
        assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::CONFLICT, "evidence_altered"));
    }
    let log = bench.site.state.store.cases().log(&id).await.unwrap();
    assert_eq!(log.iter().filter(|step| step.what == "lock").count(), 1);
    assert_eq!(bench.post(&one, &format!("/cases/{id}/claim"), None).await.problem(), "not_admissible");
}

#[tokio::test]
async fn a_case_whose_file_cannot_be_deleted_is_erased_at_a_later_look() {
    let bench = Bench::new().await;
    let sample = act(Kind::SpeedSection, "car", "30A54321", 60);
    let id = bench.opened(&sample).await;
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 31);
    // In the file's place lies what cannot be deleted as a file.
    let file = bench.site.file(sample.evidence[0].sha256);
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir_all(file.join("x")).unwrap();
    crate::cases::sweep::sweep(&bench.site.state, later).await.unwrap();
    let row = bench.site.state.store.cases().get(&id).await.unwrap().unwrap();
    assert!(row.erased_at_ms.is_none(), "it is found again");
    std::fs::remove_dir_all(&file).unwrap();
    crate::cases::sweep::sweep(&bench.site.state, later).await.unwrap();
    let row = bench.site.state.store.cases().get(&id).await.unwrap().unwrap();
    assert!(row.erased_at_ms.is_some() && row.plate.is_none());
}

#[tokio::test]
async fn alerts_of_many_cases_are_all_told_the_nearest_deadline_first() {
    let bench = Bench::new().await;
    let (store, now) = (&bench.site.state.store, jiff::Timestamp::now().as_millisecond());
    let first = bench.opened(&super::red_light("30A12345")).await;
    for n in 0..501 {
        store
            .put(
                "insert into cases (case_id, number, source, site, camera, kind, class, at_ms, uncertainty_ms, time_source, received_at_ms,
                    opened_at_ms, score, place_vi, place_en, state, round, serious, second, escalated, evidence, models, gate, flags,
                    related, seeded, notice_due_ms, changed_at_ms)
                 select $1, $1, source, site, camera, kind, class, at_ms, uncertainty_ms, time_source, received_at_ms, opened_at_ms, score,
                    place_vi, place_en, state, round, serious, second, escalated, '[]', models, gate, flags, related, 0, notice_due_ms,
                    changed_at_ms from cases where case_id = $2",
                &[&format!("c{n:03}"), &first],
            )
            .await;
    }
    let due = store.cases().get(&first).await.unwrap().unwrap().notice_due_ms.unwrap();
    let half = now + (due - now) * 11 / 20;
    assert_eq!(store.cases().due_alerts(half).await.unwrap().len(), 500);
    assert_eq!(store.cases().due_alerts(half).await.unwrap().len(), 2, "those told stand in nobody's way");
    assert!(store.cases().due_alerts(half).await.unwrap().is_empty());
    let levels = |alerts: Vec<crate::store::cases::sweep::DueAlert>| {
        alerts.iter().map(|alert| alert.level).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(levels(store.cases().due_alerts(due + 1).await.unwrap()), [80, 100].into());
}
