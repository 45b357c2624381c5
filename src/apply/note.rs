//! When two notes say the same. Pure.
//!
//! Intercom returns a note as HTML (`<p>text</p>`) whatever was sent, so the texts are compared without markup,
//! entities and runs of white space.

use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

use crate::intercom::{Conversation, Note, plain_text};

/// The words of a note, without markup, on one line.
pub(super) fn plain(body: &str) -> String {
    plain_text(body).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether one of the notes says the same as `body`.
pub(super) fn is_among(notes: &[Note], body: &str) -> bool {
    let wanted = plain(body);
    notes.iter().any(|note| plain(&note.body) == wanted)
}

/// Tells a note from others in the journal, which holds no values: the beginning of a SHA-256 of its words.
pub(super) fn digest(body: &str) -> String {
    let digits: Vec<String> =
        Sha256::digest(plain(body).as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

/// Whether one of the notes has this digest.
pub(super) fn is_among_by_digest(notes: &[Note], wanted: &str) -> bool {
    notes.iter().any(|note| digest(&note.body) == wanted)
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

/// A note for a closed conversation of a contact that is archived: it cannot move without being opened again.
pub(super) fn conversation(conversation: &Conversation, inbox: &str) -> String {
    let (id, day) = (&conversation.id, conversation.created_at.and_then(day));
    let day = day.map_or_else(String::new, |day| format!(" of {day}"));
    format!("Closed conversation {id}{day}, held with a contact that was archived: {inbox}{id}")
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
