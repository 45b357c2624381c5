//! What every setting means, as the book says it: the table of `docs/configuration.md` is the one place where it is written,
//! and `init`, the schema for editors and the tests read it from there.

use toml::Value;

use super::Settings;

/// One setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Dotted key: `plan.fill`.
    pub key: String,
    /// What it means, in one sentence without markup.
    pub meaning: String,
    /// Its value when nobody sets it; `None` when it has none.
    pub default: Option<Value>,
    /// What is done while it has none.
    pub unset: Option<&'static str>,
}

/// Every setting, in the order of the book.
#[must_use]
pub fn manual() -> Vec<Entry> {
    let defaults = Settings::defaults();
    let mut found = Vec::new();
    for (keys, meaning) in rows() {
        for key in keys {
            let default = defaults.iter().find(|(known, _)| *known == key).map(|(_, value)| value.clone());
            let unset = Settings::unset().find(|(known, _)| *known == key).map(|(_, word)| word);
            found.push(Entry { key, meaning: meaning.clone(), default, unset });
        }
    }
    found
}

/// Keys and meaning of each row. Several keys share a row, the section named by the first.
fn rows() -> impl Iterator<Item = (Vec<String>, String)> {
    include_str!("../../docs/configuration.md").lines().filter(|line| line.starts_with("| `")).map(|line| {
        let cells = line.trim_matches('|');
        let keys = cells.split(" | ").next().unwrap_or_default().trim();
        let meaning = cells.rsplit(" | ").next().unwrap_or_default().trim();
        let mut section = "";
        let keys = keys
            .split(", ")
            .map(|key| {
                let key = key.trim_matches('`');
                section = key.split_once('.').map_or(section, |(section, _)| section);
                format!("{section}.{}", key.rsplit('.').next().unwrap_or_default())
            })
            .collect();
        (keys, plain(meaning))
    })
}

/// Without Markdown's marks: `[model](model-file.md)` is `model`.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        let Some((words, after)) = link.split_once("](") else { break };
        out.push_str(before);
        out.push_str(words);
        rest = after.split_once(')').map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out.replace('`', "")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_setting_is_in_the_manual_once_with_a_meaning() {
        let manual = manual();
        let named: BTreeSet<&str> = manual.iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(named.len(), manual.len());
        let defaults = Settings::defaults();
        let known: BTreeSet<&str> =
            defaults.iter().map(|(key, _)| key.as_str()).chain(Settings::unset().map(|(key, _)| key)).collect();
        assert_eq!(named, known);
        assert!(
            manual.iter().all(|entry| entry.meaning.len() > 5 && !entry.meaning.contains(['`', '['])),
            "{manual:?}"
        );
    }
}
