//! Laws every linkage keeps, and the hard cases people meet.

mod aside;
mod decisions;
mod hard_cases;
mod laws;
mod model;
mod names;
mod near;
mod oracle;
mod people;
mod survivors;

use super::ablation::Without;
use super::features::Features;
use super::{Band, Linkage, Options, link};
use crate::contact::Record;

/// The columns of records.
fn features_of(records: &[Record]) -> Features {
    Features::new(records, Without::default())
}

/// Links with default options.
fn linked(records: &[Record]) -> Linkage {
    link(records, &Options::default())
}

/// Group number of each record.
fn groups_of(linkage: &Linkage, records: usize) -> Vec<u32> {
    let mut groups = vec![0; records];
    for group in &linkage.groups {
        for member in &group.members {
            groups[member.0 as usize] = group.id;
        }
    }
    groups
}

/// Band of the group a record is in.
fn band_of(linkage: &Linkage, record: u32) -> Band {
    let group = linkage.groups.iter().find(|group| group.members.iter().any(|member| member.0 == record));
    group.expect("every record is in a group").band
}
