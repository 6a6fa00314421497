//! With central, broker and network gone, a gate decides from its last signed list and its desk works; afterwards central knows every
//! decision, with the version and age of the list it was taken from.

use std::collections::BTreeMap;
use std::time::Duration;

use promises::barrier::Barrier;
use promises::cameras::{CameraServer, Clip, Mount, Scene};
use promises::support::{Central, Edge, EdgeConfig, GATE_LINE, free_address, repository, s, wait_for};
use serde_json::{Value, json};

const SITE: &str = "kcn-khanh-phu";

/// What each vehicle of the rendered clip gets by `seeds/data/gates.toml`, `members.csv` and `watchlist.csv`.
const EXPECTED: [(&str, &str, &str); 7] = [
    ("30K13579", "wait", "check_papers"),
    ("35B134641", "wait", "check_papers"),
    ("35C14142", "admit", "listed"),
    ("36A97531", "deny", "blocked"),
    ("35AA40012", "admit", "listed"),
    ("35A24681", "deny", "expired"),
    ("90B237416", "wait", "not_listed"),
];

fn lanes(barrier: &str, desk: &str) -> String {
    format!(
        "analysis_fps = 8.0\n{GATE_LINE}\n[desk]\nlisten = \"{desk}\"\n[[gate]]\nid = \"cong-2\"\narea = \"khu-san-xuat\"\n\
         [[gate.lane]]\nid = \"lan-1\"\ncamera = \"cong-2\"\nline = \"vach-cong\"\n[gate.lane.barrier.relay.http]\nurl = \"{barrier}\"\n\
         state = {{ method = \"GET\", path = \"/state\" }}\nstate_pointer = \"/position\"\n"
    )
}

/// The guard's desk as a browser uses it.
struct Desk {
    client: reqwest::Client,
    base: String,
}

impl Desk {
    async fn sign_in(base: String, user: &str, pin: &str) -> Self {
        let client = reqwest::Client::builder().cookie_store(true).timeout(s(10)).build().unwrap();
        let desk = Self { client, base };
        let answer = desk.post("/api/session", &json!({"user": user, "pin": pin})).await;
        assert_eq!(answer.0, 200, "{}", answer.1);
        desk
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(format!("{}{path}", self.base)).header("x-requested-with", "vong-gac");
        let answer = request.json(body).send().await.expect("the desk answers");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn state(&self) -> Value {
        let answer =
            self.client.get(format!("{}/api/state", self.base)).send().await.expect("the desk answers");
        answer.json().await.expect("a state")
    }
}

/// Verdict and reason of the newest decision about each plate.
fn decided(
    cases: impl Iterator<Item = Value>,
    plate: impl Fn(&Value) -> Option<String>,
) -> BTreeMap<String, Value> {
    let mut newest = BTreeMap::new();
    for case in cases {
        if let Some(text) = plate(&case) {
            newest.entry(text).or_insert(case);
        }
    }
    newest
}

#[tokio::test]
async fn a_gate_decides_from_the_signed_list_while_central_is_away_and_central_learns_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut central = Central::start(None, "[gates]\ndebounce_ms = 200\n").await;
    let admin = central.admin().await;
    admin
        .post(
            "/users",
            &json!({"username": "bao-ve", "display_name": "Trần Văn An", "role": "gate_operator", "sites": [SITE],
                "password": "mat-khau-rat-dai-1", "desk_pin": "135790", "desk_supervisor": true}),
        )
        .await;

    let barrier = Barrier::start("127.0.0.1:0", 0.3, 2.0).unwrap();
    let clip =
        Clip::prepare(&repository().join("tests/clips/gate.h264"), folder.path(), &mut |_| {}).unwrap();
    let cameras = CameraServer::on_free_port(vec![Mount::new("cong-2", Scene::Clip(clip))], None).unwrap();
    let code = central.enrol(SITE, "edge-1");
    let address = free_address();
    let camera = ("cong-2", cameras.url("cong-2"), lanes(&barrier.url(), &address.to_string()));
    let config = EdgeConfig {
        site: SITE,
        agent: "edge-1",
        broker: central.broker(),
        code: &code,
        cameras: vec![camera],
    };
    let mut edge = Edge::start(folder.path(), &config);

