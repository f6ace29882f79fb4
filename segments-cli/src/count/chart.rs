//! Text charts of counts.

use std::collections::BTreeMap;

use segments_model::evaluate::Counts;
use segments_model::visible;

use super::history::History;
use crate::counted::counted;
use crate::output::{GOOD, Text, styled};

/// How wide a bar of the chart is.
const WIDTH: u64 = 40;

/// How many of the last counts are drawn.
const POINTS: usize = 40;

/// A line for each segment, and a bar as long as its share of all contexts.
pub(super) fn chart(counts: &Counts, listed: &BTreeMap<String, u64>) -> Text {
    let longest = longest(counts);
    let total = counts.contexts.max(1);
    let mut lines = vec![Text::from(counted(counts.contexts, "context"))];
    for tally in &counts.segments {
        // As many full blocks as the share has fortieths, and one of eight parts of a block.
        let eighths = tally.members.saturating_mul(WIDTH * 8) / total;
        let part = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
        let full = "█".repeat(usize::try_from(eighths / 8).unwrap_or_default());
        let rest = part[usize::try_from(eighths % 8).unwrap_or_default()];
        let tenths = tally.members.saturating_mul(1000) / total;
        let mut notes = String::new();
        if tally.unknown > 0 {
            notes.push_str(&format!(", unknown for {}", tally.unknown));
        }
        if let Some(listed) = listed.get(&tally.segment) {
            notes.push_str(&format!(", {listed} listed in LaunchDarkly"));
        }
        let key = visible(&tally.segment);
        let (whole, tenth) = (tenths / 10, tenths % 10);
        let mut line = Text::from(format_args!(
            "{key:longest$} {:>10} {whole:>3}.{tenth}%",
            tally.members
        ));
        let bar = full + rest.trim_end();
        if !bar.is_empty() || !notes.is_empty() {
            line = line.then(" ").then(styled(GOOD, bar)).then(notes);
        }
        lines.push(line);
    }
    Text::lines(lines)
}

/// A line for each segment: what it was and what it is, and the way there.
pub(super) fn growth(history: &History, counts: &Counts) -> Text {
    let longest = longest(counts);
    let mut lines = vec![Text::from(format_args!(
        "counted {} times",
        history.points.len()
    ))];
    for tally in &counts.segments {
        let points = history.points.iter();
        let mut members = points.filter_map(|point| point.members.get(&tally.segment).copied());
        let Some(first) = members.clone().next() else {
            continue;
        };
        let mut latest: Vec<u64> = members.by_ref().rev().take(POINTS).collect();
        latest.reverse();
        let Some(last) = latest.last() else { continue };
        let sign = if *last < first { '-' } else { '+' };
        let key = Text::from(format_args!("{:longest$} ", visible(&tally.segment)));
        let way = format!(" {first} to {last} ({sign}{})", first.abs_diff(*last));
        lines.push(key.then(styled(GOOD, curve(&latest))).then(way));
    }
    Text::lines(lines)
}

fn longest(counts: &Counts) -> usize {
    let keys = counts.segments.iter().map(|tally| visible(&tally.segment));
    let lengths = keys.map(|key| key.chars().count());
    lengths.max().unwrap_or(0)
}

/// A block for each value, from the lowest to the highest.
fn curve(values: &[u64]) -> String {
    let blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let (low, high) = values.iter().fold((u64::MAX, 0), |(low, high), value| {
        (low.min(*value), high.max(*value))
    });
    let range = u128::from(high.saturating_sub(low)).max(1);
    let block = |value: &u64| {
        let height = u128::from(value - low) * (blocks.len() as u128 - 1) / range;
        blocks[usize::try_from(height).unwrap_or_default()]
    };
    values.iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_goes_from_the_lowest_to_the_highest() {
        assert_eq!(curve(&[0, 5, 10]), "▁▄█");
        assert_eq!(curve(&[7, 7]), "▁▁");
        assert_eq!(curve(&[u64::MAX, 0]), "█▁");
        assert_eq!(curve(&[]), "");
    }
}
