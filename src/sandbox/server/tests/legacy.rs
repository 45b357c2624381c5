//! The 1.x dialect, driven with a real client over loopback; the guides' own transcripts are among the tests.

use reqwest::Method;
use serde_json::{Value, json};

use super::bench::{Bench, START, header, opened};
use crate::sandbox::options::Options;

fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["errors"][0]["code"].as_str().unwrap_or_default())
}

fn id(person: &Value) -> String {
    person["id"].as_str().unwrap().to_owned()
}

impl Bench {
    async fn lead(&self, body: Value) -> Value {
        let (status, lead) = self.legacy(Method::POST, "/contacts", Some(body)).await;
        assert_eq!(status, 200, "{lead}");
        lead
    }

    async fn user(&self, body: Value) -> Value {
        let (status, user) = self.legacy(Method::POST, "/users", Some(body)).await;
        assert_eq!(status, 200, "{user}");
        user
    }

    async fn look(&self, path: &str) -> (u16, Value) {
        self.legacy(Method::GET, path, None).await
    }
}

#[tokio::test]
async fn leads_are_found_by_id_by_user_id_and_by_email_as_the_guide_shows() {
    let bench = Bench::new().await;
    let plain = bench.lead(json!({ "email": "one@philosophers.example" })).await;
    bench.clock.advance_millis(1000);
    let named = bench.lead(json!({ "email": "two@philosophers.example", "name": "Socrates" })).await;
    let (_, all) = bench.look("/contacts").await;
    assert_eq!((&all["type"], &all["total_count"]), (&json!("contact.list"), &json!(2)));
    assert_eq!(all["contacts"][0]["name"], "Socrates", "newest first");
    let by_user_id = format!("/contacts?user_id={}", plain["user_id"].as_str().unwrap());
    assert_eq!(bench.look(&by_user_id).await.1["email"], "one@philosophers.example");
    let unknown = bench.look(&format!("{by_user_id}XXX")).await;
    assert_eq!((code(&unknown), &unknown.1["errors"][0]["message"]), ((404, "not_found"), &json!("Contact Not Found")));
    assert_eq!(bench.look(&format!("/contacts/{}", id(&named))).await.1["user_id"], named["user_id"]);
    let (_, listed) = bench.look("/contacts?email=Two@philosophers.example").await;
    assert_eq!((&listed["type"], &listed["contacts"][0]["id"]), (&json!("contact.list"), &named["id"]));
    assert_eq!(bench.look(&format!("/users/{}", id(&named))).await.0, 404);
}

#[tokio::test]
async fn a_lead_is_always_created_unless_it_is_named() {
    let bench = Bench::new().await;
    let first = bench.lead(json!({ "email": "ann@acme.example", "user_id": null })).await;
    let second = bench.lead(json!({ "email": "ann@acme.example" })).await;
    assert_ne!(first["id"], second["id"]);
    let renamed = bench.lead(json!({ "user_id": first["user_id"], "name": "Plato", "signed_up_at": 5 })).await;
    assert_eq!((&renamed["id"], &renamed["name"]), (&first["id"], &json!("Plato")));
    assert_eq!((&renamed["signed_up_at"], &renamed["anonymous"]), (&json!(null), &json!(true)));
    let published = json!({ "id": first["id"], "custom_attributes": { "Published": "The Republic" } });
    let published = bench.lead(published).await;
    assert_eq!(published["custom_attributes"], json!({ "Published": "The Republic" }));
    let stranger = bench.legacy(Method::POST, "/contacts", Some(json!({ "user_id": "1942" }))).await;
    assert_eq!(code(&stranger), (404, "not_found"));
    let put = bench.legacy(Method::PUT, &format!("/contacts/{}", id(&second)), Some(json!({ "name": "Al" }))).await;
    assert_eq!(put.1["name"], "Al");
}

