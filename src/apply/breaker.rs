//! When failures come one after another, the run first waits, then gives up. Pure.

use std::time::Duration;

/// Counts failures of network and server since the last answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Breaker {
    in_a_row: u32,
    limit: u32,
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Go on.
    GoOn,
    /// Send nothing for this long.
    Pause(Duration),
    /// Stop the run.
    Open {
        /// Failures in a row.
        failures: u32,
    },
}

/// Failures in a row after which everybody waits. A single gateway hiccup hits all lanes at once and must not.
const PATIENT_FAILURES: u32 = 8;

impl Breaker {
    pub(super) fn new(limit: u32) -> Self {
        Self { in_a_row: 0, limit: limit.max(1) }
    }

    /// The server answered, even if it refused.
    pub(super) fn answered(&mut self) {
        self.in_a_row = 0;
    }

    /// No usable answer.
    pub(super) fn failed(&mut self) -> Verdict {
        self.in_a_row = self.in_a_row.saturating_add(1);
        if self.in_a_row >= self.limit {
            Verdict::Open { failures: self.in_a_row }
        } else if self.in_a_row.is_multiple_of(PATIENT_FAILURES) {
            let doublings = (self.in_a_row / PATIENT_FAILURES - 1).min(5);
            Verdict::Pause(Duration::from_secs(1 << doublings))
        } else {
            Verdict::GoOn
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Breaker, Verdict};

    #[test]
    fn failures_in_a_row_first_pause_then_stop_the_run() {
        let mut breaker = Breaker::new(20);
        let verdicts: Vec<_> = (0..20).map(|_| breaker.failed()).filter(|verdict| *verdict != Verdict::GoOn).collect();
        assert_eq!(
            verdicts,
            [
                Verdict::Pause(Duration::from_secs(1)),
                Verdict::Pause(Duration::from_secs(2)),
                Verdict::Open { failures: 20 }
            ]
        );
    }

    #[test]
    fn an_answer_forgets_the_failures_before_it() {
        let mut breaker = Breaker::new(3);
        for _ in 0..10 {
            assert_eq!(breaker.failed(), Verdict::GoOn);
            assert_eq!(breaker.failed(), Verdict::GoOn);
            breaker.answered();
        }
    }
}
