//! However few rows are looked at together, and whatever the first of them make a list seem: the same comes out.

use std::io::{self, Cursor, Read};

use proptest::prelude::*;

use super::super::read::{Portions, Task};
use super::*;

/// All rows of a test at once.
const WHOLE: Portions = Portions { chunk_rows: 1 << 20, first_chunks: 1, chunks: 1 };
/// The first 203 rows, then a few at a time.
const FEW: Portions = Portions { chunk_rows: 7, first_chunks: 1, chunks: 2 };

/// Counts how often it was begun again.
struct Counting<R>(R, usize);

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Again> Again for Counting<R> {
    fn again(&mut self) -> io::Result<()> {
        self.1 += 1;
        self.0.again()
    }
}

fn run(input: impl Again, side: Side, portions: Portions) -> Result<Ingested, String> {
    let options = Options::default();
    let task = Task { id: SourceId(0), name: "list.csv", side, options: &options, wanted: &|_| true, portions };
    task.run(input, &mut |_| ()).map_err(|error| error.to_string())
}

/// What both ways give, and how often the input was begun again.
fn both(list: &[u8], side: Side) -> (Result<Ingested, String>, usize) {
    let mut counting = Counting(Seekable(Cursor::new(list)), 0);
    let few = run(&mut counting, side, FEW);
    assert_eq!(few, run(Once::new(list), side, FEW));
    assert_eq!(few, run(Once::new(list), side, WHOLE));
    (few, counting.1)
}

impl<A: Again> Again for &mut Counting<A> {
    fn again(&mut self) -> io::Result<()> {
        (**self).again()
    }
}

fn rows(count: usize, row: impl Fn(usize) -> String) -> String {
    (0..count).map(|at| row(at) + "\n").collect()
}

#[test]
fn a_list_that_is_what_it_seems_is_read_once() {
    let list = "Name,Email\n".to_owned() + &rows(500, |at| format!("Ann {at},ann{at}@hill.example"));
    let (ingested, again) = both(list.as_bytes(), Side::Incoming);
    assert_eq!((ingested.unwrap().records.len(), again), (500, 0));
}

#[test]
fn a_late_accent_shows_the_encoding_of_all_rows() {
    let mut list = b"Name,Email\n".to_vec();
    list.extend(rows(400, |at| format!("Ann {at},ann{at}@hill.example")).bytes());
    list.extend(b"Ren\xe9e M\xfcller,renee@hill.example\n");
    let (ingested, again) = both(&list, Side::Incoming);
    let ingested = ingested.unwrap();
    assert_eq!((ingested.source.encoding, again), (TextEncoding::Windows1252, 1));
    assert_eq!(names(&ingested).last(), Some(&"Renée Müller"));
    assert!(ingested.source.notes.iter().any(|note| note.contains("read like Windows-1252")));
}

#[test]
fn a_column_that_fills_late_means_what_it_would_have_meant() {
    let list = "Name,Email,\n".to_owned()
        + &rows(400, |at| format!("Ann {at},ann{at}@hill.example,{}", if at == 390 { "x" } else { "" }));
    let (ingested, again) = both(list.as_bytes(), Side::Incoming);
    assert_eq!((field(&ingested.unwrap(), ""), again), (Field::Custom("Column 3".into()), 1));
    let twice = list.replacen("Name,Email,\n", "Name,Email,email\n", 1);
    let (refused, again) = both(twice.as_bytes(), Side::Incoming);
    assert!(refused.unwrap_err().contains("occurs more than once"));
    assert_eq!(again, 1);
}

#[test]
fn a_late_day_shows_the_order_of_all_dates() {
    let list = |last: &str| {
        let date = |at: usize| if at == 399 { last.to_owned() } else { format!("0{}/04/1980", at % 9 + 1) };
        "Name,Birthday\n".to_owned() + &rows(400, |at| format!("Ann {at},{}", date(at)))
    };
    let (ingested, again) = both(list("25/12/1980").as_bytes(), Side::Incoming);
    let birthday = ingested.unwrap().records.look(0).unwrap().birthday.unwrap();
    assert_eq!((birthday.month, birthday.day, birthday.ambiguous, again), (4, 1, false, 1));
    let (ingested, again) = both(list("12/25/1980").as_bytes(), Side::Incoming);
    let birthday = ingested.unwrap().records.look(0).unwrap().birthday.unwrap();
    assert_eq!((birthday.month, birthday.day, birthday.ambiguous, again), (1, 4, false, 1));
}