#[tokio::test]
async fn a_user_is_found_by_id_then_user_id_then_email_and_made_when_nobody_is() {
    let bench = Bench::new().await;
    let made = bench.user(json!({ "email": "ann@acme.example", "name": "Ann", "signed_up_at": 9 })).await;
    assert_eq!((&made["type"], &made["remote_created_at"]), (&json!("user"), &json!(9)));
    let same = bench.user(json!({ "email": "ANN@acme.example", "name": "Anna" })).await;
    assert_eq!((&same["id"], &same["name"]), (&made["id"], &json!("Anna")));
    let other = bench.user(json!({ "user_id": "42", "email": "ann@acme.example" })).await;
    assert_ne!(other["id"], made["id"], "a user_id does not fall back to the e-mail");
    let clash = bench.legacy(Method::POST, "/users", Some(json!({ "email": "ann@acme.example" }))).await;
    assert_eq!(code(&clash), (409, "conflict"));
    assert!(clash.1["errors"][0]["message"].as_str().unwrap().starts_with("Multiple existing users match"));
    assert_eq!(clash.1["type"], "error.list");
    let early = bench.in_version("1.0", Method::POST, "/users", Some(json!({ "email": "ann@acme.example" }))).await;
    assert_eq!(code(&early), (400, "conflict"));
    let taken = json!({ "id": made["id"], "user_id": "42" });
    let taken = bench.legacy(Method::POST, "/users", Some(taken)).await;
    assert_eq!(code(&taken), (409, "unique_user_constraint"));
    let numbered = bench.user(json!({ "user_id": 42, "name": "Ann Other" })).await;
    assert_eq!((&numbered["id"], &numbered["user_id"]), (&other["id"], &json!("42")));
    let nobody = bench.legacy(Method::POST, "/users", Some(json!({ "name": "Nobody" }))).await;
    assert_eq!(code(&nobody), (400, "parameter_not_found"));
    assert_eq!(bench.legacy(Method::POST, "/users", Some(json!({ "id": "f00" }))).await.0, 404);
}

#[tokio::test]
async fn a_lookup_by_email_is_a_user_in_1_0_and_a_list_from_1_1_on() {
    let bench = Bench::new().await;
    bench.user(json!({ "email": "ann@acme.example" })).await;
    bench.lead(json!({ "email": "ann@acme.example" })).await;
    let find =
        async |version: &str| bench.in_version(version, Method::GET, "/users?email=ann@acme.example", None).await.1;
    assert_eq!(find("1.0").await["type"], "user");
    assert_eq!(find("1.1").await["total_count"], json!(2));
    assert_eq!(find("1.4").await["total_count"], json!(1));
    let nobody = bench.look("/users?email=bob@acme.example").await;
    assert_eq!((nobody.0, &nobody.1["users"]), (200, &json!([])));
    assert_eq!(bench.in_version("1.0", Method::GET, "/users?email=bob@acme.example", None).await.0, 404);
    bench.user(json!({ "email": "ann@acme.example", "user_id": "2" })).await;
    let several = bench.in_version("1.0", Method::GET, "/users?email=ann@acme.example", None).await;
    assert_eq!(code(&several), (400, "conflict"));
}

#[tokio::test]
async fn a_merge_keeps_the_users_own_and_takes_what_it_lacks_as_the_guide_shows() {
    let bench = Bench::new().await;
    let user = bench.user(json!({ "email": "al@acme.example", "name": "Al", "user_id": "1942" })).await;
    let lead = json!({ "email": "m@acme.example", "name": "Meursault", "last_request_at": 1_464_688_871 });
    let lead = bench.lead(lead).await;
    let order = json!({ "contact": { "user_id": lead["user_id"] }, "user": { "user_id": "1942" } });
    let (status, merged) = bench.legacy(Method::POST, "/contacts/convert", Some(order.clone())).await;
    assert_eq!((status, &merged["id"], &merged["name"]), (200, &user["id"], &json!("Al")));
    assert_eq!((&merged["email"], &merged["user_id"]), (&json!("al@acme.example"), &json!("1942")));
    assert_eq!(merged["last_request_at"], json!(1_464_688_871));
    assert_eq!(bench.look(&format!("/contacts/{}", id(&lead))).await.0, 404);
    let again = bench.legacy(Method::POST, "/contacts/convert", Some(order)).await;
    assert_eq!(code(&again), (404, "not_found"));
}

#[tokio::test]
async fn a_lead_becomes_the_user_that_is_not_there_yet_and_keeps_its_id() {
    let bench = Bench::new().await;
    let lead = bench.lead(json!({ "email": "m@acme.example", "name": "Meursault" })).await;
    // The guide's helper sends nulls for what it does not set.
    let user = json!({ "user_id": null, "email": "new@acme.example", "name": null });
    let order = json!({ "contact": { "user_id": lead["user_id"] }, "user": user });
    let (_, user) = bench.legacy(Method::POST, "/contacts/convert", Some(order)).await;
    assert_eq!((&user["id"], &user["type"], &user["user_id"]), (&lead["id"], &json!("user"), &json!(null)));
    assert_eq!((&user["email"], &user["name"]), (&json!("new@acme.example"), &json!("Meursault")));
    assert_eq!(bench.look("/contacts").await.1["total_count"], json!(0));
    let second = bench.lead(json!({ "email": "second@acme.example" })).await;
    let order = json!({ "contact": { "id": second["id"] }, "user": { "user_id": "77" } });
    let (_, user) = bench.legacy(Method::POST, "/contacts/convert", Some(order)).await;
    assert_eq!((&user["user_id"], &user["email"]), (&json!("77"), &json!("second@acme.example")));
    let third = bench.lead(json!({})).await;
    let nobody = json!({ "contact": { "id": third["id"] }, "user": {} });
    assert_eq!(bench.legacy(Method::POST, "/contacts/convert", Some(nobody)).await.0, 400);
}

