//! Nothing goes on upon evidence that is not what it was.

use serde_json::json;

use super::{CAR, Road};
use crate::handling::state::State;

#[tokio::test]
async fn nothing_is_signed_upon_altered_evidence_and_the_case_is_locked() {
    let road = Road::new().await;
    let id = road.opened(CAR, "car.red_light", "car").await;
    road.ok(&id, &road.an, "draft_notice", json!({})).await;
    let case_id = road.handling(&id).await.acts[0].case_id.clone();
    let case = road.site.state.store.cases().get(&case_id).await.unwrap().unwrap();
    let clip = case.evidence().unwrap()[1].sha256;
    let whole = std::fs::read(road.site.file(clip)).unwrap();
    road.site.alter(clip);
    let refused = (409, "evidence_altered".to_owned());
    assert_eq!(road.no(&id, &road.binh, "sign_notice", json!({})).await, refused);
    assert_eq!(road.state(&id).await, State::NoticeDraft);
    // Bytes put back afterwards prove nothing.
    std::fs::write(road.site.file(clip), whole).unwrap();
    assert_eq!(road.no(&id, &road.binh, "sign_notice", json!({})).await, refused);
    let log = road.site.state.store.cases().log(&case.case_id).await.unwrap();
    assert_eq!(log.iter().filter(|step| step.what == "lock").count(), 1);
}
