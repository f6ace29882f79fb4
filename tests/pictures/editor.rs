//! A file as an editor shows it: lines with numbers, a wave under what is wrong, and what is said of
//! it at the end of the line.

use std::fmt::Write;

use crate::server::Diagnostic;

const LINE: usize = 22;
/// What a character of a monospaced font takes at this size.
const CHARACTER: f64 = 8.43;
const LEFT: f64 = 52.0;

/// Draws the part of the file that something is wrong with, and a few lines around it.
pub fn draw(text: &str, found: &[Diagnostic]) -> String {
    let places: Vec<(usize, usize, &Diagnostic)> = found
        .iter()
        .filter_map(|found| {
            let (line, column) = text
                .lines()
                .enumerate()
                .find_map(|(number, line)| Some((number, line.find(&found.at)?)))?;
            Some((line, column, found))
        })
        .collect();
    let lines: Vec<&str> = text.lines().collect();
    let first = places
        .iter()
        .map(|place| place.0)
        .min()
        .unwrap_or(0)
        .saturating_sub(3);
    let last = places.iter().map(|place| place.0).max().unwrap_or(0) + 3;
    let shown = &lines[first..last.min(lines.len())];

    let height = (shown.len() + places.len()) * LINE + 24;
    let mut svg = String::new();
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1130\" height=\"{height}\" viewBox=\"0 0 1130 {height}\">\n\
         <style>text {{ font: 14px ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; white-space: pre; fill: #24292f }}\n\
         .number {{ fill: #8c959f }} .said {{ fill: #cf222e; font-style: italic }} .comment {{ fill: #6e7781 }}\n\
         path {{ fill: none; stroke: #cf222e; stroke-width: 1.4 }}</style>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#f6f8fa\"/>"
    )
    .expect("a `String` takes everything");
    let mut y = LINE;
    for (index, line) in shown.iter().enumerate() {
        let number = first + index;
        let class = if line.trim_start().starts_with("//") {
            " class=\"comment\""
        } else {
            ""
        };
        write(
            &mut svg,
            format_args!(
                "<text class=\"number\" x=\"12\" y=\"{y}\">{:>3}</text>\n<text{class} x=\"{LEFT}\" y=\"{y}\">{}</text>\n",
                number + 1,
                escaped(line)
            ),
        );
        for (_, column, found) in places.iter().filter(|place| place.0 == number) {
            wave(&mut svg, *column, found.at.chars().count(), y + 4);
            y += LINE;
            let x = LEFT + 4.0 * CHARACTER;
            let said = found.message.lines().next().unwrap_or_default();
            write(
                &mut svg,
                format_args!(
                    "<text class=\"said\" x=\"{x:.1}\" y=\"{y}\">{}</text>\n",
                    escaped(said)
                ),
            );
        }
        y += LINE;
    }
    svg + "</svg>\n"
}

fn write(svg: &mut String, text: std::fmt::Arguments<'_>) {
    svg.write_fmt(text).expect("a `String` takes everything");
}

fn wave(svg: &mut String, column: usize, width: usize, y: usize) {
    #[allow(clippy::cast_precision_loss, reason = "columns are small")]
    let (start, end) = (
        LEFT + column as f64 * CHARACTER,
        LEFT + (column + width) as f64 * CHARACTER,
    );
    write(svg, format_args!("<path d=\"M{start:.1} {y}"));
    let mut x = start;
    let mut up = true;
    while x + 3.0 <= end {
        write(svg, format_args!(" l3 {}", if up { -3 } else { 3 }));
        x += 3.0;
        up = !up;
    }
    svg.push_str("\"/>\n");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
