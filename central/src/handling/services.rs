//! Doing an order: one call to another system, or a document made. Every call carries the order's key, so that a repetition is
//! answered again and not done again; what comes back is a plain [`Outcome`].

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::machine::{NewParty, Outcome};
use super::record::{Handling, Order, PartyKind, What};
use crate::app::State;
use crate::matching::registry::{self, RegistryStatus};
use crate::registers::client::Client;
use crate::registers::vehreg::{AskError, Question, VehicleRegister};
use crate::store::handling::Person;

/// Purpose under which owners are looked up.
pub const OWNER_PURPOSE: &str = "VIOLATION_OWNER";
/// Purpose of everything else that a handling asks for.
const PURPOSE: &str = "VIOLATION_HANDLING";

/// An order with what is needed to do it.
#[derive(Debug)]
pub struct Call<'a> {
    /// The handling.
    pub h: &'a Handling,
    /// The order.
    pub order: &'a Order,
    /// The party that it is for.
    pub person: Option<Person>,
    /// The code that the notice prints.
    pub code: Option<String>,
}

impl Call<'_> {
    /// The key under which the other system knows a repetition.
    pub fn key(&self) -> String {
        match self.order.what {
            // A licence that was revoked then is asked for anew: its register knows a repetition by the decision.
            What::Points { .. } => format!("{}-{}-{}", self.h.id, self.order.n, self.order.tries),
            _ => format!("{}-{}", self.h.id, self.order.n),
        }
    }
}

/// What came of a call.
#[derive(Debug)]
pub struct Answered {
    /// For the machine.
    pub outcome: Outcome,
    /// The owner, to be sealed.
    pub owner: Option<Person>,
    /// Outside number by which callbacks find the order: `message:…`, `letter:…`, `bill:…`.
    pub key: Option<String>,
    /// Number and class of the party's licence, to be sealed with it.
    pub licence: Option<(String, String)>,
}

impl From<Outcome> for Answered {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, owner: None, key: None, licence: None }
    }
}

/// Somebody who does orders. Tests put their own in place of the network.
pub trait Outside: std::fmt::Debug + Send + Sync {
    /// Does an order once.
    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Answered>;
}

/// The services as configured.
pub struct Services {
    state: State,
    vehreg: Option<VehicleRegister>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Services")
    }
}

impl Services {
    /// With the connections of central's registers.
    ///
    /// # Errors
    /// When the vehicle register's client cannot be made.
    pub fn new(state: State) -> Result<Self, crate::registers::vehreg::SetupError> {
        let mut settings = state.config.registers.vehreg.clone();
        if let Some(settings) = &mut settings {
            OWNER_PURPOSE.clone_into(&mut settings.purpose_code);
        }
        let vehreg = settings.as_ref().map(VehicleRegister::new).transpose()?;
        Ok(Self { state, vehreg })
    }
}

