//! Card readers that stand at lanes: a thread each, opened again when they are gone.

use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use wire::Name;

use super::gates::Gates;
use super::sight::Sighting;
use super::view::PresentRequest;
use crate::cards::{CardReaderConfig, Scan, open_at_gate};

/// How long a reader is waited for before the stop is looked at.
const WAIT: Duration = Duration::from_millis(250);
/// Pause before a reader that is gone is opened again: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(15));

/// Reads one reader until `stop`.
pub fn read(gates: &Gates, lane: &Name, config: &CardReaderConfig, stop: &CancellationToken) {
    let mut pause = PAUSES.0;
    while !stop.is_cancelled() {
        match open_at_gate(config) {
            Ok(mut source) => {
                tell(gates, lane, config, true);
                pause = PAUSES.0;
                let gone = loop {
                    if stop.is_cancelled() {
                        return;
                    }
                    match source.next(WAIT) {
                        Ok(Some(scan)) => take(gates, lane, scan),
                        Ok(None) => {}
                        Err(error) => break error,
                    }
                };
                tracing::error!(reader = %config.id, error = %gone, "the card reader is lost");
            }
            Err(error) => tracing::error!(reader = %config.id, %error, "the card reader cannot be opened"),
        }
        tell(gates, lane, config, false);
        let until = Instant::now() + pause;
        while Instant::now() < until && !stop.is_cancelled() {
            std::thread::sleep(WAIT.min(pause));
        }
        pause = (pause * 2).min(PAUSES.1);
    }
}

fn tell(gates: &Gates, lane: &Name, config: &CardReaderConfig, there: bool) {
    gates.take(Sighting::Reader { lane: lane.clone(), reader: config.id.clone(), there });
    gates.refresh();
}

/// What was scanned is presented; what cannot be used is logged by its kind, never by its content.
fn take(gates: &Gates, lane: &Name, scan: Scan) {
    let refused = match scan {
        Scan::Card(card) => gates.present_card(lane, &card).err(),
        Scan::Other(text) => gates.present(lane, PresentRequest::Pass { text: text.to_string() }, None).err(),
        Scan::NotACard(error) => Some(error.into()),
        Scan::Fault(fault) => {
            tracing::warn!(%lane, ?fault, "a card could not be read");
            None
        }
    };
    if let Some(error) = refused {
        tracing::warn!(%lane, code = error.code(), "what was shown cannot be used");
    }
}
