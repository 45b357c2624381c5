//! Status, headers and body → a JSON value or an [`Error`]. Pure.
//!
//! Keeps everything the server said: all messages of an `error.list`, the code (or, in older answers, `type`), the
//! field, the request id. Whatever is no JSON (a proxy's HTML, a cut-off body) is described, never quoted at length.

use std::time::Duration;

use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, LINK, RETRY_AFTER};
use serde_json::Value;

use super::pace::Heard;
use super::retry::Failure;
use super::{Error, RateLimit};
use crate::contact::IntercomId;

/// The longest message passed on, in characters.
const LONGEST_MESSAGE: usize = 300;
/// The code of an error without one.
const NO_CODE: &str = "no code";

/// Reads the headers that matter for the pace.
pub(super) fn heard(headers: &HeaderMap) -> Heard {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok().filter(|n| n.is_finite());
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and every use clamps it")]
    let integer = |name: &str| number(name).map(|number| number as i64);
    let reset = integer("x-ratelimit-reset");
    let limit = match (integer("x-ratelimit-limit"), integer("x-ratelimit-remaining"), reset) {
        (Some(limit), Some(remaining), Some(reset)) if limit > 0 => Some(RateLimit {
            limit: u32::try_from(limit).unwrap_or(u32::MAX),
            remaining: u32::try_from(remaining.clamp(0, limit)).unwrap_or(u32::MAX),
            reset,
        }),
        _ => None,
    };
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let date = text(DATE).and_then(|date| rfc2822::parse(date).ok()).map(|date| date.timestamp().as_second());
    let retry_after = text(RETRY_AFTER).and_then(|wait| wait.trim().parse().ok()).map(Duration::from_secs);
    Heard { limit, reset, date, retry_after }
}

/// Reads an answer. An empty body of a success is `null`.
pub(super) fn answer(status: u16, headers: &HeaderMap, body: &[u8]) -> Result<Value, Error> {
    let json = serde_json::from_slice::<Value>(body);
    if (200..300).contains(&status) {
        return match json {
            Ok(json) => Ok(json),
            Err(_) if body.iter().all(u8::is_ascii_whitespace) => Ok(Value::Null),
            Err(problem) => Err(Error::Server {
                status,
                code: None,
                message: format!(
                    "the answer is no JSON ({})",
                    if problem.is_eof() { "it is cut off" } else { "malformed" }
                ),
                request_id: header_request_id(headers),
            }),
        };
    }
    Err(failure(status, headers, &Said::read(json.ok().as_ref(), headers, body)))
}

/// How a call ended, for the decision to send again.
pub(super) fn failure_of(error: &Error) -> Failure {
    match error {
        Error::RateLimited { .. } => Failure::RateLimited,
        Error::Unreachable { .. } => Failure::Unreachable,
        Error::Server { .. } | Error::NoAnswer { .. } => Failure::Unclear,
        _ => Failure::Refused,
    }
}

/// What an unsuccessful answer says.
struct Said {
    code: String,
    message: String,
    field: Option<String>,
    request_id: Option<String>,
}

impl Said {
    fn read(json: Option<&Value>, headers: &HeaderMap, body: &[u8]) -> Self {
        let text = |value: &Value, key: &str| match value.get(key)? {
            Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => None,
        };
        let errors = json.and_then(|json| json.get("errors")?.as_array()).map(Vec::as_slice).unwrap_or_default();
        let request_id = json.and_then(|json| text(json, "request_id")).or_else(|| header_request_id(headers));
        let code = errors.iter().find_map(|error| text(error, "code").or_else(|| text(error, "type")));
        let mut messages: Vec<String> = errors.iter().filter_map(|error| text(error, "message")).collect();
        messages.dedup();
        if messages.is_empty() {
            // Gateways in front of the API answer in shapes of their own
            let plain = json.and_then(|json| {
                text(json, "message").or_else(|| text(json, "error")).or_else(|| text(json, "detail"))
            });
            messages.push(plain.unwrap_or_else(|| without_json(json.is_some(), body)));
        }
        Self {
            code: code.unwrap_or_else(|| NO_CODE.to_owned()),
            message: presentable(&messages.join("; ")),
            field: errors.iter().find_map(|error| text(error, "field")),
            request_id,
        }
    }
}

