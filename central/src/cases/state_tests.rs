use super::*;

/// Who may do what, from which states, as it was agreed. Everything that is not here must be refused.
const TABLE: &str = "
    detected       admit     system     screened
    detected       refuse    system     inadmissible
    detected       join      system     duplicate
    detected       expire    system     expired
    screened       claim     reviewer   review_1
    screened       claim     senior     review_1
    screened       ask_void  reviewer   screened
    screened       ask_void  senior     screened
    screened       ask_void  signer     screened
    screened       void      signer     voided
    screened       expire    system     expired
    screened       lock      system     screened
    review_1       claim     reviewer   review_1
    review_1       claim     senior     review_1
    review_1       approve   reviewer   answers
    review_1       approve   senior     answers
    review_1       reject    reviewer   answers
    review_1       reject    senior     answers
    review_1       escalate  reviewer   answers
    review_1       escalate  senior     answers
    review_1       ask_void  reviewer   review_1
    review_1       ask_void  senior     review_1
    review_1       ask_void  signer     review_1
    review_1       void      signer     voided
    review_1       expire    system     expired
    review_1       lock      system     review_1
    review_2       claim     reviewer   review_2
    review_2       claim     senior     review_2
    review_2       approve   reviewer   answers
    review_2       approve   senior     answers
    review_2       reject    reviewer   answers
    review_2       reject    senior     answers
    review_2       escalate  reviewer   answers
    review_2       escalate  senior     answers
    review_2       ask_void  reviewer   review_2
    review_2       ask_void  senior     review_2
    review_2       ask_void  signer     review_2
    review_2       void      signer     voided
    review_2       expire    system     expired
    review_2       lock      system     review_2
    review_3       claim     senior     review_3
    review_3       approve   senior     answers
    review_3       reject    senior     answers
    review_3       ask_void  reviewer   review_3
    review_3       ask_void  senior     review_3
    review_3       ask_void  signer     review_3
    review_3       void      signer     voided
    review_3       expire    system     expired
    review_3       lock      system     review_3
    confirmed      ask_void  reviewer   confirmed
    confirmed      ask_void  senior     confirmed
    confirmed      ask_void  signer     confirmed
    confirmed      void      signer     voided
    confirmed      lock      system     confirmed
    duplicate      separate  reviewer   screened
    duplicate      separate  senior     screened
    duplicate      ask_void  reviewer   duplicate
    duplicate      ask_void  senior     duplicate
    duplicate      ask_void  signer     duplicate
    duplicate      void      signer     voided
    duplicate      expire    system     expired
    duplicate      lock      system     duplicate
";

/// Every kind of actor, with its word in the table; those without a word may do nothing.
fn actors() -> Vec<(&'static str, Actor)> {
    let mut actors = vec![("system", Actor::System)];
    for role in Role::ALL {
        for senior in [false, true] {
            let word = match (role, senior) {
                (Role::TrafficPolice, false) => "reviewer",
                (Role::TrafficPolice, true) => "senior",
                (Role::PoliceSigner, _) => "signer",
                _ => "nobody",
            };
            actors.push((word, Actor::Account { role, senior }));
        }
    }
    actors
}

#[test]
fn every_state_action_and_role_goes_exactly_where_the_table_says() {
    let rows: Vec<Vec<&str>> = TABLE
        .lines()
        .map(|line| line.split_whitespace().collect())
        .filter(|row: &Vec<_>| !row.is_empty())
        .collect();
    let (mut met, mut seen) = (0, std::collections::BTreeSet::new());
    for state in State::ALL {
        for action in Action::ALL {
            for (word, actor) in actors() {
                let row = rows.iter().find(|row| row[..3] == [state.as_str(), action.as_str(), word]);
                let got = way(state, action, actor);
                match row {
                    Some(row) => {
                        met += 1;
                        seen.insert(row.clone());
                        let to = match got.unwrap() {
                            Way::To(state) => state.as_str(),
                            Way::ByAnswers(round) => {
                                assert_eq!(Some(round), state.round());
                                "answers"
                            }
                        };
                        assert_eq!(to, row[3], "{row:?}");
                    }
                    None => {
                        got.expect_err(&format!("{} {} {word}", state.as_str(), action.as_str()));
                    }
                }
            }
        }
    }
    assert_eq!(seen.len(), rows.len(), "every row of the table was met ({met} ways)");
}

