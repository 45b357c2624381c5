//! What was decided: groups, actions, what is expected of rows, and the sentences that say why.

use rusqlite::types::ValueRef;

use super::Writer;
use super::encoded::Encoded;
use super::insert::{Insert, number, perhaps, perhaps_number, real, side_by_side, text};
use super::reasons::Reasons;
use crate::contact::Compact;
use crate::link::{Band, Group, RecordIndex, Veto, merged_fields};
use crate::plan::{Action, ActionId, NeededAttribute, Plan, Reversibility, RowPlan, Target};
use crate::store::Error;
use crate::store::dictionary::Words;
use crate::store::read::is_plain;
use crate::store::value::{Place, count};

impl Writer<'_> {
    pub(super) fn decided(&self, plan: &Plan) -> Result<(), Error> {
        // A contact alone has no row unless it has something to say.
        let said: Vec<&Group> = plan.linkage.groups.iter().filter(|group| !is_plain(group)).collect();
        let mut reasons = Reasons::begin(self)?;
        self.vetoes(&plan.linkage.vetoes)?;
        self.groups(plan, &said, &mut reasons)?;
        self.loose(said.iter().flat_map(|group| &group.loose).copied().collect())?;
        self.actions(&plan.actions, &mut reasons)?;
        self.expected(&plan.rows, &mut reasons)?;
        self.attributes(&plan.attributes)
    }

    pub(super) fn attributes(&self, attributes: &[NeededAttribute]) -> Result<(), Error> {
        let mut table = Insert::begin(self, "attributes")?;
        for (position, needed) in (1_i64..).zip(attributes) {
            table.row([number(position), text(&needed.name), number(count(needed.actions))])?;
        }
        Ok(())
    }

    pub(super) fn vetoes(&self, vetoes: &[Veto]) -> Result<(), Error> {
        let mut words = Words::new(self.place("vetoes"));
        let mut table = Insert::begin(self, "vetoes")?;
        for (veto_number, veto) in (1_i64..).zip(vetoes) {
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

    fn groups(&self, plan: &Plan, said: &[&Group], reasons: &mut Reasons<'_, '_>) -> Result<(), Error> {
        let place = self.place("groups");
        let mut bands = Words::new(place);
        let mut table = Insert::begin(self, "groups")?;
        side_by_side(
            0..said.len(),
            |at| said.get(at).map_or(Ok(None), |group| golden(place, plan, group)),
            |at, golden| {
                let Some(group) = said.get(at) else { return Ok(()) };
                let survivor = reasons.of(&group.golden.reason)?;
                let review = group.review_reason.as_deref().map(|reason| reasons.number(reason)).transpose()?;
                let row = GroupRow { group, survivor, review, golden: golden.as_deref() };
                group_row(&mut table, &mut bands, &row)
            },
        )
    }

    fn actions(&self, actions: &[Action], reasons: &mut Reasons<'_, '_>) -> Result<(), Error> {
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
                    number(reasons.of(&action.reason)?),
                    perhaps(listed(&mut needs, &action.needs)),
                    text(&body),
                ])
            },
        )
    }

    fn expected(&self, rows: &[RowPlan], reasons: &mut Reasons<'_, '_>) -> Result<(), Error> {
        let mut table = Insert::begin(self, "expected")?;
        let mut actions = String::new();
        for row in rows {
            table.row([
                number(row.record.0),
                number(row.group),
                text(row.expected.name()),
                number(reasons.of(&row.reason)?),
                perhaps(listed(&mut actions, &row.decided_by)),
            ])?;
        }
        Ok(())
    }
}

/// A row of `groups`, with the numbers of its reasons.
pub(super) struct GroupRow<'g> {
    pub(super) group: &'g Group,
    pub(super) survivor: u32,
    pub(super) review: Option<u32>,
    pub(super) golden: Option<&'g str>,
}

pub(super) fn group_row(
    table: &mut Insert<'_, '_, 8>,
    bands: &mut Words<'_, Band>,
    row: &GroupRow<'_>,
) -> Result<(), Error> {
    let GroupRow { group, survivor, review, golden } = *row;
    table.row([
        number(group.id),
        number(count(group.members.len() as u64)),
        text(bands.of(group.band)?),
        group.weight.map_or(perhaps(None), |weight| real(weight.0)),
        number(group.golden.survivor.0),
        number(survivor),
        perhaps_number(review),
        perhaps(golden),
    ])
}

/// The rows of a group's actions, with the numbers of their reasons; so many actions come before them.
pub(super) fn group_actions(
    table: &mut Insert<'_, '_, 9>,
    group: &Encoded,
    reasons: &[u32],
    before: u32,
) -> Result<(), Error> {
    let after = |action: u32| ActionId(action).after(before).0;
    let mut needs = String::new();
    for (action, reason) in group.iter().zip(reasons) {
        super::write_list(&mut needs, action.needs.iter().copied().map(after));
        table.row([
            number(after(action.id)),
            number(group.group),
            ValueRef::Text(action.kind),
            action.contact.map_or(ValueRef::Null, ValueRef::Text),
            perhaps_number(action.created_by.map(after)),
            number(action.irreversible),
            number(*reason),
            perhaps((!action.needs.is_empty()).then_some(&needs)),
            ValueRef::Text(action.body),
        ])?;
    }
    Ok(())
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
