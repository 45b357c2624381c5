//! What is hung on contacts and taken off, and contacts that go: nothing happens without a yes.

use serde_json::Value;

use super::in_both_dialects;

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
fn a_lead_is_archived() {
    in_both_dialects(|story| {
        let lead = story.made(&["lead", "create", "--email", "plato@agora.example"]);
        story.run(&["lead", "archive", "plato@agora.example", "--yes"]).ends_with(0).says(&["archived lead", &lead]);
        assert_eq!(story.json(&["lead", "find"])["count"], 0);
    });
}
