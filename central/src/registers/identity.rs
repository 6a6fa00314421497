//! Everything that is asked about identities, for gates and for people at central: the services together, with their audit rows.

use serde_json::json;
use wire::gate::RegisterWord;

use super::client::{Client, word_of};
use super::vehreg::{AskError, SetupError};
use super::{csdldc, ticket, vneid, wanted};
use crate::config;
use crate::store::audit::AuditRow;
use crate::store::gates::WantedHit;
use crate::store::{Store, StoreError};

/// The services; each may be left out.
#[derive(Debug, Default)]
pub struct Registers {
    /// Population database.
    pub csdldc: Option<Client>,
    /// VNeID.
    pub vneid: Option<Client>,
    /// Wanted persons.
    pub wanted: Option<Client>,
    /// Tickets.
    pub ticket: Option<Client>,
    /// Vehicle registration, for warnings; owners are asked through the register's own client.
    pub vehreg: Option<Client>,
    /// Payment on the public service portal.
    pub dvcqg: Option<Client>,
    /// Driving licences.
    pub licence: Option<Client>,
    /// Vehicle inspection.
    pub inspection: Option<Client>,
    /// Registered mail.
    pub post: Option<Client>,
    /// Public site of the traffic police.
    pub csgt: Option<Client>,
    /// Special machines.
    pub machines: Option<Client>,
}

impl Registers {
    /// As configured; nothing is asked yet.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(settings: &config::Registers) -> Result<Self, SetupError> {
        let client = |name, settings: &Option<config::Service>| {
            settings.as_ref().map(|settings| Client::new(name, settings)).transpose()
        };
        Ok(Self {
            csdldc: client("csdldc", &settings.csdldc)?,
            vneid: client("vneid", &settings.vneid)?,
            wanted: client("wanted", &settings.wanted)?,
            ticket: client("ticket", &settings.ticket)?,
            vehreg: client("vehreg", &settings.vehreg)?,
            dvcqg: client("dvcqg", &settings.dvcqg)?,
            licence: client("licence", &settings.licence)?,
            inspection: client("inspection", &settings.inspection)?,
            post: client("post", &settings.post)?,
            csgt: client("csgt", &settings.csgt)?,
            machines: client("machines", &settings.machines)?,
        })
    }
}

/// Who asks, where and why: what an audit row says of a look-up.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Account, or `system`.
    pub actor: String,
    /// Site.
    pub site: String,
    /// Gate, lane, agent: what is known of the place.
    pub place: serde_json::Value,
    /// Purpose code.
    pub purpose: String,
    /// What the look-up is about: a question's or a decision's id.
    pub object: String,
}

/// What became of a claim about a citizen.
#[derive(Debug)]
pub struct Citizen {
    /// The population database's word; why there is none.
    pub verdict: Result<csdldc::Verdict, RegisterWord>,
    /// A guard should look at the papers. Why is for the police alone.
    pub check_papers: bool,
    /// Feed row of the alert, where one was raised.
    pub feed_id: Option<i64>,
}

/// Checks number, name and date of birth, and whether the person is sought. A hit becomes an alert for the police role and
/// nothing else; everybody else learns `check_papers` at most.
///
/// # Errors
/// When the database fails: then nothing was told to anybody.
pub async fn citizen(
    registers: &Registers,
    store: &Store,
    asker: &Asker,
    (number, name, birth): (&str, &str, &str),
    now_ms: i64,
) -> Result<Citizen, StoreError> {
    let verdict = async {
        let client = registers.csdldc.as_ref().ok_or(RegisterWord::NotConfigured)?;
        csdldc::verify_citizen(client, Some(&asker.purpose), number, name, birth)
            .await
            .map_err(|error| failed("csdldc", &error))
    };
    let sought = async {
        match &registers.wanted {
            Some(client) => {
                Some(wanted::check(client, number).await.map_err(|error| failed("wanted", &error)))
            }
            None => None,
        }
    };
    let (verdict, sought) = tokio::join!(verdict, sought);
    let (result, txn) = match &verdict {
        Ok(verdict) => (json!(verdict.result), verdict.txn_id.clone()),
        Err(word) => (json!(word), None),
    };
    audit(store, asker, "identity.citizen", &result, txn.as_deref(), now_ms).await?;
    let mut citizen = Citizen { verdict, check_papers: false, feed_id: None };
    if let Some(sought) = sought {
        let (told, txn) = match &sought {
            // Whoever reads the audit log must not learn of a hit.
            Ok(verdict) => ("answered", verdict.txn_id.clone()),
            Err(_) => ("no_answer", None),
        };
        audit(store, asker, "identity.wanted", &json!(told), txn.as_deref(), now_ms).await?;
        if let Ok(verdict) = sought
            && verdict.is_hit()
        {
            let hit = WantedHit {
                source_id: asker.object.clone(),
                site: asker.site.clone(),
                place: asker.place.clone(),
                result: verdict.result,
                notice_no: verdict.notice_no,
                handling_unit: verdict.handling_unit,
                txn: verdict.txn_id,
            };
            citizen.check_papers = true;
            citizen.feed_id = store.raise_wanted(&hit, now_ms).await?;
        }
    }
    Ok(citizen)
}

