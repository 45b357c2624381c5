//! When the next request may leave: a pure model of the server's window.
//!
//! Is given what every answer said (`Limit`, `Remaining`, `Reset`, `Date`) and when, on a monotonic clock; says whether
//! a request may leave now, or when to ask again. Never sleeps and reads no clock.
//!
//! The rule: requests in flight never outnumber what the server last said is left, so that none can be refused unless
//! somebody else uses the same limit. A window ends when the server's own clock has certainly reached `Reset`; the
//! first requests of a new window are few until one answer confirms it. `Remaining = 0` and every 429 close the gate
//! for everybody.

use std::time::Duration;

use super::server_clock::ServerClock;
use super::{Heard, Ticket, WindowCount};
use crate::intercom::RateLimit;

/// Length of Intercom's windows (developers.intercom.com, rest-api/errors/rate-limiting).
pub(super) const WINDOW: Duration = Duration::from_secs(10);
/// Requests in flight until the limit is known.
const START_IN_FLIGHT: u32 = 5;
/// The longest the gate stays closed by one header, whatever it says.
const LONGEST_CLOSURE: Duration = Duration::from_secs(30);
/// Step by which windows that end later than `Reset` says are waited for.
const SLACK_STEP: Duration = Duration::from_millis(250);
/// As late as windows are believed to end.
const MOST_SLACK: Duration = Duration::from_millis(1_500);
/// Windows remembered for [`Gate::windows`]; older ones are dropped.
const WINDOWS_KEPT: usize = 8_640;

/// Whether a request may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// Now.
    Open,
    /// Ask again at this local time, or when an answer came; `None`: only when an answer came.
    Closed(Option<Duration>),
}

/// The server's window as we know it. Times are local and monotonic, since the pacer was made.
#[derive(Debug)]
pub(super) struct Gate {
    share: f64,
    told: Option<RateLimit>,
    /// What is left in this window: the lowest the server said, or the whole limit in a window not yet confirmed.
    left: u32,
    /// Requests of ours this window may have counted.
    own: u32,
    in_flight: u32,
    /// Of those, sent since this window began.
    fresh_in_flight: u32,
    serial: u64,
    /// `Reset` of this window; of the window before.
    reset: i64,
    closed_reset: Option<i64>,
    ends: Duration,
    confirmed: bool,
    not_before: Duration,
    clock: ServerClock,
    slack: Duration,
    /// Requests of others seen in this window and the one before.
    foreign: u32,
    foreign_before: u32,
    round_trip: Duration,
    windows: Vec<WindowCount>,
}

impl Gate {
    /// A gate for `share` (above 0, at most 1) of whatever limit will be announced.
    pub(super) fn new(share: f64) -> Self {
        Self {
            share,
            told: None,
            left: 0,
            own: 0,
            in_flight: 0,
            fresh_in_flight: 0,
            serial: 0,
            reset: 0,
            closed_reset: None,
            ends: Duration::ZERO,
            confirmed: false,
            not_before: Duration::ZERO,
            clock: ServerClock::default(),
            slack: Duration::ZERO,
            foreign: 0,
            foreign_before: 0,
            round_trip: Duration::ZERO,
            windows: vec![WindowCount::default()],
        }
    }

    /// The limit as last told.
    pub(super) fn told(&self) -> Option<RateLimit> {
        self.told
    }

    /// Requests out without an answer.
    pub(super) fn in_flight(&self) -> u32 {
        self.in_flight
    }

    /// Requests per window, oldest first; the last window is the running one.
    pub(super) fn windows(&self) -> &[WindowCount] {
        &self.windows
    }

    /// How long the gate stays closed for everybody, if it is.
    pub(super) fn closed_for(&self, now: Duration) -> Option<Duration> {
        let until =
            if self.told.is_some() && self.left == 0 { self.not_before.max(self.ends) } else { self.not_before };
        until.checked_sub(now).filter(|rest| !rest.is_zero())
    }

    /// Whether a request may leave now. Begins the next window when this one is certainly over.
    pub(super) fn ask(&mut self, now: Duration) -> Admission {
        if now < self.not_before {
            return Admission::Closed(Some(self.not_before));
        }
        let Some(told) = self.told else {
            let open = self.in_flight < START_IN_FLIGHT;
            return if open { Admission::Open } else { Admission::Closed(None) };
        };
        if now >= self.ends {
            self.begin_window(now, told.limit);
        }
        let room = self.left > self.in_flight + self.reserve(told.limit)
            && self.own < budget(told.limit, self.share)
            && (self.confirmed || self.fresh_in_flight < probe(told.limit));
        if room { Admission::Open } else { Admission::Closed(Some(self.ends)) }
    }

