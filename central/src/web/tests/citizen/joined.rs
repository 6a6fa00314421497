//! Two handlings become one, and both notices are on their way or on somebody's table: each goes on opening what it was about.

use super::*;

const SESSION: &str = "/api/v1/citizen/session";

/// Number and code as a notice prints them.
async fn printed(site: &Site, way: &Way<'_>) -> (String, String) {
    let h = way.now().await;
    let code = site.state.store.notice_code(&site.state.data_key, &way.id, h.liable.unwrap()).await;
    (h.notice.unwrap().number.unwrap(), code.unwrap().unwrap())
}

async fn come(site: &Site, (number, code): &(String, String)) -> Reply {
    let body = json!({ "decision_or_notice_no": number, "code": code });
    site.call("POST", SESSION, "", Some(body)).await
}

async fn join(site: &Site, into: &Way<'_>, from: &Way<'_>) {
    let actor = Actor { name: "an".into(), who: Who::Officer, rank: None, unit: "PC08".into() };
    let joined = desk::join(&site.state, &into.id, &from.id, &actor, Timestamp::now()).await.unwrap();
    assert!(matches!(joined, Tried::Done(_)), "{joined:?}");
}

async fn public(site: &Site, document: &str) -> Value {
    let reply = site.get(&format!("/api/v1/public/documents/{document}"), "").await;
    assert_eq!(reply.status, StatusCode::OK);
    reply.json()
}

#[tokio::test]
async fn the_notice_of_a_joined_handling_still_opens_its_case_and_says_where_it_went() {
    let site = page().await;
    let (kept, gone) = (Way::noticed(&site, 1, AN).await, Way::noticed(&site, 2, AN).await);
    let (paper, other) = (printed(&site, &gone).await, printed(&site, &kept).await);
    let document = gone.now().await.notice.unwrap().document.unwrap();
    assert_eq!(public(&site, &document).await["joined_into"], Value::Null);
    let before = come(&site, &paper).await.json();
    assert_eq!(before["joined_into"], Value::Null);
    join(&site, &kept, &gone).await;
    let number = kept.now().await.number;

    // The QR code on the paper.
    let shown = public(&site, &document).await;
    assert_eq!((&shown["state"], &shown["joined_into"]), (&json!("valid"), &json!(number)));
    let text = shown.to_string();
    assert!(!text.contains("Mẫu") && !text.contains(AN) && !text.contains("35A-123.45"), "{text}");

    // Its number and code: the case that it was about, and no other.
    let came = come(&site, &paper).await;
    assert_eq!(came.status, StatusCode::OK, "{}", String::from_utf8_lossy(&came.bytes));
    assert_eq!(
        (&came.json()["joined_into"], &came.json()["name_masked"]),
        (&json!(number), &before["name_masked"])
    );
    let cookie = cookie_of(&came);
    let items = site.get("/api/v1/citizen/cases", &cookie).await.json()["items"].clone();
    assert_eq!(items.as_array().unwrap().len(), 1, "{items}");
    assert_eq!((&items[0]["ref"], &items[0]["joined_into"]), (&json!(gone.case_ref), &json!(number)));
    let case = site.get(&gone.path(), &cookie).await.json();
    assert_eq!((&case["state"], &case["joined_into"]), (&json!("notice_sent"), &json!(number)));
    assert_eq!(case["documents"], json!([]), "the other notice is not theirs to read with this one");
    assert_eq!(site.get(&kept.path(), &cookie).await.status, StatusCode::NOT_FOUND);

    // The notice of the handling that goes on is as before, and VNeID shows both cases.
    assert_eq!(come(&site, &other).await.json()["joined_into"], Value::Null);
    let citizen = site.citizen(AN).await;
    let items = site.get("/api/v1/citizen/cases", &citizen).await.json()["items"].clone();
    assert_eq!(items.as_array().unwrap().len(), 2, "{items}");
    assert!(items.as_array().unwrap().iter().all(|one| one["joined_into"].is_null()));
    // Somebody else's number with this code is wrong, as ever.
    assert_eq!(come(&site, &(other.0, paper.1)).await.problem(), "bad_code");
}

