//! The abilities of the preview version, when the sandbox is told to have them.

use reqwest::Method;
use serde_json::{Value, json};

use super::bench::Bench;
use crate::sandbox::options::Options;

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["errors"][0]["code"].as_str().unwrap_or_default())
}

async fn bench() -> Bench {
    Bench::with(Options { preview: true, ..Options::default() }).await
}

impl Bench {
    async fn preview(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        self.in_version("Preview", method, path, body).await
    }

    async fn job(&self, id: &Value) -> Value {
        self.preview(Method::GET, &format!("/contacts/bulk/{}", id.as_str().unwrap()), None).await.1
    }
}

#[tokio::test]
async fn a_job_creates_updates_and_deletes_a_little_later() {
    let bench = bench().await;
    let old = bench.make(json!({ "email": "old@acme.example" })).await;
    let tag = bench.post("/tags", json!({ "name": "vip" })).await.1;
    let contacts = json!([
        { "external_id": "1", "email": "ann@acme.example", "companies": [{ "company_id": "6", "name": "Blue Sun" }],
          "tags": { "add": [{ "id": tag["id"] }, { "id": "999" }] } },
        { "email": "old@acme.example", "external_id": "2" }
    ]);
    let (status, job) = bench.preview(Method::POST, "/contacts/bulk", Some(json!({ "contacts": contacts }))).await;
    assert_eq!((status, &job["state"], &job["tasks"][0]["item_count"]), (202, &json!("pending"), &json!(2)));
    let order = json!({ "contacts": [{ "id": old, "name": "Old" }], "job": { "id": job["id"] } });
    let (_, same) = bench.preview(Method::PUT, "/contacts/bulk", Some(order.clone())).await;
    assert_eq!((&same["id"], same["tasks"].as_array().unwrap().len()), (&job["id"], 2));
    bench.clock.advance_millis(1000);
    assert_eq!(bench.job(&job["id"]).await["state"], "running");
    assert_eq!(bench.get("/contacts").await.1["total_count"], json!(1));
    bench.clock.advance_millis(1000);
    let done = bench.job(&job["id"]).await;
    assert_eq!((&done["state"], &done["tasks"][1]["state"]), (&json!("completed_with_errors"), &json!("completed")));
    let (_, ann) = bench.get("/contacts/find_by_external_id/1").await;
    assert_eq!((&ann["tags"]["total_count"], &ann["companies"]["total_count"]), (&json!(1), &json!(1)));
    assert_eq!(bench.get("/contacts/find_by_external_id/2").await.0, 404, "a taken e-mail is refused");
    assert_eq!(bench.get(&format!("/contacts/{old}")).await.1["name"], "Old");
    assert_eq!(code(&bench.preview(Method::PUT, "/contacts/bulk", Some(order)).await), (403, "forbidden"));
    let gone = json!({ "contacts": [{ "id": old }] });
    let (_, job) = bench.preview(Method::POST, "/contacts/bulk/delete", Some(gone)).await;
    bench.clock.advance_millis(2000);
    assert_eq!(bench.job(&job["id"]).await["state"], "completed");
    assert_eq!(bench.get(&format!("/contacts/{old}")).await.0, 404);
}

#[tokio::test]
async fn a_job_that_is_ill_formed_is_refused_at_once() {
    let bench = bench().await;
    let ask = async |body: Value| bench.preview(Method::PUT, "/contacts/bulk", Some(body)).await;
    assert_eq!(code(&ask(json!({})).await), (422, "field_not_found"));
    assert_eq!(code(&ask(json!({ "contacts": {} })).await), (422, "type_mismatch"));
    assert_eq!(code(&ask(json!({ "contacts": [1] })).await), (422, "type_mismatch"));
    assert_eq!(code(&ask(json!({ "contacts": [{ "name": "No id" }] })).await), (422, "field_not_found"));
    let many: Vec<Value> = (0..101).map(|number| json!({ "id": number.to_string() })).collect();
    assert_eq!(code(&ask(json!({ "contacts": many })).await), (422, "parameter_invalid"));
    let lost = bench.preview(Method::GET, "/contacts/bulk/job_v2_9", None).await;
    assert_eq!(code(&lost), (404, "job_not_found"));
    let stable = bench.in_version("2.17", Method::POST, "/contacts/bulk", Some(json!({}))).await;
    assert_eq!(stable.0, 404, "only callers of the preview version have it");
}

