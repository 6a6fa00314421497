//! A scene is drawn, tried and published at central; the camera's agent takes it over the broker, says so, and judges by it.

use promises::cameras::{CameraServer, Clip, Mount, Scene as Shows};
use promises::support::{Api, Central, Edge, EdgeConfig, Mosquitto, repository, s, wait_for};
use reqwest::Method;
use serde_json::{Value, json};

const SITE: &str = "nga-tu-le-dai-hanh";
const CAMERA: &str = "huong-bac";

fn drawn() -> Value {
    let text = std::fs::read_to_string(repository().join("configs/demo/junction.scene.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Measured points of which no ground follows: all of them on one straight line.
fn degenerate() -> Value {
    let mut scene = drawn();
    for (n, point) in scene["ground"]["points"].as_array_mut().unwrap().iter_mut().enumerate() {
        point["at"] = json!([0.1 + 0.05 * n as f64, 0.6]);
        point["metres"] = json!([n as f64, 0.0]);
    }
    scene
}

async fn row(api: &Api) -> Option<Value> {
    let list = api.try_get("/scenes").await?;
    list["items"].as_array()?.iter().find(|row| row["camera"] == CAMERA).cloned()
}

/// Draws over what is drawn.
async fn draw(api: &Api, scene: &Value, base_version: i64) -> Value {
    let body = json!({"scene": scene, "base_version": base_version});
    let (status, said) = api.ask(Method::PUT, &format!("/scenes/{SITE}/{CAMERA}/draft"), &body).await;
    assert_eq!(status, 200, "{said}");
    assert_eq!(said["problems"], json!([]), "{said}");
    said
}

async fn publish(api: &Api, note: &str) -> (u16, Value) {
    api.ask(Method::POST, &format!("/scenes/{SITE}/{CAMERA}/publish"), &json!({"note": note})).await
}

async fn preview(api: &Api) -> (u16, Value) {
    api.ask(Method::POST, &format!("/scenes/{SITE}/{CAMERA}/preview"), &json!({"back_s": 120})).await
}

async fn in_use(api: &Api, version: i64) -> Value {
    wait_for(&format!("version {version} in use"), s(60), async || {
        row(api).await.filter(|row| row["in_use_version"] == version)
    })
    .await
}

#[tokio::test]
async fn a_scene_reaches_the_camera_and_judges_there() {
    let folder = tempfile::tempdir().unwrap();
    let broker = Mosquitto::start(folder.path()).await;
    let mut central = Central::start(Some(&broker.url()), "").await;
    let (officer, commander) =
        (central.account("traffic_police").await, central.account("police_signer").await);
    let junction = repository().join("tests/clips/junction.h264");
    let clip = Clip::prepare(&junction, folder.path(), &mut |_| {}).unwrap();
    let cameras = CameraServer::on_free_port(vec![Mount::new(CAMERA, Shows::Clip(clip))], None).unwrap();
    let code = central.enrol(SITE, "edge-1");
    let config = EdgeConfig {
        site: SITE,
        agent: "edge-1",
        broker: &broker.url(),
        code: &code,
        // The rendered riders look more like what this network learned from; see configs/demo/junction.toml.
        cameras: vec![(
            CAMERA,
            cameras.url(CAMERA),
            "analysis_fps = 6.0\n[road]\nmodel = \"picodet-s-416\"\n".to_owned(),
        )],
    };
    let mut edge = Edge::start(folder.path(), &config);

    let before =
        wait_for("the camera", s(90), async || row(&officer).await.filter(|row| row["state"] == "live"))
            .await;
    assert_eq!((&before["version"], &before["in_use_version"]), (&Value::Null, &Value::Null));

    look(&officer).await;
    refuse_a_ground_that_is_none(&officer, &commander).await;
    draw(&officer, &drawn(), 1).await;
    try_out(&officer).await;
    let (status, said) = publish(&officer, "Bản đầu").await;
    assert_eq!(status, 403, "the officer who drew it may not publish: {said}");
    let (status, said) = publish(&commander, "Bản đầu").await;
    assert_eq!((status, &said["version"]), (200, &json!(2)), "{said}");
    let used = in_use(&officer, 2).await;
    assert_eq!(used["refused_because"], Value::Null, "a good one clears what was said of the bad one");

    let case = wait_for("a red run of the clip", s(150), async || {
        let page = officer.try_get(&format!("/cases?site={SITE}&kind=red_light")).await?;
        page["items"].as_array()?.iter().find(|case| case["state"] != "detected").cloned()
    })
    .await;
    // The device has no papers here: the case is kept for statistics, and shows no more than this.
    assert_eq!((&case["camera"], &case["state"]), (&json!(CAMERA), &json!("inadmissible")), "{case}");

    edge.kill();
    edge.restart();
    wait_for("the agent is back with its scene", s(90), async || {
        let log = edge.process().log();
        (log.matches("scene in use").count() >= 2).then_some(())
    })
    .await;
    in_use(&officer, 2).await;
    edge.process().assert_no_panic();
    central.process().assert_no_panic();
}

/// The newest frame, when somebody wants to draw on it.
async fn look(api: &Api) {
    let (status, shot) =
        api.ask(Method::POST, &format!("/scenes/{SITE}/{CAMERA}/snapshot"), &json!({})).await;
    assert_eq!(status, 200, "{shot}");
    assert_eq!((&shot["width"], &shot["height"]), (&json!(960), &json!(540)));
    let (media_type, picture) = api.file(shot["sha256"].as_str().unwrap()).await;
    assert_eq!(media_type, "image/jpeg");
    assert!(picture.len() > 10_000, "{} bytes", picture.len());
}

/// Only the agent knows geometry: it refuses the draft in a preview, and the version if it is published all the same.
async fn refuse_a_ground_that_is_none(officer: &Api, commander: &Api) {
    draw(officer, &degenerate(), 0).await;
    let (status, said) = preview(officer).await;
    assert_eq!((status, &said["code"]), (422, &json!("bad_scene")), "{said}");
    assert!(said["detail"].as_str().unwrap().contains("straight line"), "{said}");
    let (status, said) = publish(commander, "Điểm đo sai").await;
    assert_eq!((status, &said["version"]), (200, &json!(1)), "{said}");
    let refused = wait_for("the agent refuses it", s(60), async || {
        row(officer).await.filter(|row| !row["refused_because"].is_null())
    })
    .await;
    assert_eq!(refused["in_use_version"], Value::Null, "it judges by nothing rather than by that");
    assert!(refused["refused_because"].as_str().unwrap().contains("straight line"), "{refused}");
}

/// The draft on what was recorded since the agent started.
async fn try_out(api: &Api) {
    let tried = wait_for("a preview with vehicles", s(60), async || {
        let (status, said) = preview(api).await;
        let enough = said["tracks"].as_u64() > Some(0) && said["frames"].as_u64() > Some(10);
        (status == 200 && enough).then_some(said)
    })
    .await;
    assert!(tried["ground_error_px"].as_f64() < Some(2.0), "{tried}");
    assert_eq!(tried["unwatched"], json!(["den-bac"]), "nobody has watched its signal yet");
}
