//! What a contact holds now that would be gone with it: values neither the survivor, nor an attribute that keeps discarded
//! ones, nor any of its notes has. Pure.
//!
//! The plan keeps what it knew. Between plan and apply somebody may have written another value, and an export may never
//! have held all attributes, so this looks at the contacts themselves, right before a merge or an archive.

use serde_json::Value;

use super::freshness::WireChange;
use super::value::{alike, as_text, current, says_nothing};
use crate::contact::{Email, NameParts, PersonName, Phone, Role};
use crate::intercom::{Contact, Note, plain_text};
use crate::plan::{Attribute, KEEP_NOTE_FIRST_LINE, Places, StandardAttribute, place_holds};

/// How the contact goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Leaving<'a> {
    /// It is merged: Intercom copies what the survivor lacks, and the plan then writes these.
    Merged(&'a [WireChange]),
    /// It is archived or deleted: what was not written by now is lost.
    Removed,
}

/// Values that would be lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unkept {
    /// Who the person is: the plan had kept all of these, so the contact has changed since.
    pub(super) identity: Vec<String>,
    /// `attribute: value` lines of everything else.
    lines: Vec<String>,
}

impl Unkept {
    /// A note that keeps what is not about who the person is.
    pub(super) fn note(&self) -> Option<String> {
        (!self.lines.is_empty()).then(|| format!("{KEEP_NOTE_FIRST_LINE}\n{}", self.lines.join("\n")))
    }

    /// The sentence for a contact that must stay as it is.
    pub(super) fn moved(&self) -> Option<String> {
        (!self.identity.is_empty()).then(|| {
            format!(
                "the contact changed since the plan was made: its {} would be lost; make a new plan",
                self.identity.join(" and its ")
            )
        })
    }
}

/// What `loser` holds and nobody would find again. `places` are the attributes that keep discarded values.
pub(super) fn unkept(
    loser: &Contact,
    survivor: &Contact,
    notes: &[Note],
    leaving: Leaving<'_>,
    places: &Places,
) -> Unkept {
    let notes: Vec<String> = notes.iter().map(|note| plain_text(&note.body)).collect();
    let is_lost = |attribute: &Attribute, value: &Value| {
        if says_nothing(attribute, value) {
            return false;
        }
        let standing = current(survivor, attribute);
        let as_planned = standing.as_ref().and_then(|standing| tidied(attribute, standing));
        let held = [&standing, &as_planned]
            .into_iter()
            .any(|one| one.is_some() && alike(attribute, Some(value), one.as_ref()));
        let arrives = match leaving {
            Leaving::Removed => false,
            Leaving::Merged(later) => match later.iter().find(|change| change.attribute == *attribute) {
                Some(change) => alike(attribute, Some(value), Some(&change.after)),
                None => standing.is_none() && is_copied(attribute),
            },
        };
        !held
            && !arrives
            && !is_in_place(survivor, places, attribute, value)
            && !notes.iter().any(|note| tells(note, attribute, value))
    };
    let mut unkept = Unkept::default();
    for standard in
        [StandardAttribute::Email, StandardAttribute::Phone, StandardAttribute::Name, StandardAttribute::ExternalId]
    {
        // A lead's external id is a number Intercom made up
        let attribute = Attribute::Standard(standard);
        if standard == StandardAttribute::ExternalId && loser.role == Role::Lead {
            continue;
        }
        let Some(value) = current(loser, &attribute).filter(|value| is_lost(&attribute, value)) else { continue };
        // The plan took the user for one without the value; a merge fills what is empty, and not what says so in words
        let in_the_way = matches!(leaving, Leaving::Merged(_))
            && current(survivor, &attribute).is_some_and(|standing| says_nothing(&attribute, &standing));
        // The plan keeps a tidied form; what was tidied away (an extension, a slip) is no other person, and is noted as it is
        if in_the_way || tidied(&attribute, &value).is_some_and(|tidied| !is_lost(&attribute, &tidied)) {
            unkept.lines.push(line(standard.name(), &as_text(&value)));
        } else {
            unkept.identity.push(standard.name().replace('_', " "));
        }
    }
    for name in loser.custom_attributes.keys() {
        let attribute = Attribute::Custom(name.clone());
        if let Some(value) = current(loser, &attribute)
            && is_lost(&attribute, &value)
        {
            unkept.lines.push(line(name, &as_text(&value)));
        }
    }
    unkept.lines.sort();
    unkept
}

