//! Terraform resources, which declare the same in blocks.

use super::kind::Kind;
use super::line::LONGEST_BLOCK;
use super::scanner::Scanner;
use crate::diagnostic::Edit;

/// What a resource says and a file does not: the key is in the header.
const NOT_HERE: &[&str] = &["key", "project_key", "env_key", "view_keys"];

impl Scanner<'_> {
    /// `resource "launchdarkly_segment" "staff" {` and what follows up to its `}`.
    pub(super) fn resource(&mut self) -> bool {
        let head = self.line().trim();
        let Some(head) = head.strip_suffix('{') else {
            return false;
        };
        let words: Vec<&str> = head.split_whitespace().collect();
        let [word @ ("resource" | "data"), kind, name] = words[..] else {
            return false;
        };
        let table = match kind.trim_matches('"') {
            "launchdarkly_segment" => "segments",
            "launchdarkly_feature_flag" => "flags",
            "launchdarkly_ai_config" => "ai_configs",
            _ => return false,
        };
        let lines: Vec<(usize, &str)> = self.lines().take(LONGEST_BLOCK).collect();
        let header = format!("[{table}.{}]", key_in(&lines, name.trim_matches('"')));
        let start = self.at;
        let mut written = vec![header.clone()];
        let mut end = start + lines[0].1.len();
        // The blocks that are open, and the one that the line before closed.
        let mut open = vec![word];
        let mut closed = None;
        for (index, (at, line)) in lines.iter().enumerate().skip(1) {
            end = at + line.len();
            let plain = line.trim();
            let closed_before = closed.take();
            if plain == "}" {
                closed = open.pop();
                if open.is_empty() {
                    break;
                }
                let next = lines.get(index + 1).map_or("", |(_, line)| line.trim());
                let end_of_block = match opened(next) {
                    next if next.is_some() && next == closed => "}, {",
                    _ if open.len() > 1 => "}],",
                    _ => "}]",
                };
                written.push(end_of_block.to_owned());
            } else if let Some(name) = opened(plain) {
                open.push(name);
                // The next of several was opened behind the one before.
                if closed_before != Some(name) {
                    written.push(format!("{name} = [{{"));
                }
            } else if open.len() > 1 {
                let comma = if plain.contains('=') && !plain.ends_with(['[', ',']) {
                    ","
                } else {
                    ""
                };
                written.push(format!("{plain}{comma}"));
            } else {
                let key = plain.split('=').next().unwrap_or(plain).trim_end();
                if !NOT_HERE.contains(&key) {
                    written.push(targets(plain));
                }
            }
        }
        let message = format!("a table begins with a header in TOML; write `{header}`");
        let edit = Edit::new(start..end, written.join("\n"));
        self.add(Kind::Table, start..start + word.len(), message, vec![edit]);
        self.at = end;
        true
    }
}

/// The key that a resource has, or its name.
fn key_in(lines: &[(usize, &str)], name: &str) -> String {
    let key = lines.iter().find_map(|(_, line)| {
        let value = line
            .trim()
            .strip_prefix("key")?
            .trim_start()
            .strip_prefix('=')?;
        value.trim().strip_prefix('"')?.strip_suffix('"')
    });
    key.unwrap_or(name).to_owned()
}

/// The name of the block that a line opens.
fn opened(line: &str) -> Option<&str> {
    line.strip_suffix('{').map(str::trim_end)
}

/// Lists of users, which have a kind here.
fn targets(line: &str) -> String {
    for list in ["included", "excluded"] {
        if let Some(value) = line
            .strip_prefix(list)
            .and_then(|rest| rest.trim_start().strip_prefix('='))
        {
            return format!("{list}.user ={value}");
        }
    }
    line.to_owned()
}
