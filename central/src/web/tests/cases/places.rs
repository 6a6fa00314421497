//! Figures and the map by place: cameras of one name at two sites are two cameras, and a map shows where, how many, and never whose.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};
use wire::violation::Kind;

use super::{Account, Bench, KCN, act, device, mild, red_light};
use crate::auth::Role;
use crate::cases::device::testing::record;
use crate::cases::known::make;
use crate::cases::screen::screen;
use crate::cases::state::Decision;
use crate::cases::testing::{PLACE, Sample};

const OTHER: &str = "nut-2";
const PLATE: &str = "30A12345";

impl Bench {
    /// A second site whose camera has the same id, and a name of its own.
    async fn with_other_site(&self) {
        let store = &self.site.state.store;
        store.put_site(OTHER).await;
        store
            .put(
                "update cameras set name_vi = $1, name_en = $2 where site = 'nut-2'",
                &["Ngã tư Bắc", "North junction"],
            )
            .await;
    }

    async fn opened_at(&self, site: &str, sample: &Sample) -> String {
        for (one, bytes) in sample.evidence.iter().zip(&sample.files) {
            self.site.state.evidence.put(one.sha256, bytes.clone().into()).await.unwrap();
        }
        let id = self.site.state.store.cases().put(site, sample).await;
        screen(&self.site.state, Timestamp::now()).await.unwrap();
        id
    }
}

async fn map(bench: &Bench, who: &Account) -> Vec<Value> {
    let reply = bench.get(who, "/handlings/map").await;
    assert_eq!(reply.status, StatusCode::OK);
    serde_json::from_slice(&reply.bytes).unwrap()
}

#[tokio::test]
async fn cameras_of_one_name_at_two_sites_are_counted_apart_and_named_as_people_named_them() {
    let bench = Bench::new().await;
    bench.with_other_site().await;
    bench.site.state.store.cases().put_device(OTHER, &device()).await;
    let (one, signer) = (bench.officer("csgt.mot").await, bench.signer("chi.huy").await);
    let here = bench.opened(&mild(PLATE)).await;
    for plate in ["30A20001", "30A20002"] {
        let id = bench.opened_at(OTHER, &mild(plate)).await;
        assert_eq!(bench.decides(&one, &id, plate, "reject").await, "rejected");
    }
    assert_eq!(bench.decides(&one, &here, PLATE, "approve").await, "confirmed");
    let figures = bench.get(&signer, "/violations/figures?group=place").await.json();
    let row = |group: &Value| {
        ["key", "site", "camera", "vi", "en", "detected", "confirmed", "rejected"]
            .map(|word| group[word].clone())
    };
    assert_eq!(
        figures["groups"].as_array().unwrap().iter().map(row).collect::<Vec<_>>(),
        [
            json!(["kcn/cong", KCN, "cong", "Cổng", "Gate", 1, 1, 0]),
            json!(["nut-2/cong", OTHER, "cong", "Ngã tư Bắc", "North junction", 2, 0, 2]),
        ]
        .map(|row| serde_json::from_value::<[Value; 8]>(row).unwrap())
    );
    let kinds = bench.get(&signer, "/violations/figures").await.json();
    assert_eq!((&kinds["groups"][0]["site"], &kinds["groups"][0]["camera"]), (&Value::Null, &Value::Null));
    let reviews = bench.get(&signer, "/review/figures?from=2025-01-01&to=2999-01-01").await.json();
    let cameras: Vec<_> = reviews["cameras"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| [one["site"].clone(), one["camera_name"].clone(), one["decided"].clone()])
        .collect();
    assert_eq!(
        cameras,
        [[json!(KCN), json!("Cổng"), json!(1)], [json!(OTHER), json!("Ngã tư Bắc"), json!(2)]]
    );
}

