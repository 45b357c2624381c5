//! What the guides do beside people, with `leadfold api`: teammates, companies, segments, conversations, messages, events,
//! counts, webhooks, jobs. And the command's own manners.

mod talking;

use serde_json::{Value, json};

use crate::errors::redacted;
use crate::support::{Desk, Ran};
use crate::workspace::Workspace;

/// The teammate of the sandbox who owns every token.
const ADA: &str = "991267001";

struct Caller {
    desk: Desk,
    workspace: Workspace,
    version: &'static str,
    user: String,
    lead: String,
}

/// Tells a story in a workspace of each dialect that holds the user 42, ann@acme.example, and a lead.
fn in_both_dialects(tell: impl Fn(&Caller)) {
    for version in ["2.14", "1.4"] {
        tell(&Caller::new(version));
    }
}

impl Caller {
    fn new(version: &'static str) -> Self {
        let seed = "id,role,external_id,email,name\n\
                    0000000000000000000000aa,user,42,ann@acme.example,Ann\n\
                    0000000000000000000000bb,lead,,bo@acme.example,Bo\n";
        Self {
            desk: Desk::new(),
            workspace: Workspace::seeded(seed),
            version,
            user: "0000000000000000000000aa".to_owned(),
            lead: "0000000000000000000000bb".to_owned(),
        }
    }

    fn is_legacy(&self) -> bool {
        self.version == "1.4"
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        let arguments = [&["api"], arguments, &["--api", self.version]].concat();
        self.desk.run_on(&self.workspace.url(), &arguments)
    }

    /// A call that must succeed: its answer.
    #[track_caller]
    fn ask(&self, arguments: &[&str]) -> Value {
        let ran = self.run(&[arguments, &["--yes"]].concat()).ends_with(0);
        serde_json::from_str(&ran.out).unwrap_or_default()
    }

