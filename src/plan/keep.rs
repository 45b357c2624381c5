//! The keep-note: values a merge, an archive or a create would lose, as one tidy note on the contact that stays.
//!
//! The note begins with a line that never changes and goes on with `field: value` lines in sorted order, so that the
//! same values always give the same note. A value the survivor or one of its notes already holds is not kept again, so
//! that planning after an apply finds nothing left to keep. Times of visits are not kept: Intercom has its own.

use std::collections::BTreeSet;

use super::values::{Held, Member, Value, folded, held, values};
use super::{Attribute, StandardAttribute};
use crate::contact::{Record, Role, Side};

/// The first line of every keep-note.
pub(crate) const FIRST_LINE: &str = "leadfold kept these values from merged contacts:";

/// What the contact that stays will hold and holds already.
#[derive(Debug)]
pub(super) struct Known<'a> {
    /// One value for each attribute, after everything is done.
    pub(super) final_state: &'a Held,
    /// The survivor's own rows: their further addresses and their notes count as known.
    pub(super) rows: &'a [Member<'a>],
}

/// The note for what `donors` would lose, if there is anything.
pub(super) fn note(donors: &[Member<'_>], known: &Known<'_>) -> Option<String> {
    // A value that is about to be written over is no longer there to rely on.
    let today = held(known.rows.iter().copied());
    let goes = |value: &Value| {
        let (today, then) = (today.get(&value.attribute), known.final_state.get(&value.attribute));
        today.is_some_and(|today| today.key == value.key) && then.is_some_and(|then| then.key != value.key)
    };
    let own: BTreeSet<(Attribute, String)> = known
        .rows
        .iter()
        .flat_map(|row| values(*row))
        .filter(|value| !goes(value))
        .chain(known.final_state.values().cloned())
        .map(|value| (value.attribute, value.key))
        .collect();
    let notes: Vec<&str> = known.rows.iter().flat_map(|row| &row.record.notes).map(|note| &**note).collect();
    let written = lines_of(&notes);

    let mut lines = BTreeSet::new();
    for donor in donors {
        for value in values(*donor) {
            if !is_kept(&value.attribute, donor.record) {
                continue;
            }
            let lost = !own.contains(&(value.attribute.clone(), value.key));
            if lost || value.full.is_some() {
                let text = value.full.unwrap_or_else(|| value.value.to_string());
                lines.insert(line(label(&value.attribute), &text));
            }
        }
        for (field, text) in &donor.record.unparsed {
            lines.insert(line(&format!("{field} (as written)"), text));
        }
    }
    lines.retain(|line| !written.contains(&folded(line)));
    if lines.is_empty() {
        return None;
    }
    let mut body = FIRST_LINE.to_owned();
    for line in lines {
        body.push('\n');
        body.push_str(&line);
    }
    Some(body)
}

/// Whether a value of this attribute is worth a line. The external id of an existing lead is a number Intercom made up.
fn is_kept(attribute: &Attribute, record: &Record) -> bool {
    match attribute {
        Attribute::Standard(StandardAttribute::LastSeenAt | StandardAttribute::UnsubscribedFromEmails) => false,
        Attribute::Standard(StandardAttribute::SignedUpAt) => record.side == Side::Existing,
        Attribute::Standard(StandardAttribute::ExternalId) => {
            record.side == Side::Incoming || record.role != Some(Role::Lead)
        }
        _ => true,
    }
}

fn label(attribute: &Attribute) -> &str {
    match attribute {
        Attribute::Standard(standard) => standard.name(),
        Attribute::Custom(name) => name,
    }
}

fn line(label: &str, text: &str) -> String {
    format!("{label}: {}", text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The lines of notes, folded. Intercom gives notes back as HTML and exports may put them on one line; a line counts
/// only as a whole, because `plan: 1` is not `plan: 12`.
fn lines_of(notes: &[&str]) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for note in notes {
        for text in [(*note).to_owned(), plain(note)] {
            lines.extend(text.lines().map(folded));
        }
    }
    lines
}

/// HTML → text: line breaks at block ends, tags dropped, the five entities Intercom writes put back.
pub(super) fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        text.push_str(before);
        let Some(end) = tag.find('>') else {
            rest = tag;
            break;
        };
        let name = tag.get(1..end).unwrap_or_default().trim_start_matches('/').to_ascii_lowercase();
        if ["br", "p", "div", "li", "ul", "ol"].iter().any(|block| name.split([' ', '/']).next() == Some(block)) {
            text.push('\n');
        }
        rest = tag.get(end + 1..).unwrap_or_default();
    }
    text.push_str(rest);
    text.replace("&nbsp;", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::RecordBuilder;
    use crate::link::RecordIndex;

    fn member(index: u32, record: &Record) -> Member<'_> {
        Member { index: RecordIndex(index), record }
    }

    #[test]
    fn what_the_survivor_has_is_not_kept_again() {
        let survivor = RecordBuilder::user().existing("5f").email("ann@hillside.example").name("Ann Lee").build();
        let lead = RecordBuilder::lead()
            .email("ANN@hillside.example")
            .email("ann@home.example")
            .name("ann  lee")
            .custom("Plan", "Gold")
            .build();
        let rows = [member(0, &survivor)];
        let state = held(rows);
        let known = Known { final_state: &state, rows: &rows };
        insta::assert_snapshot!(note(&[member(1, &lead)], &known).unwrap(), @r"
        leadfold kept these values from merged contacts:
        Plan: Gold
        email: ann@home.example
        ");
    }

    #[test]
    fn a_note_that_came_back_as_html_still_counts() {
        let kept = "<p>leadfold kept these values from merged contacts:<br>Plan: R&amp;D &lt;1&gt;</p><p>email: x@y.example</p>";
        let survivor = RecordBuilder::user().existing("5f").note(kept).build();
        let lead = RecordBuilder::lead().custom("Plan", "R&D <1>").email("x@y.example").build();
        let rows = [member(0, &survivor)];
        let known = Known { final_state: &Held::new(), rows: &rows };
        assert_eq!(note(&[member(1, &lead)], &known), None);
        let other = RecordBuilder::lead().custom("Plan", "R&D").build();
        assert!(note(&[member(1, &other)], &known).is_some(), "a part of a line is not the line");
    }

    #[test]
    fn what_could_not_be_understood_is_kept_as_written() {
        let row = RecordBuilder::lead().email("ann at hillside").build();
        let known = Known { final_state: &Held::new(), rows: &[] };
        assert_eq!(
            note(&[member(0, &row)], &known).unwrap(),
            "leadfold kept these values from merged contacts:\nemail (as written): ann at hillside"
        );
    }
}
