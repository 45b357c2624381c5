use proptest::prelude::*;

use super::bytes::Book;
use super::*;
use crate::contact::{IntercomId, Record, RecordBuilder};

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
fn bytes_cut_short_are_no_record() {
    let mut bytes = Vec::new();
    let mut book = Book::default();
    full().pack(&mut Packer { bytes: &mut bytes, book: &mut book });
    let unpack = |bytes: &[u8]| Record::unpack(&mut Unpacker { bytes, book: &book });
    assert_eq!(unpack(&bytes), Some(full()));
    assert!((0..bytes.len()).all(|end| unpack(&bytes[..end]).is_none()));
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
