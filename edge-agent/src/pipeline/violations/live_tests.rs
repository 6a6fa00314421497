//! A real camera over RTSP: what it sends becomes the clip of an event, byte for byte, and the overlay lies on it frame by frame.

use std::time::{Duration, Instant};

use promises::cameras::{CameraServer, Codec, Mount, Scene as Shows};
use tokio_util::sync::CancellationToken;
use wire::violation::Overlay;

use super::*;
use crate::camera::{FrameSource, Next, RtspSource, StreamConfig};

/// The machine may be busy; nothing here waits this long when it works.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs a camera until its finding is an event; also one of its frames as it was analysed.
fn event_of(server: &CameraServer, camera: &str) -> (Draft, Frame) {
    let config = StreamConfig { analysis_fps: 10.0, latency_ms: 50, ..StreamConfig::new(server.url(camera)) };
    let mut source = RtspSource::start(camera, config, CancellationToken::new()).unwrap();
    let mut desk = desk().with_witness(Witness { ring: Some(source.ring()), clock: None });
    let mut moments: Vec<(CaptureTime, u64)> = Vec::new();
    let mut act_frame = None;
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let Next::Frame(frame) = source.next_frame(Duration::from_secs(5)) else { continue };
        let now_s = frame.captured.stream_s;
        desk.note(&frame, &changes(now_s), &signals(now_s));
        if now_s >= 6.0 && moments.len() < 3 {
            moments.push((frame.captured, frame.index));
            if moments.len() == 3 {
                act_frame =
                    Some(Frame { picture: super::super::super::shots::copy(&frame), ..frame.clone() });
                let mut finding = finding(7, [0.0, 0.0, 0.0]);
                for (moment, (captured, index)) in finding.moments.iter_mut().zip(&moments) {
                    (moment.stream_s, moment.at, moment.frame) = (captured.stream_s, captured.at, *index);
                    moment.signal = signals(captured.stream_s).0.pop();
                }
                desk.found(finding);
            }
        }
        if let Some(draft) = desk.due(frame.captured, |_| None).pop() {
            return (draft, act_frame.unwrap());
        }
    }
    panic!("{camera}: no event, {:?}", source.stats());
}

#[test]
fn the_clip_of_a_live_camera_can_be_played_and_the_overlay_lies_on_it() {
    let mounts =
        vec![Mount::new("avc", Shows::Moving(Codec::H264)), Mount::new("hevc", Shows::Moving(Codec::H265))];
    let server = CameraServer::on_free_port(mounts, None).unwrap();
    let (server, cameras) = (&server, [("avc", "h264"), ("hevc", "h265")]);
    std::thread::scope(|scope| {
        let runs = cameras.map(|(camera, codec)| (codec, scope.spawn(move || event_of(server, camera))));
        for (codec, run) in runs {
            let (draft, act_frame) = run.join().unwrap();
            check_event(codec, &draft, &act_frame);
        }
    });
}

fn check_event(codec: &str, draft: &Draft, act_frame: &Frame) {
    let told = violation(draft);
    assert!(
        !told.missing.iter().any(|need| need == "clip" || need == "overlay" || need == "act"),
        "{codec}: {:?}, {:?}",
        told.missing,
        told.clip
    );
    let clip = told.clip.as_ref().unwrap();
    assert_eq!((clip.codec.as_str(), clip.original), (codec, true));
    let lasts_s = clip.to.duration_since(clip.from).as_secs_f64();
    assert!((8.0..=14.0).contains(&lasts_s), "{codec}: {lasts_s} s");
    let mp4 = &file(draft, EvidenceRole::Clip).bytes;
    assert!(mp4.len() <= MAX_CLIP_BYTES);
    let played = crate::camera::played(mp4).unwrap();
    assert_eq!(played.codec, codec);
    assert!(played.first_is_key, "{codec}");
    assert!((played.lasts_s - lasts_s).abs() < 0.1, "{codec}: plays {} s of {lasts_s}", played.lasts_s);
    // Every analysed frame of the clip is in the overlay, and its time is a frame's time of the clip.
    let overlay: Overlay = serde_json::from_slice(&file(draft, EvidenceRole::Overlay).bytes).unwrap();
    let offsets: Vec<f64> = overlay.frames.iter().map(|frame| frame.stream_s - clip.stream_s).collect();
    // How many a second, the machine decides: the test camera encodes on it too.
    assert!(offsets.len() as f64 >= lasts_s, "{codec}: {} overlay frames", offsets.len());
    assert!(played.frames >= offsets.len(), "{codec}: {} frames", played.frames);
    for offset in &offsets {
        let nearest = played.times.iter().map(|time| (time - offset).abs()).fold(f64::MAX, f64::min);
        assert!(nearest <= 0.02, "{codec}: {offset} is {nearest} s from the nearest frame");
    }
    // The frame that was analysed at the act is the clip's frame at that place, pixel by pixel.
    let place_s = act_frame.captured.stream_s - clip.stream_s;
    let shown = played.picture_at(place_s).unwrap();
    let row = |picture: &I420, y: usize| picture.y()[y * picture.strides[0]..][..320].to_vec();
    assert!(
        (0..240).all(|y| row(&shown, y) == row(&act_frame.picture, y)),
        "{codec}: another frame at {place_s}"
    );
    let act = &told.moments[2];
    assert!(told.timeline.iter().any(|span| span.from <= act.at && act.at <= span.to), "no hole at the act");
}
