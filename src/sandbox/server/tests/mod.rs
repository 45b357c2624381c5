//! The wire, driven with a real client over loopback.

mod bench;
mod beside;
mod contacts;
mod legacy;
mod preview;
mod record;
mod scroll;
mod visitors;

use std::time::Duration;

use bench::{Bench, START, header, opened};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::sandbox::Sandbox;
use crate::sandbox::faults::{Fault, FaultRule, Reset, When};
use crate::sandbox::options::Options;

#[tokio::test]
async fn without_a_good_token_everything_is_401_and_tells_no_limits() {
    let bench = Bench::with(Options { tokens: vec!["right".into()], ..Options::default() }).await;
    for request in [bench.bare(Method::GET, "/me"), bench.bare(Method::GET, "/me").bearer_auth("wrong")] {
        let response = request.header("accept", "application/json").send().await.unwrap();
        assert_eq!(header(&response, "x-ratelimit-limit"), None);
        let request_id = header(&response, "x-request-id").unwrap();
        let (status, body) = opened(response).await;
        assert_eq!(status, 401);
        assert_eq!(body["type"], "error.list");
        assert_eq!(body["request_id"], json!(request_id));
        assert_eq!(body["errors"][0]["code"], "unauthorized");
    }
    let right = bench.bare(Method::GET, "/me").bearer_auth("right").header("accept", "application/json");
    let (status, me) = opened(right.send().await.unwrap()).await;
    assert_eq!((status, &me["app"]["id_code"]), (200, &json!("sandbox1")));
}

#[tokio::test]
async fn headers_that_do_not_fit_are_refused() {
    let bench = Bench::new().await;
    let status = |request: RequestBuilder| async { request.send().await.unwrap().status().as_u16() };
    let html = bench.bare(Method::GET, "/me").bearer_auth("any").header("accept", "text/html");
    assert_eq!(status(html).await, 406);
    let form = bench.ask(Method::POST, "/contacts").header("content-type", "text/plain").body("{}");
    assert_eq!(status(form).await, 415);
    let broken = bench.ask(Method::POST, "/contacts").header("content-type", "application/json").body("{");
    assert_eq!(status(broken).await, 400);
    let legacy =
        bench.bare(Method::GET, "/me").bearer_auth("any").header("accept", "*/*").header("intercom-version", "9.9");
    let (_, body) = opened(legacy.send().await.unwrap()).await;
    assert_eq!(body["errors"][0]["code"], "intercom_version_invalid");
    assert_eq!(bench.get("/no/such/thing").await.0, 404);
}

#[tokio::test]
async fn a_contact_is_made_read_changed_found_and_deleted() {
    let bench = Bench::new().await;
    let id = bench.make(json!({ "external_id": "a/b c", "email": "ann@acme.example", "name": "Ann" })).await;
    let (_, found) = bench.get("/contacts/find_by_external_id/a%2Fb%20c").await;
    assert_eq!(found["id"], json!(id));
    let put = bench.ask(Method::PUT, &format!("/contacts/{id}")).json(&json!({ "phone": "+44 1" }));
    assert_eq!(opened(put.send().await.unwrap()).await.1["phone"], "+441");
    let (_, read) = bench.get(&format!("/contacts/{id}")).await;
    assert_eq!(
        read["tags"],
        json!({
            "type": "list", "data": [], "url": format!("/contacts/{id}/tags"), "total_count": 0, "has_more": false
        })
    );
    let (status, clash) = bench.post("/contacts", json!({ "external_id": "a/b c" })).await;
    let words = format!("A contact matching those details already exists with id={id}");
    assert_eq!((status, &clash["errors"][0]["message"]), (409, &json!(words)));
    let deleted = bench.ask(Method::DELETE, &format!("/contacts/{id}")).send().await.unwrap();
    let gone = json!({ "type": "contact", "id": id, "external_id": "a/b c", "deleted": true });
    assert_eq!(opened(deleted).await, (200, gone));
    assert_eq!(bench.get(&format!("/contacts/{id}")).await.0, 404);
}

