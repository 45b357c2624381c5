//! Lists and scrolls of the 1.x dialect over many contacts.

use reqwest::Method;
use serde_json::{Value, json};

use super::bench::Bench;
use crate::sandbox::faults::{Fault, FaultRule, Faults, When};
use crate::sandbox::options::Options;

/// A workspace with this many leads and users, made a second apart.
async fn crowded(leads: usize, users: usize) -> Bench {
    let lead = |number: usize| format!("lead,,Lead {number},{},", 1_700_000_000 + number);
    let user = |number: usize| format!("user,u{number},User {number},{},{}", 1_700_000_000 + number, 9_000 - number);
    let header = "role,external_id,name,created_at,last_seen_at".to_owned();
    let rows = std::iter::once(header).chain((0..leads).map(lead)).chain((0..users).map(user));
    let csv = rows.collect::<Vec<_>>().join("\n");
    Bench::with(Options::default().seed_csv("crowd.csv", csv.as_bytes()).unwrap()).await
}

impl Bench {
    async fn read(&self, path: &str) -> (u16, Value) {
        self.legacy(Method::GET, path, None).await
    }
}

fn names(page: &Value, kind: &str) -> Vec<String> {
    page[kind].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_list_is_walked_by_the_full_urls_of_its_pages() {
    let bench = crowded(0, 125).await;
    let (_, mut page) = bench.read("/users?per_page=60&order=asc&created_since=100000").await;
    let mut seen = names(&page, "users");
    assert_eq!((&page["total_count"], &page["pages"]["total_pages"]), (&json!(125), &json!(3)));
    while let Some(next) = page["pages"]["next"].as_str() {
        assert!(next.contains("created_since=100000"), "{next}");
        let answer =
            bench.client.get(next).bearer_auth("any").header("accept", "*/*").header("intercom-version", "1.4");
        page = answer.send().await.unwrap().json().await.unwrap();
        seen.extend(names(&page, "users"));
    }
    assert_eq!(seen, (0..125).map(|number| format!("User {number}")).collect::<Vec<_>>());
    assert_eq!(bench.read("/users?per_page=61").await.0, 400);
    assert_eq!(bench.read("/users?page=0").await.0, 400);
}

#[tokio::test]
async fn users_are_newest_first_or_sorted_as_asked() {
    let bench = crowded(3, 3).await;
    assert_eq!(names(&bench.read("/users").await.1, "users"), ["User 2", "User 1", "User 0"]);
    let by_last_seen = bench.read("/users?sort=last_request_at&order=desc").await.1;
    assert_eq!(names(&by_last_seen, "users"), ["User 0", "User 1", "User 2"]);
    assert_eq!(bench.read("/users?sort=shoe_size").await.0, 400);
    assert_eq!(names(&bench.read("/contacts?sort=shoe_size").await.1, "contacts"), ["Lead 2", "Lead 1", "Lead 0"]);
    let last = bench.read("/users?sort=updated_at").await.1;
    let order = Some(json!({ "user_id": "u0", "name": "User 0" }));
    bench.legacy(Method::POST, "/users", order).await;
    assert_eq!(names(&last, "users").last().unwrap(), "User 0");
    let changed = bench.read("/users?sort=updated_at").await.1;
    assert_eq!(names(&changed, "users").first().unwrap(), "User 0", "an arrangement is not kept past a change");
}

#[tokio::test]
async fn pages_end_at_ten_thousand_records() {
    let bench = crowded(2, 2).await;
    assert_eq!(bench.read("/users?page=200&per_page=50").await.0, 200);
    for path in ["/users?page=201&per_page=50", "/contacts?page=167&per_page=60"] {
        let (status, refused) = bench.read(path).await;
        let words = "page limit reached, please use scroll API";
        assert_eq!((status, &refused["errors"][0]["message"]), (400, &json!(words)), "{path}");
    }
    bench.legacy(Method::POST, "/companies", Some(json!({ "company_id": "1" }))).await;
    let (status, empty) = bench.read("/companies?page=201").await;
    assert_eq!((status, &empty["companies"]), (200, &json!([])), "companies are silently empty there");
}

#[tokio::test]
async fn a_scroll_hands_out_everybody_of_its_kind_once_and_ends_with_an_empty_page() {
    let bench = crowded(7, 230).await;
    let (_, first) = bench.read("/users/scroll").await;
    let parameter = first["scroll_param"].as_str().unwrap().to_owned();
    let mut seen = names(&first, "users");
    bench.legacy(Method::POST, "/users", Some(json!({ "user_id": "late", "name": "Late" }))).await;
    let gone = id_of(&bench, "u150").await;
    bench.legacy(Method::DELETE, &format!("/users/{gone}"), None).await;
    loop {
        let (status, page) = bench.read(&format!("/users/scroll?scroll_param={parameter}")).await;
        assert_eq!((status, &page["type"]), (200, &json!("user.list")));
        let more = names(&page, "users");
        if more.is_empty() {
            break;
        }
        seen.extend(more);
    }
    let expected: Vec<_> = (0..230).filter(|number| *number != 150).map(|number| format!("User {number}")).collect();
    assert_eq!(seen, expected);
    let spent = bench.read(&format!("/users/scroll?scroll_param={parameter}")).await;
    assert_eq!((spent.0, &spent.1["errors"][0]["message"]), (404, &json!("scroll parameter not found")));
    assert_eq!(names(&bench.read("/contacts/scroll").await.1, "contacts").len(), 7);
}

async fn id_of(bench: &Bench, user_id: &str) -> String {
    bench.read(&format!("/users?user_id={user_id}")).await.1["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn only_one_scroll_is_open_and_it_dies_after_a_minute_unused() {
    let bench = crowded(1, 150).await;
    let (_, first) = bench.read("/users/scroll").await;
    let go_on = format!("/users/scroll?scroll_param={}", first["scroll_param"].as_str().unwrap());
    for path in ["/users/scroll", "/contacts/scroll", "/companies/scroll"] {
        let (status, refused) = bench.read(path).await;
        assert_eq!((status, &refused["errors"][0]["code"]), (400, &json!("scroll_exists")), "{path}");
    }
    assert_eq!(bench.read(&go_on.replace("/users", "/contacts")).await.0, 404);
    bench.clock.advance_millis(59_999);
    assert_eq!(names(&bench.read(&go_on).await.1, "users").len(), 50, "use keeps it alive");
    bench.clock.advance_millis(60_000);
    assert_eq!(bench.read(&go_on).await.0, 404);
    assert_eq!(names(&bench.read("/users/scroll").await.1, "users").len(), 100, "a new one starts over");
}

#[tokio::test]
async fn companies_are_scrolled_as_well() {
    let bench = Bench::new().await;
    for number in 0..3 {
        let company = json!({ "company_id": number.to_string(), "name": format!("Company {number}") });
        bench.legacy(Method::POST, "/companies", Some(company)).await;
    }
    let (_, page) = bench.read("/companies/scroll").await;
    assert_eq!(names(&page, "companies"), ["Company 0", "Company 1", "Company 2"]);
    let go_on = format!("/companies/scroll?scroll_param={}", page["scroll_param"].as_str().unwrap());
    assert_eq!(bench.read(&go_on).await.1["companies"], json!([]));
}

#[tokio::test]
async fn a_scroll_that_broke_says_that_it_has_to_start_again() {
    let bench = crowded(0, 150).await;
    let (_, first) = bench.read("/users/scroll").await;
    let go_on = format!("/users/scroll?scroll_param={}", first["scroll_param"].as_str().unwrap());
    let fault = Fault::ServerError { status: 500, when: When::AfterCommit, html: false };
    bench
        .running
        .set_faults(Faults { rules: vec![FaultRule { on: Some(1), ..FaultRule::always(fault) }], ..Faults::default() });
    let (status, broken) = bench.read(&go_on).await;
    let words = "Request failed due to an internal network error. Please restart the scroll operation.";
    assert_eq!((status, &broken["errors"][0]["message"]), (500, &json!(words)));
    assert_eq!(names(&bench.read(&go_on).await.1, "users"), Vec::<String>::new(), "the lost page does not come back");
}
