//! The machine: a handling and something that happened give the next handling and what goes into its log, or a refusal. Pure: law,
//! actor and time are arguments. No step is taken that the table ([`steps`](super::steps)) does not have.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use thiserror::Error;

use super::join::Moved;
use super::record::{Deadline, Handling, Order, PartyKind, Proposal, What};
use super::state::State;
use super::steps::{self, Step, Who};
use crate::law::{Due, Law, LawError, Term, day_of};

/// Who takes a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Account; `system`; `citizen`.
    pub name: String,
    /// What the actor may do.
    pub who: Who,
    /// Rank of a police account.
    pub rank: Option<String>,
    /// Unit.
    pub unit: String,
}

impl Actor {
    /// Central itself.
    pub fn system(unit: &str) -> Self {
        Self { name: "system".to_owned(), who: Who::System, rank: None, unit: unit.to_owned() }
    }

    /// Whoever is liable.
    pub fn citizen(name: &str) -> Self {
        Self { name: name.to_owned(), who: Who::Citizen, rank: None, unit: String::new() }
    }
}

/// What the law leaves open and a lawyer decides; from the configuration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Choices {
    /// Whether points are taken from an owner who is fined for not co-operating (NĐ 168 Art 47.8.b does not say).
    pub points_of_silent_owner: bool,
}

/// The circumstances of a step.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The version of the law that the handling keeps: behaviours, amounts, interest.
    pub law: &'a Law,
    /// The version in force now: caps of who signs now, and deadlines that begin now with their calendar.
    pub today: &'a Law,
    /// Who.
    pub actor: &'a Actor,
    /// When.
    pub at: Timestamp,
    /// Number of the series that a signature takes.
    pub number: &'a str,
    /// What the law leaves open.
    pub choices: Choices,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A person takes a step of the table. Personal fields were taken out of `fields` and lie sealed.
    Action {
        /// Name of the step.
        name: String,
        /// The form's fields that are not personal.
        fields: Value,
        /// A party that was entered with it.
        party: Option<NewParty>,
    },
    /// Time went by.
    Clock,
    /// What came of an order.
    Ordered {
        /// The order.
        n: u32,
        /// What came of it.
        outcome: Outcome,
    },
    /// Word about a message or a letter.
    Told {
        /// The order that sent it.
        n: u32,
        /// `DELIVERED`, `READ`, `CONFIRMED`, `DISPUTED`, `RETURNED`.
        word: String,
        /// When it happened.
        at: Timestamp,
    },
    /// Money came.
    Paid {
        /// Receipt number.
        receipt: String,
        /// VND.
        amount: i64,
        /// When it was paid.
        at: Timestamp,
        /// The portal's bill.
        bill: Option<String>,
    },
    /// Cases of another handling of the same liable party are handled here from now on.
    Joins {
        /// The other handling, as it was.
        other: Box<Handling>,
    },
    /// This handling goes on in another.
    JoinedInto {
        /// Number of the other.
        number: String,
    },
}

/// A party that was entered; who it is lies sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewParty {
    /// Person or organisation.
    pub kind: PartyKind,
    /// Whether a licence number was entered.
    pub licence: bool,
}

/// What came of an order.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was done; the other system's number or the document's id.
    Done {
        /// That number.
        reference: Option<String>,
        /// What else it said.
        said: Value,
    },
    /// The register answered.
    Owner {
        /// `found`, `not_found`, `revoked`, `stolen`, `multiple`, `military`.
        status: String,
        /// The owner, who lies sealed.
        owner: Option<NewParty>,
        /// What does not fit between picture and register: codes.
        doubts: Vec<String>,
    },
    /// It refuses, and would refuse again.
    Refused {
        /// Its code.
        code: String,
    },
    /// No answer: it is tried again.
    Away,
    /// It cannot be done before a moment.
    NotBefore(Timestamp),
    /// A document lacks these; it is tried again, for somebody may fill them in.
    Lacks(Vec<String>),
}

/// Why a step is not taken. `code` is stable.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize)]
#[error("{code}: {en}")]
pub struct Refusal {
    /// Stable word.
    pub code: &'static str,
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Refusal {
    /// A refusal with its words.
    pub fn new(code: &'static str, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, vi: vi.into(), en: en.into() }
    }
}

impl From<LawError> for Refusal {
    fn from(error: LawError) -> Self {
        Self::new("law_missing", format!("dữ liệu pháp luật còn thiếu: {error}"), error.to_string())
    }
}

/// A line of the log. Nothing personal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// The step, or `alert`, `order`, `told`, …
    pub what: String,
    /// State before.
    pub from: State,
    /// State after.
    pub to: State,
    /// Legal basis.
    pub basis: String,
    /// Why, where a person has to say it.
    pub reason: Option<String>,
    /// The rest.
    pub detail: Value,
}

