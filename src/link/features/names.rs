//! Distinct person names, as ids of their words.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use super::{NONE, Words};
use crate::contact::{NameKind, PersonName, Script};

/// A distinct person name, as ids of its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::link) struct NameValue<'n> {
    /// Given names and initials.
    pub(in crate::link) given: &'n [u32],
    /// Surname tokens.
    pub(in crate::link) family: &'n [u32],
    /// Generation suffix, or [`NONE`].
    pub(in crate::link) suffix: u32,
    /// Writing system.
    pub(in crate::link) script: Script,
    /// Bytes of all tokens but the suffix.
    pub(in crate::link) letters: u16,
}

impl<'n> NameValue<'n> {
    /// Number of tokens without the suffix.
    pub(in crate::link) fn len(self) -> usize {
        self.given.len() + self.family.len()
    }

    /// All tokens but the suffix.
    pub(in crate::link) fn tokens(self) -> impl Iterator<Item = u32> + 'n {
        self.given.iter().chain(self.family).copied()
    }
}

/// Words that fit into a name itself.
const INLINE: usize = 4;

#[derive(Debug)]
struct Stored {
    /// The words, given names first; where they stand among the long ones when they are more than fit.
    words: [u32; INLINE],
    given: u16,
    family: u16,
    suffix: u32,
    script: Script,
    letters: u16,
}

/// All distinct names.
#[derive(Debug, Default)]
pub(in crate::link) struct Names {
    stored: Vec<Stored>,
    /// Words of names of many.
    long: Vec<u32>,
    /// Ids by a hash of the name; the next free number where two names have one hash.
    ids: FxHashMap<u64, u32>,
}

impl Names {
    /// The id of a name, new or known; [`NONE`] when it does not name a person.
    pub(super) fn add(&mut self, name: &PersonName, tokens: &mut Words) -> u32 {
        if name.given().len() + name.family().len() == 0 || name.kind() != NameKind::Person {
            return NONE;
        }
        let mut ids = |words: &[Box<str>]| words.iter().map(|word| tokens.id(word)).collect::<Vec<u32>>();
        let (given, family) = (ids(name.given()), ids(name.family()));
        let suffix = name.suffix().map_or(NONE, |suffix| tokens.id(suffix));
        let bytes: usize = name.given().iter().chain(name.family()).map(|word| word.len()).sum();
        let letters = u16::try_from(bytes).unwrap_or(u16::MAX);
        let value = NameValue { given: &given, family: &family, suffix, script: name.script(), letters };
        let mut hasher = FxHasher::default();
        value.hash(&mut hasher);
        let mut hash = hasher.finish();
        while let Some(id) = self.ids.get(&hash) {
            if self.get(*id) == Some(value) {
                return *id;
            }
            hash = hash.wrapping_add(1);
        }
        let id = u32::try_from(self.stored.len()).unwrap_or(NONE);
        self.ids.insert(hash, id);
        for token in value.tokens() {
            // Counted once per distinct name, so that a person who occurs often does not make a name common.
            tokens.count_one(token);
        }
        self.store(value);
        id
    }

    fn store(&mut self, name: NameValue<'_>) {
        let mut words = [NONE; INLINE];
        if name.len() <= INLINE {
            words.iter_mut().zip(name.tokens()).for_each(|(slot, token)| *slot = token);
        } else {
            words[0] = u32::try_from(self.long.len()).unwrap_or(NONE);
            self.long.extend(name.tokens());
        }
        let length = |words: &[u32]| u16::try_from(words.len()).unwrap_or(u16::MAX);
        let (given, family) = (length(name.given), length(name.family));
        let NameValue { suffix, script, letters, .. } = name;
        self.stored.push(Stored { words, given, family, suffix, script, letters });
    }

    /// A name; `None` for [`NONE`].
    pub(in crate::link) fn get(&self, id: u32) -> Option<NameValue<'_>> {
        let stored = self.stored.get(id as usize)?;
        let (given, family) = (usize::from(stored.given), usize::from(stored.family));
        let words = if given + family <= INLINE {
            &stored.words[..given + family]
        } else {
            let start = stored.words[0] as usize;
            &self.long[start..start + given + family]
        };
        let (given, family) = words.split_at(given);
        let Stored { suffix, script, letters, .. } = *stored;
        Some(NameValue { given, family, suffix, script, letters })
    }

    /// Forgets what only adding names needs.
    pub(super) fn close(&mut self) {
        self.ids = FxHashMap::default();
    }

    /// All names, in the order of their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = NameValue<'_>> {
        (0..).map_while(|id| self.get(id))
    }

    /// Number of distinct names.
    pub(in crate::link) fn len(&self) -> usize {
        self.stored.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::NameParts;

    #[test]
    fn every_name_has_one_id_however_many_words_it_has() {
        let (mut names, mut tokens) = (Names::default(), Words::default());
        let texts = [
            "Ana Mora",
            "Mora",
            "Ana Lucia Maria Mora Vidal Ruiz",
            "Ana Mora Jr",
            "Juan Carlos Mora",
            "Ana Lucia Mora",
        ];
        let parsed: Vec<PersonName> = texts
            .iter()
            .map(|full| PersonName::parse(&NameParts { full, ..NameParts::default() }).expect("a name"))
            .collect();
        for (id, name) in (0..).zip(&parsed) {
            assert_eq!(names.add(name, &mut tokens), id);
        }
        for (id, name) in (0..).zip(&parsed) {
            assert_eq!(names.add(name, &mut tokens), id);
            let value = names.get(id).expect("known");
            let text = |ids: &[u32]| ids.iter().map(|token| tokens.text(*token).to_owned()).collect::<Vec<String>>();
            assert_eq!(text(value.given), name.given().iter().map(ToString::to_string).collect::<Vec<_>>());
            assert_eq!(text(value.family), name.family().iter().map(ToString::to_string).collect::<Vec<_>>());
        }
        assert_eq!(names.len(), texts.len());
        assert_eq!(names.get(NONE), None);
        assert_eq!(tokens.count(tokens.find("mora").expect("known")), 6);
    }
}
