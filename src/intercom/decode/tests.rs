use insta::assert_snapshot;
use proptest::prelude::*;
use reqwest::header::{HeaderName, HeaderValue};

use super::*;
use crate::intercom::Disposition;

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let pair = |(name, value): &(&str, &str)| {
        (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
    };
    pairs.iter().map(pair).collect()
}

fn error(status: u16, body: &str) -> Error {
    answer(status, &HeaderMap::new(), body.as_bytes()).unwrap_err()
}

fn listed(code: &str, message: &str) -> String {
    format!(
        r#"{{"type":"error.list","request_id":"b3c8c472","errors":[{{"code":"{code}","message":"{message}","field":null}}]}}"#
    )
}

#[test]
fn an_error_list_is_kept_whole() {
    let body = r#"{"type":"error.list","request_id":"b3c8c472","errors":[
        {"code":"parameter_invalid","message":"email is invalid","field":"email"},
        {"code":"parameter_invalid","message":"phone is too long","field":"phone"}]}"#;
    assert_snapshot!(error(400, body), @"email is invalid; phone is too long (400 parameter_invalid, request b3c8c472)");
    assert!(matches!(error(422, body), Error::Refused { status: 422, field: Some(field), .. } if field == "email"));
}

#[test]
fn older_answers_say_type_for_code_and_may_have_no_message_at_all() {
    assert_snapshot!(
        error(400, r#"{"type":"error.list","errors":[{"type":"bad_request","message":"No."}]}"#),
        @"No. (400 bad_request)"
    );
    assert_snapshot!(
        error(400, r#"{"type":"error.list","request_id":null,"errors":[{"code":"bad_request","message":null}]}"#),
        @"no explanation in the answer (400 bad_request)"
    );
    assert_snapshot!(error(400, "[]"), @"no explanation in the answer (400 no code)");
    assert_snapshot!(error(400, ""), @"an empty answer (400 no code)");
}

#[test]
fn a_gateways_web_page_is_described_and_leaves_the_call_in_doubt() {
    let page = "<!DOCTYPE html><html><head>\n<title>504 Gateway\n Time-out</title></head><body>…</body></html>";
    let failed = error(504, page);
    assert_snapshot!(failed, @r#"the server failed (504: a web page titled "504 Gateway Time-out")"#);
    assert_eq!(failed.disposition(), Disposition::InDoubt);
    assert_snapshot!(error(502, "<html>"), @"the server failed (502: a web page)");
    assert_snapshot!(error(408, &listed("request_timeout", "Too slow")), @"the server failed (408: Too slow, request b3c8c472)");
}

#[test]
fn a_success_that_cannot_be_read_is_in_doubt() {
    let cut = error(200, r#"{"type":"contact","id":"5f"#);
    assert_snapshot!(cut, @"the server failed (200: the answer is no JSON (it is cut off))");
    assert_eq!(cut.disposition(), Disposition::InDoubt);
    assert_eq!(error(200, "<html>login</html>").disposition(), Disposition::InDoubt);
    assert_eq!(answer(204, &HeaderMap::new(), b" ").unwrap(), Value::Null);
}

#[test]
fn a_token_or_version_problem_ends_the_run() {
    for (status, code) in [(401, "unauthorized"), (401, "token_revoked"), (403, "api_plan_restricted")] {
        let refused = error(status, &listed(code, "Access Token Invalid"));
        assert!(matches!(refused, Error::Unauthorized { .. }));
        assert_eq!(refused.disposition(), Disposition::Abort);
    }
    let version = error(400, &listed("intercom_version_invalid", "The requested version could not be found"));
    assert_eq!(version.disposition(), Disposition::Abort);
    assert_snapshot!(version, @"the call does not exist in this version of the API: The requested version could not be found (400 intercom_version_invalid, request b3c8c472); choose another with --api");
}

#[test]
fn the_contact_in_the_way_is_taken_from_the_prose_whatever_the_wording() {
    let existing = |message: &str| match error(409, &listed("conflict", message)) {
        Error::Conflict { existing, archived, .. } => (existing.map(|id| id.0.to_string()), archived),
        other => panic!("{other:?}"),
    };
    let id = "6762f0d51bb69f9f2193bb80";
    for message in [
        "A contact matching those details already exists with id=6762f0d51bb69f9f2193bb80",
        "A contact already exists (id: 6762F0D51BB69F9F2193BB80).",
        "Contact 6762f0d51bb69f9f2193bb80 has these details",
        "request 111111111111111111111111 hit contact with id '6762f0d51bb69f9f2193bb80'",
    ] {
        assert_eq!(existing(message), (Some(id.to_owned()), false), "{message}");
    }
    let archived = "An archived contact matching those details already exists with id=6762f0d51bb69f9f2193bb80";
    assert_eq!(existing(archived), (Some(id.to_owned()), true));
    for message in [
        "Multiple existing users match this email address - must be more specific using user_id",
        "already exists with id=6762f0d51bb69f9f2193bb80ff",
        "already exists with id=6762f0d5",
    ] {
        assert_eq!(existing(message).0, None, "{message}");
    }
}

#[test]
fn a_merged_contact_names_the_one_it_became() {
    let gone = |link: &str| match answer(410, &headers(&[("link", link)]), b"{}") {
        Err(Error::Gone { canonical, .. }) => canonical.map(|id| id.0.to_string()),
        other => panic!("{other:?}"),
    };
    assert_eq!(gone(r#"</contacts/6762f0>; rel="canonical""#).as_deref(), Some("6762f0"));
    assert_eq!(
        gone(r#"</help>; rel="help", <https://api.example/contacts/6762f0/>; rel=canonical"#).as_deref(),
        Some("6762f0")
    );
    assert_eq!(gone("</help>; rel=help"), None);
}

#[test]
fn a_redirect_is_refused_with_a_hint() {
    assert_snapshot!(
        error(302, "").sentence(),
        @"the address answers with a redirect, which is not followed because it would carry the token along: moved elsewhere (302 redirect); check the base URL"
    );
}

#[test]
fn the_request_id_comes_from_the_body_or_else_from_a_header() {
    let from_header = answer(500, &headers(&[("x-request-id", "abc")]), b"oops").unwrap_err();
    assert_eq!(from_header.request_id(), Some("abc"));
    assert_eq!(error(404, &listed("not_found", "User Not Found")).request_id(), Some("b3c8c472"));
}

#[test]
fn the_limit_is_heard_only_when_it_makes_sense() {
    let date = ("date", "Tue, 14 Nov 2023 22:13:20 GMT");
    let full = heard(&headers(&[
        ("x-ratelimit-limit", "167"),
        ("x-ratelimit-remaining", "-2"),
        ("x-ratelimit-reset", "1700000007"),
        date,
    ]));
    assert_eq!(full.limit, Some(RateLimit { limit: 167, remaining: 0, reset: 1_700_000_007 }));
    assert_eq!(full.date, Some(1_700_000_000));
    let half = heard(&headers(&[("x-ratelimit-limit", "0"), ("x-ratelimit-reset", "soon"), ("retry-after", "7")]));
    assert_eq!((half.limit, half.reset, half.date), (None, None, None));
    assert_eq!(half.retry_after, Some(Duration::from_secs(7)));
}

proptest! {
    #[test]
    fn any_answer_is_read_without_panic_and_its_message_fits_a_line(status in 100_u16..600, body in "\\PC{0,400}") {
        if let Err(error) = answer(status, &HeaderMap::new(), body.as_bytes()) {
            prop_assert!(!error.to_string().chars().any(char::is_control));
        }
    }

    #[test]
    fn any_conflict_message_is_read_without_panic(message in ".*") {
        let _ = contact_id_in(&message);
    }
}
