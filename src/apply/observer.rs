//! What a run tells while it goes on. Showing it is somebody else's business.

use crate::plan::ActionKind;
use crate::store::ActionState;

/// Is told how a run gets on. Called often, from the thread that applies: return quickly.
pub trait Observer: Send + Sync {
    /// The run begins: actions in the plan, and how many of them were settled by earlier runs.
    fn begin(&self, actions: u64, settled: u64) {
        let _ = (actions, settled);
    }
    /// An action ended.
    fn action(&self, kind: ActionKind, state: &ActionState) {
        let _ = (kind, state);
    }
    /// A request was answered, or not.
    fn request(&self) {}
    /// Something a person should know, without values of contacts.
    fn notice(&self, message: &str) {
        let _ = message;
    }
    /// Responses 429 so far, as the client counts them; `None` when nobody counts.
    fn rate_limited(&self) -> Option<u64> {
        None
    }
    /// Requests a window allows, as the workspace last told; `None` when nobody noted it.
    fn window_limit(&self) -> Option<u32> {
        None
    }
}

/// Looks away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}
