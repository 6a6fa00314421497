//! Client of the vehicle registration service: who owned a plate at a given moment.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use thiserror::Error;
use tokio::time::Instant;
use uuid::Uuid;

use super::breaker::Breaker;
use crate::config::{SecretError, Service, read_secret};
use crate::masking::Owner;
use crate::matching::registry::{RegisteredVehicle, RegistryStatus};

/// Path of the question below the base address.
const PATH: &str = "/vehreg/v1/owner-lookup";

/// Why there is no client.
#[derive(Debug, Error)]
pub enum SetupError {
    /// No secret.
    #[error("registers: {0}")]
    Secret(#[from] SecretError),
    /// The address cannot be used.
    #[error("registers, url: {0}")]
    Url(String),
}

/// Why there is no answer. All are worth another try later, except a refusal.
#[derive(Debug, Error)]
pub enum AskError {
    /// It failed lately and is left alone.
    #[error("the register is left alone after repeated failures")]
    Resting,
    /// No answer in time, or no connection.
    #[error("the register did not answer: {0}")]
    NoAnswer(String),
    /// It answered with an error.
    #[error("the register answered {status} {code}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Its error code.
        code: String,
    },
    /// It answered with something else than agreed.
    #[error("the register's answer cannot be read: {0}")]
    Unreadable(String),
}

/// A question.
#[derive(Clone)]
pub struct Question {
    /// Correlation id; a repeated question has its own.
    pub lookup_id: Uuid,
    /// Canonical plate.
    pub plate: String,
    /// `car` or `motorcycle`, when known.
    pub vehicle_group: Option<String>,
    /// `white`, `yellow`, `blue` or `red`, when surely known.
    pub plate_colour: Option<String>,
    /// The moment the answer has to hold for.
    pub as_of: Timestamp,
}

/// An answer.
#[derive(Clone)]
pub struct Answer {
    /// Found or not, and in which state.
    pub status: RegistryStatus,
    /// The register's transaction number.
    pub txn_id: Option<String>,
    /// The vehicle.
    pub vehicle: Option<RegisteredVehicle>,
    /// Its owner at the moment asked for.
    pub owner: Option<Owner>,
}

impl std::fmt::Debug for Answer {
    /// Without the owner: an answer may end up in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("txn_id", &self.txn_id)
            .finish_non_exhaustive()
    }
}

