use proptest::prelude::*;

use super::*;
use crate::auth::Role;

fn person(username: &str, senior: bool) -> Person {
    Person { username: username.to_owned(), actor: Actor::Account { role: Role::TrafficPolice, senior } }
}

fn facts(state: State) -> Facts {
    Facts {
        state,
        second: true,
        admissible: true,
        claim: None,
        answers: Vec::new(),
        needed_ms: 9_000,
        pictures: BTreeSet::from(["a".to_owned(), "b".to_owned()]),
        own_plates: BTreeSet::new(),
        plate: Some("30A12345".to_owned()),
        looked_up: true,
    }
}

fn claim(username: &str, round: i64) -> Claim {
    Claim {
        username: username.to_owned(),
        round,
        claimed_at_ms: 0,
        lease_until_ms: 600_000,
        played_ms: 9_000,
        pictures: BTreeSet::from(["a".to_owned(), "b".to_owned()]),
        plate_typed: Some("30A12345".to_owned()),
        plate_fits: true,
    }
}

fn yes(round: i64) -> Wanted {
    Wanted {
        decision: Decision::Approve,
        round,
        behaviour: Some("car.red_light".into()),
        dear: false,
        reason: None,
        note: None,
    }
}

const NOW: i64 = 60_000;

#[test]
fn a_person_answers_after_looking_and_typing_and_not_before() {
    let (an, mut facts) = (person("an", false), facts(State::Review1));
    assert_eq!(decide(&facts, &an, &yes(1), NOW), Err(Refusal::NotYourTurn), "not claimed");
    facts.claim = Some(claim("an", 1));
    assert_eq!(decide(&facts, &an, &yes(1), NOW).unwrap().to(), State::Review2);
    let with = |change: fn(&mut Claim), refusal| {
        let mut facts = facts.clone();
        change(facts.claim.as_mut().unwrap());
        assert_eq!(decide(&facts, &an, &yes(1), NOW), Err(refusal));
    };
    with(|claim| claim.played_ms = 8_999, Refusal::NotPlayed);
    with(|claim| claim.claimed_at_ms = NOW - 8_999, Refusal::NotPlayed);
    with(|claim| _ = claim.pictures.remove("b"), Refusal::NotPlayed);
    with(|claim| claim.plate_typed = None, Refusal::PlateNotConfirmed);
    with(|claim| claim.lease_until_ms = NOW, Refusal::NotYourTurn);
    with(|claim| claim.username = "binh".into(), Refusal::NotYourTurn);
    with(|claim| claim.round = 2, Refusal::Stale);
    assert_eq!(decide(&facts, &an, &yes(2), NOW), Err(Refusal::Stale));
    facts.needed_ms = 0;
    facts.claim.as_mut().unwrap().played_ms = MIN_DWELL_MS - 1;
    assert_eq!(
        decide(&facts, &an, &yes(1), NOW),
        Err(Refusal::NotPlayed),
        "there is a least time whatever a clip says"
    );
}

#[test]
fn nobody_answers_twice_nor_about_their_own_vehicle() {
    let (an, mut facts) = (person("an", false), facts(State::Review2));
    facts.claim = Some(claim("an", 2));
    facts.answers.push(Answered {
        username: "an".into(),
        round: 1,
        decision: Decision::Approve,
        plate: Some("30A12345".into()),
        behaviour: Some("car.red_light".into()),
    });
    assert_eq!(decide(&facts, &an, &yes(2), NOW), Err(Refusal::OwnFirstReview));
    assert_eq!(may_claim(&facts, &an, NOW), Err(Refusal::OwnFirstReview));
    facts.answers[0].username = "binh".into();
    let verdict = decide(&facts, &an, &yes(2), NOW).unwrap();
    assert_eq!(verdict.to(), State::Confirmed);
    assert_eq!(verdict.confirmation().unwrap().0, [("binh".to_owned(), 1), ("an".to_owned(), 2)]);
    facts.own_plates.insert("30A12345".into());
    assert_eq!(decide(&facts, &an, &yes(2), NOW), Err(Refusal::ConflictOfInterest));
    assert_eq!(may_claim(&facts, &an, NOW), Err(Refusal::ConflictOfInterest));
}

#[test]
fn two_who_type_different_plates_do_not_agree() {
    let (an, mut facts) = (person("an", false), facts(State::Review2));
    facts.claim = Some(claim("an", 2));
    facts.answers.push(Answered {
        username: "binh".into(),
        round: 1,
        decision: Decision::Approve,
        plate: Some("30A12346".into()),
        behaviour: Some("car.red_light".into()),
    });
    let verdict = decide(&facts, &an, &yes(2), NOW).unwrap();
    assert_eq!((verdict.to(), verdict.confirmation()), (State::Review3, None));
}

#[test]
fn a_plate_typed_otherwise_than_read_needs_a_second_person() {
    let (an, mut facts) = (person("an", false), facts(State::Review1));
    facts.second = false;
    facts.claim = Some(claim("an", 1));
    assert_eq!(decide(&facts, &an, &yes(1), NOW).unwrap().to(), State::Confirmed);
    facts.claim.as_mut().unwrap().plate_fits = false;
    assert_eq!(decide(&facts, &an, &yes(1), NOW).unwrap().to(), State::Review2);
}

#[test]
fn a_behaviour_dearer_than_the_proposed_one_needs_a_second_person() {
    let (an, mut facts) = (person("an", false), facts(State::Review1));
    facts.second = false;
    facts.claim = Some(claim("an", 1));
    let dear = Wanted { dear: true, ..yes(1) };
    assert_eq!(decide(&facts, &an, &dear, NOW).unwrap().to(), State::Review2);
}

