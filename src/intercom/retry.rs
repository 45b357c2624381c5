//! Whether to send again, and when: pure decisions.
//!
//! Is given what was tried, how it ended and what the headers say; hands back a wait or "give up". Never sleeps. The
//! table is that of the API's behaviour, not of status codes in general:
//!
//! | how it ended | was it carried out? | sent again |
//! | --- | --- | --- |
//! | 429 | no | three times, after the window's reset by the server's clock |
//! | no connection | no | three times, 1, 2, 4 s |
//! | 408, 5xx, broken connection, time-out, unreadable success | nobody knows | three times, 1, 2, 4 s, if [`Repeat::Safe`]; else never |
//! | any other refusal | no | never |

use std::time::Duration;

use super::pace::Heard;

/// Retries of one call, of each kind.
pub(super) const RETRIES: u32 = 3;
/// Wait after a 429 that does not say how long: the length of a window.
const WITHOUT_HEADERS: Duration = Duration::from_secs(10);
/// Bounds of a wait the headers ask for.
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(30);

/// What sending a request a second time would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// The same as sending it once: reads, absolute values, sets.
    Safe,
    /// As `Safe`, and "not found" on a repetition means that the first one was carried out.
    SafeGoneIsDone,
    /// Something twice, or an answer that misleads: a second contact, a second note, "not found" after a merge.
    Unsafe,
}

/// How an attempt ended, when it did not end well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// 429: not carried out.
    RateLimited,
    /// No connection: not carried out.
    Unreachable,
    /// May have been carried out.
    Unclear,
    /// Refused: not carried out, and will not be.
    Refused,
}

/// What was tried so far for one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Attempts {
    /// Number of the call within the run: spreads the waits of calls that failed together.
    pub(super) call: u64,
    /// 429s met.
    pub(super) rate_limited: u32,
    /// Connections not made.
    pub(super) unreachable: u32,
    /// Ends that leave it open whether the call was carried out.
    pub(super) unclear: u32,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Send again after this long.
    Wait(Duration),
    /// Hand the error to the caller.
    GiveUp,
}

impl Attempts {
    /// The same, with this failure counted.
    #[must_use]
    pub(super) fn after(mut self, failure: Failure) -> Self {
        match failure {
            Failure::RateLimited => self.rate_limited += 1,
            Failure::Unreachable => self.unreachable += 1,
            Failure::Unclear => self.unclear += 1,
            Failure::Refused => {}
        }
        self
    }

    /// Requests sent, or tried to be sent.
    pub(super) fn sent(&self) -> u32 {
        self.rate_limited + self.unreachable + self.unclear
    }
}

/// What to do after `failure`, which `attempts` already counts. `wall` is the local clock in Unix seconds: it is looked
/// at only when an answer says when its window ends but not what time it is.
pub(super) fn next(attempts: &Attempts, failure: Failure, repeat: Repeat, heard: &Heard, wall: i64) -> Next {
    let (count, wait) = match failure {
        Failure::Refused => return Next::GiveUp,
        Failure::Unclear if repeat == Repeat::Unsafe => return Next::GiveUp,
        Failure::RateLimited => (attempts.rate_limited, until_reset(attempts, heard, wall)),
        Failure::Unreachable => (attempts.unreachable, backoff(attempts, attempts.unreachable, None)),
        Failure::Unclear => (attempts.unclear, backoff(attempts, attempts.unclear, heard.retry_after)),
    };
    if count > RETRIES { Next::GiveUp } else { Next::Wait(wait) }
}

/// How long to wait after a 429: until `Reset` by the server's clock, from 0.1 to 30 s. A reset in the past is waited
/// out for 1, 3, 9 s, which outlasts any window; no header at all for 10 s and a little.
pub(super) fn until_reset(attempts: &Attempts, heard: &Heard, wall: i64) -> Duration {
    if let Some(asked) = heard.retry_after {
        return asked.clamp(SHORTEST, LONGEST);
    }
    let Some(reset) = heard.reset else {
        return WITHOUT_HEADERS + jitter(attempts, Duration::from_secs(1));
    };
    let ahead = reset.saturating_sub(heard.date.unwrap_or(wall));
    match u64::try_from(ahead) {
        Ok(seconds) if seconds > 0 => Duration::from_secs(seconds).clamp(SHORTEST, LONGEST),
        _ => Duration::from_secs(3_u64.saturating_pow(attempts.rate_limited.saturating_sub(1))).min(WITHOUT_HEADERS),
    }
}

fn backoff(attempts: &Attempts, count: u32, asked: Option<Duration>) -> Duration {
    let step = Duration::from_secs(1_u64 << count.saturating_sub(1).min(4));
    let wait = step + jitter(attempts, step / 4);
    asked.map_or(wait, |asked| asked.clamp(SHORTEST, LONGEST).max(wait))
}

