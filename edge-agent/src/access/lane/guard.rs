//! What a guard does at a lane. It was recorded before it comes here.

use jiff::Timestamp;
use uuid::Uuid;
use wire::gate::{Actor, GuardAct, SeenPerson, Verdict};

use super::*;

impl Machine {
    /// The case that an act is about: the one that is named, else the current one. `None` if it is not there.
    pub fn meant(&self, access: Option<Uuid>) -> Option<&Case> {
        match access {
            Some(id) => self.find(id).map(|at| &self.cases[at]),
            None => self.current(),
        }
    }

    /// Does what a guard wants. Acts about a case need one that is there ([`Machine::meant`]).
    pub fn guard(
        &mut self,
        now: Timestamp,
        act: GuardAct,
        access: Option<Uuid>,
        user: &str,
        known: &Known<'_>,
    ) -> Vec<Output> {
        let mut out = Vec::new();
        let at = self.meant(access).map(|case| case.id).and_then(|id| self.find(id));
        match act {
            GuardAct::Open => {
                self.opened = Some((user.to_owned(), self.until(now, known)));
                self.command(now, Command::Open, &mut out);
            }
            GuardAct::Hold => {
                self.held = Some(user.to_owned());
                self.command(now, Command::Hold, &mut out);
            }
            GuardAct::Release => {
                self.held = None;
                if self.emergency.is_none() {
                    self.command(now, Command::Release, &mut out);
                }
            }
            GuardAct::EmergencyOpen => {
                self.emergency = Some(user.to_owned());
                self.command(now, Command::Hold, &mut out);
            }
            GuardAct::EmergencyEnd => self.end_emergency(now, &mut out),
            _ => {
                if let Some(at) = at {
                    self.about_case(now, act, at, user, known, &mut out);
                }
            }
        }
        self.end_what_is_over(now, known, &mut out);
        self.advance(now, known, &mut out);
        out
    }

    fn about_case(
        &mut self,
        now: Timestamp,
        act: GuardAct,
        at: usize,
        user: &str,
        known: &Known<'_>,
        out: &mut Vec<Output>,
    ) {
        let case = &mut self.cases[at];
        match act {
            GuardAct::Admit | GuardAct::Deny | GuardAct::Wait => {
                let verdict = match act {
                    GuardAct::Admit => Verdict::Admit,
                    GuardAct::Deny => Verdict::Deny,
                    _ => Verdict::Wait,
                };
                (case.verdict, case.actor) = (verdict, Actor::Guard { user: user.to_owned() });
                (case.guarded, case.news) = (true, true);
                if verdict == Verdict::Admit {
                    // The guard sees who stands there: no queue holds that up.
                    if case.admitted.is_none() {
                        self.admit(now, at, known, out);
                    }
                } else if case.admitted.take().is_some() && !self.stands_open() {
                    self.last = None;
                    self.command(now, Command::Close, out);
                }
            }
            GuardAct::PapersChecked => {
                let shown = || Shown { shown: "papers", seen: SeenPerson::default(), ..Shown::default() };
                case.person.get_or_insert_with(shown).seen.papers_checked = true;
                case.guarded = false;
            }
            GuardAct::Escort => {
                case.escort = true;
                case.guarded = false;
            }
            GuardAct::Forgive => case.guarded = false,
            _ => {}
        }
    }

    /// Whoever was let in by the emergency alone and is still there is decided like everybody else.
    fn end_emergency(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        self.emergency = None;
        for case in &mut self.cases {
            if case.actor == Actor::Agent {
                case.admitted = None;
            }
        }
        if self.held.is_none() {
            self.command(now, Command::Release, out);
        }
    }
}
