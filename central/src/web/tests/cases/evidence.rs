//! Files of a case: for the police who may see the case, and for nobody else.

use axum::http::StatusCode;
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
