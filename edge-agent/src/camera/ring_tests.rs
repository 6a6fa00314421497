use gstreamer_app::AppSink;
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::frame::TimeSource;

const FPS: f64 = 25.0;

/// Access units of a test picture, in decoding order, as a camera's parser gives them.
fn encode(encoder: &str, codec: &str, seconds: u32) -> Vec<gst::Sample> {
    gst::init().unwrap();
    let text = format!(
        "videotestsrc pattern=ball num-buffers={} ! video/x-raw,format=I420,width=320,height=240,framerate=25/1 ! {encoder} ! \
         {codec}parse config-interval=-1 ! video/x-{codec},stream-format=byte-stream,alignment=au ! appsink name=out sync=false",
        seconds * FPS as u32
    );
    let pipeline = gst::parse::launch(&text).unwrap().downcast::<gst::Pipeline>().unwrap();
    let sink = pipeline.by_name("out").unwrap().downcast::<AppSink>().unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let mut units = Vec::new();
    while let Ok(sample) = sink.pull_sample() {
        units.push(sample);
    }
    pipeline.set_state(gst::State::Null).unwrap();
    units
}

fn captured(stream_s: f64) -> CaptureTime {
    let at = Timestamp::from_second(1_700_000_000).unwrap() + SignedDuration::from_secs_f64(stream_s);
    CaptureTime { at, uncertainty_ms: 20, source: TimeSource::Arrival, stream_s }
}

/// Feeds a ring as a connection does; stream time begins at `begin_s`.
fn feed(ring: &Ring, units: &[gst::Sample], begin_s: f64) {
    ring.begin();
    let first = units.iter().filter_map(|unit| unit.buffer()?.pts()).min().unwrap();
    for (index, unit) in units.iter().enumerate() {
        ring.format(unit.caps().unwrap(), true);
        let buffer = unit.buffer().unwrap();
        ring.push(buffer);
        // Every second frame is analysed.
        if index % 2 == 0 {
            let pts = buffer.pts().unwrap();
            ring.anchor(pts.nseconds(), captured(begin_s + (pts - first).nseconds() as f64 / 1e9));
        }
    }
}

fn ring(bounds: RingBounds) -> Ring {
    let ring = Ring::new(bounds);
    ring.switch(true);
    ring
}

/// The slices of a clip as a player gets them out of the file, and the frame times in seconds.
fn read_back(mp4: &[u8], codec: &str) -> (Vec<Vec<u8>>, Vec<f64>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clip.mp4");
    std::fs::write(&path, mp4).unwrap();
    let text = format!(
        "filesrc location={} ! qtdemux ! {codec}parse ! video/x-{codec},stream-format=byte-stream,alignment=au ! appsink name=out sync=false",
        path.display()
    );
    let pipeline = gst::parse::launch(&text).unwrap().downcast::<gst::Pipeline>().unwrap();
    let sink = pipeline.by_name("out").unwrap().downcast::<AppSink>().unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let (mut slices, mut times) = (Vec::new(), Vec::new());
    while let Ok(sample) = sink.pull_sample() {
        let buffer = sample.buffer().unwrap();
        let time =
            sample.segment().unwrap().downcast_ref::<gst::ClockTime>().unwrap().to_running_time(buffer.pts());
        times.push(time.map_or(f64::NAN, |time| time.nseconds() as f64 / 1e9));
        slices.extend(slices_of(&buffer.map_readable().unwrap(), codec));
    }
    pipeline.set_state(gst::State::Null).unwrap();
    (slices, times)
}

fn slices_of(unit: &[u8], codec: &str) -> Vec<Vec<u8>> {
    let slice = |nal: &&[u8]| match codec {
        "h264" => (1..=5).contains(&(nal[0] & 0x1f)),
        _ => (nal[0] >> 1) & 0x3f < 32,
    };
    units::nals(unit).filter(slice).map(<[u8]>::to_vec).collect()
}

fn wanted(from_s: f64, act_s: f64, to_s: f64) -> Wanted {
    Wanted { from_s, act_s, to_s, bytes: wire::MAX_CLIP_BYTES }
}

