use std::sync::mpsc::{Receiver, sync_channel};

use super::*;

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn eye() -> (LaneEye, Receiver<Sighting>) {
    let (tell, heard) = sync_channel(64);
    let wishes = Wishes { secret: None, least_score: HashMap::from([(name("lan"), 0.8)]) };
    let eye = LaneEye {
        lane: name("lan"),
        line: Some(name("vach")),
        subjects: Subjects::Vehicles,
        corners: Vec::new(),
        ends: Some(([0.0, 0.5], [1.0, 0.5])),
        wishes: Arc::new(RwLock::new(wishes)),
        tell,
        lost: Arc::default(),
        told: HashMap::new(),
    };
    (eye, heard)
}

fn reading(text: &str, score: f32) -> PlateReading {
    PlateReading {
        text: text.to_owned(),
        display: text.to_owned(),
        raw: text.to_owned(),
        valid: true,
        kind: None,
        lines: 1,
        score,
        votes: 1,
        reads: 1,
        candidates: vec![],
        edits: vec![],
        ambiguous: vec![],
        bbox: [0; 4],
        colour: None,
        class: None,
        country: None,
    }
}

fn view(at_s: f64, reading: Option<&PlateReading>) -> InView<'_> {
    InView {
        track: 3,
        class: "car",
        bbox: BBox { x: 10.0, y: 10.0, w: 20.0, h: 20.0 },
        picture: (100, 100),
        reading,
        captured_at: Timestamp::from_millisecond((at_s * 1000.0) as i64).expect("a time"),
        now_s: at_s,
        first_s: 0.0,
    }
}

fn heard(from: &Receiver<Sighting>) -> Vec<Input> {
    let input = |sighting| match sighting {
        Sighting::At(_, input) => Some(input),
        _ => None,
    };
    from.try_iter().filter_map(input).collect()
}

#[test]
fn a_lane_hears_of_a_vehicle_when_its_plate_is_legible_and_from_which_frame_on() {
    let (mut eye, from) = eye();
    let (poor, good) = (reading("30K1", 0.4), reading("30K13579", 0.9));
    assert!(!eye.vehicle(&view(0.1, None)));
    assert!(!eye.vehicle(&view(0.2, Some(&poor))));
    assert!(heard(&from).is_empty(), "it keeps looking");
    assert!(eye.vehicle(&view(0.3, Some(&good))), "and the guard gets a picture");
    let told = heard(&from);
    let Input::Vehicle(car, direction) = &told[0] else { panic!("{told:?}") };
    assert_eq!((car.seen.text.as_deref(), *direction), (Some("30K13579"), Direction::In));
    assert_eq!(car.legible_at, Some(view(0.3, None).captured_at));
    assert!(!eye.vehicle(&view(0.35, Some(&good))));
    assert!(heard(&from).is_empty(), "nothing new");
    let better = reading("30K13578", 0.95);
    eye.vehicle(&view(0.4, Some(&better)));
    assert!(
        matches!(&heard(&from)[0], Input::Vehicle(car, _) if car.legible_at == Some(view(0.3, None).captured_at))
    );
}

#[test]
fn one_that_lingers_or_crosses_is_told_of_although_nobody_can_read_it() {
    let (mut eye, from) = eye();
    eye.vehicle(&view(2.6, None));
    assert!(
        matches!(&heard(&from)[0], Input::Vehicle(car, _) if car.seen.text.is_none() && car.legible_at.is_none())
    );
    let (mut eye, from) = self::eye();
    eye.crossed(&name("vach"), &view(0.5, None), Direction::In, Uuid::nil());
    let told = heard(&from);
    assert!(matches!(told[0], Input::Vehicle(..)) && matches!(told[1], Input::Crossed { .. }), "{told:?}");
    let good = reading("30K13579", 0.9);
    eye.vehicle(&view(0.6, Some(&good)));
    assert!(heard(&from).is_empty(), "it is through: what is read of it now is about nobody at the lane");
    eye.crossed(&name("khac"), &view(0.7, None), Direction::In, Uuid::nil());
    assert!(heard(&from).is_empty(), "another line");
    eye.ended(3);
    assert!(heard(&from).is_empty() || eye.told.is_empty());
}

#[test]
fn a_lane_sees_its_own_part_of_the_picture_only() {
    let (mut eye, from) = eye();
    eye.corners = vec![[0.5, 0.0], [1.0, 0.0], [1.0, 1.0], [0.5, 1.0]];
    let good = reading("30K13579", 0.9);
    eye.vehicle(&view(0.3, Some(&good)));
    assert!(heard(&from).is_empty());
}