    /// Takes the place [`Self::ask`] found open.
    pub(super) fn take(&mut self, now: Duration) -> Ticket {
        self.in_flight += 1;
        self.fresh_in_flight += 1;
        self.own += 1;
        if let Some(window) = self.windows.last_mut() {
            window.sent += 1;
        }
        Ticket { serial: self.serial, sent: now }
    }

    /// Takes in that a request got no answer. It may have been counted.
    pub(super) fn lost(&mut self, ticket: Ticket) {
        self.landed(ticket);
        self.left = self.left.saturating_sub(1);
    }

    /// Takes in an answer; `refused` is how long to wait when it was a 429.
    pub(super) fn answered(&mut self, ticket: Ticket, now: Duration, heard: &Heard, refused: Option<Duration>) {
        self.landed(ticket);
        let took = now.saturating_sub(ticket.sent);
        self.round_trip = if self.round_trip.is_zero() { took } else { (self.round_trip * 7 + took) / 8 };
        if let Some(date) = heard.date {
            self.clock.heard(date, ticket.sent, now);
        }
        match heard.limit {
            // A 429 that speaks of no window that can be running says when to come back, not how much is left
            Some(told) if refused.is_some() && !self.may_be_running(now, told.reset) => {}
            Some(told) => self.learn(ticket, now, told),
            None => {
                self.left = self.left.saturating_sub(1);
                self.confirmed |= ticket.serial == self.serial;
            }
        }
        if let Some(wait) = refused {
            self.not_before = self.not_before.max(now + wait.min(LONGEST_CLOSURE));
            if let Some(window) = self.windows.last_mut() {
                window.refused += 1;
            }
        }
    }

    /// Whether a window that ends at `reset` can be running now, as far as the server's clock is known.
    fn may_be_running(&self, now: Duration, reset: i64) -> bool {
        let end = self.clock.certainly_reached(reset).unwrap_or(now);
        end + Duration::from_secs(2) > now && end < now + WINDOW + Duration::from_secs(2)
    }

    fn landed(&mut self, ticket: Ticket) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if ticket.serial == self.serial {
            self.fresh_in_flight = self.fresh_in_flight.saturating_sub(1);
        }
    }

    fn learn(&mut self, ticket: Ticket, now: Duration, told: RateLimit) {
        let known_limit = self.told.replace(told).map(|before| before.limit);
        let Some(known_limit) = known_limit else {
            return self.adopt(now, told);
        };
        if self.closed_reset.is_some_and(|closed| told.reset <= closed) {
            if ticket.serial == self.serial {
                self.reopen(now, told);
            } else {
                // A late answer: the window that is over counted it, not this one
                self.own = self.own.saturating_sub(1);
            }
        } else if !self.confirmed || told.reset == self.reset {
            self.confirmed = true;
            self.reset = told.reset;
            self.left = if told.limit == known_limit { self.left.min(told.remaining) } else { told.remaining };
            self.ends = self.end_of(now, told.reset);
            self.see_others(told);
        } else if told.reset > self.reset {
            self.adopt(now, told);
        } else {
            self.left = self.left.min(told.remaining);
        }
    }

    /// A window we did not predict.
    fn adopt(&mut self, now: Duration, told: RateLimit) {
        self.closed_reset = (self.serial > 0).then_some(self.reset);
        self.open_window(told.reset, told.remaining);
        self.own += 1;
        self.confirmed = true;
        self.ends = self.end_of(now, told.reset);
    }

    /// The window that was thought over still runs: what was believed about the server's clock is wrong.
    fn reopen(&mut self, now: Duration, told: RateLimit) {
        self.clock.distrust();
        self.slack = (self.slack + SLACK_STEP).min(MOST_SLACK);
        self.closed_reset = None;
        self.reset = told.reset;
        self.left = told.remaining;
        self.confirmed = true;
        self.ends = now + SLACK_STEP;
    }

    fn begin_window(&mut self, now: Duration, limit: u32) {
        self.closed_reset = Some(self.reset);
        let predicted = self.reset.saturating_add(WINDOW.as_secs().cast_signed());
        let ends = self.ends + WINDOW;
        self.open_window(predicted, limit);
        self.confirmed = false;
        self.ends = if ends > now { ends } else { now + WINDOW };
    }

    fn open_window(&mut self, reset: i64, left: u32) {
        self.serial += 1;
        self.reset = reset;
        self.left = left;
        self.own = self.in_flight;
        self.fresh_in_flight = 0;
        self.foreign_before = std::mem::take(&mut self.foreign);
        // What left before the limit was known counts in the first window
        if self.serial == 1 {
            return;
        }
        if self.windows.len() >= WINDOWS_KEPT {
            self.windows.remove(0);
        }
        self.windows.push(WindowCount::default());
    }

    fn end_of(&self, now: Duration, reset: i64) -> Duration {
        let reached = self.clock.certainly_reached(reset).map_or(now + WINDOW, |reached| reached + self.slack);
        reached.clamp(now, now + LONGEST_CLOSURE)
    }

    fn see_others(&mut self, told: RateLimit) {
        let used = told.limit.saturating_sub(told.remaining);
        self.foreign = self.foreign.max(used.saturating_sub(self.own));
    }

    /// Requests left to others that share the limit: as many as they send while one of ours is on its way.
    fn reserve(&self, limit: u32) -> u32 {
        let foreign = self.foreign.max(self.foreign_before);
        if foreign == 0 {
            return 0;
        }
        let on_the_way = f64::from(foreign) * self.round_trip.as_secs_f64() / WINDOW.as_secs_f64();
        let most = limit / 10;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and a tenth of a u32")]
        let reserve = (on_the_way * 2.0).ceil().clamp(1.0, f64::from(most.max(1))) as u32;
        reserve
    }
}

