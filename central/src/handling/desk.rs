//! The shell around the machine: opens handlings, lets time pass, does orders, takes callbacks and what people do. It works from
//! committed rows alone: stopped at any moment and started again, it goes on where it stood.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::machine::{Actor, Choices, Context, Event, NewParty, Outcome, Refusal, Stepped, apply, may};
use super::record::{Handling, What};
use super::services::{Call, Outside};
use super::steps;
use crate::app::State;
use crate::law::Law;
use crate::notify::Change;
use crate::store::StoreError;
use crate::store::audit::AuditRow;
use crate::store::handling::{Person, Sealed, Tried};

/// Handlings looked at in one round.
const AT_ONCE: u32 = 200;

/// A person's step.
#[derive(Debug, Default)]
pub struct Deed {
    /// Name of the step.
    pub name: String,
    /// Fields that are not personal.
    pub fields: Value,
    /// Who was entered with it.
    pub person: Option<Person>,
    /// What was written, and what came with it.
    pub text: Option<String>,
    /// Files.
    pub attachments: Vec<crate::store::handling::Attachment>,
}

/// Runs until central stops.
pub async fn run(state: State, outside: Arc<dyn Outside>) {
    let mut look = tokio::time::interval(Duration::from_secs(u64::from(state.config.handling.look_s)));
    loop {
        tokio::select! {
            () = state.stop.cancelled() => return,
            _ = look.tick() => {}
        }
        if !state.config.handling.on {
            continue;
        }
        if let Err(error) = round(&state, outside.as_ref(), Timestamp::now()).await {
            state.health.write_failed(crate::health::DATABASE, &error);
        }
    }
}

/// One round: new handlings, callbacks that waited, deadlines, orders. Returns how many handlings were looked at.
///
/// # Errors
/// When the database fails; what was done until then stays.
pub async fn round(state: &State, outside: &dyn Outside, now: Timestamp) -> Result<usize, StoreError> {
    open_new(state, now).await?;
    forget(state, now).await?;
    for (digest, key, body) in state.store.waiting_callbacks(AT_ONCE).await? {
        super::callbacks::apply_one(state, &digest, &key, &body, now).await?;
    }
    let due = state.store.handlings_due(now.as_millisecond(), AT_ONCE).await?;
    for id in &due {
        look(state, outside, id, now).await?;
    }
    Ok(due.len())
}

/// Opens handlings for confirmed cases that have none.
///
/// # Errors
/// When the database fails.
pub async fn open_new(state: &State, now: Timestamp) -> Result<(), StoreError> {
    for case in state.store.confirmed_cases(AT_ONCE).await? {
        let law = state.laws.on(crate::law::day_of(now));
        let number = case.case_number.clone();
        match state.store.open_handling(case, &state.config.handling.unit, &law, now).await? {
            Some(Ok(handling)) => changed(state, &handling),
            Some(Err(refusal)) => {
                tracing::error!(case = number, %refusal, "a confirmed case cannot be handled")
            }
            None => {}
        }
    }
    Ok(())
}

/// Handlings that ended without a decision: their evidence gets its day, and who they were about is deleted in time, as with cases
/// that people rejected.
async fn forget(state: &State, now: Timestamp) -> Result<(), StoreError> {
    let keep_ms = i64::from(state.config.cases.rejected_days) * 86_400_000;
    state.store.date_ended_evidence(keep_ms).await?;
    for id in state.store.erase_ended_handlings(keep_ms, now.as_millisecond()).await? {
        tracing::info!(handling = id, "handling erased: it ended without a decision and its time is over");
    }
    Ok(())
}

