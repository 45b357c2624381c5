//! Leads and visitors that become users, or part of one.

use serde_json::Value;

use super::{Story, in_both_dialects};
use crate::support::Desk;
use crate::workspace::Workspace;

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
