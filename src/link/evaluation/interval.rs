//! Intervals of proportions from a sample.

use serde::Serialize;

use super::tally::float;

/// A share with its 95 % interval, each from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// Best guess.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Estimate {
    /// A value that is known.
    pub(super) fn exactly(value: f64) -> Self {
        Self { value, low: value, high: value }
    }
}

/// Two-sided 95 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// The share `successes / trials` with its 95 % score interval (Wilson 1927), which behaves near 0 and 1, where the shares
/// of interest are. Without a trial nothing is known: 0 to 1.
#[must_use]
pub fn wilson(successes: u64, trials: u64) -> Estimate {
    if trials == 0 {
        return Estimate { value: 0.5, low: 0.0, high: 1.0 };
    }
    let n = float(trials);
    let share = float(successes.min(trials)) / n;
    let scale = 1.0 + Z * Z / n;
    let centre = (share + Z * Z / (2.0 * n)) / scale;
    let half = Z / scale * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    // At the ends the interval reaches the end exactly; rounding must not put the share outside its own interval.
    Estimate { value: share, low: (centre - half).clamp(0.0, share), high: (centre + half).clamp(share, 1.0) }
}

/// A mean of independent shares with weights that sum to 1: the distances to their ends are added in quadrature (method
/// of variance estimates recovery, Zou & Donner 2008), which keeps Wilson's behaviour near 0 and 1.
pub(super) fn weighted(parts: &[(f64, Estimate)]) -> Estimate {
    let value: f64 = parts.iter().map(|(weight, part)| weight * part.value).sum();
    let square = |distance: f64| distance * distance;
    let below: f64 = parts.iter().map(|(weight, part)| square(weight * (part.value - part.low))).sum();
    let above: f64 = parts.iter().map(|(weight, part)| square(weight * (part.high - part.value))).sum();
    Estimate { value, low: (value - below.sqrt()).clamp(0.0, 1.0), high: (value + above.sqrt()).clamp(0.0, 1.0) }
}
