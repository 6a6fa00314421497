//! A running mock and a caller that does everything right, unless told otherwise.

use jiff::Timestamp;
use reqwest::header::HeaderMap;
use seeds::sign::Signed;
use seeds::world::Size;
use seeds::{Config, Mock};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

pub const OWNER: &str = "/vehreg/v1/owner-lookup";
pub const CITIZEN: &str = "/csdldc/v1/verify-citizen";
pub const FACE: &str = "/csdldc/v1/face-verify";
pub const QR: &str = "/vneid/v1/verify-qr";
pub const NOTIFY: &str = "/vneid/v1/notify";
pub const WANTED: &str = "/wanted/v1/check";
pub const TICKET: &str = "/rail/v1/check-ticket";
pub const PAYMENT: &str = "/dvcqg/v1/payment-order";
pub const SIGN_IN: &str = "/vneid/v1/sign-in";
pub const DEDUCT: &str = "/licence/v1/deduct";
pub const LETTER: &str = "/post/v1/registered";
pub const POSTING: &str = "/csgt/v1/postings";
pub const MACHINE: &str = "/machines/v1/owner-lookup";
pub const INSPECTION_WARN: &str = "/inspection/v1/warn";
pub const INSPECTION_UNWARN: &str = "/inspection/v1/unwarn";
pub const VEHREG_WARN: &str = "/vehreg/v1/warn";
pub const VEHREG_UNWARN: &str = "/vehreg/v1/unwarn";

/// All services with a body that each accepts.
pub fn good_calls() -> Vec<(&'static str, Value)> {
    vec![
        (OWNER, json!({ "plate": "35A24681", "colour": "white", "vehicleGroup": "car" })),
        (CITIZEN, json!({ "idNumber": "037090001234", "fullName": "NGUYEN VAN MAU", "dob": "1990-08-15" })),
        (FACE, json!({ "idNumber": "037090001234", "image": "/9j/", "livenessScore": 0.9 })),
        (QR, json!({ "token": "vneid-demo-mau-2" })),
        (NOTIFY, json!({ "subjectRef": "037090001234", "templateCode": "T1", "payload": {} })),
        (WANTED, json!({ "idNumber": "037090001234" })),
        (TICKET, json!({ "ticket": "NB-SE7-0001" })),
        (
            PAYMENT,
            json!({ "decisionNo": "1/QĐ", "amount": 900_000, "payer": "SR-1", "treasuryAccount": "7111" }),
        ),
        (SIGN_IN, json!({ "token": "vneid-demo-mau-2" })),
        (DEDUCT, json!({ "idNumber": "037090001234", "points": 4, "decisionNo": "1/QĐ" })),
        (LETTER, letter("Thôn 1, Xã Gia Vân, Tỉnh Ninh Bình")),
        (POSTING, posting()),
        (MACHINE, json!({ "plate": "35LA0123" })),
        (INSPECTION_WARN, warning("35A24681", "XL-1")),
        (INSPECTION_UNWARN, warning("35A24681", "XL-1")),
        (VEHREG_WARN, warning("35A24681", "XL-1")),
        (VEHREG_UNWARN, warning("35A24681", "XL-1")),
    ]
}

/// A letter to an address.
pub fn letter(address: &str) -> Value {
    json!({ "reference": "XL-1", "paper": "notice", "recipient": { "name": "Nguyễn Văn Mẫu", "address": address } })
}

/// Something to post, nobody in it.
pub fn posting() -> Value {
    json!({
        "reference": "XL-1", "paper": "notice", "number": "1/TB", "plate": "35A-246.81", "plateColour": "white",
        "vehicleType": "car", "acts": [{ "behaviour": "car.red_light" }], "detectedBy": "PC08", "handledBy": "PC08", "phone": "113",
    })
}

/// A warning, or its removal.
pub fn warning(plate: &str, reference: &str) -> Value {
    json!({ "plate": plate, "plateColour": "white", "vehicleGroup": "car", "reference": reference })
}

pub struct World {
    pub mock: Mock,
    pub http: reqwest::Client,
    _state: TempDir,
}

/// A mock on a free port with little data.
pub async fn start() -> World {
    start_with(|_| {}).await
}

/// The same with a changed configuration.
pub async fn start_with(change: impl FnOnce(&mut Config)) -> World {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let state = TempDir::new().expect("a temporary folder");
    let mut config = Config {
        listen: "127.0.0.1:0".parse().expect("an address"),
        state_dir: state.path().join("made/at/start"),
        size: Size { citizens: 50, vehicles: 100 },
        callback_delay_ms: 1,
        ..Config::default()
    };
    change(&mut config);
    let mock = Mock::start(config).await.expect("the mock starts");
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    World { mock, http, _state: state }
}

/// A call in the making; public fields are there to be spoilt.
pub struct Call<'a> {
    world: &'a World,
    path: &'a str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl World {
    /// A right call of the province-wide client.
    pub fn call<'a>(&'a self, path: &'a str, body: &Value) -> Call<'a> {
        self.call_as("vong-gac", "H42.IOC", "WANTED_CHECK", path, body)
    }

    pub fn call_as<'a>(
        &'a self,
        client: &str,
        unit: &str,
        purpose: &str,
        path: &'a str,
        body: &Value,
    ) -> Call<'a> {
        let headers = vec![
            ("X-Client-Id", client.to_owned()),
            ("X-Unit-Code", unit.to_owned()),
            ("X-Officer-Id", "can-bo-01".to_owned()),
            ("X-Purpose-Code", purpose.to_owned()),
            ("X-Correlation-Id", Uuid::now_v7().to_string()),
            ("X-Timestamp", Timestamp::now().to_string()),
            ("Idempotency-Key", Uuid::now_v7().to_string()),
        ];
        let mut call = Call { world: self, path, headers, body: body.to_string().into_bytes() };
        call.sign(self.mock.secret(client).unwrap_or("no such client"));
        call
    }

    /// Asks as the province-wide client.
    pub async fn ask(&self, path: &str, body: Value) -> Answer {
        self.call(path, &body).send().await
    }

    /// Asks and expects the answer 200.
    pub async fn ok(&self, path: &str, body: Value) -> Value {
        let answer = self.ask(path, body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    /// An admin call.
    pub async fn admin(&self, path: &str, body: Value) -> Answer {
        let url = format!("{}/admin/{path}", self.mock.base_url());
        let sent = self.http.post(url).body(body.to_string()).send().await.expect("the mock answers");
        answer(sent).await
    }
}

impl Call<'_> {
    pub fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(n, _)| *n != name);
        self.headers.push((name, value.into()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| *n != name);
        self
    }

    /// Signs what the call says now.
    pub fn sign(&mut self, secret: &str) {
        let header =
            |name: &str| self.headers.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v.as_str());
        let path = format!("/mock{}", self.path);
        let signed = Signed {
            method: "POST",
            path: &path,
            timestamp: header("X-Timestamp"),
            correlation_id: header("X-Correlation-Id"),
            body: &self.body,
        };
        let signature = signed.signature(secret);
        self.headers.retain(|(n, _)| *n != "X-Signature");
        self.headers.push(("X-Signature", signature));
    }

    pub fn signed_again(mut self) -> Self {
        let secret = self.world.mock.secret("vong-gac").expect("the default client").to_owned();
        self.sign(&secret);
        self
    }

    pub async fn send(self) -> Answer {
        let mut request = self.world.http.post(format!("{}{}", self.world.mock.base_url(), self.path));
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        answer(request.body(self.body).send().await.expect("the mock answers")).await
    }
}

async fn answer(response: reqwest::Response) -> Answer {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await.expect("a body");
    Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) }
}
