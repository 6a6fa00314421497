//! Handlings as officers, commanders and other systems meet them: the whole router, a real database, real papers, and the mock
//! national services behind the real clients.

mod altered;
mod ended;
mod lists;
mod outside;
mod people;
mod whole;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Reply, Site};
use crate::auth::Role;
use crate::config::{Config, Service};
use crate::handling::desk;
use crate::handling::open::Confirmed;
use crate::handling::record::{Handling, Vehicle};
use crate::handling::services::Services;
use crate::handling::state::State;

pub const SITE: &str = "nut-1";
/// A white car of the demonstration, and the number of its owner.
pub const CAR: &str = "35A24681";
pub const OWNER: &str = "037191900102";

/// Central with the mock services, an officer, and two commanders.
pub struct Road {
    pub site: Site,
    pub mock: seeds::Mock,
    pub services: Services,
    pub http: reqwest::Client,
    /// Cookies.
    pub an: String,
    pub binh: String,
    pub chi: String,
    cases: std::cell::Cell<u32>,
    _folder: tempfile::TempDir,
}

fn complete(config: &mut Config) {
    let handling = &mut config.handling;
    handling.parent_unit_vi = "Công an tỉnh Ninh Bình".into();
    handling.place_vi = "Ninh Bình".into();
    handling.phone = "0229 0000 000".into();
    handling.address = "Số 1, đường Thí Dụ, Phường Hoa Lư, Tỉnh Ninh Bình".into();
    handling.treasury_account = "7111.0.0000000".into();
    handling.treasury_vi = "Kho bạc Nhà nước khu vực (thí dụ)".into();
}

