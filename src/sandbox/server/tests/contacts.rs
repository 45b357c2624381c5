//! What differs between the versions of the 2.x dialect, and what is behind the first page of a contact.

use reqwest::Method;
use serde_json::{Value, json};

use super::bench::{Bench, START};

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["errors"][0]["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn notes_beyond_a_page_are_behind_a_cursor_and_companies_behind_a_url() {
    let bench = Bench::new().await;
    let id = bench.make(json!({ "role": "lead" })).await;
    for number in 0..5 {
        bench.post(&format!("/contacts/{id}/notes"), json!({ "body": format!("Note {number}") })).await;
        let (_, company) = bench.post("/companies", json!({ "company_id": number.to_string() })).await;
        bench.post(&format!("/contacts/{id}/companies"), json!({ "id": company["id"] })).await;
    }
    let path = format!("/contacts/{id}/notes");
    let mut bodies = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = [("per_page", "2"), ("starting_after", cursor.as_str())];
        let answer = bench.ask(Method::GET, &path).query(&page).send().await.unwrap();
        let page: Value = answer.json().await.unwrap();
        assert_eq!(page["total_count"], json!(5));
        bodies.extend(page["data"].as_array().unwrap().iter().map(|note| note["body"].as_str().unwrap().to_owned()));
        match page["pages"]["next"]["starting_after"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(bodies, ["<p>Note 4</p>", "<p>Note 3</p>", "<p>Note 2</p>", "<p>Note 1</p>", "<p>Note 0</p>"]);
    let (_, third) = bench.get(&format!("{path}?per_page=2&page=3")).await;
    assert_eq!((&third["data"][0]["body"], &third["pages"]["next"]), (&json!("<p>Note 0</p>"), &json!(null)));
    assert_eq!(bench.get(&format!("{path}?page=2")).await.1["data"], json!([]));
    let (_, first) = bench.get(&format!("/contacts/{id}/companies?per_page=3")).await;
    assert_eq!((first["data"].as_array().unwrap().len(), &first["total_count"]), (3, &json!(5)));
    let next = first["pages"]["next"].as_str().unwrap().replace(&bench.running.url(), "");
    let (_, second) = bench.get(&next).await;
    assert_eq!((second["data"][1]["company_id"].clone(), &second["pages"]["next"]), (json!("4"), &json!(null)));
}

#[tokio::test]
async fn every_version_has_the_endpoints_it_was_given() {
    let bench = Bench::new().await;
    let id = bench.make(json!({ "external_id": "1" })).await;
    let find =
        async |version: &str| bench.in_version(version, Method::GET, "/contacts/find_by_external_id/1", None).await;
    assert_eq!(code(&find("2.12").await), (400, "intercom_version_invalid"));
    assert_eq!(find("2.13").await.1["id"], json!(id));
    let block = format!("/contacts/{id}/block");
    assert_eq!(bench.in_version("2.12", Method::POST, &block, None).await.0, 400);
    assert_eq!(bench.in_version("2.13", Method::POST, &block, None).await.1["blocked"], json!(true));
    assert_eq!(bench.in_version("Preview", Method::POST, "/contacts/bulk", Some(json!({}))).await.0, 404);
}

#[tokio::test]
async fn the_history_of_merges_is_told_on_request_and_page_by_page() {
    let bench = Bench::new().await;
    let user = bench.make(json!({ "email": "ann@acme.example" })).await;
    let mut leads = Vec::new();
    for _ in 0..3 {
        let lead = bench.make(json!({ "role": "lead", "email": "ann@acme.example" })).await;
        assert_eq!(bench.post("/contacts/merge", json!({ "from": lead, "into": user })).await.0, 200);
        leads.push(lead);
    }
    let ask = async |version: &str, path: String| bench.in_version(version, Method::GET, &path, None).await.1;
    let asked = format!("/contacts/{user}?include_merge_history=true");
    assert_eq!(ask("2.14", asked.clone()).await.get("merge_history"), None);
    let told = ask("2.16", asked).await;
    let first = &told["merge_history"][0];
    assert_eq!((&first["source_contact_id"], &first["source_contact_role"]), (&json!(leads[0]), &json!("lead")));
    let list = ask("2.16", "/contacts?include_merge_history=true".into()).await;
    assert_eq!(list["data"][0]["merge_history"].as_array().unwrap().len(), 3);
    let history = format!("/contacts/{user}/merge_history?per_page=2");
    let page = ask("2.16", history.clone()).await;
    assert_eq!((&page["data"][0]["source_contact_id"], &page["has_more"]), (&json!(leads[2]), &json!(true)));
    let rest = ask("2.16", format!("{history}&cursor={}", page["next_cursor"].as_str().unwrap())).await;
    assert_eq!((&rest["data"][0]["source_contact_id"], &rest["has_more"]), (&json!(leads[0]), &json!(false)));
}

#[tokio::test]
async fn an_address_is_verified_only_together_with_itself_from_2_16_on() {
    let bench = Bench::new().await;
    let id = bench.make(json!({ "role": "lead", "email": "ann@acme.example" })).await;
    let path = format!("/contacts/{id}");
    let put = async |version: &str, body: Value| bench.in_version(version, Method::PUT, &path, Some(body)).await;
    assert_eq!(put("2.14", json!({ "email_verified": true })).await.0, 200);
    assert_eq!(code(&put("2.16", json!({ "email_verified": true })).await), (400, "parameter_invalid"));
    assert_eq!(put("2.16", json!({ "email_verified": true, "email": "ann@acme.example" })).await.0, 200);
}

#[tokio::test]
async fn contacts_of_some_channels_cannot_be_merged() {
    let bench = Bench::new().await;
    let user = bench.make(json!({ "email": "ann@acme.example" })).await;
    for (channel, expected) in [
        ("facebook", (400, "invalid_merge")),
        ("mailing_list", (400, "invalid_merge")),
        ("whatsapp", (422, "unprocessable_entity")),
    ] {
        let lead = bench.make(json!({ "role": "lead", "email": "ann@acme.example" })).await;
        bench.order("edit", json!({ "contact": lead, "channel": channel })).await;
        let answer = bench.post("/contacts/merge", json!({ "from": lead, "into": user })).await;
        assert_eq!(code(&answer), expected, "{channel}");
    }
}

#[tokio::test]
async fn companies_are_tagged_renamed_and_scrolled() {
    let bench = Bench::new().await;
    let (_, company) = bench.post("/companies", json!({ "company_id": "acme", "name": "Acme" })).await;
    let tag = json!({ "name": "vip", "companies": [{ "company_id": "acme" }] });
    assert_eq!(bench.post("/tags", tag).await.0, 200);
    let path = format!("/companies/{}", company["id"].as_str().unwrap());
    assert_eq!(bench.get(&path).await.1["tags"]["tags"][0]["name"], "vip");
    let renamed = bench.in_version("2.14", Method::PUT, &path, Some(json!({ "name": "Acme Ltd" }))).await;
    assert_eq!((&renamed.1["name"], &renamed.1["company_id"]), (&json!("Acme Ltd"), &json!("acme")));
    let untag = json!({ "name": "vip", "companies": [{ "id": company["id"], "untag": true }] });
    assert_eq!(bench.post("/tags", untag).await.0, 200);
    assert_eq!(bench.get(&path).await.1["tags"]["tags"], json!([]));
    let stranger = json!({ "name": "new", "companies": [{ "id": "nobody" }] });
    assert_eq!(code(&bench.post("/tags", stranger).await), (404, "company_not_found"));
    let (_, scrolled) = bench.get("/companies/scroll").await;
    assert_eq!((&scrolled["data"][0]["name"], &scrolled["pages"]), (&json!("Acme Ltd"), &json!(null)));
}

#[tokio::test]
async fn stamps_are_searched_by_the_day_and_in_the_preview_by_the_second() {
    let bench = Bench::new().await;
    bench.make(json!({ "role": "lead" })).await;
    let count = async |version: &str, operator: &str, value: i64| {
        let query = json!({ "field": "created_at", "operator": operator, "value": value });
        let body = Some(json!({ "query": query }));
        bench.in_version(version, Method::POST, "/contacts/search", body).await
    };
    assert_eq!(count("2.17", ">", START - 1).await.1["total_count"], json!(0), "a day begins at midnight");
    assert_eq!(count("2.17", "=", START - 1).await.1["total_count"], json!(1));
    assert_eq!(count("2.17", ">=", START).await.0, 400);
    for (operator, value, expected) in [(">", START - 1, 1), ("=", START - 1, 0), (">=", START, 1), ("<", START, 0)] {
        assert_eq!(count("Preview", operator, value).await.1["total_count"], json!(expected), "{operator} {value}");
    }
}
