//! A scene's signals as the signal watch wants them.

use wire::scene::{Lamp, Scene, SceneSignal};

use crate::vision::signal::{ControllerRef, LampBox, LampColour, SignalConfig, SignalTiming};

/// The signals to watch: those of the configuration and those of the scene. A drawn signal takes the place of a configured one of
/// the same name, and keeps that one's timing and lines.
pub fn signals(configured: &[SignalConfig], scene: Option<&Scene>) -> Vec<SignalConfig> {
    let mut all = configured.to_vec();
    for signal in scene.iter().flat_map(|scene| &scene.signals) {
        let mut drawn = of_scene(signal);
        let lines = scene.iter().flat_map(|scene| &scene.lines);
        drawn.governs = lines
            .filter(|line| line.governed.iter().any(|governed| governed.signal == signal.id))
            .map(|line| line.id.clone())
            .collect();
        match all.iter_mut().find(|known| known.id == drawn.id) {
            Some(known) => {
                drawn.timing = known.timing;
                drawn.governs.extend(known.governs.iter().filter(|line| !has(scene, line)).cloned());
                *known = drawn;
            }
            None => all.push(drawn),
        }
    }
    all
}

fn has(scene: Option<&Scene>, line: &wire::Name) -> bool {
    scene.iter().flat_map(|scene| &scene.lines).any(|drawn| drawn.id == *line)
}

fn of_scene(signal: &SceneSignal) -> SignalConfig {
    let colour = |lamp: &Lamp| match lamp.colour.as_str() {
        "red" => Some(LampColour::Red),
        "yellow" => Some(LampColour::Yellow),
        "green" => Some(LampColour::Green),
        _ => None,
    };
    let boxes: Vec<LampBox> = signal
        .lamps
        .iter()
        .filter_map(|lamp| Some(LampBox { lamp: colour(lamp)?, area: lamp.area }))
        .collect();
    // One box that shows every colour is a head without lamps.
    let head = boxes.is_empty().then(|| signal.lamps.first().map(|lamp| lamp.area)).flatten();
    SignalConfig {
        id: signal.id.clone(),
        head,
        lamps: Vec::new(),
        orientation: Default::default(),
        boxes,
        governs: Vec::new(),
        controller: signal
            .controller
            .as_ref()
            .map(|c| ControllerRef { id: c.id.clone(), group: c.group.clone() }),
        timing: SignalTiming::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene() -> Scene {
        serde_json::from_str(include_str!("../../../tests/goldens/v1/scene.json")).expect("a scene")
    }

    fn configured() -> Vec<SignalConfig> {
        let text = "id = 'den-bac'\nhead = [0.1, 0.1, 0.1, 0.3]\ngoverns = ['vach-cu', 'vach-dung']\n[timing]\nleast_red_s = 9.0";
        vec![toml::from_str(text).expect("a signal")]
    }

    #[test]
    fn a_drawn_signal_governs_the_lines_that_name_it() {
        let drawn = signals(&[], Some(&scene()));
        assert_eq!((drawn.len(), drawn[0].boxes.len(), drawn[0].head), (1, 3, None));
        assert_eq!(drawn[0].governs.iter().map(|line| line.as_str()).collect::<Vec<_>>(), ["vach-dung"]);
        assert!(drawn[0].problems(&drawn[0].governs).is_empty());
    }

    #[test]
    fn a_drawn_signal_takes_the_place_of_a_configured_one_and_keeps_its_timing_and_other_lines() {
        let merged = signals(&configured(), Some(&scene()));
        assert_eq!((merged.len(), merged[0].boxes.len(), merged[0].timing.least_red_s), (1, 3, 9.0));
        assert_eq!(
            merged[0].governs.iter().map(|line| line.as_str()).collect::<Vec<_>>(),
            ["vach-dung", "vach-cu"]
        );
    }

    #[test]
    fn one_box_for_every_colour_is_a_head_without_lamps() {
        let mut any = scene();
        any.signals[0].lamps = vec![Lamp { colour: "any".into(), area: [0.2, 0.2, 0.05, 0.05] }];
        let drawn = signals(&[], Some(&any));
        assert_eq!(drawn[0].lamp_boxes(100, 100).len(), 1);
        assert_eq!(drawn[0].lamp_boxes(100, 100)[0].0, None);
    }
}
