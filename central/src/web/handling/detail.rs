//! A handling's file: who, what, papers, deadlines, answers, amounts, money, warnings, messages, log, and what can be done now.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::list::{HandlingItem, due_item, item};
use super::{actor, seen};
use crate::auth::Language;
use crate::handling::machine::{Choices, Context};
use crate::handling::record::{Handling, What};
use crate::handling::steps::{self, Field, Who};
use crate::handling::{PartyKind, may, money};
use crate::law::{Act, day_of};
use crate::masking::{self, Owner, OwnerView};
use crate::store::audit::AuditRow;
use crate::store::handling::Person;
use crate::web::access::Viewer;
use crate::web::extract::{Json, Moment, Path};
use crate::web::problem::Problem;
use crate::web::{Web, now_ms};

/// The whole file.
#[derive(Debug, Serialize, ToSchema)]
pub struct HandlingFile {
    #[serde(flatten)]
    pub row: HandlingItem,
    pub liable: Option<Liable>,
    /// A party that was named and is not verified yet.
    pub named: Option<Liable>,
    pub documents: Vec<DocumentItem>,
    pub deadlines: Vec<DeadlineItem>,
    pub responses: Vec<ResponseItem>,
    pub acts: Vec<ActItem>,
    pub total: Option<i64>,
    pub combined: Option<CombinedItem>,
    pub payment: Option<PaymentItem>,
    pub points: Value,
    pub warnings: Vec<WarningItem>,
    pub messages: Vec<MessageItem>,
    pub void: Option<Value>,
    pub transfer: Option<Value>,
    pub joined_into: Option<String>,
    pub law_version: i64,
    pub log: Vec<LogItem>,
    /// The log's chain fits; the number of the first line that does not.
    pub chain_broken_at: Option<i64>,
    pub actions: Vec<ActionItem>,
}