/// Lets time pass for one handling, then does its orders that are due.
///
/// # Errors
/// When the database fails.
pub async fn look(state: &State, outside: &dyn Outside, id: &str, now: Timestamp) -> Result<(), StoreError> {
    let system = Actor::system(&state.config.handling.unit);
    if let Tried::Refused(refusal) = step(state, id, &system, now, Event::Clock, Sealed::default()).await? {
        tracing::error!(handling = id, %refusal, "a deadline could not be followed");
    }
    // Orders that follow from an answer are done in the same look: a notice's document, then its letters.
    for _ in 0..8 {
        let Some(h) = state.store.handling(id).await? else { return Ok(()) };
        let due: Vec<u32> = h
            .orders
            .iter()
            .filter(|order| order.next.is_some_and(|next| next <= now))
            .map(|order| order.n)
            .collect();
        if due.is_empty() {
            return Ok(());
        }
        for n in due {
            order(state, outside, id, n, now).await?;
        }
    }
    Ok(())
}

async fn order(
    state: &State,
    outside: &dyn Outside,
    id: &str,
    n: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(h) = state.store.handling(id).await? else { return Ok(()) };
    let Some(order) = h.orders.iter().find(|order| order.n == n && order.next.is_some()).cloned() else {
        return Ok(());
    };
    let party = match &order.what {
        What::Vneid { party, .. } | What::Post { party, .. } | What::Points { party, .. } => Some(*party),
        _ => h.liable,
    };
    let (store, key) = (&state.store, &state.data_key);
    let person = match party {
        Some(party) => store.handling_person(key, id, party).await?,
        None => None,
    };
    let code = match (&order.what, party) {
        (What::Document { .. } | What::Post { .. }, Some(party)) => store.notice_code(key, id, party).await?,
        _ => None,
    };
    // Written before anybody is asked: a look-up that cannot be noted is not made.
    let kind = format!("handling.{}", order.what.word());
    store
        .audit(
            &AuditRow {
                purpose: Some(purpose(&order.what).to_owned()),
                ..AuditRow::new(now.as_millisecond(), "system", kind)
            }
            .on("handling", id),
        )
        .await?;
    let answered = outside.call(Call { h: &h, order: &order, person, code }).await;
    let sealed = Sealed {
        person: answered.owner,
        key: answered.key.map(|key| (key, n)),
        licence: party.zip(answered.licence),
        ..Sealed::default()
    };
    let event = Event::Ordered { n, outcome: answered.outcome };
    let away = matches!(event, Event::Ordered { outcome: Outcome::Away, .. });
    let system = Actor::system(&state.config.handling.unit);
    match step(state, id, &system, now, event, sealed).await? {
        Tried::Refused(refusal) => {
            tracing::error!(handling = id, order = n, %refusal, "an answer could not be taken")
        }
        Tried::Done(_) if away => tracing::debug!(
            handling = id,
            order = n,
            kind = order.what.word(),
            "no answer; tried again later"
        ),
        _ => {}
    }
    Ok(())
}

fn purpose(what: &What) -> &'static str {
    match what {
        What::OwnerLookup => super::services::OWNER_PURPOSE,
        _ => "VIOLATION_HANDLING",
    }
}

/// Takes a person's step.
///
/// # Errors
/// When the database fails: nothing changed.
pub async fn act(
    state: &State,
    id: &str,
    actor: &Actor,
    deed: Deed,
    now: Timestamp,
) -> Result<Tried, StoreError> {
    let party = deed
        .person
        .as_ref()
        .map(|person| NewParty { kind: person.kind, licence: person.licence_no.is_some() });
    let code = (deed.name == "sign_notice").then(notice_code);
    if let Some(refusal) = cannot_be_printed(state, id, actor, &deed.name, now).await? {
        return Ok(Tried::Refused(refusal));
    }
    let sealed = Sealed {
        person: deed.person,
        text: deed.text,
        attachments: deed.attachments,
        code,
        ..Sealed::default()
    };
    let event = Event::Action { name: deed.name, fields: deed.fields, party };
    step(state, id, actor, now, event, sealed).await
}

