//! The law's tables and papers as a browser meets them.

use axum::http::StatusCode;
use jiff::civil::date;
use serde_json::{Value, json};

use super::Site;
use crate::auth::Role;
use crate::documents::{Fields, Issue, IssueError, issue};

fn day_off(day: &str) -> Value {
    json!({ "op": "put", "table": "holidays", "row": { "kind": "off", "title_vi": "Nghỉ bù", "title_en": "Day off",
        "valid_from": day, "valid_to": day, "legal_basis": "Thông báo", "confidence": "H" } })
}

fn proposal(changes: &[Value]) -> Value {
    json!({ "valid_from": "2999-01-01", "note": "Thông báo nghỉ bù", "changes": changes })
}

#[tokio::test]
async fn one_account_proposes_another_approves_and_every_version_is_kept() {
    let site = Site::new().await;
    site.state.store.load_laws(&site.state.laws, 1).await.unwrap();
    let officer = site.cookie(Role::TrafficPolice, &["kcn"]).await;
    let signer = site.cookie(Role::PoliceSigner, &["kcn"]).await;
    let body = proposal(&[day_off("2026-12-24")]);
    let mut preview = body.clone();
    preview["preview"] = true.into();
    let reply = site.call("POST", "/api/v1/law/changes", &officer, Some(preview)).await;
    assert_eq!((reply.status, reply.json()["state"].clone()), (StatusCode::OK, json!("preview")));
    assert_eq!(site.get("/api/v1/law/changes", &officer).await.json(), json!([]), "a preview stores nothing");

    let made = site.call("POST", "/api/v1/law/changes", &officer, Some(body)).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    let made = made.json();
    assert_eq!((&made["differences"][0]["kind"], &made["may_decide"]), (&json!("added"), &json!(false)));
    let path = format!("/api/v1/law/changes/{}", made["id"].as_str().unwrap());
    let approve = format!("{path}/approve");
    let denied = site.call("POST", &approve, &officer, Some(json!({ "if_version": 1 }))).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    assert_eq!(site.get(&path, &signer).await.json()["may_decide"], true);
    let stale = site.call("POST", &approve, &signer, Some(json!({ "if_version": 0 }))).await;
    assert_eq!((stale.status, stale.problem().as_str()), (StatusCode::CONFLICT, "stale"));
    let done = site.call("POST", &approve, &signer, Some(json!({ "if_version": 1 }))).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.json());
    let done = done.json();
    assert_eq!((&done["version"], &done["valid_from"]), (&json!(2), &json!("2999-01-01")));
    assert_eq!(
        (&done["proposed_by"], &done["approved_by"]),
        (&json!("traffic.police1"), &json!("police.signer1"))
    );
    let again = site.call("POST", &approve, &signer, Some(json!({ "if_version": 2 }))).await;
    assert_eq!(again.problem(), "decided");

    // It has not begun: today is computed with the first, and both can be asked for.
    let laws = &site.state.laws;
    assert_eq!(laws.on(date(2026, 12, 1)).version(), 1);
    assert_eq!(laws.on(date(2999, 1, 1)).version(), 2);
    assert!(laws.version(1).unwrap().is_working_day(date(2026, 12, 24)));
    assert!(!laws.version(2).unwrap().is_working_day(date(2026, 12, 24)));
    let versions = site.get("/api/v1/law/versions", &officer).await.json();
    assert_eq!(versions.as_array().unwrap().len(), 2);
    assert_eq!(versions[0]["differences"][0]["table"], "holidays");
    // Another process reads the same.
    let other = crate::law::Laws::default();
    site.state.store.load_laws(&other, 9).await.unwrap();
    assert_eq!(other.newest().edition(), laws.newest().edition());
}

