use std::borrow::Cow;

use proptest::prelude::*;

use super::bytes::Book;
use super::*;
use crate::contact::{Facts, IntercomId, Record, RecordBuilder};

fn full() -> Record {
    RecordBuilder::user()
        .existing("0123456789abcdef01234567")
        .origin(2, 7)
        .external_id("u-1")
        .email("Ann Lee <ann.lee+x@gmail.com>")
        .email("ann@hillside.example")
        .email("not an address")
        .name("Robert (Bob) Lee Jr.")
        .phone_in("0113 959 5348 ext 12", "UK")
        .company("Hillside GmbH")
        .company("---")
        .job_title("Baker")
        .city("Leeds")
        .birthday(1980, 3, 4)
        .created_at(-5)
        .signed_up_at(1_709_363_474)
        .unsubscribed(false)
        .tag("vip")
        .note("called")
        .identifier("member", "42")
        .text("bio", "likes hills")
        .custom("plan", "team")
        .build()
}

#[test]
fn a_record_with_everything_comes_back_as_it_was() {
    let short = Record { id: Some(IntercomId("5f".into())), ..full() };
    let records = [full(), Record::default(), RecordBuilder::lead().existing("Not-Hex").build(), short, full()];
    let packed: Packed<Record> = records.iter().cloned().collect();
    assert_eq!(packed.unpacked().collect::<Vec<_>>(), records);
    assert_eq!(packed.iter().cloned().collect::<Vec<_>>(), records);
    assert_eq!(packed.clone().into_iter().collect::<Vec<_>>(), records);
}

#[test]
fn only_contacts_of_the_workspace_give_their_id() {
    let records = [
        RecordBuilder::lead().existing("5f").external_id("u-1").company("Hillside").build(),
        RecordBuilder::lead().existing("000000000000000000000001").build(),
        RecordBuilder::lead().id("5f").build(),
        RecordBuilder::lead().build(),
    ];
    let given = |records: &dyn Records| -> Vec<_> { (0..5).map(|at| records.contact(at)).collect() };
    let expected = ["5f", "000000000000000000000001"].map(|id| Some(IntercomId(id.into())));
    assert_eq!(given(&records), [expected.to_vec(), vec![None; 3]].concat());
    assert_eq!(given(&Packed::from(records.to_vec())), given(&records));
}

#[test]
fn the_head_of_a_record_has_what_it_promises() {
    let packed: Packed<Record> = std::iter::once(full()).collect();
    let (head, whole) = (packed.head(0).unwrap(), full());
    assert_eq!(
        (&head.origin, &head.side, &head.role, &head.id, &head.external_id, &head.companies, &head.created_at),
        (&whole.origin, &whole.side, &whole.role, &whole.id, &whole.external_id, &whole.companies, &whole.created_at)
    );
    assert!(head.emails.is_empty());
    assert!(packed.head(1).is_none());
}

#[test]
fn the_facts_of_a_packed_record_are_those_of_the_record() {
    let records = [full(), Record::default(), RecordBuilder::lead().existing("Not-Hex").text("bio", "x").build()];
    let packed: Packed<Record> = records.iter().cloned().collect();
    let mut seen = 0;
    for (at, record) in records.iter().enumerate() {
        let expected = format!("{:?}", Facts::of(record));
        Records::facts(&packed, at, &mut |facts| {
            assert_eq!(format!("{facts:?}"), expected);
            seen += 1;
        });
    }
    packed.facts(records.len(), &mut |_| seen += 1);
    assert_eq!(seen, records.len());
}

#[test]
fn bytes_cut_short_are_no_record() {
    let mut bytes = Vec::new();
    let mut book = Book::default();
    full().pack(&mut Packer { bytes: &mut bytes, book: &mut book });
    let unpack = |bytes: &[u8]| Record::unpack(&mut Unpacker { bytes, book: &book });
    assert_eq!(unpack(&bytes), Some(full()));
    assert!((0..bytes.len()).all(|end| unpack(&bytes[..end]).is_none()));
}

