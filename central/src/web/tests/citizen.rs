//! The citizen's page as a browser meets it: handlings that went their way, and people who may see one of them and not the other.

mod joined;
mod others;

use std::io::Cursor;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use futures_util::future::BoxFuture;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, ImageReader, Rgb, RgbImage};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use wire::Digest;
use wire::gate::VneidWord;
use wire::violation::Kind;

use super::super::citizen::{Door, Shared};
use super::{Reply, Site, cookie_of};
use crate::handling::desk;
use crate::handling::machine::{Event, NewParty, Outcome};
use crate::handling::open::Confirmed;
use crate::handling::record::{Vehicle, What};
use crate::handling::services::{Answered, Call, Outside};
use crate::handling::{Actor, Handling, PartyKind, State as Stands, Who};
use crate::law::day_of;
use crate::registers::vehreg::AskError;
use crate::registers::vneid::SignIn;
use crate::store::handling::{Person, Sealed, Tried, random_ref};

const AN: &str = "037090001234";
const BINH: &str = "037090001235";
const SIZE: (u32, u32) = (640, 360);
/// The accused vehicle, pixels.
const OWN: [u32; 4] = [240, 140, 140, 110];
/// Another vehicle.
const OTHER: [u32; 4] = [40, 180, 120, 90];

/// Says what the token itself says: `level number`, or a word.
#[derive(Debug)]
struct Vneid;

impl Door for Vneid {
    fn whose<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<SignIn, AskError>> {
        Box::pin(async move {
            let (level, number) = token.split_once(' ').unwrap_or(("", token));
            let result = match token {
                "EXPIRED" => VneidWord::Expired,
                "REPLAYED" => VneidWord::Replayed,
                _ if level.is_empty() => VneidWord::Invalid,
                _ => VneidWord::Valid,
            };
            Ok(SignIn {
                result,
                level: level.parse().ok(),
                id_number: Some(number.to_owned()),
                display_name: Some("NGUYỄN VĂN MẪU".to_owned()),
                txn_id: None,
            })
        })
    }
}

/// Everything outside goes well; papers are really made.
#[derive(Debug)]
struct World {
    state: crate::app::State,
    owner: &'static str,
}

impl Outside for World {
    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Answered> {
        Box::pin(async move {
            let n = call.order.n;
            let done = |reference: String, said: Value| Outcome::Done { reference: Some(reference), said };
            match &call.order.what {
                What::OwnerLookup => Answered {
                    outcome: Outcome::Owner {
                        status: "found".into(),
                        owner: Some(NewParty { kind: self.kind(), licence: false }),
                        doubts: Vec::new(),
                    },
                    owner: Some(Person {
                        kind: self.kind(),
                        name: "Nguyễn Văn Mẫu".into(),
                        id_number: self.owner.into(),
                        address: "Thôn 1, xã Gia Vân".into(),
                        licence_no: None,
                        licence_class: None,
                    }),
                    key: None,
                    licence: None,
                },
                What::Document { paper, .. } => done(self.paper(paper, &call).await, Value::Null).into(),
                What::Bill { .. } => {
                    done(format!("HD-{n}"), json!({ "payUrl": format!("https://portal.example/HD-{n}") }))
                        .into()
                }
                What::Points { points, .. } => done(
                    "P-1".into(),
                    json!({ "result": "DEDUCTED", "before": 12, "taken": points, "after": 12 - points }),
                )
                .into(),
                _ => done(format!("no-{}-{n}", call.h.id), json!({})).into(),
            }
        })
    }
}

impl World {
    /// Citizens have numbers of twelve digits.
    fn kind(&self) -> PartyKind {
        if self.owner.len() == 12 { PartyKind::Person } else { PartyKind::Org }
    }

    async fn paper(&self, paper: &str, call: &Call<'_>) -> String {
        let issue = crate::documents::Issue {
            kind: paper.to_owned(),
            case_id: call.h.id.clone(),
            number: format!("{paper}-{}-{}", call.h.number, call.order.n),
            issued_on: day_of(Timestamp::now()),
            unit: "Phòng Cảnh sát giao thông".into(),
            plate_masked: None,
            signer: "Trần Văn Dũng".into(),
            signed_by: "binh".into(),
            law_version: 1,
            fields: crate::documents::tests::fields(1),
        };
        crate::documents::issue(&self.state, issue, 5).await.unwrap().document_id
    }
}

