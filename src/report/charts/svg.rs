//! The report's charts, drawn as SVG text: two kinds are enough. Colours are classes, so that the page's light and
//! dark themes apply; every chart has a title and a description for screen readers.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::words;

/// One bar.
pub(super) struct Bar {
    /// What it counts.
    pub(super) label: String,
    /// How many.
    pub(super) value: u64,
    /// CSS class of the bar: a colour of the page.
    pub(super) class: &'static str,
}

impl Bar {
    pub(super) fn new(label: impl Into<String>, value: u64, class: &'static str) -> Self {
        Self { label: label.into(), value, class }
    }
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// Part of a length, for drawing: precise enough for pixels.
#[expect(clippy::cast_precision_loss, reason = "counts are drawn as pixels")]
fn scaled(value: u64, largest: u64, length: f64) -> f64 {
    if largest == 0 { 0.0 } else { value as f64 / largest as f64 * length }
}

#[expect(clippy::cast_precision_loss, reason = "a chart has few rows")]
fn offset(number: usize, step: f64) -> f64 {
    number as f64 * step
}

/// Opens a chart. Writing to a `String` cannot fail, so results of `write!` are dropped here and below.
fn open(title: &str, description: &str, width: f64, height: f64) -> String {
    let (title, description) = (escape(title), escape(description));
    format!(
        "<svg class=\"chart\" role=\"img\" aria-label=\"{title}\" viewBox=\"0 0 {width} {height}\" \
         xmlns=\"http://www.w3.org/2000/svg\"><title>{title}</title><desc>{description}</desc>"
    )
}

/// Horizontal bars with their counts; bars of nothing are drawn as a thin line. Empty when there is nothing to draw.
pub(super) fn bars(title: &str, bars: &[Bar]) -> String {
    const ROW: f64 = 26.0;
    const LEFT: f64 = 150.0;
    const LENGTH: f64 = 260.0;
    const WIDTH: f64 = 500.0;
    if bars.iter().all(|bar| bar.value == 0) {
        return String::new();
    }
    let largest = bars.iter().map(|bar| bar.value).max().unwrap_or(0);
    let description: Vec<String> =
        bars.iter().map(|bar| format!("{}: {}", bar.label, words::thousands(bar.value))).collect();
    let mut svg = open(title, &description.join(", "), WIDTH, offset(bars.len(), ROW));
    for (number, bar) in bars.iter().enumerate() {
        let (top, length) = (offset(number, ROW), scaled(bar.value, largest, LENGTH).max(1.5));
        let _ = write!(
            svg,
            "<text class=\"label\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
             <rect class=\"{}\" x=\"{LEFT}\" y=\"{:.1}\" width=\"{length:.1}\" height=\"16\" rx=\"2\"/>\
             <text class=\"value\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            LEFT - 8.0,
            top + 17.0,
            escape(&bar.label),
            bar.class,
            top + 5.0,
            LEFT + length + 6.0,
            top + 17.0,
            words::thousands(bar.value)
        );
    }
    svg.push_str("</svg>");
    svg
}

/// One bar of several parts.
pub(super) struct Stack {
    /// What it counts.
    pub(super) label: String,
    /// How many of each part, in the order of the legend.
    pub(super) parts: Vec<u64>,
}

/// Horizontal bars of several parts with a legend. `legend` gives class and name of each part. Empty when there is
/// nothing to draw.
pub(super) fn stacked(title: &str, legend: &[(&'static str, &'static str)], stacks: &[Stack]) -> String {
    const ROW: f64 = 26.0;
    const LEFT: f64 = 150.0;
    const LENGTH: f64 = 260.0;
    const WIDTH: f64 = 500.0;
    let sum = |stack: &Stack| stack.parts.iter().sum::<u64>();
    let largest = stacks.iter().map(sum).max().unwrap_or(0);
    if largest == 0 {
        return String::new();
    }
    let told = |stack: &Stack| {
        let parts: Vec<String> = legend
            .iter()
            .zip(&stack.parts)
            .map(|((_, name), part)| format!("{} {name}", words::thousands(*part)))
            .collect();
        format!("{}: {}", stack.label, parts.join(", "))
    };
    let description: Vec<String> = stacks.iter().map(told).collect();
    let head = offset(legend.len(), 19.0) + 6.0;
    let mut svg = open(title, &description.join("; "), WIDTH, head + offset(stacks.len(), ROW));
    for (number, (class, name)) in legend.iter().enumerate() {
        let top = offset(number, 19.0);
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{LEFT}\" y=\"{:.1}\" width=\"12\" height=\"12\" rx=\"2\"/>\
             <text class=\"label\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            top + 2.0,
            LEFT + 18.0,
            top + 13.0,
            escape(name)
        );
    }
    for (number, stack) in stacks.iter().enumerate() {
        let top = head + offset(number, ROW);
        let _ = write!(
            svg,
            "<g><title>{}</title><text class=\"label\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            escape(&told(stack)),
            LEFT - 8.0,
            top + 17.0,
            escape(&stack.label)
        );
        let mut left = LEFT;
        for ((class, _), part) in legend.iter().zip(&stack.parts).filter(|(_, part)| **part > 0) {
            let length = scaled(*part, largest, LENGTH).max(1.5);
            let _ = write!(
                svg,
                "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{length:.1}\" height=\"16\"/>",
                top + 5.0
            );
            left += length;
        }
        let _ = write!(
            svg,
            "<text class=\"value\" x=\"{:.1}\" y=\"{:.1}\">{}</text></g>",
            left + 6.0,
            top + 17.0,
            words::thousands(sum(stack))
        );
    }
    svg.push_str("</svg>");
    svg
}

