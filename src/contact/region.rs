//! Countries: from the words people write to ISO 3166-1 codes.
//!
//! Owns [`Region`]. Names come from `data/countries.csv` (Unicode CLDR) in the country's own languages and in seven
//! European ones, with the other names in use (UK, Holland, PRC).

use std::sync::LazyLock;

use deunicode::deunicode;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// A country as its two upper-case ISO 3166-1 letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region([u8; 2]);

static COUNTRIES: &str = include_str!("data/countries.csv");

/// Folded name or code → country. English names win over the same word in another language, codes over both.
static NAMES: LazyLock<FxHashMap<Box<str>, Region>> = LazyLock::new(|| {
    let rows: Vec<(Region, Vec<&str>)> = COUNTRIES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (code, names) = line.split_once(';')?;
            Some((Region(code.as_bytes().try_into().ok()?), names.split(';').collect()))
        })
        .collect();
    let mut names = FxHashMap::default();
    for (region, _) in &rows {
        names.insert(fold(region.code()), *region);
    }
    let most = rows.iter().map(|(_, names)| names.len()).max().unwrap_or(0);
    for position in 0..most {
        for (region, row) in &rows {
            if let Some(name) = row.get(position) {
                names.entry(fold(name)).or_insert(*region);
            }
        }
    }
    names
});

impl Region {
    /// Finds a country by ISO code (two or three letters) or by its English or local name, whatever the case, accents
    /// and punctuation: `de`, `DEU`, "Deutschland", "U.S.", "Éire", "भारत".
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let key = fold(text);
        if let Some(region) = NAMES.get(&key) {
            return Some(*region);
        }
        // "Germany (DE)", "US - United States"
        let mut parts = text.split(['(', ')', '-', '/', ',']).map(str::trim).filter(|part| !part.is_empty());
        let first = NAMES.get(&fold(parts.next()?))?;
        let second = NAMES.get(&fold(parts.next()?))?;
        (first == second && parts.next().is_none()).then_some(*first)
    }

    /// The two upper-case letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }
}

impl TryFrom<String> for Region {
    type Error = String;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::parse(&code).ok_or_else(|| "not a country code".to_owned())
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.code().to_owned()
    }
}

/// Lower-case letters without accents and anything between them, and without a leading "the". Scripts other than Latin
/// stay as they are, because romanised `مصر` looks like a three-letter code.
fn fold(text: &str) -> Box<str> {
    let ascii = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect()
    };
    let mut key = if text.is_ascii() {
        ascii(text)
    } else if text.chars().any(|c| c >= '\u{370}' && c.is_alphabetic() && !('\u{1e00}'..='\u{1eff}').contains(&c)) {
        text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    } else {
        ascii(&deunicode(text))
    };
    if key.len() > 5 && key.starts_with("the") && text.trim_start().as_bytes().get(3) == Some(&b' ') {
        key.drain(..3);
    }
    key.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Option<String> {
        Region::parse(text).map(|region| region.code().to_owned())
    }

    #[test]
    fn codes_and_names_in_several_languages_are_found() {
        for (text, expected) in [
            ("de", "DE"),
            ("DEU", "DE"),
            ("Deutschland", "DE"),
            (" germany ", "DE"),
            ("U.S.", "US"),
            ("USA", "US"),
            ("United States of America", "US"),
            ("UK", "GB"),
            ("England", "GB"),
            ("Éire", "IE"),
            ("Republic of Ireland", "IE"),
            ("भारत", "IN"),
            ("日本", "JP"),
            ("대한민국", "KR"),
            ("Korea, Republic of", "KR"),
            ("The Netherlands", "NL"),
            ("Holland", "NL"),
            ("Україна", "UA"),
            ("Ελλάδα", "GR"),
            ("مصر", "EG"),
            ("ישראל", "IL"),
            ("Türkiye", "TR"),
            ("Turkey", "TR"),
            ("Viet Nam", "VN"),
            ("Việt Nam", "VN"),
            ("PRC", "CN"),
            ("中国", "CN"),
            ("Česko", "CZ"),
            ("Schweiz", "CH"),
            ("US - United States", "US"),
        ] {
            assert_eq!(code(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_words_are_no_country() {
        for text in ["", "-", "Europe", "ZZ", "Atlantis", "12", "US / Canada"] {
            assert_eq!(code(text), None, "{text}");
        }
    }
}
