//! Jaro–Winkler and optimal string alignment for short ASCII words, a machine word of bits at a time.
//!
//! Give exactly what `strsim` gives, which stays the way for everything longer or not ASCII and is the oracle of the tests
//! here. Pure arithmetic: no allocation, no hashing.

/// Longest word that fits.
const LONGEST: usize = 64;

/// Where each letter stands in a word: bit n is set when byte n is the letter.
struct Places([u64; 128]);

impl Places {
    fn of(word: &[u8]) -> Self {
        let mut places = [0; 128];
        for (at, letter) in word.iter().enumerate() {
            places[usize::from(letter & 127)] |= 1 << at;
        }
        Self(places)
    }

    fn get(&self, letter: u8) -> u64 {
        self.0[usize::from(letter & 127)]
    }
}

/// Whether the kernels know these words.
fn fits(left: &str, right: &str) -> bool {
    left.len() <= LONGEST && right.len() <= LONGEST && left.is_ascii() && right.is_ascii()
}

/// Optimal string alignment distance (Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit
/// distances").
#[must_use]
pub fn osa_distance(left: &str, right: &str) -> usize {
    if !fits(left, right) {
        return strsim::osa_distance(left, right);
    }
    // What words have in common at their ends costs nothing and changes nothing in between.
    let (mut left, mut right) = (left.as_bytes(), right.as_bytes());
    while let ([one, left_rest @ ..], [other, right_rest @ ..]) = (left, right) {
        if one != other {
            break;
        }
        (left, right) = (left_rest, right_rest);
    }
    while let ([left_rest @ .., one], [right_rest @ .., other]) = (left, right) {
        if one != other {
            break;
        }
        (left, right) = (left_rest, right_rest);
    }
    if left.is_empty() || right.is_empty() {
        return left.len() + right.len();
    }
    let places = Places::of(left);
    let last = 1_u64 << (left.len() - 1);
    let (mut more, mut less) = (u64::MAX, 0_u64);
    let (mut diagonal, mut former) = (0_u64, 0_u64);
    let mut distance = left.len();
    for letter in right {
        let same = places.get(*letter);
        let swapped = ((!diagonal & same) << 1) & former;
        diagonal = ((same & more).wrapping_add(more) ^ more) | same | less | swapped;
        let right_more = less | !(diagonal | more);
        let right_less = diagonal & more;
        distance += usize::from(right_more & last != 0);
        distance -= usize::from(right_less & last != 0);
        let right_more = right_more << 1 | 1;
        more = right_less << 1 | !(diagonal | right_more);
        less = right_more & diagonal;
        former = same;
    }
    distance
}

/// Jaro–Winkler similarity, 0 to 1 (Winkler 1990).
#[must_use]
pub fn jaro_winkler(left: &str, right: &str) -> f64 {
    if !fits(left, right) {
        return strsim::jaro_winkler(left, right);
    }
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let similarity = jaro(left, right);
    if similarity <= 0.7 {
        return similarity;
    }
    let prefix = left.iter().zip(right).take(4).take_while(|(one, other)| one == other).count();
    similarity + 0.1 * length(prefix) * (1.0 - similarity)
}

fn jaro(left: &[u8], right: &[u8]) -> f64 {
    if left.is_empty() || right.is_empty() {
        return if left.len() == right.len() { 1.0 } else { 0.0 };
    }
    let range = (left.len().max(right.len()) / 2).saturating_sub(1);
    let places = Places::of(right);
    // Letters of either word that have a partner in the other.
    let (mut met_left, mut met_right) = (0_u64, 0_u64);
    for (at, letter) in left.iter().enumerate() {
        let from = at.saturating_sub(range);
        if from >= right.len() {
            break;
        }
        let within = u64::MAX >> (63 - (at + range).min(63)) & u64::MAX << from;
        let free = places.get(*letter) & within & !met_right;
        if free != 0 {
            met_left |= 1 << at;
            met_right |= free & free.wrapping_neg();
        }
    }
    if met_left == 0 {
        return 0.0;
    }
    let matches = met_left.count_ones() as usize;
    let mut misplaced = 0;
    while met_left != 0 {
        let (one, other) = (met_left.trailing_zeros() as usize, met_right.trailing_zeros() as usize);
        misplaced += usize::from(left[one] != right[other]);
        met_left &= met_left - 1;
        met_right &= met_right - 1;
    }
    let shared = length(matches);
    (shared / length(left.len()) + shared / length(right.len()) + length(matches - misplaced / 2) / shared) / 3.0
}

fn length(letters: usize) -> f64 {
    // At most 64.
    f64::from(u8::try_from(letters).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn the_kernels_give_what_strsim_gives(left in "[a-d]{0,14}", right in "[a-d]{0,14}") {
            prop_assert_eq!(osa_distance(&left, &right), strsim::osa_distance(&left, &right));
            prop_assert_eq!(jaro_winkler(&left, &right).to_bits(), strsim::jaro_winkler(&left, &right).to_bits());
        }

        #[test]
        fn the_kernels_give_what_strsim_gives_for_any_text(left in "[ab \u{e4}]{0,70}", right in "[ab \u{e4}]{0,70}") {
            prop_assert_eq!(osa_distance(&left, &right), strsim::osa_distance(&left, &right));
            prop_assert_eq!(jaro_winkler(&left, &right).to_bits(), strsim::jaro_winkler(&left, &right).to_bits());
        }

        #[test]
        fn the_kernels_give_what_strsim_gives_at_full_length(left in "[a-c]{58,66}", right in "[a-c]{1,66}") {
            prop_assert_eq!(osa_distance(&left, &right), strsim::osa_distance(&left, &right));
            prop_assert_eq!(jaro_winkler(&left, &right).to_bits(), strsim::jaro_winkler(&left, &right).to_bits());
        }
    }
}
