//! Weights in the order of their levels: better agreement never says less than worse.
//!
//! Isotonic regression by pooling adjacent violators (Barlow, Bartholomew, Bremner & Brunk 1972).

/// The nearest weights, by squares counted `counts` times, that do not rise from one level to the next.
pub(super) fn falling(weights: &[f64], counts: &[f64]) -> Vec<f64> {
    // Weight, count and number of levels of each pool.
    let mut pools: Vec<(f64, f64, usize)> = Vec::with_capacity(weights.len());
    for (weight, count) in weights.iter().zip(counts) {
        let mut pool = (*weight, count.max(f64::MIN_POSITIVE), 1);
        while let Some(before) = pools.pop_if(|before| before.0 < pool.0) {
            let count = before.1 + pool.1;
            pool = ((before.0 * before.1 + pool.0 * pool.1) / count, count, before.2 + pool.2);
        }
        pools.push(pool);
    }
    pools.iter().flat_map(|(weight, _, levels)| std::iter::repeat_n(*weight, *levels)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_in_order_stays_and_what_is_not_is_pooled() {
        assert_eq!(falling(&[5.0, 2.0, -1.0], &[1.0; 3]), [5.0, 2.0, -1.0]);
        assert_eq!(falling(&[5.0, 1.0, 4.0, -1.0], &[1.0, 2.0, 1.0, 1.0]), [5.0, 2.0, 2.0, -1.0]);
        assert_eq!(falling(&[], &[]), [0.0; 0]);
    }

    proptest! {
        #[test]
        fn the_result_never_rises_and_keeps_the_weighted_sum(
            levels in prop::collection::vec((-20.0..20.0f64, 0.1..100.0f64), 0..12),
        ) {
            let (weights, counts): (Vec<f64>, Vec<f64>) = levels.into_iter().unzip();
            let fitted = falling(&weights, &counts);
            prop_assert!(fitted.is_sorted_by(|one, next| one >= next));
            let sum = |values: &[f64]| values.iter().zip(&counts).map(|(value, count)| value * count).sum::<f64>();
            prop_assert!((sum(&fitted) - sum(&weights)).abs() < 1e-6);
        }
    }
}
