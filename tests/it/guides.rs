//! The transcripts of Intercom's guides on leads, users and visitors, done with one-contact commands, in both dialects.

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
fn a_lead_converted_into_user_1942_leaves_the_user_itself() {
    in_both_dialects(|story| {
        let user =
            story.made(&["user", "create", "--email", "al@oran.example", "--name", "Al", "--external-id", "1942"]);
        let seen = "last_request_at=2016-05-31T10:01:11Z";
        let lead = story.made(&["lead", "create", "--email", "m@oran.example", "--name", "Meursault", seen]);
        story.run(&["lead", "tag", &lead, "stranger", "--yes"]).ends_with(0);
        let ran = story.run(&["lead", "convert", &lead, "--into", "1942", "--yes"]).ends_with(0);
        ran.says(&["a note on the user keeps what the merge discards: email, name", "cannot be undone"]);
        let merged = story.one("user", "1942");
        for (field, value) in [
            ("id", Value::from(user.as_str())),
            ("external_id", "1942".into()),
            ("email", "al@oran.example".into()),
            ("name", "Al".into()),
            ("last_seen_at", 1_464_688_871.into()),
            ("tags", serde_json::json!(["stranger"])),
        ] {
            assert_eq!(merged[field], value, "{field}: {merged}");
        }
        story.run(&["lead", "find", &lead]).ends_with(1);
        let notes = story.json(&["user", "note", "1942"]);
        assert_eq!(
            notes["notes"][0]["text"],
            "leadfold kept these values from merged contacts:\nemail: m@oran.example\nname: Meursault"
        );
    });
}

#[test]
fn a_lead_becomes_a_new_user_and_keeps_its_id() {
    in_both_dialects(|story| {
        let lead = story.made(&["lead", "create", "--email", "winston@truth.example", "--name", "Winston"]);
        let converted = story.json(&["lead", "convert", &lead, "--user-id", "2001", "--yes"]);
        assert_eq!(converted["did"], "convert");
        let user = story.one("user", "2001");
        assert_eq!((user["id"].as_str(), user["role"].as_str()), (Some(lead.as_str()), Some("user")));
        assert_eq!((user["email"].as_str(), user["name"].as_str()), (Some("winston@truth.example"), Some("Winston")));

        // With an id that is taken, it is a merge that was meant
        let other = story.made(&["lead", "create", "--email", "julia@truth.example"]);
        story
            .run(&["lead", "convert", &other, "--external-id", "2001", "--yes"])
            .ends_with(2)
            .says(&["exists", "--into"]);
        let nameless = story.made(&["lead", "create", "--name", "Nobody"]);
        story
            .run(&["lead", "convert", &nameless, "--yes"])
            .ends_with(2)
            .says(&["a user needs --external-id or an e-mail"]);
    });
}

#[test]
fn a_duplicate_lead_is_deleted_by_its_id_only() {
    in_both_dialects(|story| {
        let keep = story.made(&["lead", "create", "--email", "socrates@agora.example"]);
        let twin = story.made(&["lead", "create", "--email", "socrates@agora.example"]);
        let ran = story.run(&["lead", "delete", "socrates@agora.example", "--yes"]).ends_with(2);
        ran.says(&[&keep, &twin, "2 leads match", "name the one you mean by its id"]);
        story.run(&["lead", "delete", &twin]).ends_with(2).says(&["nobody is here to confirm"]);
        assert_eq!(story.workspace.contacts().len(), 2);
        story.run(&["lead", "delete", &twin, "--yes"]).ends_with(0).says(&["deleted lead"]);
        assert_eq!(story.one("lead", "socrates@agora.example")["id"], keep.as_str());
        story
            .run(&["lead", "delete", "socrates@agora.example", "--yes"])
            .ends_with(2)
            .says(&["only with the contact's id"]);
    });
}

