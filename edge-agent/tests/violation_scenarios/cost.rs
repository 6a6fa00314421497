//! What a frame costs the judge. Prints, and asserts only that it is small:
//! `cargo nextest run -p edge-agent --test violation_scenarios --run-ignored only --no-capture cost`.

use wire::LampState::{Green, Red};
use wire::violation::Kind;

use crate::any_traffic::everything;
use crate::stage::*;

/// Sixty vehicles that drive up and down for a minute, a third of them standing for half of it.
fn traffic() -> impl Iterator<Item = Actor> {
    (0..60u64).map(|n| {
        let (x, y) = (60.0 + 1160.0 * (n % 12) as f32 / 12.0, 200.0 + 480.0 * (n / 12) as f32 / 5.0);
        let actor = if n % 3 == 0 { motorcycle(n + 1, 0.0, (x, y)) } else { car(n + 1, 0.0, (x, y)) };
        let actor = if n % 3 == 1 { actor.wait(30.0) } else { actor };
        (0..8).fold(actor, |actor, leg| {
            let to = if (leg + n) % 2 == 0 { (x, 705.0) } else { (1280.0 - x, 160.0) };
            actor.to(to, 90.0 + n as f32)
        })
    })
}

#[test]
#[ignore = "prints a measurement"]
fn a_frame_with_sixty_tracks_and_a_rule_of_every_kind() {
    for metres in [false, true] {
        let stage = Stage::new(everything(metres)).fps(6.0).all(traffic());
        let stage = stage.signal("den", steady(&[(0.0, Green), (20.0, Red), (50.0, Green)]));
        let mut silent = stage.clone();
        silent.scene.rules.clear();
        let ((all_s, found), (staging_s, _)) = (stage.timed(60.0), silent.timed(60.0));
        let judge_ms = (all_s - staging_s) * 1e3;
        let rules = Kind::ALL.len() - usize::from(!metres);
        println!("{rules} rules, metres {metres}: {judge_ms:.3} ms of CPU a frame, {found} found");
        assert!(judge_ms < 20.0);
    }
}
