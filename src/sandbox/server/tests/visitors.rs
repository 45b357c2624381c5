//! Visitors in both dialects: made by the Messenger, found, changed, converted, deleted.

use reqwest::Method;
use serde_json::{Value, json};

use super::bench::Bench;

impl Bench {
    async fn visitor(&self, body: Value) -> Value {
        self.order("visitor", body).await
    }

    async fn convert(&self, body: Value) -> (u16, Value) {
        self.legacy(Method::POST, "/visitors/convert", Some(body)).await
    }
}

#[tokio::test]
async fn a_visitor_is_found_changed_and_deleted_in_the_older_dialect() {
    let bench = Bench::new().await;
    let made = bench.visitor(json!({ "user_id": "4b34499c-9b11-4546-bf77-e556a6503a80" })).await;
    let by_user_id = "/visitors?user_id=4b34499c-9b11-4546-bf77-e556a6503a80";
    let (_, visitor) = bench.legacy(Method::GET, by_user_id, None).await;
    assert_eq!((&visitor["type"], &visitor["id"], &visitor["email"]), (&json!("visitor"), &made["id"], &json!("")));
    let change = json!({ "user_id": made["user_id"], "name": "Ann", "custom_attributes": { "seen": 3 } });
    let (_, changed) = bench.legacy(Method::POST, "/visitors", Some(change)).await;
    assert_eq!((&changed["name"], &changed["custom_attributes"]["seen"]), (&json!("Ann"), &json!(3)));
    let path = format!("/visitors/{}", made["id"].as_str().unwrap());
    let put = bench.legacy(Method::PUT, &path, Some(json!({ "name": "Anna", "custom_attributes": {} }))).await;
    assert_eq!(put.1["name"], "Anna");
    assert_eq!(bench.legacy(Method::DELETE, &path, None).await.0, 200);
    let (status, gone) = bench.legacy(Method::GET, &path, None).await;
    assert_eq!((status, &gone["errors"][0]["message"]), (404, &json!("Visitor Not Found")));
}

#[tokio::test]
async fn a_visitor_becomes_a_lead_as_the_guide_shows() {
    let bench = Bench::new().await;
    let made = bench.visitor(json!({})).await;
    let order = json!({ "visitor": { "user_id": made["user_id"] }, "type": "lead" });
    let (status, lead) = bench.convert(order.clone()).await;
    assert_eq!((status, &lead["type"], &lead["user_id"]), (200, &json!("contact"), &made["user_id"]));
    assert!(lead["pseudonym"].as_str().unwrap().contains(' '));
    let path = format!("/contacts/{}", lead["id"].as_str().unwrap());
    assert_eq!(bench.legacy(Method::GET, &path, None).await.1["pseudonym"], lead["pseudonym"]);
    assert_eq!(bench.convert(order).await.0, 404, "the visitor is gone");
}

#[tokio::test]
async fn a_visitor_becomes_a_new_user_or_is_merged_into_one() {
    let bench = Bench::new().await;
    let first = bench.visitor(json!({ "name": "Ann" })).await;
    let order = |visitor: &Value, user: Value| json!({ "visitor": { "user_id": visitor["user_id"] }, "user": user, "type": "user" });
    let (_, user) = bench.convert(order(&first, json!({ "email": "ann@acme.example" }))).await;
    assert_eq!((&user["type"], &user["user_id"], &user["anonymous"]), (&json!("user"), &json!(null), &json!(false)));
    assert_eq!((&user["email"], &user["name"]), (&json!("ann@acme.example"), &json!("Ann")));
    assert!(user["pseudonym"].is_string());
    let second = bench.visitor(json!({ "name": "Somebody", "phone": "+44 1" })).await;
    let (_, merged) = bench.convert(order(&second, json!({ "email": "ann@acme.example" }))).await;
    assert_eq!((&merged["id"], &merged["name"], &merged["phone"]), (&user["id"], &json!("Ann"), &json!("+441")));
    assert_eq!(bench.running.state()["visitors"], json!([]));
    let third = bench.visitor(json!({})).await;
    assert_eq!(bench.convert(order(&third, json!({}))).await.0, 400, "somebody has to be named");
    assert_eq!(bench.running.state()["visitors"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_newer_dialect_finds_changes_and_converts_visitors_too() {
    let bench = Bench::new().await;
    let made = bench.visitor(json!({})).await;
    let user_id = made["user_id"].as_str().unwrap();
    let (_, visitor) = bench.get(&format!("/visitors?user_id={user_id}")).await;
    assert_eq!((&visitor["type"], &visitor["id"]), (&json!("visitor"), &made["id"]));
    let put = async |body: Value| bench.in_version("2.14", Method::PUT, "/visitors", Some(body)).await;
    let (_, named) = put(json!({ "id": made["id"], "name": "Gareth", "email": "no@acme.example" })).await;
    assert_eq!((&named["name"], &named["email"]), (&json!("Gareth"), &json!("")));
    assert_eq!(put(json!({ "user_id": "fail", "name": "Nobody" })).await.0, 404);
    let order = json!({ "visitor": { "user_id": user_id }, "user": { "email": "foo@acme.example" }, "type": "user" });
    let (_, contact) = bench.post("/visitors/convert", order).await;
    assert_eq!((&contact["type"], &contact["role"], &contact["id"]), (&json!("contact"), &json!("user"), &made["id"]));
    assert_eq!((&contact["email"], &contact["external_id"]), (&json!("foo@acme.example"), &json!(null)));
    let half = json!({ "visitor": { "user_id": user_id }, "type": "user" });
    assert_eq!(bench.post("/visitors/convert", half).await.0, 400);
    let second = bench.visitor(json!({ "name": "Lead" })).await;
    let order = json!({ "visitor": { "id": second["id"] }, "user": {}, "type": "lead" });
    assert_eq!(bench.post("/visitors/convert", order).await.1["role"], "lead");
}
