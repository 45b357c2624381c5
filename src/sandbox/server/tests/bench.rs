use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

use crate::sandbox::clock::ManualClock;
use crate::sandbox::faults::{FaultRule, Faults};
use crate::sandbox::options::Options;
use crate::sandbox::server::{Running, Sandbox};

pub(super) const START: i64 = 1_800_000_003;

pub(super) struct Bench {
    pub(super) running: Running,
    pub(super) client: Client,
    pub(super) clock: Arc<ManualClock>,
}

impl Bench {
    pub(super) async fn with(options: Options) -> Self {
        // A second test may have installed the provider already.
        rustls::crypto::ring::default_provider().install_default().ok();
        let clock = Arc::new(ManualClock::at_seconds(START));
        let options = Options { clock: Arc::<ManualClock>::clone(&clock), ..options };
        let client = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        Self { running: Sandbox::start(options).await.unwrap(), client, clock }
    }

    pub(super) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(super) async fn faulty(rules: Vec<FaultRule>) -> Self {
        Self::with(Options { faults: Faults { rules, ..Faults::default() }, ..Options::default() }).await
    }

    pub(super) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.running.url()))
    }

    pub(super) fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path)
            .bearer_auth("any")
            .header("accept", "application/json")
            .header("intercom-version", "2.14")
    }

    pub(super) async fn get(&self, path: &str) -> (u16, Value) {
        opened(self.ask(Method::GET, path).send().await.unwrap()).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        opened(self.ask(Method::POST, path).json(&body).send().await.unwrap()).await
    }

    /// A call in the 1.x dialect.
    pub(super) async fn legacy(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        self.in_version("1.4", method, path, body).await
    }

    pub(super) async fn in_version(
        &self,
        version: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Value) {
        let request = self.bare(method, path).bearer_auth("any").header("accept", "application/json");
        let request = request.header("intercom-version", version);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        opened(request.send().await.unwrap()).await
    }

    /// What the sandbox is told beside the API.
    pub(super) async fn order(&self, path: &str, body: Value) -> Value {
        let answer = self.bare(Method::POST, &format!("/__sandbox/{path}")).json(&body).send().await.unwrap();
        let (status, body) = opened(answer).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    pub(super) async fn make(&self, body: Value) -> String {
        let (status, made) = self.post("/contacts", body).await;
        assert_eq!(status, 200, "{made}");
        made["id"].as_str().unwrap().to_owned()
    }
}

pub(super) async fn opened(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (status, response.json().await.unwrap_or(Value::Null))
}

pub(super) fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}