#[tokio::test]
async fn deleting_means_archiving_and_a_request_for_deletion_is_for_good() {
    let bench = Bench::new().await;
    let lead = bench.lead(json!({ "email": "dup@acme.example" })).await;
    let path = format!("/contacts/{}", id(&lead));
    assert_eq!(bench.legacy(Method::DELETE, &path, None).await.1["id"], lead["id"]);
    assert_eq!(bench.look(&path).await.0, 404);
    let user = bench.user(json!({ "user_id": "1", "name": "Ann" })).await;
    assert_eq!(bench.legacy(Method::DELETE, "/users?user_id=1", None).await.1["id"], user["id"]);
    assert_eq!(bench.look("/users").await.1["total_count"], json!(0));
    let back = bench.user(json!({ "user_id": "1" })).await;
    assert_eq!((&back["id"], &back["name"]), (&user["id"], &json!("Ann")), "a write brings it back");
    let order = Some(json!({ "intercom_user_id": user["id"] }));
    assert_eq!(bench.legacy(Method::POST, "/user_delete_requests", order.clone()).await, (200, json!({ "id": 1 })));
    assert_eq!(bench.legacy(Method::POST, "/user_delete_requests", order).await.0, 404);
    assert_eq!(bench.running.state()["deleted"], json!([user["id"]]));
}

#[tokio::test]
async fn custom_attributes_come_into_being_with_their_first_value_and_null_clears() {
    let bench = Bench::new().await;
    let values = json!({ "plan": "Pro", "seats": 5, "paid": true, "renewed_at": 7, "never": null });
    bench.user(json!({ "user_id": "1", "custom_attributes": values })).await;
    let (_, known) = bench.look("/data_attributes/customer").await;
    let kinds: Vec<_> = known["data_attributes"].as_array().unwrap().iter().map(|one| &one["data_type"]).collect();
    assert_eq!(kinds, ["string", "integer", "boolean", "date"]);
    let changed = json!({ "user_id": "1", "custom_attributes": { "plan": null, "seats": 5.5 } });
    let changed = bench.user(changed).await;
    assert_eq!(changed["custom_attributes"], json!({ "seats": 5.5, "paid": true, "renewed_at": 7 }));
    for wrong in [json!({ "a.b": 1 }), json!({ "nested": { "a": 1 } })] {
        let answer = bench.legacy(Method::POST, "/users", Some(json!({ "user_id": "1", "custom_attributes": wrong })));
        assert_eq!(code(&answer.await), (400, "invalid_document"));
    }
    let wrong = json!({ "user_id": "1", "custom_attributes": { "paid": "yes" } });
    assert_eq!(code(&bench.legacy(Method::POST, "/users", Some(wrong)).await), (400, "parameter_invalid"));
}