    /// Starts a conversation and gives its id.
    fn talk(&self, contact: &str) -> String {
        self.workspace.converse(&json!({ "contacts": [contact], "body": "Hello" }));
        let conversations = self.workspace.state()["conversations"].as_array().unwrap().clone();
        conversations.last().unwrap()["id"].as_str().unwrap().to_owned()
    }
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

#[test]
fn teammates_and_teams_are_listed_and_found_by_id() {
    in_both_dialects(|caller| {
        assert_eq!(caller.ask(&["GET", "/me"])["id"], ADA);
        let admins = caller.ask(&["GET", "/admins", "--all"]);
        assert_eq!(ids(&admins["admins"])[0], ADA);
        assert_eq!(caller.ask(&["GET", &format!("/admins/{ADA}")])["name"], "Ada Sandbox");
        assert_eq!(ids(&caller.ask(&["GET", "/teams", "--all"])["teams"]), ["814860", "814865"]);
        assert_eq!(caller.ask(&["GET", "/teams/814865"])["name"], "Sales");
        caller.run(&["GET", "/admins/1"]).ends_with(1).says(&["there is no such teammate", "404 admin_not_found"]);
    });
}

#[test]
fn companies_are_saved_with_attributes_found_listed_scrolled_and_tagged() {
    in_both_dialects(|caller| {
        if !caller.is_legacy() {
            let attribute = ["POST", "/data_attributes", "name=referral_source", "model=company", "data_type=string"];
            caller.ask(&attribute);
        }
        let save = ["POST", "/companies", "company_id=6", "name=Intercom", "custom_attributes[referral_source]=Google"];
        let made = caller.ask(&save);
        let id = made["id"].as_str().unwrap();
        assert_eq!(made["custom_attributes"], json!({ "referral_source": "Google" }));
        for path in
            ["/companies?company_id=6".to_owned(), "/companies?name=Intercom".to_owned(), format!("/companies/{id}")]
        {
            assert_eq!(caller.ask(&["GET", &path])["id"], id, "{path}");
        }
        let renamed = caller.ask(&["POST", "/companies", "company_id=6", "name=Updated company name"]);
        assert_eq!((&renamed["id"], &renamed["name"]), (&json!(id), &json!("Updated company name")));
        for number in 7..80 {
            caller.ask(&["POST", "/companies", &format!("company_id={number}"), &format!("name=Company {number}")]);
            if number == 9 && !caller.is_legacy() {
                break;
            }
        }
        let names = if caller.is_legacy() { "companies" } else { "data" };
        let expected = if caller.is_legacy() { 74 } else { 4 };
        let list = if caller.is_legacy() { ["GET", "/companies"] } else { ["POST", "/companies/list"] };
        for list in [list, ["GET", "/companies/scroll"]] {
            let all = caller.ask(&[&list[..], &["--all"]].concat());
            let all = all.get(names).or_else(|| all.get("data")).unwrap();
            assert_eq!(all.as_array().unwrap().len(), expected, "{list:?}");
        }
        let tag = caller.ask(&["POST", "/tags", "name=blue", "companies[][company_id]=6"]);
        assert_eq!(tag["name"], "blue");
        let company = caller.ask(&["GET", &format!("/companies/{id}")]);
        assert!(company["tags"].to_string().contains("blue"), "{company}");

        caller
            .desk
            .run_on(&caller.workspace.url(), &["user", "company", "42", "6", "--yes", "--api", caller.version])
            .ends_with(0);
        let by_id =
            if caller.is_legacy() { format!("/companies/{id}/users") } else { format!("/companies/{id}/contacts") };
        let of_company = caller.ask(&["GET", &by_id, "--all"]);
        let members = of_company.get("users").or_else(|| of_company.get("data")).unwrap();
        assert_eq!(ids(members), [caller.user.as_str()]);
        if caller.is_legacy() {
            let by_company_id = caller.ask(&["GET", "/companies", "company_id=6", "type=user", "--all"]);
            assert_eq!(ids(&by_company_id["users"]), [caller.user.as_str()]);
        }
    });
}

#[test]
fn segments_are_listed_and_found_and_those_in_them_counted() {
    in_both_dialects(|caller| {
        let segment = caller.workspace.segment(&json!({ "name": "Active", "contacts": [caller.user] }));
        let listed = caller.ask(&["GET", "/segments", "include_count=true", "--all"]);
        assert_eq!((&listed["segments"][0]["name"], &listed["segments"][0]["count"]), (&json!("Active"), &json!(1)));
        assert_eq!(caller.ask(&["GET", &format!("/segments/{segment}")])["id"], segment.as_str());
        if caller.is_legacy() {
            let counts = caller.ask(&["GET", "/counts", "type=user", "count=segment"]);
            assert_eq!(counts["user"]["segment"], json!([{ "Active": 1 }]));
            let users = caller.ask(&["GET", "/users", &format!("segment_id={segment}"), "--all"]);
            assert_eq!(ids(&users["users"]), [caller.user.as_str()]);
        } else {
            let of_one = caller.ask(&["GET", &format!("/contacts/{}/segments", caller.user)]);
            assert_eq!(ids(&of_one["data"]), [segment.as_str()]);
        }
    });
}

#[test]
fn everybody_is_counted() {
    let caller = Caller::new("1.4");
    let counts = caller.ask(&["GET", "/counts"]);
    assert_eq!((&counts["user"]["count"], &counts["lead"]["count"]), (&json!(1), &json!(1)));
    caller.ask(&["POST", "/tags", "name=blue", "users[][user_id]=42"]);
    assert_eq!(caller.ask(&["GET", "/counts?type=user&count=tag"])["user"]["tag"], json!([{ "blue": 1 }]));
    let caller = Caller::new("2.14");
    let of_role = |role: &str| {
        let value = format!("query[value]={role}");
        caller.ask(&["POST", "/contacts/search", "query[field]=role", "query[operator]==", &value])["total_count"]
            .clone()
    };
    assert_eq!((of_role("user"), of_role("lead")), (json!(1), json!(1)));
}

#[test]
fn a_note_is_found_by_its_id() {
    in_both_dialects(|caller| {
        let url = caller.workspace.url();
        let note = ["user", "note", "42", "Text for the note", "--yes", "--api", caller.version];
        caller.desk.run_on(&url, &note).ends_with(0);
        let listed =
            caller.desk.run_on(&url, &["user", "note", "42", "--json", "--api", caller.version]).ends_with(0).out;
        let listed: Value = serde_json::from_str(&listed).unwrap();
        let id = listed["notes"][0]["id"].as_str().unwrap();
        assert_eq!(caller.ask(&["GET", &format!("/notes/{id}")])["body"], "<p>Text for the note</p>");
    });
}

#[test]
fn people_are_searched_with_any_query() {
    in_both_dialects(|caller| {
        let path = if caller.is_legacy() { "/customers/search" } else { "/contacts/search" };
        let query = r#"{"query":{"field":"name","operator":"=","value":"Ann"},"pagination":{"per_page":50},
                        "sort":{"field":"name","order":"ascending"}}"#;
        caller.desk.file("query.json", query);
        let found = caller.ask(&["POST", path, "--input", "query.json", "--all"]);
        let found = found.get("customers").or_else(|| found.get("data")).unwrap();
        assert_eq!(ids(found), [caller.user.as_str()]);
        assert_eq!(caller.workspace.writes(), 0, "a search is no write");
    });
}

#[test]
fn users_are_listed_by_age_in_pages_of_a_chosen_size() {
    let caller = Caller::new("1.4");
    let page = caller.ask(&["GET", "/users", "created_since=2", "page=1", "per_page=10", "order=asc"]);
    assert_eq!((ids(&page["users"]), &page["pages"]["per_page"]), (vec![caller.user.as_str()], &json!(10)));
    let caller = Caller::new("2.14");
    let page = caller.ask(&["GET", "/contacts", "per_page=1"]);
    assert_eq!((ids(&page["data"]).len(), &page["pages"]["total_pages"]), (1, &json!(2)));
    let since =
        ["POST", "/contacts/search", "query[field]=created_at", "query[operator]=>", "query[value]:=1500000000"];
    assert_eq!(caller.ask(&since)["total_count"], 2);
}

