//! Central's REST interface as a browser uses it.

use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

use super::{s, wait_for};

/// A signed-in client. Sessions live in the database, so it survives central's restarts.
pub struct Api {
    client: Client,
    base: String,
}

impl Api {
    /// Signs in.
    pub async fn sign_in(base: &str, username: &str, password: &str) -> Self {
        // An error means that there is a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().cookie_store(true).timeout(s(30)).build().expect("an HTTP client");
        let api = Self { client, base: format!("{base}/api/v1") };
        let account = json!({"username": username, "password": password});
        let user = api.post("/session", &account).await;
        assert_eq!(user["username"], username);
        api
    }

    /// GET; `None` when central does not answer or says no.
    pub async fn try_get(&self, path: &str) -> Option<Value> {
        let response = self.client.get(format!("{}{path}", self.base)).send().await.ok()?;
        response.error_for_status().ok()?.json().await.ok()
    }

    /// GET, tried for a while: central may just be starting.
    pub async fn get(&self, path: &str) -> Value {
        wait_for(&format!("an answer to GET {path}"), s(30), async || self.try_get(path).await).await
    }

    /// POST, with the header that keeps other sites out.
    pub async fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.base);
        let request = self.client.post(url).header("x-requested-with", "vong-gac").json(body);
        let response = request.send().await.expect("central answers");
        let status = response.status();
        let text = response.text().await.unwrap_or_default();
        assert!(status.is_success(), "POST {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Any request; the status and what was said, whatever it is.
    pub async fn ask(&self, method: reqwest::Method, path: &str, body: &Value) -> (u16, Value) {
        let url = format!("{}{path}", self.base);
        let request = self.client.request(method, url).header("x-requested-with", "vong-gac").json(body);
        let response = request.send().await.expect("central answers");
        let status = response.status().as_u16();
        let text = response.text().await.unwrap_or_default();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// A file of evidence as it is: its type and bytes.
    pub async fn file(&self, sha256: &str) -> (String, Vec<u8>) {
        let url = format!("{}/evidence/{sha256}", self.base);
        let response = self.client.get(url).send().await.expect("central answers");
        let response = response.error_for_status().expect("the file");
        let media_type = response.headers()["content-type"].to_str().expect("a type").to_owned();
        (media_type, response.bytes().await.expect("the file").to_vec())
    }

    /// All items of a paged list.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{joint}limit=200{cursor}")).await;
            items.extend(page["items"].as_array().cloned().unwrap_or_default());
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return items,
            }
        }
    }

    /// The original picture.
    pub async fn picture(&self, sha256: &str) -> Vec<u8> {
        let url = format!("{}/evidence/{sha256}", self.base);
        let response = self.client.get(url).send().await.expect("central answers");
        assert_eq!(response.headers()["content-type"], "image/jpeg");
        response.bytes().await.expect("the picture").to_vec()
    }

    /// What central says of agent `agent` at `site`.
    pub async fn agent(&self, site: &str, agent: &str) -> Option<Value> {
        let agents = self.try_get("/agents").await?;
        agents.as_array()?.iter().find(|row| row["site"] == site && row["agent"] == agent).cloned()
    }

    /// What central says of camera `camera` at `site`.
    pub async fn camera(&self, site: &str, camera: &str) -> Option<Value> {
        let cameras = self.try_get("/cameras").await?;
        cameras.as_array()?.iter().find(|row| row["site"] == site && row["camera"] == camera).cloned()
    }

    /// Waits until a message with this reason is in quarantine, and returns it.
    pub async fn quarantined(&self, reason_code: &str) -> Value {
        wait_for(&format!("a message in quarantine as {reason_code}"), s(30), async || {
            let page = self.try_get("/quarantine?limit=200").await?;
            page["items"].as_array()?.iter().find(|row| row["reason_code"] == reason_code).cloned()
        })
        .await
    }

    /// The live feed from now on.
    pub async fn stream(&self) -> Stream {
        let client = self.client.get(format!("{}/stream", self.base)).timeout(Duration::from_secs(600));
        let response = client.send().await.expect("central answers").error_for_status().expect("a stream");
        Stream { response, read: Vec::new() }
    }
}

/// Server-sent events.
pub struct Stream {
    response: reqwest::Response,
    read: Vec<u8>,
}

impl Stream {
    /// The next event with a name: its id, name and data.
    pub async fn next(&mut self) -> Option<(Option<u64>, String, Value)> {
        loop {
            while let Some(end) = self.read.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.read.drain(..end + 2).collect();
                let text = String::from_utf8_lossy(&block);
                let field = |name: &str| {
                    text.lines()
                        .find_map(|line| line.strip_prefix(name))
                        .map(|value| value.trim_start().to_owned())
                };
                if let (Some(name), Some(data)) = (field("event:"), field("data:")) {
                    let id = field("id:").and_then(|id| id.parse().ok());
                    return Some((id, name, serde_json::from_str(&data).unwrap_or_default()));
                }
            }
            self.read.extend_from_slice(&self.response.chunk().await.ok()??);
        }
    }
}
