//! Forbidden turns and U-turns.

use wire::violation::Kind;

use crate::kinds::*;
use crate::stage::*;

fn empty(kind: Kind) -> Stage {
    let mut stage = act(kind);
    stage.actors.clear();
    stage
}

#[test]
fn who_comes_in_and_goes_out_over_the_barred_lines_is_told_with_both() {
    let outcome = empty(Kind::TurnBan).with(turns_left(1, 450.0)).run();
    let outcome = outcome.is(&[("turn_ban", 1, 5.2)]).lane(Some("lan-trai")).doubts_are(&[]);
    outcome.moments(&[("start", None), ("act", None), ("end", None)]);
    let found = act(Kind::UTurn).run().is(&[("u_turn", 1, 5.67)]).found;
    assert!(found[0].moments[2].bbox.foot().x < 300.0 && found[0].moments[0].bbox.foot().x > 400.0);
}

#[test]
fn who_goes_straight_on_is_not_told() {
    let straight = car(1, 2.0, (450.0, 715.0)).to((450.0, 90.0), 120.0);
    empty(Kind::TurnBan).with(straight.clone()).run().is(&[]);
    empty(Kind::UTurn).with(straight).run().is(&[]);
}

#[test]
fn a_left_turn_is_no_u_turn_and_a_u_turn_no_left_turn() {
    empty(Kind::UTurn).with(turns_left(1, 450.0)).run().is(&[]);
    let mut stage = act(Kind::UTurn);
    stage.scene.rules = empty(Kind::TurnBan).scene.rules;
    stage.run().is(&[]);
}

#[test]
fn who_comes_from_another_side_and_goes_out_there_is_not_told() {
    let other = car(1, 2.0, (1200.0, 350.0)).to((60.0, 340.0), 150.0);
    empty(Kind::TurnBan).with(other).run().is(&[]);
    // Out first, then in: the wrong way round.
    let round = car(1, 2.0, (60.0, 340.0)).to((450.0, 380.0), 120.0).to((450.0, 700.0), 120.0);
    empty(Kind::TurnBan).with(round).run().is(&[]);
}

#[test]
fn who_is_lost_in_between_for_long_is_not_told_and_for_short_is_told() {
    // Hidden for four seconds, it comes back as somebody else.
    let lost = turns_left(1, 450.0).hidden(4.3, 6.0).switched(5.0, 9);
    empty(Kind::TurnBan).with(lost).run().is(&[]);
    let short = turns_left(1, 450.0).hidden(5.2, 5.9).switched(5.5, 9);
    empty(Kind::TurnBan).with(short).run().is(&[("turn_ban", 9, 5.2)]);
}

#[test]
fn who_looks_into_the_turn_and_backs_out_is_not_told() {
    let looks = car(1, 2.0, (450.0, 700.0)).to((450.0, 380.0), 120.0).to((260.0, 360.0), 100.0);
    let looks = looks.to((450.0, 330.0), 80.0).to((450.0, 90.0), 120.0);
    empty(Kind::TurnBan).with(looks).run().is(&[]);
}

#[test]
fn who_waits_in_the_junction_for_longer_than_a_journey_is_not_told() {
    let waits = car(1, 2.0, (450.0, 700.0)).to((450.0, 380.0), 120.0).wait(130.0).to((60.0, 340.0), 120.0);
    empty(Kind::TurnBan).with(waits).run().is(&[]);
}
