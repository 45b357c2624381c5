//! What a request passes on its way: request id, token, rate limit, ordered faults, version, dialect.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response};
use base64::Engine as _;

use super::connection::{Line, Treatment};
use super::reply::{self, Limits, Outcome};
use super::world::Server;
use crate::sandbox::clock::Moment;
use crate::sandbox::faults::{Fate, Fault, Reset, When, scramble};
use crate::sandbox::ledger::Entry;
use crate::sandbox::version::{self, Version};
use crate::sandbox::wire::{Answer, Call, path_parts, query_pairs, route_of};
use crate::sandbox::workspace::Refusal;
use crate::sandbox::{legacy, modern};

/// A response, and what to do to the connection while it is written.
pub(super) struct Reply {
    pub(super) response: Response<Body>,
    pub(super) treatment: Treatment,
}

/// What a request may do after the first look at it.
enum Admission {
    Pass(Fate, Limits),
    Refused(Refusal, Option<Limits>, Option<Fault>),
}

/// What the gate has decided.
struct Passage {
    outcome: Outcome,
    limits: Option<Limits>,
    fault: Option<Fault>,
    treatment: Treatment,
    committed: bool,
}

pub(super) async fn pass(server: Arc<Server>, head: Parts, body: Bytes) -> Reply {
    let arrived = server.now();
    let number = server.world().ledger.arrive();
    let request_id = request_id(number);
    let passage = match admit(&server, arrived, &head, &body) {
        Admission::Refused(refusal, limits, fault) => Passage {
            outcome: Outcome::Answer(Answer::refused(&refusal, &request_id)),
            limits,
            fault,
            treatment: Treatment::Normal,
            committed: false,
        },
        Admission::Pass(fate, limits) => {
            if !fate.delay.is_zero() {
                tokio::time::sleep(fate.delay).await;
            }
            meet_fate(&server, fate, limits, &head, &body, &request_id)
        }
    };
    if let Some(recorder) = &server.recorder {
        recorder.write(number, &head, &body, passage.outcome.status());
    }
    server.world().ledger.record(Entry {
        number,
        time_millis: arrived.millis,
        method: head.method.as_str().to_owned(),
        path: head.uri.path_and_query().map_or_else(String::new, ToString::to_string),
        route: route_of(head.method.as_str(), &path_parts(head.uri.path())),
        status: passage.outcome.status(),
        request_id: request_id.clone(),
        committed: passage.committed,
        fault: passage.fault.as_ref().map(Fault::name),
    });
    if matches!(passage.fault, Some(Fault::Hang { .. })) {
        server.closed().await;
    }
    let slow = matches!(passage.treatment, Treatment::Drip(_));
    let response = reply::write(&passage.outcome, passage.limits, &request_id, server.now(), slow);
    Reply { response, treatment: passage.treatment }
}

/// Looks at token and window and draws the request's fate.
fn admit(server: &Server, now: Moment, head: &Parts, body: &[u8]) -> Admission {
    let refusal = || Refusal::new(401, "unauthorized", "Access Token Invalid");
    let mut world = server.world();
    if !authorised(&head.headers, &server.tokens) {
        world.ledger.count_unauthenticated();
        return Admission::Refused(refusal(), None, None);
    }
    let verdict = world.windows.admit(now);
    let limits = Limits { limit: verdict.limit, remaining: verdict.remaining, reset: verdict.reset };
    if !verdict.allowed {
        world.ledger.count_throttled();
        return Admission::Refused(too_many(verdict.limit), Some(limits), None);
    }
    let fate = world.injector.decide(head.method.as_str(), head.uri.path(), body);
    if fate.fault == Some(Fault::Unauthorized) {
        world.ledger.count_unauthenticated();
        return Admission::Refused(refusal(), None, fate.fault);
    }
    Admission::Pass(fate, limits)
}

fn too_many(limit: u64) -> Refusal {
    Refusal::new(429, "rate_limit_exceeded", format!("Exceeded rate limit of {limit} in 10_seconds"))
}

/// Takes a bearer token, or the token as the user name of HTTP basic, as the clients of the 1.x dialect send it.
fn authorised(headers: &HeaderMap, tokens: &[String]) -> bool {
    let Some(header) = headers.get("authorization").and_then(|value| value.to_str().ok()) else { return false };
    let Some((scheme, credentials)) = header.split_once(' ') else { return false };
    let token = match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(credentials.trim().to_owned()),
        "basic" => basic_user(credentials.trim()),
        _ => None,
    };
    token.is_some_and(|token| !token.is_empty() && (tokens.is_empty() || tokens.contains(&token)))
}

fn basic_user(credentials: &str) -> Option<String> {
    let decoded = base64::engine::general_purpose::STANDARD.decode(credentials).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.split_once(':').map(|(user, _)| user.to_owned())
}

