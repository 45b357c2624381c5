//! `[source.NAME]`: how the files of one source are read, so that a list that comes every month is mapped once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::contact::{Field, Region, Role};
use crate::ingest::{self, Delimiter, TextEncoding};

/// One source. What it leaves open is as in `[input]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceSection {
    /// Names of its files, without folders; `*` stands for any characters, `?` for one. The first source that fits counts.
    pub files: Vec<String>,
    /// Encoding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<TextEncoding>,
    /// Separator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<Delimiter>,
    /// Country of phone numbers in national form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Role of rows that name none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Column → field; added to `[input.map]`, and stronger than it.
    pub map: BTreeMap<String, Field>,
}

impl SourceSection {
    /// Whether a file, by its name without folders, is of this source.
    #[must_use]
    pub fn fits(&self, file: &str) -> bool {
        let file: Vec<char> = file.to_lowercase().chars().collect();
        self.files.iter().any(|pattern| {
            let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
            is_like(&pattern, &file)
        })
    }

    /// Puts its settings over those of `[input]`. `was_flagged` says which keys of `[input]` came from the command line
    /// or the environment, which count for more.
    pub(super) fn over(&self, mut options: ingest::Options, was_flagged: impl Fn(&str) -> bool) -> ingest::Options {
        let open = |key: &str| !was_flagged(key);
        if open("input.encoding") {
            options.encoding = self.encoding.or(options.encoding);
        }
        if open("input.delimiter") {
            options.delimiter = self.delimiter.or(options.delimiter);
        }
        if open("input.region") {
            options.region = self.region.as_deref().and_then(Region::parse).or(options.region);
        }
        if open("input.role") {
            options.default_role = self.role.or(options.default_role);
        }
        let known = |column: &str| options.map.iter().position(|(other, _)| other.as_str() == column);
        let mut added = Vec::new();
        for (column, field) in &self.map {
            match known(column) {
                Some(_) if !open("input.map") => {}
                at => added.push((at, column.clone(), field.clone())),
            }
        }
        for (at, column, field) in added {
            match at.and_then(|at| options.map.get_mut(at)) {
                Some(slot) => slot.1 = field,
                None => options.map.push((column, field)),
            }
        }
        options
    }
}

/// Whether a text is like a pattern with `*` and `?`.
fn is_like(pattern: &[char], text: &[char]) -> bool {
    // Where to go on when what followed the last `*` did not fit: it takes one more character then
    let (mut at, mut read, mut star) = (0, 0, None);
    while read < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at + 1, read));
                at += 1;
            }
            Some(wanted) if *wanted == '?' || text.get(read) == Some(wanted) => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((after, taken)) = star else { return false };
                star = Some((after, taken + 1));
                (at, read) = (after, taken + 1);
            }
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|c| *c == '*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, file: &str) -> bool {
        SourceSection { files: vec![pattern.to_owned()], ..SourceSection::default() }.fits(file)
    }

    #[test]
    fn a_star_is_any_characters_and_a_question_mark_one() {
        for (pattern, file) in [
            ("webinar*.csv", "webinar-2026-11.csv"),
            ("webinar*.csv", "Webinar.CSV"),
            ("*", "x"),
            ("a?c", "abc"),
            ("*b*b", "abab"),
        ] {
            assert!(fits(pattern, file), "{pattern} {file}");
        }
        for (pattern, file) in
            [("webinar*.csv", "old-webinar.csv"), ("a?c", "ac"), ("", "x"), ("*.csv", "x.tsv"), ("*b", "abc")]
        {
            assert!(!fits(pattern, file), "{pattern} {file}");
        }
    }

    #[test]
    fn a_source_is_stronger_than_the_file_and_weaker_than_a_flag() {
        let general = ingest::Options {
            map: [("Contact".to_owned(), Field::Company)].into_iter().collect(),
            default_role: Some(Role::User),
            ..ingest::Options::default()
        };
        let source = SourceSection {
            role: Some(Role::Lead),
            map: [("Contact".to_owned(), Field::FullName), ("Mail".to_owned(), Field::Email)].into(),
            ..SourceSection::default()
        };
        let mapped = source.over(general.clone(), |_| false);
        assert_eq!(mapped.default_role, Some(Role::Lead));
        let expected = [("Contact".to_owned(), Field::FullName), ("Mail".to_owned(), Field::Email)];
        assert_eq!(mapped.map.into_iter().collect::<Vec<_>>(), expected);
        let flagged = source.over(general, |_| true);
        assert_eq!((flagged.default_role, flagged.map.len()), (Some(Role::User), 2));
        assert!(flagged.map.contains(&("Contact".to_owned(), Field::Company)));
    }
}
