//! `[[camera.signal]]`: where the lamps are, what they govern, and how signals behave here.

use serde::Deserialize;
use wire::{LampState, Name};

use crate::geometry::BBox;

/// Smallest lamp box side that is accepted, part of the picture.
const LEAST_SIDE: f32 = 0.002;

/// A signal in the picture of a camera.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalConfig {
    /// Name of the signal, unique within the camera.
    pub id: Name,
    /// The whole head, normalised `[x, y, w, h]`. Either this or `boxes`.
    #[serde(default)]
    pub head: Option<[f32; 4]>,
    /// Lamps of the head from the top (or from the left). Empty: one box that shows every colour, such as countdown digits.
    #[serde(default = "three")]
    pub lamps: Vec<LampColour>,
    /// How the lamps of `head` stand.
    #[serde(default)]
    pub orientation: Orientation,
    /// One box per lamp in place of `head`, normalised `[x, y, w, h]`.
    #[serde(default)]
    pub boxes: Vec<LampBox>,
    /// Lines that this signal governs: their events say what it showed.
    #[serde(default)]
    pub governs: Vec<Name>,
    /// A controller's feed that replaces the picture while it is fresh.
    #[serde(default)]
    pub controller: Option<ControllerRef>,
    /// How signals behave here.
    #[serde(default)]
    pub timing: SignalTiming,
}

/// Colours of lamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LampColour {
    /// Stop.
    Red,
    /// About to be red.
    Yellow,
    /// Go.
    Green,
}

impl LampColour {
    /// What a signal shows whose lamp of this colour is lit.
    pub fn state(self) -> LampState {
        match self {
            Self::Red => LampState::Red,
            Self::Yellow => LampState::Yellow,
            Self::Green => LampState::Green,
        }
    }
}

/// How the lamps of a head stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Orientation {
    /// One above the other.
    #[default]
    Vertical,
    /// Side by side.
    Horizontal,
}

/// The box of one lamp.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LampBox {
    /// Colour of the lamp.
    pub lamp: LampColour,
    /// Normalised `[x, y, w, h]`.
    pub area: [f32; 4],
}

/// A group of a signal controller.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControllerRef {
    /// The controller: last level of its topic, and one of `[[controller]]`.
    pub id: Name,
    /// The group of lamps there.
    pub group: Name,
}

/// How signals behave, seconds. The order of phases is green → yellow → red → green; another one needs more evidence.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignalTiming {
    /// A change in the usual order is believed after it was seen this long.
    pub confirm_s: f32,
    /// A change out of order, or before the least duration of what was shown, after this long.
    pub unusual_s: f32,
    /// Dark lamps are believed after this long: a flashing lamp is dark for half a second at a time.
    pub off_s: f32,
    /// Without clear evidence for this long the signal is unknown.
    pub doubt_s: f32,
    /// Least duration of green.
    pub least_green_s: f32,
    /// Least duration of yellow.
    pub least_yellow_s: f32,
    /// Least duration of red.
    pub least_red_s: f32,
}

impl Default for SignalTiming {
    fn default() -> Self {
        Self {
            confirm_s: 0.3,
            unusual_s: 1.5,
            off_s: 1.2,
            doubt_s: 0.6,
            least_green_s: 4.0,
            least_yellow_s: 2.0,
            least_red_s: 4.0,
        }
    }
}

fn three() -> Vec<LampColour> {
    vec![LampColour::Red, LampColour::Yellow, LampColour::Green]
}

impl SignalConfig {
    /// Everything that cannot be right, one sentence each; empty when all is well. `lines` are those of the camera.
    pub fn problems(&self, lines: &[Name]) -> Vec<String> {
        let mut problems = Vec::new();
        match (&self.head, self.boxes.is_empty()) {
            (None, true) => problems.push("neither head nor boxes: say where the lamps are".to_owned()),
            (Some(_), false) => problems.push("head and boxes are both given: keep one".to_owned()),
            _ => {}
        }
        if let Some(head) = &self.head {
            problems.extend(area_problem("head", head));
            let mut known = self.lamps.clone();
            known.dedup_by_key(|lamp| *lamp as u8);
            if has_twice(&self.lamps) {
                problems.push("lamps names a colour twice".to_owned());
            }
        }
        for lamp in &self.boxes {
            problems.extend(area_problem("boxes.area", &lamp.area));
        }
        if has_twice(&self.boxes.iter().map(|lamp| lamp.lamp).collect::<Vec<_>>()) {
            problems.push("boxes names a colour twice".to_owned());
        }
        for line in &self.governs {
            if !lines.contains(line) {
                problems.push(format!("governs line {line}, which this camera does not have"));
            }
        }
        problems.extend(self.timing.problems());
        problems
    }