/// Requests of ours a window may hold.
pub(super) fn budget(limit: u32, share: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "share is at most 1, limit fits")]
    let budget = (f64::from(limit) * share).floor() as u32;
    budget.max(1)
}

/// Requests in flight while a window is not confirmed.
fn probe(limit: u32) -> u32 {
    (limit / 40).max(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EPOCH: i64 = 1_700_000_000;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// What the server says at `seconds` of the run, which begins with a window.
    fn heard(seconds: i64, limit: u32, remaining: u32, reset: i64) -> Heard {
        let reset = EPOCH + reset;
        let limit = Some(RateLimit { limit, remaining, reset });
        Heard { limit, reset: Some(reset), date: Some(EPOCH + seconds), retry_after: None }
    }

    fn sent(gate: &mut Gate, now: Duration) -> Ticket {
        assert_eq!(gate.ask(now), Admission::Open);
        gate.take(now)
    }

    #[test]
    fn a_handful_leaves_before_the_limit_is_known() {
        let mut gate = Gate::new(1.0);
        for _ in 0..START_IN_FLIGHT {
            sent(&mut gate, at(0));
        }
        assert_eq!(gate.ask(at(0)), Admission::Closed(None));
    }

    #[test]
    fn nothing_leaves_after_remaining_is_0_until_the_window_ends() {
        let mut gate = Gate::new(1.0);
        let ticket = sent(&mut gate, at(3));
        gate.answered(ticket, at(3), &heard(3, 10, 0, 10), None);
        assert_eq!(gate.ask(at(4)), Admission::Closed(Some(at(10))));
        assert_eq!(gate.closed_for(at(4)), Some(at(6)));
        assert_eq!(gate.ask(at(10)), Admission::Open);
    }

    #[test]
    fn a_late_answer_of_the_window_before_gives_its_place_in_this_one_back() {
        let mut gate = Gate::new(0.2);
        let first = sent(&mut gate, at(1));
        gate.answered(first, at(1), &heard(1, 10, 9, 10), None);
        let late = sent(&mut gate, at(9));
        // The budget of 2 holds the one that may still count in this window, and one more
        let fresh = sent(&mut gate, at(10));
        gate.answered(fresh, at(10), &heard(10, 10, 9, 20), None);
        assert!(matches!(gate.ask(at(10)), Admission::Closed(_)));
        gate.answered(late, at(11), &heard(9, 10, 8, 10), None);
        assert_eq!(gate.ask(at(11)), Admission::Open);
    }

    #[test]
    fn a_429_with_a_reset_that_ends_no_window_closes_the_gate_and_leaves_the_window_alone() {
        for reset in [2, 18] {
            let mut gate = Gate::new(1.0);
            let first = sent(&mut gate, at(5));
            gate.answered(first, at(5), &heard(5, 10, 9, 10), None);
            let second = sent(&mut gate, at(6));
            gate.answered(second, at(6), &heard(6, 10, 0, reset), Some(at(2)));
            assert_eq!(gate.ask(at(7)), Admission::Closed(Some(at(8))));
            assert_eq!(gate.ask(at(8)), Admission::Open);
            assert_eq!(gate.windows().last(), Some(&WindowCount { sent: 2, refused: 1 }), "{reset}");
        }
    }

    #[test]
    fn a_request_without_an_answer_gives_its_place_back_but_may_have_been_counted() {
        let mut gate = Gate::new(1.0);
        let first = sent(&mut gate, at(0));
        gate.answered(first, at(0), &heard(0, 10, 2, 10), None);
        let lost = [sent(&mut gate, at(1)), sent(&mut gate, at(1))];
        for ticket in lost {
            gate.lost(ticket);
        }
        assert_eq!((gate.in_flight(), gate.ask(at(2))), (0, Admission::Closed(Some(at(10)))));
    }
}
