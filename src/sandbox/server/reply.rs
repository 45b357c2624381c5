//! Writing an answer down: status, body, and the headers every answer carries.

use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_TYPE, DATE, LINK};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::sandbox::clock::Moment;
use crate::sandbox::wire::Answer;

/// What the three rate-limit headers say. Unauthenticated answers have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) limit: u64,
    pub(super) remaining: u64,
    /// Unix seconds.
    pub(super) reset: i64,
}

/// What leaves the gate.
#[derive(Debug)]
pub(super) enum Outcome {
    Answer(Answer),
    /// An HTML page, as a gateway in front of the API would send.
    Page(u16),
    /// Nothing: the connection is cut.
    Silence,
}

impl Outcome {
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Answer(answer) => Some(answer.status),
            Self::Page(status) => Some(*status),
            Self::Silence => None,
        }
    }
}

pub(super) fn write(
    outcome: &Outcome,
    limits: Option<Limits>,
    request_id: &str,
    now: Moment,
    last: bool,
) -> Response<Body> {
    let (kind, body, link) = match outcome {
        Outcome::Answer(answer) => {
            // A call whose success says it all has no body
            let body = if answer.body.is_null() { Body::empty() } else { Body::from(answer.body.to_string()) };
            ("application/json; charset=utf-8", body, answer.link.as_deref())
        }
        Outcome::Page(status) => {
            let page = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>");
            ("text/html", Body::from(page), None)
        }
        Outcome::Silence => ("text/plain", Body::empty(), None),
    };
    let mut response = Response::new(body);
    // A status outside 100–999 can only come from a fault's configuration.
    *response.status_mut() =
        StatusCode::from_u16(outcome.status().unwrap_or(503)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    let mut text = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    text(HeaderName::from_static("x-request-id"), request_id);
    text(DATE, &http_date(now));
    if let Some(link) = link {
        text(LINK, link);
    }
    if let Some(limits) = limits {
        text(HeaderName::from_static("x-ratelimit-limit"), &limits.limit.to_string());
        text(HeaderName::from_static("x-ratelimit-remaining"), &limits.remaining.to_string());
        text(HeaderName::from_static("x-ratelimit-reset"), &limits.reset.to_string());
    }
    if last {
        text(CONNECTION, "close");
    }
    response
}

/// The date format of HTTP (RFC 9110, IMF-fixdate).
fn http_date(now: Moment) -> String {
    let stamp = jiff::Timestamp::from_second(now.seconds()).unwrap_or_default();
    stamp.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_http_wants_them() {
        assert_eq!(http_date(Moment { millis: 784_111_777_999 }), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
