//! One row of a table → one value. What reads a whole plan and what reads parts of it ask for the same columns.

use rusqlite::Row;

use super::read::Failure;
use super::value::{Place, counted};
use crate::contact::{Compact, IntercomId, Origin, SourceId};
use crate::ingest::Reject;
use crate::link::{Golden, GoldenField, Group, Loose, MatchWeight, RecordIndex, ScoredPair, Term, Veto};
use crate::plan::{Action, ActionId, RowPlan, Target};

/// Groups with what [`said_group`] asks for.
pub(super) const GROUP: &str = "groups.*, survivor.text AS survivor_text, review.text AS review_text FROM groups
    JOIN reasons AS survivor ON survivor.reason = survivor_reason
    LEFT JOIN reasons AS review ON review.reason = review_reason";

/// Actions with what [`action`] asks for.
pub(super) const ACTION: &str = "actions.*, reasons.text AS why FROM main.actions JOIN main.reasons USING (reason)";

/// What is expected of rows, with what [`expected`] asks for.
pub(super) const EXPECTED: &str = "expected.*, reasons.text AS why FROM main.expected JOIN main.reasons USING (reason)";

/// A row of [`GROUP`] with its members, and its merged record where that does not follow from them. `loose` gives the
/// weight of a member that waits for a person.
pub(super) fn said_group(
    place: Place<'_>,
    row: &Row<'_>,
    members: Vec<RecordIndex>,
    loose: impl Fn(RecordIndex) -> Option<MatchWeight>,
) -> Result<(Group, Option<Vec<GoldenField>>), Failure> {
    let waiting = |record: &RecordIndex| Some(Loose { record: *record, weight: loose(*record)? });
    let survivor = RecordIndex(row.get("survivor")?);
    let golden = row.get_ref("golden")?.as_str_or_null().map_err(rusqlite::Error::from)?;
    let fields = golden.map(|json| place.parse_json(json)).transpose()?;
    let group = Group {
        id: row.get("group_id")?,
        loose: members.iter().filter_map(waiting).collect(),
        members,
        band: place.parse_word(row.get("band")?)?,
        weight: row.get::<_, Option<f64>>("weight")?.map(MatchWeight),
        review_reason: row.get("review_text")?,
        golden: Golden { survivor, reason: row.get::<_, String>("survivor_text")?.into(), fields: Compact::default() },
    };
    Ok((group, fields))
}

/// Numbers of actions; none where nothing is written.
fn listed(place: Place<'_>, row: &Row<'_>, column: &str) -> Result<Vec<ActionId>, Failure> {
    match row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from)? {
        Some(json) => Ok(place.parse_json(json)?),
        None => Ok(Vec::new()),
    }
}

/// A row of [`ACTION`].
pub(super) fn action(place: Place<'_>, row: &Row<'_>) -> Result<Action, Failure> {
    let target = match row.get::<_, Option<String>>("contact")? {
        Some(contact) => Target::Existing(IntercomId(contact.into())),
        None => Target::CreatedBy(ActionId(row.get("created_by")?)),
    };
    Ok(Action {
        id: ActionId(row.get("action")?),
        group: row.get("group_id")?,
        target,
        body: place.parse_json(row.get_ref("body")?.as_str().map_err(rusqlite::Error::from)?)?,
        reason: row.get::<_, String>("why")?.into(),
        needs: listed(place, row, "needs")?,
    })
}

/// A row of `rejects`.
pub(super) fn reject(place: Place<'_>, row: &Row<'_>) -> Result<Reject, Failure> {
    Ok(Reject {
        origin: Origin { source: SourceId(row.get("source")?), row: row.get("row")?, line: counted(row.get("line")?) },
        column: row.get("column_number")?,
        column_name: row.get("column_name")?,
        reason: place.parse_word(row.get("reason")?)?,
        message: row.get("message")?,
        suggestion: row.get("suggestion")?,
        cells: place.parse_json(&row.get::<_, String>("cells")?)?,
    })
}

/// A row of `vetoes`.
pub(super) fn veto(place: Place<'_>, row: &Row<'_>) -> Result<Veto, Failure> {
    Ok(Veto {
        left: RecordIndex(row.get("left_record")?),
        right: RecordIndex(row.get("right_record")?),
        weight: MatchWeight(row.get("weight")?),
        reason: place.parse_word(row.get("reason")?)?,
        between: (RecordIndex(row.get("between_left")?), RecordIndex(row.get("between_right")?)),
    })
}

/// A row of `pairs` without its terms, and their numbers.
pub(super) fn pair(place: Place<'_>, row: &Row<'_>, prior: MatchWeight) -> Result<(ScoredPair, Vec<i64>), Failure> {
    let terms = place.parse_json(row.get_ref("terms")?.as_str().map_err(rusqlite::Error::from)?)?;
    let pair = ScoredPair {
        left: RecordIndex(row.get("left_record")?),
        right: RecordIndex(row.get("right_record")?),
        prior: row.get::<_, Option<f64>>("prior")?.map_or(prior, MatchWeight),
        terms: Vec::new(),
        weight: MatchWeight(row.get("weight")?),
        found_by: place.parse_word(row.get("found_by")?)?,
    };
    Ok((pair, terms))
}

/// A row of `terms` as `term, comparison, level, weight`.
pub(super) fn term(place: Place<'_>, row: &Row<'_>) -> Result<Term, Failure> {
    Ok(Term {
        comparison: place.parse_word(row.get(1)?)?,
        level: row.get::<_, String>(2)?.into(),
        weight: MatchWeight(row.get(3)?),
    })
}

/// A row of [`EXPECTED`].
pub(super) fn expected(place: Place<'_>, row: &Row<'_>) -> Result<RowPlan, Failure> {
    Ok(RowPlan {
        record: RecordIndex(row.get("record")?),
        group: row.get("group_id")?,
        expected: place.parse_word(row.get("outcome")?)?,
        decided_by: listed(place, row, "actions")?,
        reason: row.get::<_, String>("why")?.into(),
    })
}
