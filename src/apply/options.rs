//! How to apply.

use std::time::Duration;

use super::guard::Limits;

/// How to apply a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Groups worked on at the same time, at least 1. The client's pace decides how fast; this only hides latency.
    pub lanes: usize,
    /// Whether custom attributes that do not exist are made.
    pub create_attributes: bool,
    /// Lanes are added up to this many while calls take long, because they wait out failures or the server is slow.
    pub most_lanes: usize,
    /// Actions that may fail in one run before it stops: what nobody expected once may be everywhere.
    pub most_failed: u64,
    /// How long search may lag behind a create whose answer was lost before the create is sent again.
    pub search_patience: Duration,
    /// Failures of network or server in a row after which the run stops.
    pub failures_in_a_row: u32,
    /// Guardrails.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lanes: 48,
            most_lanes: 192,
            most_failed: 100,
            create_attributes: false,
            search_patience: Duration::from_secs(120),
            failures_in_a_row: 40,
            limits: Limits::default(),
        }
    }
}
