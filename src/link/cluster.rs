//! Scored pairs → groups, from the strongest pair down, refusing what contradicts.
//!
//! Not transitive closure: a join is made only when nothing either group already holds contradicts it. The order of the
//! pairs comes from their weight and their content, so that neither the order of the rows nor the number of threads
//! changes a group.

use rayon::prelude::*;

use super::VetoReason;
use super::ablation::Idea;
use super::compare::{Comparer, Findings};
use super::features::{NONE, row_id};
use super::levels::Level;
use super::score::Scored;
use super::weights::Bits;

/// A refused join.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    pub(super) pair: Scored,
    pub(super) reason: VetoReason,
    /// The two members that contradict each other.
    pub(super) between: (u32, u32),
}

/// A join that was made: the pair that asked for it, and what the groups it joined weigh together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Join {
    pub(super) left: u32,
    pub(super) right: u32,
    pub(super) weight: Bits,
}

/// A group of rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cluster<'c> {
    /// Rows in input order.
    pub(super) members: &'c [u32],
    /// The joins it was built by, one fewer than members, in the order they were made.
    pub(super) joins: &'c [Join],
}

/// Result of clustering.
#[derive(Debug, Default)]
pub(super) struct Clusters {
    /// Rows, group by group.
    members: Vec<u32>,
    /// End of each group's members.
    member_ends: Vec<u32>,
    /// Joins, group by group.
    joins: Vec<Join>,
    /// End of each group's joins.
    join_ends: Vec<u32>,
    pub(super) refusals: Vec<Refusal>,
    /// The joins that were made because a person said so; they are in no group's `joins`.
    pub(super) said: Vec<Join>,
    /// Cluster of each row.
    pub(super) of_row: Vec<u32>,
}

impl Clusters {
    /// Number of groups.
    pub(super) fn len(&self) -> usize {
        self.member_ends.len()
    }

    /// A group; they are in order of their first member.
    pub(super) fn group(&self, at: usize) -> Cluster<'_> {
        Cluster { members: part(&self.members, &self.member_ends, at), joins: part(&self.joins, &self.join_ends, at) }
    }

    /// All groups.
    pub(super) fn iter(&self) -> impl Iterator<Item = Cluster<'_>> {
        (0..self.len()).map(|at| self.group(at))
    }

    /// The rows, group by group, and the end of each group's.
    pub(super) fn into_members(self) -> (Vec<u32>, Vec<u32>) {
        (self.members, self.member_ends)
    }

    /// The joins of all groups.
    pub(super) fn joins(&self) -> &[Join] {
        &self.joins
    }
}

/// One of the parts that lie one behind the other.
fn part<'p, T>(all: &'p [T], ends: &[u32], at: usize) -> &'p [T] {
    let end = |at: usize| ends.get(at).map_or(0, |end| *end as usize);
    all.get(at.checked_sub(1).map_or(0, end)..end(at)).unwrap_or_default()
}

/// What joins may not contradict.
pub(super) trait Contradictions: Sync {
    /// Why two rows cannot be one person, or else their evidence without the prior: below zero it speaks against a match.
    /// `asked` is the weight of the pair that asks for the join: some contradictions give way to a strong one. What the
    /// two agree on is added to `joint`.
    fn between(&self, left: u32, right: u32, asked: Bits, joint: &mut Findings) -> Result<Bits, VetoReason>;

    /// Whether a person said that two rows are two people.
    fn kept_apart(&self, left: u32, right: u32) -> bool {
        let _ = (left, right);
        false
    }

    /// Weight of joining two groups with so many pairs between them when all members are taken together; the pair alone
    /// unless said otherwise.
    fn joint(&self, pair: Bits, pairs: usize, joint: &Findings) -> Bits {
        let _ = (pairs, joint);
        pair
    }
}

/// Groups with more pairs between them are judged by their strongest pair alone.
const LARGEST_JOINT: usize = 400;

/// Average evidence against a join, in bits, that outweighs a strong pair.
const CONTRADICTION_FACTOR: i32 = 1;

/// Pairs in the order in which they ask for their joins: by weight, and by content where weights are equal. `rank` is the
/// order of content.
pub(super) fn strongest_first(pairs: &[Scored], rank: &[u32]) -> Vec<Scored> {
    let key = |(at, pair): (u32, &Scored)| {
        let (one, other) = (rank[pair.left as usize], rank[pair.right as usize]);
        (std::cmp::Reverse(pair.weight), one.min(other), one.max(other), at)
    };
    let mut order: Vec<_> = (0..).zip(pairs).map(key).collect();
    order.par_sort_unstable();
    order.into_iter().map(|(.., at)| pairs[at as usize]).collect()
}

