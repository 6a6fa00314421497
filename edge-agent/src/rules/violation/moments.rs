//! A look at a vehicle as a moment of an act.

use wire::Name;

use super::FoundMoment;
use super::memory::Look;
use super::signals::SignalLog;

/// The look's frame, with what the governing signal showed in it.
pub(super) fn moment(what: &str, look: &Look, signal: Option<(&Name, &SignalLog)>) -> FoundMoment {
    FoundMoment {
        what: what.to_owned(),
        stream_s: look.s(),
        at: look.at.captured.at,
        frame: look.at.index,
        bbox: look.bbox,
        signal: signal.and_then(|(signal, log)| log.shown(signal, look.s())),
    }
}
