//! One look over the whole plan: narrow columns, read once from start to end, on two connections side by side.

use std::path::Path;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::super::read::Failure;
use super::super::value::{Place, counted, refused};
use super::super::{Error, PlanFile};
use super::applied::applied;
use super::{Index, Survey, each, one};
use crate::contact::{IntercomId, Packed, Role};
use crate::link::{Band, BlockingReport, Comparison, HELD, Linkage, MatchWeight};
use crate::plan::{ActionKind, Outcome, Plan, Reversibility};
use crate::report::{Figures, GroupHead, Kinds, Waits, by_interest};

/// A group while the plan is looked over.
#[derive(Clone, Copy)]
struct Looked {
    id: u32,
    band: Band,
    weight: Option<f64>,
    members: u32,
    /// Whether it is certain and held back for a person.
    held: bool,
    /// The weight of its loosest member that waits.
    loose: Option<f64>,
}

impl Looked {
    fn waits(&self) -> Waits {
        if self.held {
            Waits::Held
        } else if self.band == Band::Review || self.loose.is_some() {
            Waits::InDoubt
        } else {
            Waits::ForNobody
        }
    }
}

/// Which group of several each record is in, by the place of the group; nothing for the others.
const NONE: u32 = u32::MAX;

/// What actions do to the number of leads and users, and which groups they are of.
#[derive(Default)]
struct Actions {
    kinds: Vec<(ActionKind, Reversibility, u64)>,
    made: FxHashMap<Role, u64>,
    gone: Vec<IntercomId>,
    of_groups: Vec<(u32, u32, ActionKind)>,
}

/// What [`Actions`] asks of a body.
#[derive(Deserialize)]
struct Body {
    role: Option<Role>,
    from: Option<IntercomId>,
}

/// The whole look.
pub(super) fn survey(file: &PlanFile) -> Result<Survey, Error> {
    let reader = file.reader();
    let (header, sources) = (reader.header()?, reader.sources()?);
    let (model, blocking) = (reader.model()?, reader.blocking()?);
    let (forecast, attributes) = (file.forecast()?, reader.attributes()?);
    let mut figures =
        Figures::new(header.clone(), sources.clone(), &model, &blocking, forecast.clone(), attributes.clone());
    let applied = applied(file)?;
    let mut groups = groups(file)?;
    let places: FxHashMap<u32, u32> = (0..).zip(&groups).map(|(place, group)| (group.id, place)).collect();
    let (path, second) = (file.path().to_owned(), at_one_moment(file.path())?);
    let (actions, rest) = std::thread::scope(|scope| {
        let places = &places;
        let actions = scope.spawn(move || (actions(&second, places), second));
        let rest = rows(file, &mut groups, places, applied.is_some(), &mut figures)
            .and_then(|(group_of, index)| pairs(file, &groups, &group_of, index, &mut figures));
        (actions.join(), rest)
    });
    let mut index = rest?;
    // A thread that panicked has said so already.
    let (actions, second) = actions.map_err(|_| refused(&path, rusqlite::Error::InvalidQuery))?;
    let actions = actions?;
    for group in &groups {
        figures.count_group(group.band, usize::try_from(group.members).unwrap_or(usize::MAX), group.waits());
    }
    for (kind, reversibility, count) in actions.kinds {
        figures.count_actions(kind, reversibility, count);
    }
    for (role, count) in actions.made {
        figures.count_made(role, count);
    }
    existing(file, actions.gone, &mut figures)?;
    rejects(file, &mut figures)?;
    let mut kinds: FxHashMap<u32, Kinds> = FxHashMap::default();
    for (group, action, kind) in actions.of_groups {
        kinds.entry(group).or_default().add(kind);
        index.actions.push((group, action));
    }
    index.actions.sort_unstable();
    let several = groups.iter().filter(|group| group.band != Band::Single);
    let mut heads: Vec<GroupHead> = several
        .map(|group| GroupHead {
            id: group.id,
            open: group.waits() != Waits::ForNobody,
            loosest: group.loose.or(group.weight).unwrap_or(f64::NEG_INFINITY),
            kinds: kinds.get(&group.id).copied().unwrap_or_default(),
        })
        .collect();
    by_interest(&mut heads);
    let is_applied = applied.is_some();
    if let Some(applied) = applied {
        figures.count_applied(applied);
    }
    let linkage = Linkage {
        groups: Vec::new(),
        pairs: Vec::new(),
        vetoes: Vec::new(),
        model,
        blocking: BlockingReport { keys: Vec::new(), ..blocking },
    };
    let frame = Plan {
        header,
        sources,
        records: Packed::default(),
        rejects: Vec::new(),
        linkage,
        actions: Vec::new(),
        rows: Vec::new(),
        attributes,
        forecast,
    };
    Ok(Survey { path, idle: vec![second].into(), figures, heads, index, frame, applied: is_applied })
}

