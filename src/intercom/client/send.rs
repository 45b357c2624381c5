//! One call: a request, and its repetitions where they can do no harm.

use std::error::Error as _;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Response};
use serde_json::Value;

use super::{Client, VERSION_HEADER};
use crate::intercom::pace::{Ending, Heard, Pacer, Ticket};
use crate::intercom::retry::{self, Attempts, Failure, Next, Repeat};
use crate::intercom::{Error, decode};

/// One call.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub(super) method: Method,
    /// Path segments; encoded on the way out.
    pub(super) path: &'a [&'a str],
    pub(super) query: Vec<(&'static str, String)>,
    /// Further pairs of the query, whose names are the caller's.
    pub(super) asked: &'a [(String, String)],
    pub(super) body: Option<Value>,
    pub(super) repeat: Repeat,
    /// `Intercom-Version`, where it is not the client's own.
    pub(super) version: Option<&'static str>,
}

impl<'a> Call<'a> {
    /// A read.
    pub(super) fn get(path: &'a [&'a str]) -> Self {
        Self {
            method: Method::GET,
            path,
            query: Vec::new(),
            asked: &[],
            body: None,
            repeat: Repeat::Safe,
            version: None,
        }
    }

    /// A write.
    pub(super) fn write(method: Method, path: &'a [&'a str], repeat: Repeat) -> Self {
        Self { method, path, query: Vec::new(), asked: &[], body: None, repeat, version: None }
    }

    /// The same with a body.
    pub(super) fn with(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

/// A ticket that is given back even when nobody waits for the answer any more.
struct Held<'a, P: Pacer> {
    pacer: &'a P,
    ticket: Option<Ticket>,
}

impl<P: Pacer> Held<'_, P> {
    fn settle(mut self, ending: Ending) {
        if let Some(ticket) = self.ticket.take() {
            self.pacer.settle(ticket, ending);
        }
    }
}

impl<P: Pacer> Drop for Held<'_, P> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.pacer.settle(ticket, Ending::Lost);
        }
    }
}

impl Client {
    /// Sends a call until it is answered, refused, or must not be sent again. An empty answer is `null`.
    pub(super) async fn send(&self, call: Call<'_>) -> Result<Value, Error> {
        // An empty segment, or one of dots, would turn the request into another one: `DELETE /contacts/{id}/..`
        if call.path.iter().any(|segment| matches!(*segment, "" | "." | "..")) {
            let message = "an id is empty or no id; nothing was sent".to_owned();
            return Err(Error::NotFound { code: "not_sent".to_owned(), message, request_id: None });
        }
        let url = self.address.join(call.path);
        let mut attempts = Attempts { call: self.counters.call(), ..Attempts::default() };
        loop {
            let mut request = self.http.request(call.method.clone(), url.clone());
            if !call.query.is_empty() {
                request = request.query(&call.query);
            }
            if !call.asked.is_empty() {
                request = request.query(call.asked);
            }
            if let Some(body) = &call.body {
                request =
                    request.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(body.to_string());
            }
            if let Some(version) = call.version {
                request = request.header(VERSION_HEADER, HeaderValue::from_static(version));
            }
            let what = format!("{} {}", call.method, shape(call.path));
            let (result, heard) = self.attempt(request, &attempts, &what).await;
            let error = match result {
                Ok(answer) => return Ok(answer),
                Err(Error::NotFound { .. }) if attempts.unclear > 0 && call.repeat == Repeat::SafeGoneIsDone => {
                    return Ok(Value::Null);
                }
                Err(error) => error,
            };
            let failure = decode::failure_of(&error);
            attempts = attempts.after(failure);
            let wait = match retry::next(&attempts, failure, call.repeat, &heard, wall_clock()) {
                Next::Wait(wait) => wait,
                Next::GiveUp => return Err(with_attempts(error, attempts.sent())),
            };
            tracing::debug!(path = %shape(call.path), attempt = attempts.sent(), ?wait, "sending again: {error}");
            // After a 429 the gate is closed for everybody; waiting there costs no retry
            if failure != Failure::RateLimited {
                tokio::time::sleep(wait).await;
            }
        }
    }

    /// One request: takes a ticket, sends, gives the ticket back as soon as the headers are there.
    /// `what` names it in the log.
    async fn attempt(
        &self,
        request: reqwest::RequestBuilder,
        attempts: &Attempts,
        what: &str,
    ) -> (Result<Value, Error>, Heard) {
        let held = Held { ticket: Some(self.pacer.acquire().await), pacer: &self.pacer };
        self.counters.sent(attempts.sent() > 0);
        let sent_at = Instant::now();
        let response = match request.send().await {
            Ok(response) => response,
            Err(problem) => {
                let error = self.no_answer(&problem);
                tracing::debug!("{what}: {error}, after {} ms", sent_at.elapsed().as_millis());
                return (Err(error), Heard::default());
            }
        };
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or("-");
        tracing::debug!("{what}: {status} in {} ms, request {request_id}", sent_at.elapsed().as_millis());
        let heard = decode::heard(&headers);
        if let Some(date) = heard.date {
            self.counters.told_the_time(date, wall_clock());
        }
        let limited = status == 429;
        self.counters.answered(limited);
        held.settle(if limited {
            let wait = retry::until_reset(&attempts.after(Failure::RateLimited), &heard, wall_clock());
            Ending::Refused(heard, wait)
        } else {
            Ending::Answered(heard)
        });
        (self.read_body(status, &headers, response).await, heard)
    }

    async fn read_body(&self, status: u16, headers: &HeaderMap, response: Response) -> Result<Value, Error> {
        match response.bytes().await {
            Ok(body) => decode::answer(status, headers, &body),
            // The status alone says enough when it is a refusal
            Err(_) if !(200..300).contains(&status) => decode::answer(status, headers, &[]),
            Err(problem) => Err(Error::NoAnswer {
                host: self.address.host(),
                message: format!("the answer broke off: {}", root(&problem)),
            }),
        }
    }

    fn no_answer(&self, problem: &reqwest::Error) -> Error {
        let host = self.address.host();
        if problem.is_builder() {
            return Error::Configuration(format!("the request cannot be made: {}", root(problem)));
        }
        if problem.is_connect() {
            let message = if problem.is_timeout() { "no connection in time".to_owned() } else { root(problem) };
            return Error::Unreachable { host, message };
        }
        let message = if problem.is_timeout() {
            format!("nothing came within {} s", self.timeout.as_secs_f64())
        } else {
            root(problem)
        };
        Error::NoAnswer { host, message }
    }
}

/// The innermost reason, without the URL, which may hold values of a contact.
pub(super) fn root(problem: &reqwest::Error) -> String {
    let mut reason: Option<&(dyn std::error::Error + 'static)> = problem.source();
    while let Some(deeper) = reason.and_then(std::error::Error::source) {
        reason = Some(deeper);
    }
    reason.map_or_else(|| "the connection failed".to_owned(), ToString::to_string)
}

fn with_attempts(error: Error, sent: u32) -> Error {
    match error {
        Error::RateLimited { limit, code, message, request_id, .. } => {
            Error::RateLimited { attempts: sent, limit, code, message, request_id }
        }
        other => other,
    }
}

/// The path for a log: ids are fine there, external ids are values of a contact.
fn shape(path: &[&str]) -> String {
    match path {
        [first, "find_by_external_id", ..] => format!("/{first}/find_by_external_id/…"),
        _ => format!("/{}", path.join("/")),
    }
}

fn wall_clock() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}
