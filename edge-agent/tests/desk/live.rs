use std::sync::Arc;
use std::time::{Duration, Instant};

use edge_agent::detection::ObjectClass;
use edge_agent::frame::{CaptureTime, Frame, TimeSource};
use edge_agent::geometry::{BBox, Point};
use edge_agent::track::TrackView;
use edge_agent::vision::Rgb;
use futures_util::{SinkExt as _, StreamExt as _};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use wire::gate::Verdict;
use wire::status::CameraWord;

use crate::fake::CURRENT;
use crate::gate_list::PIN_AN;
use crate::support::Served;

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

async fn open(desk: &Served, lane: &str, cookie: &str, origin: Option<&str>) -> Result<Socket, Error> {
    let mut request =
        format!("ws://{}/api/lanes/{lane}/live", desk.address).into_client_request().expect("a request");
    request.headers_mut().insert("cookie", cookie.parse().expect("a value"));
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().expect("a value"));
    }
    tokio_tungstenite::connect_async(request).await.map(|(socket, _)| socket)
}

async fn cookie(desk: &Served) -> String {
    let response = desk.visitor().sign_in("an", PIN_AN).await;
    let cookie = response.headers()["set-cookie"].to_str().expect("text").to_owned();
    cookie.split(';').next().expect("a pair").to_owned()
}

async fn next(socket: &mut Socket) -> Message {
    let message = tokio::time::timeout(Duration::from_secs(5), socket.next()).await.expect("in time");
    message.expect("open").expect("a message")
}

async fn state(socket: &mut Socket) -> Value {
    match next(socket).await {
        Message::Text(text) => serde_json::from_str(&text).expect("JSON"),
        other => panic!("{other:?} in place of a state"),
    }
}

/// Header and picture of a message.
fn taken_apart(message: Message) -> (Value, Rgb) {
    let Message::Binary(bytes) = message else { panic!("{message:?} in place of a picture") };
    let length = u32::from_le_bytes(bytes[..4].try_into().expect("four bytes")) as usize;
    let header = serde_json::from_slice(&bytes[4..4 + length]).expect("a header");
    (header, Rgb::decode(&bytes[4 + length..]).expect("a whole JPEG"))
}

fn frame(size: (u32, u32), second: f64, grey: u8) -> Frame {
    let captured = CaptureTime {
        at: Timestamp::now(),
        uncertainty_ms: 5,
        source: TimeSource::Arrival,
        stream_s: second,
    };
    Frame { index: 0, captured, picture: Rgb::filled(size.0, size.1, [grey; 3]).to_i420() }
}

fn track(id: u64, bbox: [f32; 4]) -> TrackView {
    let [x, y, w, h] = bbox;
    TrackView {
        id,
        bbox: BBox { x, y, w, h },
        class: ObjectClass::Car,
        class_score: 0.9,
        score: 0.9,
        detection: Some(0),
        confirmed: true,
        first_s: 0.0,
        last_s: 0.0,
        frames: 5,
        velocity: Point { x: 0.0, y: 0.0 },
    }
}