/// A connection that holds one state of the file for as long as it is open: thousands of small questions would else each
/// take and give back the lock of the file.
pub(super) fn at_one_moment(path: &Path) -> Result<PlanFile, Error> {
    let file = PlanFile::open(path)?;
    // Each group is looked up once, so that a large cache would hold what is not asked for again.
    file.connection.execute_batch("PRAGMA cache_size = -8192; BEGIN").map_err(|source| refused(path, source))?;
    Ok(file)
}

fn groups(file: &PlanFile) -> Result<Vec<Looked>, Error> {
    let place = file.reader().place("groups");
    let sql = "SELECT group_id, band, weight, coalesce(instr(text, ?1) = 1, 0)
        FROM groups LEFT JOIN reasons ON reason = review_reason ORDER BY group_id";
    file.reader().all(sql, [HELD], |row| {
        let band = place.parse_word(row.get(1)?)?;
        Ok(Looked {
            id: row.get(0)?,
            band,
            weight: row.get(2)?,
            members: 0,
            held: band == Band::Auto && row.get(3)?,
            loose: None,
        })
    })
}

/// Rows: their outcomes, and who is in which group.
fn rows(
    file: &PlanFile,
    groups: &mut [Looked],
    places: &FxHashMap<u32, u32>,
    applied: bool,
    figures: &mut Figures,
) -> Result<(Vec<u32>, Index), Error> {
    let mut index = Index::default();
    each(file, "SELECT record, weight FROM loose", |row| {
        index.loose.insert(row.get(0)?, MatchWeight(row.get(1)?));
        Ok(())
    })?;
    let last: Option<u32> = one(file, "SELECT max(record) FROM rows")?;
    let records = last.map_or(0, |last| u64::from(last) + 1);
    let mut group_of = vec![NONE; usize::try_from(records).unwrap_or(usize::MAX)];
    let place = file.reader().place("expected");
    let mut expected: FxHashMap<(Outcome, bool), u64> = FxHashMap::default();
    let mut told = 0;
    each(file, "SELECT record, group_id, outcome FROM expected ORDER BY record", |row| {
        let (record, id): (u32, u32) = (row.get(0)?, row.get(1)?);
        let outcome = outcome(place, row)?;
        let loose = index.loose.get(&record).copied();
        let at = places.get(&id).copied();
        let group = at.and_then(|at| groups.get_mut(usize::try_from(at).ok()?));
        let mut waits = false;
        if let Some(group) = group {
            waits = group.held || loose.is_some() || group.band == Band::Review;
            group.members += 1;
            if let Some(MatchWeight(weight)) = loose {
                let loosest = group.loose.unwrap_or(weight);
                group.loose = Some(if weight.total_cmp(&loosest).is_lt() { weight } else { loosest });
            }
            if let (Some(at), Some(slot)) =
                (at, usize::try_from(record).ok().and_then(|record| group_of.get_mut(record)))
            {
                *slot = at;
            }
            if group.band != Band::Single {
                index.members.push((id, record));
            }
        }
        *expected.entry((outcome, waits)).or_default() += 1;
        told += 1;
        Ok(())
    })?;
    index.members.sort_unstable();
    if applied {
        let done = file.outcome_counts()?;
        let waiting = file.skipped_for_review()?;
        let settled: u64 = done.values().sum();
        for (outcome, rows) in done {
            let waiting = if outcome == Outcome::Skipped { waiting.min(rows) } else { 0 };
            figures.count_rows(Some(outcome), true, waiting);
            figures.count_rows(Some(outcome), false, rows - waiting);
        }
        figures.count_rows(None, false, records.saturating_sub(settled));
    } else {
        for ((outcome, waits), rows) in expected {
            figures.count_rows(Some(outcome), waits, rows);
        }
        figures.count_rows(None, false, records.saturating_sub(told));
    }
    Ok((group_of, index))
}

/// The third column, compared before anything is made from it: there are as many as rows.
fn outcome(place: Place<'_>, row: &rusqlite::Row<'_>) -> Result<Outcome, Failure> {
    let word = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
    match Outcome::ALL.into_iter().find(|outcome| outcome.name() == word) {
        Some(outcome) => Ok(outcome),
        None => Ok(place.parse_word(word.to_owned())?),
    }
}

