//! Live cameras over real RTSP on loopback.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use edge_agent::camera::{
    CameraState, CredentialSource, FrameSource, Next, RtspSource, StatsSnapshot, StreamConfig, Transport,
};
use edge_agent::frame::{Frame, TimeSource};
use promises::cameras::{CameraServer, Challenge, Clip, Codec, Login, Mount, Scene, Transports};
use tokio_util::sync::CancellationToken;

/// The machine may be busy; nothing here waits this long when it works.
const PATIENCE: Duration = Duration::from_secs(30);

fn camera(config: StreamConfig) -> anyhow::Result<RtspSource> {
    Ok(RtspSource::start("gate", config, CancellationToken::new())?)
}

fn quick(url: String) -> StreamConfig {
    StreamConfig { analysis_fps: 25.0, latency_ms: 50, ..StreamConfig::new(url) }
}

fn frame(source: &mut RtspSource) -> anyhow::Result<Frame> {
    match source.next_frame(PATIENCE) {
        Next::Frame(frame) => Ok(frame),
        other => anyhow::bail!("no frame but {other:?}, {:?}", source.stats()),
    }
}

/// Waits until `done`, taking frames as a pipeline would.
fn until(source: &mut RtspSource, done: impl Fn(&StatsSnapshot) -> bool) -> anyhow::Result<StatsSnapshot> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let stats = source.stats();
        if done(&stats) {
            return Ok(stats);
        }
        anyhow::ensure!(Instant::now() < deadline, "gave up waiting: {stats:?}");
        source.next_frame(Duration::from_millis(20));
    }
}

fn in_state(state: CameraState) -> impl Fn(&StatsSnapshot) -> bool {
    move |stats| stats.status.state == state
}

fn login(challenge: Challenge) -> Option<Login> {
    Some(Login { user: "operator".into(), password: "hunter2:é x".into(), challenge })
}

fn secret_file(text: &str) -> anyhow::Result<(tempfile::NamedTempFile, Option<CredentialSource>)> {
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), text)?;
    let source = CredentialSource::File(file.path().into());
    Ok((file, Some(source)))
}

#[test]
fn h264_and_h265_arrive_over_tcp_and_udp() -> anyhow::Result<()> {
    let mounts =
        vec![Mount::new("avc", Scene::Moving(Codec::H264)), Mount::new("hevc", Scene::Moving(Codec::H265))];
    let server = CameraServer::on_free_port(mounts, None)?;
    for (name, transport) in
        [("avc", Transport::Tcp), ("avc", Transport::Udp), ("hevc", Transport::Tcp), ("hevc", Transport::Udp)]
    {
        let mut source = camera(StreamConfig { transport, ..quick(server.url(name)) })?;
        let first = frame(&mut source)?;
        let second = frame(&mut source)?;
        assert_eq!((first.picture.width, first.picture.height), (320, 240), "{name} {transport:?}");
        assert!(second.index > first.index && second.captured.stream_s > first.captured.stream_s);
        assert!(first.picture.y().len() >= 319 + 239 * first.picture.strides[0]);
        assert_eq!(source.stats().status.state, CameraState::Live);
    }
    Ok(())
}

#[test]
fn auto_transport_falls_back_to_tcp_when_udp_is_refused() -> anyhow::Result<()> {
    let mount = Mount { transports: Transports::Tcp, ..Mount::new("gate", Scene::Moving(Codec::H264)) };
    let server = CameraServer::on_free_port(vec![mount], None)?;
    let mut source = camera(StreamConfig { transport: Transport::Auto, ..quick(server.url("gate")) })?;
    frame(&mut source)?;
    Ok(())
}