impl Outside for Services {
    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Answered> {
        Box::pin(async move {
            match &call.order.what {
                What::OwnerLookup => self.owner(&call).await,
                What::Document { .. } => super::papers::issue(&self.state, &call).await.into(),
                What::Vneid { paper, .. } => self.message(&call, paper).await,
                What::Post { paper, .. } => self.letter(&call, paper).await,
                What::Posting { paper } => self.posting(&call, paper).await.into(),
                What::Bill { n } => self.bill(&call, *n).await,
                What::Points { points, .. } => self.points(&call, *points).await,
                What::Warn { target } => self.warn(&call, target).await.into(),
                What::Unwarn { target, under } => self.unwarn(&call, target, under.as_deref()).await.into(),
                What::Recall => self.recall(&call).await.into(),
            }
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MachineAnswer {
    status: String,
    owner: Option<MachineOwner>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MachineOwner {
    kind: String,
    id_number: Option<String>,
    org_code: Option<String>,
    name: String,
    #[serde(default)]
    address: String,
}

impl Services {
    async fn owner(&self, call: &Call<'_>) -> Answered {
        let vehicle = &call.h.vehicle;
        let as_of = call.h.first_act().map_or(call.h.opened_at, |act| act.at);
        if vehicle.class == "special_machine" {
            return self.machine(call, as_of).await;
        }
        let Some(register) = &self.vehreg else {
            return Outcome::Refused { code: "not_configured".to_owned() }.into();
        };
        let question = Question {
            lookup_id: uuid::Uuid::new_v4(),
            plate: vehicle.plate.clone(),
            vehicle_group: vehicle.group.clone(),
            plate_colour: vehicle.plate_colour.clone(),
            as_of,
        };
        let answer = match register.ask(&question).await {
            Ok(answer) => answer,
            Err(error) => return outcome_of(&error).into(),
        };
        let doubts =
            doubts(&vehicle.class, answer.vehicle.as_ref().and_then(|vehicle| vehicle.kind.as_deref()));
        let owner = answer.owner.and_then(|owner| {
            let org = owner.kind.eq_ignore_ascii_case("org");
            Some(Person {
                kind: if org { PartyKind::Org } else { PartyKind::Person },
                name: owner.name,
                id_number: owner.id_number?,
                address: owner.address.unwrap_or_default(),
                licence_no: None,
                licence_class: None,
            })
        });
        let status = match answer.status {
            RegistryStatus::Found if owner.is_none() => "not_found",
            other => other.as_str(),
        };
        owned(status, owner, doubts)
    }

    /// Special machines are in a register of their own (R-V14).
    async fn machine(&self, call: &Call<'_>, as_of: Timestamp) -> Answered {
        let Some(client) = &self.state.registers.machines else {
            return Outcome::Refused { code: "not_configured".to_owned() }.into();
        };
        let question = json!({ "plate": call.h.vehicle.plate, "asOf": as_of });
        let asked: Result<MachineAnswer, _> =
            client.ask_as("/machines/v1/owner-lookup", Some(OWNER_PURPOSE), None, &question).await;
        match asked {
            Ok(answer) => {
                let owner = answer.owner.and_then(|owner| {
                    let org = owner.kind.eq_ignore_ascii_case("org");
                    Some(Person {
                        kind: if org { PartyKind::Org } else { PartyKind::Person },
                        name: owner.name,
                        id_number: owner.id_number.or(owner.org_code)?,
                        address: owner.address,
                        licence_no: None,
                        licence_class: None,
                    })
                });
                let status = if answer.status == "FOUND" && owner.is_some() { "found" } else { "not_found" };
                owned(status, owner, Vec::new())
            }
            Err(error) => outcome_of(&error).into(),
        }
    }

    async fn message(&self, call: &Call<'_>, paper: &str) -> Answered {
        let Some(person) = &call.person else { return refused("no_party") };
        let payload = json!({
            "handling": call.h.number, "paper": paper, "number": number(call, paper),
            "acts": call.h.live_acts().map(|act| json!({ "kind": act.kind, "at": act.at, "place": act.place_vi })).collect::<Vec<_>>(),
            "unit": self.state.config.handling.unit_vi, "phone": self.state.config.handling.phone,
        });
        let body = json!({ "subjectRef": person.id_number, "templateCode": format!("VIOLATION_{}", paper.to_uppercase()), "payload": payload });
        self.ask(self.state.registers.vneid.as_ref(), "/vneid/v1/notify", call, &body, "messageId", "message")
            .await
    }

    async fn letter(&self, call: &Call<'_>, paper: &str) -> Answered {
        let Some(person) = &call.person else { return refused("no_party") };
        let to = if paper == "commune" {
            json!({ "name": "Công an cấp xã nơi cư trú", "address": person.address })
        } else {
            json!({ "name": person.name, "address": person.address })
        };
        let document = match paper {
            "notice" => call.h.notice.as_ref(),
            "decision" => call.h.decision.as_ref(),
            _ => None,
        };
        let body = json!({
            "reference": call.h.number, "paper": paper, "recipient": to, "code": call.code,
            "document": document.and_then(|paper| paper.document.clone()),
        });
        self.ask(self.state.registers.post.as_ref(), "/post/v1/registered", call, &body, "itemCode", "letter")
            .await
    }

    /// Plate, time, place and behaviour, as the circular lists them; nobody's name.
    async fn posting(&self, call: &Call<'_>, paper: &str) -> Outcome {
        let vehicle = &call.h.vehicle;
        let settings = &self.state.config.handling;
        let body = json!({
            "reference": call.h.number, "paper": paper, "number": number(call, paper),
            "plate": vehicle.plate_display, "plateColour": vehicle.plate_colour, "vehicleType": vehicle.class,
            "acts": call.h.live_acts().map(|act| json!({ "behaviour": act.behaviour, "at": act.at, "place": act.place_vi })).collect::<Vec<_>>(),
            "detectedBy": settings.unit_vi, "handledBy": settings.unit_vi, "phone": settings.phone,
        });
        self.ask(self.state.registers.csgt.as_ref(), "/csgt/v1/postings", call, &body, "postingId", "")
            .await
            .outcome
    }

    async fn bill(&self, call: &Call<'_>, n: u32) -> Answered {
        let Some(bill) = call.h.money.bills.iter().find(|bill| bill.n == n) else {
            return refused("no_bill");
        };
        let payer = call.person.as_ref().map_or("", |person| person.name.as_str());
        let body = json!({
            "decisionNo": bill.reference, "amount": bill.amount, "payer": payer,
            "treasuryAccount": self.state.config.handling.treasury_account,
        });
        self.ask(
            self.state.registers.dvcqg.as_ref(),
            "/dvcqg/v1/payment-order",
            call,
            &body,
            "billCode",
            "bill",
        )
        .await
    }

    async fn points(&self, call: &Call<'_>, points: u8) -> Answered {
        let Some(person) = &call.person else { return refused("no_party") };
        let body = json!({
            "idNumber": person.id_number, "licenceNo": person.licence_no, "points": points,
            "decisionNo": number(call, "decision"),
        });
        let answered = self
            .ask(self.state.registers.licence.as_ref(), "/licence/v1/deduct", call, &body, "txnId", "")
            .await;
        let Outcome::Done { said, .. } = &answered.outcome else { return answered };
        let word = |name: &str| said[name].as_str().map(|text| text.chars().take(40).collect::<String>());
        match said["result"].as_str() {
            Some("DEDUCTED") => {
                let licence = word("licenceNo").zip(word("licenceClass"));
                Answered { licence, ..answered }
            }
            Some("REVOKED") => {
                let until = word("revokedUntil").and_then(|text| text.parse::<Timestamp>().ok());
                until.map_or(Outcome::Away, Outcome::NotBefore).into()
            }
            other => refused(&other.unwrap_or("UNKNOWN").chars().take(40).collect::<String>()),
        }
    }

    /// Every document of a void handling loses its force, so that the public page says so.
    async fn recall(&self, call: &Call<'_>) -> Outcome {
        let store = &self.state.store;
        let recalled = async {
            let reason = format!("Hồ sơ {} đã hủy", call.h.number);
            for row in store.documents_of(&call.h.id).await? {
                let now_ms = Timestamp::now().as_millisecond();
                store.end_document(&row.document_id, None, &reason, now_ms).await?;
            }
            Ok::<_, crate::store::StoreError>(())
        };
        match recalled.await {
            Ok(()) => Outcome::Done { reference: None, said: Value::Null },
            Err(error) => {
                tracing::error!(handling = call.h.id, %error, "documents of a void handling are still valid; tried again");
                Outcome::Away
            }
        }
    }

    fn agency(&self, target: &str) -> (Option<&Client>, &'static str) {
        match target {
            "inspection" => (self.state.registers.inspection.as_ref(), "/inspection/v1"),
            _ => (self.state.registers.vehreg.as_ref(), "/vehreg/v1"),
        }
    }

    async fn warn(&self, call: &Call<'_>, target: &str) -> Outcome {
        let (client, path) = self.agency(target);
        let vehicle = &call.h.vehicle;
        let body = json!({
            "plate": vehicle.plate, "plateColour": vehicle.plate_colour, "vehicleGroup": vehicle.group,
            "reference": call.h.number, "notice": number(call, "notice"), "unit": call.h.unit,
        });
        self.ask(client, &format!("{path}/warn"), call, &body, "warningNo", "").await.outcome
    }

    async fn unwarn(&self, call: &Call<'_>, target: &str, under: Option<&str>) -> Outcome {
        let (client, path) = self.agency(target);
        // By our own number: a warning whose confirmation was lost goes too.
        let reference = under.unwrap_or(&call.h.number);
        let body = json!({ "plate": call.h.vehicle.plate, "reference": reference, "unit": call.h.unit });
        self.ask(client, &format!("{path}/unwarn"), call, &body, "removalNo", "").await.outcome
    }

    /// One call. `field` of the answer is the other system's number; under `name:` it finds the order again.
    async fn ask(
        &self,
        client: Option<&Client>,
        path: &str,
        call: &Call<'_>,
        body: &Value,
        field: &str,
        name: &str,
    ) -> Answered {
        let Some(client) = client else { return refused("not_configured") };
        let said: Value = match client.ask_as(path, Some(PURPOSE), Some(&call.key()), body).await {
            Ok(said) => said,
            Err(error) => return outcome_of(&error).into(),
        };
        let reference = said[field].as_str().map(|text| text.chars().take(80).collect::<String>());
        let key = reference.as_ref().filter(|_| !name.is_empty()).map(|number| format!("{name}:{number}"));
        Answered { key, ..Outcome::Done { reference, said }.into() }
    }
}

fn refused(code: &str) -> Answered {
    Outcome::Refused { code: code.to_owned() }.into()
}

fn owned(status: &str, owner: Option<Person>, doubts: Vec<String>) -> Answered {
    let party =
        owner.as_ref().map(|owner| NewParty { kind: owner.kind, licence: owner.licence_no.is_some() });
    let outcome = Outcome::Owner { status: status.to_owned(), owner: party, doubts };
    Answered { owner, ..outcome.into() }
}

/// A service that is away, over its quota or confused is asked again; one that refuses the question is not.
fn outcome_of(error: &AskError) -> Outcome {
    match error {
        AskError::Refused { status: 400 | 404 | 409 | 422, code } => Outcome::Refused { code: code.clone() },
        _ => Outcome::Away,
    }
}

/// Number of a paper.
fn number(call: &Call<'_>, paper: &str) -> Option<String> {
    let paper = if paper == "decision" { call.h.decision.as_ref() } else { call.h.notice.as_ref() };
    paper.and_then(|paper| paper.number.clone())
}

/// What does not fit between the vehicle that was seen and the registered one: codes.
pub fn doubts(seen: &str, registered: Option<&str>) -> Vec<String> {
    let Some(registered) = registered else { return Vec::new() };
    registry::class_differs(seen, registered).map(str::to_owned).into_iter().collect()
}