#[tokio::test]
async fn the_map_shows_where_cameras_stand_and_how_many_cases_to_who_watches_and_never_whose() {
    let bench = Bench::new().await;
    bench.with_other_site().await;
    let one = bench.officer("csgt.mot").await;
    let watchers = [
        one.clone(),
        bench.signer("chi.huy").await,
        bench.account("truc.ban", Role::IocOperator, "").await,
        bench.account("quan.tri", Role::Admin, "").await,
    ];
    let waits = bench.opened(&red_light(PLATE)).await;
    let done = bench.opened(&mild("30A20001")).await;
    bench.decides(&one, &done, "30A20001", "approve").await;
    crate::handling::desk::open_new(&bench.site.state, Timestamp::now()).await.unwrap();
    // No approved record there: the case is inadmissible, and the camera stands where its agent says.
    let there = bench.opened_at(OTHER, &act(Kind::RedLight, "car", "30A30001", 30)).await;
    for who in &watchers {
        let points = map(&bench, who).await;
        let text = json!(points).to_string();
        for secret in
            [waits.as_str(), &done, &there, PLATE, "123.45", "30A20001", "200.01", "30A30001", "VP-2"]
        {
            assert!(!text.contains(secret), "{}: {secret} in {text}", who.name);
        }
        let of = |site: &str, kind: &str| {
            points.iter().find(|one| one["site"] == site && one["kind"] == kind).unwrap().clone()
        };
        let red = of(KCN, "red_light");
        assert_eq!((&red["lat"], &red["lon"]), (&json!(PLACE[0]), &json!(PLACE[1])));
        assert_eq!((&red["position_from"], &red["camera_vi"]), (&json!("device"), &json!("Cổng")));
        assert_eq!((&red["case_states"], &red["states"]), (&json!({ "screened": 1 }), &json!({})));
        assert_eq!(
            (&red["cases"], &red["count"], &red["place_en"]),
            (&json!(1), &json!(0), &json!("Example junction"))
        );
        let block = of(KCN, "junction_block");
        assert_eq!((&block["case_states"], &block["cases"]), (&json!({ "confirmed": 1 }), &json!(1)));
        assert_eq!((&block["states"], &block["count"]), (&json!({ "owner_lookup": 1 }), &json!(1)));
        let far = of(OTHER, "red_light");
        assert_eq!((&far["position_from"], &far["camera_en"]), (&json!("case"), &json!("North junction")));
        assert_eq!((&far["lat"], &far["case_states"]), (&json!(PLACE[0]), &json!({ "inadmissible": 1 })));
    }
    let guard = bench.account("bao.ve", Role::GateOperator, "").await;
    assert_eq!(bench.get(&guard, "/handlings/map").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_map_of_an_account_with_sites_shows_those_alone_and_positions_as_approved_last() {
    let bench = Bench::new().await;
    bench.with_other_site().await;
    bench.site.state.store.cases().put_device(OTHER, &record(10.5, 106.5)).await;
    bench.site.state.store.cases().put_device(OTHER, &record(10.75, 106.75)).await;
    bench.opened(&mild(PLATE)).await;
    bench.opened_at(OTHER, &mild("30A20001")).await;
    let cookie = bench.site.cookie(Role::IocOperator, &[OTHER]).await;
    let points = bench.site.get("/api/v1/handlings/map", &cookie).await.json();
    assert_eq!(points.as_array().unwrap().len(), 1, "{points}");
    assert_eq!(
        (&points[0]["site"], &points[0]["lat"], &points[0]["lon"]),
        (&json!(OTHER), &json!(10.75), &json!(106.75))
    );
}

#[tokio::test]
async fn a_reviewer_cannot_find_known_cases_by_what_map_and_figures_leave_out() {
    let bench = Bench::new().await;
    let (one, ioc) =
        (bench.officer("csgt.mot").await, bench.account("truc.ban", Role::IocOperator, "").await);
    let id = bench.opened(&mild(PLATE)).await;
    let state = &bench.site.state;
    let number = state.store.cases().get(&id).await.unwrap().unwrap().number;
    make((&state.store, &state.evidence), &number, Some(Decision::Approve), "t", Timestamp::now())
        .await
        .unwrap();
    let listed = bench.get(&one, "/cases").await.json()["counts"]["screened"].clone();
    assert_eq!((&listed, &map(&bench, &one).await[0]["case_states"]["screened"]), (&json!(2), &json!(2)));
    for group in ["kind", "place", "hour", "day"] {
        let figures = bench.get(&one, &format!("/violations/figures?group={group}")).await.json();
        let counted: i64 =
            figures["groups"].as_array().unwrap().iter().map(|row| row["detected"].as_i64().unwrap()).sum();
        assert_eq!((counted, &figures["total"]["detected"]), (2, &json!(2)), "{group}");
    }
    // Who counts and reviews nothing has them in no figure.
    for who in [&ioc, &bench.signer("chi.huy").await] {
        assert_eq!(map(&bench, who).await[0]["case_states"]["screened"], 1, "{}", who.name);
        let figures = bench.get(who, "/violations/figures").await.json();
        assert_eq!(figures["total"]["detected"], 1, "{}", who.name);
    }
}
