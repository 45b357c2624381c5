//! What the server remembers about the requests it got, for tests to look at.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

/// Requests kept in the log.
const LOG_LIMIT: usize = 20_000;

/// One request and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) number: u64,
    pub(crate) time_millis: i64,
    pub(crate) method: String,
    /// Path and query as they came.
    pub(crate) path: String,
    pub(crate) route: String,
    /// `None` when the client got no status at all.
    pub(crate) status: Option<u16>,
    pub(crate) request_id: String,
    /// Whether the call reached the workspace and was carried out.
    pub(crate) committed: bool,
    pub(crate) fault: Option<&'static str>,
}

#[derive(Debug, Default)]
struct RouteUse {
    requests: u64,
    statuses: BTreeMap<String, u64>,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    requests: u64,
    unauthenticated: u64,
    throttled: u64,
    routes: BTreeMap<String, RouteUse>,
    log: VecDeque<Entry>,
}

impl Ledger {
    /// The number of the next request, from 1.
    pub(crate) fn arrive(&mut self) -> u64 {
        self.requests += 1;
        self.requests
    }

    pub(crate) fn count_throttled(&mut self) {
        self.throttled += 1;
    }

    pub(crate) fn count_unauthenticated(&mut self) {
        self.unauthenticated += 1;
    }

    pub(crate) fn record(&mut self, entry: Entry) {
        let route = self.routes.entry(entry.route.clone()).or_default();
        route.requests += 1;
        let status = entry.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        *route.statuses.entry(status).or_default() += 1;
        if self.log.len() >= LOG_LIMIT {
            self.log.pop_front();
        }
        self.log.push_back(entry);
    }

    /// The last `count` requests, oldest first.
    pub(crate) fn log(&self, count: usize) -> Value {
        let start = self.log.len().saturating_sub(count);
        let shown = self.log.iter().skip(start).map(|entry| {
            json!({
                "number": entry.number,
                "time_ms": entry.time_millis,
                "method": entry.method,
                "path": entry.path,
                "route": entry.route,
                "status": entry.status,
                "request_id": entry.request_id,
                "committed": entry.committed,
                "fault": entry.fault,
            })
        });
        json!({ "requests": self.requests, "log": shown.collect::<Vec<_>>() })
    }

    pub(crate) fn totals(&self) -> Value {
        let routes: BTreeMap<&String, Value> = self
            .routes
            .iter()
            .map(|(route, used)| (route, json!({ "requests": used.requests, "statuses": used.statuses })))
            .collect();
        let answered_429: u64 = self.routes.values().filter_map(|used| used.statuses.get("429")).sum();
        json!({
            "requests": self.requests,
            "unauthenticated": self.unauthenticated,
            "throttled": self.throttled,
            "answered_429": answered_429,
            "routes": routes,
        })
    }
}
