//! Names of people: as written, and as tokens to compare.
//!
//! Owns [`PersonName`] and how a name is taken apart: `clean` repairs and folds text, `words` knows titles, suffixes,
//! particles and fillers, `plain` reads two plain words, `split` decides what is given name and surname in all others, `cjk`
//! does so for Chinese, Japanese and Korean, `nickname` knows short forms. Compares nothing itself.

mod cjk;
mod clean;
mod nickname;
mod plain;
mod split;
mod words;

use serde::{Deserialize, Serialize};

use super::NameFacts;
use super::packed::{Pack, Packer, Unpacker};

pub use clean::{consonant_key, spelling_key};
pub use nickname::{are_nicknames, nickname_sets};

/// The writing system most letters of a name belong to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Script {
    /// Latin letters.
    #[default]
    Latin,
    /// Chinese, Japanese or Korean writing.
    Cjk,
    /// Cyrillic, Greek, Arabic, Hebrew, Indic and all others.
    Other,
}

/// Whose name a text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// A person's, as far as one can tell.
    #[default]
    Person,
    /// A company or a department (`Hillside Ltd`, `Support Team`). All its words stand in [`PersonName::family`].
    Organisation,
    /// A filler (`Guest`, `N/A`) or one of Intercom's invented names (`Green Bicycle from Lyon`): no evidence, no tokens.
    Placeholder,
}

/// The cells a name can arrive in; any may be empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct NameParts<'a> {
    /// Whole name in one cell.
    pub full: &'a str,
    /// Given name.
    pub first: &'a str,
    /// Middle name or initial.
    pub middle: &'a str,
    /// Surname.
    pub last: &'a str,
    /// "Dr", "Mrs".
    pub prefix: &'a str,
    /// "Jr", "III".
    pub suffix: &'a str,
}

/// A person's name: as written, and as lower-case ASCII tokens to compare.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonName {
    display: Box<str>,
    #[serde(default, skip_serializing_if = "is_empty")]
    given: Box<[Box<str>]>,
    #[serde(default, skip_serializing_if = "is_empty")]
    family: Box<[Box<str>]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    suffix: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "is_default")]
    script: Script,
    #[serde(default, skip_serializing_if = "is_default")]
    kind: NameKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nickname: Option<Box<str>>,
}

fn is_empty(words: &[Box<str>]) -> bool {
    words.is_empty()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Pack for PersonName {
    fn pack(&self, into: &mut Packer<'_>) {
        let Self { display, given, family, suffix, script, kind, nickname } = self;
        let script = match script {
            Script::Latin => 0,
            Script::Cjk => 1,
            Script::Other => 2,
        };
        let kind = match kind {
            NameKind::Person => 0,
            NameKind::Organisation => 1,
            NameKind::Placeholder => 2,
        };
        let has = |word: &Option<Box<str>>, bit: u32| u8::from(word.is_some()) << bit;
        into.byte(script | kind << 2 | has(suffix, 4) | has(nickname, 5));
        into.text(display);
        for words in [given, family] {
            into.list(words, |into, word| into.text(word));
        }
        [suffix, nickname].into_iter().flatten().for_each(|word| into.text(word));
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let flags = from.byte()?;
        let (script, kind) = (script(flags), kind(flags));
        let word = |from: &mut Unpacker<'_>| from.text().map(Box::<str>::from);
        Some(Self {
            display: word(from)?,
            given: words(from)?,
            family: words(from)?,
            suffix: if flags & 16 != 0 { Some(word(from)?) } else { None },
            script,
            kind,
            nickname: if flags & 32 != 0 { Some(word(from)?) } else { None },
        })
    }
}

/// Words with exactly the room they need.
fn words(from: &mut Unpacker<'_>) -> Option<Box<[Box<str>]>> {
    let length = from.length()?;
    let mut words = Vec::with_capacity(length);
    for _ in 0..length {
        words.push(from.text()?.into());
    }
    Some(words.into())
}

fn script(flags: u8) -> Script {
    match flags & 3 {
        0 => Script::Latin,
        1 => Script::Cjk,
        _ => Script::Other,
    }
}

fn kind(flags: u8) -> NameKind {
    match flags >> 2 & 3 {
        0 => NameKind::Person,
        1 => NameKind::Organisation,
        _ => NameKind::Placeholder,
    }
}

impl PersonName {
    pub(super) fn unpack_facts<'a>(from: &mut Unpacker<'a>) -> Option<NameFacts<'a>> {
        let flags = from.byte()?;
        let display = from.text()?;
        let (given, family) = (from.list(Unpacker::text)?, from.list(Unpacker::text)?);
        let suffix = if flags & 16 != 0 { Some(from.text()?) } else { None };
        if flags & 32 != 0 {
            from.text()?;
        }
        Some(NameFacts { display, given, family, suffix, script: script(flags), kind: kind(flags) })
    }

    /// Parses a name from whatever cells there are; `None` when they hold no letter. Given name and surname in cells
    /// of their own win over a whole name, because nothing has to be guessed.
    #[must_use]
    pub fn parse(parts: &NameParts<'_>) -> Option<Self> {
        plain::parse(parts).or_else(|| split::parse(parts))
    }

    /// The whole name as one would write it to Intercom: white space collapsed, "Last, First" put in order, shouting
    /// (all capitals or all lower case) left as written. Text that went through a wrong encoding (`JÃ¼rgen`) is
    /// repaired.
    #[must_use]
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Given names and initials, lower-case ASCII, in order. An initial is one letter. Letters lose their marks (`ü` →
    /// `u`); see [`spelling_key`] for comparing `Müller` with `Mueller`.
    #[must_use]
    pub fn given(&self) -> &[Box<str>] {
        &self.given
    }

    /// Surname tokens with particles joined (`van der berg` → `vanderberg` is one token), lower-case ASCII; a
    /// double-barrelled surname gives two tokens. Empty when only a given name is known.
    #[must_use]
    pub fn family(&self) -> &[Box<str>] {
        &self.family
    }

    /// Generation suffix: `jr`, `sr`, `ii`, `iii`…
    #[must_use]
    pub fn suffix(&self) -> Option<&str> {
        self.suffix.as_deref()
    }

    /// The writing system.
    #[must_use]
    pub fn script(&self) -> Script {
        self.script
    }

    /// Whether it is a person's name, an organisation's, or a filler.
    #[must_use]
    pub fn kind(&self) -> NameKind {
        self.kind
    }

    /// A nickname that was written beside the name: `bob` in `Robert (Bob) Smith`.
    #[must_use]
    pub fn nickname(&self) -> Option<&str> {
        self.nickname.as_deref()
    }
}

#[cfg(test)]
mod tests;