#[test]
fn a_contact_is_archived_and_brought_back() {
    in_both_dialects(|story| {
        let user = story.made(&["user", "create", "--external-id", "7", "--email", "al@oran.example"]);
        story.run(&["user", "archive", "7", "--yes"]).ends_with(0).says(&["unarchive"]);
        assert_eq!(story.workspace.contacts().len(), 0);
        let create = ["user", "create", "--external-id", "7", "--yes"];
        let unarchive = ["user", "unarchive", &user, "--yes"];
        if story.is_legacy() {
            // A write that names an archived user brings it back; its id does not, and an archived lead never comes back
            story.run(&unarchive).ends_with(1).says(&["1.4 of the API cannot bring a contact back by its id"]);
            story.run(&create).ends_with(0);
            let lead = story.made(&["lead", "create", "--email", "m@oran.example"]);
            story.run(&["lead", "archive", &lead, "--yes"]).ends_with(0);
            story.run(&["lead", "unarchive", &lead, "--yes"]).ends_with(1).says(&["1.4 of the API cannot bring"]);
        } else {
            story.run(&create).ends_with(1).says(&["leadfold user unarchive", &user]);
            story.run(&unarchive).ends_with(0);
        }
        let back = story.one("user", "7");
        assert_eq!((back["id"].as_str(), &back["archived"]), (Some(user.as_str()), &Value::from(false)));
        story.run(&["lead", "unarchive", &user, "--yes"]).ends_with(2).says(&["is a user, not a lead"]);
    });
}

#[test]
fn tags_and_notes_are_added_listed_and_taken_off() {
    in_both_dialects(|story| {
        story.made(&["user", "create", "--external-id", "7", "--email", "al@oran.example"]);
        story
            .run(&["user", "tag", "7", "blue", "VIP", "--yes"])
            .ends_with(0)
            .says(&["tags: VIP, blue", "new to the workspace"]);
        let writes = story.workspace.writes();
        story.run(&["user", "tag", "7", "vip", "--yes"]).ends_with(0).says(&["nothing to change"]);
        assert_eq!(story.workspace.writes(), writes);
        assert_eq!(story.json(&["user", "tag", "7", "--remove", "blue", "--yes"])["tags"], serde_json::json!(["VIP"]));
        story.run(&["user", "note", "al@oran.example", "Called about the plague", "--yes"]).ends_with(0);
        story.run(&["user", "note", "7"]).ends_with(0).says(&["Called about the plague"]);
    });
}

#[test]
fn companies_are_entered_listed_and_left() {
    in_both_dialects(|story| {
        story.made(&["user", "create", "--external-id", "7", "--email", "al@oran.example"]);
        let enter = ["user", "company", "7", "6=Intercom", "9=Test Company", "--yes"];
        story
            .run(&enter)
            .ends_with(0)
            .says(&["enter Intercom (6), which is new", "companies: Intercom (6), Test Company (9)"]);
        let writes = story.workspace.writes();
        story.run(&enter).ends_with(0).says(&["nothing to change"]);
        assert_eq!(story.workspace.writes(), writes);
        let listed = story.json(&["user", "company", "7"]);
        assert_eq!(listed["companies"].as_array().unwrap().len(), 2);
        let left = story.json(&["user", "company", "7", "--remove", "test company", "--yes"]);
        assert_eq!(
            (left["companies"].as_array().unwrap().len(), &left["companies"][0]["company_id"]),
            (1, &"6".into())
        );
        let lead = story.made(&["lead", "create", "--email", "m@oran.example"]);
        story.run(&["lead", "company", &lead, "intercom", "--yes"]).ends_with(0).says(&["companies: Intercom (6)"]);
        story
            .run(&["lead", "company", &lead, "Nobody Ltd", "--yes"])
            .ends_with(2)
            .says(&["no company is called 'Nobody Ltd'"]);
        story.run(&["lead", "company", &lead, "6=Intercom Inc", "--yes"]).ends_with(0).says(&["now called Intercom"]);
    });
}

#[test]
fn a_contact_is_blocked_by_its_id_only() {
    in_both_dialects(|story| {
        let lead = story.made(&["lead", "create", "--email", "spam@oran.example"]);
        story.run(&["lead", "block", "spam@oran.example", "--yes"]).ends_with(2).says(&["cannot be undone", &lead]);
        story.run(&["lead", "block", &lead]).ends_with(2).says(&["nobody is here to confirm"]);
        let block = ["lead", "block", &lead, "--yes"];
        if story.is_legacy() {
            story.run(&block).ends_with(1).says(&["version 1.4 of the API cannot block a contact"]);
        } else {
            story.run(&block).ends_with(0).says(&["blocked lead"]);
            assert_eq!(story.workspace.contacts().len(), 0);
            story.run(&["lead", "unarchive", &lead, "--yes"]).ends_with(1).says(&["cannot come back"]);
        }
    });
}

