//! Short forms of given names.
//!
//! Owns `data/nicknames.csv` (carltonnorthern/nicknames: English names) and `data/short-names.csv` (other languages). A set is a formal name with its short forms;
//! two names are forms of one another when some set holds both.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

static ENGLISH: &str = include_str!("../data/nicknames.csv");
static OTHERS: &str = include_str!("../data/short-names.csv");

/// Name → numbers of the sets it is in, ascending.
static SETS: LazyLock<FxHashMap<&'static str, Vec<u16>>> = LazyLock::new(|| {
    let mut sets: FxHashMap<&'static str, Vec<u16>> = FxHashMap::default();
    let lines = ENGLISH.lines().chain(OTHERS.lines()).filter(|line| !line.starts_with('#'));
    for (line, number) in lines.zip(0_u16..) {
        for name in line.split(',') {
            sets.entry(name).or_default().push(number);
        }
    }
    sets
});

/// The sets a folded given name is in, as ascending numbers; empty when it is in none. Two names with a number in common are
/// forms of one name. The numbers hold for one version of the program.
#[must_use]
pub fn nickname_sets(token: &str) -> &'static [u16] {
    SETS.get(token).map_or(&[], Vec::as_slice)
}

/// Whether two folded given names are equal or forms of one name (`bob` and `robert`, `bob` and `rob`). Two formal names
/// that share a short form (`albert`, `alfred`) are not.
#[must_use]
pub fn are_nicknames(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (mut left, mut right) = (nickname_sets(a), nickname_sets(b));
    while let ([x, rest_left @ ..], [y, rest_right @ ..]) = (left, right) {
        match x.cmp(y) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => left = rest_left,
            std::cmp::Ordering::Greater => right = rest_right,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_forms_meet_their_name_and_one_another() {
        for (a, b) in [("bob", "robert"), ("rob", "bob"), ("bill", "william"), ("liz", "elizabeth"), ("ann", "ann")] {
            assert!(are_nicknames(a, b) && are_nicknames(b, a), "{a} {b}");
        }
    }

    #[test]
    fn short_forms_of_other_languages_are_known() {
        for (a, b) in [("krzysztof", "krzysiek"), ("paco", "francisco"), ("beppe", "giuseppe"), ("sepp", "josef")] {
            assert!(are_nicknames(a, b), "{a} {b}");
        }
        assert!(!are_nicknames("mario", "marius"));
    }

    #[test]
    fn every_table_is_folded_words() {
        for line in ENGLISH.lines().chain(OTHERS.lines()).filter(|line| !line.starts_with('#')) {
            assert!(
                line.contains(',') && line.split(',').all(|name| name.bytes().all(|b| b.is_ascii_lowercase())),
                "{line}"
            );
        }
    }

    #[test]
    fn names_that_only_share_a_short_form_stay_apart() {
        for (a, b) in [("albert", "alfred"), ("ann", "bob"), ("", "bob"), ("zzz", "yyy")] {
            assert!(!are_nicknames(a, b), "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn the_relation_agrees_with_the_sets(a in 0_usize..1_500, b in 0_usize..1_500) {
            let mut names: Vec<_> = SETS.keys().copied().collect();
            names.sort_unstable();
            let (a, b) = (names[a % names.len()], names[b % names.len()]);
            let shared = nickname_sets(a).iter().any(|set| nickname_sets(b).contains(set));
            prop_assert_eq!(are_nicknames(a, b), a == b || shared);
        }
    }
}
