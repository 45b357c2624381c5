//! Operators, types, limits, lag and paging of the search.

use jiff::tz::{TimeZone, offset};
use serde_json::{Value, json};

use super::Stamps;
use crate::sandbox::workspace::Workspace;
use crate::sandbox::workspace::page::Cursor;
use crate::sandbox::workspace::testing::{MIDNIGHT, at, refusal, workspace, workspace_with};

fn filter(field: &str, operator: &str, value: impl Into<Value>) -> Value {
    json!({ "field": field, "operator": operator, "value": value.into() })
}

fn people() -> Workspace {
    let mut workspace = workspace();
    workspace.define("plan", "string");
    workspace.define("seats", "integer");
    for (name, email, seats) in
        [("Ann Lee", "ann@acme.example", 5), ("Bob Roe", "bob@acme.example", 10), ("Cy Poe", "cy@other.example", 20)]
    {
        let plan = if seats > 5 { json!("Pro") } else { json!(null) };
        workspace.make(json!({
            "role": "lead", "name": name, "email": email, "custom_attributes": { "seats": seats, "plan": plan } }));
    }
    workspace
}

fn names(workspace: &mut Workspace, query: &Value) -> Vec<String> {
    let page = workspace.found(5, query).unwrap();
    page.items.iter().filter_map(|contact| contact.name.clone()).map(|name| name[..2].trim().to_owned()).collect()
}

#[test]
fn each_operator_does_what_its_table_says() {
    let mut workspace = people();
    let cases: [(&str, &str, Value, &[&str]); 15] = [
        ("email", "=", json!("ANN@acme.example"), &["An"]),
        ("email", "!=", json!("ann@acme.example"), &["Bo", "Cy"]),
        ("email", "IN", json!(["ann@acme.example", "cy@other.example", "x@x.example"]), &["An", "Cy"]),
        ("email", "NIN", json!(["ann@acme.example"]), &["Bo", "Cy"]),
        ("email", "~", json!("acme"), &["An", "Bo"]),
        ("email", "!~", json!("acme"), &["Cy"]),
        ("name", "^", json!("b"), &["Bo"]),
        ("name", "$", json!("OE"), &["Bo", "Cy"]),
        ("email_domain", "=", json!("other.example"), &["Cy"]),
        ("custom_attributes.seats", ">", json!(5), &["Bo", "Cy"]),
        ("custom_attributes.seats", "<=", json!("10"), &["An", "Bo"]),
        ("custom_attributes.plan", "=", json!(null), &["An"]),
        ("custom_attributes.plan", "!=", json!("Pro"), &["An"]),
        ("unsubscribed_from_emails", "=", json!(false), &["An", "Bo", "Cy"]),
        ("role", "=", json!("user"), &[]),
    ];
    for (field, operator, value, wanted) in cases {
        assert_eq!(names(&mut workspace, &filter(field, operator, value)), wanted, "{field} {operator}");
    }
}

#[test]
fn groups_nest_two_levels_and_hold_fifteen_filters() {
    let mut workspace = people();
    let group = |operator: &str, members: Vec<Value>| json!({ "operator": operator, "value": members });
    let both = group(
        "AND",
        vec![filter("email", "~", "acme"), group("OR", vec![filter("name", "^", "ann"), filter("name", "^", "cy")])],
    );
    assert_eq!(names(&mut workspace, &both), ["An"]);
    let either = group("OR", vec![filter("email", "=", "ann@acme.example"), filter("email", "=", "cy@other.example")]);
    assert_eq!(names(&mut workspace, &either), ["An", "Cy"]);
    let third = group("AND", vec![group("OR", vec![group("AND", vec![filter("name", "^", "a")])])]);
    assert_eq!(refusal(workspace.found(5, &third)).0, 400);
    assert!(workspace.found(5, &group("OR", vec![filter("name", "=", "x"); 15])).is_ok());
    assert_eq!(refusal(workspace.found(5, &group("OR", vec![filter("name", "=", "x"); 16]))).0, 400);
}

