//! What the demo asks central before it stops.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::logins::Logins;

/// A signed-in client.
pub(super) struct Api {
    client: reqwest::Client,
    address: String,
}

impl Api {
    /// Signs in as the IOC operator.
    pub(super) async fn sign_in(address: &str, logins: &Logins) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .cookie_store(true)
            .timeout(std::time::Duration::from_secs(5))
            .build()?;
        let login = logins.ioc().context("no login of the IOC operator")?;
        client
            .post(format!("{address}/api/v1/session"))
            .header("x-requested-with", "vong-gac")
            .json(&json!({"username": login.username, "password": login.password}))
            .send()
            .await?
            .error_for_status()?;
        Ok(Self { client, address: address.to_owned() })
    }

    /// One line of numbers.
    pub(super) async fn summary(&self) -> anyhow::Result<String> {
        let summary: Value = self
            .client
            .get(format!("{}/api/v1/summary", self.address))
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
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
