//! What carrying a plan out will cost and cause. It is counted by [`super::cost`].

use serde::{Deserialize, Serialize};

/// Requests an app may send in ten seconds when the workspace says nothing else: 10,000 a minute, in windows of ten
/// seconds (Intercom's documentation on rate limiting).
pub const DEFAULT_WINDOW_LIMIT: u32 = 1_666;

/// Something a plan causes beyond its own writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SideEffect {
    /// One sentence for the report.
    pub message: String,
    /// Contacts concerned; attributes, where it speaks of those.
    pub contacts: u64,
    /// Whether it cannot be taken back or reaches people outside. Plans that do not say are taken to mean it.
    #[serde(default = "yes")]
    pub grave: bool,
}

fn yes() -> bool {
    true
}

/// What carrying a plan out will cost and cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// Requests that read (freshness checks and before-images).
    pub reads: u64,
    /// Requests that write.
    pub writes: u64,
    /// Requests a 10-second window allows, as assumed.
    pub window_limit: u32,
    /// Seconds at that limit.
    pub seconds: u64,
    /// What else happens.
    pub side_effects: Vec<SideEffect>,
}