/// Between nothing and `most`, the same for the same call and attempt.
fn jitter(attempts: &Attempts, most: Duration) -> Duration {
    // SplitMix64's finaliser (Steele, Lea, Flood 2014): neighbouring calls land far apart
    let mut mixed = attempts.call.wrapping_mul(4).wrapping_add(u64::from(attempts.sent())).wrapping_add(1);
    mixed = mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    let part = u32::try_from((mixed >> 32) & 0xFF).unwrap_or(0);
    most * part / 256
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn heard(reset: Option<i64>, date: Option<i64>) -> Heard {
        Heard { reset, date, ..Heard::default() }
    }

    fn limited(times: u32) -> Attempts {
        Attempts { rate_limited: times, ..Attempts::default() }
    }

    fn seconds(next: Next) -> Option<u64> {
        match next {
            Next::Wait(wait) => Some(wait.as_secs()),
            Next::GiveUp => None,
        }
    }

    #[test]
    fn a_429_waits_until_the_reset_by_the_servers_clock_not_ours() {
        let answer = heard(Some(NOW + 7), Some(NOW));
        for wall in [NOW - 30, NOW, NOW + 30] {
            let wait = next(&limited(1), Failure::RateLimited, Repeat::Unsafe, &answer, wall);
            assert_eq!(wait, Next::Wait(Duration::from_secs(7)));
        }
    }

    #[test]
    fn a_reset_twelve_seconds_ahead_is_waited_for_and_one_far_ahead_is_cut_to_thirty() {
        assert_eq!(until_reset(&limited(1), &heard(Some(NOW + 12), Some(NOW)), 0), Duration::from_secs(12));
        assert_eq!(until_reset(&limited(1), &heard(Some(NOW + 4_000), Some(NOW)), 0), Duration::from_secs(30));
    }

    #[test]
    fn a_reset_in_the_past_waits_longer_each_time_so_that_a_window_passes() {
        let answer = heard(Some(NOW - 3), Some(NOW));
        let waits: Vec<_> = (1..=4)
            .map(|times| seconds(next(&limited(times), Failure::RateLimited, Repeat::Unsafe, &answer, NOW)))
            .collect();
        assert_eq!(waits, [Some(1), Some(3), Some(9), None]);
    }

    #[test]
    fn a_429_without_headers_waits_a_window_and_a_little_that_differs_from_call_to_call() {
        let wait =
            |call| until_reset(&Attempts { call, rate_limited: 1, ..Attempts::default() }, &Heard::default(), NOW);
        assert!((1..50).all(|call| (10..=11).contains(&wait(call).as_secs())));
        assert_eq!(wait(7), wait(7));
        assert_ne!(wait(7), wait(8));
    }

    #[test]
    fn retry_after_is_honoured_when_it_is_there() {
        let answer = Heard { retry_after: Some(Duration::from_secs(4)), ..heard(Some(NOW + 9), Some(NOW)) };
        assert_eq!(until_reset(&limited(1), &answer, NOW), Duration::from_secs(4));
    }

    #[test]
    fn a_call_that_may_have_been_carried_out_is_repeated_only_where_that_is_safe() {
        let attempts = Attempts::default().after(Failure::Unclear);
        let decide = |repeat| next(&attempts, Failure::Unclear, repeat, &Heard::default(), NOW);
        assert_eq!(decide(Repeat::Unsafe), Next::GiveUp);
        assert_eq!(seconds(decide(Repeat::Safe)), Some(1));
        assert_eq!(seconds(decide(Repeat::SafeGoneIsDone)), Some(1));
    }

    #[test]
    fn a_connection_not_made_is_tried_four_times_in_all_whatever_the_call() {
        let mut attempts = Attempts::default();
        let mut waits = Vec::new();
        for _ in 0..4 {
            attempts = attempts.after(Failure::Unreachable);
            waits.push(seconds(next(&attempts, Failure::Unreachable, Repeat::Unsafe, &Heard::default(), NOW)));
        }
        assert_eq!(waits, [Some(1), Some(2), Some(4), None]);
    }

    #[test]
    fn a_refusal_is_never_repeated() {
        assert_eq!(next(&Attempts::default(), Failure::Refused, Repeat::Safe, &Heard::default(), NOW), Next::GiveUp);
    }

    proptest! {
        #[test]
        fn no_header_makes_a_wait_shorter_than_a_tenth_of_a_second_or_longer_than_thirty(
            reset: Option<i64>, date: Option<i64>, wall: i64, retry_after: Option<u32>, call: u64, times in 1_u32..=3,
        ) {
            let answer = Heard {
                limit: None, reset, date,
                retry_after: retry_after.map(|seconds| Duration::from_secs(u64::from(seconds))),
            };
            let attempts = Attempts { call, rate_limited: times, ..Attempts::default() };
            let wait = until_reset(&attempts, &answer, wall);
            prop_assert!(wait >= SHORTEST && wait <= LONGEST);
        }
    }
}
