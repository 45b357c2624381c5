//! What cells become.

use super::*;
use crate::contact::{Email, Phone, Region};

fn emails(ingested: &Ingested, row: usize) -> Vec<&str> {
    ingested.records[row].emails.iter().map(Email::address).collect()
}

fn phones(ingested: &Ingested, row: usize) -> Vec<&str> {
    ingested.records[row].phones.iter().map(Phone::to_send).collect()
}

#[test]
fn all_addresses_of_a_row_are_kept_once() {
    let ingested = good(
        "Email,Name,Email 2\nAnn@Hillside.example; a.lee@home.example,Ann,ann@hillside.example\n\"bob@home.example, nonsense\",Bob,\n",
    );
    assert_eq!(emails(&ingested, 0), ["ann@hillside.example", "a.lee@home.example"]);
    assert_eq!(emails(&ingested, 1), ["bob@home.example"]);
    assert_eq!(&*ingested.records[1].unparsed[0].1, "nonsense");
    assert_eq!((ingested.source.columns[0].filled, ingested.source.columns[0].invalid), (2, 1));
}

#[test]
fn numbers_are_read_in_the_country_of_the_row_or_the_option() {
    let options = Options { region: Region::parse("DE"), ..Options::default() };
    let text = "Name,Phone,Country\nAnn,020 7946 0000,United Kingdom\nBob,030 901820,\nEve,4.47911E+11,\nDan,447911123456.0,GB\n";
    let ingested = ingest_with(text.as_bytes(), Side::Incoming, &options).unwrap();
    assert_eq!(phones(&ingested, 0), ["+442079460000"]);
    assert_eq!(phones(&ingested, 1), ["+4930901820"]);
    assert_eq!(phones(&ingested, 2), [""; 0]);
    assert_eq!(ingested.source.columns[1].invalid, 1);
    assert_eq!(phones(&ingested, 3), ["+447911123456"]);
}

#[test]
fn fillers_wrappers_and_entities_do_not_reach_the_record() {
    let ingested = good(
        "Name,Company,Postcode,Job title,Plan\nAnn,Smith &amp; Sons,\"=\"\"01234\"\"\",N/A,none\nSarah Null,null,'0123,Unknown,null\n",
    );
    let record = &ingested.records[0];
    assert_eq!(record.companies[0].original(), "Smith & Sons");
    assert_eq!(record.postcode.as_deref(), Some("01234"));
    assert_eq!(record.job_title, None);
    assert_eq!(&*record.custom[0].1, "none");
    let record = &ingested.records[1];
    assert_eq!((record.companies.len(), record.postcode.as_deref(), record.custom.len()), (0, Some("0123"), 0));
    assert_eq!(names(&ingested)[1], "Sarah Null");
}

#[test]
fn tags_are_split_sorted_and_kept_once() {
    let ingested = good("Name,Tags\nAnn,\"vip; Beta,VIP|alpha\"\n");
    assert_eq!(ingested.records[0].tags.iter().map(|tag| &**tag).collect::<Vec<_>>(), ["alpha", "Beta", "VIP"]);
}

#[test]
fn a_street_is_put_together_from_its_columns() {
    let ingested = good("Name,Address 2,Street,House number\nAnn,Flat 2,Long  Lane,12\n");
    assert_eq!(ingested.records[0].street.as_deref(), Some("12 Long Lane Flat 2"));
}

#[test]
fn a_moment_of_unsubscribing_means_unsubscribed() {
    let ingested =
        good("Email Address,LEID,UNSUB_TIME\na@hillside.example,1,2024-03-01 10:00:00\nb@hillside.example,2,\n");
    assert_eq!(ingested.source.preset.as_deref(), Some("Mailchimp audience"));
    assert_eq!(ingested.records[0].unsubscribed, Some(true));
    assert_eq!(ingested.records[1].unsubscribed, None);
}

#[test]
fn the_reason_of_a_bounce_means_bounced_unless_it_was_a_soft_one() {
    let ingested = good("Name,Bounced\nAnn,Mailbox does not exist\nBob,soft bounce\nEve,no\n");
    let bounced = ingested.records.iter().map(|record| record.hard_bounced).collect::<Vec<_>>();
    assert_eq!(bounced, [Some(true), None, Some(false)]);
}

#[test]
fn a_column_of_dates_is_read_in_the_order_its_values_tell() {
    let ingested = good("Name,Date of birth,Created\nAnn,03/04/1980,01/02/2024\nBob,25/12/1979,2.1.2024\n");
    let birthday = ingested.records[0].birthday.unwrap();
    assert_eq!((birthday.day, birthday.month, birthday.ambiguous), (3, 4, false));
    assert_eq!(ingested.records[0].created_at.unwrap().0, 1_706_745_600); // 1 February
    let open = good("Name,Date of birth\nAnn,03/04/1980\n");
    assert!(open.records[0].birthday.unwrap().ambiguous);
    insta::assert_snapshot!(open.source.notes.join("\n"), @"Column 'Date of birth': 1 date could be read two ways and no value tells which; read as month/day.");
}

#[test]
fn nothing_of_a_row_reaches_the_next() {
    let full = "Name,Email,Phone,Company,Country,Tags,Notes,Plan,Unsubscribed\nAnn,ann@hillside.example,+442079460000,Hillside,GB,vip,hello,gold,yes\nBob,,,,,,,,\n";
    let bob = &good(full).records[1];
    let alone = &good("Name,Email,Phone,Company,Country,Tags,Notes,Plan,Unsubscribed\nBob,,,,,,,,\n").records[0];
    let mut alone = alone.clone();
    alone.origin = bob.origin;
    assert_eq!(*bob, alone);
}

#[test]
fn an_address_in_the_name_column_is_no_name() {
    let ingested = good("Name,Email\nann@hillside.example,ann@hillside.example\n");
    assert_eq!(ingested.records[0].name, None);
    assert_eq!(ingested.source.columns[0].invalid, 1);
}

#[test]
fn the_workspace_and_files_are_normalised_alike() {
    use crate::contact::{RawCell, RawRow};
    let text = "id,Email,Phone,Country,Role\n65a1,Ann@Hillside.example,020 7946 0000,GB,user\n";
    let ingested = ingest_with(text.as_bytes(), Side::Existing, &Options::default()).unwrap();
    let cell = |field: Field, column, text: &str| RawCell { field, column, text: text.to_owned() };
    let row = RawRow {
        origin: ingested.records[0].origin,
        cells: vec![
            cell(Field::Id, 0, "65a1"),
            cell(Field::Email, 0, "Ann@Hillside.example"),
            cell(Field::Phone, 0, "020 7946 0000"),
            cell(Field::Country, 0, "GB"),
            cell(Field::Role, 0, "user"),
        ],
    };
    let record = Normalizer { side: Side::Existing, ..Normalizer::default() }.record(row);
    assert_eq!(record, ingested.records[0]);
}