/// Stripes as narrow as strokes of a plate: whatever is made unreadable turns grey.
fn frame() -> Vec<u8> {
    let picture = RgbImage::from_fn(SIZE.0, SIZE.1, |x, _| Rgb([if x / 2 % 2 == 0 { 20 } else { 235 }; 3]));
    let mut bytes = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 100)).unwrap();
    bytes
}

/// How far neighbouring pixels are apart on average within a box.
fn contrast(jpeg: &[u8], [x, y, w, h]: [u32; 4]) -> u32 {
    let picture =
        ImageReader::with_format(Cursor::new(jpeg), ImageFormat::Jpeg).decode().unwrap().into_rgb8();
    assert_eq!(picture.dimensions(), SIZE);
    let pixels = (y + 8..y + h - 8).flat_map(|row| (x + 8..x + w - 10).map(move |column| (column, row)));
    let apart = |(x, y): (u32, u32)| {
        u32::from(picture.get_pixel(x, y).0[0].abs_diff(picture.get_pixel(x + 2, y).0[0]))
    };
    let (sum, count) = pixels.fold((0, 0), |(sum, count), at| (sum + apart(at), count + 1));
    sum / count
}

/// Central with a page for citizens.
async fn page() -> Site {
    let site = Site::new().await;
    site.state.store.load_laws(&site.state.laws, 1).await.unwrap();
    let shared = Shared::asking(Some(Arc::new(Vneid)));
    let people = super::super::people::Shared::asking(None);
    Site { router: super::super::with(site.state.clone(), people, shared), ..site }
}

/// A handling that goes its way.
struct Way<'a> {
    site: &'a Site,
    id: String,
    case_ref: String,
    world: World,
}

impl<'a> Way<'a> {
    /// A confirmed case, whose owner is known.
    async fn open(site: &'a Site, n: usize, owner: &'static str) -> Self {
        let store = &site.state.store;
        let at = Timestamp::now() - SignedDuration::from_hours(48);
        let case_id = format!("case-{n}");
        let confirmed = Confirmed {
            case_id: case_id.clone(),
            case_number: format!("VP-2026-00000{n}"),
            kind: "red_light".into(),
            behaviour: "car.red_light".into(),
            at,
            site: "nut-1".into(),
            camera: "cam-1".into(),
            place_vi: "Nút giao 1".into(),
            vehicle: Vehicle::seen("35A12345", Some("white"), "car"),
            doubts: Vec::new(),
            judged_by: vec!["chinh".into()],
        };
        store.put_confirmed(&confirmed).await;
        evidence(site, &case_id, at).await;
        let law = site.state.laws.on(day_of(at));
        let h =
            store.open_handling(confirmed, "PC08", &law, Timestamp::now()).await.unwrap().unwrap().unwrap();
        let (_, case_ref) = store.handling_of_case(&case_id).await.unwrap().unwrap();
        let way = Self { site, id: h.id, case_ref, world: World { state: site.state.clone(), owner } };
        way.look().await;
        way
    }

    /// The same with its notice delivered.
    async fn noticed(site: &'a Site, n: usize, owner: &'static str) -> Self {
        let way = Self::open(site, n, owner).await;
        way.act(Who::Officer, "an", "draft_notice", json!({})).await;
        way.act(Who::Signer, "binh", "sign_notice", json!({})).await;
        assert_eq!(way.now().await.state, Stands::NoticeSent);
        way
    }

    /// From the confirmed violation to the signed decision.
    async fn decided(&self) {
        self.act(Who::Officer, "an", "draft_minutes", json!({})).await;
        self.act(Who::Signer, "binh", "sign_minutes", json!({})).await;
        if self.now().await.state == Stands::Explanation {
            self.act(Who::Officer, "an", "waive_explanation", json!({ "reason": "không giải trình" })).await;
        }
        let h = self.now().await;
        let law = desk::law_of(&self.site.state.laws, &h);
        let behaviour = law.behaviour("car.red_light", day_of(h.acts[0].at)).unwrap();
        let amount = (behaviour.fine_low + behaviour.fine_high) / 2;
        let acts = json!({ "acts": [{ "case_id": h.acts[0].case_id, "amount": amount }] });
        self.act(Who::Officer, "an", "draft_decision", acts).await;
        self.act(Who::Signer, "binh", "sign_decision", json!({})).await;
    }