#[test]
fn what_does_not_suit_a_field_is_refused() {
    let mut workspace = people();
    for query in [
        filter("shoe_size", "=", 5),
        filter("custom_attributes.unheard_of", "=", 5),
        filter("created_at", "!=", MIDNIGHT),
        filter("created_at", ">=", MIDNIGHT),
        filter("created_at", "=", "yesterday"),
        filter("name", ">", "a"),
        filter("tag_id", "IN", json!(["1"])),
        filter("email", "IN", "ann@acme.example"),
        filter("email", "==", "ann@acme.example"),
        json!({ "field": "email", "operator": "=" }),
        json!([]),
    ] {
        assert_eq!(refusal(workspace.found(5, &query)), (400, "parameter_invalid"), "{query}");
    }
}

#[test]
fn stamps_are_compared_by_whole_days() {
    let mut workspace = people();
    let day = 86_400;
    assert_eq!(workspace.found(5, &filter("created_at", "=", MIDNIGHT + 80_000)).unwrap().total, 3);
    assert_eq!(workspace.found(5, &filter("created_at", ">", MIDNIGHT - 1)).unwrap().total, 3);
    assert_eq!(workspace.found(5, &filter("created_at", ">", MIDNIGHT)).unwrap().total, 0);
    assert_eq!(workspace.found(5, &filter("created_at", "<", (MIDNIGHT + day).to_string())).unwrap().total, 3);
    assert_eq!(workspace.found(5, &filter("created_at", "<", MIDNIGHT + 3600)).unwrap().total, 0);
}

#[test]
fn days_begin_at_midnight_where_the_workspace_is() {
    let mut workspace = workspace_with(TimeZone::fixed(offset(-5)), 0);
    // Made at midnight UTC, which is seven in the evening of the day before.
    workspace.make(json!({ "role": "lead" }));
    assert_eq!(workspace.found(5, &filter("created_at", "=", MIDNIGHT - 3600)).unwrap().total, 1);
    assert_eq!(workspace.found(5, &filter("created_at", "=", MIDNIGHT + 6 * 3600)).unwrap().total, 0);
}

#[test]
fn tags_are_searched_by_id() {
    let mut workspace = people();
    let ann = workspace.found(5, &filter("name", "^", "ann")).unwrap().items[0].id.clone();
    let tag = workspace.tag_all(at(5), "vip", &[ann]).unwrap();
    assert_eq!(names(&mut workspace, &filter("tag_id", "=", tag.id.to_string())), ["An"]);
    assert_eq!(names(&mut workspace, &filter("tag_id", "!=", tag.id.to_string())), ["Bo", "Cy"]);
}

#[test]
fn search_lags_behind_while_the_list_is_current() {
    let mut workspace = workspace_with(TimeZone::UTC, 60_000);
    let ann = workspace.make(json!({ "role": "lead", "email": "old@acme.example" }));
    assert_eq!(workspace.list(Cursor::START, 10).total, 1);
    let old = filter("email", "=", "old@acme.example");
    assert_eq!(workspace.found(59, &old).unwrap().total, 0);
    assert_eq!(workspace.found(60, &old).unwrap().total, 1);
    workspace.put(&ann, json!({ "email": "new@acme.example" })).unwrap();
    // The change was made at second 1, so it becomes visible at 61.
    assert_eq!(workspace.found(60, &old).unwrap().total, 1);
    assert_eq!(workspace.found(61, &old).unwrap().total, 0);
    assert_eq!(workspace.found(61, &filter("email", "=", "new@acme.example")).unwrap().total, 1);
    workspace.archive(at(100), &ann).unwrap();
    assert_eq!(workspace.found(101, &filter("email", "^", "new")).unwrap().total, 1);
    assert_eq!(workspace.found(160, &filter("email", "^", "new")).unwrap().total, 0);
}

#[test]
fn pages_join_up_to_the_whole_in_the_order_asked_for() {
    let mut workspace = people();
    let everybody = filter("role", "=", "lead");
    let mut seen = Vec::new();
    let mut cursor = Cursor::START;
    loop {
        let sort = json!({ "field": "name", "order": "descending" });
        let page = workspace.search(at(5), &everybody, Stamps::WholeDays, Some(&sort), cursor, 2).unwrap();
        assert_eq!(page.total, 3);
        seen.extend(page.items.iter().filter_map(|contact| contact.name.clone()));
        match page.next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    assert_eq!(seen, ["Cy Poe", "Bob Roe", "Ann Lee"]);
    let sort = json!({ "field": "name", "order": "up" });
    let answer = workspace.search(at(5), &everybody, Stamps::WholeDays, Some(&sort), Cursor::START, 2);
    assert_eq!(refusal(answer), (400, "invalid_sort_order"));
}
