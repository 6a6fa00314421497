//! Several handlings of one liable party and one vehicle become one before the decision. Nothing gets lost on the way: what was answered,
//! which agency was warned, and who judged goes over; every deadline that still runs ends at the earlier of both.

use serde_json::json;

use super::machine::{Refusal, Work};
use super::record::{Answer, Handling, Party, Warning};
use super::state::State;

/// What went over from another handling, by its numbers there and here: what lies sealed under them follows. Who was liable there
/// before stays sealed there: they see what they were told of, and nothing of the cases here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moved {
    /// Answers.
    pub answers: Vec<(u32, u32)>,
}

impl Work<'_> {
    /// Takes over the cases of another handling.
    pub fn joins(&mut self, other: &Handling) -> Result<(), Refusal> {
        joinable(&self.h, other)?;
        let parties = self.take_parties(other);
        let answers = self.take_answers(other, &parties);
        let drafter = other.notice.as_ref().map(|notice| notice.drafted_by.clone());
        let drove = |h: &Handling| h.liable_party().is_some_and(|party| party.drove);
        let (here, there) = (drove(&self.h), drove(other));
        let mine = self.h.acts.len();
        for act in &other.acts {
            let mut act = act.clone();
            act.judged_by.extend(drafter.clone());
            self.h.acts.push(act);
        }
        if here != there {
            // Points are taken from drivers: each act keeps what is established of it.
            for (n, act) in self.h.acts.iter_mut().enumerate() {
                act.drove.get_or_insert(if n < mine { here } else { there });
            }
        }
        if self.h.transfer.is_none() {
            self.h.transfer.clone_from(&other.transfer);
        }
        self.take_warnings(other);
        self.take_deadlines(other);
        self.moved = Some(Moved { answers });
        let cases: Vec<_> = other.acts.iter().map(|act| act.case_number.as_str()).collect();
        let (from, number) = (self.h.state, other.number.clone());
        self.step("joined", from, None, json!({ "from": number, "cases": cases }))
    }

    /// Ends: another handling goes on with the cases, and with the warnings that agencies confirmed.
    pub fn joined_into(&mut self, number: &str) -> Result<(), Refusal> {
        self.h.joined_into = Some(number.to_owned());
        self.h.warnings.retain(|warning| warning.state != "set");
        self.step("joined", State::Closed, None, json!({ "into": number }))
    }

    /// Who was liable there before, under numbers of this handling.
    fn take_parties(&mut self, other: &Handling) -> Vec<(u32, u32)> {
        let mut moved = Vec::new();
        for party in other.parties.iter().filter(|party| Some(party.n) != other.liable) {
            let n = self.h.parties.last().map_or(1, |party| party.n + 1);
            self.h.parties.push(Party { n, ..party.clone() });
            moved.push((party.n, n));
        }
        moved
    }

    /// What was answered there, under numbers of this handling.
    fn take_answers(&mut self, other: &Handling, parties: &[(u32, u32)]) -> Vec<(u32, u32)> {
        let liable = other.liable.zip(self.h.liable);
        let here = |there: u32| {
            parties.iter().copied().chain(liable).find(|(from, _)| *from == there).map(|(_, to)| to)
        };
        let mut moved = Vec::new();
        for answer in &other.answers {
            let n = self.h.answers.iter().map(|answer| answer.n).max().unwrap_or(0) + 1;
            self.h.answers.push(Answer { n, party: answer.party.and_then(here), ..answer.clone() });
            moved.push((answer.n, n));
        }
        let explained = moved.iter().find(|(from, _)| Some(*from) == other.explained);
        self.h.explained = self.h.explained.or(explained.map(|(_, to)| *to));
        moved
    }

    /// A warning that an agency confirmed goes over with the number under which it knows it. One that it has not confirmed yet is given
    /// anew, in this handling's own number: the other one is taken back.
    fn take_warnings(&mut self, other: &Handling) {
        for warning in &other.warnings {
            match warning.state.as_str() {
                "set" => {
                    let under = warning.under.clone().or_else(|| Some(other.number.clone()));
                    self.h.warnings.push(Warning { under, ..warning.clone() });
                }
                "ordered" => self.warn_of(&warning.target),
                _ => {}
            }
        }
    }

    /// Of two deadlines of a kind that still run the earlier one counts; one that runs there alone goes over.
    fn take_deadlines(&mut self, other: &Handling) {
        let at = self.at;
        for deadline in other.deadlines.iter().filter(|deadline| deadline.met_at.is_none()) {
            let same = |one: &&mut super::record::Deadline| {
                one.met_at.is_none() && one.due.kind == deadline.due.kind
            };
            match self.h.deadlines.iter_mut().find(same) {
                Some(own) if own.due.at <= deadline.due.at => continue,
                Some(own) => own.met_at = Some(at),
                None => {}
            }
            self.h.deadlines.push(deadline.clone());
        }
    }
}

/// Why two handlings cannot become one.
fn joinable(into: &Handling, other: &Handling) -> Result<(), Refusal> {
    let no = |code, vi: &str, en: &str| Err(Refusal::new(code, vi, en));
    if phase(into.state).is_none() || phase(into.state) != phase(other.state) || into.id == other.id {
        return no(
            "not_joinable",
            "chỉ gộp các vụ cùng giai đoạn, trước khi ra quyết định",
            "only handlings of one stage are joined, before the decision",
        );
    }
    if !other.doubts.is_empty() || !into.doubts.is_empty() || other.void.is_some() || into.void.is_some() {
        return no("doubts", "còn điểm chưa xác minh", "something is not verified yet");
    }
    if !into.vehicle.is(&other.vehicle) {
        // Papers, posting and warnings name one vehicle.
        return no(
            "other_vehicle",
            "chỉ gộp vụ việc của cùng một phương tiện",
            "only cases of one vehicle are joined",
        );
    }
    if into.state == State::Warned && other.state != State::Warned {
        return no(
            "not_joinable",
            "vụ kia còn thời hạn trả lời: gộp vụ đã cảnh báo vào vụ đó",
            "the other one can still be answered: join the warned one into it",
        );
    }
    Ok(())
}

/// Handlings of the same phase can be joined.
fn phase(state: State) -> Option<u8> {
    match state {
        State::OwnerFound => Some(1),
        state if state.awaits_answer() => Some(2),
        State::Acknowledged | State::Verified => Some(3),
        State::MinutesSigned => Some(4),
        _ => None,
    }
}
