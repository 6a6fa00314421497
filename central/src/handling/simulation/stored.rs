//! Some of the walks once more through the database, which is closed and opened again on the way: what is stored is what the machine
//! says.

use super::restarted;
use super::walk::{LAW, Walk, take};
use crate::handling::machine::Refusal;
use crate::sealing::DataKey;
use crate::store::handling::{Sealed, Tried};
use crate::store::{Store, migrate};

/// Cases that go through the database.
const CASES: u64 = 150;

async fn open(folder: &std::path::Path) -> Store {
    let store = Store::open(&format!("sqlite://{}", folder.join("t.db").display())).await.unwrap();
    migrate::run(&store).await.unwrap();
    store
}

#[tokio::test]
async fn the_database_holds_what_the_machine_says_however_often_it_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let key = DataKey::from_bytes(&[1; 32]);
    let mut store = open(folder.path()).await;
    let (mut steps, mut lines, mut restarts) = (0_u64, 0_u64, 0_u64);
    for seed in 20_000..20_000 + CASES {
        let walk = Walk::run(seed);
        let case = walk.began.case.clone();
        store.put_confirmed(&case).await;
        let opened = store.open_handling(case.clone(), "PC08", &LAW, walk.began.opened_at).await;
        let id = opened.unwrap().unwrap().unwrap().id;
        let again = store.open_handling(case, "PC08", &LAW, walk.began.opened_at).await.unwrap();
        assert!(again.is_none(), "a case has one handling");
        for line in &walk.journal {
            if (steps + seed) % 97 == 0 {
                store.close().await;
                store = open(folder.path()).await;
                restarts += 1;
            }
            if steps % 11 == 0 {
                // Whatever is refused leaves nothing behind.
                let no = Refusal::new("no", "", "");
                let tried = store
                    .step_handling(&key, &id, (&line.actor, line.at), &Sealed::default(), |_, _| Err(no))
                    .await;
                assert!(matches!(tried.unwrap(), Tried::Refused(_)));
            }
            let step = |h: &_, _: &dyn Fn(&str) -> String| {
                take(h, &line.actor, &line.number, line.at, line.event.clone())
            };
            let tried =
                store.step_handling(&key, &id, (&line.actor, line.at), &Sealed::default(), step).await;
            assert!(matches!(tried.unwrap(), Tried::Done(_)), "case {seed}");
            steps += 1;
        }
        let mut stored = restarted(&store.handling(&id).await.unwrap().unwrap());
        stored.id.clone_from(&walk.h.id);
        stored.number.clone_from(&walk.h.number);
        assert!(stored == walk.h, "case {seed}: another document");
        let log = store.handling_log(&id).await.unwrap();
        assert_eq!(log.len(), walk.log.len(), "case {seed}");
        for (line, (at, entry)) in log.iter().zip(&walk.log) {
            assert_eq!((line.at_ms, line.what.as_str()), (at.as_millisecond(), entry.what.as_str()));
        }
        lines += log.len() as u64;
        assert_eq!(store.handling_chain(&id).await.unwrap(), None, "case {seed}: the log's chain");
    }
    let counts = store.handling_counts(&crate::store::rows::Scope::default(), "").await.unwrap();
    assert_eq!(counts.iter().map(|(_, count)| *count).sum::<i64>(), CASES as i64);
    let due = store.handlings_due(i64::MAX, 999).await.unwrap();
    assert!(due.is_empty(), "nothing is left to do");
    println!("{CASES} cases in the database: {steps} steps, {lines} lines, {restarts} restarts; {counts:?}");
    assert!(restarts > 20);
}