/// Columns over time with a line at the limit. `step` says how many seconds a column is. Empty when there is nothing to
/// draw.
pub(super) fn columns(title: &str, counts: &[u64], limit: u64, step: u64) -> String {
    const WIDTH: f64 = 500.0;
    const HEIGHT: f64 = 190.0;
    const BASE: f64 = 160.0;
    const TALL: f64 = 130.0;
    const LEFT: f64 = 54.0;
    let most = counts.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return String::new();
    }
    let top = most.max(limit);
    let width = (WIDTH - LEFT - 10.0) / offset(counts.len().max(6), 1.0);
    let total: u64 = counts.iter().sum();
    let description = format!(
        "{} in {}, at most {} in ten seconds; the limit is {}",
        words::count(total, "request"),
        words::duration(u64::try_from(counts.len()).unwrap_or(u64::MAX).saturating_mul(step)),
        words::thousands(most),
        words::thousands(limit)
    );
    let mut svg = open(title, &description, WIDTH, HEIGHT);
    for (number, count) in counts.iter().enumerate() {
        let tall = scaled(*count, top, TALL);
        let class = if *count > limit { "danger" } else { "auto" };
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall:.1}\"><title>from second {}: {}</title></rect>",
            LEFT + offset(number, width),
            BASE - tall,
            (width - 1.0).max(0.8),
            u64::try_from(number).unwrap_or(u64::MAX).saturating_mul(step),
            words::thousands(*count)
        );
    }
    let at = BASE - scaled(limit, top, TALL);
    let _ = write!(
        svg,
        "<line class=\"axis\" x1=\"{LEFT}\" y1=\"{BASE}\" x2=\"{0}\" y2=\"{BASE}\"/>\
         <line class=\"threshold\" x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{0}\" y2=\"{at:.1}\"/>\
         <text class=\"label\" x=\"{1:.1}\" y=\"{2:.1}\" text-anchor=\"end\">{3}</text>\
         <text class=\"label\" x=\"{4:.1}\" y=\"{5:.1}\">limit</text>\
         <text class=\"label\" x=\"{LEFT}\" y=\"{6:.1}\">0 s</text>\
         <text class=\"label\" x=\"{0}\" y=\"{6:.1}\" text-anchor=\"end\">{7}</text>",
        WIDTH - 10.0,
        LEFT - 6.0,
        at + 5.0,
        words::thousands(limit),
        LEFT + 4.0,
        at - 5.0,
        BASE + 18.0,
        words::duration(u64::try_from(counts.len().max(6)).unwrap_or(u64::MAX).saturating_mul(step))
            .trim_start_matches("about ")
    );
    svg.push_str("</svg>");
    svg
}

