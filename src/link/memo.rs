//! Answers to a question about two values of one kind, remembered.
//!
//! The same names, companies and cities meet again and again among the candidates of a list. A memo has a fixed number of
//! places, a later answer takes the place of an earlier one, and threads share it: a place is one number that holds the
//! question beside the answer, so that whoever reads it knows whether it is theirs. What is remembered follows from the two
//! values alone, so that a memo changes what a comparison costs and nothing else.

use std::sync::atomic::{AtomicU64, Ordering};

/// Bits of an id that fit beside another one and an answer.
const ID: u32 = 28;
/// Set in a place that holds an answer.
const TAKEN: u64 = 1 << 63;

/// Places for answers of 7 bits.
#[derive(Debug)]
pub(super) struct Memo {
    places: Box<[AtomicU64]>,
    shift: u32,
}

impl Default for Memo {
    /// A memo for a column of few distinct values.
    fn default() -> Self {
        Self::new(12)
    }
}

impl Memo {
    /// A memo of 2^`bits` places.
    pub(super) fn new(bits: u32) -> Self {
        Self { places: (0..1_usize << bits).map(|_| AtomicU64::new(0)).collect(), shift: 64 - bits }
    }

    /// The answer for two values, remembered or found now; it must be below 128.
    pub(super) fn answer(&self, left: u32, right: u32, find: impl FnOnce() -> u8) -> u8 {
        if (left | right) >> ID != 0 {
            return find();
        }
        let question = u64::from(left) << ID | u64::from(right);
        // Fibonacci hashing (Knuth 1973): the upper bits depend on all bits of both ids.
        let slot = question.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift;
        let place = usize::try_from(slot).ok().and_then(|slot| self.places.get(slot));
        let Some(place) = place else { return find() };
        let known = place.load(Ordering::Relaxed);
        if known & (TAKEN | ((1 << (2 * ID)) - 1)) == TAKEN | question {
            return known.to_le_bytes()[7] & 0x7f;
        }
        let found = find();
        place.store(TAKEN | u64::from(found & 0x7f) << (2 * ID) | question, Ordering::Relaxed);
        found
    }

    /// The same for a question of yes or no.
    pub(super) fn is(&self, left: u32, right: u32, find: impl FnOnce() -> bool) -> bool {
        self.answer(left, right, || u8::from(find())) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_memo_never_gives_the_answer_to_another_question(
            questions in prop::collection::vec((0..40_u32, 0..40_u32), 0..400),
        ) {
            let memo = Memo::new(4);
            let truth = |left: u32, right: u32| u8::try_from((left * 7 + right * 3) % 128).unwrap();
            for (left, right) in questions {
                prop_assert_eq!(memo.answer(left, right, || truth(left, right)), truth(left, right));
            }
        }
    }

    #[test]
    fn an_answer_is_found_once_while_nothing_takes_its_place() {
        let memo = Memo::new(8);
        assert_eq!(memo.answer(3, 9, || 127), 127);
        assert_eq!(memo.answer(3, 9, || unreachable!("remembered")), 127);
        assert_eq!(memo.answer(9, 3, || 5), 5);
        assert!(memo.is(1, 1, || true));
        assert!(!memo.is(u32::MAX, 1, || false));
    }
}