#[tokio::test]
async fn tags_are_put_on_and_taken_off_by_name() {
    let bench = Bench::new().await;
    let user = bench.user(json!({ "email": "ann@acme.example", "user_id": "42" })).await;
    let lead = bench.lead(json!({})).await;
    let order = json!({ "name": "Blue", "users": [{ "email": "ann@acme.example" }, { "id": lead["id"] }] });
    let (_, tag) = bench.legacy(Method::POST, "/tags", Some(order)).await;
    assert_eq!(tag["name"], "Blue");
    let path = format!("/users?tag_id={}", tag["id"].as_str().unwrap());
    assert_eq!(bench.look(&path).await.1["users"][0]["tags"]["tags"], json!([tag]));
    assert_eq!(bench.look("/counts?type=user&count=tag").await.1["user"]["tag"], json!([{ "Blue": 1 }]));
    let off = json!({ "name": "blue", "users": [{ "user_id": "42", "untag": true }] });
    assert_eq!(bench.legacy(Method::POST, "/tags", Some(off.clone())).await.1, tag);
    assert_eq!(bench.legacy(Method::POST, "/tags", Some(off)).await.0, 200, "untagging twice is no mistake");
    assert_eq!(bench.look(&format!("/users/{}", id(&user))).await.1["tags"]["tags"], json!([]));
    let ghost = json!({ "name": "Green", "users": [{ "id": lead["id"] }, { "user_id": "43" }] });
    assert_eq!(bench.legacy(Method::POST, "/tags", Some(ghost)).await.0, 404);
    assert_eq!(bench.look("/tags").await.1["tags"], json!([tag]), "nothing is done for a list with a stranger in it");
    let mixed = json!({ "name": "Red", "users": [], "companies": [] });
    assert_eq!(bench.legacy(Method::POST, "/tags", Some(mixed)).await.0, 400);
    let path = format!("/tags/{}", tag["id"].as_str().unwrap());
    assert_eq!(bench.legacy(Method::DELETE, &path, None).await.0, 200);
    assert_eq!(bench.look("/tags").await.1["tags"], json!([]));
}

#[tokio::test]
async fn notes_are_written_on_people_named_in_any_way() {
    let bench = Bench::new().await;
    bench.user(json!({ "email": "ann@acme.example", "user_id": "42" })).await;
    let lead = bench.lead(json!({})).await;
    let flat = json!({ "body": "Text", "email": "ann@acme.example" });
    let (_, note) = bench.legacy(Method::POST, "/notes", Some(flat)).await;
    assert_eq!((&note["body"], &note["user"]["type"]), (&json!("<p>Text</p>"), &json!("user")));
    let nested = json!({ "body": "More", "admin_id": "991267002", "user": { "id": lead["id"] } });
    let (_, nested) = bench.legacy(Method::POST, "/notes", Some(nested)).await;
    assert_eq!((&nested["author"]["name"], &nested["user"]["type"]), (&json!("Grace Sandbox"), &json!("contact")));
    assert_eq!(bench.look("/notes?user_id=42").await.1["notes"], json!([note]));
    assert_eq!(bench.look(&format!("/notes/{}", id(&nested))).await.1, nested);
    assert_eq!(bench.look("/notes?user_id=43").await.0, 404);
}

#[tokio::test]
async fn companies_live_in_users_and_by_themselves() {
    let bench = Bench::new().await;
    let companies = json!([
        { "company_id": 6, "name": "Intercom", "custom_attributes": { "source": "fair" } },
        { "id": "9", "name": "Test Company" }
    ]);
    let user = bench.user(json!({ "user_id": "1", "companies": companies })).await;
    let held = user["companies"]["companies"].as_array().unwrap().clone();
    assert_eq!((held.len(), &held[0]["company_id"], &held[0]["user_count"]), (2, &json!("6"), &json!(1)));
    for path in
        [format!("/companies/{}", id(&held[0])), "/companies?company_id=6".into(), "/companies?name=Intercom".into()]
    {
        assert_eq!(bench.look(&path).await.1["custom_attributes"], json!({ "source": "fair" }), "{path}");
    }
    for path in [
        format!("/companies/{}/users", id(&held[0])),
        "/companies?company_id=6&type=user".into(),
        "/users?company_id=6".into(),
    ] {
        assert_eq!(bench.look(&path).await.1["users"][0]["id"], user["id"], "{path}");
    }
    let renamed = json!({ "id": held[0]["id"], "name": "Updated" });
    assert_eq!(bench.legacy(Method::POST, "/companies", Some(renamed)).await.1["company_id"], "6");
    assert_eq!(bench.look("/companies?name=Intercom").await.0, 404);
    let shown_again = json!({ "user_id": "1", "companies": user["companies"] });
    assert_eq!(bench.user(shown_again).await["companies"]["companies"].as_array().unwrap().len(), 2);
    let left = json!({ "user_id": "1", "companies": [{ "company_id": "9", "remove": true }] });
    assert_eq!(bench.user(left).await["companies"]["companies"].as_array().unwrap().len(), 1);
    let tagged = json!({ "name": "vip", "companies": [{ "company_id": "6" }] });
    assert_eq!(bench.legacy(Method::POST, "/tags", Some(tagged)).await.0, 200);
    assert_eq!(bench.look("/companies?tag_id=1").await.1["companies"][0]["name"], "Updated");
    assert_eq!(bench.look("/counts?type=company&count=user").await.1["company"]["user"][0]["Updated"], json!(1));
    assert_eq!(bench.look("/counts").await.1["company"]["count"], json!(2));
    assert_eq!(bench.legacy(Method::DELETE, &format!("/companies/{}", id(&held[0])), None).await.0, 200);
    assert_eq!(bench.look("/companies").await.1["total_count"], json!(1));
}