fn a_clip_is_the_cameras_own(encoder: &str, codec: &str) {
    let source = encode(encoder, codec, 16);
    let ring = ring(RingBounds::default());
    feed(&ring, &source, 100.0);
    let cut = ring.cut(&wanted(103.0, 107.0, 112.0)).unwrap();
    assert!(cut.original && !cut.shortened);
    assert_eq!((cut.codec(), cut.size), (codec, [320, 240]));
    let [from_s, to_s] = cut.span_s;
    assert!((101.9..=103.0).contains(&from_s) && (112.0..=112.2).contains(&to_s), "{from_s} {to_s}");
    let mp4 = cut.mp4().unwrap();
    assert_eq!(&mp4[4..8], b"ftyp");
    let (slices, times) = read_back(&mp4, codec);
    assert_eq!(times.len(), cut.frames(), "no frame is lost or made up");
    // Byte for byte what the camera sent.
    let sent: Vec<Vec<u8>> =
        source.iter().flat_map(|s| slices_of(&s.buffer().unwrap().map_readable().unwrap(), codec)).collect();
    let at = sent.iter().position(|slice| *slice == slices[0]).expect("the first slice is the camera's");
    let kept: std::collections::HashSet<_> = sent[at..].iter().take(slices.len() + 4).collect();
    assert!(slices.iter().all(|slice| kept.contains(slice)));
    // The first frame is shown at once, the last at the end.
    let (first, last) =
        (times.iter().copied().fold(f64::MAX, f64::min), times.iter().copied().fold(0.0, f64::max));
    assert!(first < 0.001, "the first frame is shown at {first}");
    assert!((last - first - (to_s - from_s)).abs() < 0.01, "{last} {first} against {from_s}..{to_s}");
    let lasts = cut.span[1].duration_since(cut.span[0]).as_secs_f64();
    assert!((lasts - (to_s - from_s)).abs() < 0.01 && lasts >= 9.0);
}

#[test]
fn a_clip_of_h264_is_the_cameras_own_bytes() {
    a_clip_is_the_cameras_own("x264enc key-int-max=25 bframes=0 tune=zerolatency", "h264");
}

#[test]
fn a_clip_of_h264_with_frames_out_of_order_is_shown_in_order() {
    a_clip_is_the_cameras_own("x264enc key-int-max=25 bframes=3 b-adapt=false", "h264");
}

#[test]
fn a_clip_of_h265_is_the_cameras_own_bytes() {
    a_clip_is_the_cameras_own("x265enc key-int-max=25 speed-preset=ultrafast", "h265");
}

#[test]
fn a_clip_whose_tail_has_not_come_is_asked_for_again_unless_the_camera_is_gone() {
    let source = encode("x264enc key-int-max=25 tune=zerolatency", "h264", 8);
    let ring = ring(RingBounds::default());
    feed(&ring, &source, 0.0);
    assert_eq!(ring.cut(&wanted(2.0, 6.0, 10.0)).unwrap_err(), NoClip::NotYet);
    assert_eq!(ring.cut(&wanted(20.0, 24.0, 30.0)).unwrap_err(), NoClip::Gone);
    let there = ring.cut_now(&wanted(2.0, 6.0, 10.0)).unwrap();
    assert!(there.span_s[1] < 8.0);
    ring.begin();
    let there = ring.cut(&wanted(2.0, 6.0, 10.0)).unwrap();
    assert!(there.span_s[1] < 8.0, "the connection is over: what there is");
}

#[test]
fn a_stream_that_begins_anew_gives_the_piece_with_the_act() {
    let small = encode("x264enc key-int-max=25 tune=zerolatency", "h264", 6);
    let other = encode("x265enc key-int-max=25 speed-preset=ultrafast", "h265", 6);
    let ring = ring(RingBounds::default());
    feed(&ring, &small, 0.0);
    feed(&ring, &other, 7.0);
    assert_eq!(ring.counts().runs, 2);
    let before = ring.cut(&wanted(1.0, 5.0, 9.0)).unwrap();
    assert_eq!(before.codec(), "h264");
    assert!(before.span_s[1] < 6.1);
    let after = ring.cut(&wanted(4.0, 8.0, 12.0)).unwrap();
    assert_eq!(after.codec(), "h265");
    assert!(after.span_s[0] >= 6.9, "{:?}", after.span_s);
}

#[test]
fn a_ring_is_bounded_in_seconds_and_bytes_and_begins_with_a_key_frame() {
    let source = encode("x264enc key-int-max=25 tune=zerolatency", "h264", 30);
    let short = ring(RingBounds { seconds: 8, bytes: 64 << 20 });
    feed(&short, &source, 0.0);
    let kept = short.counts();
    assert!((200..=250).contains(&kept.units), "{kept:?}");
    assert_eq!(short.cut(&wanted(1.0, 2.0, 3.0)).unwrap_err(), NoClip::Gone);
    assert!(short.lock().runs[0].units[0].key);

    let total: usize = source.iter().map(|unit| unit.buffer().unwrap().size()).sum();
    let small = ring(RingBounds { seconds: 600, bytes: total / 3 });
    feed(&small, &source, 0.0);
    let kept = small.counts();
    assert!(kept.bytes <= total / 3 && kept.bytes > total / 5 && kept.given_up == 0, "{kept:?}");
    let counted: usize =
        small.lock().runs.iter().flat_map(|run| &run.units).map(|unit| unit.data.len()).sum();
    assert_eq!(counted, kept.bytes);

    let tiny = ring(RingBounds { seconds: 600, bytes: 1000 });
    feed(&tiny, &source, 0.0);
    let kept = tiny.counts();
    assert!(kept.bytes <= 1000 && kept.given_up > 0, "a group larger than the ring is given up: {kept:?}");
    short.switch(false);
    assert_eq!(short.counts().bytes, 0);
}