/// One row while groups grow: its group, and the row behind it among its members.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// The row that names the group, its first member.
    root: u32,
    /// The next member, or [`NONE`].
    next: u32,
    /// Of the row that names a group, the last member.
    last: u32,
    /// Of the row that names a group, the number of members.
    size: u32,
}

/// Groups while they grow. A group costs its rows and nothing else: most rows stay alone.
struct Growing(Vec<Node>);

impl Growing {
    fn new(rows: usize) -> Self {
        Self((0..row_id(rows)).map(|row| Node { root: row, next: NONE, last: row, size: 1 }).collect())
    }

    fn root(&self, row: u32) -> u32 {
        self.0[row as usize].root
    }

    /// The members of a group into `members`, in the order in which they came to it.
    fn members(&self, root: u32, members: &mut Vec<u32>) {
        members.clear();
        let mut row = root;
        while let Some(node) = self.0.get(row as usize) {
            members.push(row);
            row = node.next;
        }
    }

    /// Puts two groups together.
    fn unite(&mut self, one: u32, other: u32) {
        let size = |root: u32| self.0[root as usize].size;
        let (into, from) = if size(one) >= size(other) { (one, other) } else { (other, one) };
        let (last, size) = (self.0[from as usize].last, self.0[from as usize].size);
        let mut row = from;
        while let Some(node) = self.0.get_mut(row as usize) {
            node.root = into;
            row = node.next;
        }
        let end = self.0[into as usize].last;
        self.0[end as usize].next = from;
        let whole = &mut self.0[into as usize];
        whole.last = last;
        whole.size += size;
    }

    /// Divides rows and joins by group.
    fn finish(self, joins: &[Join], refusals: Vec<Refusal>, said: Vec<Join>) -> Clusters {
        let mut clusters = Clusters { refusals, said, of_row: vec![NONE; self.0.len()], ..Clusters::default() };
        // The first row of a group gives it its number, where the row that names it says so to the others.
        for row in 0..self.0.len() {
            let root = self.0[row].root as usize;
            if clusters.of_row[root] == NONE {
                clusters.of_row[root] = row_id(clusters.member_ends.len());
                clusters.member_ends.push(0);
            }
            let group = clusters.of_row[root];
            clusters.of_row[row] = group;
            clusters.member_ends[group as usize] += 1;
        }
        clusters.join_ends = vec![0; clusters.member_ends.len()];
        let of_row = &clusters.of_row;
        for join in joins {
            clusters.join_ends[of_row[join.left as usize] as usize] += 1;
        }
        clusters.members = divide((0..row_id(of_row.len())).zip(of_row.iter().copied()), &mut clusters.member_ends);
        let joins = joins.iter().map(|join| (*join, of_row[join.left as usize]));
        clusters.joins = divide(joins, &mut clusters.join_ends);
        clusters
    }
}

/// Sorts things by their group, keeping their order within it. Turns the number of things of each group into its end.
fn divide<T: Copy>(things: impl Iterator<Item = (T, u32)> + Clone, counts: &mut [u32]) -> Vec<T> {
    let mut end = 0;
    for count in &mut *counts {
        // For now where the group begins.
        end += std::mem::replace(count, end);
    }
    let Some((first, _)) = things.clone().next() else { return Vec::new() };
    let mut divided = vec![first; end as usize];
    for (thing, group) in things {
        let place = &mut counts[group as usize];
        divided[*place as usize] = thing;
        *place += 1;
    }
    divided
}

/// Builds groups: first what a person joined (`said`), as far as no other decision is against it, then from the strongest
/// pair down to those of `least`. `pairs` come [`strongest_first`].
pub(super) fn cluster(
    rows: usize,
    said: &[Join],
    pairs: &[Scored],
    least: Bits,
    rules: &impl Contradictions,
) -> Clusters {
    let mut growing = Growing::new(rows);
    let (mut refusals, mut made, mut joins) = (Vec::new(), Vec::new(), Vec::new());
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for join in said {
        let (one, other) = (growing.root(join.left), growing.root(join.right));
        growing.members(one, &mut left);
        growing.members(other, &mut right);
        if one != other && !left.iter().any(|one| right.iter().any(|other| rules.kept_apart(*one, *other))) {
            growing.unite(one, other);
            made.push(*join);
        }
    }
    for pair in pairs.iter().copied().take_while(|pair| pair.weight >= least) {
        let (one, other) = (growing.root(pair.left), growing.root(pair.right));
        if one == other {
            continue;
        }
        growing.members(one, &mut left);
        growing.members(other, &mut right);
        match join(&pair, &left, &right, least, rules) {
            Ok(weight) => {
                growing.unite(one, other);
                joins.push(Join { left: pair.left, right: pair.right, weight });
            }
            Err((reason, between)) => refusals.push(Refusal { pair, reason, between }),
        }
    }
    growing.finish(&joins, refusals, made)
}