#[tokio::test]
async fn a_list_is_paged_by_a_cursor_that_must_be_encoded() {
    let bench = Bench::new().await;
    for number in 0..12 {
        bench.make(json!({ "role": "lead", "name": format!("Lead {number}") })).await;
    }
    let (_, first) = bench.get("/contacts").await;
    assert_eq!(first["data"].as_array().unwrap().len(), 10);
    assert_eq!((&first["total_count"], &first["pages"]["total_pages"]), (&json!(12), &json!(2)));
    let cursor = first["pages"]["next"]["starting_after"].as_str().unwrap();
    let raw = bench.get(&format!("/contacts?starting_after={cursor}")).await;
    assert_eq!(raw.0, 400);
    let second = bench.ask(Method::GET, "/contacts").query(&[("starting_after", cursor)]).send().await.unwrap();
    let (_, second) = opened(second).await;
    assert_eq!(second["data"].as_array().unwrap().len(), 2);
    assert_eq!(second["pages"].get("next"), None);
    assert_eq!(bench.get("/contacts?per_page=151").await.0, 400);
}

#[tokio::test]
async fn a_search_is_paged_in_its_body_and_ignores_the_query_string() {
    let bench = Bench::new().await;
    for _ in 0..3 {
        bench.make(json!({ "role": "lead", "email": "ann@acme.example" })).await;
    }
    let query = json!({ "field": "email", "operator": "=", "value": "ann@acme.example" });
    let first = json!({ "query": query, "pagination": { "per_page": 2 } });
    let (_, first) = bench.post("/contacts/search", first).await;
    let cursor = first["pages"]["next"]["starting_after"].clone();
    let second = json!({ "query": query, "pagination": { "per_page": 2, "starting_after": cursor } });
    let (_, second) = bench.post("/contacts/search?starting_after=nonsense", second).await;
    assert_eq!((first["data"].as_array().unwrap().len(), second["data"].as_array().unwrap().len()), (2, 1));
    assert_eq!(bench.post("/contacts/search", json!({})).await.0, 400);
}

#[tokio::test]
async fn a_merged_lead_is_404_before_2_16_and_410_with_a_link_from_then_on() {
    let bench = Bench::new().await;
    let user = bench.make(json!({ "email": "ann@acme.example" })).await;
    let lead = bench.make(json!({ "role": "lead", "email": "other@acme.example" })).await;
    let order = json!({ "from": lead, "into": user });
    let newer = |method, path: &str| {
        bench.bare(method, path).bearer_auth("any").header("accept", "*/*").header("intercom-version", "2.16")
    };
    let refused = newer(Method::POST, "/contacts/merge").json(&order).send().await.unwrap();
    assert_eq!(opened(refused).await.1["errors"][0]["code"], "invalid_merge");
    assert_eq!(bench.post("/contacts/merge", order).await.1["id"], json!(user));
    let path = format!("/contacts/{lead}");
    assert_eq!(bench.get(&path).await.0, 404);
    let gone = newer(Method::GET, &path).send().await.unwrap();
    assert_eq!(header(&gone, "link"), Some(format!("</contacts/{user}>; rel=\"canonical\"")));
    assert_eq!(opened(gone).await.1["errors"][0]["code"], "contact_merged");
    let history = newer(Method::GET, &format!("/contacts/{user}/merge_history")).send().await.unwrap();
    assert_eq!(opened(history).await.1["data"][0]["source_contact_id"], json!(lead));
    assert_eq!(bench.get(&format!("/contacts/{user}/merge_history")).await.0, 404);
    let restored = bench.post(&format!("/contacts/{lead}/unarchive"), json!({})).await;
    assert_eq!(restored.1["errors"][0]["message"], "User has been merged and is not restorable.");
}

#[tokio::test]
async fn owners_are_numbers_before_2_16_and_text_from_then_on() {
    let bench = Bench::new().await;
    let id = bench.make(json!({ "role": "lead", "owner_id": 991_267_001 })).await;
    let path = format!("/contacts/{id}");
    assert_eq!(bench.get(&path).await.1["owner_id"], json!(991_267_001));
    let newer = bench.bare(Method::GET, &path).bearer_auth("any").header("accept", "*/*");
    let newer = newer.header("intercom-version", "2.16").send().await.unwrap();
    assert_eq!(opened(newer).await.1["owner_id"], json!("991267001"));
}