/// What came of an event.
#[derive(Debug, Clone)]
pub struct Stepped {
    /// The handling afterwards.
    pub handling: Handling,
    /// What goes into the log, in order; empty when nothing happened.
    pub log: Vec<Entry>,
    /// Number under which the party that came with the event is sealed.
    pub party: Option<u32>,
    /// Number under which the answer that came with the event is sealed.
    pub answer: Option<u32>,
    /// Series whose number was used: `notice`, `minutes`, `decision`, `transfer`.
    pub series: Option<&'static str>,
    /// What went over from a joined handling.
    pub moved: Option<Moved>,
}

/// Takes an event.
///
/// # Errors
/// Why not; the handling is as it was.
pub fn apply(before: &Handling, event: Event, context: Context<'_>) -> Result<Stepped, Refusal> {
    let mut work = Work::new(before.clone(), context);
    match event {
        Event::Action { name, fields, party } => {
            let step = steps::named(&name).filter(|step| step.who != Who::System).ok_or_else(|| {
                Refusal::new("unknown_action", "không có thao tác này", "there is no such action")
            })?;
            may(&work.h, step, context)?;
            work.action(step, &fields, party)?;
        }
        Event::Clock => work.clock()?,
        Event::Ordered { n, outcome } => work.ordered(n, outcome)?,
        Event::Told { n, word, at } => work.told(n, &word, at)?,
        Event::Paid { receipt, amount, at, bill } => work.paid(&receipt, amount, at, bill)?,
        Event::Joins { other } => work.joins(&other)?,
        Event::JoinedInto { number } => work.joined_into(&number)?,
    }
    Ok(work.done())
}

/// Whether an actor may take a step now, whatever the fields say.
///
/// # Errors
/// Why not.
pub fn may(h: &Handling, step: &Step, context: Context<'_>) -> Result<(), Refusal> {
    let no = |code, vi: &str, en: &str| Err(Refusal::new(code, vi, en));
    if !step.from.contains(&h.state) {
        return no("not_now", "trạng thái hiện tại không cho phép", "not in this state");
    }
    if !step.who.admits(context.actor.who) {
        return no("not_yours", "không thuộc thẩm quyền của tài khoản này", "not for this account");
    }
    let name = step.name.as_str();
    let by_me = |by: &str| by == context.actor.name;
    if h.void.is_some() && !matches!(name, "withdraw_void" | "confirm_void") && step.who != Who::Citizen {
        return no(
            "void_asked",
            "đang có đề nghị hủy: xác nhận hoặc rút trước",
            "voiding was asked for: confirm or withdraw it first",
        );
    }
    let draft = match name {
        "sign_notice" => h.notice.as_ref(),
        "sign_minutes" => h.minutes.as_ref(),
        "sign_decision" => h.decision.as_ref(),
        _ => None,
    };
    if draft.is_some_and(|paper| by_me(&paper.drafted_by)) {
        return no("own_draft", "người soạn không được ký", "who drafted it may not sign it");
    }
    match name {
        "draft_notice" | "draft_transfer" if !h.doubts.is_empty() => no(
            "doubts",
            "ảnh và đăng ký xe không khớp: người có thẩm quyền xác minh trước",
            "picture and register differ: verify the vehicle first",
        ),
        "draft_notice" if h.liable.is_none() => {
            no("nobody_liable", "chưa có người chịu trách nhiệm", "nobody is liable yet")
        }
        "accept_owner" if h.doubts.is_empty() => {
            no("no_doubts", "không có điểm nào cần xác nhận", "there is nothing to accept")
        }
        "sign_transfer" => match &h.transfer {
            None => no("not_drafted", "chưa có đề xuất chuyển", "no transfer is proposed"),
            Some(proposal) if by_me(&proposal.by) => {
                no("own_draft", "người soạn không được ký", "who drafted it may not sign it")
            }
            Some(_) => Ok(()),
        },
        "ask_void" if h.void.is_some() => {
            no("void_asked", "đã có đề nghị hủy", "voiding was asked for already")
        }
        "withdraw_void" if h.void.is_none() => {
            no("void_not_asked", "chưa có đề nghị hủy", "voiding was not asked for")
        }
        "confirm_void" => match &h.void {
            None => no("void_not_asked", "chưa có đề nghị hủy", "voiding was not asked for"),
            Some(proposal) if by_me(&proposal.by) => no(
                "own_request",
                "người đề nghị không được tự xác nhận",
                "who asked for it may not confirm it",
            ),
            Some(_) => Ok(()),
        },
        "dismiss_dispute" | "reject_driver" | "reject_transfer_claim" if h.judged_by(&context.actor.name) => {
            no(
                "own_review",
                "người đã duyệt vụ việc hoặc soạn thông báo không được bác ý kiến: cán bộ khác xem lại từ đầu",
                "who confirmed the case or drafted the notice may not turn this down: another officer looks at it",
            )
        }
        "clear_doubts" if h.doubts.is_empty() => {
            no("no_doubts", "không có điểm nào cần xác nhận", "there is nothing to clear")
        }
        "pass_on" if !passes_on(h) => no(
            "not_now",
            "không còn thời hạn ra quyết định 7 ngày để chuyển",
            "there is no open deadline of a decision that the file could be passed on within",
        ),
        "sign_decision" => may_sign(h, context),
        _ => Ok(()),
    }
}

