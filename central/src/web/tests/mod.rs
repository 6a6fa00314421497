//! The web as a browser meets it: whole requests through the whole router, on a database in a temporary folder.

mod access;
mod cases;
mod citizen;
mod gates;
mod handlings;
mod law;
mod loss;
mod people;
mod reading;
mod scenes;
mod sections;
mod sign_in;
mod streams;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;
use wire::DeviceKey;

use crate::app::State;
use crate::auth::{Language, NewUser, Role, create_user};
use crate::config::Config;
use crate::evidence::EvidenceStore;
use crate::lists::Lists;
use crate::notify::Hub;
use crate::store::testing;

pub const PASSWORD: &str = "trời xanh mây trắng";

/// Central without its other parts.
pub struct Site {
    pub state: State,
    router: Router,
    _folder: tempfile::TempDir,
}

pub struct Reply {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.bytes)))
    }

    /// Checks that it is a problem document, and gives its code.
    pub fn problem(&self) -> String {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        let json = self.json();
        assert_eq!(json["status"], self.status.as_u16());
        assert!(
            json["type"].is_string() && json["title"].is_string() && json["detail"].is_string(),
            "{json}"
        );
        json["code"].as_str().unwrap().to_owned()
    }
}

impl Site {
    /// Where a file of evidence lies.
    pub fn file(&self, sha256: wire::Digest) -> std::path::PathBuf {
        let name = sha256.to_string();
        let folder = self.state.config.evidence_folder().join(&name[..2]).join(&name[2..4]);
        let mut there = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        there.find(|path| path.file_stem().is_some_and(|stem| stem == name.as_str())).unwrap()
    }

    /// Changes a byte of a file of evidence on the disk.
    pub fn alter(&self, sha256: wire::Digest) {
        let file = self.file(sha256);
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&file, bytes).unwrap();
    }

    pub async fn new() -> Self {
        // However full the disk of the machine that runs the tests.
        Self::with(|config| config.data.min_free_mib = 0).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let (folder, store) = testing::fresh().await;
        let mut config = Config::default();
        config.data.folder = folder.path().to_owned();
        change(&mut config);
        let state = State {
            store,
            evidence: EvidenceStore::open(&folder.path().join("evidence")).unwrap(),
            hub: Hub::default(),
            lists: Lists::default(),
            faces: None,
            key: Arc::new(DeviceKey::from_seed(&[1; 32])),
            registers: Arc::new(crate::registers::identity::Registers::new(&config.registers).unwrap()),
            data_key: Arc::new(crate::sealing::DataKey::from_bytes(&[1; 32])),
            laws: crate::law::Laws::default(),
            scenes: crate::scenes::Scenes::default(),
            health: Arc::default(),
            stop: tokio_util::sync::CancellationToken::new(),
            config: Arc::new(config),
        };
        Self { router: super::router(state.clone()), state, _folder: folder }
    }

    /// An account; roles that are tied to a place get one.
    pub async fn user(&self, role: Role, sites: &[&str]) -> String {
        let sites = if sites.is_empty() && matches!(role, Role::SiteManager | Role::Enterprise) {
            &["kcn"]
        } else {
            sites
        };
        let username = format!("{}{}", role.as_str().replace('_', "."), sites.len());
        let new = NewUser {
            username: username.clone(),
            display_name: "Trực ban".into(),
            role,
            sites: sites.iter().map(|site| (*site).to_owned()).collect(),
            group: (role == Role::Enterprise).then(|| "may-10".to_owned()),
            rank: (role == Role::PoliceSigner).then(|| "team_chief".to_owned()),
            language: Language::Vi,
            password: PASSWORD.into(),
            desk_pin: None,
            desk_supervisor: false,
            desk_gates: Vec::new(),
        };
        create_user(&self.state.store, new, 1).await.unwrap();
        username
    }

    /// An account with this role, signed in: its cookie.
    pub async fn cookie(&self, role: Role, sites: &[&str]) -> String {
        let username = self.user(role, sites).await;
        let reply = self.sign_in(&username, PASSWORD).await;
        assert_eq!(reply.status, StatusCode::OK);
        cookie_of(&reply)
    }

    pub async fn sign_in(&self, username: &str, password: &str) -> Reply {
        let body = serde_json::json!({ "username": username, "password": password });
        self.call("POST", "/api/v1/session", "", Some(body)).await
    }

    pub async fn get(&self, path: &str, cookie: &str) -> Reply {
        self.call("GET", path, cookie, None).await
    }

    pub async fn call(&self, method: &str, path: &str, cookie: &str, body: Option<Value>) -> Reply {
        let request = Request::builder().method(method).uri(path).header("x-requested-with", "vong-gac");
        let request = if cookie.is_empty() { request } else { request.header(header::COOKIE, cookie) };
        let request = match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string()))
                .unwrap(),
            None => request.body(Body::empty()).unwrap(),
        };
        self.send(request).await
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.open(request).await;
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, 16 << 20).await.unwrap().to_vec();
        Reply { status: parts.status, headers: parts.headers, bytes }
    }

    pub async fn open(&self, mut request: Request<Body>) -> Response<Body> {
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000))));
        self.router.clone().oneshot(request).await.unwrap()
    }
}

/// The session cookie as a browser sends it back.
pub fn cookie_of(reply: &Reply) -> String {
    let set = reply.headers[header::SET_COOKIE].to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}
