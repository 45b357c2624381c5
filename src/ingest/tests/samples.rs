//! The shipped samples map and count as their README says.

use super::*;
use crate::contact::Role;
use crate::ingest::source::{Delimiter, TextEncoding};

const LEADS: &[u8] = include_bytes!("../../../samples/intercom-leads.csv");
const USERS: &[u8] = include_bytes!("../../../samples/intercom-users.csv");
const HUBSPOT: &[u8] = include_bytes!("../../../samples/hubspot-contacts.csv");
const MAILCHIMP: &[u8] = include_bytes!("../../../samples/mailchimp-audience.csv");
const WEBINAR: &[u8] = include_bytes!("../../../samples/webinar-list.csv");
const BROKEN: &[u8] = include_bytes!("../../../samples/broken-rows.csv");

/// One line on the source, one a column, one a note.
fn summary(ingested: &Ingested) -> String {
    let source = &ingested.source;
    let preset = source.preset.as_deref().unwrap_or("no preset");
    let mut lines = vec![format!(
        "{preset}, {:?}, {:?}: {} rows, {} rejected",
        source.encoding, source.delimiter, source.rows, source.rejected
    )];
    for column in &source.columns {
        let invalid = if column.invalid > 0 { format!(", {} invalid", column.invalid) } else { String::new() };
        lines.push(format!("{} → {}: {}{invalid}", column.header, column.field, column.filled));
    }
    lines.extend(source.notes.iter().cloned());
    lines.join("\n")
}

