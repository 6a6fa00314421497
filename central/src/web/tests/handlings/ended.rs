//! What is left of a handling once it is over, and what joined handlings leave behind.

use super::*;
use crate::store::handling::read::{Asked, Sort};
use crate::store::rows::Scope;

const DAY: i64 = 86_400_000;

async fn void(road: &Road, id: &str) {
    road.ok(id, &road.binh, "ask_void", json!({ "reason": "nhầm phương tiện" })).await;
    road.ok(id, &road.chi, "confirm_void", json!({})).await;
    road.round().await;
}

#[tokio::test]
async fn what_ended_without_a_decision_is_deleted_in_time_and_what_was_decided_stays() {
    let road = Road::new().await;
    let store = &road.site.state.store;
    let gone = road.noticed(CAR, "car.red_light", "car").await;
    let text = json!({ "text": "Xe này không phải của tôi." });
    road.ok(&gone, &road.an, "record_dispute", text).await;
    void(&road, &gone).await;
    let kept = road.decided("30K13579", "car.red_light", "car", 19_000_000).await;
    let keep = i64::from(road.site.state.config.cases.rejected_days);
    let erasable = async |days: i64| {
        let at = Timestamp::now().as_millisecond() + days * DAY;
        let due = store.cases().erasable(at).await.unwrap();
        due.into_iter().map(|case| case.case_id).collect::<Vec<_>>()
    };
    assert_eq!(erasable(keep - 1).await, [] as [String; 0]);
    assert_eq!(erasable(keep + 1).await, ["case-1"], "what a decision rests on stays");

    let later = |days: i64| Timestamp::now() + SignedDuration::from_hours(24 * days);
    road.round_at(later(keep - 1)).await;
    assert!(store.party_digest(&gone, 1).await.unwrap().is_some());
    // A hold comes first.
    store.put("update cases set hold_by = 'an' where case_id = $1", &["case-1"]).await;
    road.round_at(later(keep + 1)).await;
    assert!(store.party_digest(&gone, 1).await.unwrap().is_some(), "it is held");
    store.put("update cases set hold_by = null where case_id = $1", &["case-1"]).await;
    let lines = store.handling_log(&gone).await.unwrap().len();
    road.round_at(later(keep + 1)).await;
    assert!(store.party_digest(&gone, 1).await.unwrap().is_none());
    assert!(store.handling_answers(&road.site.state.data_key, &gone).await.unwrap().is_empty());
    assert_eq!(road.handling(&gone).await.vehicle.plate, "");
    let asked = Asked { q: CAR.into(), ..Default::default() };
    let found = store.handlings(&Scope::default(), &asked, Sort::Changed, (i64::MAX, ""), 9).await.unwrap();
    assert!(found.is_empty(), "its plate finds nothing");
    assert_eq!(store.handling_log(&gone).await.unwrap().len(), lines, "the log stays");
    assert_eq!(store.handling_chain(&gone).await.unwrap(), None);
    assert_eq!(road.file(&gone, &road.an).await["state"], "voided");
    assert!(store.party_digest(&kept, 1).await.unwrap().is_some());
}

#[tokio::test]
async fn texts_and_files_of_a_joined_handling_are_read_where_it_goes_on() {
    let road = Road::new().await;
    let one = road.noticed(CAR, "car.red_light", "car").await;
    let two = road.noticed(CAR, "car.phone", "car").await;
    let dung = road.officer().await;
    for (id, text) in [(&one, "Đèn còn vàng."), (&two, "Tôi không cầm điện thoại.")] {
        road.ok(id, &road.an, "record_dispute", json!({ "text": text })).await;
        assert_eq!(
            road.no(id, &road.an, "dismiss_dispute", json!({ "reason": "đúng" })).await,
            (403, "own_review".into())
        );
        road.ok(id, &dung, "dismiss_dispute", json!({ "reason": "đúng hành vi" })).await;
    }
    let cases = json!({ "case_ids": ["case-1", "case-2"] });
    let reply = road.site.call("POST", "/api/v1/handlings", &road.an, Some(cases)).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.json());
    let file = road.file(&one, &road.an).await;
    let texts: Vec<_> = file["responses"].as_array().unwrap().iter().map(|one| one["text"].clone()).collect();
    assert_eq!(texts, [json!("Đèn còn vàng."), json!("Tôi không cầm điện thoại.")]);
    // The joint minutes print both.
    road.drafted(&one, &[19_000_000, 5_000_000]).await;
    road.round().await;
    assert!(road.kinds_of_papers(&one).await.contains(&"minutes".to_owned()));
}

#[tokio::test]
async fn a_receipt_of_the_treasury_counts_in_one_handling() {
    let road = Road::new().await;
    let one = road.decided(CAR, "car.red_light", "car", 19_000_000).await;
    let two = road.decided("30K13579", "car.red_light", "car", 19_000_000).await;
    let today = crate::law::day_of(Timestamp::now()).to_string();
    let paid = |receipt: &str| json!({ "amount": 1_000_000, "receipt": receipt, "on": today });
    road.ok(&one, &road.an, "record_payment", paid("KB 0012/26")).await;
    assert_eq!(
        road.no(&two, &road.an, "record_payment", paid("kb-0012-26")).await,
        (409, "receipt_used".into()),
        "however it is written"
    );
    assert_eq!(road.handling(&two).await.paid(), 0);
    road.ok(&two, &road.an, "record_payment", paid("KB 0013/26")).await;
    assert_eq!(road.handling(&two).await.paid(), 1_000_000);
}

#[tokio::test]
async fn a_case_that_screening_flagged_waits_for_a_person_before_its_owner_is_asked_for() {
    let road = Road::new().await;
    let case = road.flagged(CAR, "car.red_light", "car").await;
    let before = road.mock.calls().len();
    road.round().await;
    let (id, _) = road.site.state.store.handling_of_case(&case.case_id).await.unwrap().unwrap();
    assert_eq!((road.state(&id).await, road.mock.calls().len()), (State::OwnerLookup, before));
    assert_eq!(road.file(&id, &road.an).await["doubts"], json!(["exempt", "clone_suspect"]));
    road.ok(&id, &road.an, "clear_doubts", json!({ "reason": "đã xem lại" })).await;
    road.round().await;
    assert_eq!(road.state(&id).await, State::OwnerFound);
}
