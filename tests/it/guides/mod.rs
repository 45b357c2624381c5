//! The transcripts of Intercom's guides on leads, users and visitors, done with one-contact commands, in both dialects.

mod merging;
mod removing;

use serde_json::Value;

use crate::support::{Desk, Ran};
use crate::workspace::Workspace;

/// A desk beside a workspace.
struct Story {
    desk: Desk,
    workspace: Workspace,
    api: &'static str,
}

/// Tells a story in an empty workspace of each dialect.
fn in_both_dialects(tell: impl Fn(&Story)) {
    for api in ["2.14", "1.4"] {
        tell(&Story { desk: Desk::new(), workspace: Workspace::empty(), api });
    }
}

impl Story {
    fn run(&self, arguments: &[&str]) -> Ran {
        self.desk.run_on(&self.workspace.url(), &[arguments, &["--api", self.api]].concat())
    }

    /// Whether users and leads have calls of their own.
    fn is_legacy(&self) -> bool {
        self.api == "1.4"
    }

    /// Runs a command that must succeed and gives its JSON.
    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let mut arguments = arguments.to_vec();
        arguments.push("--json");
        serde_json::from_str(&self.run(&arguments).ends_with(0).out).unwrap()
    }

    /// Makes a contact and gives its id.
    #[track_caller]
    fn made(&self, arguments: &[&str]) -> String {
        let mut arguments = arguments.to_vec();
        arguments.push("--yes");
        self.json(&arguments)["contact"]["id"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    fn one(&self, noun: &str, who: &str) -> Value {
        let found = self.json(&[noun, "find", who]);
        assert_eq!(found["count"], 1, "{found}");
        found["contacts"][0].clone()
    }
}

fn ids(found: &Value) -> Vec<&str> {
    found["contacts"].as_array().unwrap().iter().map(|contact| contact["id"].as_str().unwrap()).collect()
}

#[test]
fn two_leads_are_created_and_listed() {
    in_both_dialects(|story| {
        let first = story.made(&["lead", "create", "--email", "plato@agora.example"]);
        let second = story.made(&["lead", "create", "--email", "socrates@agora.example", "--name", "Socrates"]);
        story.made(&["user", "create", "--external-id", "1", "--email", "aspasia@agora.example"]);
        let listed = story.json(&["lead", "find"]);
        assert_eq!((listed["schema"].as_str(), listed["count"].as_u64()), (Some("leadfold.contacts/1"), Some(2)));
        assert_eq!(ids(&listed), [first.as_str(), second.as_str()]);
        let text = story.run(&["lead", "find"]).ends_with(0).out;
        let line = format!("lead {second}  email socrates@agora.example  name Socrates  external id ");
        assert!(text.lines().nth(1).unwrap().starts_with(&line), "{text}");
    });
}

/// The request of the reference: a phone number, an address and a name; the browser is a value of its own in 1.x.
#[test]
fn a_lead_is_created_with_what_the_reference_sends() {
    in_both_dialects(|story| {
        let values = ["--phone", "123987456", "--email", "winstonsmith@truth.example", "--name", "Winston Smith"];
        let lead = story.made(&[&["lead", "create"], &values[..]].concat());
        let held = story.one("lead", &lead);
        assert_eq!((&held["phone"], &held["name"]), (&"123987456".into(), &"Winston Smith".into()));
        let browser = ["lead", "update", &lead, "last_seen_user_agent=Mozilla/5.0", "--yes"];
        let signed_up = ["lead", "update", &lead, "signed_up_at=2016-05-31", "--yes"];
        if story.is_legacy() {
            story.run(&browser).ends_with(0).says(&["- → Mozilla/5.0"]);
            story.run(&browser).ends_with(0).says(&["nothing to change"]);
            story.run(&signed_up).ends_with(2).says(&["keeps it for users only"]);
        } else {
            story.run(&browser).ends_with(2).says(&["2.14 of the API does not take it"]);
            story.run(&signed_up).ends_with(0);
        }
    });
}

#[test]
fn a_contact_is_found_by_id_external_id_address_and_number_and_every_match_is_listed() {
    in_both_dialects(|story| {
        let lead = story.made(&["lead", "create", "--email", "socrates@agora.example", "--phone", "+44 1632 960123"]);
        let twin = story.made(&["lead", "create", "--email", "Socrates@agora.example"]);
        let user = story.made(&["user", "create", "--external-id", "1942", "--email", "socrates@agora.example"]);
        assert_eq!(story.one("lead", &lead)["email"], "socrates@agora.example");
        assert_eq!(story.one("user", "1942")["id"], user.as_str());
        assert_eq!(story.one("lead", "+44 (1632) 960123")["id"], lead.as_str());
        let by_email = story.json(&["lead", "find", "socrates@agora.example"]);
        assert_eq!(ids(&by_email), [lead.as_str(), twin.as_str()]);
        story
            .run(&["lead", "find", "socrates@agora.example"])
            .ends_with(0)
            .says(&["1 of the other kind", "leadfold user find"]);
    });
}

#[test]
fn somebody_who_is_not_there_is_not_found() {
    in_both_dialects(|story| {
        let ran = story.run(&["lead", "find", "06e7fff5-d9f9-4d16-be87-9a5fbe8d519dXXX"]).ends_with(1);
        assert_eq!(
            ran.err,
            "error: no lead matches '06e7fff5-d9f9-4d16-be87-9a5fbe8d519dXXX' (asked by id, external id, e-mail address and \
             phone number); search can lag minutes behind\n"
        );
        let empty: Value =
            serde_json::from_str(&story.run(&["user", "find", "nobody", "--json"]).ends_with(1).out).unwrap();
        assert_eq!(empty["count"], 0);
        story.run(&["lead", "update", "nobody@agora.example", "name=X", "--yes"]).ends_with(1);
    });
}

#[test]
fn a_lead_is_renamed_and_gets_a_new_custom_attribute() {
    in_both_dialects(|story| {
        let lead = story.made(&["lead", "create", "--email", "plato@agora.example"]);
        story.run(&["lead", "update", &lead, "name=Plato", "--yes"]).ends_with(0).says(&["name", "- → Plato"]);
        assert_eq!(story.one("lead", &lead)["name"], "Plato");

        // An attribute nobody made is refused, and made when asked for
        let unknown = ["lead", "update", &lead, "Published=The Republic", "--yes"];
        let writes = story.workspace.writes();
        story.run(&unknown).ends_with(2).says(&["'Published' is neither a standard attribute nor a custom one"]);
        assert_eq!(story.workspace.writes(), writes, "nothing is sent for a value that is refused");
        story
            .run(&[&unknown[..], &["--create-attributes"]].concat())
            .ends_with(0)
            .says(&["create the custom attribute Published"]);
        assert_eq!(story.one("lead", &lead)["custom_attributes"], serde_json::json!({"Published": "The Republic"}));
        story.run(&["lead", "update", &lead, "Publishd=x", "--yes"]).ends_with(2).says(&["did you mean Published?"]);

        // Twice changes nothing
        let writes = story.workspace.writes();
        story.run(&unknown).ends_with(0).says(&["nothing to change"]);
        assert_eq!(story.workspace.writes(), writes);
    });
}

#[test]
fn a_lead_is_found_by_its_automatic_user_id() {
    let story = Story { desk: Desk::new(), workspace: Workspace::empty(), api: "1.4" };
    let lead = story.made(&["lead", "create", "--email", "plato@agora.example"]);
    let user_id = story.one("lead", &lead)["external_id"].as_str().unwrap().to_owned();
    assert_eq!(user_id.len(), 36, "{user_id}");
    assert_eq!(story.one("lead", &user_id)["id"], lead.as_str());
}

#[test]
fn a_lead_has_no_id_of_your_choice() {
    in_both_dialects(|story| {
        let arguments = ["lead", "create", "--email", "plato@agora.example", "--external-id", "7", "--yes"];
        story.run(&arguments).ends_with(2).says(&["a lead has no external id of its own"]);
        assert_eq!(story.workspace.contacts().len(), 0);
    });
}

#[test]
fn several_users_with_one_address_are_all_listed() {
    in_both_dialects(|story| {
        let create = |id: &str| story.made(&["user", "create", "--external-id", id, "--email", "al@oran.example"]);
        let mut both = vec![create("1"), create("2")];
        both.sort();
        let found = story.json(&["user", "find", "al@oran.example"]);
        let mut listed = ids(&found);
        listed.sort_unstable();
        assert_eq!(listed, both);
        story.run(&["user", "tag", "al@oran.example", "blue", "--yes"]).ends_with(2).says(&["2 users match"]);
    });
}

#[test]
fn users_are_created_listed_and_deleted_for_good() {
    in_both_dialects(|story| {
        let create =
            ["user", "create", "--email", "bob@smith.example", "--name", "Bob Smith", "signed_up_at=2016-05-31"];
        let bob = story.made(&create);
        story.made(&["user", "create", "--external-id", "1", "--email", "al@oran.example"]);
        assert_eq!(story.json(&["user", "find"])["count"], 2);
        let update = |assignments: &[&str]| {
            story.json(&[&["user", "update", &bob, "--yes", "--create-attributes"], assignments].concat())["contact"]
                .clone()
        };
        assert_eq!(update(&["average_monthly_spend=1234.56"])["custom_attributes"]["average_monthly_spend"], "1234.56");
        let bob_now = story.one("user", "bob@smith.example");
        assert_eq!((&bob_now["signed_up_at"], &bob_now["name"]), (&1_464_652_800.into(), &"Bob Smith".into()));
        story.run(&["user", "delete", &bob, "--yes"]).ends_with(0);
        assert_eq!(story.json(&["user", "find"])["count"], 1);
    });
}

#[test]
fn numbers_are_counted_up_and_down() {
    for api in ["2.14", "1.4"] {
        let workspace = Workspace::seeded("role,external_id,karma\nuser,1,5\nuser,2,\n");
        let story = Story { desk: Desk::new(), workspace, api };
        let karma = |who: &str, step: &str| {
            story.json(&["user", "update", who, step, "--yes"])["contact"]["custom_attributes"]["karma"].clone()
        };
        assert_eq!((karma("1", "karma+=1"), karma("1", "karma-=5")), (6.into(), 1.into()));
        assert_eq!(karma("2", "karma+=3"), 3);
        story.run(&["user", "update", "1", "karma+=much", "--yes"]).ends_with(2).says(&["only a number can be added"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lead_does_not_want_its_user_does_not_get() {
    use leadfold::intercom::{ContactPatch, ReadWorkspace as _, WriteWorkspace as _};
    let running = crate::intercom_client::sandbox(|options| options.limit_per_window = 1_000_000).await;
    let client = crate::intercom_client::client_of(&running, "2.14");
    let patch =
        |values: Value| ContactPatch { standard: values.as_object().unwrap().clone(), ..ContactPatch::default() };
    let user = client.create(&patch(serde_json::json!({"external_id": "1"}))).await.unwrap().id;
    let lead = client.create(&patch(serde_json::json!({"role": "lead"}))).await.unwrap().id;
    client.opt_out(&lead, "92").await.unwrap();
    assert!(client.subscriptions(&user).await.unwrap().is_empty());
    let desk = Desk::new();
    let mut merge = desk.on(&running.url(), &["lead", "merge", &lead.0, "--into", "1", "--yes"]);
    let ran = merge.env("INTERCOM_ACCESS_TOKEN", "good-token").output().unwrap();
    let said = String::from_utf8(ran.stderr).unwrap();
    assert!(ran.status.success(), "{said}");
    assert!(said.contains("will not get what the lead does not want: Product news"), "{said}");
    let chosen = client.subscriptions(&user).await.unwrap();
    assert_eq!((chosen.len(), chosen[0].id.as_str(), chosen[0].opted_out), (1, "92", true));
}
