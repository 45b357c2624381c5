//! National numbering plans, as far as telling one number from another needs them.
//!
//! Owns the table `data/phone-regions.csv` (from libphonenumber): calling codes, trunk and international prefixes, and
//! the lengths a national significant number can have. Number ranges are left out on purpose: a number that was never
//! given out is still the same text in two files.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::Region;

/// What one country, or all countries of one calling code, allow.
#[derive(Clone, Debug)]
pub(super) struct NumberingPlan {
    /// ITU country code: 1 to 3 digits.
    pub(super) calling_code: &'static str,
    /// Prefix of a national call that is no part of the number; empty where there is none.
    pub(super) trunk: &'static str,
    /// Prefix of an international call from this country.
    pub(super) international: &'static str,
    /// Bit n is set when a national significant number can have n digits.
    possible: u32,
    /// The same for ordinary fixed and mobile numbers.
    usual: u32,
}

struct Plans {
    by_region: FxHashMap<&'static str, NumberingPlan>,
    by_code: FxHashMap<&'static str, NumberingPlan>,
}

static TABLE: &str = include_str!("data/phone-regions.csv");

static PLANS: LazyLock<Plans> = LazyLock::new(|| {
    let mut by_region = FxHashMap::default();
    let mut by_code: FxHashMap<&'static str, NumberingPlan> = FxHashMap::default();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split(',');
        let (Some(region), Some(calling_code), Some(trunk), Some(international), Some(possible), Some(usual)) =
            (cells.next(), cells.next(), cells.next(), cells.next(), cells.next(), cells.next())
        else {
            continue;
        };
        let plan =
            NumberingPlan { calling_code, trunk, international, possible: lengths(possible), usual: lengths(usual) };
        by_code
            .entry(calling_code)
            .and_modify(|shared| {
                shared.possible |= plan.possible;
                shared.usual |= plan.usual;
            })
            .or_insert_with(|| plan.clone());
        by_region.insert(region, plan);
    }
    Plans { by_region, by_code }
});

fn lengths(cell: &str) -> u32 {
    cell.split(' ').filter_map(|n| n.parse::<u32>().ok()).filter(|n| *n < 32).fold(0, |bits, n| bits | 1 << n)
}

impl NumberingPlan {
    /// The plan of a country; `None` for territories without one.
    pub(super) fn of(region: Region) -> Option<&'static Self> {
        PLANS.by_region.get(region.code())
    }

    /// Splits international digits (without `+` or prefix) into the plan of their calling code and the rest.
    pub(super) fn split(digits: &str) -> Option<(&'static Self, &str)> {
        (1..=3).find_map(|length| {
            let (code, rest) = (digits.get(..length)?, digits.get(length..)?);
            PLANS.by_code.get(code).map(|plan| (plan, rest))
        })
    }

    /// Whether a national significant number can have this many digits.
    pub(super) fn is_possible(&self, length: usize) -> bool {
        length < 32 && self.possible >> length & 1 == 1
    }

    /// Whether ordinary fixed or mobile numbers have this many digits.
    pub(super) fn is_usual(&self, length: usize) -> bool {
        length < 32 && self.usual >> length & 1 == 1
    }

    /// The number without its trunk prefix, and whether there was one.
    ///
    /// Where the trunk prefix is `0`, no national significant number begins with 0, so it always goes; elsewhere only
    /// when the rest has a possible length. Prefixes that were abolished but live on in files are known too.
    pub(super) fn without_trunk<'a>(&self, digits: &'a str) -> (&'a str, bool) {
        if self.trunk == "0"
            && let Some(rest) = digits.strip_prefix('0')
        {
            return (rest.trim_start_matches('0'), true);
        }
        // Mexico until 2019, Lithuania until 2024, Belarus' two-digit form; +52 1 was Mexico's mobile mark.
        let former: &[&str] = match self.calling_code {
            "52" => &["01", "044", "045", "1"],
            "370" => &["8"],
            "375" => &["80", "0"],
            _ => &[],
        };
        [self.trunk]
            .iter()
            .chain(former)
            .filter(|prefix| !prefix.is_empty() && !self.is_usual(digits.len()))
            .find_map(|prefix| digits.strip_prefix(prefix).filter(|rest| self.is_possible(rest.len())))
            .map_or((digits, false), |rest| (rest, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert!(rows > 240);
        assert_eq!(PLANS.by_region.len(), rows);
        for (region, plan) in &PLANS.by_region {
            assert!(Region::parse(region).is_some_and(|found| found.code() == *region), "{region}");
            assert_ne!(plan.possible, 0, "{region}");
        }
    }

    #[test]
    fn calling_codes_are_no_prefix_of_one_another() {
        for code in PLANS.by_code.keys() {
            assert!(
                NumberingPlan::split(code).is_some_and(|(plan, rest)| plan.calling_code == *code && rest.is_empty())
            );
        }
    }

    #[test]
    fn trunk_prefixes_go_and_italian_zeros_stay() {
        let plan = |text: &str| NumberingPlan::of(Region::parse(text).unwrap()).unwrap();
        assert_eq!(plan("GB").without_trunk("02079460123"), ("2079460123", true));
        assert_eq!(plan("US").without_trunk("14155552671"), ("4155552671", true));
        assert_eq!(plan("US").without_trunk("4155552671"), ("4155552671", false));
        assert_eq!(plan("RU").without_trunk("89161234567"), ("9161234567", true));
        assert_eq!(plan("HU").without_trunk("06201234567"), ("201234567", true));
        assert_eq!(plan("IT").without_trunk("0618393068"), ("0618393068", false));
        assert_eq!(plan("MX").without_trunk("0445512345678"), ("5512345678", true));
    }
}