    /// The boxes to look at, in pixels of a picture of this size, with the colour of their lamp.
    pub fn lamp_boxes(&self, width: u32, height: u32) -> Vec<(Option<LampColour>, BBox)> {
        let pixels = |[x, y, w, h]: [f32; 4]| BBox {
            x: x * width as f32,
            y: y * height as f32,
            w: w * width as f32,
            h: h * height as f32,
        };
        let Some(head) = self.head.map(pixels) else {
            return self.boxes.iter().map(|lamp| (Some(lamp.lamp), pixels(lamp.area))).collect();
        };
        if self.lamps.is_empty() {
            return vec![(None, head)];
        }
        let count = self.lamps.len() as f32;
        let part = |n: usize| match self.orientation {
            Orientation::Vertical => {
                BBox { y: head.y + n as f32 * head.h / count, h: head.h / count, ..head }
            }
            Orientation::Horizontal => {
                BBox { x: head.x + n as f32 * head.w / count, w: head.w / count, ..head }
            }
        };
        self.lamps.iter().enumerate().map(|(n, &lamp)| (Some(lamp), part(n))).collect()
    }

    /// Lines that two of these signals govern.
    pub fn governed_twice(signals: &[Self]) -> Vec<Name> {
        let mut lines: Vec<&Name> = signals.iter().flat_map(|signal| &signal.governs).collect();
        lines.sort();
        let mut twice: Vec<Name> =
            lines.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone()).collect();
        twice.dedup();
        twice
    }
}

impl SignalTiming {
    fn problems(&self) -> Vec<String> {
        let limits = [
            ("confirm_s", self.confirm_s, 0.0, 5.0),
            ("unusual_s", self.unusual_s, 0.0, 30.0),
            ("off_s", self.off_s, 0.0, 30.0),
            ("doubt_s", self.doubt_s, 0.1, 30.0),
            ("least_green_s", self.least_green_s, 0.0, 600.0),
            ("least_yellow_s", self.least_yellow_s, 0.0, 30.0),
            ("least_red_s", self.least_red_s, 0.0, 600.0),
        ];
        let wrong = limits.iter().filter(|(_, value, low, high)| !(low..=high).contains(&value));
        let mut problems: Vec<String> = wrong
            .map(|(name, value, low, high)| {
                format!("timing.{name} is {value}; expected {low} to {high} seconds")
            })
            .collect();
        if self.unusual_s < self.confirm_s {
            problems.push(
                "timing.unusual_s is below timing.confirm_s: the unusual needs more evidence, not less"
                    .to_owned(),
            );
        }
        problems
    }
}

fn has_twice(lamps: &[LampColour]) -> bool {
    lamps.iter().enumerate().any(|(n, lamp)| lamps[..n].contains(lamp))
}

fn area_problem(name: &str, area: &[f32; 4]) -> Option<String> {
    let [x, y, w, h] = *area;
    let inside = area.iter().all(|v| (0.0..=1.0).contains(v)) && x + w <= 1.0001 && y + h <= 1.0001;
    if !inside {
        return Some(format!("{name} {area:?} is not inside the picture; expected [x, y, w, h] from 0 to 1"));
    }
    (w < LEAST_SIDE || h < LEAST_SIDE).then(|| format!("{name} {area:?} is too small to hold a lamp"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(text: &str) -> SignalConfig {
        toml::from_str(text).expect("readable")
    }

    #[test]
    fn a_head_is_cut_into_its_lamps_from_the_top_or_from_the_left() {
        let boxes = signal("id = 'den'\nhead = [0.5, 0.2, 0.1, 0.3]").lamp_boxes(1000, 1000);
        assert_eq!(boxes.len(), 3);
        assert_eq!(boxes[2].0, Some(LampColour::Green));
        assert!((boxes[2].1.y - 400.0).abs() < 0.1 && (boxes[2].1.h - 100.0).abs() < 0.1);
        let wide =
            "id = 'den'\nhead = [0.5, 0.2, 0.3, 0.1]\norientation = 'horizontal'\nlamps = ['red', 'green']";
        let boxes = signal(wide).lamp_boxes(1000, 1000);
        assert!((boxes[1].1.x - 650.0).abs() < 0.1 && (boxes[1].1.w - 150.0).abs() < 0.1);
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let text = "id = 'den'\nhead = [0.9, 0.2, 0.3, 0.001]\nlamps = ['red', 'red']\ngoverns = ['vach-x']\n\
                    boxes = [{ lamp = 'red', area = [0, 0, 0, 0.1] }]\n[timing]\nconfirm_s = 3.0\noff_s = -1.0";
        let problems = signal(text).problems(&[]).join("\n");
        for word in [
            "both given",
            "not inside",
            "too small",
            "colour twice",
            "vach-x",
            "off_s is -1",
            "unusual_s is below",
        ] {
            assert!(problems.contains(word), "{word} missing in:\n{problems}");
        }
        assert!(signal("id = 'den'").problems(&[])[0].contains("neither"));
        assert!(toml::from_str::<SignalConfig>("id = 'den'\nhed = [0, 0, 1, 1]").is_err());
    }

    #[test]
    fn a_line_answers_to_one_signal() {
        let one = "id = 'a'\nhead = [0.1, 0.1, 0.1, 0.1]\ngoverns = ['l']";
        let both = [signal(one), signal(&one.replace("'a'", "'b'"))];
        assert_eq!(SignalConfig::governed_twice(&both), [Name::new("l").expect("a name")]);
        assert!(SignalConfig::governed_twice(&both[..1]).is_empty());
    }
}
