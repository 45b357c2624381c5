//! Names of companies: as written, and as a key to compare.
//!
//! Owns [`Company`]. The key has no legal form (`data/legal-forms.txt`, from cleanco), punctuation, article or country
//! mark, but never becomes empty. Values that say there is no company are marked, not dropped.

use std::sync::{Arc, LazyLock};

use deunicode::deunicode;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::Region;
use super::packed::{Packer, Unpacker};

/// A company: as written, and as a key without legal form and punctuation.
///
/// Cheap to copy: many records name the same company.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Company(Arc<Named>);

#[derive(Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
struct Named {
    original: Box<str>,
    key: Box<str>,
    legal_form: Option<Box<str>>,
    #[serde(default)]
    placeholder: bool,
}

impl Company {
    /// Every part of it, beside no other company.
    pub(super) fn pack_whole(&self, into: &mut Packer<'_>) {
        let Named { original, key, legal_form, placeholder } = &*self.0;
        into.byte(u8::from(legal_form.is_some()) | u8::from(*placeholder) << 1);
        into.text(original);
        into.text(key);
        if let Some(form) = legal_form {
            into.text(form);
        }
    }

    /// The key alone of what [`Self::pack_whole`] wrote.
    pub(super) fn unpack_key<'a>(from: &mut Unpacker<'a>) -> Option<&'a str> {
        let flags = from.byte()?;
        let (_, key) = (from.text()?, from.text()?);
        if flags & 1 != 0 {
            from.text()?;
        }
        Some(key)
    }

    pub(super) fn unpack_whole(from: &mut Unpacker<'_>) -> Option<Self> {
        let flags = from.byte()?;
        Some(Self(Arc::new(Named {
            original: from.text()?.into(),
            key: from.text()?.into(),
            legal_form: if flags & 1 != 0 { Some(from.text()?.into()) } else { None },
            placeholder: flags & 2 != 0,
        })))
    }
}

/// Legal forms as sequences of words, one space between.
static LEGAL_FORMS: LazyLock<FxHashSet<&'static str>> =
    LazyLock::new(|| include_str!("data/legal-forms.txt").lines().filter(|line| !line.starts_with('#')).collect());

/// Most words of one legal form (`s de rl de cv`).
const LEGAL_WORDS_MAX: usize = 5;

/// Legal forms that stand before the name (`PT Hillside`, `ООО Ромашка`), folded.
const LEADING_FORMS: &[&str] = &["pt", "cv", "ooo", "oao", "zao", "pao", "tov", "uab", "sia", "as", "ip", "firma"];

/// Legal forms written without a space in Chinese, Japanese and Korean, longest first, and what they are called here.
const ATTACHED_FORMS: &[(&str, &str)] = &[
    ("股份有限公司", "co ltd"),
    ("有限责任公司", "co ltd"),
    ("有限責任公司", "co ltd"),
    ("有限公司", "co ltd"),
    ("株式会社", "kk"),
    ("有限会社", "yk"),
    ("合同会社", "gk"),
    ("주식회사", "co ltd"),
    ("유한회사", "co ltd"),
    ("(株)", "kk"),
    ("(有)", "yk"),
    ("(주)", "co ltd"),
];

/// Words that say there is none, as whole folded keys.
const FILLERS: &[&str] = &[
    "na",
    "n a",
    "none",
    "null",
    "nil",
    "unknown",
    "tbc",
    "tbd",
    "test",
    "company",
    "private",
    "privat",
    "personal",
    "individual",
    "self",
    "self employed",
    "selfemployed",
    "freelance",
    "freelancer",
    "independent",
    "student",
    "retired",
    "unemployed",
    "home",
    "no company",
    "not applicable",
    "keine",
    "particulier",
    "autonomo",
    "me",
    "myself",
    "x",
    "xx",
    "xxx",
    "asdf",
];

