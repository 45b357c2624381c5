//! The client against a server in the same process, written by hand: one answer per request.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{Client, Options};
use crate::contact::IntercomId;
use crate::intercom::{
    ContactPatch, Disposition, Error, ReadWorkspace, SearchFilter, SearchOperator, SearchQuery, TagId, WriteWorkspace,
};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// `GET /contacts?per_page=150`.
    pub(super) line: String,
    headers: HeaderMap,
    pub(super) body: Value,
}

pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self { status, headers: Vec::new(), body: body.to_string() }
    }

    pub(super) fn error(status: u16, code: &str, message: &str) -> Self {
        let errors = json!([{"code": code, "message": message}]);
        Self::json(status, &json!({"type": "error.list", "request_id": "req-1", "errors": errors}))
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

type Answer = Arc<dyn Fn(usize, &Seen) -> Reply + Send + Sync>;

#[derive(Clone)]
pub(super) struct Server {
    pub(super) url: String,
    answer: Answer,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// A server that answers its n-th request (from 0) so.
    pub(super) async fn start(answer: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { url, answer: Arc::new(answer), seen: Arc::default() };
        let app = Router::new().fallback(handle).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        server
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|seen| seen.line.clone()).collect()
    }

    pub(super) fn seen(&self, index: usize) -> Seen {
        self.seen.lock().unwrap()[index].clone()
    }
}

async fn handle(State(server): State<Server>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let seen = Seen {
        line: format!("{} {}", parts.method, parts.uri),
        headers: parts.headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    let index = {
        let mut all = server.seen.lock().unwrap();
        all.push(seen.clone());
        all.len() - 1
    };
    let reply = (server.answer)(index, &seen);
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).unwrap()
}

pub(super) fn options(url: &str) -> Options {
    Options {
        base_url: url.to_owned(),
        token: SecretString::from("s3cret-token"),
        version: "2.14".to_owned(),
        rate_share: 1.0,
        timeout: Duration::from_secs(10),
    }
}

fn client(url: &str) -> Client {
    Client::new(&options(url)).unwrap()
}

pub(super) fn id(text: &str) -> IntercomId {
    IntercomId(text.into())
}

fn lead(id: &str) -> Value {
    json!({"type": "contact", "id": id, "role": "lead"})
}

#[tokio::test]
async fn every_request_carries_the_token_the_version_and_our_name() {
    let server = Server::start(|_, _| Reply::json(200, &lead("5f"))).await;
    client(&server.url).contact(&id("5f")).await.unwrap();
    let seen = server.seen(0);
    assert_eq!(seen.line, "GET /contacts/5f");
    let header = |name: &str| seen.headers.get(name).unwrap().to_str().unwrap();
    assert_eq!(header("authorization"), "Bearer s3cret-token");
    assert_eq!(header("intercom-version"), "2.14");
    assert_eq!(header("accept"), "application/json");
    assert!(header("user-agent").starts_with("leadfold/"));
    assert!(seen.headers.get("content-type").is_none());
}

#[tokio::test]
async fn a_write_says_what_it_sends_and_the_dialect_shapes_it() {
    let server = Server::start(|_, _| Reply::json(200, &lead("5f"))).await;
    let mut patch = ContactPatch::default();
    patch.standard.insert("owner_id".into(), json!("127"));
    client(&server.url).update(&id("5f"), &patch).await.unwrap();
    let newer = Client::new(&Options { version: "2.16".into(), ..options(&server.url) }).unwrap();
    newer.update(&id("5f"), &patch).await.unwrap();
    assert_eq!(server.seen(0).headers.get("content-type").unwrap(), "application/json");
    assert_eq!(server.seen(0).body, json!({"owner_id": 127}));
    assert_eq!(server.seen(1).body, json!({"owner_id": "127"}));
    assert_eq!(server.seen(1).headers.get("intercom-version").unwrap(), "2.16");
}

#[tokio::test]
async fn the_token_is_in_no_debug_text_and_no_error() {
    let server = Server::start(|_, _| Reply::error(401, "unauthorized", "Access Token Invalid")).await;
    let client = client(&server.url);
    let error = client.me().await.unwrap_err();
    assert_eq!(error.disposition(), Disposition::Abort);
    let texts = [format!("{client:?}"), format!("{:?}", options(&server.url)), format!("{error:?} {error}")];
    assert!(texts.iter().all(|text| !text.contains("s3cret")), "{texts:?}");
}

