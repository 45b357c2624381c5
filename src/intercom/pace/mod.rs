//! The pace of requests: which may leave now, which wait.
//!
//! [`Gate`] is the pure model of the server's window; governor's token bucket spreads requests within it; this file
//! composes the two and is the only place that waits. Governor alone cannot follow a server that says when: its quota
//! cannot change, and a window it does not know of is missed by up to a burst. The gate alone would send a whole window
//! at once. Together: no request is refused while nobody else uses the limit, and every request the window allows can
//! be used. The bucket runs somewhat faster than the even pace ([`OVERDRIVE`]) so that a late start of a window is
//! made up for; the gate holds the count.
//!
//! One pacer is shared by everything that sends with one token.

mod gate;
mod server_clock;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::Instant;

use self::gate::{Admission, Gate, WINDOW, budget};
use super::RateLimit;

/// How much faster than evenly a window may be used.
const OVERDRIVE: f64 = 1.4;
/// Requests a second until, or where, no limit is announced: below the lowest quota ever published (500 a minute).
const START_PER_SECOND: f64 = 8.0;
/// Part of a window that may leave at once.
const BURST_PART: u32 = 20;

/// What an answer's headers say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// `X-RateLimit-*`, when all three are there and make sense.
    pub(super) limit: Option<RateLimit>,
    /// `X-RateLimit-Reset` alone, Unix seconds.
    pub(super) reset: Option<i64>,
    /// `Date`, Unix seconds.
    pub(super) date: Option<i64>,
    /// `Retry-After`, when it is a number of seconds.
    pub(super) retry_after: Option<Duration>,
}

/// Leave to send one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    serial: u64,
    sent: Duration,
}

/// How a request ended, as far as the pace is concerned.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ending {
    /// An answer came.
    Answered(Heard),
    /// A 429 came; nobody sends for this long.
    Refused(Heard, Duration),
    /// No answer came, or nobody waits for it any more.
    Lost,
}

/// Requests of one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WindowCount {
    /// Requests sent.
    pub sent: u64,
    /// Requests answered 429.
    pub refused: u64,
}

/// Decides when requests leave. Every request takes a ticket first and gives it back with how it ended; every retry
/// does so again.
pub(super) trait Pacer: Send + Sync {
    /// Waits until a request may leave.
    fn acquire(&self) -> impl Future<Output = Ticket> + Send;
    /// Gives the ticket back.
    fn settle(&self, ticket: Ticket, ending: Ending);
}

/// Time since the pacer was made, on tokio's clock, so that tests can pause it.
#[derive(Clone, Copy, Debug)]
struct TokioClock {
    start: Instant,
}

impl Clock for TokioClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.start.elapsed()
    }
}

type Bucket = RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Duration>>;

/// A bucket and the limit it was made for.
#[derive(Debug)]
struct Pace {
    limit: Option<u32>,
    bucket: Bucket,
}

/// Gate and bucket.
#[derive(Debug)]
pub(super) struct WindowPacer {
    share: f64,
    clock: TokioClock,
    gate: Mutex<Gate>,
    pace: ArcSwap<Pace>,
    /// Whoever holds it is next; the others queue in order of arrival.
    turnstile: tokio::sync::Mutex<()>,
    news: tokio::sync::Notify,
}

impl Pace {
    fn new(limit: Option<u32>, share: f64, clock: TokioClock) -> Self {
        let (per_second, burst) = match limit {
            Some(limit) => {
                let budget = budget(limit, share);
                (f64::from(budget) / WINDOW.as_secs_f64() * OVERDRIVE, budget / BURST_PART)
            }
            None => (START_PER_SECOND, 1),
        };
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        let apart = Duration::from_secs_f64(1.0 / per_second).max(Duration::from_nanos(1));
        let quota = Quota::with_period(apart).unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN));
        Self { limit, bucket: RateLimiter::direct_with_clock(quota.allow_burst(burst), clock) }
    }
}

impl WindowPacer {
    /// A pacer for `share` (above 0, at most 1) of whatever limit will be announced.
    pub(super) fn new(share: f64) -> Self {
        let clock = TokioClock { start: Instant::now() };
        Self {
            share,
            clock,
            gate: Mutex::new(Gate::new(share)),
            pace: ArcSwap::from_pointee(Pace::new(None, share, clock)),
            turnstile: tokio::sync::Mutex::new(()),
            news: tokio::sync::Notify::new(),
        }
    }

    /// The limit as last told.
    pub(super) fn told(&self) -> Option<RateLimit> {
        self.gate().told()
    }

    /// Requests out without an answer.
    pub(super) fn in_flight(&self) -> u32 {
        self.gate().in_flight()
    }

    /// How long nobody may send, if so.
    pub(super) fn closed_for(&self) -> Option<Duration> {
        self.gate().closed_for(self.clock.now())
    }

    /// Requests per window, oldest first.
    pub(super) fn windows(&self) -> Vec<WindowCount> {
        self.gate().windows().to_vec()
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        // The gate holds counts only; whatever a panicking thread left is still a valid state
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A ticket, or the local time to ask again at; `None` there means: only after an answer.
    fn try_take(&self) -> Result<Ticket, Option<Duration>> {
        let mut gate = self.gate();
        let now = self.clock.now();
        if let Admission::Closed(until) = gate.ask(now) {
            return Err(until);
        }
        // The bucket is asked last, so that a closed gate costs no permit
        match self.pace.load().bucket.check() {
            Ok(()) => Ok(gate.take(now)),
            Err(not_until) => Err(Some(now + not_until.wait_time_from(now))),
        }
    }
}

impl Pacer for WindowPacer {
    async fn acquire(&self) -> Ticket {
        let _turn = self.turnstile.lock().await;
        loop {
            match self.try_take() {
                Ok(ticket) => return ticket,
                Err(Some(until)) => {
                    let until = self.clock.start + until;
                    tokio::select! {
                        () = tokio::time::sleep_until(until) => {}
                        () = self.news.notified() => {}
                    }
                }
                Err(None) => self.news.notified().await,
            }
        }
    }

    fn settle(&self, ticket: Ticket, ending: Ending) {
        let limit = {
            let mut gate = self.gate();
            let now = self.clock.now();
            match ending {
                Ending::Answered(heard) => gate.answered(ticket, now, &heard, None),
                Ending::Refused(heard, wait) => gate.answered(ticket, now, &heard, Some(wait)),
                Ending::Lost => gate.lost(ticket),
            }
            gate.told().map(|told| told.limit)
        };
        if limit.is_some() && self.pace.load().limit != limit {
            self.pace.store(Arc::new(Pace::new(limit, self.share, self.clock)));
        }
        self.news.notify_one();
    }
}
