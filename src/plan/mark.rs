//! The import mark: a custom attribute that says which row a created contact comes from.
//!
//! A create whose answer was lost is then looked for by something that no other contact has, whatever somebody has done to
//! the contact meanwhile. The mark is the beginning of a SHA-256 over the input's own SHA-256 and the number of the row, so
//! the same row of the same file always has the same one, and nobody can read a person from it.

use sha2::{Digest as _, Sha256};

use super::{Action, ActionBody, Attribute, AttributeValue, Change, Options, RowPlan, decide};
use crate::contact::Records;
use crate::ingest::Source;
use crate::link::Linkage;

/// Decides every group, and marks what is to be created where that is wanted.
pub(super) fn decide_and_mark(
    records: &dyn Records,
    sources: &[Source],
    linkage: &Linkage,
    options: &Options,
) -> (Vec<Action>, Vec<RowPlan>) {
    let (mut actions, rows) = decide(&records, linkage, options);
    mark_created(&mut actions, records, sources, options);
    (actions, rows)
}

/// Marks what is to be created where that is wanted.
pub(super) fn mark_created(actions: &mut [Action], records: &dyn Records, sources: &[Source], options: &Options) {
    let Some(name) = &options.import_mark else { return };
    for action in actions {
        if let ActionBody::Create { values, .. } = &mut action.body {
            values.change(|values| mark(values, records, sources, name));
        }
    }
}

fn mark(values: &mut Vec<Change>, records: &dyn Records, sources: &[Source], name: &str) {
    let Some(from) = values.iter().map(|change| change.from).min() else { return };
    let Some(origin) = usize::try_from(from.0).ok().and_then(|at| records.head(at)).map(|record| record.origin) else {
        return;
    };
    let file = sources.iter().find(|source| source.id == origin.source).map_or("", |source| source.sha256.as_str());
    let attribute = Attribute::Custom(name.to_owned());
    values.retain(|change| change.attribute != attribute);
    let after = AttributeValue::Text(of_row(file, origin.row));
    values.push(Change { attribute, before: None, after, from });
}

/// 24 hexadecimal digits.
fn of_row(file: &str, row: u32) -> String {
    let digest = Sha256::digest(format!("{file} {row}").as_bytes());
    let digits: Vec<String> = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

#[cfg(test)]
mod tests {
    use super::of_row;

    #[test]
    fn a_mark_belongs_to_one_row_of_one_file() {
        assert_eq!(of_row("ab", 7), of_row("ab", 7));
        assert_eq!(of_row("ab", 7).len(), 24);
        let marks = [of_row("ab", 7), of_row("ab", 8), of_row("ac", 7), of_row("ab 1", 7), of_row("ab", 17)];
        assert_eq!(std::collections::BTreeSet::from(marks).len(), 5);
    }
}
