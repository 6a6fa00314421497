//! One camera lives, one is not there, one freezes, one refuses the password: the living one never feels it, and central shows
//! each for what it is.

use promises::cameras::{CameraServer, Challenge, Codec, Login, Mount, Scene};
use promises::support::{Api, Central, Edge, EdgeConfig, GATE_LINE, free_address, s, wait_for};

const SITE: &str = "kcn-khanh-phu";

async fn analysed(api: &Api) -> u64 {
    wait_for("a count of analysed pictures", s(30), async || {
        api.camera(SITE, "song").await?["analysed"].as_u64()
    })
    .await
}

async fn shows(api: &Api, camera: &str, state: &str) {
    wait_for(&format!("camera {camera} to be shown as {state}"), s(60), async || {
        (api.camera(SITE, camera).await?["state"] == state).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_dead_a_frozen_and_a_locked_camera_leave_the_living_one_alone() {
    let folder = tempfile::tempdir().unwrap();
    let moving = |name| Mount::new(name, Scene::Moving(Codec::H264));
    let cameras = CameraServer::on_free_port(vec![moving("song"), moving("dung")], None).unwrap();
    let login =
        Login { user: "xem".to_owned(), password: "dung-mat-khau".to_owned(), challenge: Challenge::Digest };
    let locked = CameraServer::on_free_port(vec![moving("khoa")], Some(login)).unwrap();
    let dead = format!("rtsp://{}/chet", free_address());
    let secret = folder.path().join("khoa");
    std::fs::write(&secret, "xem:sai-mat-khau\n").unwrap();

    let mut central = Central::start(None, "").await;
    let code = central.enrol(SITE, "edge-1");
    let more = format!("analysis_fps = 4.0\n{GATE_LINE}");
    let config = EdgeConfig {
        site: SITE,
        agent: "edge-1",
        broker: central.broker(),
        code: &code,
        cameras: vec![
            ("song", cameras.url("song"), more.clone()),
            ("dung", cameras.url("dung"), more.clone()),
            ("chet", dead, more.clone()),
            (
                "khoa",
                locked.url("khoa"),
                format!("credentials = {{ file = \"{}\" }}\n{more}", secret.display()),
            ),
        ],
    };
    let mut edge = Edge::start(folder.path(), &config);
    let api = central.admin().await;
    shows(&api, "song", "live").await;
    shows(&api, "dung", "live").await;
    shows(&api, "chet", "unreachable").await;
    shows(&api, "khoa", "auth_failed").await;

    cameras.freeze("dung", true);
    let before = analysed(&api).await;
    shows(&api, "dung", "stale").await;
    // Two heartbeats later the living camera has gone on.
    wait_for("the living camera to go on", s(60), async || {
        let row = api.camera(SITE, "song").await?;
        (row["analysed"].as_u64()? >= before + 20 && row["state"] == "live").then_some(())
    })
    .await;
    assert_eq!(api.camera(SITE, "song").await.unwrap()["reconnects"], 0);

    cameras.freeze("dung", false);
    shows(&api, "dung", "live").await;
    let log = edge.process().log();
    assert!(!log.contains("sai-mat-khau") && !log.contains("dung-mat-khau"), "a password was logged");
    edge.process().assert_no_panic();
    central.process().assert_no_panic();
}
