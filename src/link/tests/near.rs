//! Planning against the contacts near a list instead of all of them.

use std::collections::BTreeMap;

use super::people;
use crate::contact::{Record, Side};
use crate::link::{Linkage, Near, Options, link, link_with};

/// For each incoming row, by its id, the existing contacts it is in one group with.
fn brought_to(records: &[Record], linkage: &Linkage) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for group in &linkage.groups {
        let of = |side: Side| {
            let members = group.members.iter().map(|member| &records[member.0 as usize]);
            let ids = members.filter(|record| record.side == side).filter_map(|record| record.id.as_ref());
            ids.map(|id| id.0.to_string()).collect::<Vec<String>>()
        };
        let existing = of(Side::Existing);
        if !existing.is_empty() {
            found.extend(of(Side::Incoming).into_iter().map(|id| (id, existing.clone())));
        }
    }
    found
}

#[test]
fn every_row_that_belongs_to_a_contact_finds_one_of_its_own_among_the_near_ones() {
    for seed in 0..4 {
        let mut records = people::list(1_000, seed);
        for (at, record) in records.iter_mut().enumerate() {
            record.side = if at % 10 == 0 { Side::Incoming } else { Side::Existing };
        }
        let all = link(&records, &Options::default());
        let is_incoming = |record: &&Record| record.side == Side::Incoming;
        let incoming: Vec<Record> = records.iter().filter(is_incoming).cloned().collect();
        let near = Near::to(&incoming);
        let is_taken = |record: &&Record| record.side == Side::Incoming || near.holds(record);
        let taken: Vec<Record> = records.iter().filter(is_taken).cloned().collect();

        let wanted = brought_to(&records, &all);
        let found = brought_to(&taken, &link_with(&taken, &Options::default(), Some(&all.model)));
        let is_lost = |(row, contacts): &(&String, &Vec<String>)| {
            !found.get(*row).is_some_and(|found| found.iter().any(|contact| contacts.contains(contact)))
        };
        let lost: Vec<(&String, &Vec<String>)> = wanted.iter().filter(is_lost).collect();
        assert!(wanted.len() > 50, "{} rows belong to a contact", wanted.len());
        assert!(lost.is_empty(), "{} of {} contacts taken, seed {seed}: {lost:?}", taken.len(), records.len());
    }
}
