//! A plan in the making → tables: groups are decided and turned into values on all cores while those before them are
//! written, and forgotten then.

use std::borrow::Cow;
use std::path::Path;

use super::Writer;
use super::decided::{GroupRow, group_actions, group_row};
use super::encoded::{Encoded, Waiting};
use super::expected::{Expectation, Expected};
use super::insert::{Insert, number, real, side_by_side};
use super::reasons::Reasons;
use crate::link::{Group, Loose, RecordIndex};
use crate::plan::{Decided, DecidedGroup, Making, RowPlan, Totals};
use crate::store::Error;
use crate::store::dictionary::Words;
use crate::store::read::is_plain;
use crate::store::value::Place;

/// A group as it is written.
enum Piece {
    Untouched { group: u32, record: RecordIndex },
    Group(Box<GroupPiece>),
}

struct GroupPiece {
    /// Where there is something to say of it.
    group: Option<Group>,
    golden: Option<String>,
    actions: Encoded,
    /// Why each action is taken.
    reasons: Vec<Cow<'static, str>>,
    rows: Vec<RowPlan>,
    removes: bool,
    totals: Totals,
}

impl Writer<'_> {
    /// Groups, what is done to them and what is expected of their rows.
    pub(super) fn deciding(&self, making: &Making<'_>) -> Result<Totals, Error> {
        let path = self.path;
        let (outcome, untouched) = Making::untouched();
        let mut reasons = Reasons::begin(self)?;
        let mut expected = Expected::of(making.inputs.records.len(), outcome);
        let (mut groups, mut actions) = (Insert::begin(self, "groups")?, Insert::begin(self, "actions")?);
        let mut bands = Words::new(self.place("groups"));
        let mut waiting = Waiting::beside(self.path);
        let (mut totals, mut loose) = (Totals::default(), Vec::new());
        // Actions of groups that remove nobody, and of those that do
        let (mut others, mut last) = (0_u32, 0_u32);
        side_by_side(
            0..making.linked.groups.len(),
            |at| piece(path, making, at),
            |_, piece| {
                let piece = match piece {
                    None => return Ok(()),
                    Some(Piece::Untouched { group, record }) => {
                        let reason = reasons.own(untouched)?;
                        let row = Expectation { group, reason, outcome, actions: &[], before: 0, last: false };
                        expected.put(record.0, &row);
                        return Ok(());
                    }
                    Some(Piece::Group(piece)) => *piece,
                };
                if let Some(group) = &piece.group {
                    let survivor = reasons.of(&group.golden.reason)?;
                    let review = group.review_reason.as_deref().map(|reason| reasons.number(reason)).transpose()?;
                    let row = GroupRow { group, survivor, review, golden: piece.golden.as_deref() };
                    group_row(&mut groups, &mut bands, &row)?;
                    loose.extend(group.loose.iter().copied());
                }
                let why: Vec<u32> = piece.reasons.iter().map(|reason| reasons.of(reason)).collect::<Result<_, _>>()?;
                let before = if piece.removes { last } else { others };
                for row in &piece.rows {
                    let row_expected = Expectation {
                        group: row.group,
                        reason: reasons.of(&row.reason)?,
                        outcome: row.expected,
                        actions: &row.decided_by,
                        before,
                        last: piece.removes,
                    };
                    expected.put(row.record.0, &row_expected);
                }
                totals.add(piece.totals);
                if piece.removes {
                    last = last.saturating_add(piece.actions.actions);
                    return waiting.put(&piece.actions, &why);
                }
                others = others.saturating_add(piece.actions.actions);
                group_actions(&mut actions, &piece.actions, &why, before)
            },
        )?;
        let mut before = others;
        waiting.take(|group, why| {
            group_actions(&mut actions, group, why, before)?;
            before = before.saturating_add(group.actions);
            Ok(())
        })?;
        self.loose(loose)?;
        let unmatched =
            if expected.leaves_out() { reasons.of(&Making::in_no_group(RecordIndex(0)).reason)? } else { 0 };
        expected.write(self, others, unmatched)?;
        Ok(totals)
    }

    /// Members that wait for a person, by record.
    pub(super) fn loose(&self, mut members: Vec<Loose>) -> Result<(), Error> {
        members.sort_by_key(|member| member.record);
        let mut table = Insert::begin(self, "loose")?;
        members.iter().try_for_each(|member| table.row([number(member.record.0), real(member.weight.0)]))
    }
}

/// The group at a place, as it is written.
fn piece(path: &Path, making: &Making<'_>, at: usize) -> Result<Option<Piece>, Error> {
    let DecidedGroup { group, ruled, actions, rows, removes, totals } = match making.decided(at) {
        None => return Ok(None),
        Some(Decided::Untouched { group, record }) => return Ok(Some(Piece::Untouched { group, record })),
        Some(Decided::Group(group)) => *group,
    };
    let golden = if ruled { Some(Place::new(path, "groups").json(&group.golden.fields)?) } else { None };
    let encoded = Encoded::of(group.id, &actions, Place::new(path, "actions"))?;
    let reasons = actions.into_iter().map(|action| action.reason).collect();
    let group = (!is_plain(&group)).then_some(group);
    let piece = GroupPiece { group, golden, actions: encoded, reasons, rows, removes, totals };
    Ok(Some(Piece::Group(Box::new(piece))))
}