#[test]
fn nothing_leads_out_of_what_is_final() {
    for state in [State::Inadmissible, State::Rejected, State::Voided, State::Expired] {
        for action in Action::ALL {
            for (_, actor) in actors() {
                assert_eq!(way(state, action, actor), Err(NoWay::State(state)));
            }
        }
    }
}

#[test]
fn only_answers_of_people_lead_to_confirmed() {
    for state in State::ALL.into_iter().filter(|state| *state != State::Confirmed) {
        for action in Action::ALL {
            for (_, actor) in actors() {
                assert_ne!(way(state, action, actor), Ok(Way::To(State::Confirmed)));
            }
        }
    }
}

/// All sequences of up to six answers of distinct people: none is confirmed without enough of them, and every one ends or goes on.
#[test]
fn no_sequence_of_answers_confirms_without_enough_people() {
    fn go(state: State, tally: Tally, (second, spoke): (bool, bool), depth: u32, ends: &mut u32) {
        let Some(round) = state.round() else {
            *ends += 1;
            match state {
                State::Confirmed => {
                    assert!(tally.approved >= if second { 2 } else { 1 });
                    assert!(tally.approved > tally.rejected || !second);
                }
                State::Rejected => assert!(tally.rejected >= 1),
                other => panic!("answers led to {other:?}"),
            }
            return;
        };
        if depth == 0 {
            return;
        }
        for decision in [Decision::Approve, Decision::Reject, Decision::Escalate] {
            if (round == Round::Third || spoke) && decision == Decision::Escalate {
                continue;
            }
            let mut tally = tally;
            tally.approved += u32::from(decision == Decision::Approve);
            tally.rejected += u32::from(decision == Decision::Reject);
            let to = after(round, decision, tally, second, spoke);
            assert!(!spoke || to != State::Review3, "nobody waits for a second senior");
            go(to, tally, (second, spoke || round == Round::Third), depth - 1, ends);
        }
    }
    for second in [false, true] {
        let mut ends = 0;
        go(State::Review1, Tally::default(), (second, false), 6, &mut ends);
        assert!(ends >= 4);
    }
}

#[test]
fn that_there_is_a_second_round_says_nothing_about_the_first_answer() {
    let yes = Tally { approved: 1, rejected: 0 };
    let no = Tally { approved: 0, rejected: 1 };
    assert_eq!(after(Round::First, Decision::Approve, yes, true, false), State::Review2);
    assert_eq!(after(Round::First, Decision::Reject, no, true, false), State::Review2);
}

#[test]
fn two_who_disagree_call_a_senior() {
    let one_each = Tally { approved: 1, rejected: 1 };
    for decision in [Decision::Approve, Decision::Reject] {
        assert_eq!(after(Round::Second, decision, one_each, true, false), State::Review3);
    }
    assert_eq!(
        after(Round::Third, Decision::Approve, Tally { approved: 2, rejected: 1 }, true, false),
        State::Confirmed
    );
    assert_eq!(
        after(Round::Third, Decision::Reject, Tally { approved: 1, rejected: 2 }, true, false),
        State::Rejected
    );
    assert_eq!(
        after(Round::Third, Decision::Approve, Tally { approved: 1, rejected: 0 }, true, false),
        State::Review2,
        "a senior alone is not two people"
    );
}

#[test]
fn words_are_read_back() {
    for state in State::ALL {
        assert_eq!(State::parse(state.as_str()), Some(state));
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
    assert_eq!(State::parse("handed_over"), None);
}

#[test]
fn the_answer_after_a_senior_s_ends_the_case() {
    let after = |decision, approved, rejected| {
        super::after(Round::Second, decision, Tally { approved, rejected }, true, true)
    };
    assert_eq!(after(Decision::Approve, 2, 0), State::Confirmed);
    assert_eq!(after(Decision::Approve, 2, 1), State::Confirmed);
    assert_eq!(after(Decision::Reject, 1, 1), State::Rejected, "in doubt it is none");
    assert_eq!(after(Decision::Approve, 1, 1), State::Rejected, "they approved different things");
}
