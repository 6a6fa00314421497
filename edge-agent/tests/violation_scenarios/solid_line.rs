//! Over a solid line. It goes up the middle of the picture, x = 640, from y = 720 to y = 288.

use serde_json::json;
use wire::violation::Kind;

use crate::kinds::*;
use crate::stage::*;

fn empty() -> Stage {
    let mut stage = act(Kind::SolidLine);
    stage.actors.clear();
    stage
}

fn over(id: u64, from_x: f32, to_x: f32) -> Actor {
    car(id, 2.0, (from_x, 700.0)).to((from_x, 640.0), 100.0).to((to_x, 400.0), 150.0)
}

#[test]
fn who_goes_over_it_with_the_whole_vehicle_is_told_from_either_side() {
    let outcome = empty().with(over(1, 450.0, 830.0)).run();
    let outcome = outcome.is(&[("solid_line", 1, 4.1)]).lane(Some("lan-len")).doubts_are(&[]);
    outcome.moments(&[("start", None), ("act", None), ("end", None)]);
    empty().with(over(1, 830.0, 450.0)).run().is(&[("solid_line", 1, 4.1)]);
}

#[test]
fn who_puts_one_wheel_over_it_and_goes_back_is_not_told() {
    for x in [600.0, 620.0, 640.0] {
        let touches =
            car(1, 2.0, (540.0, 700.0)).to((x, 600.0), 100.0).to((x, 480.0), 100.0).to((540.0, 360.0), 100.0);
        empty().with(touches).run().is(&[]);
    }
}

#[test]
fn who_drives_beside_it_is_not_told_however_the_box_trembles() {
    for seed in 0..10 {
        let beside = |id, x: f32| car(id, 2.0, (x, 715.0)).tremble(0.06).to((x, 200.0), 100.0);
        let stands = motorcycle(3, 2.0, (640.0, 500.0)).tremble(0.1).wait(40.0);
        empty().seed(seed).with(beside(1, 570.0)).with(beside(2, 715.0)).with(stands).run().is(&[]);
    }
}

#[test]
fn who_passes_beyond_its_end_is_not_told() {
    let beyond = car(1, 2.0, (450.0, 300.0)).to((450.0, 230.0), 60.0).to((830.0, 200.0), 100.0);
    empty().with(beyond).run().is(&[]);
}

#[test]
fn a_line_that_is_broken_on_one_side_is_barred_from_the_other_alone() {
    // Along its points, down the picture, its right side is at the left of the picture.
    for (barred, told) in [("from_left", [0, 1]), ("from_right", [1, 0])] {
        let run = |from_x, to_x| {
            let mut stage = empty();
            let marking = json!({ "id": "vach", "points": [[0.5, 0.4], [0.5, 1.0]], "barred": barred });
            stage.scene.markings = vec![serde_json::from_value(marking).expect("a marking")];
            stage.with(over(1, from_x, to_x)).run().found.len()
        };
        assert_eq!([run(450.0, 830.0), run(830.0, 450.0)], told, "{barred}");
    }
}

#[test]
fn a_box_that_is_cut_beside_the_line_has_not_gone_over_it() {
    let stands = car(1, 2.0, (560.0, 500.0)).wait(30.0).cut(5.0, 6.5).cut(10.0, 12.0);
    empty().with(stands).run().is(&[]);
}

#[test]
fn who_is_hidden_while_going_over_is_told_with_a_doubt() {
    let hidden = over(1, 450.0, 830.0).hidden(3.4, 4.6);
    let outcome = empty().with(hidden).run();
    assert_eq!(outcome.found.len(), 1);
    outcome.doubts_are(&["occluded"]);
}

#[test]
fn who_goes_over_and_comes_back_is_one_act() {
    let overtakes = over(1, 450.0, 830.0).to((480.0, 300.0), 150.0);
    assert_eq!(empty().with(overtakes).run().found.len(), 1);
}
