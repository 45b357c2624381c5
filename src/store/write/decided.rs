//! What was decided: groups, actions, what is expected of rows, and the sentences that say why.

use rustc_hash::FxHashMap;

use super::Writer;
use super::insert::{Insert, number, perhaps, perhaps_number, real, side_by_side, text};
use crate::contact::Compact;
use crate::link::{Group, Linkage, Loose, RecordIndex, merged_fields};
use crate::plan::{Action, ActionId, Plan, Reversibility, RowPlan, Target};
use crate::store::Error;
use crate::store::dictionary::Words;
use crate::store::read::is_plain;
use crate::store::value::{Place, count};

impl Writer<'_> {
    pub(super) fn decided(&self, plan: &Plan) -> Result<(), Error> {
        // A contact alone has no row unless it has something to say.
        let said: Vec<&Group> = plan.linkage.groups.iter().filter(|group| !is_plain(group)).collect();
        let reasons = Reasons::of(&said, plan);
        reasons.write(self)?;
        self.vetoes(&plan.linkage)?;
        self.groups(plan, &said, &reasons)?;
        self.loose(&said)?;
        self.actions(&plan.actions, &reasons)?;
        self.expected(&plan.rows, &reasons)?;
        let mut attribute = Insert::begin(self, "attributes")?;
        for (position, needed) in (1_i64..).zip(&plan.attributes) {
            attribute.row([number(position), text(&needed.name), number(count(needed.actions))])?;
        }
        Ok(())
    }

    fn vetoes(&self, linkage: &Linkage) -> Result<(), Error> {
        let mut words = Words::new(self.place("vetoes"));
        let mut table = Insert::begin(self, "vetoes")?;
        for (veto_number, veto) in (1_i64..).zip(&linkage.vetoes) {
            let (RecordIndex(first), RecordIndex(second)) = veto.between;
            table.row([
                number(veto_number),
                number(veto.left.0),
                number(veto.right.0),
                real(veto.weight.0),
                text(words.of(veto.reason)?),
                number(first),
                number(second),
            ])?;
        }
        Ok(())
    }

    fn groups(&self, plan: &Plan, said: &[&Group], reasons: &Reasons<'_>) -> Result<(), Error> {
        let place = self.place("groups");
        let mut bands = Words::new(place);
        let mut table = Insert::begin(self, "groups")?;
        side_by_side(
            0..said.len(),
            |at| said.get(at).map_or(Ok(None), |group| golden(place, plan, group)),
            |at, golden| {
                let Some(group) = said.get(at) else { return Ok(()) };
                table.row([
                    number(group.id),
                    number(count(group.members.len() as u64)),
                    text(bands.of(group.band)?),
                    group.weight.map_or(perhaps(None), |weight| real(weight.0)),
                    number(group.golden.survivor.0),
                    number(reasons.number(&group.golden.reason)),
                    perhaps_number(group.review_reason.as_deref().map(|reason| reasons.number(reason))),
                    perhaps(golden.as_deref()),
                ])
            },
        )
    }

    fn loose(&self, said: &[&Group]) -> Result<(), Error> {
        let mut members: Vec<&Loose> = said.iter().flat_map(|group| &group.loose).collect();
        members.sort_by_key(|member| member.record);
        let mut table = Insert::begin(self, "loose")?;
        members.iter().try_for_each(|member| table.row([number(member.record.0), real(member.weight.0)]))
    }

    fn actions(&self, actions: &[Action], reasons: &Reasons<'_>) -> Result<(), Error> {
        let place = self.place("actions");
        let mut table = Insert::begin(self, "actions")?;
        let mut needs = String::new();
        side_by_side(
            0..actions.len(),
            |at| actions.get(at).map(|action| place.json(&action.body)).transpose(),
            |at, body| {
                let Some((action, body)) = actions.get(at).zip(body) else { return Ok(()) };
                let (contact, created_by) = match &action.target {
                    Target::Existing(id) => (Some(&*id.0), None),
                    Target::CreatedBy(create) => (None, Some(create.0)),
                };
                table.row([
                    number(action.id.0),
                    number(action.group),
                    text(action.kind().name()),
                    perhaps(contact),
                    perhaps_number(created_by),
                    number(action.reversibility() == Reversibility::Irreversible),
                    number(reasons.number(&action.reason)),
                    perhaps(listed(&mut needs, &action.needs)),
                    text(&body),
                ])
            },
        )
    }

    fn expected(&self, rows: &[RowPlan], reasons: &Reasons<'_>) -> Result<(), Error> {
        let mut table = Insert::begin(self, "expected")?;
        let mut actions = String::new();
        for row in rows {
            table.row([
                number(row.record.0),
                number(row.group),
                text(row.expected.name()),
                number(reasons.number(&row.reason)),
                perhaps(listed(&mut actions, &row.decided_by)),
            ])?;
        }
        Ok(())
    }
}

/// Texts that say why, each numbered once, in the order in which groups, actions and rows first give them.
struct Reasons<'a> {
    numbers: FxHashMap<&'a str, u32>,
    texts: Vec<&'a str>,
}

impl<'a> Reasons<'a> {
    fn of(said: &[&'a Group], plan: &'a Plan) -> Self {
        let mut reasons = Self { numbers: FxHashMap::default(), texts: Vec::new() };
        let of_groups = said
            .iter()
            .flat_map(|group| std::iter::once(group.golden.reason.as_ref()).chain(group.review_reason.as_deref()));
        let of_actions = plan.actions.iter().map(|action| action.reason.as_ref());
        let of_rows = plan.rows.iter().map(|row| row.reason.as_ref());
        for reason in of_groups.chain(of_actions).chain(of_rows) {
            reasons.numbers.entry(reason).or_insert_with(|| {
                reasons.texts.push(reason);
                u32::try_from(reasons.texts.len()).unwrap_or(u32::MAX)
            });
        }
        reasons
    }

    fn number(&self, text: &str) -> u32 {
        self.numbers.get(text).copied().unwrap_or_default()
    }

    fn write(&self, writer: &Writer<'_>) -> Result<(), Error> {
        let mut table = Insert::begin(writer, "reasons")?;
        (1_i64..).zip(&self.texts).try_for_each(|(place, reason)| table.row([number(place), text(reason)]))
    }
}

/// The merged record where it is not what its members give.
fn golden(place: Place<'_>, plan: &Plan, group: &Group) -> Result<Option<String>, Error> {
    let own = &group.golden;
    let follows = Compact::from(merged_fields(&plan.records, group.core(), own.survivor)) == own.fields;
    if follows { Ok(None) } else { place.json(&own.fields).map(Some) }
}

/// Numbers of actions as JSON; nothing for none.
fn listed<'a>(list: &'a mut String, actions: &[ActionId]) -> Option<&'a str> {
    super::write_list(list, actions.iter().map(|action| action.0));
    (!actions.is_empty()).then_some(list)
}
