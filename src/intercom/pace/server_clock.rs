//! The server's clock, as far as its `Date` headers tell.
//!
//! A `Date` is whole seconds and arrives late, so one answer only bounds the difference between the two clocks. Many
//! answers bound it ever closer: what remains is about the time an answer travels. The local wall clock is never
//! asked, because it may be wrong by any amount.

use std::time::Duration;

/// How far a `Date` may lie behind the moment its answer was written: it is cut to whole seconds, and servers keep the
/// text for up to another second.
const DATE_BEHIND: i64 = 2_000_000;

/// Bounds of (server's Unix time − local monotonic time), in microseconds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ServerClock {
    bounds: Option<(i64, i64)>,
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

impl ServerClock {
    /// Takes in one answer: its `Date` in Unix seconds, and the local times at which its request left and it arrived.
    pub(super) fn heard(&mut self, date: i64, sent: Duration, received: Duration) {
        let date = date.saturating_mul(1_000_000);
        let at_least = date.saturating_sub(micros(received));
        let at_most = date.saturating_add(DATE_BEHIND).saturating_sub(micros(sent));
        self.bounds = Some(match self.bounds {
            // A clock that was set in between contradicts what was known: begin again with what is new
            Some((known_least, known_most)) if at_least <= known_most && at_most >= known_least => {
                (known_least.max(at_least), known_most.min(at_most))
            }
            _ => (at_least, at_most),
        });
    }

    /// Forgets everything: a prediction made from it proved wrong.
    pub(super) fn distrust(&mut self) {
        self.bounds = None;
    }

    /// The local time by which the server's clock has certainly reached `unix_seconds`; `None` before the first answer.
    pub(super) fn certainly_reached(&self, unix_seconds: i64) -> Option<Duration> {
        let (at_least, _) = self.bounds?;
        let local = unix_seconds.saturating_mul(1_000_000).saturating_sub(at_least);
        Some(Duration::from_micros(u64::try_from(local).unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_dates_pin_the_clock_down_to_the_time_an_answer_travels() {
        // The server is 1,000,000.4 s ahead; answers take 30 ms each way
        let mut clock = ServerClock::default();
        for step in 0..200_u64 {
            let sent = Duration::from_millis(step * 50);
            let written = sent + Duration::from_millis(30);
            let date = 1_000_000 + i64::try_from((written + Duration::from_millis(400)).as_secs()).unwrap();
            clock.heard(date, sent, sent + Duration::from_millis(60));
        }
        let reached = clock.certainly_reached(1_000_020).unwrap();
        let truth = Duration::from_millis(19_600);
        assert!(reached >= truth, "{reached:?}");
        assert!(reached <= truth + Duration::from_millis(90), "{reached:?}");
    }

    #[test]
    fn a_server_clock_that_is_set_back_is_learnt_anew() {
        let mut clock = ServerClock::default();
        clock.heard(1_000, Duration::from_secs(1), Duration::from_secs(1));
        clock.heard(970, Duration::from_secs(2), Duration::from_secs(2));
        assert_eq!(clock.certainly_reached(980), Some(Duration::from_secs(12)));
    }

    #[test]
    fn nothing_is_known_before_the_first_answer() {
        assert_eq!(ServerClock::default().certainly_reached(5), None);
    }
}