/// The service, with its account and breaker.
pub struct VehicleRegister {
    settings: Service,
    url: String,
    path: String,
    secret: Vec<u8>,
    http: reqwest::Client,
    breaker: Mutex<Breaker>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestBody<'a> {
    plate: &'a str,
    colour: Option<&'a str>,
    vehicle_group: Option<&'a str>,
    as_of: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReplyBody {
    status: String,
    vehicle: Option<RegisteredVehicle>,
    owner: Option<ReplyOwner>,
    txn_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReplyOwner {
    kind: String,
    name: Option<String>,
    id_number: Option<String>,
    org_code: Option<String>,
    address: Option<String>,
}

#[derive(Deserialize)]
struct ErrorBody {
    #[serde(alias = "error")]
    code: Option<String>,
}

impl VehicleRegister {
    /// A client; nothing is asked yet.
    pub fn new(settings: &Service) -> Result<Self, SetupError> {
        let secret =
            read_secret(settings.secret_env.as_deref(), settings.secret_file.as_deref())?.unwrap_or_default();
        let url = format!("{}{PATH}", settings.url.trim_end_matches('/'));
        let path =
            reqwest::Url::parse(&url).map_err(|error| SetupError::Url(error.to_string()))?.path().to_owned();
        let http = reqwest::Client::builder()
            .timeout(Duration::from_millis(settings.timeout_ms))
            .build()
            .map_err(|error| SetupError::Url(error.to_string()))?;
        let breaker = Mutex::default();
        Ok(Self { settings: settings.clone(), url, path, secret: secret.into_bytes(), http, breaker })
    }

    /// How it is reached and in whose name.
    pub fn settings(&self) -> &Service {
        &self.settings
    }

    /// Asks, unless the breaker is open. Takes no longer than the configured time-out.
    pub async fn ask(&self, question: &Question) -> Result<Answer, AskError> {
        self.ask_for(question, &self.settings.purpose_code).await
    }

    /// The same for another purpose than the configured one.
    pub async fn ask_for(&self, question: &Question, purpose: &str) -> Result<Answer, AskError> {
        if !self.breaker().may_ask(Instant::now()) {
            return Err(AskError::Resting);
        }
        let result = self.call(question, purpose).await;
        let mut breaker = self.breaker();
        match &result {
            // A refusal of the caller is an answer: the service is there.
            Ok(_) => breaker.answered(),
            Err(AskError::Refused { status, .. }) if *status < 500 && *status != 429 => breaker.answered(),
            Err(error) => {
                if breaker.failed(Instant::now()) {
                    tracing::warn!(%error, "vehicle register fails repeatedly; passages go on without it and it is asked later");
                }
            }
        }
        result
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn call(&self, question: &Question, purpose: &str) -> Result<Answer, AskError> {
        let body = serde_json::to_vec(&RequestBody {
            plate: &question.plate,
            colour: question.plate_colour.as_deref(),
            vehicle_group: question.vehicle_group.as_deref(),
            as_of: question.as_of,
        })
        .map_err(|error| AskError::Unreadable(error.to_string()))?;
        let timestamp = Timestamp::now().to_string();
        let correlation = question.lookup_id.to_string();
        let signature = self.signature(&timestamp, &correlation, &body);
        let settings = &self.settings;
        let request = self
            .http
            .post(&self.url)
            .header("content-type", "application/json")
            .header("X-Client-Id", &settings.client_id)
            .header("X-Unit-Code", &settings.unit_code)
            .header("X-Officer-Id", &settings.officer_id)
            .header("X-Purpose-Code", purpose)
            .header("X-Correlation-Id", &correlation)
            .header("Idempotency-Key", &correlation)
            .header("X-Timestamp", timestamp)
            .header("X-Signature", signature)
            .body(body);
        let no_answer = |error: reqwest::Error| AskError::NoAnswer(error.without_url().to_string());
        let response = request.send().await.map_err(no_answer)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(no_answer)?;
        if !status.is_success() {
            let code = serde_json::from_slice::<ErrorBody>(&bytes)
                .ok()
                .and_then(|body| body.code)
                .unwrap_or_default();
            return Err(AskError::Refused { status: status.as_u16(), code: code.chars().take(40).collect() });
        }
        read(&bytes)
    }

    /// Hex HMAC-SHA256 over method, path, time, correlation id and the digest of the body, one a line.
    fn signature(&self, timestamp: &str, correlation: &str, body: &[u8]) -> String {
        let digest = wire::Digest::of(body);
        let text = format!("POST\n{}\n{timestamp}\n{correlation}\n{digest}", self.path);
        // HMAC takes a key of any length, so this cannot fail.
        #[allow(clippy::expect_used)]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("HMAC takes any key");
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn read(bytes: &[u8]) -> Result<Answer, AskError> {
    // The error text of a JSON reader may quote the answer, which is personal data: only the place is kept.
    let body: ReplyBody = serde_json::from_slice(bytes)
        .map_err(|error| AskError::Unreadable(format!("line {} column {}", error.line(), error.column())))?;
    let status = match body.status.as_str() {
        "FOUND" => RegistryStatus::Found,
        "NOT_FOUND" => RegistryStatus::NotFound,
        "REVOKED" => RegistryStatus::Revoked,
        "STOLEN_FLAG" => RegistryStatus::Stolen,
        "MULTIPLE" => RegistryStatus::Multiple,
        "MILITARY" | "MILITARY_VEHICLE" => RegistryStatus::Military,
        _ => return Err(AskError::Unreadable("unknown status".to_owned())),
    };
    let owner = body.owner.and_then(|owner| {
        Some(Owner {
            kind: owner.kind,
            name: owner.name?,
            address: owner.address,
            id_number: owner.id_number.or(owner.org_code),
        })
    });
    Ok(Answer { status, txn_id: body.txn_id, vehicle: body.vehicle, owner })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_whole() {
        let answer = read(
            r#"{"status":"STOLEN_FLAG","txnId":"T1","vehicle":{"make":"Honda","model":"Wave","colour":"red","type":"motorcycle"},
                "owner":{"kind":"PERSON","idNumber":"037078900106","name":"Phạm Văn Mẫu","address":"Thôn 2","communeCode":"1"}}"#
                .as_bytes(),
        )
        .unwrap();
        assert_eq!(answer.status, RegistryStatus::Stolen);
        assert_eq!(answer.vehicle.unwrap().kind.as_deref(), Some("motorcycle"));
        assert_eq!(answer.owner.unwrap().id_number.as_deref(), Some("037078900106"));
        assert!(
            read(br#"{"status":"NOT_FOUND","vehicle":null,"owner":null,"txnId":"T2"}"#)
                .unwrap()
                .owner
                .is_none()
        );
    }

    #[test]
    fn an_error_never_quotes_the_answer() {
        let error = read(r#"{"status":1,"owner":"Phạm Văn Mẫu"}"#.as_bytes()).unwrap_err().to_string();
        assert!(!error.contains("Mẫu"), "{error}");
    }
}
