//! Scored pairs → groups, from the strongest pair down, refusing what contradicts.
//!
//! Not transitive closure: a join is made only when nothing either group already holds contradicts it. The order of the
//! pairs comes from their weight and their content, so that neither the order of the rows nor the number of threads
//! changes a group.

use rayon::prelude::*;

use super::ablation::Idea;
use super::compare::Comparer;
use super::features::{NONE, row_id};
use super::levels::Level;
use super::score::Scored;
use super::weights::Bits;
use super::{Comparison, VetoReason};

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
#[derive(Clone, Debug)]
pub(super) struct Cluster {
    /// Rows in input order.
    pub(super) members: Vec<u32>,
    /// The joins it was built by, one fewer than members, in the order they were made.
    pub(super) joins: Vec<Join>,
}

/// Result of clustering.
#[derive(Debug)]
pub(super) struct Clusters {
    /// In order of their first member.
    pub(super) groups: Vec<Cluster>,
    pub(super) refusals: Vec<Refusal>,
    /// The joins that were made because a person said so; they are in no group's `joins`.
    pub(super) said: Vec<Join>,
    /// Cluster of each row.
    pub(super) of_row: Vec<u32>,
}

/// What joins may not contradict.
pub(super) trait Contradictions: Sync {
    /// Why two rows cannot be one person, or else their evidence without the prior: below zero it speaks against a match.
    /// `asked` is the weight of the pair that asks for the join: some contradictions give way to a strong one.
    fn between(&self, left: u32, right: u32, asked: Bits) -> Result<Bits, VetoReason>;

    /// Whether a person said that two rows are two people.
    fn kept_apart(&self, left: u32, right: u32) -> bool {
        let _ = (left, right);
        false
    }

    /// Weight of joining two groups when all their members are taken together; the pair alone unless said otherwise.
    fn joint(&self, pair: Bits, left: &[u32], right: &[u32]) -> Bits {
        let _ = (left, right);
        pair
    }
}

/// Groups with more pairs between them are judged by their strongest pair alone.
const LARGEST_JOINT: usize = 400;

/// Average evidence against a join, in bits, that outweighs a strong pair.
const CONTRADICTION_FACTOR: i32 = 1;

/// Pairs in the order in which they ask for their joins: by weight, and by content where weights are equal. `rank` is the
/// order of content.
pub(super) fn strongest_first(mut pairs: Vec<Scored>, rank: &[u32]) -> Vec<Scored> {
    pairs.par_sort_unstable_by_key(|pair| {
        let (one, other) = (rank[pair.left as usize], rank[pair.right as usize]);
        (std::cmp::Reverse(pair.weight), one.min(other), one.max(other))
    });
    pairs
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
    let mut root: Vec<u32> = (0..row_id(rows)).collect();
    let mut clusters: Vec<Cluster> =
        (0..row_id(rows)).map(|row| Cluster { members: vec![row], joins: Vec::new() }).collect();
    let mut refusals = Vec::new();
    let mut made = Vec::new();
    for join in said {
        let (one, other) = (root[join.left as usize], root[join.right as usize]);
        let (left, right) = (&clusters[one as usize].members, &clusters[other as usize].members);
        if one != other && !left.iter().any(|one| right.iter().any(|other| rules.kept_apart(*one, *other))) {
            unite(&mut clusters, &mut root, (one, other));
            made.push(*join);
        }
    }
    for pair in pairs.iter().copied().take_while(|pair| pair.weight >= least) {
        let (one, other) = (root[pair.left as usize], root[pair.right as usize]);
        if one == other {
            continue;
        }
        let (left, right) = (&clusters[one as usize].members, &clusters[other as usize].members);
        if let Some((reason, between)) = refuse(&pair, left, right, least, rules) {
            refusals.push(Refusal { pair, reason, between });
            continue;
        }
        let weight = rules.joint(pair.weight, left, right);
        let into = unite(&mut clusters, &mut root, (one, other));
        clusters[into as usize].joins.push(Join { left: pair.left, right: pair.right, weight });
    }
    finish(clusters, refusals, made, rows)
}

