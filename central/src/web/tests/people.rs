//! Lists of people, files, passes, visits and figures as a browser meets them.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::Arc;
use wire::gate::VneidWord;

use super::super::access::{Access, RULES};
use super::{Reply, Site};
use crate::auth::Role;
use crate::visits::{Answer, Verifier};

const KCN: &str = "kcn";
/// What nobody but its own group may ever read.
const FOREIGN: &str = "Bimatxyz";

/// Says what the code itself says: `WORD level subject`.
#[derive(Debug)]
struct Vneid;

impl Verifier for Vneid {
    fn verify<'a>(&'a self, token: &'a str, _purpose: &'a str) -> BoxFuture<'a, Answer> {
        Box::pin(async move {
            let mut words = token.split(' ');
            let word = match words.next() {
                Some("VALID") => VneidWord::Valid,
                Some("EXPIRED") => VneidWord::Expired,
                Some("REPLAYED") => VneidWord::Replayed,
                _ => VneidWord::Invalid,
            };
            Ok((
                word,
                words.next().and_then(|level| level.parse().ok()).unwrap_or(0),
                words.next().map(str::to_owned),
            ))
        })
    }
}

/// A moment so many days from now.
fn day(offset: i64) -> String {
    (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * offset)).to_string()
}

/// A site with two enterprises, gates, a schedule and a privacy contact.
async fn park() -> Site {
    let site = Site::new().await.asking(Arc::new(Vneid));
    let store = &site.state.store;
    store.put_site(KCN).await;
    store.put("update sites set dpo_contact = 'dpo@example.vn', notice_vi = 'Thông báo', notice_en = 'Notice' where site = $1", &[KCN]).await;
    let policy = json!({
        "schedules": [{ "id": "ca-1", "name_vi": "Ca 1", "name_en": "Shift 1", "windows": [] }],
        "gates": [{ "id": "cong-1", "name_vi": "Cổng số 1", "name_en": "Gate 1", "area": "trong", "person_capacity": null,
            "vehicle_capacity": null, "lanes": [] }],
        "holidays": [],
    });
    store
        .put("insert into gate_policies (site, version, document, changes, changed_by, changed_at_ms) values ($1, 1, $2, '[]', 'x', 1)", &[KCN, &policy.to_string()])
        .await;
    for (id, name) in [("may-10", "Công ty May 10"), ("gom-su", FOREIGN)] {
        store
            .put("insert into groups (site, group_id, kind, name, status, created_at_ms, created_by, changed_at_ms, changed_by)
                values ($1, $2, 'enterprise', $3, 'active', 1, 'x', 1, 'x')", &[KCN, id, name])
            .await;
    }
    site
}

impl Site {
    /// The same with somebody who answers for VNeID.
    fn asking(self, vneid: Arc<dyn Verifier>) -> Self {
        let shared = super::super::people::Shared::asking(Some(vneid));
        Self {
            router: super::super::with(
                self.state.clone(),
                shared,
                super::super::citizen::Shared::asking(None),
            ),
            ..self
        }
    }

    async fn upload(&self, path: &str, cookie: &str, fields: &[(&str, &str)], file: Option<&[u8]>) -> Reply {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(
                format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        if let Some(file) = file {
            body.extend(b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n");
            body.extend(file);
            body.extend(b"\r\n");
        }
        body.extend(b"--x--\r\n");
        let request = Request::builder().method("POST").uri(path).header("x-requested-with", "vong-gac");
        let request = request
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    async fn preview(&self, cookie: &str, group: &str, file: &str) -> Value {
        let fields = [("mode", "preview"), ("site", KCN), ("group", group)];
        let reply = self.upload("/api/v1/members/import", cookie, &fields, Some(file.as_bytes())).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", String::from_utf8_lossy(&reply.bytes));
        reply.json()
    }

    async fn apply(&self, cookie: &str, preview: &Value, skip: bool) -> Reply {
        let (id, skip) = (preview["preview_id"].as_str().unwrap(), skip.to_string());
        let fields = [("mode", "apply"), ("site", KCN), ("preview_id", id), ("skip_errors", &skip)];
        self.upload("/api/v1/members/import", cookie, &fields, None).await
    }

    async fn members(&self, cookie: &str) -> Vec<Value> {
        let reply = self.get("/api/v1/members?site=kcn", cookie).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", String::from_utf8_lossy(&reply.bytes));
        reply.json()["items"].as_array().unwrap().clone()
    }
}

const WORKERS: &str = "Họ và tên;Số CCCD;Ca\nĐỗ Thị Ánh;037190001234;Ca 1\nAn Văn Bình;37090001235;\n";

#[tokio::test]
async fn a_file_is_previewed_and_then_exactly_that_is_applied_once() {
    let site = park().await;
    let manager = site.cookie(Role::SiteManager, &[]).await;
    let preview = site.preview(&manager, "may-10", WORKERS).await;
    assert_eq!(
        [&preview["rows"], &preview["good"], &preview["new"], &preview["applied"]],
        [&json!(2), &json!(2), &json!(2), &json!(false)]
    );
    assert_eq!(preview["warnings"][0]["code"], "zero_restored");
    assert!(site.members(&manager).await.is_empty(), "a preview changes nothing");
    assert_eq!(site.apply(&manager, &preview, false).await.json()["applied"], true);
    let again = site.apply(&manager, &preview, false).await;
    assert_eq!((again.status, again.problem().as_str()), (StatusCode::NOT_FOUND, "no_preview"));
    let members = site.members(&manager).await;
    assert_eq!(members.len(), 2);
    assert_eq!(
        [&members[1]["name"], &members[1]["number"], &members[1]["schedule"]],
        [&json!("Đỗ Thị Ánh"), &json!("•••••••••234"), &json!("ca-1")]
    );
    let same = site.preview(&manager, "may-10", WORKERS).await;
    assert_eq!([&same["new"], &same["changed"], &same["same"]], [&json!(0), &json!(0), &json!(2)]);
    // Somebody changes the list: the preview is stale, and nothing is written.
    let short = site.preview(&manager, "may-10", "Họ tên;CCCD\nĐỗ Thị Ánh Mới;037190001234\n").await;
    assert_eq!([&short["changed"], &short["missing"]], [&json!(1), &json!(1)]);
    let id = members[0]["id"].as_str().unwrap();
    assert_eq!(
        site.call("DELETE", &format!("/api/v1/members/{id}"), &manager, None).await.status,
        StatusCode::NO_CONTENT
    );
    let stale = site.apply(&manager, &short, false).await;
    assert_eq!((stale.status, stale.problem().as_str()), (StatusCode::CONFLICT, "list_changed"));
    assert_eq!(site.members(&manager).await[0]["name"], "Đỗ Thị Ánh");
}

#[tokio::test]
async fn nothing_is_applied_while_a_row_has_a_problem_unless_it_is_left_out_knowingly() {
    let site = park().await;
    let manager = site.cookie(Role::SiteManager, &[]).await;
    let preview =
        site.preview(&manager, "may-10", &format!("{WORKERS}Lê C;12;\n=cmd();037190001236;\n")).await;
    assert_eq!([&preview["rows"], &preview["good"]], [&json!(4), &json!(2)]);
    let problems: Vec<_> = preview["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["row"].as_u64().unwrap(), p["code"].as_str().unwrap()))
        .collect();
    assert_eq!(problems, [(4, "bad_number"), (5, "formula")]);
    assert!(
        preview["errors"][0]["vi"].as_str().unwrap().contains("12")
            && preview["errors"][0]["column"] == "Số CCCD"
    );
    let refused = site.apply(&manager, &preview, false).await;
    assert_eq!(
        (refused.status, refused.problem().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "rows_wrong")
    );
    assert!(site.members(&manager).await.is_empty());
    assert_eq!(site.apply(&manager, &preview, true).await.status, StatusCode::OK);
    assert_eq!(site.members(&manager).await.len(), 2);
    // Another account cannot apply it, a file that is none is refused with what to do, and a large one is taken.
    let other = site.preview(&manager, "may-10", WORKERS).await;
    let tenant = site.cookie(Role::Enterprise, &[]).await;
    assert_eq!(site.apply(&tenant, &other, true).await.status, StatusCode::NOT_FOUND);
    let fields = [("mode", "preview"), ("site", KCN)];
    let bad = site.upload("/api/v1/members/import", &manager, &fields, Some(b"PK\x03\x04")).await;
    assert_eq!((bad.status, bad.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "bad_xlsx"));
    assert!(bad.json()["problems"][0]["vi"].as_str().unwrap().contains(".xlsx"));
    let many: String =
        (0..3000).map(|n| format!("Người {};0371900{n:05}\n", char::from(b'A' + (n % 26) as u8))).collect();
    assert_eq!(
        site.preview(
            &manager,
            "may-10",
            &format!("Họ tên;CCCD\n{}", many.replace("Người", "Người Lao Động"))
        )
        .await["rows"],
        3000
    );
    let audit = site.get("/api/v1/audit?action=member.import", &site.cookie(Role::Admin, &[]).await).await;
    assert_eq!(audit.json()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_member_is_checked_changed_and_ended_and_the_audit_names_fields_without_values() {
    let site = park().await;
    let manager = site.cookie(Role::SiteManager, &[]).await;
    let new = json!({ "site": KCN, "kind": "person", "group": "may-10", "name": "Nguyễn Văn Mẫu", "number": "037090001234", "schedule": "ca-1" });
    let made = site.call("POST", "/api/v1/members", &manager, Some(new.clone())).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&made.bytes));
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let twice = site.call("POST", "/api/v1/members", &manager, Some(new)).await;
    assert_eq!((twice.status, twice.problem().as_str()), (StatusCode::CONFLICT, "member_taken"));
    let bad = json!({ "site": KCN, "kind": "vehicle", "group": "nobody", "plate": "xyz", "schedule": "ca-9", "gates": ["g"], "drivers": ["d"] });
    let bad = site.call("POST", "/api/v1/members", &manager, Some(bad)).await;
    let fields: Vec<_> = bad.json()["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["path"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(fields, ["plate", "group", "schedule", "gates", "drivers"]);
    let change = json!({ "name": "Nguyễn Văn Mới", "schedule": null, "escort": true });
    let changed = site.call("PATCH", &format!("/api/v1/members/{id}"), &manager, Some(change)).await.json();
    assert_eq!(
        [&changed["name"], &changed["schedule"], &changed["escort"]],
        [&json!("Nguyễn Văn Mới"), &json!(null), &json!(true)]
    );
    let guard = site.cookie(Role::GateOperator, &[]).await;
    assert_eq!(site.members(&guard).await[0]["name"], "Nguyễn V. M.");
    let found = site.get("/api/v1/members?site=kcn&q=037090001234", &manager).await.json();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        site.call("DELETE", &format!("/api/v1/members/{id}"), &manager, None).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        site.call("DELETE", &format!("/api/v1/members/{id}"), &manager, None).await.status,
        StatusCode::NOT_FOUND
    );
    assert!(site.members(&manager).await.is_empty());
    let rows = site.state.store.audit_of("member", &id, 10).await.unwrap();
    let actions: Vec<_> = rows.iter().rev().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["member.create", "member.change", "member.end"]);
    assert_eq!(rows[1].detail.as_deref(), Some(r#"{"fields":["name","schedule","escort"]}"#));
}

#[tokio::test]
async fn an_enterprise_gets_nothing_of_others_from_any_route() {
    let site = park().await;
    let manager = site.cookie(Role::SiteManager, &[]).await;
    let store = &site.state.store;
    // Another enterprise with people, vehicles, passes and visits, all of which carry one word.
    let foreign = format!("Họ tên;CCCD\n{FOREIGN} Văn;037190001234\n");
    let preview = site.preview(&manager, "gom-su", &foreign).await;
    assert_eq!(site.apply(&manager, &preview, false).await.status, StatusCode::OK);
    let pass = json!({ "site": KCN, "kind": "driver", "label": FOREIGN, "group": "gom-su", "valid_from": day(-1), "valid_until": day(30) });
    let made = site.call("POST", "/api/v1/passes", &manager, Some(pass)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&made.bytes));
    let pass_id = made.json()["pass"]["id"].as_str().unwrap().to_owned();
    let tomorrow = jiff::Zoned::now().date().tomorrow().unwrap().to_string();
    let visit = json!({ "site": KCN, "name": format!("{FOREIGN} Khách"), "people": 2, "date": tomorrow, "time": "09:00", "host_group": "gom-su",
        "contact": "0912345678", "consent": true });
    assert_eq!(site.call("POST", "/api/v1/visits", "", Some(visit)).await.status, StatusCode::CREATED);
    store
        .put(
            "insert into stays (stay_id, site, area, subject, kind, group_id, state, in_ms, overstay_alerted)
            values ('s1', $1, 'kcn', $2, 'person', 'gom-su', 'inside', 1, 0)",
            &[KCN, FOREIGN],
        )
        .await;
    store
        .put_passage(&crate::store::fixtures::Passage {
            id: "p",
            site: KCN,
            captured_at_ms: 1,
            plate: Some("30K13579"),
        })
        .await;
    let (member, visit_id) = (site.members(&manager).await[0]["id"].as_str().unwrap().to_owned(), {
        let visits = site.get("/api/v1/visits?site=kcn", &manager).await.json();
        visits["items"][0]["id"].as_str().unwrap().to_owned()
    });
    let tenant = site.cookie(Role::Enterprise, &[]).await;
    let own = json!({ "site": KCN, "kind": "person", "name": "Người Nhà", "number": "037090001239" });
    assert_eq!(site.call("POST", "/api/v1/members", &tenant, Some(own)).await.status, StatusCode::CREATED);
    assert_eq!(
        site.members(&tenant).await.iter().map(|m| m["group"].clone()).collect::<Vec<_>>(),
        ["may-10"]
    );
    let mut looked = 0;
    for (method, path, access) in RULES {
        let Access::Roles(roles) = access else { continue };
        if *path == "/api/v1/session" && *method == "DELETE" {
            continue;
        }
        for id in [&member, &pass_id, &visit_id, "gom-su", "p", "s1"] {
            let url = path.replace("{id}", id).replace("{sha256}", &"0".repeat(64)).replace("{site}", KCN);
            let query = if *method == "GET" && !url.contains("stream") {
                "?site=kcn&group=gom-su&purpose=thanh+tra"
            } else {
                ""
            };
            for query in [query, "?site=kcn", ""] {
                let body = (*method != "GET" && *method != "DELETE").then(|| json!({}));
                if url.ends_with("/stream") && roles.contains(&Role::Enterprise) {
                    continue;
                }
                let reply = site.call(method, &format!("{url}{query}"), &tenant, body).await;
                let text = String::from_utf8_lossy(&reply.bytes);
                assert!(
                    !text.contains(FOREIGN) && !text.contains("30K13579") && !text.contains("gom-su\""),
                    "{method} {url}{query}: {text}"
                );
                if !roles.contains(&Role::Enterprise) {
                    assert_eq!(reply.status, StatusCode::FORBIDDEN, "{method} {url}");
                }
                if *method != "GET" && path.contains("{id}") {
                    assert!(!reply.status.is_success(), "{method} {url}: {}", reply.status);
                }
                looked += 1;
            }
        }
    }
    assert!(looked > 200);
    assert_eq!(site.members(&manager).await.len(), 2, "and nothing of the other was changed");
    // What names another group outright is not there for it.
    let into = json!({ "site": KCN, "kind": "person", "group": "gom-su", "name": "Người Lạ", "number": "037090001240" });
    assert_eq!(site.call("POST", "/api/v1/members", &tenant, Some(into)).await.status, StatusCode::NOT_FOUND);
    let fields = [("mode", "preview"), ("site", KCN), ("group", "gom-su")];
    assert_eq!(
        site.upload("/api/v1/members/import", &tenant, &fields, Some(WORKERS.as_bytes())).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(site.get("/api/v1/members?site=other", &tenant).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_pass_shows_its_secret_once_and_opens_nothing_once_revoked() {
    let site = park().await;
    let manager = site.cookie(Role::SiteManager, &[]).await;
    let new = json!({ "site": KCN, "kind": "contractor", "label": "Thợ điện", "group": "may-10", "plate": "35A-123.45", "uses": 1,
        "valid_from": day(-1), "valid_until": day(30) });
    let made = site.call("POST", "/api/v1/passes", &manager, Some(new)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&made.bytes));
    let made = made.json();
    let code = made["code"].as_str().unwrap();
    assert!(
        code.starts_with("VGP1:") && code.len() == 37 && made["qr_svg"].as_str().unwrap().starts_with("<svg")
    );
    let list = site.get("/api/v1/passes?site=kcn&q=th", &manager).await;
    assert!(!String::from_utf8_lossy(&list.bytes).contains(&code[5..]));
    let list = site.get("/api/v1/passes?site=kcn", &manager).await.json();
    assert_eq!(
        [&list["items"][0]["state"], &list["items"][0]["used"], &list["items"][0]["plate"]],
        [&json!("active"), &json!(0), &json!("35A12345")]
    );
    let digest = wire::Digest::of(code.as_bytes()).to_string();
    let by = crate::store::gates::members::MemberKey::Pass;
    let entries = site.state.store.member_by(&site.state.data_key, KCN, by, &digest).await.unwrap();
    assert_eq!((entries.len(), entries[0].uses, entries[0].pass_secret.as_deref()), (1, Some(1), Some(code)));
    let path = format!("/api/v1/passes/{}", made["pass"]["id"].as_str().unwrap());
    assert_eq!(site.call("DELETE", &path, &manager, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(site.call("DELETE", &path, &manager, None).await.status, StatusCode::NOT_FOUND);
    assert!(
        site.state.store.gate_entries(&site.state.data_key, KCN).await.unwrap().is_empty(),
        "the vehicle's entry ended too"
    );
    assert_eq!(site.get("/api/v1/passes", &manager).await.json()["items"][0]["state"], "revoked");
}

#[tokio::test]
async fn a_visit_is_announced_bound_approved_and_cancelled_without_a_session() {
    let site = park().await;
    let manager = site.cookie(Role::SiteManager, &[]).await;
    let sites = site.get("/api/v1/visits/sites", "").await.json();
    assert_eq!(
        [&sites[0]["dpo"], &sites[0]["groups"][0]["id"]],
        [&json!("dpo@example.vn"), &json!("gom-su")]
    );
    let tomorrow = jiff::Zoned::now().date().tomorrow().unwrap().to_string();
    let visit = |name: &str| {
        json!({ "site": KCN, "name": name, "people": 3, "date": tomorrow, "time": "09:30", "plate": "30A-123.45",
        "foreign": { "country": "Hàn Quốc", "passport": "M12345678" }, "contact": "kim@example.kr", "consent": true,
        "notice_version": sites[0]["notice_version"] })
    };
    let made = site.call("POST", "/api/v1/visits", "", Some(visit("Kim Min Jun"))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&made.bytes));
    let code = made.json()["code"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/visits/{code}");
    let shown = site.get(&path, "").await;
    assert_eq!([&shown.json()["state"], &shown.json()["time"]], [&json!("waiting"), &json!("09:30")]);
    for secret in ["Kim", "kim@", "M1234", "30A"] {
        assert!(!String::from_utf8_lossy(&shown.bytes).contains(secret), "{secret}");
    }
    for (token, problem) in [
        ("EXPIRED", "vneid_expired"),
        ("REPLAYED", "vneid_replayed"),
        ("??", "vneid_invalid"),
        ("VALID 1 s", "vneid_level"),
    ] {
        let reply =
            site.call("POST", &format!("{path}/bind"), "", Some(json!({ "vneid_token": token }))).await;
        assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, problem));
    }
    let id = site.get("/api/v1/visits?site=kcn", &manager).await.json()["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let refused = site.call("POST", &format!("/api/v1/visits/{id}/refuse"), &manager, Some(json!({}))).await;
    assert_eq!(refused.problem(), "reason_needed");
    let approved =
        site.call("POST", &format!("/api/v1/visits/{id}/approve"), &manager, Some(json!({}))).await;
    assert_eq!(approved.status, StatusCode::OK, "{}", String::from_utf8_lossy(&approved.bytes));
    assert_eq!(
        [&approved.json()["name"], &approved.json()["foreign"]["country"]],
        [&json!("Kim Min Jun"), &json!("KOR")]
    );
    let bound = site
        .call("POST", &format!("{path}/bind"), "", Some(json!({ "vneid_token": "VALID 2 subject-1" })))
        .await;
    assert_eq!(bound.status, StatusCode::OK, "{}", String::from_utf8_lossy(&bound.bytes));
    let bound = bound.json();
    assert_eq!([&bound["state"], &bound["bound"]], [&json!("approved"), &json!(true)]);
    assert!(
        bound["pass"].as_str().unwrap().starts_with("VGP1:")
            && bound["qr_svg"].as_str().unwrap().contains("<path")
    );
    let entries = site.state.store.gate_entries(&site.state.data_key, KCN).await.unwrap();
    assert_eq!(entries.len(), 2, "the visitor and the vehicle");
    let person = entries.iter().find(|entry| entry.kind == "person").unwrap();
    assert_eq!(
        (person.vneid_ref.as_deref(), person.people, person.number.as_deref()),
        (Some("subject-1"), 3, Some("KOR:M12345678"))
    );
    assert_eq!(person.label, "Kim M. J. (đoàn 3)");
    assert_eq!(site.call("DELETE", &path, "", None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(site.call("DELETE", &path, "", None).await.problem(), "visit_over");
    assert!(site.state.store.gate_entries(&site.state.data_key, KCN).await.unwrap().is_empty());
    let audit = site.state.store.audit_of("visit", &id, 20).await.unwrap();
    assert!(audit.iter().all(|row| !format!("{row:?}").contains("Kim")), "ids only");
    // A code that is none, and one that nobody has, get the same answer; then the address has to wait.
    let nobody = site.get("/api/v1/visits/AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", "").await;
    assert_eq!(
        (nobody.status, nobody.json()),
        (StatusCode::NOT_FOUND, site.get("/api/v1/visits/x", "").await.json())
    );
    let mut last = StatusCode::OK;
    for _ in 0..30 {
        last = site.get("/api/v1/visits/AAAA-AAAA-AAAA-AAAA-AAAA-AAAA", "").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn what_a_visitor_said_is_erased_when_its_time_is_over_and_a_full_day_takes_no_more() {
    let site = park().await;
    site.state.store.put("update sites set visits_per_day = 3 where site = $1", &[KCN]).await;
    let manager = site.cookie(Role::SiteManager, &[]).await;
    let today = jiff::Zoned::now().date();
    let tomorrow = today.tomorrow().unwrap().to_string();
    let visit = |people: u32| json!({ "site": KCN, "name": "Kim Min Jun", "people": people, "date": tomorrow, "time": "09:30", "contact": "kim@example.kr", "consent": true });
    let made = site.call("POST", "/api/v1/visits", "", Some(visit(2))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&made.bytes));
    assert_eq!(site.call("POST", "/api/v1/visits", "", Some(visit(2))).await.problem(), "day_full");
    let bad = json!({ "site": KCN, "name": "K", "people": 0, "date": "2020-01-01", "time": "09:30", "contact": "x", "consent": false });
    let bad = site.call("POST", "/api/v1/visits", "", Some(bad)).await;
    assert_eq!((bad.problem().as_str(), bad.json()["problems"].as_array().unwrap().len()), ("bad_fields", 6));
    let id = site.get("/api/v1/visits?site=kcn", &manager).await.json()["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        site.call("POST", &format!("/api/v1/visits/{id}/approve"), &manager, Some(json!({}))).await.status,
        StatusCode::OK
    );
    let later = |days: i64| jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * days);
    assert_eq!(crate::visits::sweep::erase(&site.state, later(30)).await.unwrap(), 0);
    assert_eq!(crate::visits::sweep::erase(&site.state, later(33)).await.unwrap(), 1);
    assert_eq!(crate::visits::sweep::erase(&site.state, later(33)).await.unwrap(), 0);
    let erased = &site.get("/api/v1/visits?site=kcn", &manager).await.json()["items"][0];
    assert_eq!(
        [&erased["name"], &erased["contact"], &erased["plate"], &erased["people"]],
        [&json!(""), &json!(null), &json!(null), &json!(2)]
    );
    assert!(erased["erased_at"].is_string());
    assert!(site.state.store.gate_entries(&site.state.data_key, KCN).await.unwrap().is_empty());
}

#[tokio::test]
async fn figures_add_up_and_say_what_they_do_not_hold() {
    let site = park().await;
    let (store, cookie) = (&site.state.store, site.cookie(Role::IocOperator, &[]).await);
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond().to_string();
    for (id, kind, people, vehicles, moment) in [
        ("1", "person", "5", "0", "2026-11-20T01:10:00Z"),
        ("2", "person", "3", "0", "2026-11-21T01:10:00Z"),
        ("3", "person", "-2", "0", "2026-11-21T02:10:00Z"),
        ("4", "vehicle", "0", "1", "2026-11-21T02:20:00Z"),
        ("5", "correction", "-1", "0", "2026-11-21T02:30:00Z"),
    ] {
        store
            .put("insert into movements (movement_id, site, area, gate, kind, inwards, people, vehicles, at_ms, source, source_id)
                values ($1, 'kcn', 'trong', 'cong-1', $2, 1, cast($3 as bigint), cast($4 as bigint), cast($5 as bigint), 'access', $1)",
                &[id, kind, people, vehicles, &at(moment)])
            .await;
    }
    store
        .put("insert into corrections values ('5', 'kcn', 'cong-1', 'trong', -1, 0, 'an', 'miscount', null, cast($1 as bigint), 'desk')", &[&at("2026-11-21T02:30:00Z")])
        .await;
    store
        .put("insert into camera_outages values ('kcn', 'cong', cast($1 as bigint), cast($2 as bigint), 'unreachable')", &[&at("2026-11-21T02:00:00Z"), &at("2026-11-21T02:03:00Z")])
        .await;
    let day = site.get("/api/v1/figures?site=kcn&from=2026-11-21&to=2026-11-21&by=day", &cookie).await.json();
    let day = &day[0];
    assert_eq!(
        [&day["gate"], &day["people_in"], &day["people_out"], &day["vehicles_in"]],
        [&json!("cong-1"), &json!(3), &json!(2), &json!(1)]
    );
    assert_eq!([&day["inside_people"], &day["inside_vehicles"]], [&json!(5 + 3 - 2 - 1), &json!(1)]);
    assert_eq!(
        [&day["corrections"][0]["people"], &day["corrections"][0]["user"]],
        [&json!(-1), &json!("an")]
    );
    assert_eq!(day["loss"]["note_vi"], "0 mất, 0 trễ, camera cong mất kết nối 3 phút");
    let hours = site.get("/api/v1/figures?site=kcn&from=2026-11-21&to=2026-11-21", &cookie).await.json();
    let hours = hours.as_array().unwrap();
    let sum = |field: &str| hours.iter().map(|hour| hour[field].as_i64().unwrap()).sum::<i64>();
    assert_eq!((hours.len(), sum("people_in"), sum("people_out"), sum("vehicles_in")), (24, 3, 2, 1));
    assert_eq!(hours[23]["inside_people"], day["inside_people"]);
    let report = site.get("/api/v1/reports/daily?site=kcn&period=2026-11-21", &cookie).await.json();
    assert_eq!([&report["rows"][0]["people_in"], &report["total"]["most_inside"]], [&json!(3), &json!(8)]);
    for format in ["csv", "xlsx"] {
        let file = site
            .get(&format!("/api/v1/reports/daily?site=kcn&period=2026-11-21&format={format}"), &cookie)
            .await;
        let table = crate::tables::read(&file.bytes).unwrap();
        let total = table.rows.iter().find(|(_, cells)| cells[0].typed() == "Lượt người vào").unwrap();
        assert_eq!(total.1[1].typed(), "3", "{format}");
    }
    let month = site.get("/api/v1/reports/monthly?site=kcn&period=2026-10", &cookie).await.json();
    assert_eq!([&month["due"], &month["total"]["people_in"]], [&json!(null), &json!(0)]);
    assert_eq!(
        site.get("/api/v1/reports/monthly?site=kcn&period=2026", &cookie).await.problem(),
        "bad_period"
    );
}

#[tokio::test]
async fn a_correction_at_central_stands_beside_what_was_counted() {
    let site = park().await;
    let manager = site.cookie(Role::SiteManager, &[]).await;
    let ask = |gate: &str, people: i64| json!({ "site": KCN, "gate": gate, "people": people, "reason": "miscount", "note": " đếm lại " });
    let made = site.call("POST", "/api/v1/corrections", &manager, Some(ask("cong-1", 4))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&made.bytes));
    assert_eq!(
        [&made.json()["area"], &made.json()["source"], &made.json()["note"]],
        [&json!("trong"), &json!("central"), &json!("đếm lại")]
    );
    let bad = site.call("POST", "/api/v1/corrections", &manager, Some(ask("cong-9", 0))).await;
    assert_eq!((bad.problem().as_str(), bad.json()["problems"].as_array().unwrap().len()), ("bad_fields", 2));
    let day = site.get("/api/v1/figures?site=kcn&by=day", &manager).await.json();
    assert_eq!(
        [&day[0]["people_in"], &day[0]["inside_people"], &day[0]["corrections"][0]["people"]],
        [&json!(0), &json!(4), &json!(4)]
    );
    assert_eq!(site.state.store.people_in_area(KCN, "trong").await.unwrap(), 4);
    let guard = site.cookie(Role::GateOperator, &[]).await;
    assert_eq!(
        site.call("POST", "/api/v1/corrections", &guard, Some(ask("cong-1", 4))).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn a_crowd_at_train_time_raises_one_alert_that_names_the_train() {
    let site = park().await;
    let manager = site.cookie(Role::SiteManager, &[]).await;
    let csv = "Tàu;Giờ đến;Giờ đi\nSE1;08:00;08:05\nSE3;25:00;\n";
    let fields = [("mode", "preview"), ("site", KCN)];
    let preview =
        site.upload("/api/v1/timetable/import", &manager, &fields, Some(csv.as_bytes())).await.json();
    assert_eq!(
        [&preview["rows"], &preview["new"], &preview["errors"][0]["code"]],
        [&json!(2), &json!(1), &json!("bad_time")]
    );
    let fields = [("mode", "apply"), ("site", KCN), ("skip_errors", "true")];
    assert_eq!(
        site.upload("/api/v1/timetable/import", &manager, &fields, Some(csv.as_bytes())).await.json()["applied"],
        true
    );
    let plan = json!({ "zones": [{ "zone": "ke-1", "name_vi": "Ke 1", "name_en": "Platform 1", "warn": 50, "most": 80, "train_minutes": 20, "train_most": 150 }] });
    let saved = site.call("PUT", "/api/v1/crowding?site=kcn", &manager, Some(plan.clone())).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", String::from_utf8_lossy(&saved.bytes));
    let stale = json!({ "zones": [], "if_version": 7 });
    assert_eq!(
        site.call("PUT", "/api/v1/crowding?site=kcn", &manager, Some(stale)).await.problem(),
        "changed_meanwhile"
    );
    let late = json!({ "train": "SE1", "date": "2026-11-21", "minutes": 60 });
    assert_eq!(
        site.call("PUT", "/api/v1/timetable/delays?site=kcn", &manager, Some(late)).await.status,
        StatusCode::NO_CONTENT
    );
    // Two minutes with 160 people while the late train comes, at nine.
    for minute in ["2026-11-21T01:55:00Z", "2026-11-21T01:56:00Z", "2026-11-21T01:57:00Z"] {
        let at: jiff::Timestamp = minute.parse().unwrap();
        site.state
            .store
            .put("insert into zone_counts values ('kcn', 'cong', 'ke-1', cast($1 as bigint), 160, 150.0, 60.0)", &[&at.as_millisecond().to_string()])
            .await;
        let now = at + jiff::SignedDuration::from_secs(62);
        crate::crowding::watch::once(&site.state, now).await.unwrap();
        crate::crowding::watch::once(&site.state, now).await.unwrap();
    }
    let alerts = site.get("/api/v1/alerts", &manager).await.json();
    let alerts: Vec<_> = alerts["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| alert["title_vi"].as_str().or(alert["title"].as_str()).unwrap_or_default().to_owned())
        .collect();
    assert_eq!(alerts, ["Mật độ đông: Ke 1, giờ tàu SE1"]);
}

#[tokio::test]
async fn exports_need_a_purpose_leave_a_trace_and_hold_no_credentials() {
    let site = park().await;
    let manager = site.cookie(Role::SiteManager, &[]).await;
    site.state
        .store
        .put_passage(&crate::store::fixtures::Passage { id: "p", site: KCN, captured_at_ms: 1, plate: None })
        .await;
    site.state.store.put_background("p", KCN).await;
    let path = "/api/v1/exports/events?site=kcn&from=1970-01-01T00:00:00Z&to=1970-01-02T00:00:00Z";
    assert_eq!(
        site.get(&format!("{path}&format=ndjson&purpose=x"), &manager).await.problem(),
        "purpose_needed"
    );
    let lines = site.get(&format!("{path}&format=ndjson&purpose=Thanh+tra+123"), &manager).await;
    assert_eq!(lines.status, StatusCode::OK, "{}", String::from_utf8_lossy(&lines.bytes));
    let line: Value =
        serde_json::from_slice(lines.bytes.split(|byte| *byte == b'\n').next().unwrap()).unwrap();
    assert_eq!([&line["id"], &line["kind"]], [&json!("p"), &json!("vehicle")]);
    let csv = site.get(&format!("{path}&format=csv&purpose=Thanh+tra+123"), &manager).await;
    assert_eq!(crate::tables::read(&csv.bytes).unwrap().rows.len(), 2);
    site.state.store.put("update cameras set stream_url = 'rtsp://10.0.0.2/1' where site = $1", &[KCN]).await;
    let streams = site.get("/api/v1/exports/streams?site=kcn&purpose=camera+tinh", &manager).await.json();
    assert_eq!(streams[0]["rtsp_url"], "rtsp://10.0.0.2/1");
    let preview =
        site.preview(&manager, "may-10", "Họ tên;Hộ chiếu;Quốc tịch\nKim Min Jun;M12345678;KOR\n").await;
    site.apply(&manager, &preview, false).await;
    let police = site.cookie(Role::TrafficPolice, &[]).await;
    let list = site.get("/api/v1/exports/residents?site=kcn&purpose=CV+12/CAP", &police).await.json();
    assert_eq!(
        [&list[0]["name"], &list[0]["number"], &list[0]["country"]],
        [&json!("Kim Min Jun"), &json!("M12345678"), &json!("KOR")]
    );
    let admin = site.cookie(Role::Admin, &[]).await;
    for (action, purpose) in [
        ("export.events", "Thanh tra 123"),
        ("export.streams", "camera tinh"),
        ("export.residents", "CV 12/CAP"),
    ] {
        let rows = site.get(&format!("/api/v1/audit?action={action}"), &admin).await.json();
        assert_eq!(rows["items"][0]["purpose"], purpose);
    }
}
