//! Out of a lane where its arrows do not lead.

use wire::violation::Kind;

use crate::kinds::*;
use crate::stage::*;

fn empty() -> Stage {
    let mut stage = act(Kind::WrongLane);
    stage.actors.clear();
    stage.scene.rules[0].about.clear();
    stage
}

fn straight(id: u64, x: f32) -> Actor {
    car(id, 2.0, (x, 715.0)).to((x, 90.0), 120.0)
}

#[test]
fn who_goes_where_the_arrows_of_the_lane_do_not_lead_is_told() {
    empty()
        .with(turns_left(1, 780.0))
        .run()
        .is(&[("wrong_lane", 1, 6.6)])
        .lane(Some("lan-phai"))
        .doubts_are(&[]);
    empty().with(straight(1, 450.0)).run().is(&[("wrong_lane", 1, 5.2)]).lane(Some("lan-trai"));
}

#[test]
fn who_goes_where_they_lead_is_not() {
    empty().with(turns_left(1, 450.0)).with(straight(2, 780.0)).run().is(&[]);
}

#[test]
fn who_changes_lanes_in_time_goes_by_the_lane_it_was_in_last() {
    let changes = car(1, 1.0, (450.0, 715.0)).to((760.0, 640.0), 120.0).to((780.0, 510.0), 100.0);
    empty().with(changes.to((780.0, 90.0), 120.0)).run().is(&[]);
}

#[test]
fn who_weaves_between_two_lanes_at_the_line_was_surely_in_neither() {
    let weaves = car(1, 1.0, (600.0, 715.0)).to((690.0, 640.0), 200.0).to((600.0, 580.0), 200.0);
    let weaves = weaves.to((680.0, 530.0), 200.0).to((620.0, 480.0), 200.0).to((620.0, 90.0), 120.0);
    empty().with(weaves).run().is(&[]);
}

#[test]
fn near_the_border_of_the_lane_is_a_doubt() {
    empty()
        .with(straight(1, 628.0).tremble(0.0))
        .run()
        .is(&[("wrong_lane", 1, 5.2)])
        .doubts_are(&["lane_unsure"]);
}

#[test]
fn who_was_in_no_lane_and_who_never_comes_out_are_not_told() {
    let beside = car(1, 2.0, (1100.0, 600.0)).to((900.0, 420.0), 120.0).to((60.0, 340.0), 120.0);
    let stays = car(2, 2.0, (450.0, 715.0)).to((450.0, 350.0), 120.0).wait(20.0);
    empty().with(beside).with(stays).run().is(&[]);
}

#[test]
fn a_rule_about_one_lane_says_nothing_of_the_other() {
    let mut stage = empty();
    stage.scene.rules[0].about = vec![wire::Name::new("lan-phai").expect("a name")];
    stage.with(straight(1, 450.0)).run().is(&[]);
}

#[test]
fn a_lane_without_arrows_leads_everywhere() {
    let mut stage = empty();
    stage.scene.lanes.iter_mut().for_each(|lane| lane.moves.clear());
    stage.with(straight(1, 450.0)).with(turns_left(2, 780.0)).run().is(&[]);
}
