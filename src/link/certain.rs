//! When two records are certain to be one person, whatever they weigh: nothing contradicts, the facts are several, and no
//! mailbox of several people stands in for them.

use rustc_hash::FxHashMap;

use super::Comparison;
use super::cluster::{self, Cluster, Clusters, Join};
use super::compare::Comparer;
use super::features::NONE;
use super::levels::Level;
use super::weights::Bits;

/// Weight of a pair, in bits, at which a contradiction is a mistake in one of the records and not another person.
const OUTWEIGHS: f64 = 12.0;

/// Whether two records state facts that one person cannot have both, without an address or identifier to outweigh them.
pub(super) fn contradict(comparer: &Comparer<'_>, left: u32, right: u32) -> bool {
    if comparer.said(left, right) == Some(true) {
        return false;
    }
    let found = comparer.findings(left, right);
    let mut levels = found.as_slice().iter();
    let identified =
        levels.any(|(level, _)| matches!(level, Level::IdentifierSame | Level::ExternalIdSame | Level::EmailSame));
    let against = |level: Level| {
        matches!(
            level,
            Level::NameOtherGiven
                | Level::NameDifferent
                | Level::BirthdayNear
                | Level::BirthdayTwoParts
                | Level::BirthdayDifferent
                | Level::IdentifierDifferent
        ) || (comparer.organisations && matches!(level, Level::StreetSimilar | Level::StreetDifferent))
    };
    // The sites of one organisation share its name and its switchboard: nothing outweighs another address.
    let outweighed = !comparer.organisations && comparer.weights.prior + found.sum() >= Bits::new(OUTWEIGHS);
    !identified && !outweighed && found.as_slice().iter().any(|(level, bits)| against(*level) && *bits <= Bits(0))
}

/// Whether a join hangs on one fact that relatives, colleagues or namesakes share as well, or on slips alone. Facts that
/// belong together count once: the company with its web site, the street with its town.
pub(super) fn is_thin(comparer: &Comparer<'_>, join: &Join) -> bool {
    let found = comparer.findings(join.left, join.right);
    // What other members of the two groups add is more than this pair shows.
    if join.weight > comparer.weights.prior + found.sum() {
        return false;
    }
    let is_spelt = found.as_slice().iter().any(|(level, _)| *level == Level::NameInEmail);
    let mut facts = [false; 5];
    let mut exact = false;
    for (level, _) in found.as_slice().iter().filter(|(_, bits)| *bits > Bits(0)) {
        match level {
            Level::EmailSame
            | Level::EmailShared
            | Level::EmailRole
            | Level::ExternalIdSame
            | Level::IdentifierSame => {
                return false;
            }
            Level::EmailSimilar | Level::EmailLocalPartFromName | Level::EmailColleague => {}
            // Its local part and its domain are one address.
            Level::CompanyIsDomain if is_spelt => {}
            _ => {
                let fact = match level.comparison() {
                    Comparison::Email | Comparison::ExternalId | Comparison::Identifier => 0,
                    Comparison::Name => 1,
                    Comparison::Phone => 2,
                    Comparison::Company | Comparison::Website => 3,
                    Comparison::Street | Comparison::Birthday => 4,
                    Comparison::Place | Comparison::Country | Comparison::JobTitle | Comparison::Text => continue,
                };
                facts[fact] = true;
                exact |= level.is_slip().is_none();
            }
        }
    }
    !exact || facts.iter().filter(|known| **known).count() < 2
}

/// For each cluster in which several members use a shared mailbox, the pairs that are certain without it.
pub(super) fn standing_pairs(comparer: &Comparer<'_>, found: &Clusters, auto: Bits) -> FxHashMap<u32, Vec<Join>> {
    let features = comparer.features;
    let uses_shared = |row: &&u32| {
        let named = features.row(**row).name != NONE;
        let shared = |email: &u32| {
            let several = comparer.shared_email.of(*email).is_shared();
            several || (named && features.emails[*email as usize].role)
        };
        features.emails_of(**row).iter().any(shared)
    };
    let is_suspect = |(_, cluster): &(u32, Cluster<'_>)| {
        cluster.members.len() > 1 && cluster.members.iter().filter(uses_shared).count() > 1
    };
    let mut standing: FxHashMap<u32, Vec<Join>> =
        (0..).zip(found.iter()).filter(is_suspect).map(|(at, _)| (at, Vec::new())).collect();
    for (pair, levels) in comparer.kept.iter() {
        let home = found.of_row[pair.left as usize];
        if home != found.of_row[pair.right as usize] {
            continue;
        }
        let Some(pairs) = standing.get_mut(&home) else { continue };
        let mailbox: i32 =
            levels.as_slice().iter().filter(|(level, _)| cluster::is_shared(*level)).map(|(_, bits)| bits.0).sum();
        // One person who writes from the mailbox again gives the same name again; where nobody gives a name, the mailbox
        // itself is the contact.
        let named = levels.as_slice().iter().any(|(level, _)| cluster::is_same_name(*level));
        let nameless = [pair.left, pair.right].iter().all(|row| features.row(*row).name == NONE);
        if named || nameless || pair.weight.0 - mailbox.max(0) >= auto.0 {
            pairs.push(Join { left: pair.left, right: pair.right, weight: pair.weight });
        }
    }
    standing
}
