//! A relay with a web interface.

use std::time::Duration;

use reqwest::{Client, Method};
use tokio::runtime::Handle;

use super::config::{HttpCall, HttpConfig};
use super::{Barrier, BarrierError, Command, Position};
use crate::secret;

/// Longest answer that is read, bytes.
const MOST: usize = 64 << 10;

/// A relay with a web interface. Called from a thread of its own, never from a task.
pub struct HttpBarrier {
    config: HttpConfig,
    client: Client,
    token: Option<String>,
    runtime: Handle,
}

impl HttpBarrier {
    /// Connects at the first call. `runtime` carries the requests.
    ///
    /// # Errors
    /// [`BarrierError::Config`].
    pub fn new(config: HttpConfig, runtime: Handle) -> Result<Self, BarrierError> {
        let refuse = |error: String| BarrierError::Config(error);
        // An error means that there is a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .timeout(Duration::from_millis(config.timeout_ms))
            .no_proxy()
            .build()
            .map_err(|error| refuse(error.to_string()))?;
        let token = secret::read(config.token_file.as_deref(), config.token_env.as_deref())
            .map_err(|error| refuse(error.to_string()))?;
        Ok(Self { config, client, token, runtime })
    }

    fn call(&self, call: &HttpCall) -> Result<String, BarrierError> {
        let refuse = |reason: String| BarrierError::Unreachable { at: self.config.url.clone(), reason };
        let method = match call.method.as_str() {
            "GET" => Method::GET,
            "PUT" => Method::PUT,
            _ => Method::POST,
        };
        let mut request =
            self.client.request(method, format!("{}{}", self.config.url.trim_end_matches('/'), call.path));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = &call.body {
            request = request.header("content-type", "application/json").body(body.clone());
        }
        self.runtime.block_on(async {
            // The error names no URL: a path may hold what is nobody's business.
            let answer = request.send().await.map_err(|error| refuse(error.without_url().to_string()))?;
            let status = answer.status();
            if !status.is_success() {
                return Err(refuse(format!("it answered {status}")));
            }
            let text = answer.text().await.map_err(|error| refuse(error.without_url().to_string()))?;
            if text.len() > MOST { Err(refuse("its answer is too long".to_owned())) } else { Ok(text) }
        })
    }
}

impl Barrier for HttpBarrier {
    fn command(&mut self, command: Command) -> Result<(), BarrierError> {
        let call = match command {
            Command::Open => &self.config.open,
            Command::Close => &self.config.close,
            Command::Hold => &self.config.hold,
            Command::Release => &self.config.release,
        };
        self.call(call).map(drop)
    }

    fn position(&mut self) -> Result<Option<Position>, BarrierError> {
        let Some(call) = &self.config.state else { return Ok(None) };
        let text = self.call(call)?;
        let word = if self.config.state_pointer.is_empty() {
            text.trim().trim_matches('"').to_owned()
        } else {
            let value = serde_json::from_str::<serde_json::Value>(&text).ok();
            let word = value.as_ref().and_then(|value| value.pointer(&self.config.state_pointer));
            word.map(|word| word.as_str().map_or_else(|| word.to_string(), str::to_owned)).ok_or_else(
                || {
                    let said = text.chars().take(80).collect();
                    BarrierError::Word { at: self.config.url.clone(), said }
                },
            )?
        };
        Ok(Some(match &self.config.words {
            words if word == words.open => Position::Open,
            words if word == words.closed => Position::Closed,
            _ => Position::Moving,
        }))
    }
}
