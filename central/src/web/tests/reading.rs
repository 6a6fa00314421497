use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;
use wire::Digest;

use super::Site;
use crate::auth::Role;
use crate::store::fixtures::Passage;

const KCN: &str = "kcn";
const OTHER: &str = "trang-an";

fn passage<'a>(id: &'a str, site: &'a str, captured_at_ms: i64) -> Passage<'a> {
    Passage { id, site, captured_at_ms, plate: Some("30K13579") }
}

async fn ids(site: &Site, path: &str, cookie: &str) -> (Vec<String>, Option<String>) {
    let page = site.get(path, cookie).await.json();
    let ids = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect();
    (ids, page["next"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn pages_neither_repeat_nor_skip_rows_while_new_ones_arrive() {
    let site = Site::new().await;
    site.state.store.put_site(KCN).await;
    let cookie = site.cookie(Role::IocOperator, &[]).await;
    for n in 0..25 {
        // Two at each moment: the id decides between them.
        site.state.store.put_passage(&passage(&format!("p{n:02}"), KCN, 1000 + n / 2)).await;
    }
    let (mut seen, mut next) = ids(&site, "/api/v1/passages?limit=10", &cookie).await;
    let mut pages = 1;
    while let Some(cursor) = next {
        site.state.store.put_passage(&passage(&format!("new{pages}"), KCN, 5000)).await;
        let (more, after) = ids(&site, &format!("/api/v1/passages?limit=10&cursor={cursor}"), &cookie).await;
        seen.extend(more);
        next = after;
        pages += 1;
    }
    let expected: Vec<_> = (0..25).rev().map(|n| format!("p{n:02}")).collect();
    assert_eq!((seen, pages), (expected, 3));
}

#[tokio::test]
async fn passages_are_found_by_plate_camera_and_time() {
    let site = Site::new().await;
    site.state.store.put_site(KCN).await;
    let cookie = site.cookie(Role::TrafficPolice, &[]).await;
    site.state.store.put_passage(&passage("a", KCN, 1_795_000_000_000)).await;
    site.state
        .store
        .put_passage(&Passage { id: "b", site: KCN, captured_at_ms: 1_795_000_060_000, plate: None })
        .await;
    for (query, expected) in [
        ("", vec!["b", "a"]),
        ("?plate=30k-135", vec!["a"]),
        ("?plate=30?13*9", vec!["a"]),
        ("?plate=30K99999", vec![]),
        ("?camera=cong&class=car&site=kcn", vec!["b", "a"]),
        ("?camera=other", vec![]),
        ("?since=2026-11-18T11:07:00Z", vec!["b"]),
        ("?until=2026-11-18T18:07:00%2B07:00", vec!["a"]),
    ] {
        let (found, _) = ids(&site, &format!("/api/v1/passages{query}"), &cookie).await;
        assert_eq!(found, expected, "{query}");
    }
    let item = &site.get("/api/v1/passages", &cookie).await.json()["items"][1];
    assert_eq!(item["captured_at"], "2026-11-18T11:06:40.000Z");
    assert_eq!((&item["box"], &item["picture"]), (&json!([10, 20, 300, 200]), &json!([1920, 1080])));
    assert_eq!(item["match"], json!({ "registry": "found", "watchlist": "none" }));
    assert_eq!(item["reading"]["box"], json!([1, 2, 3, 4]));
    assert_eq!((&item["camera_name"], &item["late"]), (&json!("Cổng"), &json!(false)));
}

#[tokio::test]
async fn an_account_with_sites_sees_those_alone() {
    let site = Site::new().await;
    let store = &site.state.store;
    for name in [KCN, OTHER] {
        store.put_site(name).await;
        store.put_passage(&passage(name, name, 1000)).await;
        store.put_alert(&format!("alert-{name}"), name, name, 1000).await;
    }
    let cookie = site.cookie(Role::GateOperator, &[KCN]).await;
    assert_eq!(ids(&site, "/api/v1/passages", &cookie).await.0, [KCN]);
    assert_eq!(ids(&site, "/api/v1/passages?site=trang-an", &cookie).await.0, Vec::<String>::new());
    assert_eq!(ids(&site, "/api/v1/alerts", &cookie).await.0, ["alert-kcn"]);
    for path in ["/api/v1/sites", "/api/v1/cameras", "/api/v1/agents"] {
        assert_eq!(site.get(path, &cookie).await.json().as_array().unwrap().len(), 1, "{path}");
    }
    assert_eq!(site.get("/api/v1/passages/trang-an", &cookie).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get("/api/v1/alerts/alert-trang-an", &cookie).await.status, StatusCode::NOT_FOUND);
    let body = Some(json!({ "to": "acknowledged" }));
    let reply = site.call("POST", "/api/v1/alerts/alert-trang-an/transition", &cookie, body).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    let summary = site.get("/api/v1/summary", &cookie).await.json();
    assert_eq!((&summary["alerts_open"], &summary["cameras_total"]), (&json!(1), &json!(1)));
}

#[tokio::test]
async fn each_role_sees_of_an_owner_what_its_purpose_needs() {
    let site = Site::new().await;
    site.state.store.put_site(KCN).await;
    site.state.store.put_passage(&passage("p", KCN, 1000)).await;
    site.state.store.put_background("p", KCN).await;
    for (role, name, address, id_number, short) in [
        (Role::GateOperator, json!("Nguyễn V. M."), json!(null), json!(null), json!("Nguyễn V. M.")),
        (
            Role::TrafficPolice,
            json!("Nguyễn Văn Minh"),
            json!("Số 12"),
            json!("•••••••••101"),
            json!("Nguyễn V. M."),
        ),
        (Role::IocOperator, json!("Nguyễn Văn Minh"), json!(null), json!(null), json!("Nguyễn V. M.")),
        (Role::Admin, json!(null), json!(null), json!(null), json!(null)),
    ] {
        let cookie = site.cookie(role, &[]).await;
        let reply = site.get("/api/v1/passages/p", &cookie).await;
        let detail = reply.json();
        let owner = &detail["owner"];
        assert_eq!(
            (&owner["name"], &owner["address"], &owner["id_number"]),
            (&name, &address, &id_number),
            "{role:?}"
        );
        assert_eq!(detail["owner_masked"], short);
        assert!(owner["mask_reason"].is_string());
        assert!(
            !String::from_utf8_lossy(&reply.bytes).contains("001085900101"),
            "{role:?} got the whole number"
        );
        if role == Role::Admin {
            for path in ["/api/v1/passages", "/api/v1/passages/p"] {
                let text = String::from_utf8(site.get(path, &cookie).await.bytes).unwrap();
                assert!(!text.contains("Nguyễn"), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn a_look_at_a_passage_is_written_down_with_its_purpose() {
    let site = Site::new().await;
    site.state.store.put_site(KCN).await;
    site.state.store.put_passage(&passage("p", KCN, 1000)).await;
    let cookie = site.cookie(Role::TrafficPolice, &[]).await;
    assert_eq!(site.get("/api/v1/passages/none", &cookie).await.status, StatusCode::NOT_FOUND);
    for looks in 1..=2 {
        let detail = site.get("/api/v1/passages/p", &cookie).await.json();
        let audit = detail["audit"].as_array().unwrap();
        assert_eq!(audit.len(), looks, "each look adds one, also for the one who looks");
        assert_eq!(
            (&audit[0]["actor"], &audit[0]["action"]),
            (&json!("traffic.police0"), &json!("passage.view"))
        );
    }
    let rows = site.state.store.audit_of("passage", "p", 10).await.unwrap();
    assert_eq!(rows[0].purpose.as_deref(), Some("view_passage"));
    assert_eq!(
        (rows[0].role.as_deref(), rows[0].address.as_deref()),
        (Some("traffic_police"), Some("127.0.0.1"))
    );
}

#[tokio::test]
async fn a_passage_shows_what_proves_it() {
    let site = Site::new().await;
    site.state.store.put_site(KCN).await;
    site.state.store.put_passage(&passage("p", KCN, 1000)).await;
    site.state.store.put_background("p", KCN).await;
    site.state.store.put_alert("al", "p", KCN, 1000).await;
    let cookie = site.cookie(Role::TrafficPolice, &[]).await;
    let detail = site.get("/api/v1/passages/p", &cookie).await.json();
    assert_eq!(detail["envelope"]["signature_ok"], json!(true));
    assert_eq!(detail["registry"]["txn_id"], json!("txn-1"));
    assert_eq!(detail["reading"]["colour"]["value"], json!("yellow"));
    assert_eq!(detail["reading"]["class"], json!("business"));
    assert_eq!(detail["plate_finding"]["kind"], json!("bent"));
    assert_eq!(
        (&detail["matches"][0]["result"], &detail["matches"][0]["list_name"]),
        (&json!("possible"), &json!("Danh sách"))
    );
    assert_eq!(detail["alerts"][0]["history"][0]["to"], json!("new"));
}

#[tokio::test]
async fn an_alert_moves_forward_with_its_history_and_a_wrong_step_is_a_conflict() {
    let site = Site::new().await;
    site.state.store.put_site(KCN).await;
    site.state.store.put_passage(&passage("p", KCN, 1000)).await;
    let raised = site.state.store.put_alert("al", "p", KCN, 1000).await;
    let cookie = site.cookie(Role::IocOperator, &[]).await;
    let step = |to: &str| Some(json!({ "to": to, "note": " đã gọi cổng " }));
    let path = "/api/v1/alerts/al/transition";
    let mut changes = site.state.hub.subscribe();
    let alert = site.call("POST", path, &cookie, step("acknowledged")).await.json();
    assert_eq!(
        (&alert["state"], &alert["acknowledged_by"]),
        (&json!("acknowledged"), &json!("ioc.operator0"))
    );
    assert_eq!(alert["history"][1]["note"], json!("đã gọi cổng"));
    assert!(alert["feed_id"].as_i64().unwrap() > raised);
    assert!(changes.recv().await.is_ok(), "viewers are told");
    let reply = site.call("POST", path, &cookie, step("new")).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::CONFLICT, "bad_transition"));
    let reply = site.call("POST", path, &cookie, step("nonsense")).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "bad_state"));
    assert_eq!(ids(&site, "/api/v1/alerts?state=open", &cookie).await.0, ["al"]);
    assert_eq!(ids(&site, "/api/v1/alerts?state=new,closed", &cookie).await.0, Vec::<String>::new());
    assert_eq!(site.get("/api/v1/alerts?state=odd", &cookie).await.problem(), "bad_state");
}

#[tokio::test]
async fn a_picture_is_kept_by_the_browser_and_only_for_those_who_may_see_it() {
    let site = Site::new().await;
    let mut jpeg = vec![0xff, 0xd8, 0xff, 0xe0];
    jpeg.extend([9; 5000]);
    jpeg.extend([0xff, 0xd9]);
    let digest = Digest::of(&jpeg);
    site.state.evidence.put(digest, jpeg.clone().into()).await.unwrap();
    let cookie = site.cookie(Role::IocOperator, &[]).await;
    let path = format!("/api/v1/evidence/{digest}");
    let reply = site.get(&path, &cookie).await;
    assert_eq!((reply.status, &reply.bytes), (StatusCode::OK, &jpeg));
    assert_eq!(reply.headers[header::CONTENT_TYPE], "image/jpeg");
    let cache = reply.headers[header::CACHE_CONTROL].to_str().unwrap();
    assert!(cache.contains("private") && cache.contains("immutable"), "{cache}");
    let tag = reply.headers[header::ETAG].clone();
    let request =
        Request::builder().uri(&path).header(header::COOKIE, &cookie).header(header::IF_NONE_MATCH, tag);
    let reply = site.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((reply.status, reply.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(site.get("/api/v1/evidence/zz", &cookie).await.problem(), "not_found");
    assert_eq!(site.get(&format!("/api/v1/evidence/{}", Digest::ZERO), &cookie).await.problem(), "not_found");
    let elsewhere = site.cookie(Role::GateOperator, &[KCN]).await;
    assert_eq!(site.get(&path, &elsewhere).await.status, StatusCode::NOT_FOUND, "another site's picture");
}

#[tokio::test]
async fn a_clip_is_given_in_the_pieces_that_a_browser_asks_for() {
    let site = Site::new().await;
    let make = |kind: &[u8; 4], content: &[u8]| {
        [&(content.len() as u32 + 8).to_be_bytes()[..], kind, content].concat()
    };
    let media: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
    let clip = [make(b"ftyp", b"isom"), make(b"moov", b"index"), make(b"mdat", &media)].concat();
    let digest = Digest::of(&clip);
    site.state.evidence.put(digest, clip.clone().into()).await.unwrap();
    let cookie = site.cookie(Role::TrafficPolice, &[]).await;
    let path = format!("/api/v1/evidence/{digest}");
    let whole = site.get(&path, &cookie).await;
    assert_eq!((whole.status, &whole.bytes), (StatusCode::OK, &clip));
    assert_eq!(whole.headers[header::CONTENT_TYPE], "video/mp4");
    assert_eq!(whole.headers[header::ACCEPT_RANGES], "bytes");
    assert_eq!(whole.headers["x-content-type-options"], "nosniff");
    assert!(whole.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("sandbox"));
    let ask = |range: &str, if_range: &str| {
        let request = Request::builder().uri(&path).header(header::COOKIE, &cookie);
        let request = request.header(header::RANGE, range).header(header::IF_RANGE, if_range);
        site.send(request.body(Body::empty()).unwrap())
    };
    let tag = format!("\"{digest}\"");
    let piece = ask("bytes=1000-1999", &tag).await;
    assert_eq!((piece.status, &piece.bytes[..]), (StatusCode::PARTIAL_CONTENT, &clip[1000..2000]));
    assert_eq!(piece.headers[header::CONTENT_RANGE], format!("bytes 1000-1999/{}", clip.len()).as_str());
    assert_eq!(ask("bytes=0-", &tag).await.bytes, clip);
    assert_eq!(ask("bytes=9000000-", &tag).await.problem(), "bad_range");
    let other = ask("bytes=0-9", "\"another\"").await;
    assert_eq!((other.status, other.bytes.len()), (StatusCode::OK, clip.len()), "a range of another file");
}

#[tokio::test]
async fn cameras_agents_and_numbers_have_the_agreed_form() {
    let site = Site::new().await;
    site.state.store.put_site(KCN).await;
    let cookie = site.cookie(Role::IocOperator, &[]).await;
    let camera = site.get("/api/v1/cameras", &cookie).await.json()[0].clone();
    assert_eq!(
        (&camera["state"], &camera["fps"], &camera["analysed"]),
        (&json!("live"), &json!(12.5), &json!(9))
    );
    let agent = site.get("/api/v1/agents", &cookie).await.json()[0].clone();
    assert_eq!(
        (&agent["state"], &agent["next_seq"], &agent["gaps"]),
        (&json!("online"), &json!(6), &json!(0))
    );
    let counts = site.get("/api/v1/counts?site=kcn", &cookie).await.json();
    assert_eq!(counts, json!({ "lines": [], "hours": [], "loss": { "lost": 0, "late": 0, "offline_s": 0 } }));
    for bad in
        ["from=2026-01-01T00:00:00Z", "subject=dog", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"]
    {
        assert_eq!(
            site.get(&format!("/api/v1/counts?{bad}"), &cookie).await.status,
            StatusCode::BAD_REQUEST,
            "{bad}"
        );
    }
    let page = site.get("/api/v1/quarantine", &cookie).await.json();
    assert_eq!(page, json!({ "items": [], "next": null }));
}