/// Why the paper that a signature would make cannot be printed. Whatever else speaks against the step the machine says better.
async fn cannot_be_printed(
    state: &State,
    id: &str,
    actor: &Actor,
    name: &str,
    now: Timestamp,
) -> Result<Option<Refusal>, StoreError> {
    let Some(step) = steps::named(name).filter(|step| step.signature) else { return Ok(None) };
    let Some(h) = state.store.handling(id).await? else { return Ok(None) };
    let law = law_of(&state.laws, &h);
    let choices = Choices { points_of_silent_owner: state.config.handling.points_of_silent_owner };
    let today = state.laws.on(crate::law::day_of(now));
    if may(&h, step, Context { law: &law, today: &today, actor, at: now, number: "", choices }).is_err() {
        return Ok(None);
    }
    super::papers::trial::trial(state, &h, name, actor, now).await
}

/// Takes an event in one transaction, with the law that the handling keeps and the one in force.
///
/// # Errors
/// When the database fails: nothing changed.
pub async fn step(
    state: &State,
    id: &str,
    actor: &Actor,
    now: Timestamp,
    event: Event,
    sealed: Sealed,
) -> Result<Tried, StoreError> {
    let choices = Choices { points_of_silent_owner: state.config.handling.points_of_silent_owner };
    let laws = state.laws.clone();
    let tried = state
        .store
        .step_handling(&state.data_key, id, (actor, now), &sealed, move |h, numbers| {
            let law = law_of(&laws, h);
            let number = match &event {
                Event::Action { name, .. } => name.strip_prefix("sign_").map(numbers).unwrap_or_default(),
                _ => String::new(),
            };
            let today = laws.on(crate::law::day_of(now));
            apply(h, event, Context { law: &law, today: &today, actor, at: now, number: &number, choices })
        })
        .await?;
    if let Tried::Done(stepped) = &tried
        && !stepped.log.is_empty()
    {
        changed(state, &stepped.handling);
    }
    Ok(tried)
}

/// Joins handlings of one liable party into the first of them.
///
/// # Errors
/// When the database fails: nothing changed.
pub async fn join(
    state: &State,
    into: &str,
    from: &str,
    actor: &Actor,
    now: Timestamp,
) -> Result<Tried, StoreError> {
    let digest = |id: String, n: Option<u32>| async move {
        match n {
            Some(n) => state.store.party_digest(&id, n).await,
            None => Ok(None),
        }
    };
    let (Some(one), Some(other)) = (state.store.handling(into).await?, state.store.handling(from).await?)
    else {
        return Ok(Tried::Missing);
    };
    let same = digest(into.to_owned(), one.liable).await?;
    if same.is_none() || same != digest(from.to_owned(), other.liable).await? {
        return Ok(Tried::Refused(Refusal::new(
            "other_party",
            "chỉ gộp vụ việc của cùng một người chịu trách nhiệm",
            "only cases of one liable party are joined",
        )));
    }
    let laws = state.laws.clone();
    let choices = Choices { points_of_silent_owner: state.config.handling.points_of_silent_owner };
    let system = Actor { who: super::Who::System, ..actor.clone() };
    let tried = state
        .store
        .join_handlings((into, from), (actor, now), move |target, other| {
            let law = law_of(&laws, target);
            let today = laws.on(crate::law::day_of(now));
            let context = Context { law: &law, today: &today, actor: &system, at: now, number: "", choices };
            let kept: Stepped = apply(target, Event::Joins { other: Box::new(other.clone()) }, context)?;
            let ended = apply(other, Event::JoinedInto { number: target.number.clone() }, context)?;
            Ok((kept, ended))
        })
        .await?;
    if let Tried::Done(stepped) = &tried {
        changed(state, &stepped.handling);
    }
    Ok(tried)
}

/// The law that a handling was opened with; the newest one, should that be gone.
pub fn law_of(laws: &crate::law::Laws, h: &Handling) -> Law {
    laws.version(h.law_version).unwrap_or_else(|| laws.newest())
}

/// A code that a notice prints: ten letters and digits that are not mistaken for one another.
fn notice_code() -> String {
    crate::store::handling::random_ref().chars().take(10).collect::<String>().to_uppercase()
}

fn changed(state: &State, h: &Handling) {
    state.hub.send(Change::Counts { site: h.site.clone() });
}