#[test]
fn webhooks_of_the_legacy_dialect_are_made_found_listed_and_deleted() {
    let caller = Caller::new("1.4");
    let made = caller.ask(&["POST", "/subscriptions", "url=http://example.com", "topics[]=user.created"]);
    let path = format!("/subscriptions/{}", made["id"].as_str().unwrap());
    assert_eq!(caller.ask(&["GET", &path])["topics"], json!(["user.created"]));
    assert_eq!(caller.ask(&["GET", "/subscriptions"])["items"].as_array().unwrap().len(), 1);
    caller.ask(&["DELETE", &path]);
    caller.run(&["GET", &path]).ends_with(1).says(&["it is not there"]);
    // The diary keeps what was deleted
    let diary = caller.desk.read(".local/state/leadfold/contacts/sandbox1.jsonl");
    assert!(
        diary.lines().any(|line| line.contains("DELETE /subscriptions") && line.contains("http://example.com")),
        "{diary}"
    );
}

#[test]
fn a_job_of_the_legacy_dialect_is_looked_at() {
    let caller = Caller::new("1.4");
    let items = json!({ "items": [{ "method": "post", "data_type": "user", "data": { "user_id": "43" } }] });
    let (_, job) = caller.workspace.api("1.4", "POST", "/bulk/users", &items);
    let path = format!("/jobs/{}", job["id"].as_str().unwrap());
    assert_eq!(caller.ask(&["GET", &path])["state"], "completed");
    assert_eq!(caller.ask(&["GET", &format!("{path}/error")])["items"], json!([]));
}

#[test]
fn people_are_not_written_and_nothing_is_written_unasked() {
    in_both_dialects(|caller| {
        for call in [
            &["POST", "/contacts", "email=x@acme.example"][..],
            &["DELETE", &format!("/contacts/{}", caller.lead)],
            &["PUT", "/users/1", "name=X"],
            &["POST", "/visitors/convert"],
            &["POST", "/bulk/users", "items[][method]=post"],
        ] {
            let ran = caller.run(&[call, &["--yes"]].concat()).ends_with(2);
            ran.says(&["leadfold lead, user and visitor", "nothing was sent"]);
        }
        let tag = ["POST", "/tags", "name=blue"];
        caller.run(&tag).ends_with(2).says(&["POST /tags", "\"name\": \"blue\"", "nobody is here to confirm"]);
        assert_eq!(caller.workspace.writes(), 0);
        caller.run(&["POST", "/tags", "name", "--yes"]).ends_with(2).says(&["NAME=TEXT"]);
        caller.run(&["GET", "https://api.intercom.io/tags"]).ends_with(2).says(&["--api-url"]);
        let ran = caller.run(&["GET", "/tags", "--json"]).ends_with(0);
        let document: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((&document["schema"], &document["call"]), (&json!("leadfold.answer/1"), &json!("GET /tags")));
    });
}

/// The two errors that only the legacy dialect has, provoked by what really causes them.
#[test]
fn the_wall_and_a_second_scroll_say_what_they_mean() {
    let caller = Caller::new("1.4");
    let wall = caller.run(&["GET", "/users", "page=201", "per_page=50"]).ends_with(1);
    insta::assert_snapshot!(redacted(&wall.err), @r"
    error: the request was not accepted: page limit reached, please use scroll API (400 bad_request, request …); lists end at 10,000 records: read on by scrolling, as leadfold pull does
    ");
    caller.ask(&["GET", "/users/scroll"]);
    let second = caller.run(&["GET", "/contacts/scroll"]).ends_with(1);
    insta::assert_snapshot!(redacted(&second.err), @r"
    error: another scroll is open in this workspace, and there can be one only: scroll already exists for this app (400 scroll_exists, request …); wait a minute: a scroll nobody uses is closed by then
    ");
}

#[test]
fn an_area_the_plan_leaves_out_is_said_to_be_so() {
    use leadfold::sandbox::{Fault, FaultRule, Faults};
    in_both_dialects(|caller| {
        let refusal = Fault::Refusal {
            status: 403,
            code: "api_plan_restricted".into(),
            message: "Active subscription needed.".into(),
        };
        let rule = FaultRule { path: Some("/conversations".into()), ..FaultRule::always(refusal) };
        caller.workspace.set_faults(Faults { rules: vec![rule], ..Faults::default() });
        let ran = caller.run(&["GET", "/conversations"]).ends_with(8);
        ran.says(&["the workspace's plan does not include this", "leave it out, or change the plan in Intercom"]);
    });
}
