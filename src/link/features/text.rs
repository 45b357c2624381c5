//! Folding of free text for comparison: lower-case ASCII words separated by one space.

/// Adds a text folded: Unicode to ASCII, lower case, every run of other characters one space.
///
/// Only for comparison; nothing folded is ever written back.
pub(super) fn fold(text: &str, to: &mut String) {
    let start = to.len();
    let mut space = false;
    each_letter(text, |letter| match letter {
        Some(letter) => {
            if space && to.len() > start {
                to.push(' ');
            }
            space = false;
            to.push(letter);
        }
        None => space = true,
    });
}

/// Adds a code (postcode, identifier) folded: letters and digits only, lower case.
pub(super) fn code(text: &str, to: &mut String) {
    each_letter(text, |letter| to.extend(letter));
}

/// Hands on each letter and digit of a text in lower-case ASCII, and `None` for all else but apostrophes, which are nothing.
fn each_letter(text: &str, mut hand: impl FnMut(Option<char>)) {
    let mut hand = |byte: u8| match byte {
        b'\'' => {}
        _ if byte.is_ascii_alphanumeric() => hand(Some(char::from(byte.to_ascii_lowercase()))),
        _ => hand(None),
    };
    if text.is_ascii() {
        text.bytes().for_each(&mut hand);
    } else {
        deunicode::deunicode(text).bytes().for_each(&mut hand);
    }
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

/// Adds a street line folded, with the usual abbreviations brought to one form. `room` is for what is on its way.
pub(super) fn street(text: &str, room: &mut String, to: &mut String) {
    room.clear();
    fold(text, room);
    let start = to.len();
    for word in room.split(' ') {
        if to.len() > start {
            to.push(' ');
        }
        let form = STREET_WORDS.iter().find(|(long, _)| *long == word).map_or(word, |(_, short)| short);
        to.push_str(form);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is added behind something else.
    fn added(add: impl Fn(&mut String)) -> String {
        let mut text = String::from("before ");
        add(&mut text);
        text.split_off("before ".len())
    }

    fn street(text: &str) -> String {
        added(|to| super::street(text, &mut String::from("used"), to))
    }

    #[test]
    fn folding_keeps_words_and_drops_accents_case_and_punctuation() {
        assert_eq!(added(|to| fold("  Müller-Lüdenscheidt,  O'Brien ", to)), "muller ludenscheidt obrien");
        assert_eq!(added(|to| code("SW1A 1AA", to)), "sw1a1aa");
    }

    #[test]
    fn street_words_have_one_form() {
        assert_eq!(street("3053 South Normal Avenue"), street("3053 S. Normal Ave."));
    }
}
