//! Distinct person names, as ids of their words.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use super::{NONE, Words};
use crate::contact::Script;

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
    /// The id of a name, new or known; [`NONE`] when it has no words.
    pub(super) fn add(&mut self, value: NameValue<'_>, tokens: &mut Words) -> u32 {
        if value.len() == 0 {
            return NONE;
        }
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
    use crate::contact::{NameParts, PersonName};
    use crate::link::features::intern::hash;

    fn value([given, family, suffix]: &[Vec<u32>; 3]) -> NameValue<'_> {
        let suffix = suffix.first().copied().unwrap_or(NONE);
        NameValue { given, family, suffix, script: Script::Latin, letters: 0 }
    }

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
        let mut ids = |words: &[Box<str>]| words.iter().map(|word| tokens.id((hash(word), word))).collect::<Vec<u32>>();
        let parts: Vec<[Vec<u32>; 3]> = parsed
            .iter()
            .map(|name| {
                [
                    ids(name.given()),
                    ids(name.family()),
                    ids(&name.suffix().map(Box::from).into_iter().collect::<Vec<_>>()),
                ]
            })
            .collect();
        for _twice in 0..2 {
            for (id, parts) in (0..).zip(&parts) {
                assert_eq!(names.add(value(parts), &mut tokens), id);
                assert_eq!(names.get(id), Some(value(parts)));
            }
        }
        assert_eq!(names.len(), texts.len());
        assert_eq!(names.get(NONE), None);
        assert_eq!(tokens.count(tokens.find("mora").expect("known")), 6);
    }
}
