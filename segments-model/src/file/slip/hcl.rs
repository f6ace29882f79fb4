//! Resources of Terraform, which say the same in blocks.

use super::Kind;
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
        let mut blocks = 1_usize;
        for (index, (at, line)) in lines.iter().enumerate().skip(1) {
            end = at + line.len();
            let plain = line.trim();
            let next = lines.get(index + 1).map_or("", |(_, line)| line.trim());
            if plain == "}" {
                blocks -= 1;
                if blocks == 0 {
                    break;
                }
                written.push(closed(&lines[..index], next, blocks));
            } else if let Some(name) = plain.strip_suffix('{').map(str::trim_end) {
                blocks += 1;
                // The next of several was opened behind the one before.
                if lines[index - 1].1.trim() != "}" || opens(&lines[..index], name).is_none() {
                    written.push(format!("{name} = [{{"));
                }
            } else if blocks > 1 {
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

/// The last block that was opened, if it has this name.
fn opens<'l>(lines: &[(usize, &'l str)], name: &str) -> Option<&'l str> {
    let mut depth = 0_usize;
    let opened = lines.iter().rev().find_map(|(_, line)| {
        let line = line.trim();
        if line == "}" {
            depth += 1;
        } else if let Some(opened) = line.strip_suffix('{') {
            depth -= 1;
            return (depth == 0).then(|| opened.trim_end());
        }
        None
    });
    opened.filter(|opened| *opened == name)
}

/// The end of a block: of an element, if another of the same name follows.
fn closed(lines: &[(usize, &str)], next: &str, blocks: usize) -> String {
    let mut open: Vec<&str> = Vec::new();
    for (_, line) in lines {
        match line.trim() {
            "}" => {
                open.pop();
            }
            line => open.extend(line.strip_suffix('{').map(str::trim_end)),
        }
    }
    let follows = next.strip_suffix('{').map(str::trim_end);
    match (open.last(), follows) {
        (Some(name), Some(follows)) if *name == follows => "}, {".to_owned(),
        _ if blocks > 1 => "}],".to_owned(),
        _ => "}]".to_owned(),
    }
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
