//! Names of two plain words, as most are.
//!
//! A given name and a surname of ASCII letters that stand in no list of `words` need none of the care that `split` takes:
//! nothing in them can be a title, a particle, a filler or an organisation. Gives what `split` would, in a tenth of the time,
//! or nothing.

use super::words::{is_filler_as_one, is_listed};
use super::{NameKind, NameParts, PersonName, Script};

/// Longest word that is looked at, in bytes.
const WORD_MAX: usize = 32;
/// Words that are shorter may be initials.
const WORD_MIN: usize = 3;

/// The name, if it is plain.
pub(super) fn parse(parts: &NameParts<'_>) -> Option<PersonName> {
    let NameParts { full, first, middle, last, prefix, suffix } = *parts;
    if ![middle, prefix, suffix].iter().all(|cell| cell.is_empty()) {
        return None;
    }
    let (given, family) = match (full.is_empty(), first.is_empty() && last.is_empty()) {
        (true, false) => (first, last),
        // Capitals can mark a surname that stands first
        (false, true) => full.split_once(' ').filter(|words| !is_shouted(words.0) && !is_shouted(words.1))?,
        _ => return None,
    };
    let mut letters = [0; 2 * WORD_MAX];
    let (here, there) = letters.split_at_mut(given.len().min(WORD_MAX));
    let there = there.get_mut(..family.len().min(WORD_MAX))?;
    fold(given, here)?;
    fold(family, there)?;
    let folded = str::from_utf8(letters.get(..given.len() + family.len())?).ok()?;
    let words = folded.split_at(given.len());
    if is_listed(words.0) || is_listed(words.1) || is_filler_as_one(folded) {
        return None;
    }
    let display = if full.is_empty() { [given, " ", family].concat().into() } else { full.into() };
    Some(PersonName {
        display,
        given: [words.0.into()].into(),
        family: [words.1.into()].into(),
        suffix: None,
        script: Script::Latin,
        kind: NameKind::Person,
        nickname: None,
    })
}

/// Letters in lower case; `None` for anything else, and for words that are too short or too long.
fn fold(word: &str, into: &mut [u8]) -> Option<()> {
    if !(WORD_MIN..=WORD_MAX).contains(&word.len()) {
        return None;
    }
    for (letter, into) in word.bytes().zip(into) {
        if !letter.is_ascii_alphabetic() {
            return None;
        }
        *into = letter.to_ascii_lowercase();
    }
    Some(())
}

fn is_shouted(word: &str) -> bool {
    !word.bytes().any(|letter| letter.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::split;
    use super::*;

    #[test]
    fn plain_names_take_the_short_way() {
        let cells = NameParts { first: "Ann", last: "McKenna", ..NameParts::default() };
        assert!(parse(&cells).is_some());
        for full in ["Ann Lee", "ann lee", "Natasza Karczmarz"] {
            assert!(parse(&NameParts { full, ..NameParts::default() }).is_some(), "{full}");
        }
        for full in ["Dr Lee", "Ann Van", "ANN Lee", "Test User", "Al Lee", "Ann  Lee", "Ann-Marie Lee", "Support Team"]
        {
            assert!(parse(&NameParts { full, ..NameParts::default() }).is_none(), "{full}");
        }
    }

    fn any_word() -> impl Strategy<Value = String> {
        let listed = "dr Prof van Mc Junior senior PhD MBA Ltd team support Sales test user no one body name none NULL na Nil und \
                      and Y guest from green Judge mrs Herr Md iii MD first last john Public q Al as co";
        let listed: Vec<String> = listed.split_whitespace().map(str::to_owned).collect();
        prop_oneof![
            4 => "[A-Z][a-z]{1,9}",
            2 => "[a-z]{1,9}",
            2 => "[A-Z]{1,9}",
            1 => "[A-Za-z]{1,40}",
            4 => prop::sample::select(listed),
            1 => "[A-Za-z .,'\"()@-]{0,9}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn the_short_way_gives_what_the_long_one_gives(one in any_word(), other in any_word(), gap in "[ ,]{1,2}") {
            let (text, tight) = (format!("{one}{gap}{other}"), format!("{one} {other}"));
            for parts in [
                NameParts { first: &one, last: &other, ..NameParts::default() },
                NameParts { full: &text, ..NameParts::default() },
                NameParts { full: &tight, ..NameParts::default() },
            ] {
                if let Some(short) = parse(&parts) {
                    prop_assert_eq!(Some(short), split::parse(&parts), "{:?}", parts);
                }
            }
        }
    }
}
