//! Clustering against a brute-force reading of its definition.

use crate::link::cluster::{Contradictions, cluster, strongest_first};
use crate::link::compare::Findings;
use crate::link::score::Scored;
use crate::link::weights::Bits;
use crate::link::{BlockingKey, VetoReason};

/// A small random world: evidence and contradictions between every two rows.
struct World {
    rows: u32,
    evidence: Vec<i32>,
    forbidden: Vec<bool>,
    pairs: Vec<Scored>,
    rank: Vec<u32>,
}

/// `SplitMix64` (Steele, Lea & Flood 2014): enough randomness for a test, and replayed from its seed.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(limit)).expect("below a u32")
    }
}

impl World {
    fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        let rows = 1 + random.below(9);
        let cells = (rows * rows) as usize;
        let mut world = Self {
            rows,
            evidence: vec![0; cells],
            forbidden: vec![false; cells],
            pairs: Vec::new(),
            rank: (0..rows).collect(),
        };
        for at in (1..rows).rev() {
            world.rank.swap(at as usize, random.below(at + 1) as usize);
        }
        for left in 0..rows {
            for right in left + 1..rows {
                let evidence = i32::try_from(random.below(12)).expect("small") - 5;
                let forbidden = random.below(6) == 0;
                for (one, other) in [(left, right), (right, left)] {
                    world.evidence[(one * rows + other) as usize] = evidence * 1024;
                    world.forbidden[(one * rows + other) as usize] = forbidden;
                }
                if random.below(3) > 0 {
                    let weight = Bits((evidence - 1) * 1024);
                    world.pairs.push(Scored { left, right, weight, key: BlockingKey::Email });
                }
            }
        }
        world
    }

    /// The definition, word for word: take the strongest pair, by content where weights are equal; join its groups unless
    /// two members are forbidden, or the average of what speaks against the join outweighs the pair.
    fn brute_force(&self) -> Vec<Vec<u32>> {
        let mut groups: Vec<Vec<u32>> = (0..self.rows).map(|row| vec![row]).collect();
        let mut pairs: Vec<&Scored> = self.pairs.iter().filter(|pair| pair.weight >= Bits(0)).collect();
        let place = |row: u32| self.rank[row as usize];
        pairs.sort_by_key(|pair| {
            let (one, other) = (place(pair.left), place(pair.right));
            (-pair.weight.0, one.min(other), one.max(other))
        });
        for pair in pairs {
            let find = |row: u32| groups.iter().position(|group| group.contains(&row)).expect("in a group");
            let (one, other) = (find(pair.left), find(pair.right));
            if one == other {
                continue;
            }
            let cross: Vec<usize> = groups[one]
                .iter()
                .flat_map(|left| groups[other].iter().map(move |right| (left * self.rows + right) as usize))
                .collect();
            let against: i64 = cross.iter().map(|cell| i64::from(self.evidence[*cell].min(0))).sum();
            let average = against / i64::try_from(cross.len()).expect("few");
            if cross.iter().any(|cell| self.forbidden[*cell]) || i64::from(pair.weight.0) + average < 0 {
                continue;
            }
            let moved = groups.remove(one.max(other));
            groups[one.min(other)].extend(moved);
        }
        for group in &mut groups {
            group.sort_unstable();
        }
        groups.sort();
        groups
    }
}

impl Contradictions for World {
    fn between(&self, left: u32, right: u32, _: Bits, _: &mut Findings) -> Result<Bits, VetoReason> {
        let cell = (left * self.rows + right) as usize;
        if self.forbidden[cell] { Err(VetoReason::IncompatibleNames) } else { Ok(Bits(self.evidence[cell])) }
    }
}

#[test]
fn clustering_agrees_with_brute_force_on_small_random_inputs() {
    for seed in 0..3_000 {
        let world = World::new(seed);
        let found = cluster(world.rows as usize, &[], &strongest_first(&world.pairs, &world.rank), Bits(0), &world);
        let groups: Vec<Vec<u32>> = found.iter().map(|cluster| cluster.members.to_vec()).collect();
        assert_eq!(groups, world.brute_force(), "seed {seed}");
    }
}
