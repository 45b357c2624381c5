//! How those who send requests talk to the one who keeps the journal.
//!
//! An intent is acknowledged only when it is on the disk; results follow without waiting, in order, and are on the disk
//! with the next commit. The keeper writes everything that waits in one commit, so a slow disk costs latency, not
//! throughput.

use std::sync::atomic::{AtomicI64, Ordering};

use tokio::sync::{mpsc, oneshot};

use crate::contact::{IntercomId, Timestamp};
use crate::plan::ActionId;
use crate::store::{ActionState, Attempt, AttemptId, AttemptResult, BeforeImage, JournalEntry};

/// What the keeper of the journal is asked.
#[derive(Debug)]
pub(super) enum Message {
    /// Write these; answer when they are durable, if somebody waits.
    Record { entries: Vec<JournalEntry>, durable: Option<oneshot::Sender<()>> },
    /// May one of these contacts be taken as the one an action made?
    Claim { claim: Claim, answer: oneshot::Sender<Claimed> },
}

/// Contacts that fit a create whose answer was lost.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) action: ActionId,
    /// In the order in which they are to be taken.
    pub(super) contacts: Vec<IntercomId>,
    /// Creates of the same values that are in doubt: with more contacts than that nobody can tell whose is whose.
    pub(super) at_most: usize,
}

/// What a claim came to. Contacts known from somewhere else do not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Claimed {
    Nothing,
    Took(IntercomId),
    TooMany(Vec<IntercomId>),
}

/// The keeper is gone: the run is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Closed;

/// The sending end.
#[derive(Debug)]
pub(super) struct Scribe {
    messages: mpsc::UnboundedSender<Message>,
    next_attempt: AtomicI64,
}

impl Scribe {
    pub(super) fn new(messages: mpsc::UnboundedSender<Message>, last_attempt: Option<AttemptId>) -> Self {
        Self { messages, next_attempt: AtomicI64::new(last_attempt.map_or(1, |AttemptId(number)| number + 1)) }
    }

    /// Records an intent, and the state of contacts before their first change, durably.
    pub(super) async fn intend(
        &self,
        (action, step): (ActionId, u32),
        request: String,
        images: Vec<BeforeImage>,
        at: Timestamp,
    ) -> Result<AttemptId, Closed> {
        let id = AttemptId(self.next_attempt.fetch_add(1, Ordering::Relaxed));
        let mut entries: Vec<JournalEntry> = images.into_iter().map(JournalEntry::BeforeImage).collect();
        entries.push(JournalEntry::Intent(Attempt {
            id,
            action,
            step,
            request,
            intended_at: at,
            result: None,
            ended_at: None,
            request_id: None,
        }));
        let (durable, written) = oneshot::channel();
        self.messages.send(Message::Record { entries, durable: Some(durable) }).map_err(|_| Closed)?;
        written.await.map_err(|_| Closed)?;
        Ok(id)
    }

    /// Records how a request ended.
    pub(super) fn result(&self, id: AttemptId, result: AttemptResult, at: Timestamp, request_id: Option<String>) {
        self.write(JournalEntry::Result { id, result, at, request_id });
    }

    /// Records where an action stands.
    pub(super) fn state(&self, action: ActionId, state: ActionState) {
        self.write(JournalEntry::State { action, state });
    }

    fn write(&self, entry: JournalEntry) {
        // When the keeper is gone, the run is over and the request without result is looked up by the next one
        let _ = self.messages.send(Message::Record { entries: vec![entry], durable: None });
    }

    /// Takes one of the contacts found as the one an action made.
    pub(super) async fn claim(&self, claim: Claim) -> Result<Claimed, Closed> {
        let (answer, answered) = oneshot::channel();
        self.messages.send(Message::Claim { claim, answer }).map_err(|_| Closed)?;
        answered.await.map_err(|_| Closed)
    }
}
