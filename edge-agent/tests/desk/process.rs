//! A real agent with a real camera stream and a list on its disk, and neither broker nor central.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use edge_agent::access::list;
use edge_agent::vision::Rgb;
use futures_util::{SinkExt as _, StreamExt as _};
use jiff::Timestamp;
use promises::cameras::{CameraServer, Clip, Mount, Scene};
use promises::support::{Process, free_address, repository, wait_for};
use reqwest::Client;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use wire::DeviceKey;

use crate::gate_list::{self, PIN_AN};
use crate::support::Guard;

/// The machine may be busy; nothing here waits this long when it works.
const PATIENCE: Duration = Duration::from_secs(90);

/// What an agent has on its disk that was enrolled and got a list.
fn furnish(folder: &Path, camera: &str, desk: SocketAddr) {
    let state = folder.join("state");
    std::fs::create_dir_all(&state).expect("a folder");
    let central = DeviceKey::from_seed(&[2; 32]);
    let key = state.join("device.key");
    std::fs::write(&key, [1; 32]).expect("written");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("set");
    std::fs::write(state.join("central.pub"), format!("{}\n", central.public())).expect("written");
    let list = gate_list::list("kcn", "edge-1", 5, Timestamp::now());
    std::fs::write(state.join(list::FILE), gate_list::sealed(&list, &central)).expect("written");
    let config = format!(
        "site = 'kcn'\nagent = 'edge-1'\nstate_dir = 'state'\n[central]\nurl = 'mqtt://127.0.0.1:1'\n\
         [outbox]\nreserve_mb = 16\n[desk]\nlisten = '{desk}'\n\
         [[camera]]\nid = 'cam-1'\n[camera.stream]\nurl = '{camera}'\ntransport = 'tcp'\nlatency_ms = 100\n\
         [[camera.line]]\nid = 'vach-cong'\nfrom = [0.02, 0.76]\nto = [0.98, 0.76]\ncounts = ['vehicle']\nwords = 'gate'\n\
         [[gate]]\nid = 'cong-2'\narea = 'khu-a'\n[[gate.lane]]\nid = 'lan-1'\ncamera = 'cam-1'\nline = 'vach-cong'\n"
    );
    std::fs::write(folder.join("edge.toml"), config).expect("written");
}

fn start(folder: &Path) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edge-agent"));
    command.current_dir(repository()).arg("run").arg("--config").arg(folder.join("edge.toml"));
    Process::start("edge-agent", command, folder)
}

/// Signs in as soon as the agent is up; returns the session's cookie too.
async fn sign_in(address: SocketAddr) -> (Guard, String) {
    let http = Client::builder().cookie_store(true).build().expect("a client");
    let guard = Guard { http, address };
    let cookie = wait_for("the desk is served", PATIENCE, async || {
        let body = json!({"user": "an", "pin": PIN_AN});
        let response = guard.request(reqwest::Method::POST, "/api/session").json(&body).send().await.ok()?;
        assert_eq!(response.status(), 200);
        let cookie = response.headers()["set-cookie"].to_str().expect("text").to_owned();
        cookie.split(';').next().map(str::to_owned)
    });
    let cookie = cookie.await;
    (guard, cookie)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_agent_serves_its_desk_with_the_live_picture_while_central_is_gone_and_keeps_its_list() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().expect("a folder");
    let clip = Clip::prepare(&repository().join("tests/clips/gate.h264"), folder.path(), &mut |_| {});
    let mount = Mount::new("gate", Scene::Clip(clip.expect("the clip")));
    let mut camera = CameraServer::on_free_port(vec![mount], None).expect("a camera");
    let desk = free_address();
    furnish(folder.path(), &camera.url("gate"), desk);
    let mut agent = start(folder.path());

    let (an, cookie) = sign_in(desk).await;
    let state = an.read("/api/state").await;
    assert_eq!(state["list"]["version"], 5, "{state}");
    assert!(state["alone_since"].is_string(), "central is gone");
    assert_eq!(an.read("/api/shift").await["current"]["user"], "an");

    // The live picture: whole, newer each time, with the boxes of vehicles.
    let mut request = format!("ws://{desk}/api/lanes/lan-1/live").into_client_request().expect("a request");
    request.headers_mut().insert("cookie", cookie.parse().expect("a value"));
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.expect("opens");
    let (mut frames, mut boxes, mut ages) = (0, 0, Vec::new());
    let deadline = Instant::now() + PATIENCE;
    socket.send(Message::text("next")).await.expect("sent");
    while frames < 60 || boxes == 0 {
        assert!(Instant::now() < deadline, "{frames} pictures, {boxes} boxes");
        match socket.next().await.expect("open").expect("a message") {
            Message::Binary(bytes) => {
                let length = u32::from_le_bytes(bytes[..4].try_into().expect("four bytes")) as usize;
                let header: Value = serde_json::from_slice(&bytes[4..4 + length]).expect("a header");
                let picture = Rgb::decode(&bytes[4 + length..]).expect("a whole JPEG");
                assert_eq!((picture.width, picture.height), (960, 540));
                let at: Timestamp = header["at"].as_str().expect("a time").parse().expect("a time");
                ages.push(Timestamp::now().duration_since(at).as_millis());
                for track in header["tracks"].as_array().expect("tracks") {
                    let [x, y, w, h]: [i64; 4] = serde_json::from_value(track["box"].clone()).expect("a box");
                    assert!(x >= 0 && y >= 0 && x + w <= 960 && y + h <= 540, "{track}");
                    boxes += 1;
                }
                frames += 1;
                socket.send(Message::text("next")).await.expect("sent");
            }
            Message::Text(text) => assert!(text.contains("camera_state"), "{text}"),
            _ => {}
        }
    }
    ages.sort_unstable();
    println!(
        "age of {frames} pictures on arrival: median {} ms, p95 {} ms",
        ages[frames / 2],
        ages[frames * 95 / 100]
    );

    // What a guard does is recorded, and counted as waiting for central.
    let open = json!({"act": "open", "reason": "staff"});
    let response = an.post("/api/lanes/lan-1/act", &open).await;
    assert_eq!(response.status(), 200, "{}", response.text().await.unwrap_or_default());
    wait_for("it waits for central", PATIENCE, async || {
        (an.read("/api/state").await["queued"].as_u64()? > 0).then_some(())
    })
    .await;

    // The camera dies: told at once, the desk goes on.
    camera.kill();
    wait_for("the camera is told lost", PATIENCE, async || match socket.next().await? {
        Ok(Message::Text(text)) => (!text.contains("\"live\"")).then_some(()),
        _ => None,
    })
    .await;
    an.read("/api/state").await;

    // A restart keeps the list, not the sessions.
    assert!(agent.stop(PATIENCE).is_some_and(|status| status.success()), "{}", agent.log());
    agent.assert_no_panic();
    drop(agent);
    let again = start(folder.path());
    let (signed_in, _) = sign_in(desk).await;
    assert_eq!(an.get("/api/state").await.status(), 401, "everybody signs in again");
    assert_eq!(signed_in.read("/api/state").await["list"]["version"], 5);
    again.assert_no_panic();
}
