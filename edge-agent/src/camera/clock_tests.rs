use super::*;

const NOW_S: i64 = 1_795_000_000; // November 2026

fn at_ms(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(NOW_S * 1000 + ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn ntp_of(time: Timestamp) -> u64 {
    let ns = time.as_nanosecond() + i128::from(NTP_UNIX_S) * 1_000_000_000;
    let seconds = (ns / 1_000_000_000) as u64 & 0xffff_ffff;
    let fraction = ((ns % 1_000_000_000) << 32) / 1_000_000_000;
    seconds << 32 | fraction as u64
}

fn clock() -> CaptureClock {
    CaptureClock::new(90_000, 200, 5_000)
}

#[test]
fn a_report_gives_the_cameras_own_time_with_its_uncertainty() {
    let mut clock = clock();
    clock.on_report(ntp_of(at_ms(0)), u32::MAX - 10, at_ms(20));
    // 1 s later, over the wrap of RTP time, 80 ms under way.
    let stamp = clock.stamp(Some((u32::MAX - 10).wrapping_add(90_000)), at_ms(1080));
    assert_eq!(stamp.source, TimeSource::Rtcp);
    assert!((stamp.at.as_millisecond() - at_ms(1000).as_millisecond()).abs() <= 1);
    assert!((80..=82).contains(&stamp.uncertainty_ms), "{stamp:?}");
    assert_eq!(stamp.fault, None);
}

#[test]
fn a_frame_before_its_report_is_timed_too() {
    let mut clock = clock();
    clock.on_report(ntp_of(at_ms(1000)), 90_000, at_ms(1020));
    let stamp = clock.stamp(Some(45_000), at_ms(530));
    assert!((stamp.at.as_millisecond() - at_ms(500).as_millisecond()).abs() <= 1);
}

#[test]
fn without_reports_arrival_is_used_and_its_uncertainty_grows_with_jitter() {
    let mut clock = clock();
    let first = clock.stamp(Some(0), at_ms(0));
    assert_eq!((first.source, first.fault), (TimeSource::Arrival, Some(ClockFault::NoReport)));
    assert_eq!(first.uncertainty_ms, 500);
    for i in 1..200 {
        clock.stamp(Some(i * 3600), at_ms(i64::from(i) * 40 + if i % 2 == 0 { 30 } else { 0 }));
    }
    let late = clock.stamp(Some(200 * 3600), at_ms(8030));
    assert!(late.uncertainty_ms > 520, "{late:?}");
}

#[test]
fn a_camera_that_thinks_it_is_1970_is_not_believed() {
    let mut clock = clock();
    clock.on_report(ntp_of(Timestamp::UNIX_EPOCH), 0, at_ms(0));
    let stamp = clock.stamp(Some(0), at_ms(10));
    assert_eq!((stamp.source, stamp.at), (TimeSource::Arrival, at_ms(10)));
    assert!(matches!(stamp.fault, Some(ClockFault::Offset { ms }) if ms > 1_000_000_000_000));
}

#[test]
fn a_camera_minutes_off_either_way_is_not_believed() {
    for off_ms in [-120_000, 120_000] {
        let mut clock = clock();
        clock.on_report(ntp_of(at_ms(off_ms)), 0, at_ms(0));
        let stamp = clock.stamp(Some(0), at_ms(10));
        assert_eq!(stamp.source, TimeSource::Arrival);
        assert!(matches!(stamp.fault, Some(ClockFault::Offset { .. })));
    }
}

#[test]
fn a_report_without_a_wall_clock_is_recorded_as_such() {
    let mut clock = clock();
    clock.on_report(0, 1234, at_ms(0));
    assert_eq!(clock.stamp(Some(1234), at_ms(5)).fault, Some(ClockFault::NoWallClock));
}

#[test]
fn a_picture_without_an_rtp_time_carries_its_arrival_and_says_why() {
    let mut clock = clock();
    assert_eq!(clock.stamp(None, at_ms(0)).fault, Some(ClockFault::NoReport), "this comes first");
    clock.on_report(ntp_of(at_ms(0)), 0, at_ms(20));
    let stamp = clock.stamp(None, at_ms(40));
    assert_eq!((stamp.at, stamp.source), (at_ms(40), TimeSource::Arrival));
    assert_eq!(stamp.fault, Some(ClockFault::NoRtpTime));
    assert_eq!(clock.stamp(Some(3600), at_ms(80)).source, TimeSource::Rtcp, "the next one has a time again");
}

#[test]
fn a_camera_slightly_ahead_never_dates_a_frame_after_it_arrived() {
    let mut clock = clock();
    clock.on_report(ntp_of(at_ms(700)), 0, at_ms(0));
    let stamp = clock.stamp(Some(0), at_ms(10));
    assert_eq!((stamp.source, stamp.at), (TimeSource::Rtcp, at_ms(10)));
    assert!((989..=993).contains(&stamp.uncertainty_ms), "{stamp:?}");
}

#[test]
fn a_stalled_network_delays_frames_without_casting_doubt_on_the_clock() {
    let mut clock = clock();
    clock.on_report(ntp_of(at_ms(0)), 0, at_ms(20));
    for i in 0..50u32 {
        clock.stamp(Some(i * 3600), at_ms(i64::from(i) * 40 + 25));
    }
    // 8 s under way: more than the offset that would be refused.
    let stamp = clock.stamp(Some(50 * 3600), at_ms(2000 + 8000));
    assert_eq!(stamp.source, TimeSource::Rtcp);
    assert!((stamp.at.as_millisecond() - at_ms(2000).as_millisecond()).abs() <= 1);
    assert!(stamp.uncertainty_ms < 40);
}

#[test]
fn a_clock_set_back_falls_back_to_arrival_until_reports_agree_again() {
    let mut clock = clock();
    clock.on_report(ntp_of(at_ms(0)), 0, at_ms(20));
    assert_eq!(clock.stamp(Some(0), at_ms(20)).source, TimeSource::Rtcp);
    let set_back = |s: i64| ntp_of(at_ms(s * 1000 - 3000));
    clock.on_report(set_back(5), 5 * 90_000, at_ms(5020));
    let stamp = clock.stamp(Some(5 * 90_000), at_ms(5020));
    assert_eq!(stamp.source, TimeSource::Arrival);
    assert!(matches!(stamp.fault, Some(ClockFault::Jumped { ms: -3001..=-2999 })), "{stamp:?}");
    for s in 6..9 {
        clock.on_report(set_back(s), s as u32 * 90_000, at_ms(s * 1000 + 20));
    }
    let healed = clock.stamp(Some(9 * 90_000), at_ms(9020));
    assert_eq!(healed.source, TimeSource::Rtcp);
    assert!((3019..=3023).contains(&healed.uncertainty_ms), "the lag is in the uncertainty: {healed:?}");
}

#[test]
fn an_old_report_says_nothing_about_now() {
    let mut clock = clock();
    clock.on_report(ntp_of(at_ms(0)), 0, at_ms(0));
    let stamp = clock.stamp(Some(400 * 90_000), at_ms(400_000));
    assert_eq!(stamp.fault, Some(ClockFault::ReportTooOld));
}

#[test]
fn ntp_time_is_read_in_the_era_nearest_to_now() {
    // One second after the wrap of 7 February 2036, 06:28:16 UTC.
    let wrap_s = (1_i64 << 32) - NTP_UNIX_S;
    let near = Timestamp::from_second(wrap_s + 100).unwrap_or(Timestamp::UNIX_EPOCH);
    assert_eq!(ntp_to_unix_ns(1 << 32, near), i128::from(wrap_s + 1) * 1_000_000_000);
    // A report from just before the wrap, read just after it.
    assert_eq!(ntp_to_unix_ns(0xffff_ffff << 32, near), i128::from(wrap_s - 1) * 1_000_000_000);
    assert_eq!(ntp_to_unix_ns(ntp_of(at_ms(0)), at_ms(0)), i128::from(NOW_S) * 1_000_000_000);
    assert_eq!(ntp_to_unix_ns(ntp_of(at_ms(0)) | 0x8000_0000, at_ms(0)) % 1_000_000_000, 500_000_000);
}

#[test]
fn a_sender_report_is_found_in_a_compound_packet_and_rubbish_is_not() {
    let mut packet = vec![0x81, 201, 0, 7];
    packet.extend([0; 28]);
    packet.extend([0x80, 200, 0, 6, 1, 2, 3, 4]);
    packet.extend(0x0102_0304_0506_0708_u64.to_be_bytes());
    packet.extend(77_u32.to_be_bytes());
    packet.extend([0; 8]);
    assert_eq!(parse_sender_report(&packet), Some((0x0102_0304_0506_0708, 77)));
    for cut in 0..packet.len() {
        let _ = parse_sender_report(&packet[..cut]);
    }
    assert_eq!(parse_sender_report(&[0x80, 200]), None);
    assert_eq!(parse_sender_report(&[0, 200, 0, 0]), None);
}

#[test]
fn stream_time_never_goes_backwards() {
    let ms = |v: u64| Some(Duration::from_millis(v));
    let mut clock = StreamClock::default();
    assert_eq!(clock.advance(ms(5000), ms(0)), 0.0);
    assert!((clock.advance(ms(5040), ms(47)) - 0.04).abs() < 1e-9, "presentation time is finer");
    assert!((clock.advance(ms(0), ms(90)) - 0.083).abs() < 1e-9, "a loop goes on by the monotonic clock");
    assert!((clock.advance(ms(99_000), ms(130)) - 0.123).abs() < 1e-9, "so does a jump ahead");
    assert!((clock.advance(None, ms(170)) - 0.163).abs() < 1e-9);
    assert!((clock.advance(ms(40), ms(60_000)) - 59.993).abs() < 1e-9, "and a reconnect");

    let mut replay = StreamClock::default();
    let times: Vec<f64> = [ms(0), ms(40), ms(80), ms(0), None, ms(40)]
        .into_iter()
        .map(|pts| replay.advance(pts, None))
        .collect();
    assert!(times.windows(2).all(|w| w[0] < w[1]), "{times:?}");
}

proptest::proptest! {
    #[test]
    fn any_sequence_of_reports_and_frames_gives_a_sane_time(
        steps in proptest::collection::vec((proptest::prelude::any::<u64>(), proptest::prelude::any::<u32>(), -100_000i64..100_000), 1..40),
    ) {
        let mut clock = clock();
        for (ntp, rtp, ms) in steps {
            clock.on_report(ntp, rtp, at_ms(ms));
            let stamp = clock.stamp(Some(rtp.wrapping_mul(31)), at_ms(ms));
            proptest::prop_assert!(stamp.at <= at_ms(ms));
            proptest::prop_assert_eq!(stamp.fault.is_some(), stamp.source == TimeSource::Arrival);
        }
    }
}