/// An address, number or name as a plan writes it.
fn tidied(attribute: &Attribute, value: &Value) -> Option<Value> {
    let Attribute::Standard(attribute) = attribute else { return None };
    let text = as_text(value);
    let tidied = match attribute {
        StandardAttribute::Email => Email::parse(&text).ok()?.address().to_owned(),
        StandardAttribute::Phone => {
            let phone = Phone::parse(&text, None)?;
            phone.e164().unwrap_or(phone.digits()).to_owned()
        }
        StandardAttribute::Name => {
            PersonName::parse(&NameParts { full: &text, ..NameParts::default() })?.display().to_owned()
        }
        _ => return None,
    };
    Some(Value::String(tidied))
}

/// Whether a merge fills it on the user that lacks it.
fn is_copied(attribute: &Attribute) -> bool {
    !matches!(attribute, Attribute::Standard(StandardAttribute::Email | StandardAttribute::ExternalId))
}

/// Whether the attribute that keeps discarded values of this one has it, entry by entry.
fn is_in_place(survivor: &Contact, places: &Places, attribute: &Attribute, value: &Value) -> bool {
    let Some(place) = places.of(attribute) else { return false };
    let kept = current(survivor, &Attribute::Custom(place.to_owned()));
    kept.is_some_and(|kept| place_holds(&as_text(&kept), attribute, &as_text(value)))
}

