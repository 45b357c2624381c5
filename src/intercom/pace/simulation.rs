//! A pretend server with fixed windows, on tokio's paused clock: minutes of a run in milliseconds.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

use super::{Ending, Heard, Pacer};
use crate::intercom::RateLimit;
use crate::intercom::retry::{Attempts, Failure, Next, Repeat, next};

/// The server and the load on it. Times are since the start of the run.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// Limit per window, from a time on.
    pub(super) limits: Vec<(u64, u32)>,
    /// What a neighbour sends per second.
    pub(super) neighbour_per_second: f64,
    /// The server's clock minus ours, seconds.
    pub(super) skew: i64,
    /// The run begins this far into a window.
    pub(super) phase: Duration,
    /// Windows end this much later than `Reset` says.
    pub(super) late: Duration,
    pub(super) round_trip: Duration,
    pub(super) workers: u32,
    pub(super) calls: u32,
    /// Every so many requests a 429 although the window has room, ...
    pub(super) trouble_every: u32,
    /// ... whose reset is so many seconds from now; `None`: without headers.
    pub(super) trouble_reset: Option<i64>,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            limits: vec![(0, 100)],
            neighbour_per_second: 0.0,
            skew: 0,
            phase: Duration::from_millis(3_300),
            late: Duration::ZERO,
            round_trip: Duration::from_millis(60),
            workers: 8,
            calls: 1_000,
            trouble_every: 0,
            trouble_reset: None,
        }
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Result {
    /// 429s because the window was full.
    pub(super) refused: u32,
    /// 429s for no reason.
    pub(super) trouble: u32,
    pub(super) failed: u32,
    /// Served calls of ours, and the limit less the neighbour's, per window.
    pub(super) windows: Vec<(u32, u32)>,
}

impl Result {
    /// Share of what was allowed that was used, in per cent, over the windows that were busy from end to end.
    pub(super) fn used(&self) -> f64 {
        let full = self.windows.get(1..self.windows.len().saturating_sub(1)).unwrap_or_default();
        let (used, allowed) = full.iter().fold((0, 0), |sum, window| (sum.0 + window.0, sum.1 + window.1));
        100.0 * f64::from(used) / f64::from(allowed.max(1))
    }
}

#[derive(Debug, Default)]
struct Server {
    window: Option<u64>,
    limit: u32,
    ours: u32,
    others: u32,
    eaten: u32,
    requests: u32,
    result: Result,
}

const EPOCH: u64 = 1_700_000_000;

impl Server {
    /// One request of ours arrives.
    fn handle(&mut self, setting: &Setting, at: Duration) -> (bool, Heard) {
        let clock = at + setting.phase;
        let window = (clock.saturating_sub(setting.late)).as_secs() / 10;
        let limit = setting.limits.iter().rev().find(|(from, _)| *from <= at.as_secs()).map_or(0, |(_, limit)| *limit);
        if self.window != Some(window) {
            self.close();
            self.window = Some(window);
            self.limit = limit;
        }
        let limit = self.limit;
        // The neighbour takes its share as time goes by
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts")]
        let due = (setting.neighbour_per_second * at.as_secs_f64()) as u32;
        let takes = (due - self.eaten).min(limit.saturating_sub(self.ours + self.others));
        self.eaten = due;
        self.others += takes;
        let server_clock = i64::try_from(EPOCH + clock.as_secs()).unwrap() + setting.skew;
        self.requests += 1;
        if setting.trouble_every > 0 && self.requests.is_multiple_of(setting.trouble_every) {
            self.result.trouble += 1;
            let Some(ahead) = setting.trouble_reset else { return (false, Heard::default()) };
            let reset = server_clock + ahead;
            let told = Some(RateLimit { limit, remaining: 0, reset });
            return (false, Heard { limit: told, reset: Some(reset), date: Some(server_clock), retry_after: None });
        }
        let served = self.ours + self.others < limit;
        if served {
            self.ours += 1;
        } else {
            self.result.refused += 1;
        }
        let reset = i64::try_from(EPOCH + (window + 1) * 10).unwrap() + setting.skew;
        let limit = RateLimit { limit, remaining: limit.saturating_sub(self.ours + self.others), reset };
        (served, Heard { limit: Some(limit), reset: Some(reset), date: Some(server_clock), retry_after: None })
    }

    fn close(&mut self) {
        if self.window.is_some() {
            self.result.windows.push((self.ours, self.limit.saturating_sub(self.others)));
        }
        (self.ours, self.others) = (0, 0);
    }
}

/// Runs `setting.calls` calls through `pacer`.
pub(super) async fn run<P: Pacer + 'static>(setting: &Setting, pacer: P) -> Result {
    let start = Instant::now();
    let pacer = Arc::new(pacer);
    let server = Arc::new(Mutex::new(Server::default()));
    let left = Arc::new(Mutex::new(setting.calls));
    let mut workers = tokio::task::JoinSet::new();
    for worker in 0..setting.workers {
        let (setting, pacer, server, left) = (setting.clone(), pacer.clone(), server.clone(), left.clone());
        workers.spawn(async move {
            let mut call = u64::from(worker);
            while let Some(rest) = { left.lock().unwrap().checked_sub(1) } {
                *left.lock().unwrap() = rest;
                call += 1_000;
                let mut attempts = Attempts { call, ..Attempts::default() };
                loop {
                    let ticket = pacer.acquire().await;
                    // Ways there and back differ a little from call to call
                    let there = setting.round_trip * (40 + u32::try_from(call % 21).unwrap()) / 100;
                    tokio::time::sleep(there).await;
                    let (passed, heard) = server.lock().unwrap().handle(&setting, start.elapsed());
                    tokio::time::sleep(setting.round_trip.saturating_sub(there)).await;
                    if passed {
                        pacer.settle(ticket, Ending::Answered(heard));
                        break;
                    }
                    attempts = attempts.after(Failure::RateLimited);
                    let wait = next(&attempts, Failure::RateLimited, Repeat::Unsafe, &heard, 0);
                    let Next::Wait(wait) = wait else {
                        pacer.settle(ticket, Ending::Refused(heard, Duration::ZERO));
                        server.lock().unwrap().result.failed += 1;
                        break;
                    };
                    pacer.settle(ticket, Ending::Refused(heard, wait));
                }
            }
        });
    }
    workers.join_all().await;
    let mut server = std::mem::take(&mut *server.lock().unwrap());
    server.close();
    server.result
}
