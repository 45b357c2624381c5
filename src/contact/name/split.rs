//! Which words are given names, which the surname.
//!
//! Given cells, hands on a [`PersonName`]. Rules, in order: fillers and organisations first; cells of their own are
//! believed; "Last, First" by its comma, "LAST First" by its capitals; otherwise the last word with its particles is the
//! surname. Nothing is looked up in lists of names, so the result does not depend on where somebody is from.

use super::clean::{clean, fold, script};
use super::words::{
    JOINING, generation, is_address, is_degree, is_filler, is_nothing, is_organisation, is_particle, is_title,
};
use super::{NameKind, NameParts, PersonName, Script, cjk};

/// Words beyond this many are not a name but a sentence; they are kept in the display only.
const WORDS_MAX: usize = 12;

/// A name being taken apart.
#[derive(Default)]
struct Draft {
    given: Vec<Box<str>>,
    family: Vec<Box<str>>,
    suffix: Option<Box<str>>,
    nickname: Option<Box<str>>,
}

pub(super) fn parse(parts: &NameParts<'_>) -> Option<PersonName> {
    let parts = &without_empty_words(parts);
    let in_cells = !parts.last.trim().is_empty();
    let whole = if parts.full.trim().is_empty() {
        let cells = [parts.prefix, parts.first, parts.middle, parts.last, parts.suffix];
        cells.iter().map(|cell| clean(cell)).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ")
    } else {
        clean(parts.full).into_owned()
    };
    if !whole.chars().any(char::is_alphabetic) {
        return None;
    }
    let script = script(&whole);
    let folded: Vec<Box<str>> = whole.split([' ', '/', '-']).map(fold).filter(|word| !word.is_empty()).collect();
    let mut name = PersonName {
        display: whole.as_str().into(),
        given: Box::default(),
        family: Box::default(),
        suffix: None,
        script,
        kind: NameKind::Person,
        nickname: None,
    };
    if is_filler(&whole, &folded) {
        name.kind = NameKind::Placeholder;
        return Some(name);
    }
    if is_organisation(&folded) || is_no_text_of_a_name(&whole) {
        name.kind = NameKind::Organisation;
        name.family = folded.into();
        return Some(name);
    }
    let mut draft = Draft::default();
    if in_cells {
        draft.read_cells(parts, script);
    } else if script == Script::Cjk {
        (draft.given, draft.family) = cjk::split(without_honorific(&whole));
    } else if let Some(display) = draft.read_text(&whole, parts.suffix) {
        name.display = display.into();
    }
    if let Some(kept) = generation(parts.suffix) {
        draft.suffix = Some(kept.into());
    }
    (name.given, name.family) = (draft.given.into(), draft.family.into());
    (name.suffix, name.nickname) = (draft.suffix, draft.nickname);
    Some(name)
}

/// Cells that say there is nothing (`n/a`, `unknown`) are empty, so that `Ann` with the surname `N/A` is just Ann.
fn without_empty_words<'a>(parts: &NameParts<'a>) -> NameParts<'a> {
    let kept = |cell: &'a str| if is_nothing(cell) { "" } else { cell };
    NameParts {
        full: parts.full,
        first: kept(parts.first),
        middle: kept(parts.middle),
        last: kept(parts.last),
        prefix: kept(parts.prefix),
        suffix: kept(parts.suffix),
    }
}

/// A web address, or a text whose first word begins with a number (`5753IP Homes`).
fn is_no_text_of_a_name(text: &str) -> bool {
    let starts = |start: &str| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    starts("http://")
        || starts("https://")
        || starts("www.")
        || text.bytes().take(2).filter(u8::is_ascii_digit).count() == 2
}

fn without_honorific(text: &str) -> &str {
    ["先生", "女士", "さん", "様", "님", "씨"]
        .iter()
        .find_map(|word| text.strip_suffix(word))
        .unwrap_or(text)
        .trim_end()
}

impl Draft {
    /// Given name and surname stand in cells of their own.
    fn read_cells(&mut self, parts: &NameParts<'_>, script: Script) {
        let (first, middle, last) = (clean(parts.first), clean(parts.middle), clean(parts.last));
        let last = self.take_asides(&last);
        let mut last: Vec<&str> = last.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        self.take_suffixes(&mut last, 1);
        self.family = family_tokens(&last);
        let first = self.take_asides(&format!("{first} {middle}"));
        if script == Script::Cjk {
            self.given.extend(Some(fold(&first)).filter(|token| !token.is_empty()));
            return;
        }
        let mut words = words(&first);
        strip_titles(&mut words);
        if !self.family.is_empty() && words.iter().all(|word| is_address(&fold(word))) {
            // "Mrs" in the cell of the given name is none.
            words.clear();
        }
        self.take_suffixes(&mut words, 1);
        self.given = given_tokens(&words);
    }