#[test]
fn a_looped_clip_runs_on_over_its_seam() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mounts = [Codec::H264, Codec::H265]
        .into_iter()
        .map(|codec| {
            Ok(Mount::new(
                &format!("{codec:?}").to_lowercase(),
                Scene::Clip(Clip::pattern(codec, 1, folder.path())?),
            ))
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let server = CameraServer::on_free_port(mounts, None)?;
    for name in ["h264", "h265"] {
        let mut source = camera(quick(server.url(name)))?;
        let mut last = frame(&mut source)?.captured.stream_s;
        let begin = (Instant::now(), last);
        while begin.0.elapsed() < Duration::from_millis(3500) {
            let now = frame(&mut source)?.captured.stream_s;
            assert!(now > last && now - last < 2.0, "{name}: {last} then {now}");
            last = now;
        }
        let streamed = last - begin.1;
        assert!((2.5..5.0).contains(&streamed), "{name}: stream time keeps pace with the clock, {streamed}");
    }
    Ok(())
}

#[test]
fn capture_time_comes_from_sender_reports() -> anyhow::Result<()> {
    let server = CameraServer::on_free_port(vec![Mount::new("gate", Scene::Moving(Codec::H264))], None)?;
    let mut source = camera(quick(server.url("gate")))?;
    let first = frame(&mut source)?;
    assert!(first.captured.uncertainty_ms > 0);
    until(&mut source, |s| s.time_source == Some(TimeSource::Rtcp))?;
    let timed = loop {
        let frame = frame(&mut source)?;
        if frame.captured.source == TimeSource::Rtcp {
            break frame;
        }
    };
    let age_ms = jiff::Timestamp::now().as_millisecond() - timed.captured.at.as_millisecond();
    eprintln!("rtcp: age {age_ms} ms, uncertainty {} ms", timed.captured.uncertainty_ms);
    assert!((0..3000).contains(&age_ms), "taken {age_ms} ms ago");
    assert!(timed.captured.uncertainty_ms < 2000);
    assert_eq!(source.stats().clock_fault, None);
    Ok(())
}

#[test]
fn a_looped_clip_keeps_its_sender_reports_over_its_seams() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let clip = Clip::pattern(Codec::H264, 3, folder.path())?;
    let server = CameraServer::on_free_port(vec![Mount::new("gate", Scene::Clip(clip))], None)?;
    let mut source = camera(quick(server.url("gate")))?;
    until(&mut source, |s| s.time_source == Some(TimeSource::Rtcp))?;
    let begin = Instant::now();
    // Three seams and at least one more report.
    while begin.elapsed() < Duration::from_secs(10) {
        let timed = frame(&mut source)?.captured;
        let age_ms = jiff::Timestamp::now().as_millisecond() - timed.at.as_millisecond();
        assert_eq!(timed.source, TimeSource::Rtcp, "{:?}", source.stats());
        assert!((0..3000).contains(&age_ms), "taken {age_ms} ms ago");
    }
    assert_eq!(source.stats().clock_faults, 0);
    Ok(())
}

#[test]
fn basic_and_digest_credentials_open_a_camera() -> anyhow::Result<()> {
    for challenge in [Challenge::Basic, Challenge::Digest] {
        let mounts = vec![Mount::new("gate", Scene::Moving(Codec::H264))];
        let server = CameraServer::on_free_port(mounts, login(challenge))?;
        let (_file, credentials) = secret_file("operator:hunter2:é x\n")?;
        let mut source = camera(StreamConfig { credentials, ..quick(server.url("gate")) })?;
        frame(&mut source)?;
    }
    Ok(())
}

#[test]
fn a_wrong_password_is_recognised_not_hammered_and_healed_by_a_new_one() -> anyhow::Result<()> {
    for challenge in [Challenge::Basic, Challenge::Digest] {
        let mounts = vec![Mount::new("gate", Scene::Moving(Codec::H264))];
        let server = CameraServer::on_free_port(mounts, login(challenge))?;
        let (file, credentials) = secret_file("operator:wrong\n")?;
        let mut source = camera(StreamConfig { credentials, ..quick(server.url("gate")) })?;
        let stats = until(&mut source, in_state(CameraState::AuthFailed))?;
        assert!(stats.status.reason.is_some_and(|r| r.contains("password")));
        let before = server.connections();
        std::thread::sleep(Duration::from_secs(3));
        assert_eq!((source.stats().attempts, server.connections()), (1, before), "one try, then a long wait");
        std::fs::write(file.path(), "operator:hunter2:é x\n")?;
        let stats = until(&mut source, in_state(CameraState::Live))?;
        assert_eq!(stats.attempts, 2);
    }
    Ok(())
}