#[test]
fn what_only_seemed_wrong_with_the_first_rows_is_no_error() {
    // The header is no UTF-8, and among the first rows most accents are: only all of them tell what it is
    let mut list = b"Name,Email,R\xe9gion\n".to_vec();
    list.extend("Zoë Groß,zoe@hill.example,\n".bytes());
    list.extend(rows(300, |at| format!("Ann {at},ann{at}@hill.example,")).bytes());
    for _ in 0..40 {
        list.extend(b"Ren\xe9e M\xfcller,renee@hill.example,\n");
    }
    let (ingested, again) = both(&list, Side::Incoming);
    assert_eq!((ingested.unwrap().source.columns[2].header.as_str(), again), ("Région", 1));
}

#[test]
fn a_file_that_changes_between_is_told() {
    struct Changing(Cursor<Vec<u8>>);
    impl Read for Changing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(buffer)
        }
    }
    impl Again for Changing {
        fn again(&mut self) -> io::Result<()> {
            let mut list = self.0.get_ref().clone();
            list.extend(b"Bob,bob@hill.example\n");
            self.0 = Cursor::new(list);
            Ok(())
        }
    }
    let mut list = b"Name,Email\n".to_vec();
    list.extend(rows(400, |at| format!("Ann {at},ann{at}@hill.example")).bytes());
    list.extend(b"Ren\xe9e M\xfcller,renee@hill.example\n");
    let told = run(Changing(Cursor::new(list)), Side::Incoming, FEW).unwrap_err();
    assert_eq!(told, "list.csv: cannot be read: it was changed while it was read; try again");
}

/// Cells that make trouble.
fn any_cell() -> impl Strategy<Value = Vec<u8>> {
    let some = |cells: &'static [&'static [u8]]| prop::sample::select(cells).prop_map(<[u8]>::to_vec);
    prop_oneof![
        8 => some(&[b"Ann", b"Bob Lee", b"", b"x", b"1"]),
        3 => "[a-z]{1,6}@hill[0-9]\\.example".prop_map(String::into_bytes),
        2 => some(&[b"03/04/1980", b"1980-04-03", b"25/12/1980", b"12/25/1980", b"3/4/80"]),
        1 => some(&[b"\"two\nlines\"", b"\"a \"\"quote\"\"\"", b"\"open", b"5\" pipe", b"\"x\"y", b"\"\r\n\r\n\""]),
        1 => some(&[b"Zo\xc3\xab", b"Ren\xe9e", b"M\xfcller", b"a\0b", b"\xff", b"\xe6\x97\xa5", b"a,b"]),
    ]
}

fn any_text() -> impl Strategy<Value = Vec<u8>> {
    let header = prop::sample::select(vec![
        "Name,Email,Birthday,Created",
        "Id,Name,Email,",
        "Vorname,Nachname,Geboren,Name",
        "Contact,Email,email,Title",
        "Name,Email,R\u{e9}gion,Subscribed",
    ]);
    let row = prop::collection::vec(any_cell(), 3..6).prop_map(|cells| cells.join(&b','));
    let plain = (0_usize..1_000).prop_map(|at| format!("Ann {at},a{at}@hill.example,,").into_bytes());
    let rows = prop::collection::vec(prop_oneof![1 => row, 6 => plain], 180..420);
    (header, prop::sample::select(vec!["\n", "\r\n"]), rows).prop_map(|(header, end, rows)| {
        let lines = std::iter::once(header.as_bytes().to_vec()).chain(rows);
        lines.flat_map(|line| [line, end.as_bytes().to_vec()].concat()).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_list_gives_the_same_in_any_portions(list in any_text(), existing: bool, rows in 1_usize..40) {
        let side = if existing { Side::Existing } else { Side::Incoming };
        let (few, _) = both(&list, side);
        let portions = Portions { chunk_rows: rows, first_chunks: 2, chunks: 3 };
        prop_assert_eq!(few, run(Once::new(list.as_slice()), side, portions));
    }
}
