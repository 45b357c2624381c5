//! What stands beside people: teams, segments, events, messages, conversations, webhooks and jobs.

use reqwest::Method;
use serde_json::{Value, json};

use super::bench::Bench;

const BOTH: [&str; 2] = ["1.4", "2.14"];

/// An empty answer is told apart from one that is no JSON by its status.
async fn call(bench: &Bench, version: &str, method: Method, path: &str, body: Value) -> (u16, Value) {
    bench.in_version(version, method, path, Some(body).filter(|body| !body.is_null())).await
}

async fn user(bench: &Bench) -> String {
    bench.make(json!({ "role": "user", "external_id": "42", "email": "ann@acme.example" })).await
}

#[tokio::test]
async fn teams_and_segments_are_listed_and_found_in_both_dialects() {
    for version in BOTH {
        let bench = Bench::new().await;
        let id = user(&bench).await;
        let get = async |path: &str| bench.in_version(version, Method::GET, path, None).await;
        assert_eq!(get("/teams").await.1["teams"][0]["name"], "Support");
        assert_eq!(get("/teams/814865").await.1["admin_ids"], json!([991_267_003]));
        assert_eq!(get("/teams/1").await.0, 404);
        let made = bench.order("segment", json!({ "name": "Active", "contacts": [id] })).await;
        let listed = get("/segments?include_count=true").await.1;
        assert_eq!((&listed["segments"][0]["id"], &listed["segments"][0]["count"]), (&made["id"], &json!(1)));
        let path = format!("/segments/{}", made["id"].as_str().unwrap());
        assert_eq!(get(&path).await.1["name"], "Active");
        assert_eq!(get("/segments/5f").await.1["errors"][0]["message"], "Segment Not Found");
        let of_one = if version == "1.4" {
            assert_eq!(get(&format!("/users?segment_id={}", made["id"].as_str().unwrap())).await.1["total_count"], 1);
            assert_eq!(get("/counts?type=user&count=segment").await.1["user"]["segment"], json!([{ "Active": 1 }]));
            get(&format!("/users/{id}")).await.1["segments"]["segments"].clone()
        } else {
            get(&format!("/contacts/{id}/segments")).await.1["data"].clone()
        };
        assert_eq!(of_one[0]["name"], "Active");
    }
}