    let version = wait_for("the agent's word that it uses the newest list", s(60), async || {
        let gates = admin.try_get(&format!("/gates?site={SITE}")).await?;
        let list = &gates.as_array()?.iter().find(|gate| gate["id"] == "cong-2")?["list"];
        let in_use =
            list["in_use"].as_array()?.iter().find(|row| row["agent"] == "edge-1")?["version"].as_i64()?;
        (in_use > 0 && Some(in_use) == list["version"].as_i64()).then_some(in_use)
    })
    .await;
    let desk = Desk::sign_in(format!("http://{address}"), "bao-ve", "135790").await;

    central.kill();
    let alone = wait_for("the desk's word that central is away", s(60), async || {
        let state = desk.state().await;
        state["alone_since"].as_str().map(str::to_owned)
    })
    .await;
    let since: jiff::Timestamp = alone.parse().unwrap();

    // A guard's work goes on: sign-in by PIN, an act with its reason, and a correction.
    let again = Desk::sign_in(format!("http://{address}"), "bao-ve", "135790").await;
    let act = again.post("/api/lanes/lan-1/act", &json!({"act": "open", "reason": "khong-co"})).await;
    assert_eq!((act.0, act.1["code"].as_str()), (422, Some("unknown_reason")));
    let reasons = again.client.get(format!("http://{address}/api/reasons")).send().await.unwrap();
    let reasons: Value = reasons.json().await.unwrap();
    let reason = reasons["correction"][0]["code"].as_str().expect("a reason for corrections");
    let correction = json!({"people": 2, "vehicles": 0, "reason": reason, "note": "đếm lại"});
    let (status, body) = again.post("/api/gates/cong-2/corrections", &correction).await;
    assert_eq!(status, 200, "{body}");

    // One round of the clip and a bit, all of it alone.
    let mut seen = BTreeMap::new();
    wait_for("a decision about every vehicle", s(150), async || {
        let state = desk.state().await;
        let cases = state["recent"].as_array().cloned().unwrap_or_default();
        let alone = cases.into_iter().filter(|case| {
            case["since"]
                .as_str()
                .and_then(|at| at.parse::<jiff::Timestamp>().ok())
                .is_some_and(|at| at > since)
        });
        seen = decided(alone, |case| case["plate"]["text"].as_str().map(str::to_owned));
        EXPECTED.iter().all(|(plate, ..)| seen.contains_key(*plate)).then_some(())
    })
    .await;
    for (plate, verdict, reason) in EXPECTED {
        let case = &seen[plate];
        assert_eq!(
            (case["answer"].as_str(), case["reason"].as_str()),
            (Some(verdict), Some(reason)),
            "{plate}"
        );
        assert_eq!(case["list_version"].as_i64(), Some(version), "{plate}");
    }
    assert!(
        barrier.commands().iter().any(|(_, word)| word == "open"),
        "an admitted vehicle opened the barrier"
    );

    // Everything reaches central afterwards, late and whole.
    central.restart();
    central.ready().await;
    let accesses = wait_for("every decision at central", s(120), async || {
        let page = admin.try_get(&format!("/accesses?site={SITE}&limit=200")).await?;
        let alone = page["items"].as_array()?.iter().filter(|row| row["alone_since"].is_string()).cloned();
        let known = decided(alone, |row| row["plate"].as_str().map(str::to_owned));
        EXPECTED.iter().all(|(plate, ..)| known.contains_key(*plate)).then_some(known)
    })
    .await;
    for (plate, verdict, reason) in EXPECTED {
        let row = &accesses[plate];
        assert_eq!(
            (row["decided"].as_str(), row["reason"].as_str()),
            (Some(verdict), Some(reason)),
            "{plate}: {row}"
        );
        assert_eq!(row["list_version"].as_i64(), Some(version), "{plate}");
    }
    let otherwise = admin.get(&format!("/otherwise?site={SITE}")).await;
    assert_eq!(
        otherwise["items"].as_array().map(Vec::len),
        Some(0),
        "the same list gives the same answer: {otherwise}"
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    edge.process().assert_no_panic();
    central.process().assert_no_panic();
}