/// Feeds frames until told to stop, like a pipeline does.
fn run_camera(desk: &Served, every: Duration) -> tokio::task::JoinHandle<()> {
    let tap = desk.tap.clone();
    tokio::spawn(async move {
        for n in 0_u32.. {
            let shift = (n % 40) as f32 * 20.0;
            // The second box leaves the picture.
            let tracks =
                [track(5, [100.0 + shift, 400.0, 300.0, 200.0]), track(8, [1800.0, 900.0, 400.0, 400.0])];
            tap.look(&frame((1920, 1080), f64::from(n) / 10.0, (n % 200) as u8), &tracks);
            tokio::time::sleep(every).await;
        }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_pulls_whole_pictures_with_boxes_and_trails_inside_them() {
    let desk = Served::start().await;
    let cookie = cookie(&desk).await;
    let mut socket = open(&desk, "lan-1", &cookie, None).await.expect("opens");
    assert_eq!(state(&mut socket).await["camera_state"], "connecting");
    desk.gates.show(|view| {
        if let Some(case) = &mut view.gates[0].lanes[0].current {
            case.verdict = Verdict::Admit;
        }
    });
    let camera = run_camera(&desk, Duration::from_millis(100));
    let mut last = -1.0;
    for round in 0..6 {
        socket.send(Message::text("next")).await.expect("sent");
        let (header, picture) = taken_apart(next(&mut socket).await);
        assert_eq!((picture.width, picture.height), (960, 540));
        assert_eq!((&header["width"], &header["height"]), (&json!(960), &json!(540)));
        assert!(header["at"].as_str().is_some_and(|at| at.parse::<Timestamp>().is_ok()));
        let second = header["stream_s"].as_f64().expect("seconds");
        assert!(second > last, "{second} after {last}: never the same again");
        last = second;
        let tracks = header["tracks"].as_array().expect("tracks");
        assert_eq!(tracks.len(), 2);
        for track in tracks {
            let bbox: [i64; 4] = serde_json::from_value(track["box"].clone()).expect("four numbers");
            let [x, y, w, h] = bbox;
            assert!(x >= 0 && y >= 0 && w > 0 && h > 0 && x + w <= 960 && y + h <= 540, "{bbox:?}");
        }
        assert_eq!((&tracks[0]["access"], &tracks[0]["verdict"]), (&json!(CURRENT), &json!("admit")));
        assert_eq!((&tracks[0]["class"], &tracks[0]["confirmed"]), (&json!("car"), &json!(true)));
        assert!(tracks[1].get("access").is_none(), "no decision is about the other one");
        if round > 0 {
            let trail = header["trail"]["5"].as_array().expect("a trail");
            assert!(trail.len() >= 2, "{trail:?}");
        }
    }
    camera.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_camera_is_told_at_once_and_the_next_picture_comes_by_itself_when_it_is_back() {
    let desk = Served::start().await;
    let cookie = cookie(&desk).await;
    let mut socket = open(&desk, "lan-1", &cookie, None).await.expect("opens");
    state(&mut socket).await;
    desk.tap.say(CameraWord::Live, Timestamp::now());
    assert_eq!(state(&mut socket).await["camera_state"], "live");
    socket.send(Message::text("next")).await.expect("sent");
    let (begin, since) = (Instant::now(), Timestamp::now());
    desk.tap.say(CameraWord::Stale, since);
    let said = state(&mut socket).await;
    assert!(begin.elapsed() < Duration::from_secs(1));
    assert_eq!((&said["camera_state"], &said["since"]), (&json!("stale"), &json!(since)));
    desk.tap.look(&frame((640, 360), 1.0, 90), &[]);
    let (header, picture) = taken_apart(next(&mut socket).await);
    assert_eq!((picture.width, header["tracks"].as_array().map(Vec::len)), (640, Some(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_a_picture_that_was_made_for_another_viewer_long_ago() {
    let desk = Served::start().await;
    let cookie = cookie(&desk).await;
    let mut one = open(&desk, "lan-1", &cookie, None).await.expect("opens");
    let mut other = open(&desk, "lan-1", &cookie, None).await.expect("opens");
    state(&mut one).await;
    state(&mut other).await;
    desk.tap.look(&frame((640, 360), 1.0, 90), &[]);
    one.send(Message::text("next")).await.expect("sent");
    assert_eq!(taken_apart(next(&mut one).await).0["stream_s"], 1.0);
    desk.tap.look(&frame((640, 360), 2.0, 90), &[]);
    other.send(Message::text("next")).await.expect("sent");
    assert_eq!(taken_apart(next(&mut other).await).0["stream_s"], 2.0, "the newest");
    one.send(Message::text("next")).await.expect("sent");
    assert_eq!(taken_apart(next(&mut one).await).0["stream_s"], 2.0, "made once, for both");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fast_viewer_gets_at_most_fifteen_pictures_a_second_and_nothing_unasked() {
    let desk = Served::start().await;
    let cookie = cookie(&desk).await;
    let mut socket = open(&desk, "lan-1", &cookie, None).await.expect("opens");
    state(&mut socket).await;
    let camera = run_camera(&desk, Duration::from_millis(10));
    assert!(
        tokio::time::timeout(Duration::from_millis(300), socket.next()).await.is_err(),
        "nobody asked for a picture"
    );
    let begin = Instant::now();
    let mut pictures = 0;
    while begin.elapsed() < Duration::from_secs(1) {
        socket.send(Message::text("next")).await.expect("sent");
        assert!(matches!(next(&mut socket).await, Message::Binary(_)));
        pictures += 1;
    }
    assert!(pictures <= 17, "{pictures} in {:?}", begin.elapsed());
    camera.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_held_when_the_last_viewer_has_gone() {
    let desk = Served::start().await;
    let cookie = cookie(&desk).await;
    let mut socket = open(&desk, "lan-1", &cookie, None).await.expect("opens");
    state(&mut socket).await;
    let kept = frame((640, 360), 1.0, 90);
    desk.tap.look(&kept, &[]);
    assert!(Arc::strong_count(&kept.picture.data) > 1, "the viewer's");
    socket.close(None).await.expect("closes");
    let begin = Instant::now();
    while Arc::strong_count(&kept.picture.data) > 1 {
        assert!(begin.elapsed() < Duration::from_secs(5), "the frame is still held");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_picture_is_for_signed_in_guards_of_the_lane_on_the_desk_s_own_page() {
    let desk = Served::start().await;
    let own = cookie(&desk).await;
    let status = async |lane: &str, cookie: &str, origin: Option<&str>| match open(
        &desk, lane, cookie, origin,
    )
    .await
    {
        Err(Error::Http(response)) => response.status().as_u16(),
        Ok(_) => 101,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(status("lan-1", "vgdesk=guess", None).await, 401);
    assert_eq!(status("lan-3", &own, None).await, 404, "a lane of another gate");
    assert_eq!(status("lan-2", &own, None).await, 404, "a lane without a camera");
    assert_eq!(status("lan-1", &own, Some("http://evil.example")).await, 403);
    assert_eq!(status("lan-1", &own, Some(&format!("http://{}", desk.address))).await, 101);
    let plain = desk.an().await.get("/api/lanes/lan-1/live").await;
    assert!(plain.status().is_client_error(), "{}", plain.status());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_whose_session_ends_is_shown_nothing_more() {
    let desk = Served::start().await;
    let an = desk.visitor();
    let response = an.sign_in("an", PIN_AN).await;
    let cookie = response.headers()["set-cookie"].to_str().expect("text").to_owned();
    let mut socket =
        open(&desk, "lan-1", cookie.split(';').next().expect("a pair"), None).await.expect("opens");
    state(&mut socket).await;
    an.request(reqwest::Method::DELETE, "/api/session").send().await.expect("signed out");
    let closed = tokio::time::timeout(Duration::from_secs(8), socket.next()).await.expect("closed");
    assert!(matches!(closed, Some(Ok(Message::Close(Some(frame)))) if frame.reason == "signed_out"));
}
