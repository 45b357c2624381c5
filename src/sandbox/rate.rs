//! The rate limit: fixed windows of ten seconds, aligned to the server's clock.
//!
//! Source: Intercom's rate-limiting page: the quota per minute is split evenly into 10-second windows, nothing carries
//! over, and the three headers describe the current window.

use super::clock::Moment;

/// Length of a window in seconds.
pub(crate) const WINDOW_SECONDS: i64 = 10;
/// Windows remembered for statistics: a day.
const HISTORY_LIMIT: usize = 8640;

/// What happened in one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WindowUse {
    /// Unix seconds.
    pub(crate) start: i64,
    pub(crate) limit: u64,
    /// Requests let through.
    pub(crate) used: u64,
    /// Requests refused.
    pub(crate) throttled: u64,
}

/// The answer to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) allowed: bool,
    pub(crate) limit: u64,
    pub(crate) remaining: u64,
    /// Unix seconds at which the next window opens.
    pub(crate) reset: i64,
}

#[derive(Debug)]
pub(crate) struct Windows {
    limit: u64,
    history: Vec<WindowUse>,
}

impl Windows {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, history: Vec::new() }
    }

    /// Another limit, from the next request on.
    pub(crate) fn set_limit(&mut self, limit: u64) {
        self.limit = limit;
    }

    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    /// Oldest first; windows without a request are left out.
    pub(crate) fn history(&self) -> &[WindowUse] {
        &self.history
    }

    pub(crate) fn admit(&mut self, now: Moment) -> Verdict {
        let start = now.seconds().div_euclid(WINDOW_SECONDS) * WINDOW_SECONDS;
        let fresh = WindowUse { start, limit: self.limit, used: 0, throttled: 0 };
        let mut window = match self.history.pop() {
            Some(current) if current.start == start => WindowUse { limit: self.limit, ..current },
            Some(past) => {
                self.history.push(past);
                fresh
            }
            None => fresh,
        };
        let allowed = window.used < self.limit;
        if allowed {
            window.used += 1;
        } else {
            window.throttled += 1;
        }
        if self.history.len() >= HISTORY_LIMIT {
            self.history.remove(0);
        }
        self.history.push(window);
        Verdict {
            allowed,
            limit: self.limit,
            remaining: self.limit.saturating_sub(window.used),
            reset: start + WINDOW_SECONDS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_lets_its_limit_through_and_the_next_one_starts_afresh() {
        let mut windows = Windows::new(2);
        let mut at = |millis| windows.admit(Moment { millis });
        assert_eq!(at(1_000_003_000), Verdict { allowed: true, limit: 2, remaining: 1, reset: 1_000_010 });
        assert!(at(1_000_009_999).allowed);
        assert_eq!(at(1_000_009_999), Verdict { allowed: false, limit: 2, remaining: 0, reset: 1_000_010 });
        assert_eq!(at(1_000_010_000), Verdict { allowed: true, limit: 2, remaining: 1, reset: 1_000_020 });
        let used: Vec<_> = windows.history().iter().map(|window| (window.used, window.throttled)).collect();
        assert_eq!(used, [(2, 1), (1, 0)]);
    }
}
