//! What a person reads when an input is of no use.

use super::*;
use crate::contact::Field;

fn with_map(bytes: &str, map: &[(&str, Field)]) -> Result<Ingested, Error> {
    let map = map.iter().map(|(name, field)| ((*name).to_owned(), field.clone())).collect();
    ingest_with(bytes.as_bytes(), Side::Incoming, &Options { map, ..Options::default() })
}

#[test]
fn an_empty_file_says_so() {
    insta::assert_snapshot!(error(""), @"list.csv: the file is empty; export it again, or check that this is the file you meant");
    assert_eq!(error(" \r\n\n"), error(""));
    assert_eq!(error("\u{feff}"), error(""));
    assert_eq!(error(gzip(b"")), error(""));
}

#[test]
fn a_header_alone_says_so() {
    insta::assert_snapshot!(error("Name,Email\n\n"), @"list.csv: there is a header on line 1 but no row below it; export it again with contacts in it, or leave it out");
}

#[test]
fn files_that_are_no_csv_are_recognised() {
    insta::assert_snapshot!(error(b"PK\x03\x04\x14\0\x06\0"), @"list.csv: this is an Excel workbook or a ZIP archive, not a CSV file; unpack it, or open it in a spreadsheet program and save it as CSV (UTF-8)");
    insta::assert_snapshot!(error(b"%PDF-1.7\n"), @"list.csv: this is a PDF document, not a CSV file; export the contacts again and choose CSV");
    insta::assert_snapshot!(error("  <!DOCTYPE html><html>"), @"list.csv: this is a web page, not a CSV file; the download may have needed a log-in; download the CSV file again");
    insta::assert_snapshot!(error("{\"name\": 1}"), @"list.csv: this is a JSON document, not a CSV file; export the contacts again and choose CSV");
    insta::assert_snapshot!(error([0_u8, 1, 2, 3, 0, 0, 9, 0, 7]), @"list.csv: this is binary data, not a CSV file; export the contacts again and choose CSV");
}

#[test]
fn damaged_gzip_data_says_what_is_wrong() {
    let packed = gzip(&b"Name,Email\nAnn,ann@hillside.example\n".repeat(300));
    insta::assert_snapshot!(error(&packed[..packed.len() / 2]), @"list.csv: the gzip data ends too early; copy or download the file again");
    let mut damaged = packed;
    let last = damaged.len() - 6;
    damaged[last] ^= 0xff;
    insta::assert_snapshot!(error(damaged), @"list.csv: the gzip data is damaged; copy or download the file again");
}

#[test]
fn a_failing_input_names_the_reason() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is on fire"))
        }
    }
    let error = read(Broken, SourceId(0), "list.csv", Side::Incoming, &Options::default()).unwrap_err();
    insta::assert_snapshot!(error, @"list.csv: cannot be read: the disk is on fire");
}

#[test]
fn a_first_line_that_is_a_contact_is_no_header() {
    insta::assert_snapshot!(error("Ann Lee,ann@hillside.example\nBob Ray,bob@hillside.example\n"), @"list.csv: line 1 looks like a contact, not like column names; add a first line that names the columns, such as: Name,Email,Phone");
}

#[test]
fn a_header_that_cannot_be_read_says_where() {
    insta::assert_snapshot!(error("Name,\"Email\nAnn,ann@hillside.example\n"), @"list.csv: the header on line 1 cannot be read: a quote opened on line 1 is never closed; everything after it was taken for its text; mend that line and try again");
}

#[test]
fn one_name_for_two_columns_is_refused_and_can_be_settled_by_position() {
    let text = "Email,Name,Email\na@hillside.example,Ann,b@hillside.example\n";
    insta::assert_snapshot!(error(text), @"list.csv: column 'Email' occurs more than once (columns 1 and 3); rename all but one in the file, or say what each is by its position: --map '#3=ignore'");
    assert_eq!(with_map(text, &[("#3", Field::Ignore)]).unwrap().records[0].emails.len(), 1);
    assert_eq!(good("Email,Name,Email\na@hillside.example,Ann,\n").records.len(), 1);
}

#[test]
fn two_columns_for_one_field_are_refused_with_the_choices() {
    let text = "Name,Full name,Email\nAnn,Ann Lee,ann@hillside.example\n";
    insta::assert_snapshot!(error(text), @"list.csv: 2 columns could be the name: 'Name' (column 1) and 'Full name' (column 2); choose one with --map: --map 'Full name=custom:Full name' to take 'Name'; --map 'Name=custom:Name' to take 'Full name'");
    let chosen = with_map(text, &[("full name", Field::FullName)]).unwrap();
    assert_eq!(names(&chosen), ["Ann Lee"]);
    assert_eq!(field(&chosen, "Name"), Field::Custom("Name".into()));
}

#[test]
fn two_columns_mapped_to_one_field_by_hand_are_refused() {
    let map = [("a", Field::FullName), ("b", Field::FullName)];
    insta::assert_snapshot!(with_map("a,b\nAnn,Bob\n", &map).unwrap_err(), @"list.csv: 2 columns could be the name: 'a' (column 1) and 'b' (column 2); choose one with --map: --map 'b=custom:b' to take 'a'; --map 'a=custom:a' to take 'b'");
}

#[test]
fn a_mapped_column_that_does_not_exist_gets_the_nearest_names() {
    let text = "Name,Contact e-mail\nAnn,ann@hillside.example\n";
    insta::assert_snapshot!(with_map(text, &[("Contact mail", Field::Email)]).unwrap_err(), @"list.csv: --map names the column 'Contact mail', but there is none; did you mean 'Contact e-mail'?");
    insta::assert_snapshot!(with_map(text, &[("xyz", Field::Email)]).unwrap_err(), @"list.csv: --map names the column 'xyz', but there is none; the columns are 'Name', 'Contact e-mail'");
}

#[test]
fn a_list_that_names_nobody_is_refused() {
    insta::assert_snapshot!(error("Colour,Size\nred,1\n"), @"list.csv: no column tells who a contact is (e-mail, name, phone, company or external id); the columns are 'Colour', 'Size'; name one with --map, such as: --map 'Colour=email'");
}

#[test]
fn existing_contacts_need_ids() {
    let text = "Name,Email\nAnn,ann@hillside.example\n";
    insta::assert_snapshot!(ingest_with(text.as_bytes(), Side::Existing, &Options::default()).unwrap_err(), @"list.csv: a list of existing contacts needs the column with Intercom's id, and none was found; the columns are 'Name', 'Email'; name it with --map 'COLUMN=id', use `leadfold pull` to export the workspace with ids, or give the file as incoming");
}