    async fn act(&self, who: Who, name: &str, step: &str, fields: Value) {
        let actor =
            Actor { name: name.into(), who, rank: Some("provincial_director".into()), unit: "PC08".into() };
        // Past the trial print of a signature, which needs a whole unit with its accounts: papers here are those of `World`.
        let code = (step == "sign_notice").then(|| random_ref()[..10].to_uppercase());
        let sealed = Sealed { code, ..Sealed::default() };
        let event = Event::Action { name: step.into(), fields, party: None };
        let tried =
            desk::step(&self.site.state, &self.id, &actor, Timestamp::now(), event, sealed).await.unwrap();
        assert!(matches!(tried, Tried::Done(_)), "{step}: {tried:?}");
        self.look().await;
    }

    async fn look(&self) {
        desk::look(&self.site.state, &self.world, &self.id, Timestamp::now()).await.unwrap();
    }

    async fn now(&self) -> Handling {
        self.site.state.store.handling(&self.id).await.unwrap().unwrap()
    }

    fn path(&self) -> String {
        format!("/api/v1/citizen/cases/{}", self.case_ref)
    }
}

/// Gives a case a frame, a plate, and an overlay that knows two vehicles.
async fn evidence(site: &Site, case_id: &str, at: Timestamp) {
    let mut sample = crate::cases::testing::sample(Kind::RedLight, "car", "35A12345", at);
    let norm = |[x, y, w, h]: [u32; 4]| {
        [
            x as f32 / SIZE.0 as f32,
            y as f32 / SIZE.1 as f32,
            w as f32 / SIZE.0 as f32,
            h as f32 / SIZE.1 as f32,
        ]
    };
    let last = sample.violation.moments.last().unwrap().stream_s;
    let overlay = json!({ "v": 1, "track": 17, "drawn": [], "frames": [{ "stream_s": last, "signals": [], "objects": [
        { "track": 17, "class": "car", "box": norm(OWN) }, { "track": 18, "class": "car", "box": norm(OTHER) }] }] });
    sample.violation.picture = [SIZE.0, SIZE.1];
    sample.violation.bbox = OWN.map(|value| value as i32);
    for moment in &mut sample.violation.moments {
        moment.bbox = OWN.map(|value| value as i32);
        moment.evidence = None;
    }
    let mut files = Vec::new();
    for (role, media_type, bytes) in [
        ("act", "image/jpeg", frame()),
        ("plate", "image/jpeg", frame()),
        ("overlay", "application/json", overlay.to_string().into_bytes()),
    ] {
        // The plate's bytes must be others than the frame's.
        let bytes = if role == "plate" { [bytes, vec![0]].concat() } else { bytes };
        let sha256 = Digest::of(&bytes);
        files.push(json!({ "sha256": sha256, "role": role, "media_type": media_type, "bytes": bytes.len(), "width": SIZE.0, "height": SIZE.1 }));
        site.state.evidence.put(sha256, bytes.into()).await.unwrap();
        if role == "act" {
            sample.violation.moments.last_mut().unwrap().evidence = Some(sha256);
        }
    }
    let (violation, files) = (serde_json::to_string(&sample.violation).unwrap(), json!(files).to_string());
    let text = "update cases set violation = $2, evidence = $3 where case_id = $1";
    site.state.store.put(text, &[case_id, &violation, &files]).await;
}

impl Site {
    async fn come(&self, token: &str) -> Reply {
        self.call("POST", "/api/v1/citizen/session", "", Some(json!({ "token": token }))).await
    }

    async fn citizen(&self, number: &str) -> String {
        let reply = self.come(&format!("2 {number}")).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", String::from_utf8_lossy(&reply.bytes));
        cookie_of(&reply)
    }