fn failure(status: u16, headers: &HeaderMap, said: &Said) -> Error {
    let Said { code, message, field, request_id } = said;
    let (code, message, request_id) = (code.clone(), message.clone(), request_id.clone());
    match status {
        _ if code == "intercom_version_invalid" => {
            let request = request_id.map_or_else(String::new, |id| format!(", request {id}"));
            Error::Configuration(format!(
                "the call does not exist in this version of the API: {message} ({status} {code}{request}); choose another with --api"
            ))
        }
        300..=399 => Error::Refused {
            status,
            code: "redirect".to_owned(),
            message: "moved elsewhere".to_owned(),
            field: None,
            request_id,
        },
        401 | 403 => Error::Unauthorized { status, code, message, request_id },
        404 => Error::NotFound { code, message, request_id },
        410 => Error::Gone { canonical: canonical(headers), request_id },
        409 => Error::Conflict {
            existing: contact_id_in(&message),
            archived: message.to_ascii_lowercase().contains("archived"),
            code,
            message,
            request_id,
        },
        429 => Error::RateLimited { attempts: 1, limit: heard(headers).limit, code, message, request_id },
        408 | 500.. => Error::Server { status, code: Some(code).filter(|code| code != NO_CODE), message, request_id },
        _ => Error::Refused { status, code, message, field: field.clone(), request_id },
    }
}

fn header_request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-request-id")?.to_str().ok()?.trim();
    (!id.is_empty()).then(|| presentable(id))
}

/// `</contacts/{id}>; rel="canonical"`.
fn canonical(headers: &HeaderMap) -> Option<IntercomId> {
    let links = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    links.filter(|link| link.to_ascii_lowercase().contains("canonical")).find_map(|link| {
        let (_, rest) = link.split_once('<')?;
        let (target, _) = rest.split_once('>')?;
        let id = target.split(['?', '#']).next()?.trim_end_matches('/').rsplit('/').next()?;
        (!id.is_empty()).then(|| IntercomId(id.into()))
    })
}

/// The contact's id in the prose of a 409: "A contact matching those details already exists with id=5f…". Wording
/// changes, so any run of exactly 24 hexadecimal digits is taken, one after `id` first.
fn contact_id_in(message: &str) -> Option<IntercomId> {
    let lower = message.to_ascii_lowercase();
    let is_id = |word: &&str| word.len() == 24 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let ids = || lower.split(|character: char| !character.is_ascii_alphanumeric()).filter(is_id);
    let after_id = lower.match_indices("id").find_map(|(at, _)| {
        let rest = lower.get(at + 2..)?.trim_start_matches([' ', '=', ':', '\'', '"', '(', '#']);
        let end = rest.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(rest.len());
        rest.get(..end).filter(is_id)
    });
    after_id.or_else(|| ids().next()).map(|id| IntercomId(id.into()))
}

fn without_json(is_json: bool, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let lower = text.to_ascii_lowercase();
    if is_json {
        return "no explanation in the answer".to_owned();
    }
    let title = lower.find("<title>").and_then(|start| {
        let rest = text.get(start + "<title>".len()..)?;
        let end = rest.to_ascii_lowercase().find("</title>")?;
        rest.get(..end)
    });
    match title {
        Some(title) if !title.trim().is_empty() => format!("a web page titled \"{}\"", title.trim()),
        _ if lower.contains("<html") || lower.contains("<!doctype") => "a web page".to_owned(),
        _ if text.trim().is_empty() => "an empty answer".to_owned(),
        _ => "an answer that is no JSON".to_owned(),
    }
}

/// Fit for a terminal: one line, no control characters, not too long.
fn presentable(message: &str) -> String {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean: String = line.chars().filter(|character| !character.is_control()).collect();
    if clean.chars().count() <= LONGEST_MESSAGE {
        return clean;
    }
    let cut: String = clean.chars().take(LONGEST_MESSAGE).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests;
