//! Known cases measure reviewers: nobody may tell one from a real case, and none is ever handled or counted.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Account, Bench, mild, red_light};
use crate::cases::known::{SeedError, make};
use crate::cases::state::Decision;

const FIRST: &str = "30A12345";

async fn seed(bench: &Bench, id: &str, expected: Option<Decision>) -> Result<String, SeedError> {
    let state = &bench.site.state;
    let number = state.store.cases().get(id).await.unwrap().unwrap().number;
    let made =
        make((&state.store, &state.evidence), &number, expected, "console", jiff::Timestamp::now()).await?;
    Ok(state.store.cases().by_number(&made.number).await.unwrap().unwrap().case_id)
}

/// Every text and field name of a document.
fn texts(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                into.insert(key.clone());
                texts(value, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        Value::String(text) => _ = into.insert(text.clone()),
        _ => {}
    }
}

/// Which fields there are and of what type each is.
fn form(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), form(value))).collect(),
        Value::Array(items) => items.iter().map(form).collect(),
        Value::String(_) => json!("text"),
        Value::Number(_) => json!(0),
        other => other.clone(),
    }
}

/// All that an account can ask about a case while it works on it.
async fn everything(bench: &Bench, who: &Account, id: &str, plate: &str) -> Vec<Value> {
    let row = async |path: &str| {
        let page = bench.get(who, path).await.json();
        let of_this = |row: &&Value| row["id"] == json!(id);
        page["items"].as_array().unwrap().iter().find(of_this).cloned().unwrap_or_default()
    };
    let mut told =
        vec![row("/cases").await, row("/cases?sort=age&state=screened").await, bench.case(who, id).await];
    told.push(bench.post(who, &format!("/cases/{id}/claim"), None).await.json());
    told.push(bench.post(who, &format!("/cases/{id}/plate"), Some(json!({ "plate": plate }))).await.json());
    told.push(bench.case(who, id).await);
    told.push(row("/cases?mine=true").await);
    told.push(bench.get(who, "/review/me").await.json());
    told
}

#[tokio::test]
async fn a_known_case_looks_like_any_other_in_every_answer() {
    let bench = Bench::new().await;
    let (one, two, three) =
        (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await, bench.officer("csgt.ba").await);
    let first = bench.opened(&red_light(FIRST)).await;
    bench.decides(&one, &first, FIRST, "approve").await;
    bench.decides(&two, &first, FIRST, "approve").await;
    let mut of_first = BTreeSet::new();
    texts(&bench.case(&one, &first).await, &mut of_first);
    let known = seed(&bench, &first, None).await.unwrap();
    let real = bench.opened(&red_light("30A54321")).await;

    let about_known = everything(&bench, &three, &known, FIRST).await;
    let about_real = everything(&bench, &three, &real, "30A54321").await;
    for (known, real) in about_known.iter().zip(&about_real) {
        assert_eq!(form(known), form(real));
    }
    let (mut said, mut usual) = (BTreeSet::new(), BTreeSet::new());
    about_known.iter().for_each(|document| texts(document, &mut said));
    about_real.iter().for_each(|document| texts(document, &mut usual));
    for text in &said {
        let lower = text.to_lowercase();
        assert!(!lower.contains("seed") || text == "seeded", "{text}");
        assert!(!lower.contains("expected") && !lower.contains("known_case"), "{text}");
        // Nothing by which the first case could be known again: digests, its id and number, hashes of its log.
        let tells = text.len() == 64 || text.starts_with("VP-") || *text == first;
        assert!(usual.contains(text) || !(tells && of_first.contains(text)), "{text} is of the first case");
    }
    // Neither what one has answered gives it away, until a day has passed.
    for (id, plate) in [(&known, FIRST), (&real, "30A54321")] {
        assert_eq!(bench.decides(&three, id, plate, "approve").await, "review_2");
        let me = bench.get(&three, "/review/me").await.json();
        assert_eq!(me["seeded"], json!({ "shown": 0, "right": 0 }), "{me}");
    }
}

#[tokio::test]
async fn a_known_case_counts_for_reviewers_and_for_nothing_else() {
    let bench = Bench::new().await;
    let (one, two, signer) =
        (bench.officer("csgt.mot").await, bench.officer("csgt.hai").await, bench.signer("chi.huy").await);
    let first = bench.opened(&mild(FIRST)).await;
    assert_eq!(bench.decides(&one, &first, FIRST, "reject").await, "rejected");
    let known = seed(&bench, &first, None).await.unwrap();
    assert_eq!(bench.decides(&two, &known, FIRST, "approve").await, "confirmed", "wrongly");
    assert!(
        bench.site.state.store.cases().confirmed_waiting(9).await.unwrap().is_empty(),
        "no handling takes it"
    );
    let day = crate::law::day_of(jiff::Timestamp::now());
    let figures = bench.get(&signer, &format!("/review/figures?from={day}&to={day}")).await.json();
    let reviewer = |name: &str| {
        figures["reviewers"].as_array().unwrap().iter().find(|one| one["username"] == name).cloned().unwrap()
    };
    assert_eq!(
        (&reviewer("csgt.hai")["seeded_shown"], &reviewer("csgt.hai")["seeded_right"]),
        (&json!(1), &json!(0)),
        "{figures}"
    );
    assert_eq!(figures["kinds"][0]["decided"], 1, "{figures}");
    let whole = bench.get(&signer, "/violations/figures").await.json();
    assert_eq!(
        (&whole["total"]["detected"], &whole["total"]["confirmed"]),
        (&json!(1), &json!(0)),
        "{whole}"
    );
    let ioc = bench.account("truc.ban", crate::auth::Role::IocOperator, "").await;
    let page = bench.get(&ioc, "/cases").await.json();
    assert_eq!(
        (&page["counts"], page["items"].as_array().unwrap().len()),
        (&json!({ "rejected": 1 }), 1),
        "{page}"
    );
    // Its files go in time, and leave the first case's alone.
    let cases = bench.site.state.store.cases();
    let of = async |id: &str| cases.get(id).await.unwrap().unwrap().evidence().unwrap();
    let (own, firsts) = (of(&known).await, of(&first).await);
    assert!(own.iter().all(|file| !firsts.contains(file)));
}

#[tokio::test]
async fn only_what_people_decided_or_an_answer_is_given_for_becomes_a_known_case() {
    let bench = Bench::new().await;
    let open = bench.opened(&mild(FIRST)).await;
    assert!(matches!(seed(&bench, &open, None).await, Err(SeedError::NotDecided(_))));
    let known = seed(&bench, &open, Some(Decision::Reject)).await.unwrap();
    assert_eq!(bench.state(&known).await, "screened");
    assert!(
        matches!(seed(&bench, &known, Some(Decision::Reject)).await, Err(SeedError::Unfit(_))),
        "of itself"
    );
    let mut bad = mild("30A54321");
    bad.violation.clock.synchronised = false;
    let bad = bench.opened(&bad).await;
    assert!(matches!(seed(&bench, &bad, Some(Decision::Approve)).await, Err(SeedError::Unfit(_))));
    let state = &bench.site.state;
    let nothing =
        make((&state.store, &state.evidence), "VP-2020-000001", None, "console", jiff::Timestamp::now())
            .await;
    assert!(nothing.unwrap_err().to_string().contains("VP-2026-000123"), "it says what to write");
    assert!(state.store.cases().seedable(5).await.unwrap().is_empty(), "nothing is decided");
}
