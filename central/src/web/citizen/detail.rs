//! One case in plain words: what was seen, what the law says, how far it is, what can be done now.

use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::{CitizenCase, act, decided, item};
use super::own::Looking;
use super::papers::{self, CitizenPaper};
use super::pictures::{self, CitizenPicture};
use super::seen::{Own, Standing};
use super::words;
use crate::handling::machine::{Actor, Choices, Context};
use crate::handling::record::{Answer, Handling, Paper};
use crate::handling::{PartyKind, State as Stands, may, money, steps};
use crate::law::{Act, Law, day_of};
use crate::store::handling::citizens::CitizenRow;
use crate::web::Web;
use crate::web::extract::{Json, Moment};
use crate::web::problem::Problem;

/// What the law says of the act.
#[derive(Debug, Serialize, ToSchema)]
pub struct CitizenLaw {
    title_vi: String,
    title_en: String,
    clause: String,
    /// VND.
    fine_low: i64,
    /// VND.
    fine_high: i64,
    points: u8,
}

/// A step of the way.
#[derive(Debug, Serialize, ToSchema)]
pub struct CitizenStep {
    /// `noticed`, `answered`, `minutes`, `explanation`, `decision`, `paid`, `closed`.
    code: &'static str,
    done: bool,
    at: Option<Moment>,
}

/// What can be done now.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct May {
    pub confirm: bool,
    pub name_driver: bool,
    pub dispute: bool,
    pub claim_transfer: bool,
    pub explain: bool,
    pub pay: bool,
}

/// Money of the decision; it may cover several acts.
#[derive(Debug, Serialize, ToSchema)]
pub struct CitizenPayment {
    /// The portal's code.
    bill: String,
    /// VND of the decision.
    amount: i64,
    paid: bool,
    paid_at: Option<Moment>,
    /// VND of interest so far; null when there is none.
    late_interest: Option<i64>,
    /// VND that the next bill asks for. Interest that still grows comes in a bill of its own, once the fine is paid.
    to_pay: i64,
}

/// Who handles the case.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contact {
    unit: String,
    phone: String,
    address: String,
}

/// One case of one's own.
#[derive(Debug, Serialize, ToSchema)]
pub struct CitizenDetail {
    #[serde(flatten)]
    row: CitizenCase,
    place_en: Option<String>,
    law: Vec<CitizenLaw>,
    pictures: Vec<CitizenPicture>,
    /// Lines.
    rights_vi: String,
    /// Lines.
    rights_en: String,
    steps: Vec<CitizenStep>,
    /// How many acts are handled together: an answer is about all of them.
    together: usize,
    may: May,
    documents: Vec<CitizenPaper>,
    payment: Option<CitizenPayment>,
    contact: Contact,
}

/// One case of whoever is signed in. One that is not there and one of somebody else are answered alike.
#[utoipa::path(get, path = "/citizen/cases/{ref}", tag = "citizen", params(("ref" = String, Path, description = "Name of the case")),
    responses((status = 200, body = CitizenDetail), (status = 401, description = "`not_signed_in`", body = Problem),
        (status = 404, body = Problem), (status = 429, description = "`rate_limited`", body = Problem)))]
pub async fn read(
    State(web): State<Web>,
    Looking { citizen, own }: Looking,
) -> Result<Json<CitizenDetail>, Problem> {
    view(&web, &citizen, &own).await.map(Json)
}

/// A case as the page shows it.
pub async fn view(web: &Web, citizen: &CitizenRow, own: &Own) -> Result<CitizenDetail, Problem> {
    let row = item(own).ok_or_else(|| Problem::not_found("case"))?;
    let (h, law) = (&own.h, crate::handling::desk::law_of(&web.app.laws, &own.h));
    let case = web.app.store.cases().get(&own.case.case_id).await?;
    let settings = &web.app.config.handling;
    let liable = own.standing == Standing::Liable;
    Ok(CitizenDetail {
        place_en: case.as_ref().map(|case| case.place_en.clone()).filter(|place| !place.is_empty()),
        law: act(own).and_then(|act| law_of(&law, h, act)).into_iter().collect(),
        pictures: match &case {
            Some(case) => pictures::list(web, case).await?,
            None => Vec::new(),
        },
        rights_vi: words::words().rights_vi.trim().to_owned(),
        rights_en: words::words().rights_en.trim().to_owned(),
        steps: if liable { way(own) } else { way(own).into_iter().take(2).collect() },
        together: h.live_acts().count(),
        may: allowed(web, citizen, own, &law),
        documents: papers::list(web, own).await?,
        payment: payment(h, &law).filter(|_| liable),
        contact: Contact {
            unit: settings.unit_vi.clone(),
            phone: settings.phone.clone(),
            address: settings.address.clone(),
        },
        row,
    })
}

