//! What a violation must bring along, and what is missing of it. The overlay: a layer of its own, never drawn into a picture.

use serde::{Deserialize, Serialize};

use super::{Kind, Violation};
use crate::{EvidenceRef, EvidenceRole, LampState, TimeSource};

/// One thing that a kind needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// The whole scene, with lamp or sign.
    Overview,
    /// A picture of each moment of the act.
    Act,
    /// The plate alone.
    Plate,
    /// The camera's own video around the act.
    Clip,
    /// Boxes and ways, as a layer of its own.
    Overlay,
    /// What the signal showed, without a hole at the act.
    SignalTimeline,
    /// The moments of the act.
    Moments,
    /// A plate that can be issued.
    Reading,
    /// A capture time with its uncertainty, not from a file.
    Time,
    /// Whether the clock was right.
    Clock,
    /// Where it was.
    Place,
    /// The models that took part.
    Models,
    /// Measured ground.
    Ground,
    /// The decision behind the sign or marking.
    Sign,
}

impl Need {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Act => "act",
            Self::Plate => "plate",
            Self::Clip => "clip",
            Self::Overlay => "overlay",
            Self::SignalTimeline => "signal_timeline",
            Self::Moments => "moments",
            Self::Reading => "reading",
            Self::Time => "time",
            Self::Clock => "clock",
            Self::Place => "place",
            Self::Models => "models",
            Self::Ground => "ground",
            Self::Sign => "sign",
        }
    }
}

/// What is missing of a violation, in the order of its kind's list. `kept` is the evidence that is really there; `models` the number of
/// models named. `sign` says whether the rule's decision is known. An unknown kind needs everything that it does not have.
pub fn missing(
    violation: &Violation,
    kept: &[EvidenceRef],
    source: TimeSource,
    models: usize,
    sign: bool,
) -> Vec<Need> {
    let Some(facts) = Kind::parse(&violation.violation).and_then(Kind::facts) else {
        return vec![Need::Moments];
    };
    let has = |role: EvidenceRole| kept.iter().any(|evidence| evidence.role == role);
    let moment_is_there = |what: &String| violation.moments.iter().any(|moment| moment.what == *what);
    let met = |need: &Need| match need {
        Need::Overview => has(EvidenceRole::Overview),
        Need::Act => facts.moments.iter().all(|what| {
            violation.moments.iter().any(|moment| {
                moment.what == *what
                    && moment.evidence.is_some_and(|sha256| kept.iter().any(|one| one.sha256 == sha256))
            })
        }),
        Need::Plate => has(EvidenceRole::Plate),
        Need::Clip => {
            has(EvidenceRole::Clip)
                && violation.clip.as_ref().is_some_and(|clip| {
                    clip.to.duration_since(clip.from).as_millis() >= i128::from(facts.clip_s) * 1000 - 500
                })
        }
        Need::Overlay => has(EvidenceRole::Overlay),
        Need::SignalTimeline => signal_is_known(violation, &facts.red_at),
        Need::Moments => facts.moments.iter().all(moment_is_there) && are_apart(violation, &facts.apart),
        Need::Reading => violation.reading.as_ref().is_some_and(|reading| reading.valid),
        Need::Time => source != TimeSource::File,
        Need::Clock => violation.clock.synchronised,
        Need::Place => !violation.place.vi.trim().is_empty(),
        Need::Models => models > 0,
        Need::Ground => violation.ground.is_some(),
        Need::Sign => sign,
    };
    facts.needs.iter().copied().filter(|need| !met(need)).collect()
}

/// Whether these moments follow each other, as far as they are there.
fn are_apart(violation: &Violation, apart: &[String]) -> bool {
    let at =
        |what: &String| violation.moments.iter().find(|moment| moment.what == *what).map(|moment| moment.at);
    let times: Vec<_> = apart.iter().filter_map(at).collect();
    times.windows(2).all(|pair| pair[0] < pair[1])
}

/// The signal is known at every moment of the act, and was red at those of `red_at`: a timeline that says green accuses nobody.
fn signal_is_known(violation: &Violation, red_at: &[String]) -> bool {
    let known = |state: LampState| !matches!(state, LampState::Unknown | LampState::Off);
    !violation.moments.is_empty()
        && violation.moments.iter().all(|moment| {
            let must_be_red = red_at.contains(&moment.what);
            violation.timeline.iter().any(|span| {
                span.from <= moment.at
                    && moment.at <= span.to
                    && if must_be_red { span.state == LampState::Red } else { known(span.state) }
            })
        })
}

/// The overlay file: `application/json`. Boxes are normalised `[x, y, w, h]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overlay {
    /// Format: 1.
    pub v: u32,
    /// The track that is accused.
    pub track: u64,
    /// Lines, lanes and zones that the rule is about, normalised points, by id.
    pub drawn: Vec<(String, Vec<[f32; 2]>)>,
    /// Every analysed frame of the clip, in order.
    pub frames: Vec<OverlayFrame>,
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverlayFrame {
    /// Stream second.
    pub stream_s: f64,
    /// What stood in it: other road users too, so that copies shown outside can be blurred.
    pub objects: Vec<OverlayObject>,
    /// What the signals showed, by id.
    #[serde(default)]
    pub signals: Vec<(String, LampState)>,
}

/// One object of a frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverlayObject {
    /// Track.
    pub track: u64,
    /// Class.
    pub class: String,
    /// Normalised `[x, y, w, h]`.
    #[serde(rename = "box")]
    pub bbox: [f32; 4],
}
