//! The long lists of the page: groups in a line each and in full, actions, rejected rows. Asked for a few at a time, in
//! the order they are shown, until their room is full.

use std::io;

use rayon::prelude::*;
use serde::Serialize;

use crate::ingest::Reject;

use super::super::charts::Conflicts;
use super::super::figures::Figures;
use super::super::lookup::name_among;
use super::super::sanitize::shorten;
use super::super::subject::{Depth, Excerpt, GroupHead, Subject};
use super::VALUE;
use super::group::{About, action_line};
use super::pack::{Block, List, packed};

/// Bytes of the lines about groups,
const GROUP_LINES: usize = 8_000_000;
/// of what is shown when a group is opened,
const GROUP_DETAILS: usize = 8_000_000;
/// of the actions
const ACTIONS: usize = 3_000_000;
/// and the rejected rows. Together they keep the page below 25 MB, which every browser and most mail servers take, and
/// small enough to be ready at once.
const REJECTS: usize = 1_000_000;

/// Groups of a block of lines, and of a block of details.
const LINES_OF_A_BLOCK: usize = 2_000;
const DETAILS_OF_A_BLOCK: usize = 50;
/// Actions and rejected rows of a block.
const ROWS_OF_A_BLOCK: usize = 500;
/// Blocks made at the same time.
const AT_ONCE: usize = 8;

/// The groups of the page, and what is counted on the way.
pub(super) struct GroupLists {
    pub(super) lines: List,
    pub(super) details: List,
    pub(super) conflicts: Conflicts,
}

/// What some groups give.
struct Made {
    lines: Block,
    details: Vec<Block>,
    conflicts: Conflicts,
}

/// All groups: those that find no room are looked at for the chart of conflicts only.
pub(super) fn groups<S: Subject>(subject: &S) -> Result<GroupLists, S::Error> {
    let mut lists = GroupLists {
        lines: List::new("group-lines", LINES_OF_A_BLOCK, GROUP_LINES),
        details: List::new("group-details", DETAILS_OF_A_BLOCK, GROUP_DETAILS),
        conflicts: Conflicts::default(),
    };
    for some in subject.groups().chunks(LINES_OF_A_BLOCK * AT_ONCE) {
        let depth = if lists.details.is_full() { Depth::Members } else { Depth::Everything };
        let made: Vec<Result<Made, S::Error>> =
            some.par_chunks(LINES_OF_A_BLOCK).map(|heads| made(subject, heads, depth)).collect();
        for made in made {
            let made = made?;
            lists.lines.push(made.lines);
            made.details.into_iter().for_each(|block| lists.details.push(block));
            lists.conflicts.add_all(made.conflicts);
        }
    }
    Ok(lists)
}

fn made<S: Subject>(subject: &S, heads: &[GroupHead], depth: Depth) -> Result<Made, S::Error> {
    let ids: Vec<u32> = heads.iter().map(|head| head.id).collect();
    Ok(subject.excerpt(&ids, depth, |excerpt| told(excerpt, heads, depth))??)
}

fn told(excerpt: &Excerpt<'_>, heads: &[GroupHead], depth: Depth) -> io::Result<Made> {
    let about = About(excerpt);
    let groups = || heads.iter().filter_map(|head| Some((head, excerpt.group(head.id)?)));
    let mut conflicts = Conflicts::default();
    groups().for_each(|(_, group)| conflicts.add(group));
    let details = match depth {
        Depth::Members => Vec::new(),
        Depth::Everything => {
            let groups: Vec<_> = groups().map(|(_, group)| group).collect();
            let blocks = groups.chunks(DETAILS_OF_A_BLOCK);
            blocks.map(|some| packed(some.iter().map(|group| about.detail(group)))).collect::<io::Result<_>>()?
        }
    };
    Ok(Made { lines: packed(groups().map(|(head, group)| about.line(group, head.kinds)))?, details, conflicts })
}

/// Packs rows, a block at a time, side by side.
fn push<T: Sync, L: Serialize>(list: &mut List, rows: &[T], line: impl Fn(&T) -> L + Sync) -> io::Result<()> {
    let blocks: Vec<io::Result<Block>> =
        rows.par_chunks(ROWS_OF_A_BLOCK).map(|rows| packed(rows.iter().map(&line))).collect();
    blocks.into_iter().try_for_each(|block| {
        list.push(block?);
        Ok(())
    })
}

/// The first actions, in the order they run.
pub(super) fn actions<S: Subject>(subject: &S) -> Result<List, S::Error> {
    let mut list = List::new("action-lines", ROWS_OF_A_BLOCK, ACTIONS);
    let mut after = None;
    while !list.is_full() {
        let next = subject.actions(after, ROWS_OF_A_BLOCK * AT_ONCE, |actions, states| {
            push(&mut list, actions, |action| action_line(action, states))?;
            io::Result::Ok(actions.last().map(|action| action.id))
        })??;
        match next {
            Some(action) => after = Some(action),
            None => break,
        }
    }
    Ok(list)
}

/// The first rejected rows.
pub(super) fn rejects<S: Subject>(subject: &S) -> Result<List, S::Error> {
    let mut list = List::new("reject-lines", ROWS_OF_A_BLOCK, REJECTS);
    let mut told = 0;
    while !list.is_full() {
        let some = subject.rejects(told, ROWS_OF_A_BLOCK * AT_ONCE, |rejects| {
            push(&mut list, rejects, |reject| reject_line(subject.figures(), reject)).map(|()| rejects.len())
        })??;
        if some == 0 {
            break;
        }
        told += some;
    }
    Ok(list)
}

/// File, row, line, column, what is wrong, what to do, the cells.
type RejectLine = (String, u32, u64, String, String, String, Vec<String>);

fn reject_line(figures: &Figures, reject: &Reject) -> RejectLine {
    let column = reject.column_name.as_deref().map(|name| shorten(name, VALUE).into_owned());
    (
        shorten(name_among(&figures.sources, reject.origin.source), VALUE).into_owned(),
        reject.origin.row,
        reject.origin.line,
        column.or_else(|| reject.column.map(|number| format!("column {number}"))).unwrap_or_default(),
        reject.message.clone(),
        reject.suggestion.clone(),
        reject.cells.iter().take(40).map(|cell| shorten(cell, 80).into_owned()).collect(),
    )
}