#[test]
fn what_was_merged_into_a_user_is_told_from_2_16_on() {
    let story = |api| Story { desk: Desk::new(), workspace: Workspace::empty(), api };
    let newer = story("2.16");
    newer.made(&["user", "create", "--external-id", "1942", "--email", "al@oran.example"]);
    newer.run(&["user", "history", "1942"]).ends_with(0).says(&["nothing was merged into"]);
    let lead = newer.made(&["lead", "create", "--email", "al@oran.example"]);
    newer.run(&["lead", "merge", &lead, "--into", "1942", "--yes"]).ends_with(0);
    newer.run(&["user", "history", "1942"]).ends_with(0).says(&[&format!("lead {lead}")]);
    assert_eq!(newer.json(&["user", "history", "1942"])["merged"][0]["id"], lead.as_str());
    newer.run(&["lead", "find", &lead]).ends_with(1).says(&["was merged into"]);
    for api in ["2.14", "1.4"] {
        let older = story(api);
        older.made(&["user", "create", "--external-id", "1942"]);
        older.run(&["user", "history", "1942"]).ends_with(1).says(&["cannot tell what was merged", "--api"]);
    }
}

#[test]
fn nobody_to_ask_means_nothing_is_written() {
    in_both_dialects(|story| {
        let lead = story.made(&["lead", "create", "--email", "plato@agora.example"]);
        let writes = story.workspace.writes();
        for arguments in [
            &["lead", "create", "--email", "x@agora.example"][..],
            &["lead", "update", &lead, "name=Plato"],
            &["lead", "archive", &lead],
            &["lead", "tag", &lead, "blue"],
            &["lead", "note", &lead, "text"],
            &["lead", "convert", &lead],
        ] {
            story.run(arguments).ends_with(2).says(&["nobody is here to confirm"]);
        }
        assert_eq!(story.workspace.writes(), writes);
    });
}

#[test]
fn roles_are_checked_on_both_sides() {
    in_both_dialects(|story| {
        let lead = story.made(&["lead", "create", "--email", "m@oran.example"]);
        let other = story.made(&["lead", "create", "--email", "n@oran.example"]);
        story.made(&["user", "create", "--external-id", "1", "--email", "al@oran.example"]);
        story.made(&["user", "create", "--external-id", "2", "--email", "bo@oran.example"]);
        story.run(&["lead", "merge", &lead, "--into", &other, "--yes"]).ends_with(2).says(&["is a lead, not a user"]);
        story.run(&["lead", "merge", "1", "--into", "2", "--yes"]).ends_with(2).says(&["is a user, not a lead"]);
        story.run(&["user", "merge", "1", "--into", "2", "--yes"]).ends_with(2).says(&["not users into users"]);
        story.run(&["lead", "merge", &lead, "--into", "3", "--yes"]).ends_with(1).says(&["no user matches '3'"]);
        story.run(&["user", "convert", "1", "--yes"]).ends_with(2).says(&["never becomes a lead again"]);
        assert_eq!(story.workspace.contacts().len(), 4);
    });
}

#[test]
fn an_opt_out_of_the_lead_wins() {
    in_both_dialects(|story| {
        story.made(&["user", "create", "--external-id", "1", "--email", "al@oran.example"]);
        let lead = story.made(&["lead", "create", "--email", "al@oran.example", "unsubscribed_from_emails=true"]);
        story.run(&["lead", "merge", &lead, "--into", "1", "--yes"]).ends_with(0).says(&["will be unsubscribed too"]);
        assert_eq!(story.one("user", "1")["unsubscribed_from_emails"], true);
    });
}