    async fn form(&self, path: &str, cookie: &str, text: &str, files: &[(&str, Vec<u8>)]) -> Reply {
        let mut body =
            format!("--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n{text}\r\n").into_bytes();
        for (name, bytes) in files {
            body.extend(
                format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n").bytes(),
            );
            body.extend(bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--x--\r\n");
        let request = Request::builder().method("POST").uri(path).header("x-requested-with", "vong-gac");
        let request = request
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}

#[tokio::test]
async fn somebody_sees_the_own_case_and_a_foreign_one_is_as_if_it_were_not_there() {
    let site = page().await;
    let (own, foreign) = (Way::noticed(&site, 1, AN).await, Way::noticed(&site, 2, BINH).await);
    let came = site.come(&format!("2 {AN}")).await;
    assert_eq!(
        (came.json()["name_masked"].clone(), came.json()["level"].clone()),
        (json!("NGUYỄN V. M."), json!(2))
    );
    let set = came.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    for word in ["vg_citizen=", "HttpOnly", "SameSite=Strict", "Path=/api/v1/citizen"] {
        assert!(set.contains(word), "{set}");
    }
    let cookie = cookie_of(&came);
    let items = site.get("/api/v1/citizen/cases", &cookie).await.json()["items"].clone();
    assert_eq!(items.as_array().unwrap().len(), 1);
    assert_eq!(
        (&items[0]["ref"], &items[0]["state"], &items[0]["next_step"]),
        (&json!(own.case_ref), &json!("notice_sent"), &json!("answer"))
    );
    assert!(items[0]["due_at"].is_string() && items[0]["amount"].is_null());

    let found = site.get(&own.path(), &cookie).await.json();
    assert_eq!(found["law"][0]["points"], 4);
    assert_eq!(
        (&found["may"]["confirm"], &found["may"]["pay"], &found["together"]),
        (&json!(true), &json!(false), &json!(1))
    );
    assert_eq!(
        (&found["steps"][0]["code"], &found["steps"][0]["done"], &found["steps"][1]["done"]),
        (&json!("noticed"), &json!(true), &json!(false))
    );
    assert_eq!(found["documents"][0]["kind"], "notice");
    assert_eq!(found["pictures"].as_array().unwrap().len(), 2);
    let text = found.to_string();
    assert!(
        !text.contains("case-1")
            && !text.contains("VP-2026")
            && !text.contains(&own.id)
            && !text.contains("Gia Vân"),
        "{text}"
    );
    let n = found["documents"][0]["n"].as_u64().unwrap();
    let paper = site.get(&format!("{}/documents/{n}", own.path()), &cookie).await;
    assert!(paper.bytes.starts_with(b"%PDF-") && paper.headers[header::CONTENT_TYPE] == "application/pdf");

    // Foreign, unknown, malformed, too long: one answer, at one time, whatever is asked.
    let mut answers = Vec::new();
    let names = [foreign.case_ref.as_str(), "0123456789abcdefghjkmnpqrs", "x", "%27%20or%201=1", "case-1"];
    for name in names {
        for rest in ["", "/pictures/0", "/documents/1"] {
            let begun = std::time::Instant::now();
            let reply = site.get(&format!("/api/v1/citizen/cases/{name}{rest}"), &cookie).await;
            assert!(begun.elapsed().as_millis() >= 250, "{name}{rest}: {:?}", begun.elapsed());
            assert_eq!(reply.status, StatusCode::NOT_FOUND);
            answers.push(reply.bytes);
        }
        let reply = site.call("POST", &format!("/api/v1/citizen/cases/{name}/confirm"), &cookie, None).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
        answers.push(reply.bytes);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(foreign.now().await.state, Stands::NoticeSent);
    // A picture or paper that the own case does not have is answered alike too.
    assert_eq!(site.get(&format!("{}/pictures/9", own.path()), &cookie).await.bytes, answers[0]);
    assert_eq!(site.get(&own.path(), "").await.problem(), "not_signed_in");
}

#[tokio::test]
async fn nobody_sees_a_case_before_the_notice_went_out() {
    let site = page().await;
    let way = Way::open(&site, 1, AN).await;
    assert_eq!(way.now().await.state, Stands::OwnerFound);
    let cookie = site.citizen(AN).await;
    assert_eq!(site.get("/api/v1/citizen/cases", &cookie).await.json()["items"], json!([]));
    assert_eq!(site.get(&way.path(), &cookie).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_notice_s_code_lets_its_holder_look_and_no_more() {
    let site = page().await;
    let way = Way::noticed(&site, 1, AN).await;
    let store = &site.state.store;
    let code = store.notice_code(&site.state.data_key, &way.id, 1).await.unwrap().unwrap();
    let number = way.now().await.notice.unwrap().number.unwrap();
    let (asked, session) = (&site, "/api/v1/citizen/session");
    let ask = |number: &str, code: &str| {
        asked.call("POST", session, "", Some(json!({ "decision_or_notice_no": number, "code": code })))
    };
    let wrong_code = ask(&number, "K7PM4QXD9T").await;
    let wrong_number = ask("000099/2026/TB-PC08", &code).await;
    assert_eq!((wrong_code.status, wrong_code.problem().as_str()), (StatusCode::UNAUTHORIZED, "bad_code"));
    assert_eq!(wrong_code.bytes, wrong_number.bytes);
    let came = ask(&format!(" {} ", number.to_lowercase()), &format!("{}-{}", &code[..5], &code[5..])).await;
    assert_eq!(
        (came.json()["level"].clone(), came.json()["name_masked"].clone()),
        (json!(0), json!("Nguyễn V. M."))
    );
    let cookie = cookie_of(&came);
    let found = site.get(&way.path(), &cookie).await.json();
    assert_eq!((&found["ref"], &found["may"]["confirm"]), (&json!(way.case_ref), &json!(false)));
    for (what, body) in [
        ("confirm", None),
        ("driver", Some(json!({ "name": "Trần Văn Lái", "id_number": BINH, "address": "Thôn 2" }))),
        ("pay", None),
    ] {
        let reply = site.call("POST", &format!("{}/{what}", way.path()), &cookie, body).await;
        assert_eq!(
            (reply.status, reply.problem().as_str()),
            (StatusCode::FORBIDDEN, "vneid_level"),
            "{what}"
        );
    }
    let reply = site
        .form(&format!("{}/dispute", way.path()), &cookie, "Tôi không đồng ý với vi phạm này.", &[])
        .await;
    assert_eq!(reply.problem(), "vneid_level");
    // Nor may an account of level 1.
    let level_1 = cookie_of(&site.come(&format!("1 {AN}")).await);
    let reply = site.call("POST", &format!("{}/confirm", way.path()), &level_1, None).await;
    assert_eq!(reply.problem(), "vneid_level");
    assert_eq!(way.now().await.state, Stands::NoticeSent);
}

#[tokio::test]
async fn confirming_takes_the_step_once() {
    let site = page().await;
    let way = Way::noticed(&site, 1, AN).await;
    let cookie = site.citizen(AN).await;
    let confirm = format!("{}/confirm", way.path());
    let done = site.call("POST", &confirm, &cookie, None).await;
    assert_eq!((done.status, done.json()["state"].clone()), (StatusCode::OK, json!("acknowledged")));
    assert_eq!(
        (done.json()["may"]["confirm"].clone(), done.json()["steps"][1]["done"].clone()),
        (json!(false), json!(true))
    );
    let again = site.call("POST", &confirm, &cookie, None).await;
    assert_eq!((again.status, again.problem().as_str()), (StatusCode::CONFLICT, "stale"));
    let log = site.state.store.handling_log(&way.id).await.unwrap();
    let line = log.iter().find(|line| line.what == "confirm").unwrap();
    assert_eq!((line.actor.as_str(), line.role.as_str()), ("citizen", "citizen"));
}

#[tokio::test]
async fn a_named_driver_is_checked_kept_sealed_and_sees_nothing_before_a_notice() {
    let site = page().await;
    let way = Way::noticed(&site, 1, AN).await;
    let cookie = site.citizen(AN).await;
    let path = format!("{}/driver", way.path());
    for bad in [
        json!({ "name": "T", "id_number": BINH, "address": "Thôn 2" }),
        json!({ "name": "Trần Văn Lái", "id_number": "12", "address": "Thôn 2" }),
        json!({ "name": "Trần Văn Lái", "id_number": BINH, "address": "" }),
        json!({ "name": "Trần Văn Lái" }),
        json!({ "name": "Trần Văn Lái", "id_number": BINH, "address": "Thôn 2", "kind": "org" }),
    ] {
        let reply = site.call("POST", &path, &cookie, Some(bad.clone())).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    assert_eq!(way.now().await.state, Stands::NoticeSent);
    let named = json!({ "name": "Trần Văn Lái", "id_number": "037090 001235", "licence_no": "370123456789", "address": "Thôn 2, xã Gia Vân" });
    let done = site.call("POST", &path, &cookie, Some(named)).await;
    assert_eq!(done.json()["state"], "driver_named");
    assert!(
        !done.json().to_string().contains("Lái")
            && !serde_json::to_string(&way.now().await).unwrap().contains("Lái")
    );
    let driver = site.citizen(BINH).await;
    assert_eq!(site.get(&way.path(), &driver).await.status, StatusCode::NOT_FOUND);
    // Once the driver is liable, the owner still sees that it went on, and nothing of the driver.
    way.act(Who::Officer, "an", "accept_driver", json!({ "reason": "đã xác minh" })).await;
    let former = site.get(&way.path(), &cookie).await.json();
    assert_eq!(
        (&former["state"], &former["may"]["confirm"], &former["documents"]),
        (&json!("passed_on"), &json!(false), &json!([]))
    );
    way.act(Who::Officer, "an", "draft_notice", json!({})).await;
    way.act(Who::Signer, "binh", "sign_notice", json!({})).await;
    assert_eq!(site.get(&way.path(), &driver).await.json()["state"], "notice_sent");
    let reply = site.call("POST", &format!("{}/confirm", way.path()), &cookie, None).await;
    assert_eq!(reply.problem(), "stale", "the owner does not answer for the driver");
}

#[tokio::test]
async fn files_of_another_kind_or_too_many_or_too_large_are_refused_and_nothing_is_lost() {
    let site = page().await;
    let way = Way::noticed(&site, 1, AN).await;
    let cookie = site.citizen(AN).await;
    let path = format!("{}/dispute", way.path());
    let words = "Lúc đó tôi nhường đường cho xe cứu thương.";
    let pdf = || b"%PDF-1.7\n1 0 obj".to_vec();
    let refused = [
        (words, vec![("a.pdf", b"MZ\x90\0\x03".to_vec())], 415, "bad_type"),
        (words, vec![("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec())], 415, "bad_type"),
        (words, vec![("a.pdf", pdf()), ("b.pdf", Vec::new())], 415, "bad_type"),
        (words, vec![("a.pdf", [pdf(), vec![b' '; 5 * 1024 * 1024]].concat())], 413, "too_large"),
        (words, vec![("a.pdf", vec![b' '; 30 * 1024 * 1024])], 413, "too_large"),
        (words, vec![("a.pdf", pdf()); 6], 422, "too_many_files"),
        ("ngắn", vec![("a.pdf", pdf())], 422, "bad_fields"),
    ];
    for (text, files, status, code) in refused {
        let reply = site.form(&path, &cookie, text, &files).await;
        assert_eq!((reply.status.as_u16(), reply.problem().as_str()), (status, code), "{}", files[0].0);
    }
    let store = &site.state.store;
    assert_eq!(way.now().await.state, Stands::NoticeSent);
    assert!(store.handling_attachments(&way.id).await.unwrap().is_empty());
    // The same words with good files go through, five of full size too.
    let full = [pdf(), vec![b' '; 5 * 1024 * 1024 - pdf().len()]].concat();
    let files = [
        ("../Hợp đồng.exe", frame()),
        ("b", full.clone()),
        ("c", full.clone()),
        ("d", full.clone()),
        ("e", full),
    ];
    let done = site.form(&path, &cookie, words, &files).await;
    assert_eq!(done.status, StatusCode::OK, "{}", String::from_utf8_lossy(&done.bytes));
    assert_eq!(done.json()["state"], "disputed");
    let kept = store.handling_attachments(&way.id).await.unwrap();
    let first = kept.iter().find(|file| file.media_type == "image/jpeg").unwrap();
    assert_eq!((kept.len(), first.name.as_str()), (5, "Hop-dong.jpg"));
    let (_, bytes) =
        store.attachment(&site.state.data_key, &way.id, &first.attachment_id).await.unwrap().unwrap();
    assert_eq!(bytes, frame());
    let texts = store.handling_answers(&site.state.data_key, &way.id).await.unwrap();
    assert_eq!(texts[0].1, words);
}

#[tokio::test]
async fn copies_show_the_own_vehicle_and_nobody_else_and_never_the_original() {
    let site = page().await;
    let way = Way::noticed(&site, 1, AN).await;
    let cookie = site.citizen(AN).await;
    let pictures = site.get(&way.path(), &cookie).await.json()["pictures"].clone();
    assert_eq!((&pictures[0]["role"], &pictures[0]["what"]), (&json!("act"), &json!("past_line")));
    let copy = site.get(&format!("{}/pictures/{}", way.path(), pictures[0]["n"]), &cookie).await;
    assert_eq!(
        (copy.status, copy.headers[header::CONTENT_TYPE].to_str().unwrap()),
        (StatusCode::OK, "image/jpeg")
    );
    assert_eq!(copy.headers[header::CACHE_CONTROL], "no-store");
    assert_ne!(copy.bytes, frame());
    assert!(contrast(&frame(), OTHER) > 150);
    assert!(contrast(&copy.bytes, OWN) > 150, "own vehicle: {}", contrast(&copy.bytes, OWN));
    assert!(contrast(&copy.bytes, OTHER) < 40, "other vehicle: {}", contrast(&copy.bytes, OTHER));
    assert!(contrast(&copy.bytes, [450, 60, 150, 100]) < 60, "whom no detector saw");
    // The overlay and the originals have no address here.
    assert_eq!(site.get(&format!("{}/pictures/2", way.path()), &cookie).await.status, StatusCode::NOT_FOUND);
    let sha256 = Digest::of(&frame());
    assert_eq!(
        site.get(&format!("/api/v1/evidence/{sha256}"), &cookie).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_fine_is_paid_on_the_portal_and_the_receipt_is_there() {
    let site = page().await;
    let way = Way::noticed(&site, 1, AN).await;
    let cookie = site.citizen(AN).await;
    let pay = format!("{}/pay", way.path());
    assert_eq!(site.call("POST", &pay, &cookie, None).await.problem(), "stale", "nothing is owed yet");
    site.call("POST", &format!("{}/confirm", way.path()), &cookie, None).await;
    way.decided().await;
    let found = site.get(&way.path(), &cookie).await.json();
    let owed = found["payment"]["to_pay"].as_i64().unwrap();
    assert_eq!(
        (&found["may"]["pay"], &found["amount"], &found["payment"]["amount"]),
        (&json!(true), &json!(owed), &json!(owed))
    );
    let page = site.call("POST", &pay, &cookie, None).await.json();
    assert!(page["pay_url"].as_str().unwrap().starts_with("https://portal.example/HD-"), "{page}");
    assert_eq!(site.call("POST", &pay, &cookie, None).await.json(), page, "the same bill again");
    let bill = page["bill"].as_str().map(str::to_owned);
    let event = Event::Paid { receipt: "BL-1".into(), amount: owed, at: Timestamp::now(), bill };
    desk::step(&site.state, &way.id, &Actor::system("PC08"), Timestamp::now(), event, Sealed::default())
        .await
        .unwrap();
    way.look().await;
    let found = site.get(&way.path(), &cookie).await.json();
    assert_eq!(
        (&found["payment"]["paid"], &found["payment"]["to_pay"], &found["may"]["pay"]),
        (&json!(true), &json!(0), &json!(false))
    );
    let papers = found["documents"].as_array().unwrap();
    let kinds: Vec<_> = papers.iter().map(|paper| paper["kind"].as_str().unwrap()).collect();
    assert_eq!((kinds.contains(&"decision"), kinds.contains(&"receipt")), (true, true), "{kinds:?}");
    let n = &papers[kinds.iter().position(|kind| *kind == "receipt").unwrap()]["n"];
    let receipt = site.get(&format!("{}/documents/{n}", way.path()), &cookie).await;
    assert!(receipt.bytes.starts_with(b"%PDF-"));
    assert_eq!(site.call("POST", &pay, &cookie, None).await.problem(), "stale");
}

#[tokio::test]
async fn a_session_ends_when_it_stands_idle_or_its_citizen_goes() {
    let site = page().await;
    let cookie = site.citizen(AN).await;
    let cases = "/api/v1/citizen/cases";
    assert_eq!(site.get(cases, &cookie).await.status, StatusCode::OK);
    site.state.store.put("update citizen_sessions set used_at_ms = used_at_ms - 14 * 60000", &[]).await;
    assert_eq!(
        site.get(cases, &cookie).await.status,
        StatusCode::OK,
        "14 minutes are no idleness, and it is used now"
    );
    site.state.store.put("update citizen_sessions set used_at_ms = used_at_ms - 16 * 60000", &[]).await;
    assert_eq!(site.get(cases, &cookie).await.problem(), "not_signed_in");
    let cookie = site.citizen(AN).await;
    site.state.store.put("update citizen_sessions set made_at_ms = made_at_ms - 121 * 60000", &[]).await;
    assert_eq!(site.get(cases, &cookie).await.problem(), "not_signed_in", "two hours at most");
    let cookie = site.citizen(AN).await;
    assert_eq!(
        site.call("DELETE", "/api/v1/citizen/session", &cookie, None).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(site.get(cases, &cookie).await.problem(), "not_signed_in");
    assert_eq!(site.get(cases, "vg_citizen=x").await.problem(), "not_signed_in");
    // An officer's cookie opens nothing here, nor the citizen's anything there.
    let officer = site.cookie(crate::auth::Role::TrafficPolice, &["nut-1"]).await;
    assert_eq!(site.get(cases, &officer).await.problem(), "not_signed_in");
    assert_eq!(site.get("/api/v1/handlings", &site.citizen(AN).await).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_address_tries_looks_and_answers_only_so_often() {
    let site = page().await;
    for word in ["EXPIRED", "REPLAYED", "nonsense"] {
        assert_eq!(site.come(word).await.status, StatusCode::UNAUTHORIZED);
    }
    let cookie = site.citizen(AN).await;
    // What cannot be understood counts too.
    for _ in 0..6 {
        site.call("POST", "/api/v1/citizen/session", "", Some(json!({ "token": 1 }))).await;
    }
    let reply = site.come(&format!("2 {AN}")).await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
    assert!(reply.headers.contains_key(header::RETRY_AFTER));
    let most = site.state.config.handling.looks;
    for _ in 0..most {
        assert_eq!(site.get("/api/v1/citizen/cases", &cookie).await.status, StatusCode::OK);
    }
    assert_eq!(site.get("/api/v1/citizen/cases", &cookie).await.status, StatusCode::TOO_MANY_REQUESTS);
    for _ in 0..site.state.config.handling.answers {
        site.call("POST", "/api/v1/citizen/cases/x/confirm", "", None).await;
    }
    let reply = site.call("POST", "/api/v1/citizen/cases/x/confirm", &cookie, None).await;
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_closed_page_and_a_vneid_that_is_away_say_so() {
    let site = Site::with(|config| {
        config.data.min_free_mib = 0;
        config.handling.citizens = false;
    })
    .await;
    assert_eq!(site.come("2 1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.get("/api/v1/citizen/cases", "").await.status, StatusCode::NOT_FOUND);
    let site = Site::new().await;
    let reply = site.come("2 1").await;
    assert_eq!((reply.status, reply.problem().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "vneid_away"));
    for both in [json!({}), json!({ "token": "x", "code": "y" }), json!({ "code": "y" })] {
        let reply = site.call("POST", "/api/v1/citizen/session", "", Some(both)).await;
        assert_eq!(reply.problem(), "bad_fields");
    }
}