/// Whether the time to decide is the usual one, which the passing on of a file makes longer; that of an explanation is longer still.
fn passes_on(h: &Handling) -> bool {
    h.deadline(Term::Decision.as_str()).is_some() && h.deadline(Term::DecisionExplained.as_str()).is_none()
}

/// The signer's cap, as it is today, against the highest of the ranges.
fn may_sign(h: &Handling, context: Context<'_>) -> Result<(), Refusal> {
    let Some(fine) = &h.fine else {
        return Err(Refusal::new("not_drafted", "chưa có dự thảo", "there is no draft"));
    };
    let Some(rank) = context.actor.rank.as_deref() else {
        return Err(Refusal::new("no_rank", "tài khoản chưa có chức vụ", "the account has no rank"));
    };
    let check = context.today.check_cap(fine.max_of_range, rank, day_of(context.at))?;
    if check.allowed {
        return Ok(());
    }
    Err(Refusal::new(
        "over_cap",
        format!("vượt thẩm quyền: khung cao nhất {} đ, thẩm quyền {} đ", check.max_of_range, check.cap),
        format!(
            "over the cap: the range reaches {} VND, this post signs up to {} VND",
            check.max_of_range, check.cap
        ),
    ))
}

/// A handling that is being changed.
pub(super) struct Work<'a> {
    pub h: Handling,
    pub law: &'a Law,
    pub today: &'a Law,
    pub actor: &'a Actor,
    pub at: Timestamp,
    pub number: &'a str,
    pub choices: Choices,
    pub log: Vec<Entry>,
    pub party: Option<u32>,
    pub answer: Option<u32>,
    pub series: Option<&'static str>,
    pub moved: Option<Moved>,
}

impl<'a> Work<'a> {
    /// Begins to change a handling.
    pub fn new(h: Handling, context: Context<'a>) -> Self {
        let Context { law, today, actor, at, number, choices } = context;
        let log = Vec::new();
        let (party, answer, series, moved) = (None, None, None, None);
        Self { h, law, today, actor, at, number, choices, log, party, answer, series, moved }
    }

    /// Ends the change.
    pub fn done(self) -> Stepped {
        let Self { mut h, log, party, answer, series, moved, at, .. } = self;
        if h.state.is_final() && h.ended_at.is_none() {
            h.ended_at = Some(at);
        }
        Stepped { handling: h, log, party, answer, series, moved }
    }

    /// Takes a step of the table.
    pub fn step(
        &mut self,
        name: &str,
        to: State,
        reason: Option<String>,
        detail: Value,
    ) -> Result<(), Refusal> {
        let from = self.h.state;
        let step = steps::named(name).filter(|step| step.from.contains(&from) && step.to.contains(&to));
        let Some(step) = step else {
            return Err(Refusal::new(
                "illegal_step",
                format!("không có bước {name} từ {} đến {}", from.vi(), to.vi()),
                format!("there is no step {name} from {} to {}", from.as_str(), to.as_str()),
            ));
        };
        self.h.state = to;
        let basis = step.basis.clone();
        self.log.push(Entry { what: name.to_owned(), from, to, basis, reason, detail });
        if to.is_final() && from != to {
            self.close_down(to);
        }
        Ok(())
    }

