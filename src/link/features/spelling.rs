//! Whether an e-mail address is made of a name: `nmishra@…` and "Neha Mishra".

use super::{Features, NONE, NameValue};
use crate::link::similarity::{self, Letters};

/// How an address and a name relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::link) enum Spelling {
    /// It is made of given name and surname: in how many names each of the words it spells out occurs; of the others it
    /// has an initial.
    Whole(Option<u32>, Option<u32>),
    /// It is one word of the name, which occurs in so many names.
    Part(u32),
    /// It is made of another name.
    Other,
}

impl Features {
    /// Whether a local part spells a name: `None` when it says nothing about it.
    pub(in crate::link) fn spells(&self, email: u32, name: u32) -> Option<Spelling> {
        let email = self.emails[email as usize];
        let (local, at_company) = (self.locals.text(email.local), email.company_domain != NONE);
        let name = self.names.get(name)?;
        let tokens = &self.tokens;
        let mut room = [0; 64];
        let letters = letters(local, &mut room);
        let (mut words, mut more) = ([""; WORDS], Vec::new());
        let words = gathered(name.tokens().map(|token| tokens.text(token)), &mut words, &mut more);
        let made = |one: &str, other: &str| letters.strip_prefix(one) == Some(other);
        let given = |word: u32| name.given.contains(&word);
        let is_whole = |one: u32, other: u32| name.family.is_empty() || !(given(one) && given(other));
        for (first, one) in name.tokens().zip(words) {
            for (second, other) in name.tokens().zip(words).filter(|(second, _)| *second != first) {
                // Two given names do not make a person (`petermichael@…`).
                if one.len() > 1 && other.len() > 1 && is_whole(first, second) {
                    let count = |token: u32| Some(tokens.count(token));
                    if made(one, other) {
                        return Some(Spelling::Whole(count(first), count(second)));
                    }
                    if made(initial(one), other) {
                        return Some(Spelling::Whole(None, count(second)));
                    }
                    if made(one, initial(other)) {
                        return Some(Spelling::Whole(count(first), None));
                    }
                }
            }
        }
        let word = name.tokens().find(|token| letters.len() > 2 && tokens.text(*token) == letters);
        if let Some(word) = word {
            return Some(Spelling::Part(tokens.count(word)));
        }
        let (mut parts, mut more) = ([""; WORDS], Vec::new());
        let split = local.split(|c: char| !c.is_ascii_alphabetic()).filter(|part| part.len() > 2);
        let parts = gathered(split, &mut parts, &mut more);
        let touches = |word: &&str| {
            let start = word.get(..3).unwrap_or(word);
            let initial = word.chars().next();
            let abbreviated = local
                .split(|c: char| !c.is_ascii_alphabetic())
                .any(|part| part.len() == 1 && part.chars().next() == initial);
            if word.len() == 1 { local.starts_with(word) } else { abbreviated || letters.contains(start) }
        };
        let latin = name.script == crate::contact::Script::Latin;
        // A company gives out addresses made of names: one that touches no part of this name is a colleague's.
        if parts.is_empty() || (parts.len() == 1 && !(latin && at_company && !words.iter().any(touches))) {
            return None;
        }
        let alike = |part: &str, own: Letters, (token, word): (u32, &&str)| {
            let similar = || own.may_be_similar(tokens.letters(token)) && similarity::is_similar(word, part);
            word.len() > 1 && (word.starts_with(part) || part.starts_with(*word) || similar())
        };
        let known = |part: &&&str| {
            let own = Letters::of(part);
            name.tokens().zip(words).any(|word| alike(part, own, word))
        };
        let matching = parts.iter().filter(known).count();
        // Each part has to be another word of the name: "William Moreau" is not `william.williams@…`.
        let spelt = |word: &(u32, &&str)| parts.iter().any(|part| alike(part, Letters::of(part), *word));
        let spelt = || name.tokens().zip(words).filter(spelt).count();
        match (parts.len(), if matching == 0 { 0 } else { matching.min(spelt()) }) {
            (2.., 2..) => {
                let mut counts = name.tokens().map(|token| tokens.count(token)).filter(|count| *count > 0);
                Some(Spelling::Whole(counts.next(), counts.last()))
            }
            _ if !latin => None,
            (2.., 0) if words.len() > 1 => Some(Spelling::Other),
            (2, 1) if self.is_relative(parts, name) => Some(Spelling::Other),
            (1.., 0) if at_company && !words.iter().any(touches) => Some(Spelling::Other),
            _ => None,
        }
    }

