//! What the demonstration asks central and tells it.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::logins::Logins;

/// A signed-in client.
pub(super) struct Api {
    client: reqwest::Client,
    address: String,
}

impl Api {
    /// Signs in with the account of this word (`ioc` sees every site).
    pub(super) async fn sign_in(address: &str, logins: &Logins, word: &str) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .cookie_store(true)
            .timeout(std::time::Duration::from_secs(5))
            .build()?;
        let login = logins.of(word).with_context(|| format!("the demonstration has no account {word}"))?;
        client
            .post(format!("{address}/api/v1/session"))
            .header("x-requested-with", "vong-gac")
            .json(&json!({"username": login.username, "password": login.password}))
            .send()
            .await?
            .error_for_status()?;
        Ok(Self { client, address: address.to_owned() })
    }

    /// Sends JSON; what central refuses is an error with its words.
    pub(super) async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Value,
    ) -> anyhow::Result<Value> {
        let sent = self
            .client
            .request(method, format!("{}/api/v1{path}", self.address))
            .header("x-requested-with", "vong-gac")
            .json(&body)
            .send()
            .await?;
        let status = sent.status();
        let text = sent.text().await?;
        anyhow::ensure!(status.is_success(), "{path}: {status} {text}");
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Reads JSON; what central refuses is an error with its words.
    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let sent = self.client.get(format!("{}/api/v1{path}", self.address)).send().await?;
        let status = sent.status();
        let text = sent.text().await?;
        anyhow::ensure!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).with_context(|| format!("{path}: no JSON"))
    }

    /// One line of numbers.
    pub(super) async fn summary(&self) -> anyhow::Result<String> {
        let summary = self.get("/summary").await?;
        let number = |key: &str| summary.get(key).and_then(Value::as_u64).unwrap_or(0);
        Ok(format!(
            "{} people in, {} out, {} vehicles ({} plates read), {} open alerts; {} events lost",
            number("people_in"),
            number("people_out"),
            number("vehicles_today"),
            number("plates_read_today"),
            number("alerts_open"),
            number("lost_events")
        ))
    }
}
