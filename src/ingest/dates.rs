//! In which order a column writes day and month.
//!
//! `03/04/2024` alone cannot be read for sure; a column usually can, because somewhere in it a number is greater than
//! 12. Is given all values of the date columns, hands on one order per column and a note where nothing told.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use crate::contact::{DateOrder, Region, Timestamp};

/// The order of each date column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DateOrders {
    columns: BTreeMap<u32, (DateOrder, bool)>,
}

impl DateOrders {
    /// The order of a column, counted from 1.
    pub(super) fn of(&self, column: u32) -> DateOrder {
        self.columns.get(&column).map_or_else(DateOrder::default, |(order, _)| *order)
    }

    /// Whether the column's own values tell the order and none of them contradicts.
    pub(super) fn is_certain(&self, column: u32) -> bool {
        self.columns.get(&column).is_some_and(|(_, certain)| *certain)
    }
}

/// What the values of one column say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OrderVotes {
    day_first: u64,
    month_first: u64,
    open: u64,
}

impl OrderVotes {
    /// Counts one value.
    pub(super) fn add(&mut self, text: &str) {
        // ISO 8601, by far the most frequent, has one order
        if text.as_bytes().get(4) == Some(&b'-') {
            return;
        }
        match DateOrder::shown_by(text) {
            Some(DateOrder::DayFirst) => self.day_first += 1,
            Some(DateOrder::MonthFirst) => self.month_first += 1,
            None => {
                let read = |order| Timestamp::parse_with(text, order);
                self.open += u64::from(read(DateOrder::DayFirst) != read(DateOrder::MonthFirst));
            }
        }
    }

    fn decide(self) -> Option<DateOrder> {
        match self.day_first.cmp(&self.month_first) {
            std::cmp::Ordering::Greater => Some(DateOrder::DayFirst),
            std::cmp::Ordering::Less => Some(DateOrder::MonthFirst),
            std::cmp::Ordering::Equal => None,
        }
    }
}

impl AddAssign for OrderVotes {
    fn add_assign(&mut self, other: Self) {
        self.day_first += other.day_first;
        self.month_first += other.month_first;
        self.open += other.open;
    }
}

/// The order to take where nothing tells. The United States write the month first, almost nobody else does (Unicode
/// CLDR, `dateFormats`); without a region the exports of American products decide.
fn usual_order(region: Option<Region>) -> DateOrder {
    match region {
        Some(region) if region.code() != "US" => DateOrder::DayFirst,
        _ => DateOrder::MonthFirst,
    }
}

/// Decides all columns: number, header, votes. A column that does not tell follows the others of the file if they
/// agree; else it is read in the usual order of the region, and that is reported.
pub(super) fn decide(votes: &[(u32, String, OrderVotes)], region: Option<Region>) -> (DateOrders, Vec<String>) {
    let told: Vec<DateOrder> = votes.iter().filter_map(|(_, _, votes)| votes.decide()).collect();
    let common =
        told.split_first().and_then(|(first, others)| others.iter().all(|order| order == first).then_some(*first));
    let mut orders = DateOrders::default();
    let mut notes = Vec::new();
    for (column, header, votes) in votes {
        let own = votes.decide();
        let order = own.or(common).unwrap_or_else(|| usual_order(region));
        let (usual, other, contrary) = match order {
            DateOrder::DayFirst => ("day/month", "month/day", votes.month_first),
            DateOrder::MonthFirst => ("month/day", "day/month", votes.day_first),
        };
        if own.or(common).is_none() && votes.open > 0 {
            notes.push(format!(
                "Column '{header}': {} could be read two ways and no value tells which; read as {usual}.",
                count(votes.open)
            ));
        } else if contrary > 0 {
            notes.push(format!("Column '{header}' is read as {usual}, but {} can only be {other}.", count(contrary)));
        }
        orders.columns.insert(*column, (order, own.is_some() && contrary == 0));
    }
    (orders, notes)
}

fn count(dates: u64) -> String {
    if dates == 1 { "1 date".to_owned() } else { format!("{dates} dates") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn votes(values: &[&str]) -> OrderVotes {
        let mut votes = OrderVotes::default();
        for value in values {
            votes.add(value);
        }
        votes
    }

    #[test]
    fn one_number_above_twelve_tells_for_the_whole_column() {
        let (orders, notes) =
            decide(&[(3, "DOB".to_owned(), votes(&["03/04/1980", "25/12/1979", "1980-01-02"]))], None);
        assert_eq!(orders.of(3), DateOrder::DayFirst);
        assert!(notes.is_empty());
    }

    #[test]
    fn a_column_that_does_not_tell_follows_its_neighbours_or_is_reported() {
        let open = votes(&["03/04/1980"]);
        let (orders, _) = decide(&[(1, "A".to_owned(), open), (2, "B".to_owned(), votes(&["12/31/2024 10:00"]))], None);
        assert_eq!(orders.of(1), DateOrder::MonthFirst);
        let (orders, notes) = decide(&[(1, "A".to_owned(), open)], Region::parse("GB"));
        assert_eq!(orders.of(1), DateOrder::DayFirst);
        insta::assert_snapshot!(notes.join("\n"), @"Column 'A': 1 date could be read two ways and no value tells which; read as day/month.");
    }

    #[test]
    fn a_column_of_both_orders_is_read_by_its_majority_and_reported() {
        let (orders, notes) = decide(&[(1, "A".to_owned(), votes(&["13/01/2024", "14/01/2024", "01/15/2024"]))], None);
        assert_eq!(orders.of(1), DateOrder::DayFirst);
        insta::assert_snapshot!(notes.join("\n"), @"Column 'A' is read as day/month, but 1 date can only be month/day.");
    }
}