impl Company {
    /// Parses a company name; `None` when it holds no letter or digit.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let original = text.trim();
        if !original.chars().any(char::is_alphanumeric) {
            return None;
        }
        let (text, attached) = without_attached_form(original);
        let mut words = words(&text);
        drop_country_mark(&mut words, original);
        let mut legal_form = attached.map(Box::from);
        let trailing = drop_trailing_forms(&mut words);
        let leading = drop_leading_form(&mut words);
        legal_form = trailing.or(leading).or(legal_form);
        if words.len() > 1 && words.first().is_some_and(|word| word == "the") {
            words.remove(0);
        }
        let mut key = words.join(" ");
        if key.is_empty() {
            key = original.to_lowercase();
        }
        let placeholder = FILLERS.contains(&key.as_str());
        Some(Self(Arc::new(Named { original: original.into(), key: key.into(), legal_form, placeholder })))
    }

    /// The text of the file, trimmed.
    #[must_use]
    pub fn original(&self) -> &str {
        &self.0.original
    }

    /// Lower-case ASCII words separated by one space, without legal form and punctuation: `acme` for "ACME, Inc.".
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// The legal form that was removed, lower-case words: `inc`, `gmbh`, `sp zoo`.
    #[must_use]
    pub fn legal_form(&self) -> Option<&str> {
        self.0.legal_form.as_deref()
    }

    /// Whether the value says there is no company (`n/a`, `Self-employed`): no evidence.
    #[must_use]
    pub fn is_placeholder(&self) -> bool {
        self.0.placeholder
    }
}

/// Cuts off a form that is written together with the name. Only for text beyond ASCII.
fn without_attached_form(text: &str) -> (String, Option<&'static str>) {
    if text.is_ascii() {
        return (text.to_owned(), None);
    }
    let text: String = text.nfkc().collect();
    for (form, name) in ATTACHED_FORMS {
        let rest = text.strip_suffix(form).or_else(|| text.strip_prefix(form));
        if let Some(rest) = rest.map(str::trim).filter(|rest| !rest.is_empty()) {
            return (rest.to_owned(), Some(name));
        }
    }
    (text, None)
}

/// Lower-case ASCII words. Dotted letters are one word (`S.p.A.` → `spa`, `z o.o.` → `z oo`), letters around an ampersand
/// too (`H&M` → `hm`); elsewhere `&`, `+` and "and" go, so that the three ways to write them meet.
fn words(text: &str) -> Vec<String> {
    let folded = if text.is_ascii() { text.to_ascii_lowercase() } else { deunicode(text).to_ascii_lowercase() };
    let mut words: Vec<String> = Vec::new();
    let separator = |c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | ':' | '(' | ')' | '[' | ']' | '"' | '|' | '-' | '_' | '*')
    };
    for raw in folded.split(separator).filter(|raw| !raw.is_empty()) {
        let slashed: Vec<&str> = raw.split('/').filter(|part| !part.is_empty()).collect();
        // "A/S", "S/A" are one word, "North/South" two
        let parts = if slashed.iter().all(|part| part.len() == 1) {
            vec![slashed.concat()]
        } else {
            slashed.into_iter().map(str::to_owned).collect()
        };
        for part in parts {
            let dotted: Vec<&str> = part.split('.').filter(|piece| !piece.is_empty()).collect();
            let joined = dotted.len() > 1 && dotted.iter().all(|piece| piece.len() <= 2);
            let pieces = if joined { vec![dotted.concat()] } else { dotted.into_iter().map(str::to_owned).collect() };
            for piece in pieces {
                let around: Vec<&str> = piece.split(['&', '+']).filter(|side| !side.is_empty()).collect();
                if around.iter().all(|side| side.len() <= 2) {
                    push_word(&mut words, &around.concat());
                } else {
                    for side in around {
                        push_word(&mut words, side);
                    }
                }
            }
        }
    }
    let all = words.len();
    words = join_letters(words);
    let connectives = words.iter().filter(|word| *word == "and").count();
    if connectives < words.len() && all > 1 {
        words.retain(|word| word != "and");
    }
    words
}

fn push_word(words: &mut Vec<String>, raw: &str) {
    let word: String = raw.chars().filter(char::is_ascii_alphanumeric).collect();
    if !word.is_empty() {
        words.push(word);
    }
}

/// `S A` → `sa`: letters written apart, as in `Hillside S. A.`
fn join_letters(words: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(words.len());
    let mut in_run = false;
    for word in words {
        let letter = word.len() == 1 && word.bytes().all(|b| b.is_ascii_alphabetic());
        match out.last_mut() {
            Some(last) if letter && in_run => last.push_str(&word),
            _ => out.push(word),
        }
        in_run = letter;
    }
    out
}

/// `Zamomobo (IT)`: a country code in brackets at the end.
fn drop_country_mark(words: &mut Vec<String>, original: &str) {
    let Some((_, mark)) = original.trim_end().strip_suffix(')').and_then(|head| head.rsplit_once('(')) else { return };
    if words.len() > 1 && (2..=3).contains(&mark.len()) && Region::parse(mark).is_some() {
        words.pop();
    }
}

