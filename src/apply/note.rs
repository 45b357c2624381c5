//! When two notes say the same. Pure.
//!
//! Intercom returns a note as HTML (`<p>text</p>`) whatever was sent, so the texts are compared without markup,
//! entities and runs of white space.

use jiff::tz::TimeZone;

use crate::intercom::Note;

/// The words of a note, without markup.
pub(super) fn plain(body: &str) -> String {
    let mut text = String::with_capacity(body.len());
    let mut rest = body;
    while let Some(open) = rest.find('<') {
        let (before, tail) = rest.split_at(open);
        text.push_str(before);
        // Only what looks like a tag is one: "a < b" is text
        let looks_like_tag = tail[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match tail.find('>') {
            Some(close) if looks_like_tag => {
                text.push(' ');
                rest = &tail[close + 1..];
            }
            _ => {
                text.push('<');
                rest = &tail[1..];
            }
        }
    }
    text.push_str(rest);
    decode_entities(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The five entities of XML, the non-breaking space, and numbers.
fn decode_entities(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        let (before, tail) = rest.split_at(start);
        decoded.push_str(before);
        let character = tail.find(';').filter(|end| *end <= 10).and_then(|end| Some((entity(&tail[1..end])?, end)));
        if let Some((character, end)) = character {
            decoded.push(character);
            rest = &tail[end + 1..];
        } else {
            decoded.push('&');
            rest = &tail[1..];
        }
    }
    decoded.push_str(rest);
    decoded
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

/// Whether one of the notes says the same as `body`.
pub(super) fn is_among(notes: &[Note], body: &str) -> bool {
    let wanted = plain(body);
    notes.iter().any(|note| plain(&note.body) == wanted)
}

/// A note as it is copied to another contact: who wrote it and when, then its words. A copy of a copy keeps its first
/// author, so that copying twice adds nothing.
pub(super) fn copy(note: &Note) -> String {
    let words = plain(&note.body);
    if words.starts_with(COPY_MARK) {
        return words;
    }
    let author = note.author.as_deref().unwrap_or("an unknown author");
    match note.created_at.and_then(day) {
        Some(day) => format!("{COPY_MARK}{author}, {day}: {words}"),
        None => format!("{COPY_MARK}{author}: {words}"),
    }
}

const COPY_MARK: &str = "Note by ";

fn day(seconds: i64) -> Option<String> {
    let moment = jiff::Timestamp::from_second(seconds).ok()?;
    Some(moment.to_zoned(TimeZone::UTC).date().to_string())
}

#[cfg(test)]
mod tests {
    use super::{copy, is_among, plain};
    use crate::intercom::Note;

    fn note(body: &str) -> Note {
        Note {
            id: "1".to_owned(),
            body: body.to_owned(),
            created_at: Some(1_700_000_000),
            author: Some("Ada".to_owned()),
        }
    }

    #[test]
    fn markup_entities_and_white_space_make_no_difference() {
        assert_eq!(
            plain("<p>Met at  R&amp;D&nbsp;day, said &#34;hi&#x22;</p>\n<p>again</p>"),
            "Met at R&D day, said \"hi\" again"
        );
        assert!(is_among(&[note("<p>Call &lt; 5pm</p>")], "Call < 5pm"));
        assert!(!is_among(&[note("<p>Call at 5pm</p>")], "Call at 6pm"));
    }

    #[test]
    fn signs_that_are_no_markup_stay() {
        assert_eq!(plain("3 < 4 & 5 > 2; &unknown; <"), "3 < 4 & 5 > 2; &unknown; <");
    }

    #[test]
    fn a_copied_note_names_its_author_and_day() {
        assert_eq!(copy(&note("<p>Wants a demo</p>")), "Note by Ada, 2023-11-14: Wants a demo");
    }

    #[test]
    fn copying_a_copy_changes_nothing() {
        let once = copy(&note("<p>Wants a demo</p>"));
        assert_eq!(copy(&note(&once)), once);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(body in ".*") {
            let _ = plain(&body);
        }

        #[test]
        fn wrapping_a_text_in_a_paragraph_changes_nothing(body in "[a-zA-Zäé0-9 .,]*") {
            proptest::prop_assert_eq!(plain(&format!("<p>{body}</p>")), plain(&body));
        }
    }
}
