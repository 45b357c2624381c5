//! Records that are not in memory link like those that are, and a scratch that breaks stops nothing.

use std::sync::Arc;

use proptest::prelude::*;

use super::laws::any_list;
use crate::contact::{Fragile, Packed, Record, Scratch};
use crate::link::ablation::Without;
use crate::link::block::{self, CandidatePair, Room};
use crate::link::features::Features;
use crate::link::{Linkage, Options, link};

fn linked_from(records: &[Record], scratch: Arc<dyn Scratch>) -> Linkage {
    let mut packed: Packed<Record> = records.iter().cloned().collect();
    packed.set_aside(&scratch);
    link(&packed, &Options { scratch: Some(scratch), ..Options::default() })
}

fn many() -> impl Strategy<Value = Vec<Record>> {
    prop::collection::vec(any_list(), 4..8).prop_map(|lists| lists.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn records_that_were_set_aside_link_as_they_would_have(records in many()) {
        let scratch = Fragile::after(i64::MAX, i64::MAX);
        let linkage = linked_from(&records, Arc::clone(&scratch) as _);
        prop_assert_eq!(&linkage, &link(&records, &Options::default()));
        prop_assert!(records.len() < 32 || scratch.held() > 0);
        prop_assert!(!scratch.failed());
    }

    #[test]
    fn pairs_are_the_same_in_any_portions_and_wherever_they_are_kept(records in many(), threads in 1_usize..4) {
        let features = Features::new(&records, Without::default());
        let found = |room: Room<'_>| {
            let (candidates, report) = block::candidates(&features, room);
            let pairs: Vec<CandidatePair> = (0..candidates.parts()).flat_map(|part| candidates.part(part)).collect();
            assert_eq!(pairs.len(), candidates.len());
            (pairs, report)
        };
        let expected = found(Room::new(records.len(), None));
        prop_assert!(expected.0.is_sorted_by_key(|pair| (pair.left, pair.right)));
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let scratch = Fragile::after(i64::MAX, i64::MAX);
        prop_assert_eq!(&pool.install(|| found(Room::tiny(Some(&*scratch)))), &expected);
        prop_assert!(expected.0.is_empty() || scratch.held() > 0);
        prop_assert_eq!(&pool.install(|| found(Room::tiny(None))), &expected);
        let broken = Fragile::after(5, 40);
        let (fewer, _) = found(Room::tiny(Some(&*broken)));
        prop_assert!(broken.failed() || fewer == expected.0);
    }

    #[test]
    fn a_scratch_that_breaks_at_any_time_stops_nothing(records in many(), puts in 0_i64..8, gets in 0_i64..40) {
        let scratch = Fragile::after(puts, gets);
        let linkage = linked_from(&records, Arc::clone(&scratch) as _);
        prop_assert_eq!(linkage.groups.iter().map(|group| group.members.len()).sum::<usize>(), records.len());
    }
}