/// A histogram of match weights, `counts` by whole bits, with the two thresholds. Heights are logarithmic: joins are
/// few and doubtful pairs many. Empty when there are no weights.
pub(super) fn weights(title: &str, counts: &BTreeMap<i32, u64>, review: f64, auto: f64) -> String {
    const WIDTH: f64 = 500.0;
    const HEIGHT: f64 = 190.0;
    const BASE: f64 = 160.0;
    const TALL: f64 = 130.0;

    let bin = |weight: f64| -> i32 {
        #[expect(clippy::cast_possible_truncation, reason = "clamped before; thresholds are a few bits")]
        let bin = weight.floor().clamp(-99.0, 99.0) as i32;
        bin
    };
    let (Some((&first, _)), Some((&last, _))) = (counts.first_key_value(), counts.last_key_value()) else {
        return String::new();
    };
    let (first, last) = (first.min(bin(review)) - 1, last.max(bin(auto)) + 1);
    let step = (WIDTH - 40.0) / f64::from(last - first + 1);
    let x = |weight: f64| 20.0 + (weight - f64::from(first)) * step;
    #[expect(clippy::cast_precision_loss, reason = "counts are drawn as pixels")]
    let height = |count: u64| (count as f64 + 1.0).log2();
    let tallest = counts.values().map(|count| height(*count)).fold(1.0, f64::max);

    let mut legend: Vec<String> = Vec::new();
    let pairs: u64 = counts.values().sum();
    let description = format!(
        "{} by match weight from {first} to {last} bits; review from {review:.1}, auto from {auto:.1}",
        words::count(pairs, "pair")
    );
    let mut svg = open(title, &description, WIDTH, HEIGHT);
    let mut in_band = [0_u64; 3];
    for (bin, count) in counts {
        let left = f64::from(*bin);
        in_band[if left >= auto.floor() { 2 } else { usize::from(left >= review.floor()) }] += count;
    }
    let ends = [f64::from(first), review, auto, f64::from(last) + 1.0];
    for (at, (class, pairs)) in ["no", "review", "auto"].into_iter().zip(in_band).enumerate() {
        let (from, to) = (x(ends[at]), x(ends[at + 1]));
        let _ = write!(
            svg,
            "<rect class=\"band {class}\" x=\"{from:.1}\" y=\"26\" width=\"{:.1}\" height=\"{:.1}\"/>",
            (to - from).max(0.0),
            BASE - 26.0
        );
        legend.push(format!("{class} {}", words::thousands(pairs)));
    }
    let _ = write!(
        svg,
        "<text class=\"label\" x=\"{:.1}\" y=\"15\" text-anchor=\"middle\">{}</text>",
        WIDTH / 2.0,
        escape(&format!("pairs by band: {}", legend.join(" · ")))
    );
    for (bin, count) in counts {
        let left = f64::from(*bin);
        let class = if left >= auto.floor() {
            "auto"
        } else if left >= review.floor() {
            "review"
        } else {
            "no"
        };
        let tall = height(*count) / tallest * TALL;
        let _ = write!(
            svg,
            "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall:.1}\"><title>{} to {} bits: {}</title></rect>",
            x(left) + 0.5,
            BASE - tall,
            (step - 1.0).max(1.0),
            bin,
            bin + 1,
            words::count(*count, "pair")
        );
    }
    let _ = write!(svg, "<line class=\"axis\" x1=\"20\" y1=\"{BASE}\" x2=\"{}\" y2=\"{BASE}\"/>", WIDTH - 20.0);
    for (name, at, anchor, nudge) in [("review", review, "end", -4.0), ("auto", auto, "start", 4.0)] {
        let _ = write!(
            svg,
            "<line class=\"threshold\" x1=\"{0:.1}\" y1=\"26\" x2=\"{0:.1}\" y2=\"{BASE}\"/>\
             <text class=\"label\" x=\"{1:.1}\" y=\"38\" text-anchor=\"{anchor}\">{name}</text>",
            x(at),
            x(at) + nudge
        );
    }
    for bin in (first..=last).filter(|bin| bin % 5 == 0) {
        let _ = write!(
            svg,
            "<text class=\"label\" x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{bin}</text>",
            x(f64::from(bin)),
            BASE + 16.0
        );
    }
    svg.push_str("</svg>");
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped() {
        let svg = bars("<b>", &[Bar::new("<script>\"&", 1, "auto")]);
        assert!(!svg.contains("<script>") && !svg.contains("<b>"));
        assert!(svg.contains("&lt;script&gt;&quot;&amp;"));
    }

    #[test]
    fn nothing_to_draw_draws_nothing() {
        assert_eq!(bars("t", &[]), "");
        assert_eq!(bars("t", &[Bar::new("a", 0, "auto")]), "");
        assert_eq!(weights("t", &BTreeMap::new(), 0.0, 8.0), "");
    }
}