impl Road {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut settings = seeds::Config {
            listen: "127.0.0.1:0".parse().unwrap(),
            state_dir: folder.path().to_owned(),
            size: seeds::world::Size { citizens: 5, vehicles: 5 },
            callback_delay_ms: 1,
            ..seeds::Config::default()
        };
        use seeds::config::Service as Which;
        settings.clients[0].callbacks =
            [(Which::Vneid, "vneid"), (Which::Post, "post"), (Which::Dvcqg, "dvcqg")]
                .map(|(which, name)| (which, format!("http://{here}/api/v1/callbacks/{name}")))
                .into_iter()
                .collect::<BTreeMap<_, _>>();
        let mock = seeds::Mock::start(settings).await.unwrap();
        let service = Service {
            url: mock.base_url(),
            client_id: "vong-gac".into(),
            secret_env: None,
            secret_file: Some(folder.path().join("vong-gac.secret")),
            unit_code: "H42.01".into(),
            officer_id: "system-central".into(),
            purpose_code: "VIOLATION_HANDLING".into(),
            timeout_ms: 5000,
            retry_s: 1,
        };
        let site = Site::with(|config| {
            complete(config);
            config.data.min_free_mib = 0;
            let all = &mut config.registers;
            for slot in [
                &mut all.vehreg,
                &mut all.vneid,
                &mut all.dvcqg,
                &mut all.licence,
                &mut all.inspection,
                &mut all.post,
                &mut all.csgt,
                &mut all.machines,
            ] {
                *slot = Some(service.clone());
            }
            change(config);
        })
        .await;
        let router = crate::web::router(site.state.clone());
        tokio::spawn(async move {
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, service).await
        });
        let an = site.cookie(Role::TrafficPolice, &[SITE]).await;
        let binh = site.cookie(Role::PoliceSigner, &[SITE]).await;
        let chi = site.cookie(Role::PoliceSigner, &[SITE, "kcn"]).await;
        let services = Services::new(site.state.clone()).unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let road =
            Self { site, mock, services, http, an, binh, chi, cases: Default::default(), _folder: folder };
        road.device().await;
        road
    }

    /// The camera's papers, in force since long ago.
    async fn device(&self) {
        let record = json!({
            "serial": "SN-0042", "type": "traffic_camera", "model": "Thí Dụ 4", "annex_item": "21",
            "approval_decision": { "no": "12/QĐ-PC08", "on": "2020-01-05", "by": "Phòng CSGT", "from": "2020-01-05" },
            "approved_position": { "lat": 20.25, "lon": 105.97, "radius_m": 30.0, "vi": "Nút giao Thí Dụ" },
            "max_clock_offset_ms": 500, "trained_users": ["traffic.police1"], "status": "in_use",
        });
        let record = serde_json::from_value(record).unwrap();
        let cases = self.site.state.store.cases();
        let version = cases.propose_device((SITE, "cam-1"), &record, Some(1), ("an", None), 1).await.unwrap();
        cases.decide_device((SITE, "cam-1", version), true, ("binh", None), 2).await.unwrap();
    }

    /// Another officer's cookie.
    pub async fn officer(&self) -> String {
        self.site.cookie(Role::TrafficPolice, &[SITE, "kcn"]).await
    }

    /// A confirmed case of a plate, `hours` ago.
    pub async fn case(&self, plate: &str, behaviour: &str, class: &str, hours: i64) -> Confirmed {
        let case = self.prepared(plate, behaviour, class, hours);
        self.confirm(case).await
    }

    /// The same with the flags that block what would go on by itself.
    pub async fn flagged(&self, plate: &str, behaviour: &str, class: &str) -> Confirmed {
        let mut case = self.prepared(plate, behaviour, class, 30);
        case.doubts = vec!["exempt".into(), "clone_suspect".into()];
        self.confirm(case).await
    }

    /// As reviewers leave it, with its files.
    async fn confirm(&self, case: Confirmed) -> Confirmed {
        for (name, bytes) in self.site.state.store.put_confirmed(&case).await {
            self.site.state.evidence.put(name, bytes.into()).await.unwrap();
        }
        case
    }

    fn prepared(&self, plate: &str, behaviour: &str, class: &str, hours: i64) -> Confirmed {
        let n = self.cases.get() + 1;
        self.cases.set(n);
        let colour = if plate.starts_with("TM") { "red" } else { "white" };
        Confirmed {
            case_id: format!("case-{n}"),
            case_number: format!("VP-2026-{n:06}"),
            kind: "red_light".into(),
            behaviour: behaviour.into(),
            at: Timestamp::now() - SignedDuration::from_hours(hours),
            site: SITE.into(),
            camera: "cam-1".into(),
            place_vi: "Nút giao Thí Dụ".into(),
            vehicle: Vehicle::seen(plate, Some(colour), class),
            doubts: Vec::new(),
            judged_by: vec!["chinh".into()],
        }
    }

    /// A handling of such a case, its owner asked for.
    pub async fn opened(&self, plate: &str, behaviour: &str, class: &str) -> String {
        let case = self.case(plate, behaviour, class, 30).await;
        self.round().await;
        self.site.state.store.handling_of_case(&case.case_id).await.unwrap().unwrap().0
    }

    pub async fn round(&self) {
        self.round_at(Timestamp::now()).await;
    }

    pub async fn round_at(&self, now: Timestamp) {
        desk::round(&self.site.state, &self.services, now).await.unwrap();
    }

    pub async fn handling(&self, id: &str) -> Handling {
        self.site.state.store.handling(id).await.unwrap().unwrap()
    }

    pub async fn state(&self, id: &str) -> State {
        self.handling(id).await.state
    }

    /// Lets rounds pass until the handling stands so; callbacks come in between.
    pub async fn until(&self, id: &str, state: State) {
        for _ in 0..200 {
            self.round().await;
            if self.state(id).await == state {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let h = self.handling(id).await;
        panic!("{:?} instead of {state:?}: {:#?}", h.state, h.orders);
    }

    pub async fn act(&self, id: &str, cookie: &str, action: &str, fields: Value) -> Reply {
        self.site
            .call("POST", &format!("/api/v1/handlings/{id}/actions/{action}"), cookie, Some(fields))
            .await
    }

    /// A step that is taken.
    pub async fn ok(&self, id: &str, cookie: &str, action: &str, fields: Value) {
        let reply = self.act(id, cookie, action, fields).await;
        assert_eq!(reply.status, StatusCode::OK, "{action}: {}", reply.json());
    }

    /// A step that is refused: its status and code.
    pub async fn no(&self, id: &str, cookie: &str, action: &str, fields: Value) -> (u16, String) {
        let reply = self.act(id, cookie, action, fields).await;
        (reply.status.as_u16(), reply.problem())
    }

    pub async fn file(&self, id: &str, cookie: &str) -> Value {
        let reply = self.site.get(&format!("/api/v1/handlings/{id}"), cookie).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.json());
        reply.json()
    }

    pub async fn admin(&self, path: &str, body: Value) {
        let url = format!("{}/admin/{path}", self.mock.base_url());
        let reply = self.http.post(url).body(body.to_string()).send().await.unwrap();
        assert!(reply.status().is_success(), "{path}: {}", reply.text().await.unwrap());
    }

    /// On to the delivered notice.
    pub async fn noticed(&self, plate: &str, behaviour: &str, class: &str) -> String {
        let id = self.opened(plate, behaviour, class).await;
        self.ok(&id, &self.an, "draft_notice", json!({})).await;
        self.ok(&id, &self.binh, "sign_notice", json!({})).await;
        self.until(&id, State::NoticeDelivered).await;
        id
    }

    /// On to the decision that was drafted.
    pub async fn drafted(&self, id: &str, amounts: &[i64]) {
        self.ok(id, &self.an, "draft_minutes", json!({})).await;
        self.ok(id, &self.binh, "sign_minutes", json!({})).await;
        if self.state(id).await == State::Explanation {
            self.ok(id, &self.an, "waive_explanation", json!({ "reason": "không giải trình" })).await;
        }
        let acts: Vec<_> = self
            .handling(id)
            .await
            .acts
            .iter()
            .zip(amounts)
            .map(|(act, amount)| json!({ "case_id": act.case_id, "amount": amount }))
            .collect();
        self.ok(id, &self.an, "draft_decision", json!({ "acts": acts })).await;
    }

    /// On to the delivered decision.
    pub async fn decided(&self, plate: &str, behaviour: &str, class: &str, amount: i64) -> String {
        let id = self.noticed(plate, behaviour, class).await;
        self.ok(&id, &self.an, "record_acknowledged", json!({})).await;
        self.drafted(&id, &[amount]).await;
        self.ok(&id, &self.binh, "sign_decision", json!({})).await;
        self.until(&id, State::DecisionDelivered).await;
        id
    }

    pub async fn kinds_of_papers(&self, id: &str) -> Vec<String> {
        let rows = self.site.state.store.documents_of(id).await.unwrap();
        rows.into_iter().map(|row| row.kind).collect()
    }
}
