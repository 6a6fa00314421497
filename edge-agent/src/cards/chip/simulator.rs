//! A chip reader that is none: speaks the protocol of [`super`] from the other side, with the faults of real ones.
//!
//! For trying an installation without hardware (`edge-agent cards --simulate`), and for tests. All people in it are invented.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::protocol::Request;
use crate::cards::{Frames, Port, ReaderError};

/// How the reader behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Scenario {
    /// Reads a good card within half a second.
    Good,
    /// Takes longer than anybody waits.
    Slow,
    /// The CAN does not open the chip.
    AccessDenied,
    /// The card is taken away while it is read.
    Removed,
    /// The data were changed.
    NotAuthentic,
    /// Signed by an unknown authority.
    UnknownAuthority,
    /// Says that all is well although its own report says that the hashes differ.
    Contradiction,
    /// Sends the face, ethnicity and religion too.
    Talkative,
    /// Lines come in pieces, with rubbish between them.
    Torn,
    /// The cable is pulled while a card is read.
    Unplugged,
    /// Hangs: no beats.
    Silent,
    /// Speaks a newer protocol.
    NewerVersion,
    /// Answers without a holder.
    Nonsense,
}

/// Serves one agent after the other at `listener`, for ever.
///
/// # Errors
/// The listener is broken.
pub fn serve(listener: &TcpListener, scenario: Scenario) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept()?;
        // An agent that went away is nothing to report.
        let _ = simulate(stream.into(), scenario);
    }
}

/// One connection, until it ends.
///
/// # Errors
/// The other side is gone.
pub fn simulate(mut port: Port, scenario: Scenario) -> Result<(), ReaderError> {
    let version = if scenario == Scenario::NewerVersion { super::VERSION + 1 } else { super::VERSION };
    say(&mut port, scenario, &json!({"say": "hello", "v": version, "reader": "simulated"}))?;
    let (mut lines, mut buffer) = (Frames::new(4096), [0u8; 512]);
    let start = Instant::now();
    let (mut beats, mut present, mut due) = (0u128, false, None);
    loop {
        let read = port.read(&mut buffer, Duration::from_millis(20))?;
        for line in lines.push(&buffer[..read]) {
            match serde_json::from_slice::<Request>(&line) {
                Ok(Request::Read { id }) => due = Some((id, Instant::now() + Duration::from_millis(150))),
                Ok(Request::Cancel { id }) => {
                    due = None;
                    say(&mut port, scenario, &json!({"say": "failed", "id": id, "why": "cancelled"}))?;
                }
                Ok(Request::Hello { .. }) | Err(_) => {}
            }
        }
        let passed = start.elapsed().as_millis();
        if scenario != Scenario::Silent && passed / 1000 >= beats {
            beats += 1;
            let state = if due.is_some() {
                "reading"
            } else if present {
                "card_present"
            } else {
                "idle"
            };
            say(&mut port, scenario, &json!({"say": "beat", "state": state}))?;
        }
        if passed > 200 && !present && scenario != Scenario::Silent {
            present = true;
            say(&mut port, scenario, &json!({"say": "state", "state": "card_present"}))?;
        }
        if let Some((id, at)) = due.filter(|(_, at)| Instant::now() >= *at) {
            let _ = at;
            match scenario {
                Scenario::Slow => continue,
                Scenario::Unplugged => return Ok(()),
                _ => say(&mut port, scenario, &answer(id, scenario))?,
            }
            due = None;
        }
    }
}

fn say(port: &mut Port, scenario: Scenario, what: &Value) -> Result<(), ReaderError> {
    let line = format!("{what}\n");
    if scenario != Scenario::Torn {
        return port.write(line.as_bytes());
    }
    port.write(b"\xFF\x00}{ rubbish\n")?;
    for piece in line.as_bytes().chunks(7) {
        port.write(piece)?;
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

fn answer(id: u64, scenario: Scenario) -> Value {
    let failed = |why: &str| json!({"say": "failed", "id": id, "why": why});
    let mut holder = json!({
        "number": "037090001234", "name": "Nguyễn Văn Mẫu", "born": "1990-08-15", "gender": "male",
    });
    let mut passive = json!({"sod_signature_valid": true, "hashes_match": true, "csca": "known"});
    match scenario {
        Scenario::AccessDenied => return failed("access_denied"),
        Scenario::Removed => return failed("card_removed"),
        Scenario::NotAuthentic => return failed("not_authentic"),
        Scenario::Nonsense => return json!({"say": "done", "id": id, "holder": null}),
        Scenario::UnknownAuthority => passive["csca"] = json!("unknown"),
        Scenario::Contradiction => passive["hashes_match"] = json!(false),
        Scenario::Talkative => {
            holder["dg2"] = json!("/9j/".repeat(5000));
            holder["ethnicity"] = json!("invented");
            holder["religion"] = json!("invented");
        }
        _ => {}
    }
    json!({"say": "done", "id": id, "holder": holder, "passive": passive})
}
