//! Where events are made: on one thread per camera that starts with the first finding, or in place.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use super::bundle::Job;
use crate::outbox::Draft;

/// Jobs that may wait for the thread.
const QUEUE: usize = 8;

/// Makes drafts out of jobs, in order.
#[derive(Default)]
pub(super) struct Maker {
    worker: Option<Worker>,
    made: Vec<Draft>,
    /// Jobs on their way.
    open: usize,
}

struct Worker {
    jobs: SyncSender<Job>,
    /// None for one that could not be made.
    drafts: Receiver<Option<Draft>>,
    thread: JoinHandle<()>,
}

impl Maker {
    /// Whether a job would be taken without waiting.
    pub(super) fn has_room(&self, in_place: bool) -> bool {
        in_place || self.open < QUEUE
    }

    /// Takes a job; `in_place` makes it at once.
    pub(super) fn take(&mut self, job: Job, in_place: bool) {
        if in_place {
            self.made.push(job.run());
            return;
        }
        if self.worker.is_none() {
            self.worker = Worker::start();
        }
        let mut job = job;
        while let Some(worker) = &self.worker {
            match worker.jobs.try_send(job) {
                Ok(()) => {
                    self.open += 1;
                    return;
                }
                // The thread itself may wait for room for what it has made: take that, and try again.
                Err(TrySendError::Full(refused)) => {
                    job = refused;
                    match worker.drafts.recv() {
                        Ok(draft) => {
                            self.open = self.open.saturating_sub(1);
                            self.made.extend(draft);
                        }
                        Err(_) => self.gone(),
                    }
                }
                Err(TrySendError::Disconnected(refused)) => {
                    job = refused;
                    self.gone();
                }
            }
        }
        // No thread to be had: then the camera waits a moment.
        self.made.push(job.run());
    }

    fn gone(&mut self) {
        tracing::error!("the thread that makes evidence is gone");
        if let Some(worker) = self.worker.take() {
            self.made.extend(worker.drafts.try_iter().flatten());
        }
        self.open = 0;
    }

    /// What is made by now.
    pub(super) fn made(&mut self) -> Vec<Draft> {
        let mut made = std::mem::take(&mut self.made);
        if let Some(worker) = &self.worker {
            while let Ok(draft) = worker.drafts.try_recv() {
                self.open = self.open.saturating_sub(1);
                made.extend(draft);
            }
        }
        made
    }

    /// Everything that is on its way, however long that takes.
    pub(super) fn finish(&mut self) -> Vec<Draft> {
        let mut made = std::mem::take(&mut self.made);
        self.open = 0;
        let Some(Worker { jobs, drafts, thread }) = self.worker.take() else { return made };
        drop(jobs);
        made.extend(drafts.into_iter().flatten());
        if thread.join().is_err() {
            tracing::error!("the thread that makes evidence had panicked: an event may be lost");
        }
        made
    }
}

impl Worker {
    fn start() -> Option<Self> {
        let (jobs, work) = sync_channel::<Job>(QUEUE);
        // As many drafts as jobs: the thread never waits for the camera.
        let (out, drafts) = sync_channel(2 * QUEUE);
        let body = move || {
            for job in work {
                let made = catch_unwind(AssertUnwindSafe(|| job.run()));
                let made = made.inspect_err(|_| tracing::error!("evidence could not be made: a panic")).ok();
                if out.send(made).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("evidence".to_owned()).spawn(body);
        let thread = thread.inspect_err(|error| tracing::error!(%error, "no thread for evidence")).ok()?;
        Some(Self { jobs, drafts, thread })
    }
}
