//! The one way of events into the outbox: what follows from them is written in the same atomic batch.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use super::book::{Book, CountingLine};
use crate::outbox::{Draft, Outbox, OutboxError};

/// Outbox and book, kept in step.
///
/// In memory the book is ahead of the disk while the disk refuses: gates decide from what happened. On disk it never is: events that
/// could not be written wait here, and go first, together with everything that followed from them.
#[derive(Debug)]
pub struct Ledger {
    // None where nothing is kept: a desk under test.
    outbox: Option<Arc<Outbox>>,
    book: RwLock<Book>,
    waiting: Mutex<Vec<Draft>>,
    // Read without waiting for a disk that is being written to.
    unwritten: AtomicUsize,
}

impl Ledger {
    /// Opens the book of `outbox`; people who cross `lines` count for their areas.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open(outbox: Arc<Outbox>, lines: Vec<CountingLine>) -> Result<Self, OutboxError> {
        let book = Book::load(&outbox.state()?, lines);
        Ok(Self {
            outbox: Some(outbox),
            book: RwLock::new(book),
            waiting: Mutex::default(),
            unwritten: AtomicUsize::new(0),
        })
    }

    /// A ledger that keeps nothing and sends nothing.
    pub fn in_memory() -> Self {
        Self {
            outbox: None,
            book: RwLock::default(),
            waiting: Mutex::default(),
            unwritten: AtomicUsize::new(0),
        }
    }

    /// Takes `drafts` and writes them. On an error they are kept and go with the next call, [`Ledger::retry`] among them.
    ///
    /// # Errors
    /// The disk refuses; what the drafts mean counts all the same.
    pub fn append(&self, drafts: Vec<Draft>) -> Result<(), OutboxError> {
        let mut waiting = self.waiting();
        {
            let mut book = self.book.write().unwrap_or_else(PoisonError::into_inner);
            drafts.iter().for_each(|draft| book.take(draft));
        }
        waiting.extend(drafts);
        self.write(&mut waiting)
    }

    /// Takes `drafts` only if they can be written.
    ///
    /// # Errors
    /// The disk refuses: nothing was taken.
    pub fn append_or_refuse(&self, drafts: Vec<Draft>) -> Result<(), OutboxError> {
        let mut waiting = self.waiting();
        self.write(&mut waiting)?;
        let mut next = self.book().clone();
        drafts.iter().for_each(|draft| next.take(draft));
        if let Some(outbox) = &self.outbox {
            outbox.append_with(drafts, next.changes())?;
        }
        next.written();
        *self.book.write().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(())
    }

    /// Writes what is waiting.
    ///
    /// # Errors
    /// The disk still refuses.
    pub fn retry(&self) -> Result<(), OutboxError> {
        self.write(&mut self.waiting())
    }

    /// Events that the disk has not taken.
    pub fn unwritten(&self) -> usize {
        self.unwritten.load(Ordering::Relaxed)
    }

    /// What follows from the events so far.
    pub fn book(&self) -> RwLockReadGuard<'_, Book> {
        self.book.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Events that wait for central. Waits for a disk that is being written to.
    pub fn queued(&self) -> u64 {
        let stored = self.outbox.as_ref().map_or(0, |outbox| outbox.health().events);
        stored + self.unwritten() as u64
    }

    fn write(&self, waiting: &mut Vec<Draft>) -> Result<(), OutboxError> {
        if waiting.is_empty() {
            return Ok(());
        }
        let changes = self.book().changes();
        if let Some(outbox) = &self.outbox {
            let written = outbox.append_with(waiting.clone(), changes);
            self.unwritten.store(if written.is_ok() { 0 } else { waiting.len() }, Ordering::Relaxed);
            written?;
        }
        waiting.clear();
        // Whoever changes the book holds the lock on `waiting`, so nothing came in between.
        self.book.write().unwrap_or_else(PoisonError::into_inner).written();
        Ok(())
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Draft>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