    /// One text. Gives the display when it differs from the text.
    fn read_text(&mut self, text: &str, suffix_cell: &str) -> Option<String> {
        let address =
            text.contains('@').then(|| text.split('@').next().unwrap_or("").replace(['.', '_', '-', '+'], " "));
        let text = self.take_asides(address.as_deref().unwrap_or(text));
        let suffix_cell = suffix_cell.trim();
        let text = text.strip_suffix(suffix_cell).filter(|_| !suffix_cell.is_empty()).unwrap_or(&text);
        let mut segments: Vec<&str> =
            text.split([',', '،', ';']).map(str::trim).filter(|part| !fold(part).is_empty()).collect();
        let mut after = Vec::new();
        let mut position = 1;
        while position < segments.len() {
            if self.is_suffix_segment(segments[position]) {
                after.push(segments.remove(position));
            } else {
                position += 1;
            }
        }
        match segments.as_slice() {
            [] => None,
            [one] => {
                self.in_order(one);
                None
            }
            [last, rest @ ..] => {
                let mut family = words(last);
                let titles = family.len() - {
                    strip_titles(&mut family);
                    family.len()
                };
                let title_words: Vec<&str> = last.split(' ').take(titles).collect();
                let surname = last.split(' ').skip(titles).collect::<Vec<_>>().join(" ");
                self.take_suffixes(&mut family, 1);
                self.family = family_tokens(&family);
                let given_text = rest.join(" ");
                let mut given = words(&given_text);
                strip_titles(&mut given);
                self.take_suffixes(&mut given, 1);
                self.given = given_tokens(&given);
                let mut display = title_words;
                display.push(&given_text);
                display.push(&surname);
                let mut display = display.join(" ");
                for suffix in after {
                    display.push_str(", ");
                    display.push_str(suffix);
                }
                address.is_none().then_some(display)
            }
        }
    }

    /// "Title Given Particle Surname Suffix" without commas.
    fn in_order(&mut self, text: &str) {
        let mut words = words(text);
        if words.len() > WORDS_MAX {
            return;
        }
        strip_titles(&mut words);
        self.take_suffixes(&mut words, 2);
        let capitals = words.iter().take_while(|word| is_shouted(word)).count();
        let (given, family): (&[&str], &[&str]) = if words.len() < 2 {
            (&words, &[])
        } else if capitals > 0
            && capitals < words.len()
            && words[capitals..].iter().all(|word| word.contains(char::is_lowercase))
        {
            (&words[capitals..], &words[..capitals])
        } else {
            words.split_at(family_start(&words))
        };
        self.given = given_tokens(given);
        self.family = family_tokens(family);
    }

    /// Removes what stands in brackets or quotes; a single word there is a nickname, pronouns and notes are nothing.
    fn take_asides(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(open) = rest.find(['(', '[', '"', '“', '„', '«']) {
            let after = &rest[open..];
            let opened = after.chars().next().unwrap_or('(');
            let inner = &after[opened.len_utf8()..];
            let closers: &[char] = match opened {
                '(' => &[')'],
                '[' => &[']'],
                '«' => &['»'],
                _ => &['"', '”', '“'],
            };
            let Some(close) = inner.find(closers) else { break };
            let aside = &inner[..close];
            let token = fold(aside);
            let one_word = !aside.trim().contains([' ', '/', '.', '@']) && token.len() > 1;
            if one_word
                && self.nickname.is_none()
                && !is_degree(&token, aside)
                && !matches!(&*token, "he" | "she" | "they")
            {
                self.nickname = Some(token);
            }
            out.push_str(&rest[..open]);
            rest = inner[close..].get(inner[close..].chars().next().map_or(0, char::len_utf8)..).unwrap_or("");
        }
        out.push_str(rest);
        let tidy: Vec<&str> = out.split_whitespace().collect();
        let tidy = tidy.join(" ");
        // A name that stands in brackets as a whole: "(Ann Lee)"
        if fold(&tidy).is_empty() { text.replace(['(', ')', '[', ']', '"'], "") } else { tidy }
    }

