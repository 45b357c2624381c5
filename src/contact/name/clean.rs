//! Text repair and folding for names.
//!
//! Owns the way from text to tokens: wrong encodings undone, invisible characters gone, letters folded to lower-case
//! ASCII, and [`spelling_key`], which lets spellings of one name meet.

use std::borrow::Cow;

use deunicode::deunicode_char;
use encoding_rs::WINDOWS_1252;
use unicode_normalization::UnicodeNormalization;

use super::Script;

/// Collapses white space, drops what cannot be seen, brings compatibility forms to plain ones (NFKC) and undoes UTF-8
/// that was read as Windows-1252.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        let trimmed = text.trim();
        let tidy = !trimmed.bytes().any(|b| b.is_ascii_control()) && !trimmed.contains("  ");
        return if tidy { trimmed.into() } else { collapse(trimmed.chars()).into() };
    }
    let repaired = repair(text);
    collapse(repaired.nfkc()).into()
}

fn collapse(chars: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    for c in chars {
        if c.is_whitespace() || c.is_control() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
        {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// `JÃ¼rgen` → `Jürgen`: text whose characters all exist in Windows-1252 and whose bytes there are valid UTF-8 was
/// almost certainly UTF-8 once. Ordinary names do not pass: `Jürgen` itself is not valid UTF-8 as Windows-1252.
fn repair(text: &str) -> Cow<'_, str> {
    let suspicious = |c: char| ('\u{c2}'..='\u{f4}').contains(&c);
    if !text.chars().any(suspicious) {
        return text.into();
    }
    let (bytes, _, unmappable) = WINDOWS_1252.encode(text);
    if unmappable {
        return text.into();
    }
    match std::str::from_utf8(&bytes) {
        Ok(repaired) => repaired.to_owned().into(),
        Err(_) => text.into(),
    }
}

/// Letters of a token in lower-case ASCII; everything else is dropped. Empty when the token holds no letter.
pub(super) fn fold(token: &str) -> Box<str> {
    if token.bytes().all(|b| b.is_ascii_lowercase()) {
        return token.into();
    }
    let mut out = String::with_capacity(token.len());
    for c in token.chars() {
        if c.is_ascii() {
            if c.is_ascii_alphabetic() {
                out.push(c.to_ascii_lowercase());
            }
        } else if let Some(ascii) = deunicode_char(c) {
            // Emoji have names in the table; only letters and their marks count here.
            if c.is_alphabetic() || is_mark(c) {
                out.extend(ascii.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()));
            }
        }
    }
    out.into()
}

/// Vowel signs of Indic scripts and points of Arabic and Hebrew, which are no letters to Unicode.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{dff}')
}

/// The script most letters belong to.
pub(super) fn script(text: &str) -> Script {
    if text.is_ascii() {
        return Script::Latin;
    }
    let (mut latin, mut cjk, mut other) = (0_u32, 0_u32, 0_u32);
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        match c {
            '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => latin += 1,
            '\u{1100}'..='\u{11ff}'
            | '\u{3040}'..='\u{30ff}'
            | '\u{3400}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7af}'
            | '\u{f900}'..='\u{faff}' => {
                cjk += 1;
            }
            _ => other += 1,
        }
    }
    if cjk > 0 && cjk >= other && cjk * 2 >= latin {
        Script::Cjk
    } else if other > latin {
        Script::Other
    } else {
        Script::Latin
    }
}

/// A key under which common spellings of one name are equal: `mueller`, `muller` and the folded `müller` all give
/// `muler`. Given a folded token.
///
/// Written-out umlauts and ligatures (`ae oe ue aa`) become one letter, doubled letters single, and letters that
/// transliterations mix up (`ph`/`f`, `y`/`i`/`j`, `w`/`v`, `kh`/`h`, `ck`/`k`, `z`/`s`, a silent `h`) the same. Equal keys are a
/// weaker sign than equal tokens: names that differ for good can meet (`stefan`, `stephan` do so on purpose).
#[must_use]
pub fn spelling_key(token: &str) -> String {
    let bytes = token.as_bytes();
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while let Some(&here) = bytes.get(i) {
        let next = bytes.get(i + 1).copied().unwrap_or(0);
        let (letter, used) = match (here, next) {
            (b'a' | b'o' | b'u', b'e') | (b'a', b'a') | (b's' | b'c' | b't' | b'g', b'h') => (here, 2),
            (b'p', b'h') => (b'f', 2),
            (b'c', b'k') | (b'q', b'u') => (b'k', 2),
            (b'k', b'h') => (b'h', 2),
            (b'c' | b'q', _) => (b'k', 1),
            (b'y' | b'j', _) => (b'i', 1),
            (b'w', _) => (b'v', 1),
            (b'z', _) => (b's', 1),
            _ => (here, 1),
        };
        // An h before a consonant or at the end is silent: Johnson, Sarah
        let silent = letter == b'h' && used == 1 && i > 0 && !matches!(next, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
        if !silent && out.last() != Some(&letter) {
            out.push(letter);
        }
        i += used;
    }
    String::from_utf8(out).unwrap_or_default()
}

/// A key for names that come from scripts which leave vowels out: `mostafa` and the folded `مصطفى` give `mstf`. Given a
/// folded token. Much weaker than [`spelling_key`]: worth a comparison only where one of the two names is not Latin.
#[must_use]
pub fn consonant_key(token: &str) -> String {
    let mut key = String::with_capacity(token.len());
    let mut rest = token.bytes().peekable();
    while let Some(here) = rest.next() {
        let letter = match here {
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y' | b'w' => continue,
            b'c' | b'q' => 'k',
            b'p' if rest.peek() == Some(&b'h') => 'f',
            b'z' => 's',
            other => char::from(other),
        };
        if matches!(letter, 's' | 'k' | 't' | 'g' | 'f') {
            rest.next_if_eq(&b'h');
        }
        if !key.ends_with(letter) {
            key.push(letter);
        }
    }
    if key.len() > 1 && key.ends_with('h') {
        key.pop();
    }
    key
}
