//! Values that occur again and again in a column: each is made once and shared by the records that have it.
//!
//! Lists name the same cities, tags and companies thousands of times. Holds a limited number of values for each column and
//! forgets nothing, so that a column of values that never come again costs no more than its first ones. What is shared
//! changes no result.

use std::sync::{Arc, Mutex};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::contact::Company;

/// Distinct values remembered of one column.
const REMEMBERED: usize = 16_384;
/// Longest text that is remembered, in bytes.
const LONGEST: usize = 64;

/// Values one thread has seen.
#[derive(Debug, Default)]
pub(super) struct Known {
    texts: FxHashMap<u32, FxHashSet<Arc<str>>>,
    companies: FxHashMap<Box<str>, Option<Company>>,
}

impl Known {
    /// The text of a column, shared with those who had it before.
    pub(super) fn text(&mut self, column: u32, text: &str) -> Arc<str> {
        if text.len() > LONGEST {
            return text.into();
        }
        let texts = self.texts.entry(column).or_default();
        if let Some(known) = texts.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        if texts.len() < REMEMBERED {
            texts.insert(Arc::clone(&new));
        }
        new
    }

    /// The company a text names.
    pub(super) fn company(&mut self, text: &str) -> Option<Company> {
        if let Some(known) = self.companies.get(text) {
            return known.clone();
        }
        let company = Company::parse(text);
        if self.companies.len() < REMEMBERED && text.len() <= LONGEST {
            self.companies.insert(text.into(), company.clone());
        }
        company
    }
}

/// What threads have seen, kept for the next one that works.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Vec<Known>>);

impl Memory {
    /// Lends what some thread has seen.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Known) -> T) -> T {
        let mut known = self.0.lock().ok().and_then(|mut all| all.pop()).unwrap_or_default();
        let made = work(&mut known);
        if let Ok(mut all) = self.0.lock() {
            all.push(known);
        }
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_comes_again_is_the_same_text() {
        let mut known = Known::default();
        let first = known.text(3, "Leeds");
        assert!(Arc::ptr_eq(&first, &known.text(3, "Leeds")));
        assert_eq!(&*known.text(3, "leeds"), "leeds");
        assert!((0..40_000).all(|number| *known.text(4, &number.to_string()) == *number.to_string()));
    }

    #[test]
    fn a_company_that_comes_again_is_what_parsing_gives() {
        let mut known = Known::default();
        for text in ["Hillside GmbH", "HILLSIDE", "---", "Hillside GmbH", "---"] {
            assert_eq!(known.company(text), Company::parse(text));
        }
    }
}