fn law_of(law: &Law, h: &Handling, act: &crate::handling::record::Violation) -> Option<CitizenLaw> {
    let organisation = h.liable_party().is_some_and(|party| party.kind == PartyKind::Org);
    let day = day_of(act.at);
    let behaviour = law.behaviour(&act.behaviour, day)?;
    let of =
        Act { behaviour: act.behaviour.clone(), on: day, circumstances: act.circumstances, organisation };
    let amount = law.amount_of(&of).ok()?;
    Some(CitizenLaw {
        title_vi: behaviour.title_vi.clone(),
        title_en: behaviour.title_en.clone(),
        clause: behaviour.clause.clone(),
        fine_low: amount.low,
        fine_high: amount.high,
        points: behaviour.points,
    })
}

fn ms(at: Timestamp) -> Moment {
    Moment(at.as_millisecond())
}

/// The way of a case, step by step, as far as it is known. What others were told and answered is not on it.
fn way(own: &Own) -> Vec<CitizenStep> {
    let (h, mine) = (&own.h, Some(own.party));
    let step = |code, at: Option<Timestamp>| CitizenStep { code, done: at.is_some(), at: at.map(ms) };
    let signed = |paper: &Option<Paper>| paper.as_ref().and_then(|paper| paper.signed_at);
    let answers = |explains: bool| {
        let fits = move |answer: &&Answer| answer.party == mine && (answer.kind == "explanation") == explains;
        h.answers.iter().rev().find(fits).map(|answer| answer.at)
    };
    let notice = h.notice.as_ref().filter(|notice| notice.party == mine);
    let noticed = step("noticed", notice.and_then(|notice| notice.sent_at));
    let mut way = vec![
        // Whoever answered was told, also where the notice to somebody else took that one's place.
        CitizenStep { done: noticed.done || own.standing == Standing::Former, ..noticed },
        step("answered", answers(false)),
        step("minutes", signed(&h.minutes)),
    ];
    // Whether one may explain is known once the minutes are signed.
    if h.state == Stands::Explanation || answers(true).is_some() {
        way.push(step("explanation", answers(true)));
    }
    way.push(step("decision", signed(&h.decision)));
    let settled = matches!(h.state, Stands::Paid | Stands::Cleared | Stands::Closed);
    let paid = h.money.payments.iter().map(|payment| payment.at).max();
    way.push(step("paid", paid.filter(|_| settled)));
    if h.state.is_final() {
        way.push(step("closed", h.ended_at));
    }
    way
}

/// Whether a session may pay: one that may answer, and one that the code in an organisation's notice opened. VNeID knows persons
/// alone, and paying takes no more than the bill.
pub fn pays(citizen: &CitizenRow, own: &Own) -> bool {
    let organisation = own.h.liable_party().is_some_and(|party| party.kind == PartyKind::Org);
    citizen.may_answer() || (citizen.id_digest.is_none() && organisation)
}

/// What the session may do now: as the machine says it, for a session that may answer; paying for one that may pay.
pub fn allowed(web: &Web, citizen: &CitizenRow, own: &Own, law: &Law) -> May {
    if !pays(citizen, own) || own.standing != Standing::Liable {
        return May::default();
    }
    let choices = Choices { points_of_silent_owner: web.app.config.handling.points_of_silent_owner };
    let actor = Actor::citizen("citizen");
    let at = Timestamp::now();
    let today = web.app.laws.on(day_of(at));
    let context = Context { law, today: &today, actor: &actor, at, number: "", choices };
    let can = |name: &str| steps::named(name).is_some_and(|step| may(&own.h, step, context).is_ok());
    let owes = payment(&own.h, law).is_some_and(|payment| payment.to_pay > 0);
    let pay = can("pay") && owes;
    if !citizen.may_answer() {
        return May { pay, ..May::default() };
    }
    May {
        confirm: can("confirm"),
        name_driver: can("name_driver"),
        dispute: can("dispute"),
        claim_transfer: can("claim_transfer"),
        explain: can("explain"),
        pay,
    }
}

fn payment(h: &Handling, law: &Law) -> Option<CitizenPayment> {
    let fine = h.fine.as_ref().filter(|_| decided(h))?;
    let owed = money::owed(h, law, day_of(Timestamp::now()));
    let bill = h.money.bills.iter().rev().find(|bill| bill.is_open()).or(h.money.bills.last());
    let awaited = h.state.awaits_money();
    Some(CitizenPayment {
        bill: bill.and_then(|bill| bill.code.clone()).unwrap_or_default(),
        amount: fine.total,
        paid: !awaited && !h.money.payments.is_empty(),
        paid_at: h.money.payments.iter().map(|payment| payment.at).max().map(ms),
        late_interest: Some(owed.interest).filter(|interest| *interest > 0),
        to_pay: match (awaited, owed.fine_left) {
            (false, _) => 0,
            (true, 0) => owed.interest_left,
            (true, left) => left,
        },
    })
}