#[tokio::test]
async fn events_are_told_and_come_newest_first() {
    for version in BOTH {
        let bench = Bench::new().await;
        let id = user(&bench).await;
        for (number, who) in [json!({ "user_id": "42" }), json!({ "email": "ann@acme.example" }), json!({ "id": id })]
            .into_iter()
            .enumerate()
        {
            let mut event =
                json!({ "event_name": format!("e{number}"), "created_at": 1000 + number, "metadata": { "a": 1 } });
            event.as_object_mut().unwrap().extend(who.as_object().unwrap().clone());
            assert_eq!(call(&bench, version, Method::POST, "/events", event).await, (202, Value::Null));
        }
        let path = format!("/events?type=user&intercom_user_id={id}&per_page=2");
        let (_, page) = call(&bench, version, Method::GET, &path, Value::Null).await;
        let names = |page: &Value| {
            page["events"].as_array().unwrap().iter().map(|one| one["event_name"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&page), ["e2", "e1"]);
        let next = page["pages"]["next"].as_str().unwrap().replace(&bench.running.url(), "");
        assert_eq!(names(&call(&bench, version, Method::GET, &next, Value::Null).await.1), ["e0"]);
        assert_eq!(call(&bench, version, Method::POST, "/events", json!({ "event_name": "x" })).await.0, 400);
        let stranger = json!({ "event_name": "x", "created_at": 1, "user_id": "43" });
        assert_eq!(call(&bench, version, Method::POST, "/events", stranger).await.0, 404);
        assert_eq!(call(&bench, version, Method::GET, "/events?email=ann@acme.example", Value::Null).await.0, 400);
    }
}

#[tokio::test]
async fn messages_of_teammates_are_kept_and_those_of_people_start_a_conversation() {
    for version in BOTH {
        let bench = Bench::new().await;
        let id = user(&bench).await;
        let admin = json!({ "type": "admin", "id": "991267001" });
        let message = |more: Value| {
            let mut message = json!({ "from": admin, "to": { "type": "user", "user_id": "42" }, "body": "Hi" });
            message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            message
        };
        let (status, sent) = call(&bench, version, Method::POST, "/messages", message(json!({}))).await;
        assert_eq!((status, &sent["type"], &sent["message_type"]), (200, &json!("admin_message"), &json!("inapp")));
        let email = message(json!({ "message_type": "email" }));
        assert_eq!(call(&bench, version, Method::POST, "/messages", email).await.0, 400, "an e-mail needs a subject");
        let stranger = message(json!({ "from": { "type": "admin", "id": "1" } }));
        assert_eq!(call(&bench, version, Method::POST, "/messages", stranger).await.0, 404);
        let path = if version == "1.4" { "/messages" } else { "/conversations" };
        let (_, started) =
            call(&bench, version, Method::POST, path, json!({ "from": { "type": "user", "id": id }, "body": "halp" }))
                .await;
        assert_eq!((&started["type"], &started["body"]), (&json!("user_message"), &json!("halp")));
        let state = bench.running.state();
        assert_eq!((&state["messages"][0]["to"], &state["conversations"][0]["contacts"]), (&json!(id), &json!([id])));
    }
}

#[tokio::test]
async fn a_conversation_is_answered_assigned_snoozed_closed_and_read() {
    for version in BOTH {
        let bench = Bench::new().await;
        let id = user(&bench).await;
        bench.order("conversation", json!({ "contacts": [id] })).await;
        let say = async |path: &str, body: Value| call(&bench, version, Method::POST, path, body).await;
        let admin = |kind: &str, more: Value| {
            let mut part = json!({ "type": "admin", "admin_id": "991267001", "message_type": kind });
            part.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            part
        };
        let (status, talk) = say("/conversations/1/reply", admin("comment", json!({ "body": "bar" }))).await;
        let parts = &talk["conversation_parts"];
        assert_eq!((status, &talk["read"], &parts["total_count"]), (200, &json!(false), &json!(1)));
        assert_eq!((&parts["conversation_parts"][0]["body"], &talk["open"]), (&json!("<p>bar</p>"), &json!(true)));
        let unread = if version == "1.4" {
            bench.legacy(Method::GET, "/conversations?type=user&user_id=42&unread=true", None).await.1
        } else {
            let query = json!({ "query": { "field": "read", "operator": "=", "value": false } });
            bench.post("/conversations/search", query).await.1
        };
        assert_eq!(unread["total_count"], 1);
        let read = call(&bench, version, Method::PUT, "/conversations/1", json!({ "read": true })).await.1;
        assert_eq!(read["read"], true);
        let reply = json!({ "type": "user", "email": "ann@acme.example", "message_type": "comment", "body": "foo",
            "attachment_urls": ["https://acme.example/a.jpg"] });
        let last = say("/conversations/last/reply", reply).await.1;
        assert_eq!(last["conversation_parts"]["conversation_parts"][1]["attachments"][0]["name"], "a.jpg");
        let moves = if version == "1.4" { "/conversations/1/reply" } else { "/conversations/1/parts" };
        let (_, given) = say(moves, admin("assignment", json!({ "assignee_id": "814865" }))).await;
        let team = if version == "1.4" { given["assignee"]["id"].clone() } else { given["team_assignee_id"].clone() };
        assert!(team == json!("814865") || team == json!(814_865), "{team}");
        let snoozed = say(moves, admin("snoozed", json!({ "snoozed_until": 1_900_000_000 }))).await.1;
        assert_eq!(snoozed["state"], "snoozed");
        assert_eq!(say(moves, admin("close", json!({}))).await.1["state"], "closed");
        assert_eq!(say(moves, admin("open", json!({}))).await.1["state"], "open");
        for (wrong, status) in [
            (admin("dance", json!({})), 400),
            (admin("comment", json!({})), 400),
            (admin("assignment", json!({ "assignee_id": "1" })), 404),
            (json!({ "type": "user", "user_id": "42", "message_type": "close" }), 400),
            (json!({ "type": "admin", "admin_id": "1", "message_type": "close" }), 404),
        ] {
            assert_eq!(say("/conversations/1/reply", wrong).await.0, status);
        }
    }
}

#[tokio::test]
async fn conversations_of_a_teammate_are_found_by_state_and_age() {
    let bench = Bench::new().await;
    let id = user(&bench).await;
    for kind in ["open", "close"] {
        let talk = bench.order("conversation", json!({ "contacts": [id] })).await;
        let path = format!("/conversations/{}/reply", talk["id"].as_str().unwrap());
        for (kind, to) in [("assignment", Some("991267002")), (kind, None)] {
            let part = json!({ "type": "admin", "admin_id": "991267001", "message_type": kind, "assignee_id": to });
            assert_eq!(bench.legacy(Method::POST, &path, Some(part)).await.0, 200);
        }
        bench.clock.advance_millis(100_000);
    }
    let count = async |more: &str| {
        let path = format!("/conversations?type=admin&id=991267002{more}");
        bench.legacy(Method::GET, &path, None).await.1["total_count"].clone()
    };
    let before = format!("&before={}", super::bench::START + 50);
    for (more, expected) in [("", 2), ("&open=true", 1), ("&open=false", 1), (before.as_str(), 1)] {
        assert_eq!(count(more).await, expected, "{more}");
    }
    assert_eq!(bench.legacy(Method::GET, "/conversations?type=admin&id=1", None).await.0, 404);
    assert_eq!(bench.legacy(Method::GET, "/conversations?type=admin", None).await.0, 400);
    let assigned = json!({ "operator": "AND", "value": [
        { "field": "admin_assignee_id", "operator": "=", "value": 991_267_002 },
        { "field": "updated_at", "operator": "<", "value": super::bench::START + 50 },
    ] });
    assert_eq!(bench.post("/conversations/search", json!({ "query": assigned })).await.1["total_count"], 1);
}

#[tokio::test]
async fn webhooks_are_made_listed_and_deleted_in_the_older_dialect_only() {
    let bench = Bench::new().await;
    let body = json!({ "url": "https://acme.example/hook", "topics": ["user.created"] });
    let (_, made) = bench.legacy(Method::POST, "/subscriptions", Some(body.clone())).await;
    assert_eq!((&made["id"], &made["topics"]), (&json!("nsub_1"), &json!(["user.created"])));
    assert_eq!(bench.legacy(Method::GET, "/subscriptions", None).await.1["items"][0]["url"], body["url"]);
    assert_eq!(bench.legacy(Method::DELETE, "/subscriptions/nsub_1", None).await.0, 200);
    assert_eq!(bench.legacy(Method::GET, "/subscriptions/nsub_1", None).await.0, 404);
    assert_eq!(bench.legacy(Method::POST, "/subscriptions", Some(json!({ "url": "x" }))).await.0, 400);
    assert_eq!(bench.post("/subscriptions", body).await.0, 404);
}

#[tokio::test]
async fn a_bulk_job_saves_and_archives_users_and_keeps_what_failed() {
    let bench = Bench::new().await;
    let id = user(&bench).await;
    let item = |method: &str, data: Value| json!({ "method": method, "data_type": "user", "data": data });
    let items = json!([
        item("post", json!({ "user_id": "43", "email": "bo@acme.example" })),
        item("post", json!({ "name": "Nobody" })),
        item("delete", json!({ "user_id": "42" })),
    ]);
    let (status, job) = bench.legacy(Method::POST, "/bulk/users", Some(json!({ "items": items }))).await;
    assert_eq!(
        (status, &job["state"], &job["tasks"][0]["item_count"]),
        (202, &json!("completed_with_errors"), &json!(3))
    );
    assert_eq!(job["closing_at"].as_i64().unwrap() - job["created_at"].as_i64().unwrap(), 900);
    let path = format!("/jobs/{}", job["id"].as_str().unwrap());
    assert_eq!(bench.legacy(Method::GET, &path, None).await.1["id"], job["id"]);
    let failed = bench.legacy(Method::GET, &format!("{path}/error"), None).await.1["items"].clone();
    assert_eq!((failed.as_array().unwrap().len(), &failed[0]["error"]["code"]), (1, &json!("parameter_not_found")));
    assert_eq!(bench.legacy(Method::GET, "/users?user_id=43", None).await.0, 200);
    assert_eq!(bench.legacy(Method::GET, &format!("/users/{id}"), None).await.0, 404);
    let more = json!({ "items": [item("delete", json!({ "user_id": "43" }))], "job": { "id": job["id"] } });
    assert_eq!(
        bench.legacy(Method::POST, "/bulk/users", Some(more.clone())).await.1["tasks"].as_array().unwrap().len(),
        2
    );
    bench.clock.advance_millis(1_000_000);
    assert_eq!(bench.legacy(Method::POST, "/bulk/users", Some(more)).await.0, 403);
    assert_eq!(bench.legacy(Method::GET, "/jobs/none", None).await.0, 404);
}
