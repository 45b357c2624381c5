//! Values a merge, an archive or a create would lose: kept in the custom attributes named for them, or as one tidy note on
//! the contact that stays.
//!
//! The note begins with a line that never changes and goes on with `field: value` lines in sorted order, so that the
//! same values always give the same note. A value the survivor, an attribute named for it or one of its notes already
//! holds is not kept again, so that planning after an apply finds nothing left to keep. What does not fit into an
//! attribute is noted. Times of visits are not kept: Intercom has its own.

use std::collections::{BTreeMap, BTreeSet};

use super::places::{Places, entries, holds, with};
use super::values::{Held, Member, Value, folded, held, values};
use super::{Attribute, AttributeValue, Change, StandardAttribute};
use crate::contact::{Record, Role, Side};
use crate::link::RecordIndex;

/// The first line of every keep-note.
pub(crate) const FIRST_LINE: &str = "leadfold kept these values from merged contacts:";

/// What the contact that stays will hold and holds already.
#[derive(Debug)]
pub(super) struct Known<'a> {
    /// One value for each attribute, after everything is done.
    pub(super) final_state: &'a Held,
    /// The survivor's own rows: their further addresses and their notes count as known.
    pub(super) rows: &'a [Member<'a>],
    /// Contacts are joined: what a person or a rule replaces on the survivor is kept as well.
    pub(super) joined: bool,
}

/// How discarded values are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept {
    /// Attributes that grow; `before` is what the contact holds today.
    pub(super) changes: Vec<Change>,
    /// What has no attribute, or no room in it.
    pub(super) note: Option<String>,
    /// Attributes that keep values and have some today: no list may write over them.
    filled: BTreeSet<Attribute>,
}

impl Kept {
    /// What is written to the contact besides: everything but attributes that keep values, which grow instead.
    pub(super) fn without_places(&self, written: &mut Vec<Change>) {
        let grows = |attribute: &Attribute| self.changes.iter().any(|change| change.attribute == *attribute);
        written.retain(|change| !self.filled.contains(&change.attribute) && !grows(&change.attribute));
    }
}

/// A value that would be lost.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Discarded {
    label: String,
    text: String,
    attribute: Attribute,
    from: RecordIndex,
}

