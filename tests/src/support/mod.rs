//! What the end-to-end promises share: real programs in folders of their own, on free loopback ports.
//!
//! Nothing outlives a test: programs are killed when their owner is dropped and when the test's process dies. What fails a
//! test panics here, with what was waited for, so that the programs' logs are printed.

mod api;
mod broker;
mod central;
mod edge;
mod paper;
mod process;
mod proof;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use api::{Api, Stream};
pub use broker::Mosquitto;
pub use central::Central;
pub use edge::{Edge, EdgeConfig, GATE_LINE};
pub use paper::{Journal, PaperAgent, PaperEdge, clip, envelope, picture, reading, red_light, vehicle};
pub use process::{Process, Run, program, run};
pub use proof::{Committed, prove_journal};

/// The repository.
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// A loopback address that nobody listens on just now.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
    listener.local_addr().expect("the address of a listener")
}

/// Asks again and again until there is an answer.
///
/// # Panics
/// After `patience`, saying `what` was waited for.
pub async fn wait_for<T>(what: &str, patience: Duration, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let until = Instant::now() + patience;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < until, "waited {} s in vain: {what}", patience.as_secs());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Seconds.
pub const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
