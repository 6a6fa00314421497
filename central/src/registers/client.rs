//! A signed, purpose-coded call to a national service: one account, one time-out, one circuit breaker.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;
use tokio::time::Instant;
use uuid::Uuid;
use wire::gate::RegisterWord;

use super::breaker::Breaker;
use super::vehreg::{AskError, SetupError};
use crate::config::{Service, read_secret};

/// A service with its account.
pub struct Client {
    name: &'static str,
    settings: Service,
    base: String,
    secret: Vec<u8>,
    http: reqwest::Client,
    breaker: Mutex<Breaker>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({})", self.name)
    }
}

#[derive(serde::Deserialize)]
struct ErrorBody {
    #[serde(alias = "error")]
    code: Option<String>,
}

impl Client {
    /// A client; nothing is asked yet. `name` is what the log calls it.
    ///
    /// # Errors
    /// When its secret is missing or its address cannot be used.
    pub fn new(name: &'static str, settings: &Service) -> Result<Self, SetupError> {
        let secret =
            read_secret(settings.secret_env.as_deref(), settings.secret_file.as_deref())?.unwrap_or_default();
        let base = settings.url.trim_end_matches('/').to_owned();
        reqwest::Url::parse(&base).map_err(|error| SetupError::Url(error.to_string()))?;
        let http = reqwest::Client::builder()
            .timeout(Duration::from_millis(settings.timeout_ms))
            .build()
            .map_err(|error| SetupError::Url(error.to_string()))?;
        let breaker = Mutex::default();
        Ok(Self { name, settings: settings.clone(), base, secret: secret.into_bytes(), http, breaker })
    }

    /// How it is reached and in whose name.
    pub fn settings(&self) -> &Service {
        &self.settings
    }

    /// Asks, unless the breaker is open. Takes no longer than the configured time-out. `path` is below the base address;
    /// `purpose` is the configured one if none.
    ///
    /// # Errors
    /// [`AskError`]; nothing of the question or the answer is in its text.
    pub async fn ask<Q: Serialize, A: DeserializeOwned>(
        &self,
        path: &str,
        purpose: Option<&str>,
        question: &Q,
    ) -> Result<A, AskError> {
        self.ask_as(path, purpose, None, question).await
    }

    /// The same under an idempotency key of the caller's: repeated, it is answered again and not done again.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn ask_as<Q: Serialize, A: DeserializeOwned>(
        &self,
        path: &str,
        purpose: Option<&str>,
        idempotency: Option<&str>,
        question: &Q,
    ) -> Result<A, AskError> {
        if !self.breaker().may_ask(Instant::now()) {
            return Err(AskError::Resting);
        }
        let purpose = purpose.unwrap_or(&self.settings.purpose_code);
        let result = self.call(path, purpose, idempotency, question).await;
        let mut breaker = self.breaker();
        match &result {
            // A refusal of the caller is an answer: the service is there.
            Ok(_) => breaker.answered(),
            Err(AskError::Refused { status, .. }) if *status < 500 && *status != 429 => breaker.answered(),
            Err(error) => {
                if breaker.failed(Instant::now()) {
                    tracing::warn!(service = self.name, %error, "a service fails repeatedly: gates go on without it");
                }
            }
        }
        result
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn call<Q: Serialize, A: DeserializeOwned>(
        &self,
        path: &str,
        purpose: &str,
        idempotency: Option<&str>,
        question: &Q,
    ) -> Result<A, AskError> {
        let body = serde_json::to_vec(question).map_err(|error| AskError::Unreadable(error.to_string()))?;
        let url = format!("{}{path}", self.base);
        let whole = reqwest::Url::parse(&url).map_err(|error| AskError::NoAnswer(error.to_string()))?;
        let (timestamp, correlation) = (Timestamp::now().to_string(), Uuid::new_v4().to_string());
        let signature = self.signature(whole.path(), &timestamp, &correlation, &body);
        let request = self
            .http
            .post(whole)
            .header("content-type", "application/json")
            .header("X-Client-Id", &self.settings.client_id)
            .header("X-Unit-Code", &self.settings.unit_code)
            .header("X-Officer-Id", &self.settings.officer_id)
            .header("X-Purpose-Code", purpose)
            .header("X-Correlation-Id", &correlation)
            .header("Idempotency-Key", idempotency.unwrap_or(&correlation))
            .header("X-Timestamp", timestamp)
            .header("X-Signature", signature)
            .body(body);
        let no_answer = |error: reqwest::Error| AskError::NoAnswer(error.without_url().to_string());
        let response = request.send().await.map_err(no_answer)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(no_answer)?;
        if !status.is_success() {
            let code = serde_json::from_slice::<ErrorBody>(&bytes).ok().and_then(|body| body.code);
            let code = code.unwrap_or_default().chars().take(40).collect();
            return Err(AskError::Refused { status: status.as_u16(), code });
        }
        // The text of a JSON error may quote the answer, which is personal data: only the place is kept.
        serde_json::from_slice(&bytes)
            .map_err(|error| AskError::Unreadable(format!("line {} column {}", error.line(), error.column())))
    }

    /// Whether a callback was signed with this account's secret; takes the same time for every wrong signature.
    pub fn signed(
        &self,
        path: &str,
        timestamp: &str,
        correlation: &str,
        body: &[u8],
        signature: &str,
    ) -> bool {
        let right = self.signature(path, timestamp, correlation, body);
        right.len() == signature.len()
            && right.bytes().zip(signature.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
    }

    /// Hex HMAC-SHA256 over method, path, time, correlation id and the digest of the body, one a line.
    fn signature(&self, path: &str, timestamp: &str, correlation: &str, body: &[u8]) -> String {
        let digest = wire::Digest::of(body);
        let text = format!("POST\n{path}\n{timestamp}\n{correlation}\n{digest}");
        // HMAC takes a key of any length, so this cannot fail.
        #[allow(clippy::expect_used)]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("HMAC takes any key");
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What a gate is told when there is no answer.
pub fn word_of(error: &AskError) -> RegisterWord {
    match error {
        AskError::Refused { status: 429, .. } => RegisterWord::Quota,
        AskError::Refused { status, .. } if *status < 500 => RegisterWord::Refused,
        _ => RegisterWord::UpstreamDown,
    }
}
