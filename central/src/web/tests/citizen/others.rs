//! What is not one's own: somebody else's answer. And organisations, which have no account at VNeID.

use super::*;

#[tokio::test]
async fn what_somebody_else_was_told_and_answered_is_no_step_of_one_s_own() {
    let site = page().await;
    let way = Way::noticed(&site, 1, AN).await;
    let (owner, driver) = (site.citizen(AN).await, site.citizen(BINH).await);
    let named = json!({ "name": "Trần Văn Lái", "id_number": BINH, "address": "Thôn 2, xã Gia Vân" });
    let reply = site.call("POST", &format!("{}/driver", way.path()), &owner, Some(named)).await;
    assert_eq!(reply.status, StatusCode::OK);
    way.act(Who::Officer, "an", "accept_driver", json!({ "reason": "đã xác minh" })).await;
    way.act(Who::Officer, "an", "draft_notice", json!({})).await;
    way.act(Who::Signer, "binh", "sign_notice", json!({})).await;
    let steps = async |cookie: &str| site.get(&way.path(), cookie).await.json()["steps"].clone();
    let of_driver = steps(&driver).await;
    assert_eq!(of_driver[0]["done"], true, "{of_driver}");
    assert_eq!(
        (&of_driver[1]["code"], &of_driver[1]["done"], &of_driver[1]["at"]),
        (&json!("answered"), &json!(false), &Value::Null),
        "the owner's answer is not the driver's"
    );
    let of_owner = steps(&owner).await;
    assert_eq!((&of_owner[0]["done"], &of_owner[0]["at"]), (&json!(true), &Value::Null), "{of_owner}");
    assert_eq!(of_owner[1]["done"], true);
}

#[tokio::test]
async fn an_organisation_pays_with_the_number_and_code_of_its_notice_and_does_no_more() {
    let site = page().await;
    let way = Way::noticed(&site, 1, "0101234567").await;
    let code = site.state.store.notice_code(&site.state.data_key, &way.id, 1).await.unwrap().unwrap();
    let number = way.now().await.notice.unwrap().number.unwrap();
    let key = json!({ "decision_or_notice_no": number, "code": code });
    let came = site.call("POST", "/api/v1/citizen/session", "", Some(key)).await;
    let cookie = cookie_of(&came);
    let pay = format!("{}/pay", way.path());
    assert_eq!(site.call("POST", &pay, &cookie, None).await.problem(), "stale", "nothing is owed yet");
    way.act(Who::Officer, "an", "record_acknowledged", json!({})).await;
    way.decided().await;
    let may = site.get(&way.path(), &cookie).await.json()["may"].clone();
    assert_eq!((&may["pay"], &may["confirm"], &may["explain"]), (&json!(true), &json!(false), &json!(false)));
    let page = site.call("POST", &pay, &cookie, None).await.json();
    assert!(page["pay_url"].as_str().unwrap().starts_with("https://portal.example/HD-"), "{page}");
    let reply = site.call("POST", &format!("{}/confirm", way.path()), &cookie, None).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::FORBIDDEN, "vneid_level"));
}