#[test]
fn an_approval_waits_for_the_registers_word_on_the_plate_that_was_typed() {
    let (an, mut facts) = (person("an", false), facts(State::Review1));
    facts.claim = Some(claim("an", 1));
    facts.looked_up = false;
    assert_eq!(decide(&facts, &an, &yes(1), NOW), Err(Refusal::PlateNotConfirmed));
    let no = Wanted { decision: Decision::Reject, reason: Some("no_act".into()), ..yes(1) };
    assert!(decide(&facts, &an, &no, NOW).is_ok(), "a rejection needs no owner");
}

#[test]
fn nobody_escalates_above_a_senior_and_the_next_answer_ends_the_case() {
    let (an, mut facts) = (person("an", false), facts(State::Review2));
    facts.claim = Some(claim("an", 2));
    facts.answers.push(Answered {
        username: "senior".into(),
        round: 3,
        decision: Decision::Approve,
        plate: Some("30A12345".into()),
        behaviour: Some("car.red_light".into()),
    });
    let say = |decision| Wanted { decision, reason: Some("r".into()), note: Some("n".into()), ..yes(2) };
    assert_eq!(decide(&facts, &an, &say(Decision::Escalate), NOW), Err(Refusal::NobodyHigher));
    assert_eq!(decide(&facts, &an, &say(Decision::Reject), NOW).unwrap().to(), State::Rejected);
    assert_eq!(decide(&facts, &an, &say(Decision::Approve), NOW).unwrap().to(), State::Confirmed);
}

#[test]
fn a_signer_an_operator_and_an_officer_in_the_third_round_are_refused() {
    let mut facts = facts(State::Review3);
    facts.claim = Some(claim("x", 3));
    for role in Role::ALL {
        for senior in [false, true] {
            let who = Person { username: "x".into(), actor: Actor::Account { role, senior } };
            let may = role == Role::TrafficPolice && senior;
            assert_eq!(decide(&facts, &who, &yes(3), NOW).is_ok(), may, "{role:?} {senior}");
            assert_eq!(may_claim(&facts, &who, NOW).is_ok(), may);
        }
    }
}

/// One thing that somebody tries.
#[derive(Debug, Clone)]
struct Try {
    who: usize,
    what: u8,
    decision: u8,
    round: i64,
    plate: bool,
    wait_ms: i64,
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = (0..6usize, 0..5u8, 0..3u8, 1..4i64, any::<bool>(), 0..8_000i64).prop_map(
        |(who, what, decision, round, plate, wait_ms)| Try { who, what, decision, round, plate, wait_ms },
    );
    prop::collection::vec(one, 0..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever people try in whatever order: a confirmed case has its people, each of whom held it, looked and typed.
    #[test]
    fn no_sequence_of_tries_confirms_without_people_who_looked(second in any::<bool>(), admissible in prop::bool::weighted(0.9), tries in tries()) {
        let people: Vec<Person> = (0..6).map(|n| person(&format!("p{n}"), n >= 3)).collect();
        let mut facts = facts(State::Screened);
        (facts.second, facts.admissible, facts.needed_ms) = (second, admissible, 4_000);
        let mut now = 0;
        // What really happened, written down by the test: since when who has held it, and whether the plate was typed.
        let mut held: Option<(String, i64, bool)> = None;
        let mut honest: std::collections::BTreeMap<String, bool> = Default::default();
        for one in tries {
            now += one.wait_ms;
            let who = &people[one.who];
            match one.what {
                0 => if let Ok(to) = may_claim(&facts, who, now) {
                    facts.state = to;
                    let same = facts.claim.as_ref().is_some_and(|claim| claim.username == who.username);
                    if !same {
                        facts.claim = Some(Claim { username: who.username.clone(), round: to.round().unwrap().number(), claimed_at_ms: now, ..Claim::default() });
                        held = Some((who.username.clone(), now, false));
                    }
                    facts.claim.as_mut().unwrap().lease_until_ms = now + 20_000;
                },
                // Somebody tells more than is true.
                1 => if let Some(claim) = facts.claim.as_mut().filter(|claim| claim.holds(&who.username, now)) {
                    claim.played_ms = 1_000_000;
                    claim.pictures = facts.pictures.clone();
                },
                2 => if let Some(claim) = facts.claim.as_mut().filter(|claim| claim.holds(&who.username, now)) {
                    claim.plate_typed = Some(if one.plate { "30A12345" } else { "30A12346" }.to_owned());
                    claim.plate_fits = one.plate;
                    facts.second |= !one.plate;
                    held.as_mut().unwrap().2 = true;
                },
                _ => {
                    let decision = [Decision::Approve, Decision::Reject, Decision::Escalate][usize::from(one.decision)];
                    let wanted = Wanted { decision, round: one.round, behaviour: Some("b".into()), dear: false, reason: Some("r".into()), note: Some("n".into()) };
                    if let Ok(verdict) = decide(&facts, who, &wanted, now) {
                        let (name, since, typed) = held.clone().unwrap();
                        prop_assert_eq!(&name, &who.username);
                        honest.insert(name, now - since >= 4_000 && typed);
                        facts.answers.push(Answered {
                            username: who.username.clone(), round: verdict.round().number(), decision,
                            plate: verdict.claim().plate_typed.clone(), behaviour: wanted.behaviour,
                        });
                        if let Some((confirmed_by, _)) = verdict.confirmation() {
                            let distinct: BTreeSet<_> = confirmed_by.iter().map(|(name, _)| name).collect();
                            let least = if facts.second { 2 } else { 1 };
                            prop_assert!(distinct.len() >= least);
                            prop_assert!(distinct.iter().all(|name| honest[*name]));
                            prop_assert!(admissible);
                        }
                        facts.state = verdict.to();
                        (facts.claim, held) = (None, None);
                    }
                }
            }
        }
    }
}