/// Carries the request out, unless its fault comes first, and lets the fault spoil the answer.
fn meet_fate(server: &Server, fate: Fate, limits: Limits, head: &Parts, body: &[u8], request_id: &str) -> Passage {
    let failed = |status: u16, html: bool| {
        if html {
            Outcome::Page(status)
        } else {
            Outcome::Answer(Answer::refused(&server_error(status, head.uri.path()), request_id))
        }
    };
    let mut passage = Passage {
        outcome: Outcome::Silence,
        limits: Some(limits),
        fault: fate.fault,
        treatment: Treatment::Normal,
        committed: false,
    };
    match passage.fault {
        Some(Fault::TooManyRequests { reset }) => {
            let now = server.now().seconds();
            let told = match reset {
                Reset::Window => Some(limits.reset),
                Reset::Absent => None,
                Reset::Past(seconds) => Some(now.saturating_sub(seconds)),
                Reset::Ahead(seconds) => Some(now.saturating_add(seconds)),
            };
            passage.limits = told.map(|reset| Limits { remaining: 0, reset, ..limits });
            passage.outcome = Outcome::Answer(Answer::refused(&too_many(limits.limit), request_id));
            return passage;
        }
        Some(Fault::ServerError { status, when: When::BeforeCommit, html }) => {
            passage.outcome = failed(status, html);
            return passage;
        }
        Some(Fault::Drop { when: When::BeforeCommit } | Fault::Hang { when: When::BeforeCommit }) => {
            passage.treatment = Treatment::Cut;
            return passage;
        }
        Some(Fault::Refusal { status, ref code, ref message }) => {
            if status == 429 {
                let reset = server.now().seconds().saturating_add(1);
                passage.limits = Some(Limits { remaining: 0, reset, ..limits });
            }
            passage.outcome = Outcome::Answer(Answer::error(status, code, message, request_id));
            return passage;
        }
        _ => {}
    }
    let answer = carry_out(server, head, body);
    passage.committed = answer.is_ok();
    passage.outcome = Outcome::Answer(answer.unwrap_or_else(|refusal| Answer::refused(&refusal, request_id)));
    match passage.fault {
        Some(Fault::ServerError { status, html, .. }) => passage.outcome = failed(status, html),
        Some(Fault::Drop { .. } | Fault::Hang { .. }) => {
            passage.outcome = Outcome::Silence;
            passage.treatment = Treatment::Cut;
        }
        Some(Fault::Html) => passage.outcome = Outcome::Page(200),
        Some(Fault::Truncate { bytes }) => passage.treatment = Treatment::CutBody(bytes),
        Some(Fault::Slow { bytes_per_second }) => passage.treatment = Line::drip(bytes_per_second),
        _ => {}
    }
    passage
}

fn server_error(status: u16, path: &str) -> Refusal {
    match status {
        500 if path.ends_with("/scroll") => {
            let message = "Request failed due to an internal network error. Please restart the scroll operation.";
            Refusal::new(status, "server_error", message)
        }
        503 => Refusal::new(status, "service_unavailable", "Sorry, the API service is temporarily unavailable"),
        _ => Refusal::new(status, "server_error", "Sorry, we couldn't process your request"),
    }
}

/// Checks headers and body and hands the call to its dialect.
fn carry_out(server: &Server, head: &Parts, body: &[u8]) -> Result<Answer, Refusal> {
    let version = spoken_version(&head.headers, server.default_version)?;
    check_accept(&head.headers)?;
    let body = match body {
        [] => None,
        bytes => {
            check_content_type(&head.headers)?;
            let parsed = serde_json::from_slice(bytes);
            Some(parsed.map_err(|_| Refusal::bad_request("The request body is not valid JSON"))?)
        }
    };
    let call = Call {
        method: head.method.as_str(),
        path: path_parts(head.uri.path()),
        query: query_pairs(head.uri.query().unwrap_or_default()),
        version,
        preview: server.preview && version == Version::PREVIEW,
        origin: origin(&head.headers),
        body,
        now: server.now(),
    };
    let mut world = server.world();
    world.workspace.work_off(call.now);
    let dialect = if version.is_legacy() { legacy::answer } else { modern::answer };
    dialect(&mut world.workspace, &call)
}

fn spoken_version(headers: &HeaderMap, default: Version) -> Result<Version, Refusal> {
    let version = match headers.get("intercom-version") {
        None => Some(default),
        Some(header) => header.to_str().ok().and_then(version::read),
    };
    version.ok_or_else(|| Refusal::new(400, "intercom_version_invalid", "The requested version is invalid"))
}

/// Where the server is reached, for the links of a page.
fn origin(headers: &HeaderMap) -> String {
    let host = headers.get("host").and_then(|value| value.to_str().ok()).unwrap_or("127.0.0.1");
    format!("http://{host}")
}

/// A request that does not say that it takes JSON is refused (documented: "can yield 406"; we always do).
fn check_accept(headers: &HeaderMap) -> Result<(), Refusal> {
    let accepted: Vec<&str> = headers.get_all("accept").iter().filter_map(|value| value.to_str().ok()).collect();
    let takes_json = accepted.iter().flat_map(|value| value.split(',')).any(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        matches!(kind, "*/*" | "application/*" | "application/json") || kind.starts_with("application/vnd.intercom")
    });
    if takes_json {
        Ok(())
    } else {
        let message = "The Accept header should send a media type of application/json";
        Err(Refusal::new(406, "media_type_not_acceptable", message))
    }
}

fn check_content_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let kind = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        let message = "The Content-Type header should be application/json";
        Err(Refusal::new(415, "unsupported_media_type", message))
    }
}

/// Looks like a random UUID, but the same number always gets the same one.
fn request_id(number: u64) -> String {
    let (high, low) = (scramble(number), scramble(number ^ u64::MAX));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}