/// Pairs and refused joins.
fn pairs(
    file: &PlanFile,
    groups: &[Looked],
    group_of: &[u32],
    mut index: Index,
    figures: &mut Figures,
) -> Result<Index, Error> {
    let place = file.reader().place("terms");
    let mut terms: FxHashMap<i64, (Comparison, f64)> = FxHashMap::default();
    each(file, "SELECT term, comparison, weight FROM terms", |row| {
        terms.insert(row.get(0)?, (place.parse_word(row.get(1)?)?, row.get(2)?));
        Ok(())
    })?;
    let group = |record: u32| {
        let at = usize::try_from(record).ok().and_then(|record| group_of.get(record)).copied();
        at.filter(|at| *at != NONE)
    };
    let place = file.reader().place("pairs");
    each(file, "SELECT pair, left_record, right_record, weight, terms FROM pairs ORDER BY pair", |row| {
        let (left, right): (u32, u32) = (row.get(1)?, row.get(2)?);
        figures.count_pair(row.get(3)?);
        let Some(at) = group(left).filter(|at| group(right) == Some(*at)) else { return Ok(()) };
        index.pairs.push((left, row.get(0)?));
        let planned =
            usize::try_from(at).ok().and_then(|at| groups.get(at)).is_some_and(|group| group.band == Band::Auto);
        if planned && ![left, right].iter().any(|end| index.loose.contains_key(end)) {
            let numbers: Vec<i64> = place.parse_json(row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?)?;
            let weighed = numbers.iter().filter_map(|number| terms.get(number));
            let loudest = weighed.max_by(|(_, one), (_, other)| one.total_cmp(other));
            if let Some((comparison, _)) = loudest {
                figures.count_joined(*comparison);
            }
        }
        Ok(())
    })?;
    index.pairs.sort_unstable();
    let mut vetoes = 0;
    each(file, "SELECT number, left_record, right_record FROM vetoes", |row| {
        let (number, left, right): (u32, u32, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
        vetoes += 1;
        index.vetoes.extend([left, right].into_iter().filter(|end| group(*end).is_some()).map(|end| (end, number)));
        Ok(())
    })?;
    figures.count_vetoes(vetoes);
    index.vetoes.sort_unstable();
    Ok(index)
}

fn actions(file: &PlanFile, groups: &FxHashMap<u32, u32>) -> Result<Actions, Error> {
    let place = file.reader().place("actions");
    let mut found = Actions::default();
    each(file, "SELECT action, group_id, kind, irreversible, contact, body FROM actions ORDER BY action", |row| {
        let word = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
        let kind = match ActionKind::ALL.into_iter().find(|kind| kind.name() == word) {
            Some(kind) => kind,
            None => place.parse_word(word.to_owned())?,
        };
        if let Some((.., count)) = found.kinds.iter_mut().find(|(known, ..)| *known == kind) {
            *count += 1;
        } else {
            let for_good = row.get(3)?;
            let reversibility = if for_good { Reversibility::Irreversible } else { Reversibility::Reversible };
            found.kinds.push((kind, reversibility, 1));
        }
        let body = || -> Result<Body, Failure> {
            Ok(place.parse_json(row.get_ref(5)?.as_str().map_err(rusqlite::Error::from)?)?)
        };
        match kind {
            ActionKind::Create => {
                if let Some(role) = body()?.role {
                    *found.made.entry(role).or_default() += 1;
                }
            }
            ActionKind::Merge => found.gone.extend(body()?.from),
            ActionKind::Archive | ActionKind::Delete => {
                found.gone.extend(row.get::<_, Option<String>>(4)?.map(|id| IntercomId(id.into())));
            }
            ActionKind::Update | ActionKind::Attach => {}
        }
        let group: u32 = row.get(1)?;
        if groups.contains_key(&group) {
            found.of_groups.push((group, row.get(0)?, kind));
        }
        Ok(())
    })?;
    Ok(found)
}

/// Leads and users of the workspace, and which of them are gone after the plan.
fn existing(file: &PlanFile, gone: Vec<IntercomId>, figures: &mut Figures) -> Result<(), Error> {
    let place = file.reader().place("rows");
    let mut times: FxHashMap<IntercomId, (u64, Option<Role>)> = FxHashMap::default();
    for contact in gone {
        times.entry(contact).or_default().0 += 1;
    }
    let sql = "SELECT role, contact FROM rows WHERE side = 'existing' AND role IS NOT NULL ORDER BY record";
    each(file, sql, |row| {
        let word = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        let role = place.parse_word(word.to_owned())?;
        figures.count_existing(role, 1);
        // Of several rows with the same id the last one counts
        if !times.is_empty()
            && let Some(contact) = row.get::<_, Option<String>>(1)?
            && let Some((_, known)) = times.get_mut(&IntercomId(contact.into()))
        {
            *known = Some(role);
        }
        Ok(())
    })?;
    for (count, role) in times.into_values() {
        if let Some(role) = role {
            figures.count_gone(role, count);
        }
    }
    Ok(())
}

fn rejects(file: &PlanFile, figures: &mut Figures) -> Result<(), Error> {
    let place = file.reader().place("rejects");
    each(file, "SELECT reason, count(*) FROM rejects GROUP BY reason ORDER BY min(number)", |row| {
        figures.count_rejects(place.parse_word(row.get(0)?)?, counted(row.get(1)?));
        Ok(())
    })
}
