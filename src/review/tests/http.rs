//! The page's server, spoken to as a browser does, and as others might.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

/// An answer: status, head, body.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A request by hand, so that every header can be what an attacker would send.
struct Browser {
    address: std::net::SocketAddr,
    host: String,
    origin: Option<String>,
    key: String,
}

impl Browser {
    fn of(running: &Running) -> Self {
        let address = running.address();
        Self { address, host: address.to_string(), origin: Some(format!("http://{address}")), key: String::new() }
    }

    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let origin = self.origin.as_ref().map(|origin| format!("origin: {origin}\r\n")).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\n{origin}x-leadfold-key: {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.host,
            self.key,
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, Some(body)).await
    }

    /// Exchanges the token of the address for the key.
    async fn enter(&mut self, running: &Running) {
        let token = running.url().split_once('#').unwrap().1;
        let answer = self.post("/api/key", json!({ "token": token })).await;
        self.key = answer.json()["key"].as_str().unwrap().to_owned();
    }
}

async fn served() -> (Running, Browser) {
    let running = serve(session(), 0).await.unwrap();
    let browser = Browser::of(&running);
    (running, browser)
}

#[tokio::test]
async fn the_page_forbids_itself_everything_from_outside() {
    let (running, browser) = served().await;
    assert!(running.address().ip().is_loopback());
    let page = browser.get("/").await;
    assert_eq!(page.status, 200);
    assert!(page.head.contains("content-security-policy: default-src 'none'; script-src 'nonce-"), "{}", page.head);
    assert!(page.head.contains("frame-ancestors 'none'") && page.head.contains("cache-control: no-store"));
    for outside in ["http://", "https://", "src=", "@import", "url(", "{{nonce}}", "innerHTML"] {
        assert!(!page.body.contains(outside), "{outside}");
    }
    assert!(!page.body.contains("Conti"), "the page alone holds no contact");
}

#[tokio::test]
async fn the_token_works_once_and_data_needs_the_key() {
    let (running, mut browser) = served().await;
    assert_eq!(browser.get("/api/queue").await.status, 401);
    assert_eq!(browser.post("/api/key", json!({ "token": "guess" })).await.status, 403);
    browser.enter(&running).await;
    assert_eq!(browser.get("/api/queue").await.status, 200);
    let token = running.url().split_once('#').unwrap().1;
    assert_eq!(browser.post("/api/key", json!({ "token": token })).await.status, 403);
    browser.key.replace_range(..1, "x");
    assert_eq!(browser.get("/api/queue").await.status, 401);
}

#[tokio::test]
async fn other_hosts_and_other_origins_are_refused_even_with_the_key() {
    let (running, mut browser) = served().await;
    browser.enter(&running).await;
    let verdict = json!({ "position": 0, "revision": 0, "verdict": "accept" });

    let own = browser.origin.replace("http://evil.example".to_owned());
    assert_eq!(browser.post("/api/decide", verdict.clone()).await.status, 403);
    assert_eq!(browser.get("/api/queue").await.status, 403);
    browser.origin = None;
    assert_eq!(browser.post("/api/decide", verdict.clone()).await.status, 403);
    browser.origin = own;
    let own_host = std::mem::replace(&mut browser.host, "rebound.example:80".to_owned());
    assert_eq!(browser.get("/api/queue").await.status, 403);
    browser.host = own_host;
    assert_eq!(browser.post("/api/decide", verdict).await.status, 200);
}

#[tokio::test]
async fn a_review_by_page_decides_takes_back_and_finishes() {
    let (mut running, mut browser) = served().await;
    browser.enter(&running).await;
    let queue = browser.get("/api/queue").await.json();
    assert_eq!(queue["progress"], json!({ "groups": 2, "decided": 0 }));
    assert_eq!(queue["items"][1]["headline"], "Chiara Conti <c.conti@example.org>");

    let group = browser.get("/api/group/1").await.json();
    assert_eq!(group["review_reason"], "the given names differ");
    assert_eq!(group["pairs"][0]["terms"][2]["level"], "same number");

    let decide = |revision: u32, verdict: Value| json!({ "position": 1, "revision": revision, "verdict": verdict });
    let answer = browser.post("/api/decide", decide(0, json!({ "survivor": { "record": 5 } }))).await.json();
    assert_eq!((&answer["revision"], &answer["progress"]["decided"]), (&json!(1), &json!(1)));
    assert_eq!(browser.post("/api/decide", decide(0, json!("reject"))).await.status, 409);
    assert_eq!(browser.post("/api/decide", decide(1, json!("reopen"))).await.json()["verdict"], Value::Null);
    assert_eq!(browser.post("/api/decide", decide(2, json!({ "survivor": { "record": 99 } }))).await.status, 422);
    assert_eq!(browser.post("/api/decide", json!({ "position": 1 })).await.status, 400);
    assert_eq!(browser.get("/api/group/7").await.status, 404);

    assert_eq!(browser.post("/api/finish", json!({})).await.status, 200);
    assert!(running.finished().await.is_some());
    let address = running.address();
    running.stop().await;
    assert!(TcpStream::connect(address).await.is_err(), "nothing listens any more");
}

#[tokio::test]
async fn a_name_with_markup_is_data_and_not_markup() {
    let mut plan = doubtful_plan();
    plan.linkage.groups[2].members.push(RecordIndex(6));
    let running = serve(Session::new(plan, &[], Memory::default(), noon), 0).await.unwrap();
    let mut browser = Browser::of(&running);
    browser.enter(&running).await;
    let answer = browser.get("/api/group/1").await;
    assert!(answer.head.contains("content-type: application/json") && answer.head.contains("nosniff"));
    assert!(answer.json()["side"]["members"][2]["headline"].as_str().unwrap().contains("<script>"));
    assert!(!answer.body.contains('\u{202e}'));
}
