//! The order of content, which does not depend on the order of the input.

use rayon::prelude::*;

use super::row_id;
use crate::contact::Records;

/// Place of each record in an order made of content: hash, then the id handle, then what the record was read from.
pub(super) fn ranks(records: &dyn Records, hashes: &[u64]) -> Vec<u32> {
    let mut order: Vec<(u64, u32)> = hashes.iter().enumerate().map(|(row, hash)| (*hash, row_id(row))).collect();
    order.par_sort_unstable_by(|left, right| {
        left.0.cmp(&right.0).then_with(|| {
            let handle = |row: u32| {
                records.head(row as usize).map(|record| (record.id.clone(), record.created_at, record.origin))
            };
            handle(left.1).cmp(&handle(right.1)).then_with(|| left.1.cmp(&right.1))
        })
    });
    let mut ranks = vec![0; hashes.len()];
    for (rank, (_, row)) in order.into_iter().enumerate() {
        ranks[row as usize] = row_id(rank);
    }
    ranks
}
