//! What a junction needs before its camera's violations are evidence: the papers of the device and a drawn scene. Officers of the
//! demonstration give both through the same resources as at a desk, one account proposing and another approving.

use std::time::Duration;

use anyhow::Context as _;
use reqwest::Method;
use serde_json::{Value, json};

use super::api::Api;
use super::logins::Logins;

/// Site and camera.
const CAMERA: (&str, &str) = ("nga-tu-le-dai-hanh", "huong-bac");

/// Gives camera and scene their approvals unless an earlier run did.
pub(super) async fn prepare(address: &str, logins: &Logins) -> anyhow::Result<()> {
    let officer = Api::sign_in(address, logins, "police").await?;
    let commander = Api::sign_in(address, logins, "signer").await?;
    let text = std::fs::read_to_string("configs/demo/junction.scene.json").context("junction.scene.json")?;
    let scene: Value = serde_json::from_str(&text).context("junction.scene.json")?;
    approve_device(&officer, &commander, &scene, logins).await?;
    publish_scene(&officer, &commander, scene).await
}

async fn approve_device(
    officer: &Api,
    commander: &Api,
    scene: &Value,
    logins: &Logins,
) -> anyhow::Result<()> {
    let path = format!("/enforcement/devices/{}/{}", CAMERA.0, CAMERA.1);
    if officer.get(&path).await.is_ok_and(|device| !device["approved_at"].is_null()) {
        return Ok(());
    }
    let trained: Vec<&str> = ["police", "police2"]
        .iter()
        .filter_map(|word| logins.of(word))
        .map(|login| &*login.username)
        .collect();
    let (lat, lon) = (&scene["place"]["at"][0], &scene["place"]["at"][1]);
    let record = json!({
        "serial": "VG-TD-0001", "type": "signal_system", "model": "Camera thí dụ 960 × 540", "annex_item": "21",
        "approval_decision": {"no": "01/KH-TD", "on": "2026-06-15", "by": "Cơ quan thí dụ", "from": "2026-07-01", "to": null},
        "approved_position": {"lat": lat, "lon": lon, "radius_m": 30, "vi": scene["place"]["vi"]},
        "calibration": null, "max_clock_offset_ms": 500, "trained_users": trained,
        "sign_installed": {"on": "2026-07-01", "photo_sha256": null}, "status": "in_use"
    });
    let device = until_known(|| officer.send(Method::PUT, &path, record.clone())).await?;
    let proposal = json!({"proposal": device["proposal"]["id"]});
    commander.send(Method::POST, &format!("{path}/approve"), proposal).await?;
    Ok(())
}

async fn publish_scene(officer: &Api, commander: &Api, scene: Value) -> anyhow::Result<()> {
    let path = format!("/scenes/{}/{}", CAMERA.0, CAMERA.1);
    let known = until_known(|| officer.get(&path)).await?;
    if known["version"].as_u64().is_some_and(|version| version > 0) {
        return Ok(());
    }
    let draft = json!({"scene": scene, "base_version": 0});
    let said = officer.send(Method::PUT, &format!("{path}/draft"), draft).await?;
    anyhow::ensure!(said["problems"].as_array().is_none_or(Vec::is_empty), "junction.scene.json: {said}");
    commander.send(Method::POST, &format!("{path}/publish"), json!({"note": "Bản vẽ đầu tiên"})).await?;
    Ok(())
}

/// A camera is known once its agent has said what it has: tries for a minute and a half.
async fn until_known<F, Fut>(ask: F) -> anyhow::Result<Value>
where
    F: Fn() -> Fut,
    Fut: Future<Output = anyhow::Result<Value>>,
{
    for _ in 0..180 {
        match ask().await {
            Err(error) if error.to_string().contains("404") => {
                tokio::time::sleep(Duration::from_millis(500)).await
            }
            answer => return answer,
        }
    }
    anyhow::bail!("{}/{} did not report to central: see the log of its agent", CAMERA.0, CAMERA.1)
}