#[test]
fn a_camera_that_wants_a_password_and_gets_none_says_so() -> anyhow::Result<()> {
    let mounts = vec![Mount::new("gate", Scene::Moving(Codec::H264))];
    let server = CameraServer::on_free_port(mounts, login(Challenge::Digest))?;
    let mut source = camera(quick(server.url("gate")))?;
    until(&mut source, in_state(CameraState::AuthFailed))?;
    let mut unread = camera(StreamConfig {
        credentials: Some(CredentialSource::File("/nonexistent/secret".into())),
        ..quick(server.url("gate"))
    })?;
    let stats = until(&mut unread, in_state(CameraState::AuthFailed))?;
    assert!(stats.status.reason.is_some_and(|r| r.contains("/nonexistent/secret")));
    Ok(())
}

#[test]
fn a_frozen_stream_is_noticed_within_three_seconds_and_recovers() -> anyhow::Result<()> {
    for transport in [Transport::Tcp, Transport::Udp] {
        let mount = || Mount::new("gate", Scene::Moving(Codec::H264));
        let server = CameraServer::on_free_port(vec![mount()], None)?;
        let mut source = camera(StreamConfig { transport, ..quick(server.url("gate")) })?;
        until(&mut source, in_state(CameraState::Live))?;
        server.freeze("gate", true);
        // Pictures already on their way may still come; the clock runs from the last one.
        let mut last = Instant::now();
        while source.stats().status.state == CameraState::Live {
            if matches!(source.next_frame(Duration::from_millis(10)), Next::Frame(_)) {
                last = Instant::now();
            }
            assert!(
                last.elapsed() < Duration::from_secs(3),
                "{transport:?}: not noticed: {:?}",
                source.stats()
            );
        }
        assert_eq!(source.stats().status.state, CameraState::Stale, "{transport:?}");
        server.freeze("gate", false);
        until(&mut source, in_state(CameraState::Live))?;
    }
    Ok(())
}

#[test]
fn a_stream_frozen_for_long_is_connected_anew() -> anyhow::Result<()> {
    let server = CameraServer::on_free_port(vec![Mount::new("gate", Scene::Moving(Codec::H264))], None)?;
    let mut source = camera(StreamConfig { stale_after_ms: 500, ..quick(server.url("gate")) })?;
    let before = frame(&mut source)?.captured.stream_s;
    server.freeze("gate", true);
    until(&mut source, |s| s.attempts >= 2)?;
    assert_eq!(source.stats().status.state, CameraState::Stale, "a camera that answers is not unreachable");
    server.freeze("gate", false);
    let stats = until(&mut source, |s| s.status.state == CameraState::Live && s.reconnects == 1)?;
    assert!(stats.attempts >= 2);
    assert!(frame(&mut source)?.captured.stream_s > before, "stream time went on");
    Ok(())
}

#[test]
fn a_killed_camera_is_connected_again_when_it_returns() -> anyhow::Result<()> {
    let mut server = CameraServer::on_free_port(vec![Mount::new("gate", Scene::Moving(Codec::H264))], None)?;
    let mut source = camera(quick(server.url("gate")))?;
    let before = frame(&mut source)?;
    server.kill();
    until(&mut source, in_state(CameraState::Unreachable))?;
    let since = source.stats().status.since;
    std::thread::sleep(Duration::from_millis(1500));
    assert_eq!(source.stats().status.since, since, "further failures do not restart the clock");
    server.restart()?;
    until(&mut source, |s| s.status.state == CameraState::Live && s.reconnects == 1)?;
    let after = frame(&mut source)?;
    assert!(after.index > before.index && after.captured.stream_s > before.captured.stream_s);
    Ok(())
}

