//! Keeps agents on the newest version of their cameras' scenes: retained at the broker, sent again to whoever names an older one.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use wire::Name;
use wire::scene::{MAX_SCENE_BYTES, Scene, SceneMessage};
use wire::topic::{Leaf, Topic};

use crate::app::State;
use crate::ingest::mqtt::Publisher;
use crate::store::StoreError;
use crate::store::rows::Scope;
use crate::store::scenes::SceneVersionRow;

/// How often to look for what another process published, and for agents that stay behind.
const LOOK: Duration = Duration::from_secs(2);
/// An agent is not sent the same version again sooner: its next heartbeat may not know of it yet.
const PATIENCE: Duration = Duration::from_secs(12);

struct Sent {
    agent: Name,
    version: u64,
    at: Instant,
}

/// Runs until central stops.
pub async fn run(state: State, publisher: Publisher) {
    let mut sent: HashMap<(Name, Name), Sent> = HashMap::new();
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = state.stop.cancelled() => return,
            _ = look.tick() => {}
            () = state.scenes.0.news.notified() => {}
        }
        if let Err(error) = send_newer(&state, &publisher, &mut sent).await {
            state.health.write_failed(crate::health::DATABASE, &error);
        }
    }
}

async fn send_newer(
    state: &State,
    publisher: &Publisher,
    sent: &mut HashMap<(Name, Name), Sent>,
) -> Result<(), StoreError> {
    let scenes = state.store.newest_scenes(&Scope::all()).await?;
    if scenes.is_empty() {
        return Ok(());
    }
    let cameras = state.store.cameras_seen(&Scope::all(), "", "").await?;
    for row in scenes {
        let agent = cameras
            .iter()
            .find(|camera| camera.site == row.site && camera.camera == row.camera)
            .and_then(|camera| Name::new(camera.agent.clone()?).ok());
        let (Ok(site), Ok(camera), Some(agent)) =
            (Name::new(row.site.clone()), Name::new(row.camera.clone()), agent)
        else {
            continue;
        };
        let version = row.version.unsigned_abs();
        let behind = state.scenes.in_use(&site, &camera).is_some_and(|in_use| in_use < version);
        let key = (site, camera);
        let due = sent.get(&key).is_none_or(|sent| {
            sent.agent != agent || sent.version != version || (behind && sent.at.elapsed() >= PATIENCE)
        });
        if due && send(state, publisher, &row, &key, &agent) {
            tracing::info!(site = row.site, camera = row.camera, %agent, version, "scene sent to its agent");
            sent.insert(key, Sent { agent, version, at: Instant::now() });
        }
    }
    Ok(())
}

/// Whether the queue took it. What cannot be read or is too large is told once per look and never sent.
fn send(
    state: &State,
    publisher: &Publisher,
    row: &SceneVersionRow,
    (site, camera): &(Name, Name),
    agent: &Name,
) -> bool {
    let sealed = serde_json::from_str::<Scene>(&row.scene).and_then(|scene| {
        let message = SceneMessage {
            v: wire::VERSION,
            site: site.clone(),
            agent: agent.clone(),
            sealed_at: Timestamp::now(),
            scene,
        };
        Ok(wire::seal(&state.key, &serde_json::to_vec(&message)?))
    });
    match sealed {
        Ok(message) if message.len() <= MAX_SCENE_BYTES => {
            let leaf = Leaf::Scene(camera.clone());
            let topic = Topic { site: site.clone(), agent: agent.clone(), leaf };
            publisher.send_retained(&topic, message)
        }
        Ok(message) => {
            tracing::error!(%site, %camera, bytes = message.len(), limit = MAX_SCENE_BYTES, "a scene is too large to be sent");
            false
        }
        Err(error) => {
            tracing::error!(%site, %camera, %error, "a stored scene cannot be read");
            false
        }
    }
}