#[test]
fn a_merge_and_a_note_whose_answers_are_lost_are_looked_up_and_not_sent_twice() {
    in_both_dialects(|story| {
        use leadfold::sandbox::{Fault, FaultRule, Faults, When};
        let lost = |path: &str, on: u64| Faults {
            rules: vec![FaultRule {
                method: Some("POST".into()),
                path: Some(path.into()),
                on: Some(on),
                ..FaultRule::always(Fault::Drop { when: When::AfterCommit })
            }],
            ..Faults::default()
        };
        let user = story.made(&["user", "create", "--external-id", "1", "--email", "al@oran.example"]);
        let lead = story.made(&["lead", "create", "--email", "al@oran.example"]);
        let merge = if story.is_legacy() { "/contacts/convert" } else { "/contacts/merge" };
        story.workspace.set_faults(lost(merge, 1));
        story.run(&["lead", "merge", &lead, "--into", "1", "--yes"]).ends_with(0).says(&["the answer was lost"]);
        let notes = if story.is_legacy() { "/notes".to_owned() } else { format!("/contacts/{user}/notes") };
        story.workspace.set_faults(lost(&notes, 1));
        story.run(&["user", "note", "1", "Once", "--yes"]).ends_with(0).says(&["the answer was lost"]);
        assert_eq!(story.json(&["user", "note", "1"])["count"], 1);
        // In 2.x the first of these requests is the search for others with the address
        story.workspace.set_faults(lost("/contacts", if story.is_legacy() { 1 } else { 2 }));
        story
            .run(&["lead", "create", "--email", "new@oran.example", "--yes"])
            .ends_with(6)
            .says(&["may have been created"]);
    });
}

#[test]
fn what_is_overwritten_is_in_the_diary_first() {
    in_both_dialects(|story| {
        let lead = story.made(&["lead", "create", "--email", "plato@agora.example", "--name", "Aristocles"]);
        story.run(&["lead", "update", &lead, "name=Plato", "--yes"]).ends_with(0);
        let diary = story.desk.at(".local/state/leadfold/contacts/sandbox1.jsonl");
        let text = std::fs::read_to_string(&diary).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let update = lines.iter().position(|line| line["about_to"] == "update").unwrap();
        assert_eq!(lines[update]["before"][0]["name"], "Aristocles");
        assert_eq!((&lines[update + 1]["did"], &lines[update + 1]["outcome"]), (&"update".into(), &"done".into()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&diary).unwrap().permissions().mode() & 0o777, 0o600);
        }
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
fn a_visitor_becomes_a_lead() {
    in_both_dialects(|story| {
        let visitor = story.workspace.visitor(&serde_json::json!({"name": "Blue Rocket"}));
        story.run(&["visitor", "find", &visitor]).ends_with(0).says(&["Blue Rocket", &visitor]);
        let lead = story.made(&["visitor", "convert", &visitor, "--to", "lead"]);
        assert_eq!(story.one("lead", &lead)["role"], "lead");
        story.run(&["visitor", "find", &visitor]).ends_with(1).says(&["no visitor"]);
    });
}

#[test]
fn a_visitor_becomes_a_user_or_part_of_one() {
    in_both_dialects(|story| {
        let visit = || story.workspace.visitor(&serde_json::json!({}));
        let new = story.made(&["visitor", "convert", &visit(), "--to", "user", "--email", "al@oran.example"]);
        let user = story.one("user", "al@oran.example");
        assert_eq!((user["id"].as_str(), user["role"].as_str()), (Some(new.as_str()), Some("user")));

        let known = story.made(&["user", "create", "--external-id", "1942", "--email", "bo@oran.example"]);
        assert_eq!(story.made(&["visitor", "convert", &visit(), "--into", "1942"]), known);
        assert_eq!(story.workspace.contacts().len(), 2);

        let third = visit();
        let taken = ["visitor", "convert", &third, "--to", "user", "--external-id", "1942", "--yes"];
        story.run(&taken).ends_with(2).says(&["exists", "--into"]);
        story.run(&["visitor", "convert", &third, "--to", "user", "--yes"]).ends_with(2).says(&["a user needs"]);
        story.run(&["visitor", "convert", &third, "--to", "lead"]).ends_with(2).says(&["nobody is here to confirm"]);
        story.run(&["visitor", "find", &third]).ends_with(0);
    });
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
fn a_lead_is_archived() {
    in_both_dialects(|story| {
        let lead = story.made(&["lead", "create", "--email", "plato@agora.example"]);
        story.run(&["lead", "archive", "plato@agora.example", "--yes"]).ends_with(0).says(&["archived lead", &lead]);
        assert_eq!(story.json(&["lead", "find"])["count"], 0);
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
