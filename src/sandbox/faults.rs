//! Trouble on order: which request goes wrong, and how. Decisions are pure and repeatable.
//!
//! A rule picks requests by method and path prefix, then by number, by rhythm or by chance (from the seed and the
//! number of the request, never from the clock). What happens to a picked request is carried out by the server.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Everything that may go wrong. The default is a server in good health.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Makes chance repeatable.
    pub seed: u64,
    /// Every authenticated answer is held back this long, in milliseconds.
    pub latency_ms: u64,
    /// Up to this many milliseconds more, by chance.
    pub jitter_ms: u64,
    /// From this request on the token is refused (1-based; requests over the limit or without a token do not count).
    pub unauthorized_from: Option<u64>,
    /// The first rule that fires decides.
    pub rules: Vec<FaultRule>,
}

/// One rule. Without `on`, `every` and `probability` it fires for each request it matches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// What happens.
    pub fault: Fault,
    /// Only requests with this method.
    #[serde(default)]
    pub method: Option<String>,
    /// Only requests whose path starts with this.
    #[serde(default)]
    pub path: Option<String>,
    /// Only the N-th matching request (1-based).
    #[serde(default)]
    pub on: Option<u64>,
    /// Every N-th matching request.
    #[serde(default)]
    pub every: Option<u64>,
    /// With this chance, 0 to 1.
    #[serde(default)]
    pub probability: Option<f64>,
    /// At most this many requests are picked.
    #[serde(default)]
    pub times: Option<u64>,
    /// A picked request fails this many times in a row, as long as path and body are the same; then it passes.
    #[serde(default)]
    pub repeat: Option<u64>,
}

impl FaultRule {
    /// A rule that fires for every request; narrow it with struct update syntax.
    pub fn always(fault: Fault) -> Self {
        Self { fault, method: None, path: None, on: None, every: None, probability: None, times: None, repeat: None }
    }
}

/// Whether the request's effect takes place before things go wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Nothing has changed.
    #[default]
    BeforeCommit,
    /// The change is made, its answer is lost.
    AfterCommit,
}

/// What the `X-RateLimit-Reset` header of an ordered 429 says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    /// The end of the current window, as a real one.
    #[default]
    Window,
    /// No rate-limit headers at all.
    Absent,
    /// This many seconds ago.
    Past(i64),
    /// In this many seconds.
    Ahead(i64),
}

/// What can happen to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// 429 although the window has room.
    TooManyRequests {
        /// What its headers say.
        #[serde(default)]
        reset: Reset,
    },
    /// A server error.
    ServerError {
        /// 500, 502, 503…
        status: u16,
        /// Before or after the change.
        #[serde(default)]
        when: When,
        /// An HTML page, as gateways send, instead of an error list.
        #[serde(default)]
        html: bool,
    },
    /// The connection closes without an answer.
    Drop {
        /// Before or after the change.
        #[serde(default)]
        when: When,
    },
    /// No answer ever comes.
    Hang {
        /// Before or after the change.
        #[serde(default)]
        when: When,
    },
    /// The change is made and the answer is 200, but it is an HTML page.
    Html,
    /// The change is made, but the connection closes in the middle of the answer's body.
    Truncate {
        /// Body bytes that still get through.
        bytes: usize,
    },
    /// The change is made and the answer trickles.
    Slow {
        /// Speed of the trickle.
        bytes_per_second: usize,
    },
    /// 401 for this request.
    Unauthorized,
    /// Refused without effect, with a status and code of your choice: for refusals that need a plan, a permission or a
    /// history the sandbox does not know. One with 429 says that the next second is free.
    Refusal {
        /// The HTTP status.
        status: u16,
        /// Intercom's error code.
        code: String,
        /// Intercom's words.
        #[serde(default)]
        message: String,
    },
}

impl Fault {
    /// A short name for statistics.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::TooManyRequests { .. } => "too_many_requests",
            Self::ServerError { .. } => "server_error",
            Self::Drop { .. } => "drop",
            Self::Hang { .. } => "hang",
            Self::Html => "html",
            Self::Truncate { .. } => "truncate",
            Self::Slow { .. } => "slow",
            Self::Unauthorized => "unauthorized",
            Self::Refusal { .. } => "refusal",
        }
    }
}

/// What a request has in store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Fate {
    pub(crate) fault: Option<Fault>,
    pub(crate) delay: Duration,
}

/// Applies the rules to one request after the other.
#[derive(Debug, Default)]
pub(crate) struct Injector {
    faults: Faults,
    requests: u64,
    matched: Vec<u64>,
    picked: Vec<u64>,
    /// Requests under `repeat`: how often each still fails. Zero: it has had its share.
    repeating: HashMap<(usize, u64), u64>,
    fired: BTreeMap<&'static str, u64>,
}

impl Injector {
    pub(crate) fn new(faults: Faults) -> Self {
        let rules = faults.rules.len();
        Self { faults, matched: vec![0; rules], picked: vec![0; rules], ..Self::default() }
    }