    /// Words of names an address without a name beside it may be made of (`nmishra@…`, `neha.mishra@…`, `nehamishra@…`),
    /// and the pairs of them that make it up.
    pub(in crate::link) fn words_of_address(
        &self,
        row: u32,
        word: &mut impl FnMut(u32),
        pair: &mut impl FnMut(u32, u32),
    ) {
        if self.row(row).name != NONE {
            return;
        }
        for email in self.emails_of(row) {
            let email = self.emails[*email as usize];
            if email.role {
                continue;
            }
            let known = |text: &str| Some(text).filter(|text| text.len() > 2).and_then(|text| self.tokens.find(text));
            let local = self.locals.text(email.local);
            let mut before = None;
            for part in local.split(|c: char| !c.is_ascii_alphabetic()).filter(|part| part.len() > 2) {
                let whole = known(part);
                [whole, known(&part[1..]), known(&part[..part.len() - 1])].into_iter().flatten().for_each(&mut *word);
                if let (Some(one), Some(other)) = (before, whole) {
                    pair(one, other);
                }
                before = whole;
                for at in 3..part.len().saturating_sub(2) {
                    if let (Some(one), Some(other)) = (known(&part[..at]), known(&part[at..])) {
                        word(one);
                        word(other);
                        pair(one, other);
                    }
                }
            }
        }
    }

    /// Whether an address has the surname of a person and another given name: `hanna.lund@…` and "Per Lund".
    fn is_relative(&self, parts: &[&str], name: NameValue<'_>) -> bool {
        let (given, family) = (name.given, name.family);
        let surname = |part: &&str| family.iter().any(|word| self.tokens.text(*word) == *part);
        let touches = |part: &str| {
            given.iter().map(|word| self.tokens.text(*word)).any(|word| {
                let start = part.chars().next();
                word.len() == 1 && word.chars().next() == start || similarity::jaro_winkler(word, part) > 0.7
            })
        };
        parts.iter().any(surname) && parts.iter().all(|part| surname(part) || !touches(part)) && !given.is_empty()
    }
}

/// Words that a name or an address mostly has at most.
const WORDS: usize = 6;

/// Words side by side: in the `room` for some, or else in the room for `more`.
fn gathered<'a, 'r>(
    words: impl Iterator<Item = &'a str>,
    room: &'r mut [&'a str; WORDS],
    more: &'r mut Vec<&'a str>,
) -> &'r [&'a str] {
    let mut length = 0;
    for word in words {
        if let (Some(slot), true) = (room.get_mut(length), more.is_empty()) {
            *slot = word;
        } else {
            if more.is_empty() {
                more.extend_from_slice(room);
            }
            more.push(word);
        }
        length += 1;
    }
    if more.is_empty() { room.get(..length).unwrap_or_default() } else { more }
}

/// The letters of a local part, as many as there is `room` for: no local part of an address is longer (RFC 5321).
fn letters<'r>(local: &'r str, room: &'r mut [u8; 64]) -> &'r str {
    if local.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return local;
    }
    let mut length = 0;
    for letter in local.bytes().filter(u8::is_ascii_alphabetic) {
        if let Some(slot) = room.get_mut(length) {
            *slot = letter;
            length += 1;
        }
    }
    str::from_utf8(&room[..length]).unwrap_or_default()
}

/// The first letter of a word.
fn initial(word: &str) -> &str {
    let end = word.chars().next().map_or(0, char::len_utf8);
    word.get(..end).unwrap_or_default()
}