/// What joining two groups weighs, or what speaks against it.
fn join(
    pair: &Scored,
    left: &[u32],
    right: &[u32],
    least: Bits,
    rules: &impl Contradictions,
) -> Result<Bits, (VetoReason, (u32, u32))> {
    let mut against = 0i64;
    let mut worst = (Bits(0), (pair.left, pair.right));
    let mut joint = Findings::new();
    for one in left {
        for other in right {
            let two = (*one.min(other), *one.max(other));
            let evidence = rules.between(*one, *other, pair.weight, &mut joint).map_err(|reason| (reason, two))?;
            if evidence < Bits(0) {
                against += i64::from(evidence.0);
                if evidence < worst.0 {
                    worst = (evidence, two);
                }
            }
        }
    }
    let count = left.len() * right.len();
    let pairs = i64::try_from(count).unwrap_or(i64::MAX);
    let total = i64::from(pair.weight.0) + i64::from(CONTRADICTION_FACTOR) * against / pairs;
    if total < i64::from(least.0) {
        return Err((VetoReason::Contradicted, worst.1));
    }
    Ok(rules.joint(pair.weight, count, &joint))
}

/// From this weight against a match on, in bits, a contradiction forbids a join instead of only speaking against it. On
/// a list so full of errors that names differ between records of one person, the learned weight stays above it.
const FORBIDS: f64 = -6.0;

/// Weight of a pair, in bits, at which another birthday is a mistake and not another person.
const OUTWEIGHS: f64 = 8.0;

/// Weight of the pair that asks for a join, in bits, from which on names that differ between other members forbid nothing:
/// people sign with a pseudonym or a relative's name. They speak against the join all the same, and nobody is planned with
/// a name that contradicts.
const NAMES_GIVE_WAY: f64 = 10.0;

impl Contradictions for Comparer<'_> {
    fn between(&self, left: u32, right: u32, asked: Bits, joint: &mut Findings) -> Result<Bits, VetoReason> {
        let said = self.said(left, right);
        if said == Some(false) {
            return Err(VetoReason::RejectedByPerson);
        }
        let found = self.findings(left, right);
        joint.better(&found);
        if said == Some(true) {
            // Nothing about them speaks against the others: a person looked at it
            return Ok(found.sum().max(Bits(0)));
        }
        let features = self.features;
        if features.without.lacks(Idea::Vetoes) {
            return Ok(found.sum());
        }
        let (one, other) = (features.row(left).name, features.row(right).name);
        if let (Some(one), Some(other)) = (features.names.get(one), features.names.get(other))
            && one.suffix != other.suffix
            && one.suffix != NONE
            && other.suffix != NONE
        {
            return Err(VetoReason::Generation);
        }
        let identified = found
            .as_slice()
            .iter()
            .any(|(level, _)| matches!(level, Level::IdentifierSame | Level::ExternalIdSame | Level::EmailSame));
        let forbids = Bits::new(FORBIDS);
        let outweighed = asked.max(found.sum() + self.weights.prior) >= Bits::new(OUTWEIGHS);
        let names = !identified && asked < Bits::new(NAMES_GIVE_WAY);
        for (level, bits) in found.as_slice() {
            match level {
                Level::NameOtherGiven if *bits <= Bits::new(-4.5) && names => {
                    return Err(VetoReason::IncompatibleNames);
                }
                Level::NameDifferent if *bits <= forbids && names => return Err(VetoReason::IncompatibleNames),
                Level::BirthdayDifferent if *bits <= Bits::new(-4.0) && !identified && !outweighed => {
                    return Err(VetoReason::TwoBirthdays);
                }
                _ => {}
            }
        }
        Ok(found.sum())
    }

    fn kept_apart(&self, left: u32, right: u32) -> bool {
        self.said(left, right) == Some(false)
    }

    /// A person's records complete one another: one shares the phone, another the employer. For each comparison the best
    /// agreement between the groups counts, and what contradicts on the whole.
    fn joint(&self, pair: Bits, pairs: usize, joint: &Findings) -> Bits {
        let off = self.features.without.lacks(Idea::JointEvidence);
        if off || self.organisations || !(2..=LARGEST_JOINT).contains(&pairs) {
            return pair;
        }
        (self.weights.prior + joint.sum()).max(pair)
    }
}

/// Whether a level is agreement on a mailbox several people use.
pub(super) fn is_shared(level: Level) -> bool {
    matches!(level, Level::EmailShared | Level::EmailRole)
}

/// Whether a level says that both records give one and the same whole name. Relatives are called Anna and Annabelle.
pub(super) fn is_same_name(level: Level) -> bool {
    matches!(level, Level::NameSame | Level::NameSwapped | Level::NameTypo)
}
