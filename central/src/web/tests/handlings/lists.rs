//! In which order handlings are worked, and that pages neither repeat nor lose one.

use super::*;

async fn page(road: &Road, query: &str) -> Value {
    let reply = road.site.get(&format!("/api/v1/handlings?{query}"), &road.an).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.json());
    reply.json()
}

fn ids(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

/// Handlings whose deadlines end otherwise than they were opened: the third is the most urgent, then the first, then the second; the
/// fourth has no deadline, the fifth is over.
async fn five(road: &Road) -> [String; 5] {
    let mut opened = Vec::new();
    for (plate, hours) in [(CAR, 60), (CAR, 30), (CAR, 100), (CAR, 200), ("TM1234", 20)] {
        let case = road.case(plate, "car.red_light", "car", hours).await;
        road.round().await;
        let (id, _) = road.site.state.store.handling_of_case(&case.case_id).await.unwrap().unwrap();
        opened.push(id);
    }
    road.site
        .state
        .store
        .put("update handlings set due_at_ms = null where handling_id = $1", &[&opened[3]])
        .await;
    assert_eq!(road.state(&opened[4]).await, State::HandedOver);
    opened.try_into().unwrap()
}

#[tokio::test]
async fn open_handlings_come_by_their_nearest_deadline_those_without_one_behind_them_and_what_is_over_last() {
    let road = Road::new().await;
    let [one, two, three, no_deadline, over] = five(&road).await;
    assert_eq!(ids(&page(&road, "").await), [&three, &one, &two, &no_deadline, &over]);
    assert_eq!(
        ids(&page(&road, "sort=deadline&state=owner_found").await),
        [&three, &one, &two, &no_deadline]
    );
    // By change: the one that was worked on last comes first.
    road.ok(&two, &road.an, "draft_notice", json!({})).await;
    assert_eq!(ids(&page(&road, "sort=changed").await)[0], two);
    assert_eq!(ids(&page(&road, "").await), [&three, &one, &two, &no_deadline, &over]);
    let bad = road.site.get("/api/v1/handlings?sort=number", &road.an).await;
    assert_eq!((bad.status, bad.problem().as_str()), (StatusCode::BAD_REQUEST, "bad_sort"));
}

#[tokio::test]
async fn equal_deadlines_come_by_number() {
    let road = Road::new().await;
    let mut opened: Vec<String> = five(&road).await[..3].to_vec();
    for id in &opened {
        road.site.state.store.put("update handlings set due_at_ms = 5 where handling_id = $1", &[id]).await;
    }
    // They were numbered in the order in which they were opened.
    opened.sort_by_key(|id| id.clone());
    let listed = page(&road, "limit=3").await;
    let numbers: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|one| one["number"].as_str().unwrap()).collect();
    assert!(numbers.is_sorted() && numbers.len() == 3, "{numbers:?}");
    assert_eq!(ids(&listed), opened.iter().map(String::as_str).collect::<Vec<_>>());
}

#[tokio::test]
async fn pages_neither_repeat_nor_lose_a_handling_while_others_are_worked_on() {
    let road = Road::new().await;
    let all = five(&road).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let listed = page(&road, &format!("limit=1&cursor={cursor}")).await;
        seen.extend(ids(&listed).into_iter().map(str::to_owned));
        if seen.len() == 1 {
            // Another is worked on, and one that is more urgent than all comes in.
            road.ok(&all[1], &road.an, "draft_notice", json!({})).await;
            road.opened(CAR, "car.phone", "car").await;
            let store = &road.site.state.store;
            let urgent = "update handlings set due_at_ms = 5 where handling_id = $1";
            let (id, _) = store.handling_of_case("case-6").await.unwrap().unwrap();
            store.put(urgent, &[&id]).await;
        }
        let Some(next) = listed["next"].as_str() else { break };
        cursor = next.to_owned();
    }
    let [one, two, three, no_deadline, over] = all;
    assert_eq!(seen, [three, one, two, no_deadline, over]);
    // A place in one order is none in the other.
    let other = page(&road, "limit=1&sort=changed").await["next"].as_str().unwrap().to_owned();
    for query in [format!("cursor={other}"), format!("sort=changed&cursor={cursor}")] {
        let reply = road.site.get(&format!("/api/v1/handlings?{query}"), &road.an).await;
        assert_eq!(
            (reply.status, reply.problem().as_str()),
            (StatusCode::BAD_REQUEST, "bad_cursor"),
            "{query}"
        );
    }
}