    /// How often each kind of fault has happened.
    pub(crate) fn fired(&self) -> &BTreeMap<&'static str, u64> {
        &self.fired
    }

    /// Decides about the next request.
    pub(crate) fn decide(&mut self, method: &str, path: &str, body: &[u8]) -> Fate {
        self.requests += 1;
        let jitter = match self.faults.jitter_ms {
            0 => 0,
            most => scramble(self.faults.seed ^ self.requests.rotate_left(32)) % (most + 1),
        };
        let delay = Duration::from_millis(self.faults.latency_ms.saturating_add(jitter));
        let fault = if self.faults.unauthorized_from.is_some_and(|first| self.requests >= first) {
            Some(Fault::Unauthorized)
        } else {
            self.pick(method, path, fingerprint(method, path, body))
        };
        if let Some(fault) = &fault {
            *self.fired.entry(fault.name()).or_default() += 1;
        }
        Fate { fault, delay }
    }

    fn pick(&mut self, method: &str, path: &str, fingerprint: u64) -> Option<Fault> {
        for (place, rule) in self.faults.rules.iter().enumerate() {
            let method_fits = rule.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
            if !method_fits || rule.path.as_ref().is_some_and(|prefix| !path.starts_with(prefix.as_str())) {
                continue;
            }
            if let Some(left) = self.repeating.get_mut(&(place, fingerprint)) {
                if *left == 0 {
                    continue;
                }
                *left -= 1;
                return Some(rule.fault.clone());
            }
            self.matched[place] += 1;
            let number = self.matched[place];
            let chance = scramble(self.faults.seed ^ scramble(number ^ (place as u64) << 40));
            let fires = rule.on.is_none_or(|wanted| wanted == number)
                && rule.every.is_none_or(|rhythm| rhythm > 0 && number.is_multiple_of(rhythm))
                && rule.probability.is_none_or(|odds| unit(chance) < odds)
                && rule.times.is_none_or(|most| self.picked[place] < most);
            if fires {
                self.picked[place] += 1;
                if let Some(times) = rule.repeat {
                    self.repeating.insert((place, fingerprint), times.saturating_sub(1));
                }
                return Some(rule.fault.clone());
            }
        }
        None
    }
}

/// `SplitMix64`'s finaliser (Steele, Lea, Flood 2014): spreads a counter over all 64 bits.
pub(crate) fn scramble(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The upper 32 bits as a number from 0 to below 1.
fn unit(bits: u64) -> f64 {
    let upper = u32::try_from(bits >> 32).unwrap_or(u32::MAX);
    f64::from(upper) / (f64::from(u32::MAX) + 1.0)
}

fn fingerprint(method: &str, path: &str, body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (method, path, body).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn busy(reset: Reset) -> Fault {
        Fault::TooManyRequests { reset }
    }

    fn run(rules: Vec<FaultRule>, requests: u64) -> Vec<u64> {
        let mut injector = Injector::new(Faults { seed: 7, rules, ..Faults::default() });
        let hit = |number: &u64| injector.decide("GET", "/contacts", &number.to_le_bytes()).fault.is_some();
        (1..=requests).filter(hit).collect()
    }

    #[test]
    fn rules_pick_by_number_and_by_rhythm_and_stop_after_their_times() {
        let rule = FaultRule::always(busy(Reset::Absent));
        assert_eq!(run(vec![FaultRule { on: Some(3), ..rule.clone() }], 10), [3]);
        assert_eq!(run(vec![FaultRule { every: Some(4), ..rule.clone() }], 10), [4, 8]);
        assert_eq!(run(vec![FaultRule { every: Some(2), times: Some(2), ..rule.clone() }], 10), [2, 4]);
        assert_eq!(run(vec![FaultRule { path: Some("/tags".into()), ..rule }], 10), [0; 0]);
    }

    #[test]
    fn chance_is_the_same_for_the_same_seed_and_near_its_odds() {
        let rule = FaultRule { probability: Some(0.25), ..FaultRule::always(busy(Reset::Window)) };
        let first = run(vec![rule.clone()], 4000);
        assert_eq!(first, run(vec![rule], 4000));
        assert!((900..1100).contains(&first.len()), "{}", first.len());
    }

    #[test]
    fn a_repeated_fault_follows_one_request_and_then_lets_it_pass() {
        let rule = FaultRule { on: Some(1), repeat: Some(3), ..FaultRule::always(busy(Reset::Past(5))) };
        let mut injector = Injector::new(Faults { rules: vec![rule], ..Faults::default() });
        let mut ask = |body: &[u8]| injector.decide("POST", "/contacts", body).fault.is_some();
        assert_eq!(
            [ask(b"a"), ask(b"b"), ask(b"a"), ask(b"a"), ask(b"a"), ask(b"a")],
            [true, false, true, true, false, false]
        );
    }

    #[test]
    fn the_configuration_reads_from_json() {
        let text = r#"{"latency_ms": 5, "rules": [
            {"fault": {"kind": "too_many_requests", "reset": {"ahead": 12}}, "every": 10, "repeat": 4},
            {"fault": {"kind": "drop", "when": "after_commit"}, "method": "POST", "path": "/contacts", "on": 2}]}"#;
        let faults: Faults = serde_json::from_str(text).unwrap();
        assert_eq!(faults.rules[0].fault, busy(Reset::Ahead(12)));
        assert_eq!(faults.rules[1].fault, Fault::Drop { when: When::AfterCommit });
        assert!(serde_json::from_str::<Faults>(r#"{"latency": 5}"#).is_err());
    }

    #[test]
    fn the_example_in_the_documentation_is_a_configuration() {
        let page = include_str!("../../docs/sandbox.md");
        let example = page.split("```json").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let faults: Faults = serde_json::from_str(example).unwrap();
        assert_eq!((faults.seed, faults.rules.len()), (7, 3));
    }

    #[test]
    fn from_a_given_request_on_the_token_is_refused() {
        let mut injector = Injector::new(Faults { unauthorized_from: Some(2), ..Faults::default() });
        assert_eq!(injector.decide("GET", "/me", b"").fault, None);
        assert_eq!(injector.decide("GET", "/me", b"").fault, Some(Fault::Unauthorized));
    }
}
