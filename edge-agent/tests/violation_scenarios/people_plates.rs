//! Three on a motorcycle, helmets, covered and missing plates.

use wire::violation::Kind;

use crate::kinds::*;
use crate::stage::*;

fn empty(kind: Kind) -> Stage {
    let mut stage = act(kind);
    stage.actors.clear();
    stage
}

#[test]
fn three_on_a_motorcycle_are_told_with_their_number() {
    let outcome = empty(Kind::Carry3plus).with(rider(1).riders(3)).run();
    let outcome = outcome.is(&[("carry_3plus", 1, 2.2)]).measured("people", 3.0, 0.0, 2.0);
    outcome.moments(&[("act", None)]).doubts_are(&[]);
}

#[test]
fn two_on_a_motorcycle_are_not_told() {
    empty(Kind::Carry3plus).with(rider(1).riders(2)).run().is(&[]);
}

#[test]
fn three_in_a_few_looks_of_many_are_somebody_behind_it() {
    // A passer-by is taken for a third one in four looks.
    let passer = rider(1).riders(2).riders_from(3.0, 3.7, 3);
    empty(Kind::Carry3plus).with(passer).run().is(&[]);
    let often = rider(1).riders(2).riders_from(3.0, 3.4, 3).riders_from(4.0, 4.4, 3).riders_from(5.0, 5.4, 3);
    empty(Kind::Carry3plus).with(often).run().is(&[]);
}

#[test]
fn a_motorcycle_too_far_away_to_count_heads_on_is_not_told() {
    let far = motorcycle(1, 2.0, (450.0, 90.0)).to((450.0, 60.0), 5.0).riders(4);
    empty(Kind::Carry3plus).with(far).run().is(&[]);
}

#[test]
fn who_rides_without_a_helmet_is_told_by_most_looks() {
    let outcome = empty(Kind::NoHelmet).with(rider(1).riders(2).bare(1)).run();
    outcome.is(&[("no_helmet", 1, 2.2)]).moments(&[("act", None)]);
    empty(Kind::NoHelmet).with(rider(1).bare(0)).run().is(&[]);
}

#[test]
fn a_head_that_looks_bare_for_a_moment_is_not_told() {
    empty(Kind::NoHelmet).with(rider(1).bare(0).bare_from(3.0, 3.8, 1)).run().is(&[]);
}

#[test]
fn without_a_helmet_model_nothing_is_said_about_helmets() {
    empty(Kind::NoHelmet).with(rider(1).riders(2)).run().is(&[]);
}

#[test]
fn a_plate_that_stays_covered_is_told_once_the_finding_has_stood() {
    for finding in ["covered", "bent"] {
        let covered = up(1, 2.0).plate_from(3.0, 99.0, finding);
        empty(Kind::PlateCovered).with(covered).run().is(&[("plate_covered", 1, 4.5)]);
    }
    let outcome = empty(Kind::PlateMissing).with(up(1, 2.0).plate_from(3.0, 99.0, "missing")).run();
    outcome.is(&[("plate_missing", 1, 4.5)]).lane(Some("lan-len"));
}

#[test]
fn a_plate_that_is_covered_in_one_frame_or_taken_back_is_not_told() {
    empty(Kind::PlateCovered).with(up(1, 2.0).plate_from(3.0, 3.2, "covered")).run().is(&[]);
    let back = up(1, 2.0).plate_from(3.0, 4.2, "covered").plate_from(5.0, 6.2, "covered");
    empty(Kind::PlateCovered).with(back).run().is(&[]);
}

#[test]
fn a_plate_that_is_only_hard_to_read_is_not_told_and_each_rule_has_its_own_findings() {
    empty(Kind::PlateCovered).with(up(1, 2.0).plate("unreadable")).run().is(&[]);
    empty(Kind::PlateCovered).with(up(1, 2.0).plate("missing")).run().is(&[]);
    empty(Kind::PlateMissing).with(up(1, 2.0).plate("covered")).run().is(&[]);
}

#[test]
fn a_covered_plate_is_told_once_however_long_it_is_seen() {
    let stands = car(1, 2.0, (450.0, 500.0)).wait(50.0).plate_from(3.0, 99.0, "covered");
    assert_eq!(empty(Kind::PlateCovered).with(stands).run().found.len(), 1);
}

#[test]
fn a_rule_about_one_lane_does_not_look_at_the_other() {
    let mut stage = empty(Kind::PlateCovered);
    stage.scene.rules[0].about = vec![wire::Name::new("lan-xuong").expect("a name")];
    stage.clone().with(up(1, 2.0).plate("covered")).run().is(&[]);
    assert_eq!(stage.with(against(1, 2.0).plate("covered")).run().found.len(), 1);
}
