use jiff::civil::{date, time};

use super::*;
use crate::tables;

const CLOCK: Clock = Clock { utc_offset_minutes: 420 };

fn train(name: &str, arrives: Option<Time>, departs: Option<Time>) -> Train {
    Train {
        train: name.into(),
        from: "Hà Nội".into(),
        to: "Sài Gòn".into(),
        arrives,
        departs,
        platform: "1".into(),
        days: vec![],
        valid_from: None,
        valid_until: None,
    }
}

fn at(text: &str) -> Timestamp {
    format!("{text}+07:00").parse().unwrap()
}

#[test]
fn an_overnight_stop_departs_on_the_next_day_and_delays_move_both() {
    let trains = [train("SE3", Some(time(23, 55, 0, 0)), Some(time(0, 3, 0, 0)))];
    let day = date(2026, 11, 21);
    let plain = stops(&trains, &[], CLOCK, day, day);
    assert_eq!(plain[0].span(), Some((at("2026-11-21T23:55:00"), at("2026-11-22T00:03:00"))));
    let late = Delay { train: "SE3".into(), date: day, minutes: 40, cancelled: false };
    let moved = stops(&trains, std::slice::from_ref(&late), CLOCK, day, day);
    assert_eq!(moved[0].span(), Some((at("2026-11-22T00:35:00"), at("2026-11-22T00:43:00"))));
    assert!(stops(&trains, &[Delay { cancelled: true, ..late }], CLOCK, day, day).is_empty());
    // Just after midnight the train of yesterday is the one at the platform.
    let two = stops(&trains, &[], CLOCK, day, date(2026, 11, 22));
    assert_eq!(near(&two, at("2026-11-22T00:01:00"), 10, 10, Call::Any).unwrap().date, day);
}

#[test]
fn a_moment_belongs_to_the_nearest_train_within_its_window() {
    let trains = [
        train("SE1", Some(time(8, 0, 0, 0)), Some(time(8, 5, 0, 0))),
        train("SE2", Some(time(8, 20, 0, 0)), None),
    ];
    let day = date(2026, 11, 21);
    let stops = stops(&trains, &[], CLOCK, day, day);
    let name = |text: &str, call| near(&stops, at(text), 15, 10, call).map(|stop| stop.train.train.as_str());
    assert_eq!(name("2026-11-21T07:44:59", Call::Any), None);
    assert_eq!(name("2026-11-21T07:45:00", Call::Any), Some("SE1"));
    assert_eq!(name("2026-11-21T08:14:00", Call::Any), Some("SE2"));
    assert_eq!(name("2026-11-21T08:14:00", Call::Departure), Some("SE1"));
    assert_eq!(name("2026-11-21T08:30:00", Call::Any), None);
}

#[test]
fn trains_run_on_their_days_within_their_validity() {
    let mut sunday = train("DN1", None, Some(time(6, 0, 0, 0)));
    sunday.days = vec![DayKind::Sun];
    sunday.valid_until = Some(date(2026, 11, 22));
    let found = stops(&[sunday], &[], CLOCK, date(2026, 11, 14), date(2026, 12, 1));
    assert_eq!(found.iter().map(|stop| stop.date.day()).collect::<Vec<_>>(), [15, 22]);
}

#[test]
fn a_file_is_read_with_problems_by_row_and_a_bad_timetable_is_refused_whole() {
    let text = "Tàu;Ga đi;Ga đến;Giờ đến;Giờ đi;Ke;Ngày chạy;Đến ngày\n\
        SE1;Hà Nội;Sài Gòn;21:05;21:08;1;hàng ngày;\n\
        SE3;Hà Nội;Sài Gòn;23h55;0:03;1;T6, T7 CN;31/12/2026\n\
        X1;;;25:00;;;;\n\
        X2;;;;;;T9;\n\
        ;;;08:00;;;;mai\n";
    let (trains, problems) = read(tables::read(text.as_bytes()).unwrap()).unwrap();
    assert_eq!(trains.len(), 2);
    assert_eq!(
        (trains[1].departs, trains[1].days.len(), trains[1].valid_until),
        (Some(time(0, 3, 0, 0)), 3, Some(date(2026, 12, 31)))
    );
    let codes: Vec<_> =
        problems.iter().map(|problem| (problem.row, problem.code, problem.column.as_str())).collect();
    assert_eq!(
        codes,
        [(4, "bad_time", "Giờ đến"), (5, "bad_days", "Ngày chạy"), (6, "bad_date", "Đến ngày")]
    );
    let twice = [trains[0].clone(), trains[0].clone(), train("", None, None)];
    assert_eq!(super::problems(&twice).iter().map(|(line, ..)| *line).collect::<Vec<_>>(), [2, 3, 3]);
}