/// Drops legal forms from the end, longest first, again and again (`Co., Ltd.`), leaving at least one word.
fn drop_trailing_forms(words: &mut Vec<String>) -> Option<Box<str>> {
    let mut dropped: Vec<String> = Vec::new();
    'again: while words.len() > 1 {
        for length in (1..=LEGAL_WORDS_MAX.min(words.len() - 1)).rev() {
            let start = words.len() - length;
            if LEGAL_FORMS.contains(words[start..].join(" ").as_str()) {
                dropped.splice(0..0, words.drain(start..));
                continue 'again;
            }
        }
        break;
    }
    (!dropped.is_empty()).then(|| dropped.join(" ").into())
}

fn drop_leading_form(words: &mut Vec<String>) -> Option<Box<str>> {
    let leads = words.len() > 1 && words.first().is_some_and(|word| LEADING_FORMS.contains(&word.as_str()));
    leads.then(|| words.remove(0).into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str) -> String {
        Company::parse(text).unwrap().key().to_owned()
    }

    #[test]
    fn legal_forms_and_punctuation_do_not_count() {
        for (text, expected) in [
            ("ACME, Inc.", "acme"),
            ("Hillside Co., Ltd.", "hillside"),
            ("Hillside Co, Ltd", "hillside"),
            ("Hillside S.p.A.", "hillside"),
            ("Hillside S. A.", "hillside"),
            ("Hillside SpA", "hillside"),
            ("HILLSIDE SP. Z O.O. (PL)", "hillside"),
            ("Hillside Sp. z o. o.", "hillside"),
            ("Hillside S.A. de C.V.", "hillside"),
            ("Hillside GmbH & Co. KG", "hillside"),
            ("Hillside Pty. Ltd.", "hillside"),
            ("Hillside Private Limited", "hillside"),
            ("Hillside A/S", "hillside"),
            ("Hillside A.Ş.", "hillside"),
            ("Hillside G.m.b.H.", "hillside"),
            ("PT Hillside Tbk", "hillside"),
            ("ООО Ромашка", "romashka"),
            ("Lviv Consulting ТОВ", "lviv consulting"),
            ("The Hillside Group", "hillside group"),
            ("Hillside株式会社", "hillside"),
            ("(株)Hillside", "hillside"),
            ("Hillside 有限公司", "hillside"),
            ("Zamomobo (IT)", "zamomobo"),
            ("Hillside L.L.C.", "hillside"),
        ] {
            assert_eq!(key(text), expected, "{text}");
        }
    }

    #[test]
    fn ways_to_write_and_meet() {
        for text in ["Lopez & McCormick B.V.", "Lopez and McCormick", "LOPEZ + MCCORMICK BV", "Lopez &McCormick"] {
            assert_eq!(key(text), "lopez mccormick", "{text}");
        }
        assert_eq!(key("H&M"), "hm");
        assert_eq!(key("A.B.C. Consulting"), key("ABC Consulting"));
        assert_eq!(key("Müller Söhne"), "muller sohne");
        assert_eq!(key("booking.example"), "booking example");
    }

    #[test]
    fn a_name_never_becomes_empty() {
        for (text, expected) in
            [("Limited", "limited"), ("Co.", "co"), ("The", "the"), ("S.A.", "sa"), ("& and &", "and"), ("PT", "pt")]
        {
            assert_eq!(key(text), expected, "{text}");
        }
        assert_eq!(Company::parse(" - "), None);
    }

    #[test]
    fn the_legal_form_is_kept_beside_the_key() {
        assert_eq!(Company::parse("Hillside GmbH").unwrap().legal_form(), Some("gmbh"));
        assert_eq!(Company::parse("Hillside Co., Ltd.").unwrap().legal_form(), Some("co ltd"));
        assert_eq!(Company::parse("Hillside").unwrap().legal_form(), None);
    }

    #[test]
    fn values_that_say_there_is_no_company_are_marked() {
        for text in ["n/a", "N.A.", "Self-employed", "Private", "none", "Freelance"] {
            assert!(Company::parse(text).unwrap().is_placeholder(), "{text}");
        }
        assert!(!Company::parse("Private Bank").unwrap().is_placeholder());
    }

    proptest! {
        #[test]
        fn any_text_gives_a_key_that_gives_itself(text in "\\PC{0,40}") {
            if let Some(company) = Company::parse(&text) {
                prop_assert!(!company.key().is_empty());
            }
        }

        #[test]
        fn case_and_outer_punctuation_do_not_matter(name in "[a-z]{3,9}( [a-z]{3,9})?", form in "(| Inc\\.| LLC| GmbH)") {
            let plain = key(&name);
            prop_assert_eq!(key(&format!("\"{}{form}\"", name.to_uppercase())), plain);
        }
    }
}