fn line(label: &str, text: &str) -> String {
    format!("{label}: {}", text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a note has the value in a line of its own, as keep-notes do.
fn tells(note: &str, attribute: &Attribute, value: &Value) -> bool {
    let label = match attribute {
        Attribute::Standard(standard) => standard.name(),
        Attribute::Custom(name) => name,
    };
    let wanted = Value::String(line("", &as_text(value)).trim_start_matches(": ").to_owned());
    note.lines()
        .filter_map(|line| line.trim().strip_prefix(label)?.strip_prefix(':'))
        .any(|kept| alike(attribute, Some(&wanted), Some(&Value::String(kept.trim().to_owned()))))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Leaving, Unkept, unkept};
    use crate::apply::freshness::WireChange;
    use crate::contact::Role;
    use crate::intercom::{Contact, Note};
    use crate::plan::{Attribute, Places, StandardAttribute};

    fn contact(role: Role, phone: Option<&str>, custom: &Value) -> Contact {
        Contact {
            phone: phone.map(str::to_owned),
            custom_attributes: custom.as_object().cloned().unwrap_or_default(),
            ..Contact::bare("c", role)
        }
    }

    fn note(body: &str) -> Note {
        Note { id: "1".to_owned(), body: body.to_owned(), created_at: None, author: None }
    }

    fn lead() -> Contact {
        contact(Role::Lead, Some("+353 1 555 0100"), &json!({ "plan": "pro", "seats": 5 }))
    }

    #[test]
    fn what_the_survivor_or_a_keep_note_holds_is_kept() {
        let survivor = contact(Role::User, Some("+35315550100"), &json!({ "seats": 5 }));
        let kept = note("<p>leadfold kept these values from merged contacts:</p><p>plan: Pro</p>");
        assert_eq!(unkept(&lead(), &survivor, &[kept], Leaving::Removed, &Places::default()), Unkept::default());
    }

    #[test]
    fn another_phone_is_a_change_of_the_person_and_another_attribute_goes_into_a_note() {
        let survivor = contact(Role::User, Some("+35316660000"), &json!({ "plan": "free", "seats": 5 }));
        let lost = unkept(&lead(), &survivor, &[note("plan: pro plus")], Leaving::Merged(&[]), &Places::default());
        assert_eq!(lost.identity, ["phone"]);
        assert_eq!(lost.note().unwrap(), "leadfold kept these values from merged contacts:\nplan: pro");
    }

    #[test]
    fn a_merge_fills_what_the_user_lacks_and_an_archive_does_not() {
        let survivor = contact(Role::User, None, &json!({}));
        assert_eq!(unkept(&lead(), &survivor, &[], Leaving::Merged(&[]), &Places::default()), Unkept::default());
        let lost = unkept(&lead(), &survivor, &[], Leaving::Removed, &Places::default());
        assert_eq!(lost.identity, ["phone"]);
        assert_eq!(lost.note().unwrap(), "leadfold kept these values from merged contacts:\nplan: pro\nseats: 5");
    }

    #[test]
    fn a_value_that_says_nothing_is_not_lost_and_one_that_meets_it_is_noted() {
        let named = |role, name: &str| Contact { name: Some(name.to_owned()), ..Contact::bare("c", role) };
        let (nobody, ann) = (named(Role::Lead, "n/a"), named(Role::Lead, "Ann Hill"));
        assert_eq!(unkept(&nobody, &ann, &[], Leaving::Removed, &Places::default()), Unkept::default());
        let lost = unkept(&ann, &named(Role::User, "Unknown"), &[], Leaving::Merged(&[]), &Places::default());
        assert_eq!(lost.identity, Vec::<String>::new());
        assert_eq!(lost.note().unwrap(), "leadfold kept these values from merged contacts:\nname: Ann Hill");
        // What an archive needs is written before, so there it is a change
        let lost = unkept(&ann, &nobody, &[], Leaving::Removed, &Places::default());
        assert_eq!(lost.identity, ["name"]);
    }

    #[test]
    fn an_address_is_not_filled_by_a_merge_but_may_be_written_after_it() {
        let mut lead = contact(Role::Lead, None, &json!({}));
        lead.email = Some("ann@hill.example".to_owned());
        let user = contact(Role::User, None, &json!({}));
        assert_eq!(unkept(&lead, &user, &[], Leaving::Merged(&[]), &Places::default()).identity, ["email"]);
        let attribute = Attribute::Standard(StandardAttribute::Email);
        let later = [WireChange { attribute, before: None, after: json!("Ann@hill.example") }];
        assert_eq!(unkept(&lead, &user, &[], Leaving::Merged(&later), &Places::default()), Unkept::default());
    }

    #[test]
    fn an_attribute_named_for_it_keeps_a_value() {
        let places = Places::new(
            &[("phone", "Other phones"), ("plan", "Other plans")]
                .map(|(kept, place)| (kept.to_owned(), place.to_owned()))
                .into(),
        );
        let kept =
            json!({ "Other phones": "+353 1 555 0199; +353 1 555 0100", "Other plans": "free; pro", "seats": 5 });
        let survivor = contact(Role::User, Some("+35316660000"), &kept);
        assert_eq!(unkept(&lead(), &survivor, &[], Leaving::Merged(&[]), &places), Unkept::default());
        assert_eq!(unkept(&lead(), &survivor, &[], Leaving::Removed, &Places::default()).identity, ["phone"]);
        let taken_out = contact(Role::User, Some("+35316660000"), &json!({ "Other plans": "free", "seats": 5 }));
        let lost = unkept(&lead(), &taken_out, &[], Leaving::Removed, &places);
        assert_eq!(lost.identity, ["phone"]);
        assert_eq!(lost.note().unwrap(), "leadfold kept these values from merged contacts:\nplan: pro");
        let listed = contact(Role::Lead, None, &json!({ "Other plans": "pro; gold" }));
        assert!(unkept(&listed, &survivor, &[], Leaving::Removed, &places).note().is_some(), "every entry counts");
    }

    #[test]
    fn what_a_plan_tidied_away_is_noted_and_makes_nobody_somebody_else() {
        let mut lead = contact(Role::Lead, Some("+35315550100 ext. 12"), &json!({}));
        lead.email = Some("ann@hill.example.".to_owned());
        let mut survivor = contact(Role::Lead, Some("+35315550100"), &json!({}));
        survivor.email = Some("ann@hill.example".to_owned());
        let lost = unkept(&lead, &survivor, &[], Leaving::Removed, &Places::default());
        assert_eq!(lost.identity, Vec::<String>::new());
        let text = lost.note().unwrap();
        assert_eq!(
            text,
            "leadfold kept these values from merged contacts:\nemail: ann@hill.example.\nphone: +35315550100 ext. 12"
        );
        let noted = note(&text);
        assert_eq!(unkept(&lead, &survivor, &[noted], Leaving::Removed, &Places::default()), Unkept::default());
        lead.name = Some("Anita ZapaÅ›nik".to_owned());
        let lost = unkept(
            &lead,
            &survivor,
            &[note(&format!("{text}\nname: Anita Zapaśnik"))],
            Leaving::Removed,
            &Places::default(),
        );
        assert_eq!(lost.note().unwrap(), "leadfold kept these values from merged contacts:\nname: Anita ZapaÅ›nik");
        lead.name = None;
        survivor.phone = Some("+353 (0)1 555 0100".to_owned());
        survivor.email = Some("ann@hill.example;".to_owned());
        lead.email = Some("Ann@hill.example".to_owned());
        lead.phone = Some("+35315550100".to_owned());
        let lost = unkept(&lead, &survivor, &[], Leaving::Removed, &Places::default());
        assert_eq!(lost, Unkept::default(), "the one that stays has them, written in its own way");
    }
}
