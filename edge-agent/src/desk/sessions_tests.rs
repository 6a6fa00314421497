use super::*;

#[path = "../../tests/support/gate_list.rs"]
#[allow(dead_code, clippy::duplicate_mod, reason = "shared with other tests")]
mod gate_list;

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_session_lives_as_long_as_its_hours_its_account_and_its_pin() {
    let mut list = gate_list::list("kcn", "edge-1", 1, Timestamp::UNIX_EPOCH);
    let (sessions, begin) = (Sessions::new(HOUR), Instant::now());
    let now = (begin, Timestamp::UNIX_EPOCH);
    let token = sessions.begin(&list.guards[0], now);
    let guard = sessions.guard(&token, &list, begin).expect("signed in");
    assert_eq!((guard.user.as_str(), guard.supervisor), ("an", false));
    assert!(guard.works_at(&gate_list::name("cong-2")) && !guard.works_at(&gate_list::name("cong-3")));
    assert_eq!(sessions.guard("no token", &list, begin), None);
    assert_eq!(sessions.guard(&token, &list, begin + HOUR), None, "over");
    assert_eq!(sessions.guard(&token, &list, begin), None, "and stays over");

    let token = sessions.begin(&list.guards[0], now);
    list.guards[0].pin_hash = gate_list::pin_hash("999999");
    assert_eq!(sessions.guard(&token, &list, begin), None, "a new PIN");
    let token = sessions.begin(&list.guards[0], now);
    let gone = list.guards.remove(0);
    assert_eq!(sessions.guard(&token, &list, begin), None, "no account any more");
    list.guards.push(gone);
    assert_eq!(sessions.guard(&token, &list, begin), None);
}

#[test]
fn the_memory_is_bounded_and_the_newest_session_stays() {
    let list = gate_list::list("kcn", "edge-1", 1, Timestamp::UNIX_EPOCH);
    let (sessions, begin) = (Sessions::new(HOUR), Instant::now());
    let at = |n: u64| (begin + Duration::from_millis(n), Timestamp::UNIX_EPOCH);
    let tokens: Vec<_> = (0..MOST as u64 + 10).map(|n| sessions.begin(&list.guards[0], at(n))).collect();
    assert_eq!(sessions.lock().len(), MOST);
    assert!(sessions.guard(&tokens[0], &list, begin).is_none());
    assert!(sessions.guard(&tokens[tokens.len() - 1], &list, begin).is_some());
}