#[test]
fn a_clip_counts_in_the_cameras_time_when_packets_come_later_and_later() {
    let source = encode("x264enc key-int-max=25 tune=zerolatency", "h264", 14);
    let ring = ring(RingBounds::default());
    ring.begin();
    let first = source.iter().filter_map(|unit| unit.buffer()?.pts()).min().unwrap();
    for (index, unit) in source.iter().enumerate() {
        ring.format(unit.caps().unwrap(), true);
        let taken_s = (unit.buffer().unwrap().pts().unwrap() - first).nseconds() as f64 / 1e9;
        // Presentation times run three in a hundred slow.
        let mut late = unit.buffer().unwrap().to_owned();
        let pts = first + gst::ClockTime::from_nseconds((taken_s * 1.03e9) as u64);
        late.make_mut().set_pts(pts);
        ring.push(&late);
        if index % 3 == 0 {
            ring.anchor(pts.nseconds(), captured(taken_s));
        }
    }
    let cut = ring.cut_now(&wanted(1.0, 6.0, 11.0)).unwrap();
    let (_, times) = read_back(&cut.mp4().unwrap(), "h264");
    let steps = times.windows(2).map(|two| two[1] - two[0]);
    assert!(steps.into_iter().all(|step| (step - 0.04).abs() < 0.002), "{times:?}");
    assert!((times.last().unwrap() - (cut.span_s[1] - cut.span_s[0])).abs() < 0.002);
    let off = cut.span[0].duration_since(captured(cut.span_s[0]).at).as_secs_f64();
    assert!(off.abs() < 0.002, "{off}");
}

#[test]
fn a_clip_over_the_limit_is_shorter_around_the_act_and_says_so() {
    let source = encode("x264enc key-int-max=25 tune=zerolatency", "h264", 16);
    let ring = ring(RingBounds::default());
    feed(&ring, &source, 0.0);
    let whole = ring.cut(&wanted(3.0, 8.0, 12.0)).unwrap();
    let bytes: usize = whole.units.iter().map(|unit| unit.data.len()).sum();
    let half = ring.cut(&Wanted { bytes: bytes / 2, ..wanted(3.0, 8.0, 12.0) }).unwrap();
    assert!(half.shortened);
    assert!(half.units.iter().map(|unit| unit.data.len()).sum::<usize>() <= bytes / 2);
    assert!(half.span_s[0] <= 8.0 && half.span_s[1] >= 8.0, "{:?}", half.span_s);
    assert!(half.units[0].key);
    assert_eq!(ring.cut(&Wanted { bytes: 10, ..wanted(3.0, 8.0, 12.0) }).unwrap_err(), NoClip::TooLarge);
}

#[test]
fn the_frame_of_a_moment_comes_out_of_the_ring_as_the_decoder_gave_it() {
    for (encoder, codec) in [
        ("x264enc key-int-max=50 bframes=2 b-adapt=false", "h264"),
        ("x265enc key-int-max=50 speed-preset=ultrafast", "h265"),
    ] {
        let source = encode(encoder, codec, 8);
        let ring = ring(RingBounds::default());
        feed(&ring, &source, 0.0);
        let cut = ring.cut_now(&wanted(0.0, 4.0, 8.0)).unwrap();
        // The ball moves: neighbours differ, and the wanted one is found wherever the clip begins. Beyond the width there is padding.
        let at = |cut: &Cut, stream_s: f64| -> Vec<u8> {
            let picture = cut.frame(stream_s).unwrap();
            let row = |y: usize| picture.y()[y * picture.strides[0]..][..320].to_vec();
            (0..240).flat_map(row).collect()
        };
        let later = ring.cut_now(&wanted(3.0, 4.0, 8.0)).unwrap();
        assert!(at(&cut, 4.2) == at(&later, 4.2), "{codec}");
        assert!(at(&cut, 4.2) != at(&cut, 4.28), "{codec}");
        assert!(matches!(cut.frame(30.0), Err(NoClip::Gone)));
    }
}
