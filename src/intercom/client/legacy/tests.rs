//! The requests of the 1.x dialect, against a server written by hand.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::contact::{IntercomId, Role};
use crate::intercom::client::tests::{Reply, Server, id, options};
use crate::intercom::client::{Client, Options};
use crate::intercom::{ContactPatch, Error, Snapshot, WriteWorkspace};

fn client(server: &Server) -> Client {
    Client::new(&Options { version: "1.4".into(), ..options(&server.url) }).unwrap()
}

fn user(id: &str) -> Value {
    json!({"type": "user", "id": id, "user_id": format!("u-{id}"), "anonymous": false})
}

fn lead(id: &str) -> Value {
    json!({"type": "contact", "id": id, "user_id": "7e1d", "anonymous": true, "email": "m@oran.example"})
}

fn patch(standard: Value) -> ContactPatch {
    let Value::Object(standard) = standard else { panic!("an object") };
    ContactPatch { standard, ..ContactPatch::default() }
}

fn page(kind: &str, people: &[Value], parameter: &str) -> Reply {
    Reply::json(
        200,
        &json!({"type": format!("{kind}.list"), format!("{kind}s"): people, "scroll_param": parameter, "total_count": 2}),
    )
}

/// Users a and b on two pages, no leads; `trouble` decides about a request first.
async fn two_pages(trouble: impl Fn(usize, &str) -> Option<Reply> + Send + Sync + 'static) -> Server {
    let read = AtomicUsize::new(0);
    Server::start(move |index, seen| {
        if let Some(reply) = trouble(index, &seen.line) {
            return reply;
        }
        match seen.line.as_str() {
            "GET /users/scroll" => {
                read.store(1, Ordering::SeqCst);
                page("user", &[user("a")], "p1")
            }
            "GET /users/scroll?scroll_param=p1" => match read.fetch_add(1, Ordering::SeqCst) {
                1 => page("user", &[user("b")], "p1"),
                _ => page("user", &[], "p1"),
            },
            line if line.starts_with("GET /contacts/scroll") => page("contact", &[], "p2"),
            line if line.starts_with("GET /users") => page("user", &[], ""),
            _ => Reply::json(200, &json!({"contacts": [], "total_count": 0})),
        }
    })
    .await
}

async fn pulled(client: &Client) -> Result<Vec<String>, Error> {
    let snapshot = Snapshot::pull(client, |_, _| {}).await?;
    Ok(snapshot.members.iter().map(|member| member.contact.id.0.to_string()).collect())
}

#[tokio::test]
async fn a_scroll_that_died_begins_again_and_nobody_is_there_twice() {
    // The third request is the first that goes on with the scroll: after the first page come two counts
    let server =
        two_pages(|index, _| (index == 3).then(|| Reply::error(404, "not_found", "scroll parameter not found"))).await;
    assert_eq!(pulled(&client(&server)).await.unwrap(), ["a", "b"]);
    let begun = server.lines().iter().filter(|line| *line == "GET /users/scroll").count();
    assert_eq!(begun, 2, "{:#?}", server.lines());
}

#[tokio::test]
async fn a_page_whose_answer_was_lost_is_not_asked_for_again_because_the_scroll_has_moved_on() {
    let server = two_pages(|index, _| (index == 3).then(|| Reply::error(500, "server_error", "restart"))).await;
    assert_eq!(pulled(&client(&server)).await.unwrap(), ["a", "b"]);
    let lines = server.lines();
    assert_eq!(lines[3], "GET /users/scroll?scroll_param=p1");
    assert_eq!(lines[4], "GET /users/scroll", "a second request with the parameter would have skipped a page");
}

#[tokio::test]
async fn a_scroll_that_never_lives_is_given_up() {
    let server = two_pages(|_, line| {
        line.contains("scroll_param").then(|| Reply::error(404, "not_found", "scroll parameter not found"))
    })
    .await;
    assert!(matches!(pulled(&client(&server)).await, Err(Error::NotFound { .. })));
    assert!(server.lines().len() < 20);
}

#[tokio::test]
async fn people_are_written_where_their_role_belongs_and_by_their_id() {
    let server = Server::start(|_, seen| match seen.line.as_str() {
        "GET /users/5f" | "GET /users?user_id=1942" | "GET /users?user_id=u-1" => {
            Reply::error(404, "not_found", "User Not Found")
        }
        "GET /contacts/5f" | "PUT /contacts/5f" | "POST /contacts" => Reply::json(200, &lead("5f")),
        "GET /tags" => Reply::json(200, &json!({"tags": [{"id": "9", "name": "blue"}]})),
        _ => Reply::json(200, &user("5f")),
    })
    .await;
    let client = client(&server);
    let change = patch(json!({"name": "Plato", "last_seen_at": 7}));
    assert_eq!(client.update(&id("5f"), &change).await.unwrap().role, Role::Lead);
    client.attach_tag(&id("5f"), &crate::intercom::TagId("9".to_owned())).await.unwrap();
    let promoted = client.update(&id("5f"), &patch(json!({"role": "user", "external_id": "1942", "name": "P"}))).await;
    assert_eq!(promoted.unwrap().role, Role::User);
    client.archive(&id("5f")).await.unwrap();
    client.delete(&id("5f")).await.unwrap();
    client.create(&patch(json!({"role": "user", "external_id": "u-1", "email": "a@x.example"}))).await.unwrap();
    let said: Vec<String> = server
        .lines()
        .iter()
        .enumerate()
        .map(|(index, line)| match &server.seen(index).body {
            Value::Null => line.clone(),
            body => format!("{line} {body}"),
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    GET /users/5f
    GET /contacts/5f
    PUT /contacts/5f {"name":"Plato","last_request_at":7}
    GET /tags
    POST /tags {"name":"blue","users":[{"id":"5f"}]}
    GET /contacts/5f
    GET /users?user_id=1942
    POST /contacts/convert {"contact":{"id":"5f"},"user":{"user_id":"1942","email":"m@oran.example"}}
    POST /users {"name":"P","id":"5f"}
    DELETE /users/5f
    POST /user_delete_requests {"intercom_user_id":"5f"}
    GET /users?user_id=u-1
    POST /users {"user_id":"u-1","email":"a@x.example"}
    "#);
}

#[tokio::test]
async fn a_user_that_is_there_is_a_conflict_and_not_overwritten() {
    let server = Server::start(|_, seen| match seen.line.as_str() {
        "GET /users?user_id=1942" => Reply::json(200, &user("5f")),
        _ => Reply::json(200, &json!({"users": [user("5e"), user("5d")], "pages": {"next": null}})),
    })
    .await;
    let client = client(&server);
    let existing = |error| match error {
        Error::Conflict { existing: Some(existing), archived: false, .. } => existing,
        other => panic!("{other:?}"),
    };
    let by_id = client.create(&patch(json!({"external_id": "1942", "email": "a@x.example"}))).await.unwrap_err();
    assert_eq!(existing(by_id), id("5f"));
    let by_email = client.create(&patch(json!({"role": "user", "email": "a@x.example"}))).await.unwrap_err();
    assert_eq!(existing(by_email), id("5e"));
    assert!(server.lines().iter().all(|line| line.starts_with("GET ")), "{:?}", server.lines());
    let merge = client.merge(&IntercomId("5d".into()), &id("5e")).await;
    assert!(merge.is_err());
}
