//! A pretend Intercom that really listens, for as long as a test holds it.

use std::time::Duration;

use leadfold::sandbox::{Faults, Options, Running, Sandbox};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// A sandbox with a runtime of its own, so that it goes on while the test waits for a child process.
pub(crate) struct Workspace {
    runtime: Runtime,
    running: Option<Running>,
}

impl Workspace {
    /// An empty workspace in good health, with room for every request of a test.
    pub(crate) fn empty() -> Self {
        Self::start(Self::options())
    }

    /// Options to change before the start.
    pub(crate) fn options() -> Options {
        Options { limit_per_window: 1_000_000, ..Options::default() }
    }

    /// A workspace filled from CSV text.
    pub(crate) fn seeded(csv: &str) -> Self {
        Self::start(Self::options().seed_csv("seed.csv", csv.as_bytes()).unwrap())
    }

    pub(crate) fn start(options: Options) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let running = runtime.block_on(Sandbox::start(options)).unwrap();
        Self { runtime, running: Some(running) }
    }

    fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub(crate) fn url(&self) -> String {
        self.running().url()
    }

    pub(crate) fn set_faults(&self, faults: Faults) {
        self.running().set_faults(faults);
    }

    /// Acts as another teammate (`docs/sandbox.md`).
    pub(crate) fn edit(&self, order: &Value) {
        self.order("edit", order);
    }

    /// Somebody opens the website; gives the visitor's user id.
    pub(crate) fn visitor(&self, order: &Value) -> String {
        self.order("visitor", order)["user_id"].as_str().unwrap().to_owned()
    }

    /// A segment of some contacts; gives its id.
    pub(crate) fn segment(&self, order: &Value) -> String {
        self.order("segment", order)["id"].as_str().unwrap().to_owned()
    }

    /// Any call of the API, past every client of ours: whether it answered 200, and what.
    pub(crate) fn api(&self, version: &str, method: &str, path: &str, body: &Value) -> (bool, Value) {
        let headers =
            format!("Authorization: Bearer any\r\nAccept: application/json\r\nIntercom-Version: {version}\r\n");
        self.send(method, path, &headers, &body.to_string())
    }

    /// As [`Self::edit`]; `false` when the workspace refuses, for instance because the contact is gone.
    pub(crate) fn try_edit(&self, order: &Value) -> bool {
        self.ask("POST", "edit", &order.to_string()).0
    }

    /// A message from some contacts.
    pub(crate) fn converse(&self, order: &Value) {
        self.order("conversation", order);
    }

    /// A contact says whether it wants messages of a subscription type.
    pub(crate) fn choose(&self, contact: &str, subscription: &str, consent: &str) {
        let order = json!({ "id": subscription, "consent_type": consent });
        let (taken, answer) = self.api("2.14", "POST", &format!("/contacts/{contact}/subscriptions"), &order);
        assert!(taken, "{answer}");
    }

    /// The requests so far, as the server logged them.
    pub(crate) fn log(&self) -> Value {
        self.ask("GET", "log?last=20000", "").1
    }

    fn order(&self, what: &str, order: &Value) -> Value {
        let (taken, answer) = self.ask("POST", what, &order.to_string());
        assert!(taken, "{answer}");
        answer
    }

    /// Asks the back door: whether it answered 200, and what.
    fn ask(&self, method: &str, what: &str, body: &str) -> (bool, Value) {
        self.send(method, &format!("/__sandbox/{what}"), "", body)
    }

    fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> (bool, Value) {
        use std::io::{Read as _, Write as _};
        let address = self.url().replace("http://", "");
        let mut connection = std::net::TcpStream::connect(&address).unwrap();
        write!(
            connection,
            "{method} {path} HTTP/1.0\r\nHost: {address}\r\n{headers}Content-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.contains(" 200 "), serde_json::from_str(body).unwrap_or_default())
    }

    /// Everything the workspace holds.
    pub(crate) fn state(&self) -> Value {
        self.running().state()
    }

    /// Every contact that can be found.
    pub(crate) fn contacts(&self) -> Vec<Value> {
        let state = self.state();
        let all = state["contacts"].as_array().unwrap();
        all.iter().filter(|contact| contact["state"] == "active").cloned().collect()
    }

    pub(crate) fn stats(&self) -> Value {
        self.running().stats()
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> u64 {
        self.stats()["requests"].as_u64().unwrap()
    }

    /// Requests that change something, as the server counts them.
    pub(crate) fn writes(&self) -> u64 {
        let stats = self.stats();
        let routes = stats["routes"].as_object().unwrap();
        routes
            .iter()
            .filter(|(route, _)| {
                !route.starts_with("GET ") && !["/search", "/companies/list"].iter().any(|read| route.ends_with(read))
            })
            .map(|(_, used)| used["requests"].as_u64().unwrap())
            .sum()
    }

    /// Responses 429.
    pub(crate) fn throttled(&self) -> u64 {
        self.stats()["answered_429"].as_u64().unwrap()
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            drop(
                self.runtime.block_on(async { tokio::time::timeout(Duration::from_secs(3), running.shutdown()).await }),
            );
        }
    }
}
