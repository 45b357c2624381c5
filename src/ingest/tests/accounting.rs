//! Every row comes out once, whatever the file holds.

use proptest::prelude::*;

use super::*;

#[test]
fn ragged_rows_are_rejected_and_empty_cells_too_many_forgiven() {
    let ingested =
        good("Name,Email\nAnn\nBob,b@hillside.example,x\nEve,e@hillside.example,, \n   \nDan,d@hillside.example\n");
    assert_eq!(names(&ingested), ["Eve", "Dan"]);
    insta::assert_snapshot!(rejects(&ingested), @r#"
row 1 line 2 column 2 TooFewCells: The row has 1 cell, the header 2. Add the missing cells, even if they are empty.
row 2 line 3 column 3 TooManyCells: The row has 3 cells, the header 2. Put quotes around a cell that contains the delimiter, or remove the extra cells.
"#);
}

#[test]
fn columns_without_a_name_at_the_end_may_be_missing() {
    let ingested = good("Name,Email,,\nAnn,a@hillside.example\nBob,b@hillside.example,x,\n");
    assert_eq!(ingested.records.len(), 2);
    assert_eq!(&*ingested.records[1].custom[0].0, "Column 3");
}

#[test]
fn a_nul_character_costs_its_row() {
    let ingested = good("Name,Email\nAnn,a@hillside.example\nB\0b,b@hillside.example\n");
    insta::assert_snapshot!(rejects(&ingested), @"row 2 line 3 column 1 NulCharacter: The cell contains a NUL character. Remove the character, or export the list again: NUL often means a damaged file.");
}

#[test]
fn rows_that_name_nobody_are_rejected() {
    let ingested = good("Name,Email,Plan\n,,gold\n,nonsense,gold\n-,N/A,\nAnn,nonsense,\n");
    assert_eq!(names(&ingested), ["Ann"]);
    assert_eq!(ingested.records[0].unparsed.len(), 1);
    assert_eq!(ingested.source.columns[1].invalid, 1);
    insta::assert_snapshot!(rejects(&ingested), @r#"
row 1 line 2 column - NothingUsable: Nothing in the row says who this is. Add an e-mail address, a name, a phone number, a company or an external id.
row 2 line 3 column 2 NothingUsable: The email is not valid, and nothing else says who this is. Add an e-mail address, a name, a phone number, a company or an external id.
row 3 line 4 column - NothingUsable: Nothing in the row says who this is. Add an e-mail address, a name, a phone number, a company or an external id.
"#);
}

#[test]
fn an_existing_contact_without_an_id_is_rejected() {
    let text = b"id,Email\n,a@hillside.example\n65a1,\n";
    let ingested = ingest_with(text, Side::Existing, &Options::default()).unwrap();
    assert_eq!(ingested.records.len(), 1);
    insta::assert_snapshot!(rejects(&ingested), @"row 1 line 2 column 1 MissingId: The row has no Intercom id, so that nothing can be done with the contact. Fill in the id, or put the row into a list of incoming contacts.");
}

#[test]
fn a_forgotten_quote_costs_its_own_row() {
    let ingested = good(
        "Name,Email\nAnn,a@hillside.example\nBob,\"b@hillside.example\nEve,e@hillside.example\nDan,d@hillside.example\n",
    );
    assert_eq!(names(&ingested), ["Ann", "Eve", "Dan"]);
    insta::assert_snapshot!(rejects(&ingested), @r#"row 2 line 3 column - UnclosedQuote: A quote opened on line 3 is never closed; reading goes on with the next line. Close the quote, or double it ("") if it belongs to the text."#);
    // A later quoted cell closes it, so that the row is ragged rather than endless
    let ingested = good("Name,Email\n\"Bob,b@hillside.example\n\"Eve\",e@hillside.example\nDan,d@hillside.example\n");
    assert_eq!(names(&ingested), ["Eve", "Dan"]);
}

#[test]
fn a_forgotten_quote_far_from_the_end_is_found_by_the_cell_limit() {
    let row = |number: u32| format!("Name {number},n{number}@hillside.example\n");
    let mut text = "Name,Email\nBob,\"b@hillside.example\n".to_owned();
    text.extend((0..9_000).map(row));
    let ingested = good(text);
    assert_eq!((ingested.records.len(), ingested.rejects.len()), (9_000, 1));
    insta::assert_snapshot!(rejects(&ingested), @"row 1 line 2 column 2 CellTooLong: A cell is longer than 131072 bytes; an unclosed quote likely starts at line 2. Close the quote, or shorten the cell.");
}

#[test]
fn a_long_text_in_quotes_is_one_rejected_row() {
    let options = Options { cell_limit: Some(100), ..Options::default() };
    let letter = "Dear Ann,\nthank you for your letter, which came on Monday, late.\n".repeat(5_000);
    let text = format!("Name,Email,Notes\nBob,b@hillside.example,\"{letter}\"\nDan,d@hillside.example,\n");
    let ingested = ingest_with(text.as_bytes(), Side::Incoming, &options).unwrap();
    assert_eq!(names(&ingested), ["Dan"]);
    assert_eq!(ingested.records[0].origin.line, 10_003);
    insta::assert_snapshot!(rejects(&ingested), @"row 1 line 2 column 3 CellTooLong: A cell that begins on line 2 is longer than 100 bytes. Shorten the cell, or check that the file has line ends.");
}

#[test]
fn a_huge_cell_is_rejected_and_reading_goes_on() {
    for quote in ["", "\""] {
        let huge = "x".repeat(3_000_000);
        let text = format!(
            "Name,Email\nAnn,a@hillside.example\n{quote}{huge}{quote},b@hillside.example\nDan,d@hillside.example\n"
        );
        let ingested = good(text);
        assert_eq!(names(&ingested), ["Ann", "Dan"]);
        assert_eq!(ingested.records[1].origin.line, 4);
        assert_eq!(ingested.rejects[0].reason, RejectReason::CellTooLong);
        assert_eq!(ingested.rejects[0].column, Some(1));
        assert_eq!(ingested.rejects[0].cells[0].len(), 1_000);
    }
}

#[test]
fn a_line_of_nothing_but_delimiters_is_rejected_and_reading_goes_on() {
    let text = format!("Name,Email\n{}\nDan,d@hillside.example\n", "x,".repeat(100_000));
    let ingested = good(text);
    assert_eq!(names(&ingested), ["Dan"]);
    insta::assert_snapshot!(rejects(&ingested), @"row 1 line 2 column - TooManyCells: The row has more than 16384 cells. Check that the file has line ends, and the delimiter.");
}

#[test]
fn quoted_cells_over_several_lines_keep_their_lines_counted() {
    let ingested = good(
        "Name,Email,Notes\r\nAnn,a@hillside.example,\"one\r\ntwo \"\"x\"\"\r\nthree\"\r\nBob,b@hillside.example,\r\n",
    );
    assert_eq!(&*ingested.records[0].notes[0], "one\r\ntwo \"x\"\r\nthree");
    assert_eq!(ingested.records[1].origin.line, 5);
    assert_eq!(ingested.records[1].origin.row, 2);
}

fn accounts(ingested: &Ingested) {
    let mut rows: Vec<u32> = ingested.records.iter().map(|record| record.origin.row).collect();
    assert!(rows.is_sorted());
    rows.extend(ingested.rejects.iter().map(|reject| reject.origin.row));
    rows.sort_unstable();
    assert_eq!(rows, (1..=u32::try_from(ingested.source.rows).unwrap()).collect::<Vec<_>>());
    assert_eq!(ingested.source.rejected, ingested.rejects.len() as u64);
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic_and_every_row_is_accounted_for(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(ingested) = ingest(&bytes) {
            accounts(&ingested);
        }
    }

    #[test]
    fn arbitrary_lists_are_accounted_for(
        body in "([a-z\"@.,;\n\r\t|é=0-9 ]|\u{0}){0,300}",
        limit in 1_usize..60,
    ) {
        let options = Options { cell_limit: Some(limit), ..Options::default() };
        let text = format!("Name,Email,Notes\n{body}");
        if let Ok(ingested) = ingest_with(text.as_bytes(), Side::Incoming, &options) {
            accounts(&ingested);
        }
    }

    #[test]
    fn the_size_of_the_pieces_read_changes_nothing(body in "[a-z\",\n]{0,200}", size in 1_usize..9, limit in 3_usize..40) {
        struct Pieces<'a>(&'a [u8], usize);
        impl std::io::Read for Pieces<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                let length = self.1.min(buffer.len()).min(self.0.len());
                buffer[..length].copy_from_slice(&self.0[..length]);
                self.0 = &self.0[length..];
                Ok(length)
            }
        }
        let options = Options { cell_limit: Some(limit), ..Options::default() };
        let text = format!("Name,Email\n{body}");
        let whole = ingest_with(text.as_bytes(), Side::Incoming, &options);
        let pieces = read(Pieces(text.as_bytes(), size), SourceId(0), "list.csv", Side::Incoming, &options);
        match (whole, pieces) {
            (Ok(whole), Ok(pieces)) => prop_assert_eq!(whole, pieces),
            (whole, pieces) => prop_assert_eq!(whole.unwrap_err().to_string(), pieces.unwrap_err().to_string()),
        }
    }
}