#[tokio::test]
async fn an_archived_contact_can_be_read_by_id_and_says_so() {
    let bench = Bench::new().await;
    let id = bench.make(json!({ "role": "lead" })).await;
    let (_, archived) = bench.post(&format!("/contacts/{id}/archive"), json!({})).await;
    assert_eq!(archived["archived"], json!(true));
    let (status, read) = bench.get(&format!("/contacts/{id}")).await;
    assert_eq!((status, &read["archived"]), (200, &json!(true)));
    assert_eq!(bench.get("/contacts").await.1["total_count"], json!(0));
}

#[tokio::test]
async fn ten_tags_are_shown_and_the_rest_is_behind_the_url() {
    let bench = Bench::new().await;
    let id = bench.make(json!({ "role": "lead" })).await;
    for number in 0..11 {
        let tag = json!({ "name": format!("tag {number}"), "users": [{ "id": id }] });
        assert_eq!(bench.post("/tags", tag).await.0, 200);
        assert_eq!(bench.post(&format!("/contacts/{id}/notes"), json!({ "body": "Hello" })).await.0, 200);
    }
    let (_, read) = bench.get(&format!("/contacts/{id}")).await;
    for part in ["tags", "notes"] {
        assert_eq!(read[part]["data"].as_array().unwrap().len(), 10);
        assert_eq!((&read[part]["total_count"], &read[part]["has_more"]), (&json!(11), &json!(true)));
        let (_, all) = bench.get(read[part]["url"].as_str().unwrap()).await;
        assert_eq!(all["data"].as_array().unwrap().len(), 11);
    }
    let (_, notes) = bench.get(&format!("/contacts/{id}/notes")).await;
    assert_eq!(notes["data"][0]["body"], "<p>Hello</p>");
}

#[tokio::test]
async fn companies_are_upserted_attached_and_detached() {
    let bench = Bench::new().await;
    let id = bench.make(json!({ "role": "lead" })).await;
    let (_, company) = bench.post("/companies", json!({ "company_id": "acme", "name": "Acme" })).await;
    let (_, again) = bench.post("/companies", json!({ "company_id": "acme", "name": "Acme Ltd" })).await;
    assert_eq!(company["id"], again["id"]);
    let path = format!("/contacts/{id}/companies");
    assert_eq!(bench.post(&path, json!({ "id": company["id"] })).await.0, 200);
    assert_eq!(bench.get(&path).await.1["data"][0]["name"], "Acme Ltd");
    let members = format!("/companies/{}/contacts", company["id"].as_str().unwrap());
    assert_eq!(bench.get(&members).await.1["data"][0]["id"], json!(id));
    let attached = format!("{path}/{}", company["id"].as_str().unwrap());
    assert_eq!(bench.ask(Method::DELETE, &attached).send().await.unwrap().status(), 200);
    assert_eq!(bench.ask(Method::DELETE, &attached).send().await.unwrap().status(), 404);
    assert_eq!(bench.post("/companies", json!({ "test": "invalid" })).await.0, 400);
}

#[tokio::test]
async fn a_conversation_moves_from_one_contact_to_another() {
    let bench = Bench::new().await;
    let ann = bench.make(json!({ "role": "lead" })).await;
    let bob = bench.make(json!({ "role": "lead" })).await;
    let order = bench.bare(Method::POST, "/__sandbox/conversation").json(&json!({ "contacts": [ann] }));
    let talk = opened(order.send().await.unwrap()).await.1["id"].as_str().unwrap().to_owned();
    let search = json!({ "query": { "field": "contact_ids", "operator": "=", "value": ann } });
    let (_, found) = bench.post("/conversations/search", search.clone()).await;
    assert_eq!(found["conversations"][0]["id"], json!(talk));
    let join = json!({ "admin_id": "991267001", "customer": { "intercom_user_id": bob } });
    assert_eq!(bench.post(&format!("/conversations/{talk}/customers"), join).await.0, 200);
    let leave = bench.ask(Method::DELETE, &format!("/conversations/{talk}/customers/{ann}"));
    assert_eq!(leave.json(&json!({ "admin_id": 991_267_001 })).send().await.unwrap().status(), 200);
    assert_eq!(bench.post("/conversations/search", search).await.1["total_count"], json!(0));
}

