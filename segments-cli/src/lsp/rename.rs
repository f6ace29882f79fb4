//! Renames segments, attributes, kinds, variations, AI Configs, flags and environments in all files that
//! name them, and in Rust code that uses the generated types.

use std::collections::HashMap;

use gen_lsp_types as lsp;
use segments_model::file::{BUILT_IN, Role, Symbol, unquoted};
use segments_model::{
    AiConfigKey, AttributeRef, ContextKind, EnvironmentKey, FlagKey, ResourceKind, SegmentKey,
    VariationKey,
};
use thiserror::Error;

use super::definition::files;
use super::place::Place;
use super::rust::location;
use crate::rust::{self, Crates};
use crate::spelling::{self, is_key};

/// Why a name stays as it is.
#[derive(Debug, Error, PartialEq, Eq)]
pub(super) enum NotRenamed {
    #[error(
        "there is no name at this position; place the cursor on a key, a kind, an attribute or a variation"
    )]
    NoName,
    #[error("every context has `{0}`; it cannot be renamed")]
    BuiltIn(String),
    #[error("clauses without `context` test `user`; it cannot be renamed")]
    User,
    #[error("{0}")]
    Invalid(String),
    #[error("{0} exists already; choose another name")]
    Exists(String),
}

/// The changes of a rename.
#[derive(Debug)]
pub(super) struct Renaming {
    pub(super) edit: lsp::WorkspaceEdit,
    /// Places that may mean something else.
    left: Vec<String>,
}

impl Renaming {
    /// The places that are left to people.
    pub(super) fn left(&self) -> Option<String> {
        rust::left(&self.left)
    }
}

fn renamable<'p>(
    place: &'p Place<'_>,
) -> Result<(&'p Symbol, &'p std::ops::Range<usize>), NotRenamed> {
    let (symbol, _, word) = place.symbol().ok_or(NotRenamed::NoName)?;
    match symbol {
        Symbol::Attribute { attribute, .. }
            if BUILT_IN.iter().any(|(name, _)| *name == &**attribute) =>
        {
            Err(NotRenamed::BuiltIn(attribute.to_string()))
        }
        Symbol::Kind(kind) if &**kind == "user" => Err(NotRenamed::User),
        _ => Ok((symbol, word)),
    }
}

/// The name that would be replaced.
pub(super) fn prepare(place: &Place<'_>) -> Result<Option<lsp::PrepareRenameResult>, NotRenamed> {
    if place.symbol().is_none() {
        return Ok(None);
    }
    let (symbol, word) = renamable(place)?;
    let placeholder = lsp::PrepareRenamePlaceholder {
        range: place.document.range(word),
        placeholder: symbol.name().to_owned(),
    };
    Ok(Some(lsp::PrepareRenameResult::PrepareRenamePlaceholder(
        placeholder,
    )))
}

pub(super) fn rename(place: &Place<'_>, name: &str) -> Result<Renaming, NotRenamed> {
    let (symbol, _) = renamable(place)?;
    let renamed = renamed(symbol, name).map_err(NotRenamed::Invalid)?;
    let mut there = place.workspace.places(&renamed);
    if renamed != *symbol && there.any(|(_, _, _, role)| role == Role::Declares) {
        return Err(NotRenamed::Exists(renamed.to_string()));
    }
    let mut changes: HashMap<lsp::Uri, Vec<lsp::TextEdit>> = HashMap::new();
    let mut left = Vec::new();
    for (_, document, span, _) in place.workspace.places(symbol) {
        let raw = &document.text[span.clone()];
        let Some(new_text) = rewritten(raw, symbol, &renamed, is_key(&document.text, &span)) else {
            left.push(format!(
                "{}:{}",
                document.shown,
                document.line(span.start) + 1
            ));
            continue;
        };
        let range = document.range(&span);
        let edits = changes.entry(document.uri.clone()).or_default();
        edits.push(lsp::TextEdit { range, new_text });
    }
    let found = Crates::find(&place.workspace.roots).uses(&files(place), symbol);
    left.extend(found.doubtful.iter().map(|it| it.shown.clone()));
    for used in &found.uses {
        let Some(new_text) = rust::renamed(used, symbol, &renamed) else {
            left.push(used.shown.clone());
            continue;
        };
        let location = location(used, place.workspace.encoding);
        let range = location.range;
        let edits = changes.entry(location.uri).or_default();
        edits.push(lsp::TextEdit { range, new_text });
    }
    Ok(Renaming {
        edit: lsp::WorkspaceEdit {
            changes: Some(changes),
            ..lsp::WorkspaceEdit::default()
        },
        left,
    })
}

/// The same thing under another name, if it can have that.
fn renamed(symbol: &Symbol, name: &str) -> Result<Symbol, String> {
    let text = |error: segments_model::InvalidName| error.to_string();
    let owned = name.to_owned();
    Ok(match symbol {
        Symbol::Segment(_) => {
            SegmentKey::parse(owned).map_err(text)?;
            Symbol::Segment(name.into())
        }
        Symbol::Kind(_) => {
            ContextKind::parse(owned).map_err(text)?;
            Symbol::Kind(name.into())
        }
        Symbol::Attribute { kind, .. } => {
            let reference = AttributeRef::parse(owned).map_err(|error| error.to_string())?;
            Symbol::Attribute {
                kind: kind.clone(),
                attribute: reference.as_str().into(),
            }
        }
        Symbol::Targeting { resource, .. } => {
            match resource {
                ResourceKind::Flag => drop(FlagKey::parse(owned).map_err(text)?),
                ResourceKind::AiConfig => drop(AiConfigKey::parse(owned).map_err(text)?),
            }
            Symbol::Targeting {
                resource: *resource,
                key: name.into(),
            }
        }
        Symbol::Variation {
            resource,
            targeting,
            ..
        } => {
            VariationKey::parse(owned).map_err(text)?;
            Symbol::Variation {
                resource: *resource,
                targeting: targeting.clone(),
                key: name.into(),
            }
        }
        Symbol::Environment(_) => {
            EnvironmentKey::parse(owned).map_err(text)?;
            Symbol::Environment(name.into())
        }
    })
}

/// A word under the new name, quoted as it was. A step of a way to a nested attribute stays a step.
fn rewritten(raw: &str, old: &Symbol, new: &Symbol, is_key: bool) -> Option<String> {
    let written = |name: &str| spelling::rewritten(raw, name, is_key);
    let here = unquoted(raw);
    let whole = here == old.name() || here.strip_prefix('/') == Some(old.name());
    if whole || !matches!(old, Symbol::Attribute { .. }) {
        return Some(written(new.name()));
    }
    let (above, _) = old.name().rsplit_once('/')?;
    let (new_above, step) = new.name().rsplit_once('/')?;
    (above == new_above).then(|| written(&step.replace("~1", "/").replace("~0", "~")))
}