/// A party as the role may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Liable {
    #[serde(flatten)]
    pub view: OwnerView,
    pub basis: String,
    pub drove: bool,
    pub licence_known: bool,
    pub since: Moment,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentItem {
    pub id: Option<String>,
    pub kind: String,
    pub number: Option<String>,
    pub issued_at: Option<Moment>,
    /// `drafted`, `signed`, `issued`.
    pub state: &'static str,
    pub drafted_by: Option<String>,
    pub signed_by: Option<String>,
    pub url: Option<String>,
    /// What it lacks while it cannot be made: names of fields.
    pub lacks: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DeadlineItem {
    pub what: String,
    pub what_vi: String,
    pub what_en: String,
    pub started_at: Moment,
    pub due_at: Moment,
    pub basis: String,
    pub confidence: crate::law::Confidence,
    pub calendar_known: bool,
    pub law_version: i64,
    pub met_at: Option<Moment>,
    /// Alerts that were raised.
    pub alerts: Vec<u8>,
    pub share: f64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ResponseItem {
    pub kind: String,
    pub at: Moment,
    pub by: String,
    pub text: Option<String>,
    pub attachments: Vec<AttachmentItem>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentItem {
    pub id: String,
    pub name: String,
    #[serde(rename = "type")]
    pub media_type: String,
    pub bytes: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ActItem {
    pub case_id: String,
    pub case_number: String,
    pub behaviour: String,
    pub title_vi: String,
    pub title_en: String,
    pub clause: String,
    pub low: i64,
    pub high: i64,
    /// Average of the range: what holds without circumstances.
    pub proposed: i64,
    pub amount: Option<i64>,
    pub points: u8,
    pub revocation_months: Option<(u8, u8)>,
    pub circumstances: Vec<String>,
    pub legal_basis: String,
    pub confidence: crate::law::Confidence,
    pub statute_ends: Moment,
    pub expired: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CombinedItem {
    pub total: i64,
    pub points: u8,
    pub revocation_months: Option<(u8, u8)>,
    pub max_of_range: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentItem {
    pub bill: Option<String>,
    pub pay_url: Option<String>,
    pub amount: i64,
    pub paid: i64,
    pub receipt: Option<String>,
    pub late_interest: i64,
    pub left: i64,
    pub overpaid: i64,
    pub payments: Vec<Value>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WarningItem {
    pub target: String,
    pub state: String,
    pub sent_at: Moment,
    pub ack: Option<Moment>,
    pub removal_at: Option<Moment>,
    pub removed_at: Option<Moment>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MessageItem {
    pub channel: &'static str,
    pub paper: Option<String>,
    pub state: String,
    pub at: Moment,
    pub tries: u32,
    pub next_try: Option<Moment>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LogItem {
    pub at: Moment,
    pub actor: String,
    pub role: String,
    pub unit: String,
    pub what: String,
    pub what_vi: String,
    pub what_en: String,
    pub from: String,
    pub to: String,
    pub basis: String,
    pub reason: Option<String>,
    pub detail: Value,
    pub hash: String,
}

/// What can be done, with the form for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionItem {
    pub action: String,
    pub vi: String,
    pub en: String,
    pub allowed: bool,
    pub why_not: Option<&'static str>,
    pub why_not_vi: Option<String>,
    pub why_not_en: Option<String>,
    pub fields: Vec<Field>,
    pub needs_signature: bool,
    pub danger: bool,
}

/// A handling's file.
#[utoipa::path(get, path = "/handlings/{id}", tag = "handlings", params(("id" = String, Path, description = "Handling")),
    responses((status = 200, body = HandlingFile), (status = 404, body = Problem)))]
pub async fn read(
    State(web): State<Web>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> Result<Json<HandlingFile>, Problem> {
    let h = seen(&web, &viewer, &id).await?;
    // Noted before anything is shown.
    let row = AuditRow { purpose: Some("VIOLATION_HANDLING".to_owned()), ..viewer.does("handling.view") };
    web.app.store.audit(&row.on("handling", &id)).await?;
    file(&web, &viewer, h).await.map(Json)
}

async fn file(web: &Web, viewer: &Viewer, h: Handling) -> Result<HandlingFile, Problem> {
    let (store, key, now) = (&web.app.store, &web.app.data_key, now_ms());
    let law = crate::handling::desk::law_of(&web.app.laws, &h);
    let person = match h.liable {
        Some(n) => store.handling_person(key, &h.id, n).await?,
        None => None,
    };
    let named = match h.named {
        Some(n) => store.handling_person(key, &h.id, n).await?,
        None => None,
    };
    let log = store.handling_log(&h.id).await?;
    let updated = log.last().map_or(h.opened_at.as_millisecond(), |line| line.at_ms);
    let deadlines = h.deadlines.iter().map(|deadline| {
        let due = due_item(&law, deadline, deadline.met_at.map_or(now, |at| at.as_millisecond()));
        DeadlineItem {
            what: due.what,
            what_vi: due.what_vi,
            what_en: due.what_en,
            started_at: Moment(deadline.due.from.as_millisecond()),
            due_at: due.at,
            basis: deadline.due.legal_basis.clone(),
            confidence: deadline.due.confidence,
            calendar_known: deadline.due.calendar_known,
            law_version: deadline.due.law_version,
            met_at: deadline.met_at.map(|at| Moment(at.as_millisecond())),
            alerts: [50, 80, 100].into_iter().filter(|percent| *percent <= deadline.alerted).collect(),
            share: due.share,
        }
    });
    let deadlines = deadlines.collect();
    let (acts, combined) = acts(&law, &h);
    Ok(HandlingFile {
        liable: h.liable.zip(person.as_ref()).and_then(|(n, person)| liable(viewer, &h, n, person)),
        named: h.named.zip(named.as_ref()).and_then(|(n, person)| liable(viewer, &h, n, person)),
        documents: documents(&h),
        deadlines,
        responses: responses(web, &h).await?,
        acts,
        total: h.fine.as_ref().map(|fine| fine.total),
        combined,
        payment: payment(&law, &h),
        points: json!(h.points),
        warnings: warnings(&h),
        messages: messages(&h),
        void: h.void.as_ref().map(|void| json!(void)),
        transfer: h.transfer.as_ref().map(|transfer| json!(transfer)),
        joined_into: h.joined_into.clone(),
        law_version: h.law_version,
        chain_broken_at: store.handling_chain(&h.id).await?,
        log: log.into_iter().map(log_item).collect(),
        actions: actions(web, viewer, &law, &h),
        row: item(web, viewer, &h, person.as_ref(), updated),
    })
}

fn ms(at: jiff::Timestamp) -> Moment {
    Moment(at.as_millisecond())
}

fn liable(viewer: &Viewer, h: &Handling, n: u32, person: &Person) -> Option<Liable> {
    let party = h.parties.iter().find(|party| party.n == n)?;
    let owner = Owner {
        kind: if person.kind == PartyKind::Org { "ORG" } else { "PERSON" }.to_owned(),
        name: person.name.clone(),
        address: Some(person.address.clone()),
        id_number: Some(person.id_number.clone()),
    };
    Some(Liable {
        view: masking::view(&owner, viewer.role, viewer.language == Language::Vi),
        basis: party.basis.clone(),
        drove: party.drove,
        licence_known: party.licence,
        since: ms(party.since),
    })
}

fn documents(h: &Handling) -> Vec<DocumentItem> {
    let papers = [("notice", &h.notice), ("minutes", &h.minutes), ("decision", &h.decision)];
    let mut all: Vec<DocumentItem> = papers
        .into_iter()
        .filter_map(|(kind, paper)| {
            let paper = paper.as_ref()?;
            Some(DocumentItem {
                id: paper.document.clone(),
                kind: kind.to_owned(),
                number: paper.number.clone(),
                issued_at: paper.signed_at.map(ms),
                state: match (&paper.document, &paper.signed_at) {
                    (Some(_), _) => "issued",
                    (None, Some(_)) => "signed",
                    (None, None) => "drafted",
                },
                drafted_by: Some(paper.drafted_by.clone()),
                signed_by: paper.signed_by.clone(),
                lacks: lacking(h, paper.order),
                url: paper.document.as_ref().map(|id| format!("/api/v1/documents/{id}")),
            })
        })
        .collect();
    let known: Vec<_> = all.iter().filter_map(|item| item.id.clone()).collect();
    for order in h.orders.iter().filter(|order| order.state == "done") {
        if let (What::Document { paper, number }, Some(id)) = (&order.what, &order.reference)
            && !known.contains(id)
        {
            all.push(DocumentItem {
                id: Some(id.clone()),
                kind: paper.clone(),
                number: number.clone(),
                issued_at: Some(ms(order.at)),
                state: "issued",
                drafted_by: None,
                signed_by: None,
                lacks: Vec::new(),
                url: Some(format!("/api/v1/documents/{id}")),
            });
        }
    }
    all
}

fn lacking(h: &Handling, order: u32) -> Vec<String> {
    h.orders.iter().find(|one| one.n == order).map(|one| one.lacks.clone()).unwrap_or_default()
}

async fn responses(web: &Web, h: &Handling) -> Result<Vec<ResponseItem>, Problem> {
    let texts = web.app.store.handling_answers(&web.app.data_key, &h.id).await?;
    let files = web.app.store.handling_attachments(&h.id).await?;
    let response = |answer: &crate::handling::record::Answer| ResponseItem {
        kind: answer.kind.clone(),
        at: ms(answer.at),
        by: answer.by.clone(),
        text: texts.iter().find(|(n, _)| *n == i64::from(answer.n)).map(|(_, text)| text.clone()),
        attachments: files
            .iter()
            .filter(|file| file.answer == i64::from(answer.n))
            .map(|file| AttachmentItem {
                id: file.attachment_id.clone(),
                name: file.name.clone(),
                media_type: file.media_type.clone(),
                bytes: file.bytes,
            })
            .collect(),
    };
    Ok(h.answers.iter().map(response).collect())
}

fn acts(law: &crate::law::Law, h: &Handling) -> (Vec<ActItem>, Option<CombinedItem>) {
    let organisation = h.liable_party().is_some_and(|party| party.kind == PartyKind::Org);
    let as_law = |act: &crate::handling::record::Violation| Act {
        behaviour: act.behaviour.clone(),
        on: day_of(act.at),
        circumstances: act.circumstances,
        organisation,
    };
    let items = h.acts.iter().filter_map(|act| {
        let behaviour = law.behaviour(&act.behaviour, day_of(act.at))?;
        let amount = law.amount_of(&as_law(act)).ok()?;
        Some(ActItem {
            case_id: act.case_id.clone(),
            case_number: act.case_number.clone(),
            behaviour: act.behaviour.clone(),
            title_vi: behaviour.title_vi.clone(),
            title_en: behaviour.title_en.clone(),
            clause: behaviour.clause.clone(),
            low: amount.low,
            high: amount.high,
            proposed: amount.proposed,
            amount: act.amount,
            points: behaviour.points,
            revocation_months: behaviour.revoke_months_low.zip(behaviour.revoke_months_high),
            circumstances: act.why.clone(),
            legal_basis: behaviour.legal_basis.clone(),
            confidence: behaviour.confidence,
            statute_ends: ms(act.statute_ends),
            expired: act.expired,
        })
    });
    let items = items.collect();
    let combined =
        law.combine(&h.live_acts().map(as_law).collect::<Vec<_>>()).ok().map(|combined| CombinedItem {
            total: combined.total,
            points: combined.points,
            revocation_months: combined.revoke_months,
            max_of_range: combined.max_of_range,
        });
    (items, combined)
}

fn payment(law: &crate::law::Law, h: &Handling) -> Option<PaymentItem> {
    let fine =
        h.fine.as_ref().filter(|_| h.decision.as_ref().is_some_and(|paper| paper.signed_at.is_some()))?;
    let today = jiff::Timestamp::from_millisecond(now_ms()).ok()?;
    let owed = money::owed(h, law, day_of(today));
    let open = h.money.bills.iter().rev().find(|bill| bill.is_open()).or(h.money.bills.last());
    Some(PaymentItem {
        bill: open.and_then(|bill| bill.code.clone()),
        pay_url: open.filter(|bill| bill.is_open()).and_then(|bill| bill.pay_url.clone()),
        amount: fine.total,
        paid: h.paid(),
        receipt: h.money.payments.last().map(|payment| payment.receipt.clone()),
        late_interest: owed.interest,
        left: if h.state.awaits_money() { owed.total() } else { 0 },
        overpaid: h.money.overpaid,
        payments: h.money.payments.iter().map(|payment| json!(payment)).collect(),
    })
}

fn warnings(h: &Handling) -> Vec<WarningItem> {
    let item = |warning: &crate::handling::record::Warning| WarningItem {
        target: warning.target.clone(),
        state: warning.state.clone(),
        sent_at: ms(warning.ordered_at),
        ack: warning.set_at.map(ms),
        removal_at: warning.removal_at.map(ms),
        removed_at: warning.removed_at.map(ms),
    };
    h.warnings.iter().map(item).collect()
}

fn messages(h: &Handling) -> Vec<MessageItem> {
    let sent = h.orders.iter().filter(|order| !matches!(order.what, What::Document { .. }));
    let item = |order: &crate::handling::record::Order| MessageItem {
        channel: order.what.word(),
        paper: order.what.paper().map(str::to_owned),
        state: order.events.last().map_or_else(|| order.state.clone(), |(word, _)| word.to_lowercase()),
        at: ms(order.events.last().map_or(order.at, |(_, at)| *at)),
        tries: order.tries,
        next_try: order.next.filter(|_| order.tries > 0).map(ms),
    };
    sent.map(item).collect()
}

fn log_item(line: crate::store::handling::LogRow) -> LogItem {
    let step = steps::named(&line.what);
    LogItem {
        at: Moment(line.at_ms),
        actor: line.actor,
        role: line.role,
        unit: line.unit,
        what_vi: step.map_or_else(|| line.what.clone(), |step| step.vi.clone()),
        what_en: step.map_or_else(|| line.what.clone(), |step| step.en.clone()),
        what: line.what,
        from: line.from_state,
        to: line.to_state,
        basis: line.basis,
        reason: line.reason,
        detail: serde_json::from_str(&line.detail).unwrap_or_default(),
        hash: line.hash,
    }
}

/// Steps of people that start from here, with who may take them. Those of the other side are shown with the reason.
fn actions(web: &Web, viewer: &Viewer, law: &crate::law::Law, h: &Handling) -> Vec<ActionItem> {
    let Some(actor) = actor(web, viewer) else { return Vec::new() };
    let choices = Choices { points_of_silent_owner: web.app.config.handling.points_of_silent_owner };
    let at = jiff::Timestamp::now();
    let today = web.app.laws.on(day_of(at));
    let context = Context { law, today: &today, actor: &actor, at, number: "", choices };
    let people = steps::all().iter().filter(|step| !matches!(step.who, Who::System | Who::Citizen));
    people
        .filter(|step| step.from.contains(&h.state))
        .filter_map(|step| {
            let may = may(h, step, context);
            // Nothing to accept, nothing to withdraw: no button.
            let idle = ["no_doubts", "void_not_asked", "not_drafted"];
            let refusal = may.err();
            if refusal.as_ref().is_some_and(|refusal| idle.contains(&refusal.code)) {
                return None;
            }
            Some(ActionItem {
                action: step.name.clone(),
                vi: step.vi.clone(),
                en: step.en.clone(),
                allowed: refusal.is_none(),
                why_not: refusal.as_ref().map(|refusal| refusal.code),
                why_not_vi: refusal.as_ref().map(|refusal| refusal.vi.clone()),
                why_not_en: refusal.map(|refusal| refusal.en),
                fields: step.fields.clone(),
                needs_signature: step.signature,
                danger: step.danger,
            })
        })
        .collect()
}

/// An attachment of an answer.
#[utoipa::path(get, path = "/handlings/{id}/attachments/{attachment}", tag = "handlings",
    params(("id" = String, Path, description = "Handling"), ("attachment" = String, Path, description = "Attachment")),
    responses((status = 200, description = "The file"), (status = 404, body = Problem)))]
pub async fn attachment(
    State(web): State<Web>,
    viewer: Viewer,
    Path((id, attachment)): Path<(String, String)>,
) -> Result<Response, Problem> {
    seen(&web, &viewer, &id).await?;
    let row =
        AuditRow { purpose: Some("VIOLATION_HANDLING".to_owned()), ..viewer.does("handling.attachment") };
    web.app.store.audit(&row.on("handling", &id)).await?;
    let found = web.app.store.attachment(&web.app.data_key, &id, &attachment).await?;
    let (row, content) = found.ok_or_else(|| Problem::not_found("attachment"))?;
    // What a citizen sent is never shown within our pages: it is saved.
    let disposition = format!("attachment; filename=\"{}\"", row.name);
    Ok(([(header::CONTENT_TYPE, row.media_type), (header::CONTENT_DISPOSITION, disposition)], content)
        .into_response())
}