#[tokio::test]
async fn nobody_approves_or_rejects_what_they_proposed_themselves() {
    let site = Site::new().await;
    site.state.store.load_laws(&site.state.laws, 1).await.unwrap();
    let signer = site.cookie(Role::PoliceSigner, &["kcn"]).await;
    let made =
        site.call("POST", "/api/v1/law/changes", &signer, Some(proposal(&[day_off("2026-12-24")]))).await;
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let (approve, reject) =
        (format!("/api/v1/law/changes/{id}/approve"), format!("/api/v1/law/changes/{id}/reject"));
    let own = site.call("POST", &approve, &signer, Some(json!({ "if_version": 1 }))).await;
    assert_eq!((own.status, own.problem().as_str()), (StatusCode::FORBIDDEN, "own_change"));
    let own = site.call("POST", &reject, &signer, Some(json!({ "reason": "x" }))).await;
    assert_eq!(own.problem(), "own_change");
    for role in [Role::GateOperator, Role::IocOperator, Role::SiteManager, Role::TrafficPolice] {
        let other = site.cookie(role, &["kcn"]).await;
        let reply = site.call("POST", &approve, &other, Some(json!({ "if_version": 1 }))).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let admin = site.cookie(Role::Admin, &[]).await;
    let silent = site.call("POST", &reject, &admin, Some(json!({ "reason": " " }))).await;
    assert_eq!(silent.problem(), "bad_fields");
    let reply = site.call("POST", &reject, &admin, Some(json!({ "reason": "chưa có văn bản" }))).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert_eq!(
        site.get(&format!("/api/v1/law/changes/{id}"), &signer).await.json()["reason"],
        "chưa có văn bản"
    );
    assert_eq!(site.state.laws.newest().version(), 1);
    let rows = site.state.store.audit_of("law_change", &id, 9).await.unwrap();
    let actions: Vec<_> = rows.iter().map(|row| row.action.as_str()).collect();
    assert_eq!(actions, ["law.reject", "law.propose"]);
}

#[tokio::test]
async fn a_bad_change_is_refused_with_every_problem_at_once() {
    let site = Site::new().await;
    let officer = site.cookie(Role::TrafficPolice, &["kcn"]).await;
    let law = site.get("/api/v1/law?on=2026-11-21", &officer).await.json();
    let row =
        law["tables"]["behaviours"].as_array().unwrap().iter().find(|row| row["key"] == "car.red_light");
    let mut row = row.unwrap().clone();
    row["fine_low"] = (-1).into();
    row["points"] = 13.into();
    row["legal_basis"] = "".into();
    row["valid_from"] = "2027-01-01".into();
    let mut body = proposal(&[json!({ "op": "put", "table": "behaviours", "row": row })]);
    body["valid_from"] = "2020-01-01".into();
    body["note"] = " ".into();
    let reply = site.call("POST", "/api/v1/law/changes", &officer, Some(body)).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "bad_law"));
    let json = reply.json();
    let mut codes: Vec<_> =
        json["problems"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["bad_fine", "bad_points", "no_basis", "no_note", "overlap", "past"]);
    assert!(json["problems"][0]["vi"].is_string());
}

#[tokio::test]
async fn tables_are_read_as_of_a_day() {
    let site = Site::new().await;
    let ioc = site.cookie(Role::IocOperator, &["kcn"]).await;
    let one = |list: Value| {
        let rows = list.as_array().unwrap().clone();
        rows.into_iter().find(|row| row["key"] == "car.obscured_plate").unwrap()
    };
    let before = one(site.get("/api/v1/law/behaviours?on=2026-08-14", &ioc).await.json());
    let after = one(site.get("/api/v1/law/behaviours?on=2026-08-15", &ioc).await.json());
    assert_ne!(before["text_vi"], after["text_vi"]);
    assert_eq!(site.get("/api/v1/law/caps?on=2026-08-14", &ioc).await.json(), json!([]));
    assert_eq!(site.get("/api/v1/law/caps?on=2026-08-15", &ioc).await.json().as_array().unwrap().len(), 8);
    let holidays = site.get("/api/v1/law/holidays?on=2026-01-01", &ioc).await.json();
    assert!(
        holidays
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["valid_from"].as_str().unwrap().starts_with("2026"))
    );
    assert!(site.get("/api/v1/law/deadlines", &ioc).await.json().as_array().unwrap().len() > 10);
    assert_eq!(site.get("/api/v1/law?version=7", &ioc).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get("/api/v1/law/behaviours?on=never", &ioc).await.problem(), "bad_query");
    assert_eq!(site.get("/api/v1/law", "").await.status, StatusCode::UNAUTHORIZED);
}

