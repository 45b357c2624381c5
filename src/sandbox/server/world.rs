//! What all requests share, behind one lock that is never held across a wait.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::record::Recorder;
use crate::sandbox::clock::{Clock, Moment};
use crate::sandbox::faults::Injector;
use crate::sandbox::ledger::Ledger;
use crate::sandbox::rate::Windows;
use crate::sandbox::version::Version;
use crate::sandbox::workspace::Workspace;

/// Everything requests share.
pub(super) struct World {
    pub(super) workspace: Workspace,
    pub(super) windows: Windows,
    pub(super) injector: Injector,
    pub(super) ledger: Ledger,
}

/// What every handler holds.
pub(super) struct Server {
    pub(super) shared: Mutex<World>,
    pub(super) clock: Arc<dyn Clock>,
    /// Accepted tokens; empty = any.
    pub(super) tokens: Vec<String>,
    /// Spoken when a request names none.
    pub(super) default_version: Version,
    /// Whether callers of the preview version find its abilities.
    pub(super) preview: bool,
    /// Writes every request down, when that is wanted.
    pub(super) recorder: Option<Recorder>,
    pub(super) closing: watch::Receiver<bool>,
}

impl Server {
    /// A panic while the lock was held would be a bug in a rule; the state is still the best there is.
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Moment {
        Moment { millis: self.clock.unix_millis() }
    }

    /// Waits until the sandbox stops.
    pub(super) async fn closed(&self) {
        let mut closing = self.closing.clone();
        // An error means the sender is gone, which is a stop as well.
        closing.wait_for(|closing| *closing).await.map(drop).unwrap_or_default();
    }
}
