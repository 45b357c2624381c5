//! How alike two words are. Thin rules over `kernels`; every function is symmetric.

use super::kernels;

/// Number of characters of which more than half of short words would have to be wrong for an edit to be believed.
const SHORTEST_WITH_TYPO: usize = 3;

/// Jaro–Winkler similarity, 0 to 1 (Winkler 1990). The kernel walks the left word first, so that its Winkler prefix is
/// symmetric but its transposition count need not be; the words are put in order first.
pub(super) fn jaro_winkler(left: &str, right: &str) -> f64 {
    let (first, second) = if left <= right { (left, right) } else { (right, left) };
    kernels::jaro_winkler(first, second)
}

/// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
pub(super) fn edits(left: &str, right: &str) -> usize {
    kernels::osa_distance(left, right)
}

/// Whether one word is the other with a slip of the pen: one edit, or two in a long word.
pub(super) fn is_typo(left: &str, right: &str) -> bool {
    Letters::of(left).may_be_typo(Letters::of(right)) && edits(left, right) <= allowed(left.len().min(right.len()))
}

/// Edits that are still a slip of the pen, in a word of so many bytes.
fn allowed(shorter: usize) -> usize {
    if shorter >= 7 { 2 } else { 1 }
}

/// Longest word, in bytes, that is judged by its letters.
const LONGEST_JUDGED: usize = 64;

/// What can be said of a word without its text: which letters it has, several of them to a bit, how long it is and how it
/// begins. Enough to tell most words apart; of a word that is long or not ASCII nothing is said but its length.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Letters {
    set: u64,
    length: u16,
    first: u8,
    plain: bool,
}

impl Letters {
    pub(super) fn of(word: &str) -> Self {
        let bytes = word.as_bytes();
        Self {
            set: bytes.iter().fold(0, |set, letter| set | 1 << (letter & 63)),
            length: u16::try_from(bytes.len()).unwrap_or(u16::MAX),
            first: bytes.first().copied().unwrap_or_default(),
            plain: word.is_ascii() && bytes.len() <= LONGEST_JUDGED,
        }
    }

    /// Whether two words have nothing to do with one another: both are more than an initial, neither is the other with a
    /// slip or goes on where the other ends, and they do not look alike.
    pub(super) fn are_strangers(self, other: Self) -> bool {
        self.plain
            && other.plain
            && self.length > 1
            && other.length > 1
            && !self.may_be_similar(other)
            && !self.may_be_typo(other)
            && !self.may_be_start(other)
    }

    /// How many letters of each word the other one does not have at all, counting a letter once and rather too few: that
    /// many edits it takes at least, and that many letters have no partner.
    fn lonely(self, other: Self) -> (u32, u32) {
        ((self.set & !other.set).count_ones(), (other.set & !self.set).count_ones())
    }

    /// Whether one of the two may be the beginning of the other.
    fn may_be_start(self, other: Self) -> bool {
        let (one, two) = self.lonely(other);
        self.first == other.first && one.min(two) == 0
    }

    /// Whether [`is_typo`] may hold.
    fn may_be_typo(self, other: Self) -> bool {
        let (shorter, longer) = (self.length.min(other.length), self.length.max(other.length));
        if usize::from(shorter) < SHORTEST_WITH_TYPO || longer - shorter > 2 {
            return false;
        }
        let (one, two) = self.lonely(other);
        !(self.plain && other.plain) || one.max(two) as usize <= allowed(usize::from(shorter))
    }

    /// Whether [`is_similar`] may hold.
    pub(super) fn may_be_similar(self, other: Self) -> bool {
        let (left, right) = (u32::from(self.length), u32::from(other.length));
        if !(self.plain && other.plain) || left == 0 || right == 0 {
            return true;
        }
        let (one, two) = self.lonely(other);
        let met = left.saturating_sub(one).min(right.saturating_sub(two));
        // Jaro's similarity is at most (met / left + met / right + 1) / 3. Four equal letters at the start are the most that
        // help (Winkler 1990): a similarity of .85 then takes .75, which is 5/4 of the first two, and else 31/20.
        let (parts, of) = if self.first == other.first { (4, 5) } else { (20, 31) };
        parts * met * (left + right) >= of * left * right
            || one.max(two).max(left.abs_diff(right)) * 3 <= left.min(right)
    }
}