#[tokio::test]
async fn a_full_window_answers_429_until_the_clock_reaches_its_end() {
    let bench = Bench::with(Options { limit_per_window: 2, ..Options::default() }).await;
    let first = bench.ask(Method::GET, "/me").send().await.unwrap();
    assert_eq!(header(&first, "x-ratelimit-limit").as_deref(), Some("2"));
    assert_eq!(header(&first, "x-ratelimit-remaining").as_deref(), Some("1"));
    assert_eq!(header(&first, "x-ratelimit-reset").as_deref(), Some("1800000010"));
    assert_eq!(header(&first, "date").as_deref(), Some("Fri, 15 Jan 2027 08:00:03 GMT"));
    bench.get("/me").await;
    let (status, refused) = bench.get("/me").await;
    assert_eq!((status, &refused["errors"][0]["code"]), (429, &json!("rate_limit_exceeded")));
    assert_eq!(refused["errors"][0]["message"], "Exceeded rate limit of 2 in 10_seconds");
    bench.clock.advance_millis(7000);
    assert_eq!(bench.get("/me").await.0, 200);
    let seen = bench.running.stats();
    assert_eq!((&seen["throttled"], &seen["max_in_window"]), (&json!(1), &json!(2)));
    assert_eq!(seen["routes"]["GET /me"]["statuses"], json!({ "200": 3, "429": 1 }));
}

#[tokio::test]
async fn an_ordered_429_has_the_headers_it_was_ordered_with_and_changes_nothing() {
    let order = |on, reset| FaultRule { on: Some(on), ..FaultRule::always(Fault::TooManyRequests { reset }) };
    let bench =
        Bench::faulty(vec![order(1, Reset::Absent), order(1, Reset::Past(30)), order(1, Reset::Ahead(12))]).await;
    let mut resets = Vec::new();
    for _ in 0..3 {
        let create = bench.ask(Method::POST, "/contacts").json(&json!({ "role": "lead" }));
        let response = create.send().await.unwrap();
        assert_eq!(response.status(), 429);
        resets.push(header(&response, "x-ratelimit-reset"));
    }
    assert_eq!(resets, [None, Some((START - 30).to_string()), Some((START + 12).to_string())]);
    assert_eq!(bench.running.state()["contacts"], json!([]));
}

#[tokio::test]
async fn server_errors_come_before_or_after_the_change() {
    let fail = |on, when, html| FaultRule {
        on: Some(on),
        method: Some("POST".into()),
        ..FaultRule::always(Fault::ServerError { status: 503, when, html })
    };
    // The second rule only sees what the first lets pass.
    let bench = Bench::faulty(vec![fail(1, When::BeforeCommit, true), fail(1, When::AfterCommit, false)]).await;
    let (status, page) = bench.post("/contacts", json!({ "role": "lead", "name": "One" })).await;
    assert_eq!((status, page), (503, Value::Null));
    let (status, body) = bench.post("/contacts", json!({ "role": "lead", "name": "Two" })).await;
    assert_eq!((status, &body["errors"][0]["code"]), (503, &json!("service_unavailable")));
    assert_eq!(bench.running.state()["contacts"][0]["name"], "Two");
}

