//! The comment of each change, for the audit log.

use super::change::Change;
use super::config::SyncConfig;
use super::ownership::Owner;

/// The prefix of every comment, which distinguishes our changes from manual ones in the audit log.
pub(super) const SIGNATURE: &str = " (segments-runtime ";

/// The author of the changes, for the audit log.
pub(super) fn comment(
    config: &SyncConfig,
    owner: &Owner,
    changes: &[Change],
    effect: &[String],
) -> String {
    const LONGEST: usize = 500;
    let mut comment = match &config.options.program {
        Some((name, version)) => format!("{name} {version}"),
        None => owner.to_string(),
    };
    comment.push_str(SIGNATURE);
    comment.push_str(concat!(env!("CARGO_PKG_VERSION"), "): "));
    if let Some(why) = &config.options.comment {
        // Half of the room is for what changed.
        comment.extend(why.chars().take(LONGEST / 2));
        comment.push_str(": ");
    }
    for (index, change) in changes.iter().enumerate() {
        let text = change.to_string();
        let separator = if index == 0 { "" } else { "; " };
        if comment.len() + separator.len() + text.len() > LONGEST {
            comment.push_str(separator);
            comment.push_str(&left(changes.len() - index, index > 0));
            break;
        }
        comment.push_str(separator);
        comment.push_str(&text);
    }
    // Whom it moves is worth more than nothing, and less than what is done.
    for line in effect {
        if comment.len() + 2 + line.len() <= LONGEST {
            comment.push_str("; ");
            comment.push_str(line);
        }
    }
    comment
}

/// The text for changes that do not fit: `and 2 more changes`.
fn left(count: usize, more: bool) -> String {
    let plural = if count == 1 { "" } else { "s" };
    if more {
        format!("and {count} more change{plural}")
    } else {
        format!("{count} change{plural}")
    }
}
