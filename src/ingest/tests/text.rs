//! Encodings, packing, delimiters, preambles.

use proptest::prelude::*;

use super::*;
use crate::ingest::source::{Compression, Delimiter, TextEncoding};

const LIST: &str = "Name,Email\nZoë Müller,zoe@hillside.example\nJosé Núñez,jose@hillside.example\n";

fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

#[test]
fn every_encoding_gives_the_same_names() {
    let windows = encoding_rs::WINDOWS_1252.encode(LIST).0.into_owned();
    let marked = |text: Vec<u8>, mark: &[u8]| [mark, &text].concat();
    let cases = [
        (LIST.as_bytes().to_vec(), TextEncoding::Utf8, false),
        (marked(LIST.into(), &[0xef, 0xbb, 0xbf]), TextEncoding::Utf8, true),
        (windows, TextEncoding::Windows1252, false),
        (utf16(LIST, false), TextEncoding::Utf16Le, false),
        (utf16(LIST, true), TextEncoding::Utf16Be, false),
        (marked(utf16(LIST, false), &[0xff, 0xfe]), TextEncoding::Utf16Le, true),
        (marked(utf16(LIST, true), &[0xfe, 0xff]), TextEncoding::Utf16Be, true),
    ];
    for (bytes, encoding, certain) in cases {
        for (bytes, compression) in [(gzip(&bytes), Compression::Gzip), (bytes, Compression::None)] {
            let ingested = good(bytes);
            assert_eq!(names(&ingested), ["Zoë Müller", "José Núñez"], "{encoding:?}");
            assert_eq!(ingested.source.encoding, encoding);
            assert_eq!(ingested.source.encoding_certain, certain);
            assert_eq!(ingested.source.compression, compression);
        }
    }
}