/// Puts two clusters together and says which of them is the whole now.
fn unite(clusters: &mut [Cluster], root: &mut [u32], (one, other): (u32, u32)) -> u32 {
    let larger = clusters[one as usize].members.len() >= clusters[other as usize].members.len();
    let (into, from) = if larger { (one, other) } else { (other, one) };
    let moved = std::mem::replace(&mut clusters[from as usize], Cluster { members: Vec::new(), joins: Vec::new() });
    for row in &moved.members {
        root[*row as usize] = into;
    }
    let cluster = &mut clusters[into as usize];
    cluster.members.extend(&moved.members);
    cluster.joins.extend(&moved.joins);
    into
}

/// Whether anything speaks against joining two groups.
fn refuse(
    pair: &Scored,
    left: &[u32],
    right: &[u32],
    least: Bits,
    rules: &impl Contradictions,
) -> Option<(VetoReason, (u32, u32))> {
    let mut against = 0i64;
    let mut worst = (Bits(0), (pair.left, pair.right));
    for one in left {
        for other in right {
            let evidence = match rules.between(*one, *other, pair.weight) {
                Ok(evidence) => evidence,
                Err(reason) => return Some((reason, (*one.min(other), *one.max(other)))),
            };
            if evidence < Bits(0) {
                against += i64::from(evidence.0);
                if evidence < worst.0 {
                    worst = (evidence, (*one.min(other), *one.max(other)));
                }
            }
        }
    }
    let pairs = i64::try_from(left.len() * right.len()).unwrap_or(i64::MAX);
    let total = i64::from(pair.weight.0) + i64::from(CONTRADICTION_FACTOR) * against / pairs;
    (total < i64::from(least.0)).then_some((VetoReason::Contradicted, worst.1))
}

fn finish(clusters: Vec<Cluster>, refusals: Vec<Refusal>, said: Vec<Join>, rows: usize) -> Clusters {
    let mut clusters: Vec<Cluster> = clusters.into_iter().filter(|cluster| !cluster.members.is_empty()).collect();
    for cluster in &mut clusters {
        cluster.members.sort_unstable();
    }
    clusters.sort_unstable_by_key(|cluster| cluster.members.first().copied());
    let mut of_row = vec![0; rows];
    for (at, cluster) in clusters.iter().enumerate() {
        for row in &cluster.members {
            of_row[*row as usize] = row_id(at);
        }
    }
    Clusters { groups: clusters, refusals, said, of_row }
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
    fn between(&self, left: u32, right: u32, asked: Bits) -> Result<Bits, VetoReason> {
        match self.said(left, right) {
            Some(false) => return Err(VetoReason::RejectedByPerson),
            // Nothing about them speaks against the others: a person looked at it
            Some(true) => return Ok(self.compare(left, right).sum().max(Bits(0))),
            None => {}
        }
        let features = self.features;
        if features.without.lacks(Idea::Vetoes) {
            return Ok(self.compare(left, right).sum());
        }
        let (one, other) = (features.row(left).name, features.row(right).name);
        if let (Some(one), Some(other)) = (features.names.get(one), features.names.get(other))
            && one.suffix != other.suffix
            && one.suffix != NONE
            && other.suffix != NONE
        {
            return Err(VetoReason::Generation);
        }
        let found = self.compare(left, right);
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
    fn joint(&self, pair: Bits, left: &[u32], right: &[u32]) -> Bits {
        let off = self.features.without.lacks(Idea::JointEvidence);
        if off || self.organisations || left.len() * right.len() < 2 || left.len() * right.len() > LARGEST_JOINT {
            return pair;
        }
        let mut best: Vec<(Comparison, Bits)> = Vec::new();
        for one in left {
            for other in right {
                for (level, bits) in self.compare(*one, *other).as_slice() {
                    match best.iter_mut().find(|(comparison, _)| *comparison == level.comparison()) {
                        Some((_, known)) => *known = (*known).max(*bits),
                        None => best.push((level.comparison(), *bits)),
                    }
                }
            }
        }
        best.iter().fold(self.weights.prior, |sum, (_, bits)| sum + *bits).max(pair)
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