#[tokio::test]
async fn papers_made_after_handlings_were_joined_are_for_the_holder_of_either_notice() {
    let site = page().await;
    let (kept, gone) = (Way::noticed(&site, 1, AN).await, Way::noticed(&site, 2, AN).await);
    let paper = printed(&site, &gone).await;
    join(&site, &kept, &gone).await;
    kept.act(Who::Officer, "an", "record_acknowledged", json!({})).await;
    kept.act(Who::Officer, "an", "draft_minutes", json!({})).await;
    kept.act(Who::Signer, "binh", "sign_minutes", json!({})).await;
    let cookie = cookie_of(&come(&site, &paper).await);
    let papers = site.get(&gone.path(), &cookie).await.json()["documents"].clone();
    let kinds: Vec<&Value> = papers.as_array().unwrap().iter().map(|one| &one["kind"]).collect();
    assert_eq!(kinds, [&json!("minutes")]);
    let pdf = site.get(&format!("{}/documents/{}", gone.path(), papers[0]["n"]), &cookie).await;
    assert!(pdf.status == StatusCode::OK && pdf.bytes.starts_with(b"%PDF-"));
}

#[tokio::test]
async fn a_handling_that_was_joined_twice_is_found_where_it_is_now() {
    let site = page().await;
    let (one, two) = (Way::noticed(&site, 1, AN).await, Way::noticed(&site, 2, AN).await);
    let three = Way::noticed(&site, 3, AN).await;
    let paper = printed(&site, &three).await;
    let document = three.now().await.notice.unwrap().document.unwrap();
    join(&site, &two, &three).await;
    join(&site, &one, &two).await;
    let number = one.now().await.number;
    assert_eq!(public(&site, &document).await["joined_into"], json!(number));
    let came = come(&site, &paper).await;
    assert_eq!(came.json()["joined_into"], json!(number));
    let items = site.get("/api/v1/citizen/cases", &cookie_of(&came)).await.json()["items"].clone();
    assert_eq!(items.as_array().unwrap().len(), 1);
    assert_eq!(items[0]["ref"], json!(three.case_ref));
}

#[tokio::test]
async fn who_answered_before_handlings_were_joined_still_sees_that_it_went_on() {
    let site = page().await;
    let (kept, gone) = (Way::noticed(&site, 1, BINH).await, Way::noticed(&site, 2, AN).await);
    // Number of the first notice as it was issued: the file carries a later one by then.
    let first = site.state.store.documents_of(&gone.id).await.unwrap().remove(0).number;
    let paper = (first, printed(&site, &gone).await.1);
    let owner = site.citizen(AN).await;
    let driver = json!({ "name": "Trần Văn Lái", "id_number": BINH, "address": "Thôn 2, xã Gia Vân" });
    let named = site.call("POST", &format!("{}/driver", gone.path()), &owner, Some(driver)).await;
    assert_eq!(named.status, StatusCode::OK);
    gone.act(Who::Officer, "an", "accept_driver", json!({ "reason": "đã xác minh" })).await;
    gone.act(Who::Officer, "an", "draft_notice", json!({})).await;
    gone.act(Who::Signer, "binh", "sign_notice", json!({})).await;
    join(&site, &kept, &gone).await;
    for cookie in [owner, cookie_of(&come(&site, &paper).await)] {
        let case = site.get(&gone.path(), &cookie).await.json();
        assert_eq!((&case["state"], &case["documents"]), (&json!("passed_on"), &json!([])), "{case}");
        assert!(!case.to_string().contains("Lái"));
        assert_eq!(site.get(&kept.path(), &cookie).await.status, StatusCode::NOT_FOUND);
    }
}
