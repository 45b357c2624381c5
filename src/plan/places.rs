//! Custom attributes that keep what a merge would discard: which one keeps the values of which attribute, and the text in
//! them, a list that only ever grows.
//!
//! Such a text is `one; another`. A value is added once, however it is written, and only while the whole stays within
//! Intercom's limit of a text; what does not fit is the note's. Nothing here ever takes an entry away, so that what a
//! teammate wrote there stays too.

use std::collections::{BTreeMap, BTreeSet};

use super::values::{LONGEST_TEXT, attribute_name, folded, phone_key};
use super::{Attribute, StandardAttribute};
use crate::contact::Phone;

/// What stands between two entries.
const BETWEEN: &str = "; ";

/// Which custom attribute keeps the discarded values of which attribute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    of: BTreeMap<Attribute, String>,
    names: BTreeSet<String>,
}

impl Places {
    /// From the setting `plan.keep_attributes`: `email`, `phone`, `name`, `external_id`, `signed_up_at` or a custom
    /// attribute, with or without `custom:` before it → the custom attribute that keeps its values.
    pub(crate) fn new(keep_attributes: &BTreeMap<String, String>) -> Self {
        Self {
            of: keep_attributes.iter().map(|(kept, place)| (attribute_of(kept), place.clone())).collect(),
            names: keep_attributes.values().cloned().collect(),
        }
    }

    /// The custom attribute that keeps values of this one; such an attribute keeps its own.
    pub(crate) fn of(&self, attribute: &Attribute) -> Option<&str> {
        if let Attribute::Custom(name) = attribute
            && let Some(own) = self.names.get(name)
        {
            return Some(own);
        }
        self.of.get(attribute).map(String::as_str)
    }

    /// Whether an attribute keeps values of others.
    pub(crate) fn contains(&self, attribute: &Attribute) -> bool {
        matches!(attribute, Attribute::Custom(name) if self.names.contains(name))
    }

    /// The names, in alphabetical order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

/// The attribute a key of the setting speaks of.
pub(super) fn attribute_of(key: &str) -> Attribute {
    use StandardAttribute::{Email, ExternalId, Name, Phone, SignedUpAt};
    let standard = [Email, Phone, Name, ExternalId, SignedUpAt].into_iter().find(|standard| standard.name() == key);
    standard.map_or_else(
        || Attribute::Custom(attribute_name(key.strip_prefix("custom:").unwrap_or(key))),
        Attribute::Standard,
    )
}

/// The values in such a text.
pub(crate) fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.split(BETWEEN.trim_end()).map(str::trim).filter(|entry| !entry.is_empty())
}

/// Whether such a text has a value of an attribute, or all entries of a text of its own kind.
pub(crate) fn holds(text: &str, attribute: &Attribute, value: &str) -> bool {
    let is_phone = *attribute == Attribute::Standard(StandardAttribute::Phone);
    let key = |entry: &str| match is_phone.then(|| Phone::parse(entry, None)).flatten() {
        Some(phone) => phone_key(&phone),
        None => folded(entry.trim()),
    };
    let own: BTreeSet<String> = entries(text).map(key).collect();
    entries(value).all(|entry| own.contains(&key(entry)))
}

/// The text with another value; `None` when the value cannot be an entry or does not fit any more.
pub(crate) fn with(text: &str, value: &str) -> Option<String> {
    if value.contains(BETWEEN.trim_end()) {
        return None;
    }
    let grown = if text.trim().is_empty() { value.to_owned() } else { format!("{text}{BETWEEN}{value}") };
    (grown.chars().count() <= LONGEST_TEXT).then_some(grown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email() -> Attribute {
        Attribute::Standard(StandardAttribute::Email)
    }

    #[test]
    fn a_value_is_found_however_it_is_written_and_only_whole() {
        let text = "ann@home.example; +44 20 7946 0123";
        assert!(holds(text, &email(), "ANN@home.example"));
        assert!(!holds(text, &email(), "ann@home"));
        assert!(holds(text, &Attribute::Standard(StandardAttribute::Phone), "+442079460123"));
        assert!(holds(text, &Attribute::Custom("Other".to_owned()), "+44 20 7946 0123; ann@home.example"));
        assert!(!holds("", &email(), "ann@home.example"));
    }

    #[test]
    fn a_text_grows_by_whole_entries_up_to_intercoms_limit() {
        assert_eq!(with("", "a").as_deref(), Some("a"));
        assert_eq!(with("a", "b").as_deref(), Some("a; b"));
        assert_eq!(with("a", "b; c"), None, "it would be two entries");
        let full = "ü".repeat(LONGEST_TEXT - 3);
        assert_eq!(with(&full, "b").map(|text| text.chars().count()), Some(LONGEST_TEXT));
        assert_eq!(with(&full, "bc"), None);
    }

    #[test]
    fn keys_are_attributes_with_or_without_their_prefix() {
        let setting = [("email", "Other emails"), ("custom:Pl.an", "Other plans"), ("city", "Other places")];
        let places = Places::new(&setting.map(|(kept, place)| (kept.to_owned(), place.to_owned())).into());
        assert_eq!(places.of(&email()), Some("Other emails"));
        assert_eq!(places.of(&Attribute::Custom("Pl_an".to_owned())), Some("Other plans"));
        assert_eq!(places.of(&Attribute::Custom("city".to_owned())), Some("Other places"));
        assert_eq!(places.of(&Attribute::Custom("Other plans".to_owned())), Some("Other plans"));
        assert_eq!(places.of(&Attribute::Standard(StandardAttribute::Phone)), None);
        assert_eq!(places.names().collect::<Vec<_>>(), ["Other emails", "Other places", "Other plans"]);
    }

    proptest::proptest! {
        #[test]
        fn what_was_added_is_held_and_nothing_else_goes(values in proptest::collection::vec("[a-c;@ .]{0,6}", 0..8)) {
            let attribute = Attribute::Custom("Plan".to_owned());
            let mut text = String::new();
            let mut added: Vec<&String> = Vec::new();
            for value in &values {
                if let Some(grown) = with(&text, value.trim()) {
                    text = grown;
                    added.push(value);
                }
            }
            proptest::prop_assert!(added.iter().all(|value| holds(&text, &attribute, value)), "{}", text);
        }
    }
}
