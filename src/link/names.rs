//! Comparison of two person names: which parts agree, how, and whether they can be one person at all.

use super::features::{NONE, NameValue, Words};
use super::similarity;
use crate::contact::Script;

/// How two words of a name relate, from the strongest relation down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Relation {
    Same,
    Nickname,
    Typo,
    Initial,
    /// One side has no such part.
    Missing,
    /// Looks alike, but not enough for a slip.
    Similar,
    Different,
}

use Relation::{Different, Initial, Missing, Nickname, Same, Similar, Typo};

/// Result of comparing two names. The order is that of the model's levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameLevel {
    Same,
    Swapped,
    Nickname,
    Typo,
    Initial,
    /// Only given names are known on one side, and they agree.
    GivenOnly,
    /// Only surnames are known on one side, and they agree.
    FamilyOnly,
    /// Same given name, another surname.
    OtherSurname,
    /// Alike in a weak way, or not comparable.
    Unclear,
    /// Same surname, another given name: a relative.
    OtherGiven,
    Different,
}

/// Level and the tokens that agree, whose frequency says how much the agreement is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct NameMatch {
    pub(super) level: NameLevel,
    /// In how many distinct names the agreeing given name occurs; 0 when none agrees.
    pub(super) given: u32,
    /// The same for the agreeing surname.
    pub(super) family: u32,
}

/// Compares two names.
pub(super) fn compare(left: NameValue<'_>, right: NameValue<'_>, tokens: &Words) -> NameMatch {
    if let Some(found) = compare_plain(left, right, tokens) {
        return found;
    }
    let (left, right) = in_order(left, right, tokens);
    let found = compare_words(left, right, tokens);
    if left.suffix != right.suffix && left.suffix != NONE && right.suffix != NONE && found.level < NameLevel::OtherGiven
    {
        // Father and son.
        return NameMatch { level: NameLevel::OtherGiven, given: 0, family: 0 };
    }
    found
}

/// Compares two names of one given name and one surname each, as most are, when nothing but given name with given name and
/// surname with surname can have anything in common; gives what [`compare_words`] gives.
fn compare_plain(left: NameValue<'_>, right: NameValue<'_>, tokens: &Words) -> Option<NameMatch> {
    let plain = |name: NameValue<'_>| name.script == Script::Latin && name.suffix == NONE;
    let ([given], [family], true) = (left.given, left.family, plain(left)) else { return None };
    let ([other_given], [other_family], true) = (right.given, right.family, plain(right)) else { return None };
    let found = matched(relate_two(*given, *other_given, tokens), relate_two(*family, *other_family, tokens));
    let apart = |one: &u32, other: &u32| relate(*one, *other, tokens) == Different;
    // One swapped part that differs makes the whole differ, in whichever order.
    let in_place = found.level == NameLevel::Same || apart(given, other_family) || apart(family, other_given);
    let other_letters = found.level <= NameLevel::Initial || left.letters != right.letters;
    (in_place && other_letters).then_some(found)
}

/// Compares the words of two names, whatever generation they belong to.
fn compare_words(left: NameValue<'_>, right: NameValue<'_>, tokens: &Words) -> NameMatch {
    let mut straight = align(left.given, left.family, right.given, right.family, tokens);
    if !matches!(straight.level, NameLevel::Same) {
        // Either side may be the one that is swapped: what is read as a given name takes nicknames.
        let mut crossed = align(left.given, left.family, right.family, right.given, tokens);
        let mirrored = align(left.family, left.given, right.given, right.family, tokens);
        if mirrored.level < crossed.level {
            crossed = mirrored;
        }
        let complete = |name: NameValue<'_>| !name.given.is_empty() && !name.family.is_empty();
        if !(complete(left) && complete(right)) {
            // One word alone: the parser could not know whether it is a given name or a surname.
            crossed.level = crossed.level.max(NameLevel::GivenOnly);
        } else if crossed.level == NameLevel::Same {
            crossed.level = NameLevel::Swapped;
        } else if crossed.level == NameLevel::Unclear {
            // Keeps its level: slips on swapped parts.
        } else if crossed.level <= NameLevel::Initial {
            crossed.level = crossed.level.max(NameLevel::Typo);
        } else {
            crossed.level = NameLevel::Different;
        }
        if crossed.level < straight.level {
            straight = crossed;
        }
    }
    if straight.level > NameLevel::Initial
        && let Some(found) = contained(left, right, tokens)
    {
        straight = found;
    }
    if straight.level > NameLevel::Initial && (same_letters(left, right, tokens) || one_word(left, right, tokens)) {
        straight.level = NameLevel::Typo;
        straight.given = 1;
        straight.family = 1;
    }
    if straight.level >= NameLevel::OtherSurname && left.script != right.script {
        // A name and its transliteration: the folding of another script is too rough to contradict anybody.
        straight = NameMatch { level: NameLevel::Unclear, given: 0, family: 0 };
    }
    straight
}