#[tokio::test]
async fn a_dropped_connection_gives_no_answer_though_the_change_was_made() {
    let drop_it = |when| FaultRule { times: Some(1), ..FaultRule::always(Fault::Drop { when }) };
    let bench = Bench::faulty(vec![drop_it(When::BeforeCommit), drop_it(When::AfterCommit)]).await;
    for contacts in [0, 1] {
        let lost = bench.ask(Method::POST, "/contacts").json(&json!({ "role": "lead" })).send().await;
        assert!(lost.is_err(), "{lost:?}");
        assert_eq!(bench.running.state()["contacts"].as_array().unwrap().len(), contacts);
    }
    assert_eq!(bench.get("/me").await.0, 200);
    assert_eq!(bench.running.stats()["routes"]["POST /contacts"]["statuses"], json!({ "none": 2 }));
}

#[tokio::test]
async fn a_hanging_request_never_answers_and_does_not_hold_up_the_end() {
    let bench = Bench::faulty(vec![FaultRule::always(Fault::Hang { when: When::AfterCommit })]).await;
    let create = bench.ask(Method::POST, "/contacts").json(&json!({ "role": "lead" }));
    let waited = tokio::time::timeout(Duration::from_millis(300), create.send()).await;
    assert!(waited.is_err());
    assert_eq!(bench.running.state()["contacts"].as_array().unwrap().len(), 1);
    tokio::time::timeout(Duration::from_secs(5), bench.running.shutdown()).await.unwrap();
}

#[tokio::test]
async fn a_body_can_be_a_page_or_cut_short_or_slow() {
    let on = |fault| FaultRule { on: Some(1), ..FaultRule::always(fault) };
    let slow = Fault::Slow { bytes_per_second: 4000 };
    let bench = Bench::faulty(vec![on(Fault::Html), on(Fault::Truncate { bytes: 20 }), on(slow)]).await;
    let page = bench.ask(Method::GET, "/me").send().await.unwrap();
    assert_eq!((page.status().as_u16(), header(&page, "content-type").as_deref()), (200, Some("text/html")));
    let cut = bench.ask(Method::GET, "/me").send().await.unwrap();
    assert_eq!(cut.status(), 200);
    assert!(cut.bytes().await.is_err());
    let begun = std::time::Instant::now();
    assert_eq!(bench.get("/me").await.0, 200);
    assert!(begun.elapsed() >= Duration::from_millis(100), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn faults_and_limits_change_while_it_runs_and_the_log_tells_the_story() {
    let bench = Bench::new().await;
    let faults = json!({ "rules": [{ "fault": { "kind": "server_error", "status": 500 }, "on": 1 }] });
    let set = bench.bare(Method::POST, "/__sandbox/faults").json(&faults).send().await.unwrap();
    assert_eq!(set.status(), 200);
    assert_eq!(bench.get("/me").await.0, 500);
    bench.bare(Method::POST, "/__sandbox/limit").json(&json!({ "limit": 7 })).send().await.unwrap();
    let next = bench.ask(Method::GET, "/me").send().await.unwrap();
    assert_eq!(header(&next, "x-ratelimit-limit").as_deref(), Some("7"));
    let id = bench.make(json!({ "role": "lead" })).await;
    let edit = bench.bare(Method::POST, "/__sandbox/edit");
    let edited = edit.json(&json!({ "contact": id, "set": { "name": "Changed" }, "action": "archive" }));
    assert_eq!(edited.send().await.unwrap().status(), 200);
    let state = bench.running.state();
    assert_eq!(
        (&state["contacts"][0]["name"], &state["contacts"][0]["state"]),
        (&json!("Changed"), &json!("archived"))
    );
    let (_, log) = opened(bench.bare(Method::GET, "/__sandbox/log?last=3").send().await.unwrap()).await;
    let story: Vec<_> = log["log"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            (entry["route"].as_str().unwrap(), entry["status"].as_u64().unwrap(), entry["committed"].as_bool().unwrap())
        })
        .collect();
    assert_eq!(story, [("GET /me", 500, false), ("GET /me", 200, true), ("POST /contacts", 200, true)]);
}

#[tokio::test]
async fn a_port_in_use_is_an_error_that_names_it() {
    let bench = Bench::new().await;
    let port = bench.running.url().rsplit(':').next().unwrap().parse().unwrap();
    let error = Sandbox::start(Options { port, ..Options::default() }).await.err().unwrap();
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}