    /// Writes a line that changes no state.
    pub fn note(&mut self, what: &str, detail: Value) {
        let (from, to) = (self.h.state, self.h.state);
        self.log.push(Entry { what: what.to_owned(), from, to, basis: String::new(), reason: None, detail });
    }

    /// Orders something outside.
    pub fn order(&mut self, what: What) {
        let n = self.h.orders.last().map_or(1, |order| order.n + 1);
        self.h.orders.push(Order {
            n,
            what,
            at: self.at,
            tries: 0,
            next: Some(self.at),
            state: "waiting".to_owned(),
            reference: None,
            events: Vec::new(),
            lacks: Vec::new(),
        });
    }

    /// Starts a deadline that counts from `from`, with the law and the calendar of today; an open one of the same kind ends. Once
    /// computed it stays.
    pub fn start(&mut self, term: Term, from: Timestamp) -> Result<(), Refusal> {
        let due = self.today.due(term.as_str(), from)?;
        self.keep(term, due);
        Ok(())
    }

    /// Starts a deadline that was computed before.
    pub fn keep(&mut self, term: Term, due: Due) {
        self.met(term);
        self.h.deadlines.push(Deadline { due, met_at: None, alerted: 0 });
    }

    /// Open deadlines of a kind are met.
    pub fn met(&mut self, term: Term) {
        let at = self.at;
        let of = |deadline: &&mut Deadline| deadline.due.kind == term.as_str();
        for deadline in self.h.deadlines.iter_mut().filter(of) {
            deadline.met_at.get_or_insert(at);
        }
    }

    /// What ends with a handling: deadlines, orders that nobody needs any more, warnings.
    pub fn close_down(&mut self, to: State) {
        let at = self.at;
        for deadline in &mut self.h.deadlines {
            deadline.met_at.get_or_insert(at);
        }
        self.h.void = None;
        let keeps = |what: &What| match what {
            What::Unwarn { .. } | What::Recall => true,
            // What is void gives out nothing more.
            What::Document { .. } => to != State::Voided,
            what => to == State::Closed && what.paper().is_some(),
        };
        for order in self.h.orders.iter_mut().filter(|order| order.next.is_some() && !keeps(&order.what)) {
            // A warning that may have arrived is taken back below, whatever became of it.
            order.next = None;
            order.state = "cancelled".to_owned();
        }
        self.remove_warnings();
        let issued = |order: &Order| matches!(order.what, What::Document { .. });
        if to == State::Voided && self.h.orders.iter().any(issued) {
            self.order(What::Recall);
        }
    }

    /// Everything is solved: warnings go at once.
    pub fn remove_warnings(&mut self) {
        let at = self.at;
        let mut unwarn = Vec::new();
        let orders = &mut self.h.orders;
        for warning in &mut self.h.warnings {
            // A carried warning was ordered by the handling that set it.
            let own = warning.under.is_none();
            let warn = What::Warn { target: warning.target.clone() };
            let order = orders.iter_mut().rev().find(|order| own && order.what == warn);
            match warning.state.as_str() {
                "ordered" if order.as_ref().is_some_and(|order| order.tries == 0) => {
                    // Nobody was told yet: then nobody has to be told otherwise.
                    if let Some(order) = order {
                        (order.next, order.state) = (None, "cancelled".to_owned());
                    }
                    warning.state = "cancelled".to_owned();
                }
                "ordered" | "set" => {
                    if let Some(order) = order.filter(|order| order.next.is_some()) {
                        (order.next, order.state) = (None, "cancelled".to_owned());
                    }
                    warning.state = "removing".to_owned();
                    warning.removal_at = Some(at);
                    unwarn.push((warning.target.clone(), warning.under.clone()));
                }
                _ => {}
            }
        }
        for (target, under) in unwarn {
            self.order(What::Unwarn { target, under });
        }
    }

    /// A proposal of this actor.
    pub fn proposal(&self, reason: String, to_unit: Option<String>) -> Proposal {
        Proposal { by: self.actor.name.clone(), at: self.at, reason, to_unit, signed_by: None }
    }
}

/// How long to wait before try `tries + 1`: a minute, doubling, up to an hour.
pub fn backoff(tries: u32) -> SignedDuration {
    SignedDuration::from_secs((60_i64 << tries.min(10).saturating_sub(1)).min(3600))
}

/// An empty detail.
pub(super) fn nothing() -> Value {
    json!({})
}
