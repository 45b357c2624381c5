//! Folding of free text for comparison: lower-case ASCII words separated by one space.

/// Folds a text: Unicode to ASCII, lower case, every run of other characters one space.
///
/// Only for comparison; nothing folded is ever written back.
pub(super) fn fold(text: &str) -> String {
    let ascii;
    let source = if text.is_ascii() {
        text
    } else {
        ascii = deunicode::deunicode(text);
        &ascii
    };
    let mut folded = String::with_capacity(source.len());
    for character in source.chars() {
        if character == '\'' {
            continue;
        }
        if character.is_ascii_alphanumeric() {
            folded.push(character.to_ascii_lowercase());
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Folds a code (postcode, identifier): letters and digits only, lower case.
pub(super) fn code(text: &str) -> String {
    fold(text).replace(' ', "")
}

/// Street words that are written in several ways, and the one form they are compared in.
const STREET_WORDS: &[(&str, &str)] = &[
    ("street", "st"),
    ("str", "st"),
    ("strasse", "st"),
    ("avenue", "ave"),
    ("av", "ave"),
    ("road", "rd"),
    ("drive", "dr"),
    ("boulevard", "blvd"),
    ("lane", "ln"),
    ("court", "ct"),
    ("place", "pl"),
    ("square", "sq"),
    ("terrace", "tce"),
    ("ter", "tce"),
    ("terr", "tce"),
    ("crescent", "cres"),
    ("cr", "cres"),
    ("circuit", "cct"),
    ("cir", "cct"),
    ("circle", "cct"),
    ("close", "cl"),
    ("parkway", "pkwy"),
    ("highway", "hwy"),
    ("north", "n"),
    ("south", "s"),
    ("east", "e"),
    ("west", "w"),
    ("apartment", "apt"),
    ("unit", "apt"),
    ("suite", "ste"),
    ("floor", "fl"),
    ("building", "bldg"),
    ("saint", "st"),
];

/// Folds a street line and brings the usual abbreviations to one form.
pub(super) fn street(text: &str) -> String {
    let folded = fold(text);
    let mut out = String::with_capacity(folded.len());
    for word in folded.split(' ') {
        if !out.is_empty() {
            out.push(' ');
        }
        let form = STREET_WORDS.iter().find(|(long, _)| *long == word).map_or(word, |(_, short)| short);
        out.push_str(form);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_keeps_words_and_drops_accents_case_and_punctuation() {
        assert_eq!(fold("  Müller-Lüdenscheidt,  O'Brien "), "muller ludenscheidt obrien");
        assert_eq!(code("SW1A 1AA"), "sw1a1aa");
    }

    #[test]
    fn street_words_have_one_form() {
        assert_eq!(street("3053 South Normal Avenue"), street("3053 S. Normal Ave."));
    }
}