#[test]
fn unreachable_and_silent_cameras_do_not_disturb_a_live_one() -> anyhow::Result<()> {
    let server = CameraServer::on_free_port(vec![Mount::new("gate", Scene::Moving(Codec::H264))], None)?;
    // Accepts connections and never says a word.
    let mute = TcpListener::bind("127.0.0.1:0")?;
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.local_addr()?
    };
    let refused = camera(quick(format!("rtsp://{closed}/gate")))?;
    let silent = camera(quick(format!("rtsp://{}/gate", mute.local_addr()?)))?;
    let wrong_path = camera(quick(server.url("nothing-here")))?;
    let mut live = camera(quick(server.url("gate")))?;
    frame(&mut live)?;
    let (begin, before) = (Instant::now(), live.stats());
    while begin.elapsed() < Duration::from_secs(7) {
        frame(&mut live)?;
    }
    let after = live.stats();
    let fps = (after.decoded - before.decoded) as f64 / begin.elapsed().as_secs_f64();
    assert!(fps > 20.0, "the live camera keeps its rate: {fps}");
    assert_eq!((after.attempts, after.status.state), (1, CameraState::Live));
    for (camera, name) in [(&refused, "refused"), (&silent, "silent"), (&wrong_path, "wrong path")] {
        let stats = camera.stats();
        eprintln!("{name}: {:?}", stats.status);
        assert_eq!(stats.status.state, CameraState::Unreachable, "{name}: {stats:?}");
        assert!(stats.status.reason.is_some());
    }
    assert!(refused.stats().attempts > 1, "tried again and again");
    Ok(())
}

#[test]
fn frame_counters_add_up() -> anyhow::Result<()> {
    let server = CameraServer::on_free_port(vec![Mount::new("gate", Scene::Moving(Codec::H264))], None)?;
    let mut source = camera(StreamConfig { analysis_fps: 10.0, ..quick(server.url("gate")) })?;
    let mut taken = 0;
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(4) {
        // Slower than the analysis rate, so that frames are replaced.
        taken += u64::from(matches!(source.next_frame(PATIENCE), Next::Frame(_)));
        std::thread::sleep(Duration::from_millis(250));
    }
    let (latest, counters) = (source.latest(), source.counters());
    drop(source);
    let s = counters.snapshot(&latest);
    assert_eq!(s.analysed, taken);
    assert!(s.skipped > 0 && s.dropped > 0, "{s:?}");
    assert_eq!(s.decoded, s.skipped + s.dropped + s.analysed + s.waiting, "{s:?}");
    let kept = (s.decoded - s.skipped) as f64 / s.decoded as f64;
    assert!((0.3..0.5).contains(&kept), "10 of 25 are kept: {kept}");
    assert!(s.decode_cpu_ms > 0.0);
    Ok(())
}

#[test]
fn stopping_is_quick_and_closes_the_mailbox() -> anyhow::Result<()> {
    let server = CameraServer::on_free_port(vec![Mount::new("gate", Scene::Moving(Codec::H264))], None)?;
    let mute = TcpListener::bind("127.0.0.1:0")?;
    for url in [server.url("gate"), format!("rtsp://{}/gate", mute.local_addr()?)] {
        let stop = CancellationToken::new();
        let mut source = RtspSource::start("gate", quick(url), stop.clone())?;
        source.next_frame(Duration::from_secs(1));
        stop.cancel();
        let begin = Instant::now();
        while !matches!(source.next_frame(Duration::from_millis(100)), Next::End) {
            assert!(begin.elapsed() < PATIENCE);
        }
        assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    }
    Ok(())
}
