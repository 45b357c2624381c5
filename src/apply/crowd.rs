//! How many calls go side by side: enough to use the allowance although each takes its time. Pure.

use std::time::Duration;

/// Calls a second worth preparing for: Intercom allows 10,000 a minute, some workspaces a little more.
const CALLS_A_SECOND: f64 = 200.0;

/// Weight of the newest call in the running mean, so that about the last hundred count.
const NEWEST: f64 = 0.02;

/// Grows with the time calls take, waits for repetition included; never shrinks, the pace is the client's business.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crowd {
    lanes: usize,
    most: usize,
    mean_seconds: f64,
}

impl Crowd {
    pub(super) fn new(lanes: usize, most: usize) -> Self {
        Self { lanes, most: most.max(lanes), mean_seconds: 0.0 }
    }

    /// Lanes to add.
    pub(super) fn call_took(&mut self, took: Duration) -> usize {
        // A call that hangs tells about itself, not about the others
        self.mean_seconds += NEWEST * (took.as_secs_f64().min(5.0) - self.mean_seconds);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1,000 by construction")]
        let wanted = (self.mean_seconds * CALLS_A_SECOND).ceil() as usize;
        let more = wanted.min(self.most).saturating_sub(self.lanes);
        self.lanes += more;
        more
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Crowd;

    fn after(calls: u32, took: Duration) -> usize {
        let mut crowd = Crowd::new(48, 192);
        48 + (0..calls).map(|_| crowd.call_took(took)).sum::<usize>()
    }

    #[test]
    fn quick_calls_need_no_more_lanes() {
        assert_eq!(after(10_000, Duration::from_millis(100)), 48);
    }

    #[test]
    fn slow_calls_get_as_many_lanes_as_use_the_allowance_and_no_more_than_allowed() {
        assert_eq!(after(2_000, Duration::from_millis(600)), 120);
        assert_eq!(after(2_000, Duration::from_secs(60)), 192);
    }

    #[test]
    fn one_call_that_hangs_changes_little() {
        assert_eq!(after(1, Duration::from_secs(60)), 48);
    }
}
