//! A desk on a free port, and somebody who talks to it.

use std::net::SocketAddr;
use std::sync::Arc;

use edge_agent::access::list::{ListInUse, Lists};
use edge_agent::desk::live::{Live, Tap};
use edge_agent::desk::{Desk, DeskConfig};
use jiff::Timestamp;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use wire::DeviceKey;
use wire::gate::GateList;

use crate::fake::FakeGates;
use crate::gate_list::{self, name};

/// A served desk.
pub struct Served {
    pub address: SocketAddr,
    pub gates: Arc<FakeGates>,
    pub tap: Arc<Tap>,
    pub stop: CancellationToken,
    lists: Lists,
    central: DeviceKey,
    _folder: tempfile::TempDir,
}

impl Served {
    /// A desk with a list.
    pub async fn start() -> Self {
        let served = Self::without_list().await;
        served.publish(&gate_list::list("kcn", "edge-1", 1, Timestamp::UNIX_EPOCH));
        served
    }

    /// A desk of an agent that never got one.
    pub async fn without_list() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a folder");
        let (device, central) = (DeviceKey::from_seed(&[1; 32]), DeviceKey::from_seed(&[2; 32]));
        let own = (name("kcn"), name("edge-1"));
        let lists = Lists::open(folder.path(), own, device, Some(central.public()));
        let (gates, tap, stop) = (Arc::new(FakeGates::new()), Arc::new(Tap::new()), CancellationToken::new());
        let config: DeskConfig = toml::from_str("listen = '127.0.0.1:0'").expect("a configuration");
        let listener = TcpListener::bind(config.listen).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let in_use: watch::Receiver<Option<ListInUse>> = lists.in_use();
        let live = Live::new([(name("cam-1"), tap.clone())]);
        let desk = Desk::new(&config, gates.clone(), in_use, live, stop.clone());
        tokio::spawn(desk.serve(listener));
        Self { address, gates, tap, stop, lists, central, _folder: folder }
    }

    /// Central publishes a list.
    pub fn publish(&self, list: &GateList) {
        let message = gate_list::sealed(list, &self.central);
        self.lists.take(&message, &self.central.public()).expect("a good list");
    }

    /// Somebody who is not signed in.
    pub fn visitor(&self) -> Guard {
        let http = Client::builder().cookie_store(true).build().expect("a client");
        Guard { http, address: self.address }
    }

    /// The guard of gate 2.
    pub async fn an(&self) -> Guard {
        let an = self.visitor();
        assert_eq!(an.sign_in("an", gate_list::PIN_AN).await.status(), 200);
        an
    }

    /// The supervisor of all gates.
    pub async fn binh(&self) -> Guard {
        let binh = self.visitor();
        assert_eq!(binh.sign_in("binh", gate_list::PIN_BINH).await.status(), 200);
        binh
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A browser at the desk.
pub struct Guard {
    pub http: Client,
    pub address: SocketAddr,
}

impl Guard {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("http://{}{path}", self.address));
        request.header("x-requested-with", "vong-gac")
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.expect("an answer")
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        self.request(Method::POST, path).json(body).send().await.expect("an answer")
    }

    pub async fn sign_in(&self, user: &str, pin: &str) -> Response {
        self.post("/api/session", &serde_json::json!({"user": user, "pin": pin})).await
    }

    /// The body of an answer that must be good.
    pub async fn read(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.expect("JSON")
    }
}

/// Status and code of a refusal, whose shape is checked.
pub async fn refusal(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json", "{status}");
    let problem: Value = response.json().await.expect("a problem");
    assert_eq!(problem["status"], status);
    for field in ["type", "title", "detail"] {
        assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
    }
    (status, problem["code"].as_str().expect("a code").to_owned())
}