    /// Takes degrees and generations off the end, leaving at least `keep` words. `Junior` and `Senior` in full are
    /// also names, so they go only when two words are left.
    fn take_suffixes(&mut self, words: &mut Vec<&str>, keep: usize) {
        while words.len() > keep.min(1) {
            let Some(last) = words.last() else { return };
            let folded = fold(last);
            if let Some(kept) = generation(last).filter(|_| last.trim_matches('.').len() < 5 || words.len() > keep) {
                self.suffix.get_or_insert_with(|| kept.into());
            } else if !is_degree(&folded, last) && !folded.is_empty() {
                return;
            }
            words.pop();
        }
    }

    /// `Jr.`, `PhD, MBA`: a part between commas that holds nothing else. Keeps the generation.
    fn is_suffix_segment(&mut self, segment: &str) -> bool {
        let all = segment.split(' ').all(|word| generation(word).is_some() || is_degree(&fold(word), word));
        if all && let Some(kept) = segment.split(' ').find_map(generation) {
            self.suffix.get_or_insert_with(|| kept.into());
        }
        all
    }
}

/// Words of a text. A dotted or underscored word is several (`ann.lee`, `J.R.`), unless it is a title or degree (`Ph.D.`).
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for word in text.split([' ', '&']).filter(|word| word.chars().any(char::is_alphanumeric)) {
        let inner = word.trim_end_matches(['.', '_']);
        if inner.contains(['.', '_']) {
            let folded = fold(word);
            if is_title(&folded) || is_degree(&folded, word) {
                words.push(word);
            } else {
                words.extend(inner.split(['.', '_']).filter(|part| !part.is_empty()));
            }
        } else {
            words.push(word);
        }
    }
    words
}

fn strip_titles(words: &mut Vec<&str>) {
    let titles = words.iter().take_while(|word| is_title(&fold(word))).count();
    words.drain(..titles.min(words.len().saturating_sub(1)));
}

/// All capitals and long enough not to be initials: how many countries mark a surname.
fn is_shouted(word: &str) -> bool {
    word.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && !word.chars().any(char::is_lowercase)
        && word.chars().any(char::is_uppercase)
}

/// Index of the first word of the surname: the first particle after a given name, or the last word.
fn family_start(words: &[&str]) -> usize {
    let last = words.len() - 1;
    let mixed = words.iter().any(|word| word.starts_with(char::is_uppercase));
    for (i, word) in words.iter().enumerate().take(last) {
        // A particle in front has no given name before it: "van Ham", but "Al Moreno" and "Van Lee" are given names
        let can_begin = i > 0 || (mixed && word.starts_with(char::is_lowercase));
        if can_begin && word.len() > 1 && is_particle(&fold(word)) {
            return i;
        }
        // "Ann Bailly-De Sousa"
        if i > 0 && word.rsplit_once('-').is_some_and(|(_, end)| is_particle(&fold(end))) {
            return i;
        }
        // "Ortega y Vega"
        if i >= 2 && matches!(*word, "y" | "e" | "i") {
            return i - 1;
        }
        // "O Brien"
        if i > 0 && *word == "O" && i + 1 == last {
            return i;
        }
    }
    last
}

/// Given names: hyphens part them, `JR` is two initials.
fn given_tokens(words: &[&str]) -> Vec<Box<str>> {
    let mut tokens = Vec::new();
    for word in words.iter().filter(|word| !JOINING.contains(word)) {
        for part in word.split('-') {
            let bytes = part.as_bytes();
            if let [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] = bytes
                && !b"AEIOUY".contains(b)
                && !matches!(part, "ED" | "AL" | "NG" | "MD" | "AN" | "IN" | "AB" | "AD" | "EL")
            {
                tokens.push(char::from(a.to_ascii_lowercase()).to_string().into());
                tokens.push(char::from(b.to_ascii_lowercase()).to_string().into());
            } else {
                tokens.extend(Some(fold(part)).filter(|token| !token.is_empty()));
            }
        }
    }
    tokens
}

/// Surname tokens: particles join what follows, hyphens part.
fn family_tokens(words: &[&str]) -> Vec<Box<str>> {
    let mut tokens: Vec<Box<str>> = Vec::new();
    let mut pending = String::new();
    let parts = words.iter().flat_map(|word| word.split('-')).filter(|part| !matches!(*part, "y" | "e" | "i"));
    for part in parts {
        let folded = fold(part);
        if folded.is_empty() {
            continue;
        }
        if is_particle(&folded) {
            pending.push_str(&folded);
        } else if pending.is_empty() {
            tokens.push(folded);
        } else {
            pending.push_str(&folded);
            tokens.push(std::mem::take(&mut pending).into());
        }
    }
    if !pending.is_empty() {
        tokens.push(pending.into());
    }
    tokens
}