/// Checks a VNeID code.
///
/// # Errors
/// When the database fails.
pub async fn vneid_code(
    registers: &Registers,
    store: &Store,
    asker: &Asker,
    token: &str,
    now_ms: i64,
) -> Result<Result<vneid::Verdict, RegisterWord>, StoreError> {
    let answer = match &registers.vneid {
        Some(client) => vneid::verify_qr(client, Some(&asker.purpose), token)
            .await
            .map_err(|error| failed("vneid", &error)),
        None => Err(RegisterWord::NotConfigured),
    };
    let (result, txn) = match &answer {
        Ok(verdict) => (json!(verdict.result), verdict.txn_id.clone()),
        Err(word) => (json!(word), None),
    };
    audit(store, asker, "identity.vneid", &result, txn.as_deref(), now_ms).await?;
    Ok(answer)
}

/// Compares a face with the one on file. The caller has made sure that it is approved.
///
/// # Errors
/// When the database fails.
pub async fn face(
    registers: &Registers,
    store: &Store,
    asker: &Asker,
    (number, image, liveness): (&str, &str, f32),
    now_ms: i64,
) -> Result<Result<csdldc::FaceVerdict, RegisterWord>, StoreError> {
    let answer = match &registers.csdldc {
        Some(client) => csdldc::verify_face(client, Some(&asker.purpose), number, image, liveness)
            .await
            .map_err(|error| failed("csdldc", &error)),
        None => Err(RegisterWord::NotConfigured),
    };
    let (result, txn) = match &answer {
        Ok(verdict) => (json!(verdict.decision), verdict.txn_id.clone()),
        Err(word) => (json!(word), None),
    };
    audit(store, asker, "identity.face", &result, txn.as_deref(), now_ms).await?;
    Ok(answer)
}

/// Checks a ticket against a card.
///
/// # Errors
/// When the database fails.
pub async fn ticket_of(
    registers: &Registers,
    store: &Store,
    asker: &Asker,
    (code, name, number): (&str, Option<&str>, Option<&str>),
    now_ms: i64,
) -> Result<Result<ticket::Verdict, RegisterWord>, StoreError> {
    let answer = match &registers.ticket {
        Some(client) => ticket::check(client, Some(&asker.purpose), code, name, number)
            .await
            .map_err(|error| failed("ticket", &error)),
        None => Err(RegisterWord::NotConfigured),
    };
    let (result, txn) = match &answer {
        Ok(verdict) => (json!(verdict.result), verdict.txn_id.clone()),
        Err(word) => (json!(word), None),
    };
    audit(store, asker, "identity.ticket", &result, txn.as_deref(), now_ms).await?;
    Ok(answer)
}

fn failed(service: &'static str, error: &AskError) -> RegisterWord {
    tracing::debug!(service, %error, "a look-up got no answer");
    word_of(error)
}

async fn audit(
    store: &Store,
    asker: &Asker,
    action: &str,
    result: &serde_json::Value,
    txn: Option<&str>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut row = AuditRow::new(now_ms, asker.actor.as_str(), action).on("identity", &asker.object);
    row.purpose = Some(asker.purpose.clone());
    row.detail =
        Some(json!({ "site": asker.site, "place": asker.place, "result": result, "txn": txn }).to_string());
    store.audit(&row).await
}