/// How what `donors` would lose is kept, if there is anything.
pub(super) fn keep(donors: &[Member<'_>], known: &Known<'_>, places: &Places) -> Kept {
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

    let mut discarded = BTreeSet::new();
    let mut lines = BTreeSet::new();
    // Where contacts are joined, what a person or a rule replaces on the one that stays is lost as well
    let chosen = |value: &Value| known.final_state.get(&value.attribute).is_some_and(|then| then.picked);
    let replaced = known.rows.iter().filter(|_| known.joined).map(|row| (row, true));
    for (donor, stays) in donors.iter().map(|donor| (donor, false)).chain(replaced) {
        for value in values(*donor) {
            if !is_kept(&value.attribute, donor.record) || stays && !(goes(&value) && chosen(&value)) {
                continue;
            }
            let Value { attribute, value, key, full, from, .. } = value;
            let lost = !own.contains(&(attribute.clone(), key)) || places.contains(&attribute);
            if !lost && full.is_none() {
                continue;
            }
            let label = label(&attribute).to_owned();
            let text = full.unwrap_or_else(|| value.to_string());
            if places.contains(&attribute) {
                let each = |entry: &str| Discarded {
                    label: label.clone(),
                    text: entry.to_owned(),
                    attribute: attribute.clone(),
                    from,
                };
                discarded.extend(entries(&text).map(each));
            } else if places.of(&attribute).is_some() {
                discarded.insert(Discarded { label, text: tidy(&text), attribute, from });
            } else {
                lines.insert(line(&label, &text));
            }
        }
        for (field, text) in donor.record.unparsed.iter().filter(|_| !stays) {
            lines.insert(line(&format!("{field} (as written)"), text));
        }
    }
    discarded.retain(|value| !written.contains(&folded(&line(&value.label, &value.text))));
    let changes = grow(&discarded, &today, known.final_state, places, &mut lines);
    lines.retain(|line| !written.contains(&folded(line)));
    let filled = today.into_keys().filter(|attribute| places.contains(attribute)).collect();
    Kept { changes, note: note_of(lines), filled }
}

/// Adds what fits to the attributes that keep it, and the rest to `lines`.
fn grow(
    discarded: &BTreeSet<Discarded>,
    today: &Held,
    final_state: &Held,
    places: &Places,
    lines: &mut BTreeSet<String>,
) -> Vec<Change> {
    let mut texts: BTreeMap<&str, (String, Option<RecordIndex>)> = BTreeMap::new();
    for value in discarded {
        let Some(place) = places.of(&value.attribute) else { continue };
        let (text, from) = texts.entry(place).or_insert_with(|| {
            let attribute = Attribute::Custom(place.to_owned());
            let found = today.get(&attribute).or_else(|| final_state.get(&attribute));
            (found.map_or_else(String::new, |found| found.value.to_string()), None)
        });
        if holds(text, &value.attribute, &value.text) {
            continue;
        }
        match with(text, &value.text) {
            Some(grown) => {
                *text = grown;
                from.get_or_insert(value.from);
            }
            None => {
                lines.insert(line(&value.label, &value.text));
            }
        }
    }
    let grown = texts.into_iter().filter_map(|(place, (text, from))| {
        let attribute = Attribute::Custom(place.to_owned());
        let before = today.get(&attribute).map(|today| today.value.clone());
        Some(Change { attribute, before, after: AttributeValue::Text(text), from: from? })
    });
    grown.collect()
}

fn note_of(lines: BTreeSet<String>) -> Option<String> {
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
    format!("{label}: {}", tidy(text))
}

fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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

    fn note(donors: &[Member<'_>], known: &Known<'_>) -> Option<String> {
        keep(donors, known, &Places::default()).note
    }

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
        let known = Known { final_state: &state, rows: &rows, joined: false };
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
        let known = Known { final_state: &Held::new(), rows: &rows, joined: false };
        assert_eq!(note(&[member(1, &lead)], &known), None);
        let other = RecordBuilder::lead().custom("Plan", "R&D").build();
        assert!(note(&[member(1, &other)], &known).is_some(), "a part of a line is not the line");
    }

    #[test]
    fn what_could_not_be_understood_is_kept_as_written() {
        let row = RecordBuilder::lead().email("ann at hillside").build();
        let known = Known { final_state: &Held::new(), rows: &[], joined: false };
        assert_eq!(
            note(&[member(0, &row)], &known).unwrap(),
            "leadfold kept these values from merged contacts:\nemail (as written): ann at hillside"
        );
    }

    fn places() -> Places {
        let setting = [("email", "Other emails"), ("phone", "Other phones"), ("custom:Plan", "Other plans")];
        Places::new(&setting.map(|(kept, place)| (kept.to_owned(), place.to_owned())).into())
    }

    /// What is kept, as lines.
    fn told(kept: &Kept) -> Vec<String> {
        let changes = kept.changes.iter().map(|change| {
            let before = change.before.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{} {before:?} -> {:?}", change.attribute, change.after.to_string())
        });
        changes.chain(kept.note.clone()).collect()
    }

    #[test]
    fn values_with_an_attribute_named_for_them_go_there_and_the_rest_into_the_note() {
        let survivor = RecordBuilder::user()
            .existing("5f")
            .email("ann@hillside.example")
            .name("Ann Lee")
            .custom("Other emails", "old@home.example")
            .build();
        let lead = RecordBuilder::lead()
            .email("ann@home.example")
            .email("Old@home.example")
            .name("Anna Lee")
            .phone("+442079460123")
            .custom("Plan", "Gold; Silver")
            .build();
        let rows = [member(0, &survivor)];
        let state = held(rows);
        let known = Known { final_state: &state, rows: &rows, joined: false };
        let kept = keep(&[member(1, &lead)], &known, &places());
        assert_eq!(
            told(&kept),
            [
                "custom:Other emails \"old@home.example\" -> \"old@home.example; ann@home.example\"",
                "custom:Other phones \"\" -> \"+442079460123\"",
                "leadfold kept these values from merged contacts:\nPlan: Gold; Silver\nname: Anna Lee",
            ]
        );
    }

    #[test]
    fn what_an_attribute_or_a_note_holds_already_is_not_kept_again() {
        let survivor = RecordBuilder::user()
            .existing("5f")
            .email("ann@hillside.example")
            .custom("Other emails", "ann@home.example; by hand")
            .note("leadfold kept these values from merged contacts:\nphone: +442079460123")
            .build();
        let lead = RecordBuilder::lead()
            .email("ann@home.example")
            .phone("+442079460123")
            .custom("Other emails", "By hand")
            .build();
        let rows = [member(0, &survivor)];
        let state = held(rows);
        let known = Known { final_state: &state, rows: &rows, joined: false };
        let kept = keep(&[member(1, &lead)], &known, &places());
        assert_eq!(told(&kept), Vec::<String>::new());
        let mut written = vec![Change {
            attribute: Attribute::Custom("Other emails".to_owned()),
            before: None,
            after: AttributeValue::Text("a list's".to_owned()),
            from: RecordIndex(1),
        }];
        kept.without_places(&mut written);
        assert_eq!(written, [], "no list writes over what an attribute keeps");
    }

    #[test]
    fn what_does_not_fit_into_an_attribute_is_noted() {
        let full = "x".repeat(240);
        let survivor = RecordBuilder::user().existing("5f").custom("Other emails", &full).build();
        let lead = RecordBuilder::lead().email("a@y.example").email("ann.lee@home.example").build();
        let rows = [member(0, &survivor)];
        let state = held(rows);
        let known = Known { final_state: &state, rows: &rows, joined: false };
        let kept = keep(&[member(1, &lead)], &known, &places());
        assert_eq!(kept.changes.len(), 1);
        assert!(kept.changes[0].after.to_string().ends_with("; a@y.example"));
        assert_eq!(
            kept.note.as_deref(),
            Some("leadfold kept these values from merged contacts:\nemail: ann.lee@home.example")
        );
    }
}
