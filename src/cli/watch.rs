//! Watching an apply: a bar with calls a second, share of the limit and time left, or a line every 30 seconds.

use std::sync::atomic::{AtomicU64, Ordering};

use super::printer::Printer;
use super::progress::Progress;
use crate::apply::Observer;
use crate::intercom::{Client, ReadWorkspace};
use crate::plan::ActionKind;
use crate::store::ActionState;

/// Shows how an apply gets on.
pub(super) struct Watch<'a> {
    printer: Printer,
    progress: Progress,
    client: &'a Client,
    total: AtomicU64,
    done: AtomicU64,
}

impl<'a> Watch<'a> {
    /// Begins to watch.
    pub(super) fn new(printer: &Printer, client: &'a Client) -> Self {
        Self {
            printer: printer.clone(),
            progress: Progress::start(printer, "applying", Some(0)),
            client,
            total: AtomicU64::new(0),
            done: AtomicU64::new(0),
        }
    }

    /// Ends.
    pub(super) fn finish(&self) {
        self.progress.finish();
    }

    fn show(&self) {
        let message = self.client.rate_limit().map_or_else(String::new, |limit| {
            let used = limit.limit.saturating_sub(limit.remaining);
            format!("{} calls, {used}/{} of the window used", self.client.stats().sent, limit.limit)
        });
        let total = self.total.load(Ordering::Relaxed);
        self.progress.at(self.done.load(Ordering::Relaxed), Some(total), &message);
    }
}

impl Observer for Watch<'_> {
    fn begin(&self, actions: u64, settled: u64) {
        self.total.store(actions, Ordering::Relaxed);
        self.done.store(settled, Ordering::Relaxed);
        self.show();
    }

    fn action(&self, kind: ActionKind, state: &ActionState) {
        tracing::info!("{kind}: {}", words(state));
        self.done.fetch_add(1, Ordering::Relaxed);
        self.show();
    }

    fn notice(&self, message: &str) {
        self.printer.say(message);
    }

    fn rate_limited(&self) -> Option<u64> {
        Some(self.client.stats().rate_limited)
    }

    fn window_limit(&self) -> Option<u32> {
        self.client.stats().limit.map(|told| told.limit)
    }
}

/// What became of an action, for the log. The messages are the server's words or ours and hold no values.
fn words(state: &ActionState) -> String {
    match state {
        ActionState::Pending => "to be looked at again".to_owned(),
        ActionState::Done { .. } => "done".to_owned(),
        ActionState::AlreadySo => "was so already".to_owned(),
        ActionState::Stale { message } => format!("left alone: {message}"),
        ActionState::Failed { message } => format!("failed: {message}"),
        ActionState::Unknown { message } => format!("unknown: {message}"),
    }
}