#[test]
fn settings_that_cannot_work_are_refused_before_anything_is_sent() {
    let refused = |change: fn(&mut Options)| {
        let mut options = options("https://api.intercom.io");
        change(&mut options);
        match Client::new(&options) {
            Err(Error::Configuration(message)) => message,
            other => panic!("{other:?}"),
        }
    };
    assert!(refused(|options| options.base_url = "http://api.intercom.io".into()).contains("plain http"));
    assert!(refused(|options| options.version = "2.3".into()).contains("1.4, 2.14, 2.16"));
    assert!(refused(|options| options.token = SecretString::from(" \n")).contains("token is empty"));
    let broken = refused(|options| options.token = SecretString::from("s3cret\nline"));
    assert!(broken.contains("line break") && !broken.contains("s3cret"));
    assert!(refused(|options| options.rate_share = 0.0).contains("rate share"));
    assert!(refused(|options| options.rate_share = f64::NAN).contains("rate share"));
    assert!(refused(|options| options.timeout = Duration::ZERO).contains("time-out"));
}

#[tokio::test]
async fn a_list_is_paged_in_the_query_and_a_search_in_the_body() {
    let server = Server::start(|_, seen| {
        let first = !seen.line.contains("starting_after") && seen.body.pointer("/pagination/starting_after").is_none();
        let next = if first { json!({"starting_after": "a+/=\n"}) } else { Value::Null };
        Reply::json(200, &json!({"type": "list", "data": [lead("5f")], "total_count": 2, "pages": {"next": next}}))
    })
    .await;
    let client = client(&server.url);
    let first = client.list(None).await.unwrap();
    assert_eq!(first.total_count, Some(2));
    assert_eq!(client.list(first.next.as_ref()).await.unwrap().next, None);
    let filter =
        SearchFilter { field: "email".into(), operator: SearchOperator::Equals, value: json!("a@example.com") };
    let query = SearchQuery { all_of: vec![filter] };
    let first = client.search(&query, None).await.unwrap();
    assert_eq!(client.search(&query, first.next.as_ref()).await.unwrap().next, None);
    assert_eq!(
        server.lines(),
        [
            "GET /contacts?per_page=150",
            "GET /contacts?per_page=150&starting_after=a%2B%2F%3D%0A",
            "POST /contacts/search",
            "POST /contacts/search",
        ]
    );
    assert_eq!(server.seen(3).body["pagination"], json!({"per_page": 150, "starting_after": "a+/=\n"}));
}

#[tokio::test]
async fn a_list_that_goes_round_in_a_circle_is_an_error_not_an_endless_loop() {
    let server = Server::start(|_, _| {
        Reply::json(200, &json!({"data": [{"id": "1", "name": "vip"}], "pages": {"next": {"starting_after": "same"}}}))
    })
    .await;
    let client = client(&server.url);
    let error = client.notes(&id("5f")).await.unwrap_err();
    assert!(error.to_string().contains("same cursor twice"), "{error}");
    let cursor = client.list(None).await.unwrap().next;
    assert!(client.list(cursor.as_ref()).await.is_err());
}

#[tokio::test]
async fn companies_are_listed_by_page_number() {
    let server = Server::start(|index, _| {
        let next = if index == 0 { json!({"page": 2}) } else { Value::Null };
        Reply::json(200, &json!({"data": [{"id": format!("c{index}"), "name": "Acme"}], "pages": {"next": next}}))
    })
    .await;
    let companies = client(&server.url).company_list().await.unwrap();
    assert_eq!(companies.len(), 2);
    assert_eq!(server.lines(), ["POST /companies/list?per_page=60", "POST /companies/list?per_page=60&page=2"]);
}

#[tokio::test]
async fn four_429s_end_a_call_after_three_retries_in_the_servers_own_words() {
    let server = Server::start(|_, _| {
        Reply::error(429, "rate_limit_exceeded", "Exceeded rate limit of 83 in 10_seconds").header("retry-after", "0")
    })
    .await;
    let client = client(&server.url);
    let error = client.create(&ContactPatch::default()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Exceeded rate limit of 83 in 10_seconds (429 rate_limit_exceeded, after 4 attempts, request req-1)"
    );
    assert_eq!(error.disposition(), Disposition::GiveUp);
    let stats = client.stats();
    assert_eq!((stats.calls, stats.sent, stats.answered, stats.rate_limited, stats.retries), (1, 4, 4, 4, 3));
    assert_eq!(stats.in_flight, 0);
}