fn receipt(number: &str) -> Issue {
    let texts = [
        ("unit", "PHÒNG CẢNH SÁT GIAO THÔNG"),
        ("unit_name", "Phòng Cảnh sát giao thông"),
        ("unit_code", "PC08"),
        ("place", "Ninh Bình"),
        ("to_name", "Nguyễn Văn Mẫu"),
        ("to_address", "Thôn 1, xã Gia Vân"),
        ("decision_number", "1/QĐ"),
        ("decision_date", "ngày 01/12/2026"),
        ("amount", "19.000.000 đồng"),
        ("paid", "19.000.000 đồng"),
        ("paid_words", "Mười chín triệu đồng"),
        ("paid_at", "10 giờ 00 phút, ngày 05/12/2026"),
        ("bill_code", "HD-1"),
        ("receipt_number", "BL-1"),
        ("plate", "35A-123.45"),
        ("signer_title", "TRƯỞNG PHÒNG"),
    ];
    Issue {
        kind: "receipt".into(),
        case_id: "h-1".into(),
        number: number.into(),
        issued_on: date(2026, 12, 5),
        unit: "Phòng Cảnh sát giao thông".into(),
        plate_masked: Some("35A-***.45".into()),
        signer: "Trần Văn Dũng".into(),
        signed_by: "signer".into(),
        law_version: 1,
        fields: texts.into_iter().fold(Fields::new(), |fields, (name, value)| fields.text(name, value)),
    }
}

#[tokio::test]
async fn a_paper_is_verified_by_everybody_and_tells_nothing_personal() {
    let site = Site::new().await;
    let row = issue(&site.state, receipt("1/XN"), 5).await.unwrap();
    let pdf = crate::documents::read(&site.state, &row).await.unwrap();
    assert_eq!(wire::Digest::of(&pdf).to_string(), row.sha256);
    let path = format!("/api/v1/public/documents/{}", row.document_id.to_uppercase());
    let shown = site.get(&path, "").await.json();
    assert_eq!(
        (&shown["number"], &shown["state"], &shown["plate_masked"], &shown["issued_on"]),
        (&json!("1/XN"), &json!("valid"), &json!("35A-***.45"), &json!("2026-12-05"))
    );
    let text = shown.to_string();
    assert!(
        !text.contains("Mẫu")
            && !text.contains("Gia Vân")
            && !text.contains("h-1")
            && !text.contains("123.45")
    );
    // The signature is central's, over this document's digest.
    let sealed = wire::Sealed::parse(shown["signature"].as_str().unwrap().as_bytes(), 10_000).unwrap();
    let body: Value = serde_json::from_slice(sealed.verify(&site.state.key.public()).unwrap()).unwrap();
    assert_eq!((&body["sha256"], &body["document"]), (&json!(row.sha256), &json!(row.document_id)));

    let check = format!("{path}/check");
    let asked = |sha256: String| site.call("POST", &check, "", Some(json!({ "sha256": sha256 })));
    assert_eq!(asked(row.sha256.to_uppercase()).await.json()["same"], true);
    assert_eq!(asked("0".repeat(64)).await.json()["same"], false);
    assert_eq!(asked("x".into()).await.problem(), "bad_sha256");

    assert!(site.state.store.end_document(&row.document_id, None, "nhầm", 9).await.unwrap());
    assert!(!site.state.store.end_document(&row.document_id, None, "lại", 9).await.unwrap());
    assert_eq!(site.get(&path, "").await.json()["state"], "voided");
}

#[tokio::test]
async fn unknown_papers_are_answered_alike_and_an_address_asks_only_so_often() {
    let site = Site::new().await;
    let mut bodies = Vec::new();
    for id in ["aaaaaaaaaaaaaaaaaaaaaaaaaa", "no-id", "%27%20or%201=1"] {
        let begun = std::time::Instant::now();
        let reply = site.get(&format!("/api/v1/public/documents/{id}"), "").await;
        assert!(begun.elapsed().as_millis() >= 250, "{:?}", begun.elapsed());
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
        bodies.push(reply.bytes);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
    let many = (0..40).map(|_| site.get("/api/v1/public/documents/aaaaaaaaaaaaaaaaaaaaaaaaaa", ""));
    let replies = futures_util::future::join_all(many).await;
    assert!(replies.iter().any(|reply| reply.status == StatusCode::TOO_MANY_REQUESTS));
}

#[tokio::test]
async fn a_paper_without_its_fields_or_with_a_taken_number_is_not_issued() {
    let site = Site::new().await;
    let mut bad = receipt("1/XN");
    bad.fields = Fields::new();
    let error = issue(&site.state, bad, 5).await.unwrap_err().to_string();
    assert!(
        error.contains("to_name") && error.contains("paid_words") && !error.contains("document_id"),
        "{error}"
    );
    issue(&site.state, receipt("1/XN"), 5).await.unwrap();
    assert!(matches!(issue(&site.state, receipt("1/XN"), 6).await, Err(IssueError::NumberTaken { .. })));
    assert_eq!(site.state.store.documents_of("h-1").await.unwrap().len(), 1);
}
