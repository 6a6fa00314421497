//! Cases over HTTP: real roles on a real database. Time that people must spend passes at once; nothing else is shortened.

mod adapter;
mod duplicates;
mod evidence;
mod known;
mod no_plate;
mod places;
mod random;
mod review;
mod screening;

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use wire::violation::Kind;

use super::{PASSWORD, Reply, Site, cookie_of};
use crate::auth::{Language, NewUser, Role, create_user};
use crate::cases::device::{DeviceRecord, testing::record};
use crate::cases::screen::screen;
use crate::cases::testing::{PLACE, Sample, sample};
use crate::config::Config;

pub const KCN: &str = "kcn";

/// A site with an approved device, and people.
pub struct Bench {
    pub site: Site,
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Account {
    pub name: String,
    pub cookie: String,
}

/// A record that holds whenever the test runs.
pub fn device() -> DeviceRecord {
    let mut device = record(PLACE[0], PLACE[1]);
    device.approval_decision.from = "2025-01-01".parse().unwrap();
    device.approval_decision.to = None;
    device.sign_installed.as_mut().unwrap().on = "2025-01-01".parse().unwrap();
    device
}

/// A complete violation some minutes ago.
pub fn act(kind: Kind, class: &str, plate: &str, minutes_ago: i64) -> Sample {
    sample(kind, class, plate, Timestamp::now() - SignedDuration::from_mins(minutes_ago))
}

/// Whether a text names plate 30A-123.45, or its digits alone. Digests and times hold such digits by chance, but no capital before them.
pub fn tells_the_plate(text: &str) -> bool {
    ["A12345", "A-12345", "A-123.45", "A123.45", "\"12345\"", "\"123.45\""]
        .iter()
        .any(|form| text.contains(form))
}

/// A complete red light of a car an hour ago: two people must agree.
pub fn red_light(plate: &str) -> Sample {
    act(Kind::RedLight, "car", plate, 60)
}

/// A mild one: one person suffices.
pub fn mild(plate: &str) -> Sample {
    act(Kind::JunctionBlock, "car", plate, 60)
}

impl Bench {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let bench = Self::without_device(change).await;
        bench.site.state.store.cases().put_device(KCN, &device()).await;
        bench
    }

    pub async fn without_device(change: impl FnOnce(&mut Config)) -> Self {
        let site = Site::with(|config| {
            config.data.min_free_mib = 0;
            change(config);
        })
        .await;
        site.state.store.put_site(KCN).await;
        site.state.store.load_laws(&site.state.laws, 1).await.unwrap();
        Self { site }
    }

    pub async fn account(&self, name: &str, role: Role, rank: &str) -> Account {
        let place = matches!(role, Role::SiteManager | Role::Enterprise);
        let new = NewUser {
            username: name.to_owned(),
            display_name: "Trực ban".into(),
            role,
            sites: if place { vec![KCN.into()] } else { Vec::new() },
            group: (role == Role::Enterprise).then(|| "may-10".to_owned()),
            rank: (!rank.is_empty()).then(|| rank.to_owned()),
            language: Language::Vi,
            password: PASSWORD.into(),
            desk_pin: None,
            desk_supervisor: false,
            desk_gates: Vec::new(),
        };
        create_user(&self.site.state.store, new, 1).await.unwrap();
        let reply = self.site.sign_in(name, PASSWORD).await;
        assert_eq!(reply.status, StatusCode::OK);
        Account { name: name.to_owned(), cookie: cookie_of(&reply) }
    }

    pub async fn officer(&self, name: &str) -> Account {
        self.account(name, Role::TrafficPolice, "officer").await
    }

    pub async fn senior(&self, name: &str) -> Account {
        self.account(name, Role::TrafficPolice, "team_chief").await
    }

    pub async fn signer(&self, name: &str) -> Account {
        self.account(name, Role::PoliceSigner, "division_head").await
    }

    /// Opens the case of a sample, with its files; nothing has looked at it yet.
    pub async fn detected(&self, sample: &Sample) -> String {
        for (one, bytes) in sample.evidence.iter().zip(&sample.files) {
            self.site.state.evidence.put(one.sha256, bytes.clone().into()).await.unwrap();
        }
        self.site.state.store.cases().put(KCN, sample).await
    }

    /// The same, screened.
    pub async fn opened(&self, sample: &Sample) -> String {
        let id = self.detected(sample).await;
        screen(&self.site.state, Timestamp::now()).await.unwrap();
        id
    }

    pub async fn state(&self, id: &str) -> String {
        self.site.state.store.cases().get(id).await.unwrap().unwrap().state
    }

    pub async fn get(&self, who: &Account, path: &str) -> Reply {
        self.site.get(&format!("/api/v1{path}"), &who.cookie).await
    }

    pub async fn post(&self, who: &Account, path: &str, body: Option<Value>) -> Reply {
        self.site.call("POST", &format!("/api/v1{path}"), &who.cookie, body).await
    }

    pub async fn case(&self, who: &Account, id: &str) -> Value {
        let reply = self.get(who, &format!("/cases/{id}")).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", String::from_utf8_lossy(&reply.bytes));
        reply.json()
    }

    /// Takes a case, looks at everything for long enough and types a plate.
    pub async fn look(&self, who: &Account, id: &str, plate: &str) {
        let reply = self.post(who, &format!("/cases/{id}/claim"), None).await;
        assert_eq!(reply.status, StatusCode::OK, "{}: {}", who.name, String::from_utf8_lossy(&reply.bytes));
        self.site.state.store.cases().pass(id, 30_000).await;
        let case = self.case(who, id).await;
        let pictures: Vec<&Value> =
            case["evidence"].as_array().unwrap().iter().map(|one| &one["sha256"]).collect();
        let body = json!({ "ms": 30_000, "pictures": pictures });
        let played = self.post(who, &format!("/cases/{id}/played"), Some(body)).await;
        assert_eq!(played.status, StatusCode::OK, "{}", String::from_utf8_lossy(&played.bytes));
        let typed = self.post(who, &format!("/cases/{id}/plate"), Some(json!({ "plate": plate }))).await;
        assert_eq!(typed.status, StatusCode::OK, "{}", String::from_utf8_lossy(&typed.bytes));
    }

    /// Answers a case that the account has looked at.
    pub async fn answer(&self, who: &Account, id: &str, decision: &str) -> Reply {
        let round = self.case(who, id).await["review"]["round"].clone();
        let mut body =
            json!({ "decision": decision, "round": round, "note": format!("ghi chú của {}", who.name) });
        if decision == "reject" {
            body["reason"] = json!("not_a_violation");
        }
        self.post(who, &format!("/cases/{id}/review"), Some(body)).await
    }

    /// Looks and answers; gives the state that it led to.
    pub async fn decides(&self, who: &Account, id: &str, plate: &str, decision: &str) -> String {
        self.look(who, id, plate).await;
        let reply = self.answer(who, id, decision).await;
        assert_eq!(reply.status, StatusCode::OK, "{}: {}", who.name, String::from_utf8_lossy(&reply.bytes));
        self.state(id).await
    }
}