/// The shorter name first, names of one length by their words: the comparison must not depend on the side.
fn in_order<'n>(left: NameValue<'n>, right: NameValue<'n>, tokens: &Words) -> (NameValue<'n>, NameValue<'n>) {
    let size = |name: NameValue<'_>| (name.given.len() + name.family.len(), name.given.len());
    let words = |name: NameValue<'n>| name.tokens().map(|token| tokens.place(token));
    let order = size(left).cmp(&size(right)).then_with(|| words(left).cmp(words(right)));
    if order.is_le() { (left, right) } else { (right, left) }
}

/// Whether two names cannot belong to one person.
pub(super) fn incompatible(found: NameMatch) -> bool {
    matches!(found.level, NameLevel::OtherGiven | NameLevel::Different)
}

/// Compares given names with given names and surnames with surnames.
fn align(given: &[u32], family: &[u32], other_given: &[u32], other_family: &[u32], tokens: &Words) -> NameMatch {
    matched(relate_given(given, other_given, tokens), best(family, other_family, tokens))
}

/// What two names have in common whose given names and surnames relate like this, each with the count of the commoner word.
fn matched(
    (given_relation, given_count): (Relation, u32),
    (family_relation, family_count): (Relation, u32),
) -> NameMatch {
    let level = match (given_relation, family_relation) {
        (Same, Same) => NameLevel::Same,
        (Nickname, Same) => NameLevel::Nickname,
        (Typo, Same | Typo) | (Same | Nickname, Typo) => NameLevel::Typo,
        (Initial, Same | Typo) | (Same | Nickname | Typo, Initial) => NameLevel::Initial,
        (Same | Nickname | Typo, Missing) => NameLevel::GivenOnly,
        (Missing, Same | Typo) => NameLevel::FamilyOnly,
        (Same | Nickname, Different) => NameLevel::OtherSurname,
        (Missing | Similar | Initial, Missing | Initial)
        | (Similar, Same | Typo | Similar)
        | (Same | Typo | Nickname | Missing | Initial, Similar) => NameLevel::Unclear,
        (Different, Same | Typo) => NameLevel::OtherGiven,
        _ => NameLevel::Different,
    };
    let keep = |relation: Relation, count: u32| if relation <= Typo { count } else { 0 };
    NameMatch { level, given: keep(given_relation, given_count), family: keep(family_relation, family_count) }
}

/// The first given names decide; a person may also go by a middle name.
fn relate_given(left: &[u32], right: &[u32], tokens: &Words) -> (Relation, u32) {
    let (Some(first), Some(other)) = (left.first(), right.first()) else {
        return (Relation::Missing, 0);
    };
    let straight = relate_two(*first, *other, tokens);
    if straight.0 <= Relation::Initial || (left.len() == 1 && right.len() == 1) {
        return straight;
    }
    // Two people often share a middle initial: only whole names count here.
    let whole = |word: &u32| tokens.text(*word).len() > 1;
    let (any, count) = strongest(left.iter().copied().filter(whole), &right.iter().copied().filter(whole), tokens);
    if any <= Relation::Typo { (any.max(Relation::Nickname), count) } else { straight }
}