#[tokio::test]
async fn a_merge_can_be_looked_at_before_it_is_done() {
    let bench = bench().await;
    let user = bench.make(json!({ "email": "ann@acme.example", "phone": "+1999" })).await;
    let lead = json!({ "role": "lead", "email": "ANN@acme.example", "name": "Jo", "phone": "+1555" });
    let lead = bench.make(lead).await;
    let (_, company) = bench.post("/companies", json!({ "company_id": "6", "name": "Beta" })).await;
    bench.post(&format!("/contacts/{lead}/companies"), json!({ "id": company["id"] })).await;
    bench.post(&format!("/contacts/{lead}/notes"), json!({ "body": "Hello" })).await;
    let look = async |from: &str, into: &str| {
        let order = json!({ "from": from, "into": into });
        bench.preview(Method::POST, "/contacts/merge/preview", Some(order)).await.1
    };
    let seen = look(&lead, &user).await;
    assert_eq!(seen["allowed"], json!(true));
    let changes = &seen["summary"]["attribute_changes"];
    assert_eq!(changes["total_count"], json!(4));
    assert_eq!(
        changes["attributes"],
        json!([
            { "field": "name", "outcome": "adopted", "from_value": "Jo", "new_into_value": "Jo" },
            { "field": "email", "outcome": "discarded", "from_value": "ANN@acme.example",
              "new_into_value": "ann@acme.example", "into_value": "ann@acme.example" },
            { "field": "phone", "outcome": "discarded", "from_value": "+1555", "new_into_value": "+1999",
              "into_value": "+1999" },
            { "field": "companies", "outcome": "merged", "from_value": ["Beta"], "new_into_value": ["Beta"],
              "into_value": [] }
        ])
    );
    assert_eq!(seen["summary"]["reassignments"]["notes"], json!({ "from": 1, "into": 0 }));
    assert_eq!(look(&user, &lead).await["reasons"][0]["code"], "invalid_merge_role_pair");
    let stranger = bench.make(json!({ "role": "lead", "email": "bob@acme.example" })).await;
    assert_eq!(look(&stranger, &user).await["reasons"][0]["code"], "no_shared_identifier");
    let (_, merged) = bench.preview(Method::POST, "/contacts/merge", Some(json!({ "from": lead, "into": user }))).await;
    assert_eq!((&merged["name"], &merged["phone"]), (&json!("Jo"), &json!("+1999")), "the forecast was right");
}

#[tokio::test]
async fn two_users_are_merged_when_they_share_an_identifier() {
    let bench = bench().await;
    let first = bench.make(json!({ "external_id": "1", "email": "ann@acme.example" })).await;
    let second = bench.make(json!({ "external_id": "2", "email": "ann@acme.example", "name": "Ann" })).await;
    let other = bench.make(json!({ "external_id": "3", "email": "bob@acme.example" })).await;
    let merge = async |body: Value| bench.preview(Method::POST, "/contacts/merge", Some(body)).await;
    let skipping = json!({ "from": second, "into": first, "skip_duplicate_validation": true });
    assert_eq!(code(&merge(skipping).await), (400, "parameter_not_allowed"));
    assert_eq!(code(&merge(json!({ "from": other, "into": first })).await), (422, "unprocessable_entity"));
    let order = json!({ "from": second, "into": first });
    assert_eq!(code(&bench.post("/contacts/merge", order.clone()).await), (400, "invalid_merge"), "not before");
    let (status, merged) = merge(order).await;
    assert_eq!((status, &merged["external_id"], &merged["name"]), (200, &json!("1"), &json!("Ann")));
    assert_eq!(bench.get("/contacts/find_by_external_id/2").await.0, 404);
    let history = bench.preview(Method::GET, &format!("/contacts/{first}/merge_history"), None).await.1;
    assert_eq!(history["data"][0]["source_contact_role"], "user");
}