#[test]
fn what_is_left_out_of_the_bytes_comes_back() {
    let names = [
        "Ann Lee",
        "ANN LEE",
        "Ann",
        "Zoë Lee",
        "Ann  Lee",
        "Dr Ann Lee Jr",
        "Lee, Ann",
        "Ann (Annie) Lee",
        "",
        "Ann de Lee",
    ];
    let emails = ["ann@hill.example", "Ann@hill.example", "ann.lee@gmail.com", "Ann <ann@hill.example>", "x@gmial.com"];
    for (name, email) in names.iter().flat_map(|name| emails.iter().map(move |email| (name, email))) {
        let mut record = RecordBuilder::lead().origin(1, 7).name(name).email(email).build();
        for line in [0, 7, 8, 1 << 40, u64::MAX] {
            record.origin.line = line;
            let packed: Packed<Record> = std::iter::once(record.clone()).collect();
            assert_eq!(packed.look(0), Some(record.clone()), "{name} {email} {line}");
        }
    }
}

fn many(count: u32) -> Vec<Record> {
    let record = |row: u32| RecordBuilder::lead().origin(0, row + 1).name("Ann Lee").city(&format!("c{row}")).build();
    (0..count).map(record).collect()
}

#[test]
fn a_list_that_was_set_aside_reads_as_before() {
    let records = many(200);
    let sound = Fragile::after(1_000, 10_000);
    let scratch: Arc<dyn Scratch> = Arc::clone(&sound) as _;
    let mut moved: Packed<Record> = records[..90].iter().cloned().collect();
    moved.set_aside(&scratch);
    let before = sound.held();
    assert!(before > 0);
    moved.extend(records[90..150].iter().cloned());
    moved.append(records[150..].iter().cloned().collect());
    assert!(sound.held() > before);
    assert_eq!(moved.unpacked().collect::<Vec<_>>(), records);
    assert_eq!(moved.iter().cloned().collect::<Vec<_>>(), records);
    assert_eq!(moved.clone(), moved);
    assert_eq!(moved.head(77).unwrap().origin, records[77].origin);
    moved.change(|records| records.truncate(100));
    assert_eq!(moved.into_iter().collect::<Vec<_>>(), records[..100]);
}

#[test]
fn what_cannot_be_set_aside_stays() {
    let records = many(100);
    let scratch: Arc<dyn Scratch> = Fragile::after(1, 1_000);
    let mut moved: Packed<Record> = Packed::default();
    moved.set_aside(&scratch);
    moved.extend(records.iter().cloned());
    assert!(moved.is_lost());
    assert_eq!(moved.unpacked().collect::<Vec<_>>(), records);
}

#[test]
fn what_cannot_be_had_back_is_empty_and_told() {
    let records = many(100);
    let scratch: Arc<dyn Scratch> = Fragile::after(1_000, 1);
    let mut moved: Packed<Record> = records.iter().cloned().collect();
    moved.set_aside(&scratch);
    assert!(!moved.is_lost());
    let seen: Vec<Record> = (0..100).filter_map(|at| Records::look(&moved, at).map(Cow::into_owned)).collect();
    assert!(moved.is_lost());
    assert_eq!((seen.len(), &seen[..32], &seen[96..]), (100, &records[..32], &records[96..]));
    assert!(seen[32..96].iter().all(|record| *record == Record::default()));
}

proptest! {
    #[test]
    fn lists_put_together_in_any_way_hold_the_same_records(
        names in proptest::collection::vec("[a-zé ]{0,70}", 0..120), cuts in proptest::collection::vec(0_usize..120, 3)
    ) {
        let record = |(row, name): (u32, &String)| {
            let row = row + 1;
            RecordBuilder::lead().origin(0, row).name(name).city(name).custom(&format!("c{}", row % 3), name).build()
        };
        let records: Vec<Record> = (0..).zip(&names).map(record).collect();
        let mut packed = Packed::default();
        let mut from = 0;
        let mut ends: Vec<usize> = cuts.into_iter().chain([records.len()]).map(|end| end.min(records.len())).collect();
        ends.sort_unstable();
        for end in ends {
            packed.append(records[from..end].iter().cloned().collect());
            from = end;
        }
        let (_, last) = (packed.get(0), records.last().cloned());
        packed.extend(last.clone());
        let records: Vec<Record> = records.into_iter().chain(last).collect();
        prop_assert_eq!(packed.len(), records.len());
        prop_assert_eq!(packed.unpacked().collect::<Vec<_>>(), records.clone());
        prop_assert_eq!(packed.iter().cloned().collect::<Vec<_>>(), records);
    }
}
