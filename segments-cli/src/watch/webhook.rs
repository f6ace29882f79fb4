//! Posts sentences about differences to a webhook, once each, and when they are gone. The address is a
//! secret: anyone who has it may post.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use segments_runtime::sync::{DriftInWords, Observation, PostError, post_json};
use serde_json::json;

use crate::connection;
use crate::failure::Failure;
use crate::output;

/// The variable that has the address.
const VARIABLE: &str = "SEGMENTS_WEBHOOK";

/// How many sentences one message has.
const MOST: usize = 20;

pub(super) struct Webhook {
    address: String,
    /// The differences that were reported for each environment: none is reported twice.
    told: BTreeMap<String, BTreeSet<String>>,
}

impl Webhook {
    /// The webhook that is named, if one is.
    pub(super) fn new(file: Option<&Path>) -> Result<Option<Self>, Failure> {
        let address = match file {
            Some(file) => Some(connection::token(file)?),
            None => std::env::var(VARIABLE).ok(),
        };
        let address = address.map(|address| address.trim().to_owned());
        let Some(address) = address.filter(|address| !address.is_empty()) else {
            return Ok(None);
        };
        output::keep_secret(&address);
        Ok(Some(Self {
            address,
            told: BTreeMap::new(),
        }))
    }

    /// Tells what is new, and what is as declared again. Returns why it could not; it is tried again then.
    pub(super) async fn tell(&mut self, scope: &str, seen: &Observation) -> Option<PostError> {
        let now: BTreeSet<String> = seen.drifted.iter().map(DriftInWords::to_string).collect();
        let before = self.told.get(scope).cloned().unwrap_or_default();
        let text = message(scope, &before, &now)?;
        // What chats read, and what everything else can.
        let sent = post_json(&self.address, &json!({ "text": text })).await;
        match sent {
            Ok(()) => {
                self.told.insert(scope.to_owned(), now);
                None
            }
            Err(error) => Some(error),
        }
    }
}

/// The message; `None` if it was already sent.
fn message(scope: &str, before: &BTreeSet<String>, now: &BTreeSet<String>) -> Option<String> {
    if before == now {
        return None;
    }
    if now.is_empty() {
        return Some(format!("{scope}: everything is as declared again"));
    }
    let new: Vec<&String> = now.difference(before).collect();
    let shown = new.iter().take(MOST);
    let mut lines: Vec<String> = shown.map(|line| format!("{scope}: {line}")).collect();
    if new.len() > MOST {
        lines.push(format!("{scope}: and {} more", new.len() - MOST));
    }
    let gone = before.difference(now).count();
    if gone > 0 {
        lines.push(format!(
            "{scope}: {gone} of the reported differences are gone"
        ));
    }
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(lines: &[&str]) -> BTreeSet<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn what_was_told_is_not_told_again() {
        let one = set(&["`staff` was widened by hand"]);
        let two = set(&["`staff` was widened by hand", "`beta` does not exist"]);
        assert_eq!(message("p/e", &one, &one), None);
        assert_eq!(message("p/e", &set(&[]), &set(&[])), None);
        assert_eq!(
            message("p/e", &one, &two).unwrap(),
            "p/e: `beta` does not exist"
        );
        assert_eq!(
            message("p/e", &two, &set(&[])).unwrap(),
            "p/e: everything is as declared again"
        );
        assert_eq!(
            message("p/e", &two, &one).unwrap(),
            "p/e: 1 of the reported differences are gone"
        );
        let many: BTreeSet<String> = (0..50).map(|n| format!("`s-{n}` does not exist")).collect();
        let text = message("p/e", &set(&[]), &many).unwrap();
        assert_eq!(text.lines().count(), MOST + 1);
        assert!(text.ends_with("p/e: and 30 more"));
    }
}