#[tokio::test]
async fn the_token_may_be_the_user_of_http_basic_and_limits_are_told() {
    let bench = Bench::with(Options { tokens: vec!["right".into()], ..Options::default() }).await;
    let ask = |token: &str| {
        bench.bare(Method::GET, "/users").basic_auth(token, Some("")).header("accept", "application/json")
    };
    let response = ask("right").header("intercom-version", "1.4").send().await.unwrap();
    assert_eq!(header(&response, "x-ratelimit-limit").as_deref(), Some("1667"));
    assert_eq!(header(&response, "x-ratelimit-remaining").as_deref(), Some("1666"));
    assert_eq!(opened(response).await.1["type"], "user.list");
    assert_eq!(ask("wrong").send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn the_default_version_decides_for_callers_who_name_none() {
    let bench = Bench::with(Options { default_version: "1.4".into(), ..Options::default() }).await;
    let list = bench.bare(Method::GET, "/contacts").bearer_auth("any").header("accept", "*/*").send().await.unwrap();
    assert_eq!(opened(list).await.1["type"], "contact.list");
}

#[tokio::test]
async fn conversations_are_listed_by_who_takes_part() {
    let bench = Bench::new().await;
    let lead = bench.lead(json!({})).await;
    let user = bench.user(json!({ "email": "ann@acme.example" })).await;
    bench.order("conversation", json!({ "contacts": [lead["id"]], "body": "Hi" })).await;
    let of_lead = format!("/conversations?type=user&intercom_user_id={}", id(&lead));
    let (_, found) = bench.look(&of_lead).await;
    assert_eq!(found["conversations"][0]["user"], json!({ "type": "lead", "id": lead["id"] }));
    let join = json!({ "customer": { "intercom_user_id": user["id"] } });
    assert_eq!(bench.legacy(Method::POST, "/conversations/1/customers", Some(join)).await.0, 200);
    let path = format!("/conversations/1/customers/{}", id(&lead));
    assert_eq!(bench.legacy(Method::DELETE, &path, None).await.0, 200);
    assert_eq!(bench.look(&of_lead).await.1["total_count"], json!(0));
    assert_eq!(bench.look("/conversations?type=user&email=ann@acme.example").await.1["total_count"], json!(1));
    assert_eq!(bench.look("/counts?type=conversation").await.1["conversation"]["open"], json!(1));
}

#[tokio::test]
async fn customers_are_searched_with_both_roles() {
    let bench = Bench::new().await;
    bench.lead(json!({ "name": "Alice" })).await;
    bench.user(json!({ "user_id": "1", "name": "Alice" })).await;
    let query = json!({ "field": "name", "operator": "=", "value": "Alice" });
    let order =
        json!({ "query": query, "pagination": { "per_page": 1 }, "sort": { "field": "name", "order": "ascending" } });
    let (_, first) = bench.legacy(Method::POST, "/customers/search", Some(order)).await;
    assert_eq!((&first["type"], &first["customers"][0]["role"]), (&json!("customer.list"), &json!("lead")));
    let next = json!({ "per_page": 1, "starting_after": first["pages"]["next"]["starting_after"] });
    let order = json!({ "query": query, "pagination": next });
    let (_, second) = bench.legacy(Method::POST, "/customers/search", Some(order)).await;
    assert_eq!((&second["customers"][0]["role"], &second["pages"]["next"]), (&json!("user"), &json!(null)));
}

#[tokio::test]
async fn a_sign_of_life_is_kept() {
    let bench = Bench::new().await;
    let body = json!({ "user_id": "1", "new_session": true, "last_seen_ip": "192.0.2.7",
        "last_seen_user_agent": "Browser/1", "update_last_request_at": true, "owner_id": "991267001",
        "avatar": { "type": "avatar", "image_url": "https://acme.example/a.png" } });
    bench.user(body.clone()).await;
    let user = bench.user(body).await;
    assert_eq!((&user["session_count"], &user["last_seen_ip"]), (&json!(2), &json!("192.0.2.7")));
    assert_eq!((&user["last_request_at"], &user["owner_id"]), (&json!(START), &json!("991267001")));
    assert_eq!(user["avatar"]["image_url"], "https://acme.example/a.png");
}
