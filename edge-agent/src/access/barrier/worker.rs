//! The thread of one barrier: commands in, words out.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use wire::Name;

use super::config::{BarrierConfig, RelayConfig};
use super::{Barrier, BarrierError, Command, GpioBarrier, Heard, HttpBarrier};
use crate::publish::MqttRelay;

/// Commands that may wait for a slow barrier.
const COMMANDS: usize = 16;
/// A word that stays the same is told again this often, so that a follower that missed it learns it.
const AGAIN: Duration = Duration::from_secs(2);

/// Connects to a configured barrier.
///
/// # Errors
/// Its settings cannot be used, or its lines are not there.
pub fn connect(
    lane: &Name,
    config: &BarrierConfig,
    runtime: &Handle,
) -> Result<Box<dyn Barrier>, BarrierError> {
    Ok(match &config.relay {
        RelayConfig::Http(http) => Box::new(HttpBarrier::new(http.clone(), runtime.clone())?),
        RelayConfig::Mqtt(mqtt) => Box::new(MqttRelay::start(lane, mqtt.clone())?),
        RelayConfig::Gpio(gpio) => Box::new(GpioBarrier::open(gpio)?),
    })
}

/// A barrier's thread. It ends when this is dropped.
#[derive(Debug)]
pub struct Worker {
    commands: Option<SyncSender<Command>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts it. `tell` gets what is heard, in order.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn start(
        lane: &Name,
        barrier: Box<dyn Barrier>,
        poll: Duration,
        tell: impl Fn(Heard) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (commands, taken) = sync_channel(COMMANDS);
        let name = lane.clone();
        let thread = std::thread::Builder::new()
            .name(format!("barrier-{lane}"))
            .spawn(move || run(&name, barrier, &taken, poll, &tell))?;
        Ok(Self { commands: Some(commands), thread: Some(thread) })
    }

    /// Hands a command over without waiting; `false` if so many wait already that the barrier must be gone.
    pub fn command(&self, command: Command) -> bool {
        self.commands.as_ref().is_some_and(|commands| commands.try_send(command).is_ok())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(
    lane: &Name,
    mut barrier: Box<dyn Barrier>,
    commands: &Receiver<Command>,
    poll: Duration,
    tell: &dyn Fn(Heard),
) {
    let mut last: Option<(Heard, Instant)> = None;
    let mut say = |heard: Heard| {
        if last.is_none_or(|(known, at)| known != heard || at.elapsed() > AGAIN) {
            last = Some((heard, Instant::now()));
            tell(heard);
        }
    };
    let mut reached = true;
    loop {
        let mut failed = None;
        match commands.recv_timeout(poll) {
            // Once: some barriers take a second pulse as "stop".
            Ok(command) => failed = barrier.command(command).err(),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let heard = match (failed, barrier.position()) {
            (None, Ok(Some(position))) => Some(Heard::At(position)),
            (None, Ok(None)) => None,
            (Some(error), _) | (None, Err(error)) => {
                if reached {
                    tracing::error!(%lane, %error, "the barrier does not answer");
                }
                Some(Heard::Unreachable)
            }
        };
        let now_reached = heard != Some(Heard::Unreachable);
        if now_reached && !reached {
            tracing::info!(%lane, "the barrier answers again");
        }
        reached = now_reached;
        if let Some(heard) = heard {
            say(heard);
        }
    }
}