/// From this Jaro–Winkler similarity on two words look alike.
const SIMILAR: f64 = 0.85;

/// Whether two words look alike, though not alike enough for a single slip.
pub(super) fn is_similar(left: &str, right: &str) -> bool {
    let shorter = left.len().min(right.len());
    Letters::of(left).may_be_similar(Letters::of(right))
        && (jaro_winkler(left, right) >= SIMILAR || edits(left, right) * 3 <= shorter || same_letters(left, right))
}

/// Whether two words of some length are the same letters in another order.
fn same_letters(left: &str, right: &str) -> bool {
    if left.len() != right.len() || left.len() < 4 {
        return false;
    }
    let mut counts = [0_i32; 256];
    for (one, other) in left.bytes().zip(right.bytes()) {
        counts[usize::from(one)] += 1;
        counts[usize::from(other)] -= 1;
    }
    counts.iter().all(|count| *count == 0)
}

/// Whether two texts hold the same digits in the same order.
pub(super) fn same_digits(left: &str, right: &str) -> bool {
    let digits = |text| str::chars(text).filter(char::is_ascii_digit);
    digits(left).eq(digits(right))
}

/// Share of words two texts have in common, 0 to 1; a word counts as common when it is the same or a typo.
pub(super) fn word_overlap(left: &str, right: &str) -> f64 {
    weighted_overlap(left, right, |_| 1.0)
}

/// Like [`word_overlap`], with a weight for each word (Dice's coefficient: 2 · common / (left + right)).
pub(super) fn weighted_overlap(left: &str, right: &str, weight: impl Fn(&str) -> f64) -> f64 {
    // In one order, so that greedy matching of typos does not depend on the side.
    let (left, right) = if left <= right { (left, right) } else { (right, left) };
    let words = |text| str::split(text, ' ').filter(|word: &&str| !word.is_empty());
    let mut rest: Vec<&str> = words(right).collect();
    let total: f64 = words(left).chain(words(right)).map(&weight).sum();
    let mut unmatched = Vec::new();
    let mut common = 0.0;
    for word in words(left) {
        if let Some(at) = rest.iter().position(|other| *other == word) {
            rest.swap_remove(at);
            common += 2.0 * weight(word);
        } else {
            unmatched.push(word);
        }
    }
    for word in unmatched {
        if let Some(at) = rest.iter().position(|other| is_typo(word, other)) {
            common += weight(word) + weight(rest.swap_remove(at));
        }
    }
    if total > 0.0 { common / total } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_measure_is_symmetric(left in "[a-e]{0,9}", right in "[a-e]{0,9}") {
            prop_assert_eq!(jaro_winkler(&left, &right).to_bits(), jaro_winkler(&right, &left).to_bits());
            prop_assert_eq!(word_overlap(&left, &right).to_bits(), word_overlap(&right, &left).to_bits());
            prop_assert_eq!(edits(&left, &right), edits(&right, &left));
            prop_assert_eq!(is_typo(&left, &right), is_typo(&right, &left));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn letters_alone_never_call_similar_words_different(left in "[a-h]{0,9}", right in "[a-h]{0,9}") {
            let (shorter, longer) = (left.len().min(right.len()), left.len().max(right.len()));
            let similar = jaro_winkler(&left, &right) >= SIMILAR
                || edits(&left, &right) * 3 <= shorter
                || same_letters(&left, &right);
            prop_assert_eq!(is_similar(&left, &right), similar);
            let allowed = if shorter >= 7 { 2 } else { 1 };
            let typo = shorter >= SHORTEST_WITH_TYPO && longer - shorter <= 2 && edits(&left, &right) <= allowed;
            prop_assert_eq!(is_typo(&left, &right), typo);
        }
    }

    #[test]
    fn a_slip_of_the_pen_is_a_typo_and_another_name_is_not() {
        assert!(is_typo("david", "davd"));
        assert!(is_typo("howell", "howlel"));
        assert!(!is_typo("anna", "emma"));
        assert!(!is_typo("al", "el"));
    }

    #[test]
    fn word_overlap_counts_common_words() {
        assert!((word_overlap("ezzard charles school", "chicago youth ezzard charles school") - 0.75).abs() < 1e-9);
        assert!(word_overlap("walsh", "taylor") < 0.01);
    }
}