/// The strongest relation between any two words.
fn best(left: &[u32], right: &[u32], tokens: &Words) -> (Relation, u32) {
    strongest(left.iter().copied(), &right.iter().copied(), tokens)
}

fn strongest(
    left: impl Iterator<Item = u32>,
    right: &(impl Iterator<Item = u32> + Clone),
    tokens: &Words,
) -> (Relation, u32) {
    let pairs = left.flat_map(|one| right.clone().map(move |other| (one, other)));
    let related = pairs.map(|(one, other)| relate_two(one, other, tokens));
    related.min().unwrap_or((Relation::Missing, 0))
}

/// How two words relate, and in how many names the commoner occurs where that matters.
fn relate_two(left: u32, right: u32, tokens: &Words) -> (Relation, u32) {
    let relation = relate(left, right, tokens);
    (relation, if relation <= Typo { commoner(left, right, tokens) } else { 0 })
}

/// In how many names the commoner of two words occurs.
fn commoner(left: u32, right: u32, tokens: &Words) -> u32 {
    tokens.count(left).max(tokens.count(right)).max(1)
}

/// From this number of distinct names on, a word is a name in its own right and not somebody's slip.
const COMMON: u32 = 4;

/// A word so many times rarer than one that looks like it is that one with a slip.
const SLIPS: u32 = 40;

/// Relation of two words.
pub(super) fn relate(left: u32, right: u32, tokens: &Words) -> Relation {
    if left == right {
        return Relation::Same;
    }
    if tokens.are_strangers(left, right) {
        return Relation::Different;
    }
    let relation = |at: u8| RELATIONS.get(usize::from(at)).copied().unwrap_or(Relation::Different);
    relation(tokens.relations.answer(left.min(right), left.max(right), || find_relation(left, right, tokens) as u8))
}

/// All relations, in their order.
const RELATIONS: [Relation; 7] = [Same, Nickname, Typo, Initial, Missing, Similar, Different];

fn find_relation(left: u32, right: u32, tokens: &Words) -> Relation {
    let (one, other) = (tokens.text(left), tokens.text(right));
    let (shorter, longer) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    if shorter.chars().count() == 1 {
        return if longer.starts_with(shorter) { Relation::Initial } else { Relation::Different };
    }
    if tokens.are_nicknames(left, right) {
        return Relation::Nickname;
    }
    if one.len() > 2 && other.len() > 2 && tokens.same_spelling(left, right) {
        return Relation::Typo;
    }
    if shorter.len() >= 3 && longer.starts_with(shorter) {
        return Relation::Nickname;
    }
    let (rarer, commoner) = (tokens.count(left).min(tokens.count(right)), tokens.count(left).max(tokens.count(right)));
    // Of a common name even the slips are not rare on a long list.
    let both_common = rarer >= COMMON && rarer * SLIPS >= commoner;
    if similarity::is_typo(one, other) {
        // "Maria" and "Mario" are two names, "Maria" and "Mqria" are one.
        return if both_common { Relation::Similar } else { Relation::Typo };
    }
    if !both_common && similarity::is_similar(one, other) { Relation::Similar } else { Relation::Different }
}

/// Whether all words of the shorter name stand in the longer one, wherever ("Ana Mora" and "Ana Lucía Mora Vidal"): people
/// with two surnames or several given names use some of them.
fn contained(left: NameValue<'_>, right: NameValue<'_>, tokens: &Words) -> Option<NameMatch> {
    let (shorter, longer) = if left.len() > right.len() { (right, left) } else { (left, right) };
    if shorter.len() < 2 || longer.len() < 3 {
        return None;
    }
    let mut longer: Vec<u32> = longer.tokens().collect();
    let mut worst = Relation::Same;
    let mut counts = Vec::new();
    let mut whole = 0;
    for word in shorter.tokens() {
        let best = (0..longer.len())
            .min_by_key(|at| (relate(word, longer[*at], tokens), commoner(word, longer[*at], tokens)))?;
        let other = longer.swap_remove(best);
        let relation = relate(word, other, tokens);
        worst = worst.max(relation);
        if tokens.text(word).len() > 1 {
            whole += 1;
            if relation == Relation::Same {
                counts.push(commoner(word, other, tokens));
            }
        }
    }
    // "M. Miles" has an initial in common with "Anne M. Miles", whoever of her family it is.
    if whole < 2 {
        worst = worst.max(Relation::Initial);
    }
    counts.sort_unstable();
    let rarest = *counts.first()?;
    let level = match worst {
        Relation::Same => NameLevel::Same,
        Relation::Nickname => NameLevel::Nickname,
        Relation::Typo => NameLevel::Typo,
        Relation::Initial => NameLevel::Initial,
        _ => return None,
    };
    Some(NameMatch { level, given: counts.get(1).copied().unwrap_or(rarest), family: rarest })
}

