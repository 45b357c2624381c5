//! The column that tells who each row is, as the plan kept it: a custom attribute, which linking never compares.

use std::collections::{BTreeSet, HashMap};

use crate::cli::exit;
use crate::contact::{Field, Record};
use crate::plan::Plan;

/// Columns named in a message.
const NAMED: usize = 12;

/// Who each record is: equal numbers are equal values of the column.
pub(super) fn of(plan: &Plan, column: &str) -> anyhow::Result<Vec<Option<u32>>> {
    let names = attributes(plan, column)?;
    let value = |record: &'_ Record| -> Option<String> {
        let found = record.custom.iter().find(|(name, _)| names.contains(name.as_ref()));
        found.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let mut people: HashMap<String, u32> = HashMap::new();
    let truth: Vec<Option<u32>> = plan
        .records
        .iter()
        .map(|record| {
            value(record).map(|value| {
                let next = u32::try_from(people.len()).unwrap_or(u32::MAX);
                *people.entry(value).or_insert(next)
            })
        })
        .collect();
    if people.is_empty() {
        return Err(exit::usage(format!("--truth {column}: no row has a value in that column")));
    }
    Ok(truth)
}

/// The attributes that hold the column. A column the matcher saw is refused: it would be judged by what it was told.
fn attributes(plan: &Plan, column: &str) -> anyhow::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for mapping in plan.sources.iter().flat_map(|source| &source.columns) {
        match &mapping.field {
            Field::Custom(name) if mapping.header.trim() == column || name.as_ref() == column => {
                names.insert(name.to_string());
            }
            Field::Ignore if mapping.header.trim() == column => {
                return Err(exit::usage(format!(
                    "--truth {column}: the plan was made without that column; make it again without '{column}=ignore'"
                )));
            }
            seen if mapping.header.trim() == column => {
                return Err(exit::usage(format!(
                    "--truth {column}: the column was read as {seen}, so the matcher may have seen it; make the plan \
                     again with --map '{column}=custom:{column}'"
                )));
            }
            _ => {}
        }
    }
    // Contacts read from a workspace have attributes but no columns.
    if plan.records.iter().any(|record| record.custom.iter().any(|(name, _)| name.as_ref() == column)) {
        names.insert(column.to_owned());
    }
    if names.is_empty() {
        let columns = plan.sources.iter().flat_map(|source| &source.columns);
        let kept = columns.filter(|mapping| matches!(mapping.field, Field::Custom(_)));
        let kept: BTreeSet<&str> = kept.map(|mapping| mapping.header.as_str()).collect();
        let listed: Vec<&str> = kept.iter().copied().take(NAMED).collect();
        return Err(exit::usage(if listed.is_empty() {
            format!("--truth {column}: the plan has no such column, and none that is kept without being compared")
        } else {
            format!("--truth {column}: the plan has no such column; it has {}", listed.join(", "))
        }));
    }
    Ok(names)
}