#[tokio::test]
async fn a_429_is_waited_out_and_the_call_succeeds() {
    let server = Server::start(|index, _| match index {
        0 => Reply::error(429, "rate_limit_exceeded", "slow down").header("retry-after", "0"),
        _ => Reply::json(200, &lead("5f")),
    })
    .await;
    let client = client(&server.url);
    assert_eq!(client.create(&ContactPatch::default()).await.unwrap().id, id("5f"));
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test]
async fn a_server_error_is_repeated_for_an_update_but_never_for_a_create_a_note_or_a_merge() {
    let server = Server::start(|index, _| match index {
        0..=3 => Reply { status: 502, headers: vec![], body: "<html><title>Bad Gateway</title>".into() },
        _ => Reply::json(200, &lead("5f")),
    })
    .await;
    let client = client(&server.url);
    let doubts = [
        client.create(&ContactPatch::default()).await.map(drop),
        client.add_note(&id("5f"), "met at the fair").await.map(drop),
        client.merge(&id("5f"), &id("60")).await.map(drop),
    ];
    for doubt in doubts {
        assert_eq!(doubt.unwrap_err().disposition(), Disposition::InDoubt);
    }
    assert_eq!(server.lines().len(), 3);
    client.update(&id("5f"), &ContactPatch::default()).await.unwrap();
    assert_eq!(server.lines().len(), 5);
}

#[tokio::test]
async fn not_found_on_a_repeated_archive_means_that_the_first_one_did_it() {
    let server = Server::start(|index, _| match index {
        0 => Reply { status: 504, headers: vec![], body: String::new() },
        _ => Reply::error(404, "not_found", "User Not Found"),
    })
    .await;
    let client = client(&server.url);
    client.archive(&id("5f")).await.unwrap();
    assert!(matches!(client.archive(&id("5f")).await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn an_id_that_would_make_another_request_of_it_is_not_sent() {
    let server = Server::start(|_, _| Reply::json(200, &json!({}))).await;
    let client = client(&server.url);
    for wrong in ["", ".", ".."] {
        assert!(matches!(client.delete(&id(wrong)).await, Err(Error::NotFound { .. })));
        assert!(client.detach_tag(&id("5f"), &TagId(wrong.into())).await.is_err());
    }
    assert_eq!(server.lines(), Vec::<String>::new());
    client.delete(&id("5f/../60?x")).await.unwrap();
    assert_eq!(server.lines(), ["DELETE /contacts/5f%2F..%2F60%3Fx"]);
}

#[tokio::test]
async fn no_redirect_is_followed() {
    let server = Server::start(|_, _| Reply::json(302, &Value::Null).header("location", "/elsewhere")).await;
    let error = client(&server.url).me().await.unwrap_err();
    assert!(error.to_string().contains("redirect"), "{error}");
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn the_announced_limit_is_kept_and_shown() {
    let server = Server::start(|index, _| {
        let now = jiff::Timestamp::now().as_second();
        Reply::json(200, &lead("5f"))
            .header("x-ratelimit-limit", "500")
            .header("x-ratelimit-remaining", (499 - index).to_string())
            .header("x-ratelimit-reset", (now + 9).to_string())
    })
    .await;
    let client = client(&server.url);
    assert_eq!(client.rate_limit(), None);
    for _ in 0..3 {
        client.contact(&id("5f")).await.unwrap();
    }
    assert_eq!(client.rate_limit().map(|told| (told.limit, told.remaining)), Some((500, 497)));
    let used = client.stats().limit_used_percent().unwrap();
    assert!((used - 0.6).abs() < 0.001);
    assert_eq!(client.windows().iter().map(|window| window.sent).sum::<u64>(), 3);
}

/// A server that reads a request, writes these bytes and hangs up.
async fn raw(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(bytes).await;
        }
    });
    url
}

#[tokio::test]
async fn a_cut_off_answer_and_a_broken_connection_leave_a_create_in_doubt() {
    let cut = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"type\":\"contact\",").await;
    let silent = raw(b"").await;
    for url in [cut, silent] {
        let error = client(&url).create(&ContactPatch::default()).await.unwrap_err();
        assert!(matches!(error, Error::NoAnswer { .. }), "{error}");
        assert_eq!(error.disposition(), Disposition::InDoubt);
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_where_nobody_listens_is_tried_four_times_even_for_a_create() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = client(&url);
    let error = client.create(&ContactPatch::default()).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");
    assert_eq!(client.stats().sent, 4);
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_in_doubt_and_gives_its_place_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = Client::new(&Options { timeout: Duration::from_millis(200), ..options(&url) }).unwrap();
    let error = client.create(&ContactPatch::default()).await.unwrap_err();
    assert!(error.to_string().contains("nothing came within 0.2 s"), "{error}");
    assert_eq!(client.stats().in_flight, 0);
    drop(listener);
}

#[tokio::test]
async fn a_call_nobody_waits_for_any_more_gives_its_place_back() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = client(&format!("http://{}", listener.local_addr().unwrap()));
    assert!(tokio::time::timeout(Duration::from_millis(100), client.me()).await.is_err());
    assert_eq!((client.stats().sent, client.stats().in_flight), (1, 0));
}