/// Whether one name is a single word made of the other ("nmishra" of "Neha Mishra"), as in a name taken from an address.
fn one_word(left: NameValue<'_>, right: NameValue<'_>, tokens: &Words) -> bool {
    let (single, full) = if left.len() == 1 { (left, right) } else { (right, left) };
    if single.len() != 1 || full.len() < 2 {
        return false;
    }
    let text = |token: Option<u32>| token.map_or("", |token| tokens.text(token));
    let (word, first, last) = (text(single.tokens().next()), text(full.tokens().next()), text(full.tokens().last()));
    let initial = |word: &str| word.chars().next().map(String::from).unwrap_or_default();
    let made = || [initial(first) + last, format!("{first}{}", initial(last)), format!("{last}{}", initial(first))];
    word.len() > 4 && made().iter().any(|made| made == word)
}

/// Whether both names are the same letters with the words divided differently ("annamaria rossi", "anna maria rossi").
/// Scripts without spaces between words leave it to the writer which word comes first.
fn same_letters(left: NameValue<'_>, right: NameValue<'_>, tokens: &Words) -> bool {
    if left.tokens().eq(right.tokens()) {
        return false;
    }
    if left.script == Script::Latin {
        let letters =
            |name: NameValue<'_>| name.tokens().flat_map(|token| tokens.text(token).bytes()).collect::<Vec<u8>>();
        return left.letters >= 6 && left.letters == right.letters && letters(left) == letters(right);
    }
    let joined = |name: NameValue<'_>| name.tokens().map(|token| tokens.text(token)).collect::<String>();
    let (one, other) = (joined(left), joined(right));
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(&one) == sorted(&other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::{Record, RecordBuilder};
    use crate::link::ablation::Without;
    use crate::link::features::Features;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn words_called_strangers_by_their_letters_are_different(
            names in prop::collection::vec("[a-e]{1,5}[a-h]{0,4}|Bob|Robert|Müller|Mueller|Bill|William", 2..12),
        ) {
            let records: Vec<Record> = names.iter().map(|name| RecordBuilder::lead().name(name).build()).collect();
            let features = Features::new(&records, Without::default());
            let words = 0..u32::try_from(features.tokens.len()).expect("few");
            for left in words.clone() {
                for right in words.clone().filter(|right| *right != left) {
                    if features.tokens.are_strangers(left, right) {
                        prop_assert_eq!(find_relation(left, right, &features.tokens), Relation::Different);
                    }
                }
            }
        }

        #[test]
        fn the_short_way_gives_what_the_long_way_gives(
            names in prop::collection::vec("(Ann|Anna|Lee|Leeds|Lea|Bob|Robert|A|Nan) (Lee|Ann|Leed|Roberts|Al|Nanle)", 2..8),
        ) {
            let records: Vec<Record> = names.iter().map(|name| RecordBuilder::lead().name(name).build()).collect();
            let features = Features::new(&records, Without::default());
            let values: Vec<NameValue<'_>> = (0..).map_while(|name| features.names.get(name)).collect();
            for left in &values {
                for right in &values {
                    let (one, other) = in_order(*left, *right, &features.tokens);
                    if let Some(found) = compare_plain(*left, *right, &features.tokens) {
                        prop_assert_eq!(found, compare_words(one, other, &features.tokens));
                    }
                }
            }
        }
    }
}