#[test]
fn the_intercom_leads_are_understood() {
    let ingested = ingest_with(LEADS, Side::Existing, &Options::default()).unwrap();
    assert!(ingested.records.iter().all(|record| record.role == Some(Role::Lead) && record.id.is_some()));
    insta::assert_snapshot!(summary(&ingested), @r#"
Intercom contacts, Utf8, Comma: 36 rows, 0 rejected
Intercom ID → id: 36
Type → role: 36
Name → name: 33
Email → email: 35
Phone → phone: 26
Companies → company: 28
City → city: 32
Country → country: 36
Created (UTC) → created_at: 36
Last seen (UTC) → last_seen_at: 36
Tags → tags: 18
Unsubscribed from emails → unsubscribed: 36
Lead source → custom:Lead source: 36
"#);
}

#[test]
fn the_intercom_users_are_understood() {
    let ingested = ingest_with(USERS, Side::Existing, &Options::default()).unwrap();
    assert!(ingested.records.iter().all(|record| record.role == Some(Role::User) && record.external_id.is_some()));
    insta::assert_snapshot!(summary(&ingested), @r#"
Intercom contacts, Utf8, Comma: 24 rows, 0 rejected
Intercom ID → id: 24
User ID → external_id: 24
Type → role: 24
Name → name: 24
Email → email: 24
Phone → phone: 19
Companies → company: 22
City → city: 24
Country → country: 24
Created (UTC) → created_at: 24
Signed up (UTC) → signed_up_at: 24
Last seen (UTC) → last_seen_at: 24
Tags → tags: 22
Unsubscribed from emails → unsubscribed: 24
Plan → custom:Plan: 24
Seats → custom:Seats: 24
"#);
}

#[test]
fn the_hubspot_contacts_are_understood() {
    insta::assert_snapshot!(summary(&good(HUBSPOT)), @r#"
HubSpot contacts, Utf8, Comma: 22 rows, 0 rejected
Record ID → custom:Record ID: 22
First Name → first_name: 22
Last Name → last_name: 22
Email → email: 22
Phone Number → phone: 20
Mobile Phone Number → phone: 4
Company Name → company: 21
Job Title → job_title: 17
City → city: 22
State/Region → region: 7
Country/Region → country: 22
Contact owner → custom:Contact owner: 22
Lifecycle Stage → custom:Lifecycle Stage: 22
Unsubscribed from all email → unsubscribed: 22
Website URL → website: 10
Associated Note → note: 2
Create Date → created_at: 22
Last Modified Date → updated_at: 22
"#);
}

#[test]
fn the_mailchimp_audience_is_understood() {
    let ingested = good(MAILCHIMP);
    assert_eq!(
        (ingested.source.encoding, ingested.source.delimiter),
        (TextEncoding::Windows1252, Delimiter::Semicolon)
    );
    assert_eq!(names(&ingested)[7], "Jürgen Weiß");
    assert_eq!(ingested.records.iter().filter(|record| record.unsubscribed == Some(true)).count(), 2);
    insta::assert_snapshot!(summary(&ingested), @r#"
Mailchimp audience, Windows1252, Semicolon: 22 rows, 0 rejected
Email Address → email: 22
First Name → first_name: 22
Last Name → last_name: 22
Phone Number → phone: 13
Company → company: 19
CC → country: 22
MEMBER_RATING → custom:MEMBER_RATING: 22
CONFIRM_TIME → created_at: 22
LAST_CHANGED → updated_at: 22
UNSUB_TIME → unsubscribed: 2
LEID → custom:LEID: 22
EUID → custom:EUID: 22
NOTES → note: 2
TAGS → tags: 19
The encoding is not declared; the bytes read like Windows-1252. Look at the accented letters, and give --encoding if they are wrong.
"#);
}

#[test]
fn the_webinar_list_is_understood() {
    let ingested = good(WEBINAR);
    assert_eq!(ingested.records[1].emails.len(), 2);
    assert_eq!(ingested.records[4].phones.len(), 2);
    insta::assert_snapshot!(summary(&ingested), @r#"
no preset, Utf8, Comma: 24 rows, 0 rejected
First Name → first_name: 24
Surname → last_name: 24
E-mail → email: 24
Phone → phone: 22
Organisation → company: 23
Job title → job_title: 20
Country → country: 24
Registration Time → custom:Registration Time: 24
Attended → custom:Attended: 24
Comments → note: 5
"#);
}

#[test]
fn the_broken_rows_are_named_and_the_good_ones_read() {
    let ingested = good(BROKEN);
    insta::assert_snapshot!(summary(&ingested), @r#"
no preset, Utf8, Comma: 20 rows, 9 rejected
Full name → name: 11
E-mail → email: 11, 2 invalid
Telephone → phone: 11, 1 invalid
Company → company: 11
Signup date → signed_up_at: 11, 1 invalid
Notes → note: 2
"#);
    insta::assert_snapshot!(names(&ingested).join("\n"), @r#"
Ada Winterbourne
Élodie Marchand
Gita Pillai
Isla Ferguson
Jack Tremblay
Leo Abadi
Mona Petrescu
Nils Ekberg
Olga Brenner
Pavel Horak
Zoë Ó Briain
"#);
    insta::assert_snapshot!(rejects(&ingested), @r#"
row 2 line 3 column 4 TooFewCells: The row has 3 cells, the header 6. Add the missing cells, even if they are empty.
row 3 line 4 column 7 TooManyCells: The row has 7 cells, the header 6. Put quotes around a cell that contains the delimiter, or remove the extra cells.
row 4 line 5 column 1 Undecodable: The cell holds bytes that are not UTF-8. Type the cell anew and save the list as UTF-8; if many rows are like this, try --encoding windows-1252.
row 6 line 7 column 1 NulCharacter: The cell contains a NUL character. Remove the character, or export the list again: NUL often means a damaged file.
row 8 line 9 column 2 NothingUsable: The email is not valid, and nothing else says who this is. Add an e-mail address, a name, a phone number, a company or an external id.
row 9 line 10 column - NothingUsable: Nothing in the row says who this is. Add an e-mail address, a name, a phone number, a company or an external id.
row 10 line 11 column - UnclosedQuote: A quote opened on line 11 is never closed; reading goes on with the next line. Close the quote, or double it ("") if it belongs to the text.
row 13 line 15 column 6 CellTooLong: A cell that begins on line 15 is longer than 131072 bytes. Shorten the cell, or check that the file has line ends.
row 19 line 23 column - NothingUsable: Nothing in the row says who this is. Add an e-mail address, a name, a phone number, a company or an external id.
"#);
}
