//! Creates that send the same values at the same time.
//!
//! While one is under way its contact cannot be told from that of another whose answer was lost, so the other one waits.
//! When the answers of several are lost, as many contacts as there are such creates may be taken, one each; with more
//! contacts than creates nobody can tell, and nothing is guessed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Counts by the values that are sent.
#[derive(Debug, Default)]
pub(super) struct Equals {
    counts: Mutex<HashMap<String, Counts>>,
}

/// How many creates of the same values there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Sent, not answered yet.
    pub(super) under_way: usize,
    /// Answer lost, looked for.
    pub(super) in_doubt: usize,
}

/// Counts one create for as long as it lives.
#[derive(Debug)]
pub(super) struct Counted<'a> {
    equals: &'a Equals,
    values: String,
    doubt: bool,
}

impl Equals {
    pub(super) fn under_way(&self, values: &str) -> Counted<'_> {
        self.count(values, false)
    }

    pub(super) fn in_doubt(&self, values: &str) -> Counted<'_> {
        self.count(values, true)
    }

    fn count(&self, values: &str, doubt: bool) -> Counted<'_> {
        self.change(values, |counts| *counts.which(doubt) += 1);
        Counted { equals: self, values: values.to_owned(), doubt }
    }

    pub(super) fn counts(&self, values: &str) -> Counts {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(values).copied().unwrap_or_default()
    }

    fn change(&self, values: &str, change: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = counts.entry(values.to_owned()).or_default();
        change(entry);
        if *entry == Counts::default() {
            counts.remove(values);
        }
    }
}

impl Counts {
    fn which(&mut self, doubt: bool) -> &mut usize {
        if doubt { &mut self.in_doubt } else { &mut self.under_way }
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.equals.change(&self.values, |counts| {
            let count = counts.which(self.doubt);
            *count = count.saturating_sub(1);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{Counts, Equals};

    #[test]
    fn a_create_counts_for_as_long_as_it_is_under_way_or_in_doubt() {
        let equals = Equals::default();
        let first = equals.under_way("a");
        let second = equals.in_doubt("a");
        assert_eq!(equals.counts("a"), Counts { under_way: 1, in_doubt: 1 });
        assert_eq!(equals.counts("b"), Counts::default());
        drop(first);
        assert_eq!(equals.counts("a"), Counts { under_way: 0, in_doubt: 1 });
        drop(second);
        assert_eq!(equals.counts("a"), Counts::default());
    }
}