#[test]
fn a_guessed_encoding_is_reported_and_a_chosen_one_wins() {
    let bytes = encoding_rs::WINDOWS_1252.encode(LIST).0.into_owned();
    insta::assert_snapshot!(good(&bytes).source.notes.join("\n"), @"The encoding is not declared; the bytes read like Windows-1252. Look at the accented letters, and give --encoding if they are wrong.");
    let options = Options { encoding: Some(TextEncoding::Utf8), ..Options::default() };
    let ingested = ingest_with(&bytes, Side::Incoming, &options).unwrap();
    insta::assert_snapshot!(rejects(&ingested), @r#"
row 1 line 2 column 1 Undecodable: The cell holds bytes that are not UTF-8. Type the cell anew and save the list as UTF-8; if many rows are like this, try --encoding windows-1252.
row 2 line 3 column 1 Undecodable: The cell holds bytes that are not UTF-8. Type the cell anew and save the list as UTF-8; if many rows are like this, try --encoding windows-1252.
"#);
}

#[test]
fn damaged_bytes_in_the_middle_cost_their_row_only() {
    let mut bytes = LIST.as_bytes().to_vec();
    bytes.extend(b"Bro\xc3\x28ken,broken@hillside.example\nAnn Lee,ann@hillside.example\n");
    let ingested = good(&bytes);
    assert_eq!(ingested.source.encoding, TextEncoding::Utf8);
    assert_eq!(names(&ingested), ["Zoë Müller", "José Núñez", "Ann Lee"]);
    insta::assert_snapshot!(rejects(&ingested), @"row 3 line 4 column 1 Undecodable: The cell holds bytes that are not UTF-8. Type the cell anew and save the list as UTF-8; if many rows are like this, try --encoding windows-1252.");
}

#[test]
fn damaged_bytes_in_plain_ascii_are_not_taken_for_accents() {
    for damage in [&b"\xff\xfe"[..], b"\xc3\x28", b"\x80\x81", b"\xed\xa0\x80\xff\xff"] {
        let bytes = [b"Name,Email\nAnn,ann@hillside.example\nBro", damage, b"ken,b@hillside.example\n"].concat();
        let ingested = good(bytes);
        assert_eq!((ingested.source.encoding, ingested.rejects.len()), (TextEncoding::Utf8, 1), "{damage:?}");
    }
}

#[test]
fn text_in_another_encoding_is_not_turned_into_nonsense() {
    let text = "Name,Email\nАнна Каренина,anna@hillside.example\nЛев Мышкин,lev@hillside.example\nСоня Мармеладова,s@hillside.example\n";
    let ingested = good(encoding_rs::WINDOWS_1251.encode(text).0);
    assert_eq!(ingested.rejects.len(), 3);
    insta::assert_snapshot!(ingested.source.notes.join("\n"), @"The bytes look like windows-1251, which is not read here; save the list as UTF-8.");
}

#[test]
fn an_accent_after_megabytes_of_ascii_still_tells_the_encoding() {
    let mut bytes = b"Name,Email\n".to_vec();
    for number in 0..20_000 {
        bytes.extend(format!("Ann Lee,ann{number}@hillside.example\n").into_bytes());
    }
    bytes.extend(b"Ren\xe9e Bj\xf6rk,renee@hillside.example\n");
    let ingested = good(bytes);
    assert_eq!(ingested.source.encoding, TextEncoding::Windows1252);
    assert_eq!(names(&ingested).last(), Some(&"Renée Björk"));
}

#[test]
fn half_a_character_of_utf_16_costs_its_row_only() {
    let mut bytes = utf16("Name,Email\nAnn,ann@hillside.example\nBob", false);
    bytes.extend([0x00, 0xd8]);
    bytes.extend(utf16(",bob@hillside.example\n", false));
    insta::assert_snapshot!(rejects(&good(bytes)), @"row 2 line 3 column 1 Undecodable: The cell holds bytes that are not UTF-16. Type the cell anew and save the list as UTF-8.");
}

#[test]
fn gzip_members_are_read_as_one_text() {
    let two = [gzip(b"Name,Email\nAnn,"), gzip(b"ann@hillside.example\n")].concat();
    assert_eq!(good(two).records[0].emails.len(), 1);
}

#[test]
fn size_and_hash_are_those_of_the_stored_bytes() {
    let packed = gzip(LIST.as_bytes());
    let source = good(&packed).source;
    assert_eq!(source.bytes, packed.len() as u64);
    let abc = good("Name\nabc").source;
    assert_eq!(abc.sha256, "8420e66e3758300b1c7ccde13033a0a89eb1b93373b70c7e13700dae9fb7275a");
}

#[test]
fn delimiters_are_found_by_how_evenly_they_cut() {
    for (delimiter, character) in
        [(Delimiter::Comma, ","), (Delimiter::Semicolon, ";"), (Delimiter::Tab, "\t"), (Delimiter::Pipe, "|")]
    {
        let text =
            "Name#Email#Notes\n\"Lee, Ann\"#ann@hillside.example#\"a,b;c|d\te\n,f;g\"\nBob#b@hillside.example#x y\n";
        let ingested = good(text.replace('#', character));
        assert_eq!(ingested.source.delimiter, delimiter);
        assert_eq!(ingested.records.len(), 2);
    }
}

#[test]
fn the_sep_line_and_the_option_decide() {
    let ingested = good("sep=|\r\nName,x|Email\r\nAnn,y|ann@hillside.example\r\n");
    assert_eq!(ingested.source.delimiter, Delimiter::Pipe);
    assert_eq!(ingested.records[0].origin.line, 3);
    let options = Options { delimiter: Some(Delimiter::Comma), ..Options::default() };
    let ingested = ingest_with(b"sep=;\nName;a,Email\nAnn;b,ann@hillside.example\n", Side::Incoming, &options).unwrap();
    assert_eq!(ingested.source.columns.len(), 2);
}

#[test]
fn lines_before_the_header_are_left_out() {
    let text = "Notes:\n\"When exporting your connection data, you may notice that some addresses are missing.\"\n\n\
                First Name,Last Name,URL,Email Address,Company,Position,Connected On\n\
                Ann,Lee,https://linkedin.example/in/ann,,Hillside,CTO,12 Mar 2024\n";
    let ingested = good(text);
    assert_eq!(ingested.source.preset.as_deref(), Some("LinkedIn connections"));
    assert_eq!(ingested.source.notes, ["2 lines before the header left out."]);
    assert_eq!(ingested.records[0].origin.line, 5);
    assert_eq!(names(&ingested), ["Ann Lee"]);
}

#[test]
fn line_ends_of_all_three_systems_give_the_same_rows() {
    let unix = "Name,Email\nAnn,a@hillside.example\n\nBob,b@hillside.example";
    for end in ["\n", "\r\n", "\r"] {
        let ingested = good(unix.replace('\n', end));
        assert_eq!(names(&ingested), ["Ann", "Bob"]);
        assert_eq!(ingested.records.iter().map(|record| record.origin.line).collect::<Vec<_>>(), [2, 4]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_whatever_the_dialect(
        rows in prop::collection::vec(("([A-Z][a-z]{0,3}[éüñ]?){1,3}", "([ -~\n]|[éöü]x){0,20}"), 1..20),
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
        encoding in 0..4,
    ) {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(["Name", "Email", "Colour"]).unwrap();
        for (name, colour) in &rows {
            writer.write_record([&format!("Zoë {name}"), "zoe@hillside.example", colour]).unwrap();
        }
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let bytes = match encoding {
            0 => text.into_bytes(),
            1 => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
            big_endian => utf16(&text, big_endian == 3),
        };
        let ingested = good(bytes);
        prop_assert_eq!(ingested.source.delimiter.byte(), delimiter);
        prop_assert_eq!(ingested.records.len(), rows.len());
        for (record, (name, colour)) in ingested.records.iter().zip(&rows) {
            let full_name = format!("Zoë {name}");
            prop_assert_eq!(record.name.as_ref().map(|name| name.display().to_lowercase()), Some(full_name.to_lowercase()));
            let kept = record.custom.first().map_or("", |(_, value)| value);
            prop_assert!(kept.is_empty() || colour.contains(kept));
        }
    }
}
