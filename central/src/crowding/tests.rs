use super::*;

fn rule(id: &str, people: u32, clear_below: u32, severity: Priority) -> Rule {
    Rule {
        id: id.into(),
        people,
        clear_below,
        for_s: 30,
        severity,
        schedule: None,
        train: None,
        without_train: None,
    }
}

fn zone() -> Zone {
    Zone {
        id: "ke-1".into(),
        source: Source::Zone,
        name_vi: "Ke 1".into(),
        name_en: "Platform 1".into(),
        rules: vec![rule("dong", 50, 40, Priority::Medium), rule("rat-dong", 80, 60, Priority::High)],
    }
}

/// Counts ten seconds apart; what changed, with the second at which it did.
fn run(state: &mut State, counts: &[u32], from_s: i64) -> Vec<(i64, Change)> {
    let zone = zone();
    let holds = |_: &Rule| Holds::Yes(Some("SE1".into()));
    let step = |(nth, &people): (usize, &u32)| {
        let at_s = from_s + nth as i64 * 10;
        update(state, &zone, people, at_s * 1000, holds).map(|change| (at_s, change))
    };
    counts.iter().enumerate().filter_map(step).collect()
}

fn raised(rule: &str) -> Change {
    Change::Raised { rule: rule.into(), train: Some("SE1".into()) }
}

#[test]
fn a_crowd_that_trembles_around_the_bound_is_one_alert() {
    let mut state = State::default();
    let counts = [49, 51, 49, 51, 52, 50, 55, 45, 51, 41, 50, 39, 41, 39, 38, 30, 20, 10];
    let changes = run(&mut state, &counts, 1000);
    assert_eq!(changes, [(1060, raised("dong")), (1160, Change::Cleared { rule: "dong".into() })]);
}

#[test]
fn a_worse_crowd_is_raised_again_and_a_lesser_one_is_not() {
    let mut state = State::default();
    let counts = [60, 60, 60, 60, 90, 90, 90, 90, 70, 70, 70, 70, 59, 59, 59, 59, 59, 59, 59, 59];
    let changes = run(&mut state, &counts, 1000);
    let cleared = Change::Cleared { rule: "rat-dong".into() };
    // Once the worse is over the lesser still holds, and says so.
    assert_eq!(
        changes,
        [(1030, raised("dong")), (1070, raised("rat-dong")), (1150, cleared), (1160, raised("dong"))]
    );
}

#[test]
fn counts_that_come_late_or_after_a_pause_prove_no_crowd() {
    let mut state = State::default();
    assert!(run(&mut state, &[60, 60], 1000).is_empty());
    assert_eq!(run(&mut state, &[60], 900), [], "older than the last one");
    assert_eq!(run(&mut state, &[60, 60, 60], 2000), [], "nobody knows what was between");
    assert_eq!(run(&mut state, &[60], 2030), [(2030, raised("dong"))]);
}

#[test]
fn a_rule_outside_its_hours_raises_nothing_and_what_it_raised_ends_by_the_count() {
    let (mut state, zone) = (State::default(), zone());
    for second in [0, 30, 60] {
        assert_eq!(update(&mut state, &zone, 90, 1_000_000 + second * 1000, |_| Holds::No), None);
    }
    run(&mut state, &[60, 60, 60, 60], 2000);
    assert_eq!(state.raised(), Some("dong"));
    assert_eq!(update(&mut state, &zone, 60, 2_100_000, |_| Holds::No), None, "the crowd is still there");
    let empty = Zone { rules: vec![], ..zone };
    assert_eq!(
        update(&mut state, &empty, 60, 2_110_000, |_| Holds::No),
        Some(Change::Cleared { rule: "dong".into() })
    );
}

#[test]
fn a_state_survives_a_restart() {
    let mut state = State::default();
    run(&mut state, &[60, 60, 60], 1000);
    let mut back: State = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
    assert_eq!(back, state);
    assert_eq!(run(&mut back, &[60], 1030), [(1030, raised("dong"))]);
}

fn place() -> Place {
    serde_json::from_value(serde_json::json!({
        "zone": "ke-1", "name_vi": "Ke 1", "name_en": "Platform 1", "warn": 50, "most": 80, "train_minutes": 20, "train_most": 150
    }))
    .unwrap()
}

#[test]
fn around_a_train_other_bounds_hold() {
    let rules = place().rules().rules;
    assert_eq!(
        rules.iter().map(|rule| (rule.people, rule.clear_below)).collect::<Vec<_>>(),
        [(50, 40), (80, 64), (150, 120)]
    );
    assert!(rules[1].without_train == rules[2].train && rules[2].train.as_ref().unwrap().after_minutes == 20);
    let simple = Place { train_minutes: None, train_most: None, ..place() };
    assert_eq!(simple.rules().rules.len(), 2);
}

#[test]
fn a_plan_is_checked_whole() {
    let mut plan = Plan { zones: vec![place(), Place { zone: "ke-2".into(), ..place() }] };
    assert!(problems(&plan, &[]).is_empty());
    plan.zones[1] = Place {
        zone: "Ke 1".into(),
        name_en: String::new(),
        warn: 90,
        train_most: None,
        schedule: Some("x".into()),
        clear_percent: 0,
        ..place()
    };
    let places: Vec<_> = problems(&plan, &[]).into_iter().map(|(place, ..)| place).collect();
    let expected = ["zone", "name_vi", "most", "train_most", "schedule", "for_s"];
    assert_eq!(places, expected.map(|end| format!("zones[1].{end}")));
    plan.zones[1] = place();
    assert_eq!(problems(&plan, &[]).len(), 1, "twice");
}
