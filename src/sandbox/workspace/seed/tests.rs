//! Seeding from the kinds of file people have.

use serde_json::json;

use super::SeedSummary;
use crate::sandbox::workspace::Workspace;
use crate::sandbox::workspace::contact::Role;
use crate::sandbox::workspace::page::Cursor;
use crate::sandbox::workspace::roster::{Among, Roster, RosterSort};
use crate::sandbox::workspace::testing::{MIDNIGHT, at, workspace};

#[test]
fn known_columns_become_fields_and_the_others_typed_attributes() {
    let mut workspace = workspace();
    let file = "id,Role,External ID,Email,Name,Phone,Company,Tags,Created at,last_seen_at,Seats,Beta,Plan\n\
        6515527675942a92ba0a9e3d,lead,,ann@acme.example,Ann Lee,+44 1,\"Acme, Ltd; Roe\",a;b,2023-09-28 10:16:22,\
        1700000000,5,true,Pro\n\
        ,user,u1,bob@acme.example,Bob,,Acme,b,2024-01-01T00:00:00Z,,10,false,7\n";
    let summary = workspace.seed_csv(at(0), file.as_bytes(), None).unwrap();
    assert_eq!(summary, SeedSummary { contacts: 2, ..SeedSummary::default() });
    let ann = workspace.contact("6515527675942a92ba0a9e3d").unwrap();
    assert_eq!((ann.role, ann.created_at, ann.last_seen_at), (Role::Lead, 1_695_896_182, Some(1_700_000_000)));
    assert_eq!((ann.tags.len(), ann.companies.len(), ann.phone.as_deref()), (2, 2, Some("+441")));
    assert_eq!(json!(ann.custom_attributes), json!({ "Beta": true, "Plan": "Pro", "Seats": 5 }));
    let types: Vec<_> = workspace.attributes.all().map(|one| (one.name.as_str(), one.data_type.as_str())).collect();
    assert_eq!(types, [("Seats", "integer"), ("Beta", "boolean"), ("Plan", "string")]);
    let bob = workspace.user_by_external_id("u1").unwrap();
    assert_eq!((bob.created_at, &bob.custom_attributes["Plan"]), (1_704_067_200, &json!("7")));
}

#[test]
fn an_export_of_intercoms_own_kind_is_understood() {
    let mut workspace = workspace();
    let file = "User type,User ID,First name,Last name,Email,Unsubscribed from emails,First seen (UTC),Notes\n\
        User,17,Ann,Lee,ann@acme.example,TRUE,2024-03-01 08:00:00,Likes tea\n\
        Lead,,Bob,,bob@acme.example,false,,\n";
    workspace.seed_csv(at(0), file.as_bytes(), None).unwrap();
    let page = workspace.list(Cursor::START, 10);
    let (ann, bob) = (&page.items[0], &page.items[1]);
    assert_eq!((ann.name.as_deref(), ann.external_id.as_deref(), ann.role), (Some("Ann Lee"), Some("17"), Role::User));
    assert!(ann.unsubscribed_from_emails && !bob.unsubscribed_from_emails);
    assert_eq!(workspace.notes.of(&ann.id).next().unwrap().body, "<p>Likes tea</p>");
    assert_eq!((bob.role, bob.created_at), (Role::Lead, MIDNIGHT));
}

#[test]
fn a_real_workspaces_duplicates_are_kept_but_an_external_id_has_one_owner() {
    let mut workspace = workspace();
    let file = "id,external_id,email\nx,1,ann@acme.example\n,1,ann@acme.example\n,,\n";
    let summary = workspace.seed_csv(at(0), file.as_bytes(), Some(Role::User)).unwrap();
    let wanted = SeedSummary { contacts: 2, skipped: 1, ids_replaced: 1, external_ids_dropped: 1 };
    assert_eq!(summary, wanted);
    let query = json!({ "field": "email", "operator": "=", "value": "ann@acme.example" });
    assert_eq!(workspace.found(0, &query).unwrap().total, 2);
}

#[test]
fn text_that_is_not_utf_8_is_read_as_windows_1252() {
    let mut workspace = workspace();
    workspace.seed_csv(at(0), b"email,name\nchloe@acme.example,Chlo\xe9\n", None).unwrap();
    assert_eq!(workspace.list(Cursor::START, 10).items[0].name.as_deref(), Some("Chloé"));
}

fn large_workspace() -> Workspace {
    use std::fmt::Write;
    let mut file = String::from("role,email,name,created_at\n");
    for number in 0..120_000 {
        writeln!(file, "lead,person{number}@acme.example,Person {number},{}", 1_600_000_000 + number).unwrap();
    }
    let mut workspace = workspace();
    workspace.seed_csv(at(0), file.as_bytes(), None).unwrap();
    workspace
}

/// The size of a large workspace: a look-up by e-mail and a whole walk through the list stay quick.
#[test]
fn a_hundred_and_twenty_thousand_contacts_are_walked_page_by_page() {
    let mut workspace = large_workspace();
    let begun = std::time::Instant::now();
    let (mut cursor, mut seen, mut pages) = (Cursor::START, 0, 0);
    loop {
        let page = workspace.list(cursor, 150);
        seen += page.items.len();
        pages += 1;
        let query = json!({ "field": "email", "operator": "=", "value": format!("person{seen}@acme.example") });
        workspace.found(0, &query).unwrap();
        match page.next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    assert_eq!((seen, pages), (120_000, 800));
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

/// The 1.x dialect has to scroll; a write between two pages must not make the next one start from the beginning.
#[test]
fn a_hundred_and_twenty_thousand_leads_are_scrolled_while_others_write() {
    let mut workspace = large_workspace();
    let roster = Roster { role: Role::Lead, among: Among::Everybody, sort: RosterSort::Created, ascending: false };
    let begun = std::time::Instant::now();
    let (mut parameter, mut seen, mut pages) = (None, 0, 0);
    loop {
        let (next, page) = workspace.scroll_people(at(1), Role::Lead, parameter.as_deref()).unwrap();
        let Some(first) = page.first() else { break };
        seen += page.len();
        pages += 1;
        workspace.put(&first.id, json!({ "name": format!("Renamed {pages}") })).unwrap();
        let (shown, total) = workspace.roster(&roster, 166, 60);
        assert_eq!((shown.len(), total), (60, 120_000));
        parameter = Some(next);
    }
    assert_eq!((seen, pages), (120_000, 1_200));
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}
