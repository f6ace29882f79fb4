//! Declarations and uses of a name, in files of segments and in Rust.

use gen_lsp_types as lsp;
use segments_model::file::{Role, Symbol};

use super::place::Place;
use super::rust::location;
use crate::rust::{Crates, Use};

/// From a use to what declares it; from there to the macro that makes a type of it.
pub(super) fn definition(place: &Place<'_>) -> Option<lsp::DefinitionResponse> {
    let (symbol, role, _) = place.symbol()?;
    let declared = places(place, symbol, |role| role == Role::Declares);
    let others = || places(place, symbol, |role| role == Role::External);
    let locations = match role {
        Role::Declares => {
            let made = in_rust(
                place,
                |crates, symbol| crates.made(place.path(), symbol),
                symbol,
            );
            if made.is_empty() { declared } else { made }
        }
        Role::External | Role::Uses | Role::Lists if declared.is_empty() => others(),
        Role::External | Role::Uses | Role::Lists => declared,
    };
    Some(lsp::Definition::LocationList(locations).into())
}

pub(super) fn references(place: &Place<'_>, with_declarations: bool) -> Option<Vec<lsp::Location>> {
    let (symbol, ..) = place.symbol()?;
    let wanted = |role| with_declarations || role != Role::Declares;
    let mut all = places(place, symbol, wanted);
    all.extend(in_rust(
        place,
        |crates, symbol| crates.uses(&files(place), symbol).uses,
        symbol,
    ));
    Some(all)
}

/// The same name in the same file.
pub(super) fn highlights(place: &Place<'_>) -> Option<Vec<lsp::DocumentHighlight>> {
    let (symbol, ..) = place.symbol()?;
    let named = place.document.outline.names();
    let same = named.filter(|(_, named, _)| *named == symbol);
    let highlight = |(span, _, role)| lsp::DocumentHighlight {
        range: place.document.range(&span),
        kind: Some(match role {
            Role::Declares => lsp::DocumentHighlightKind::Write,
            Role::External | Role::Uses | Role::Lists => lsp::DocumentHighlightKind::Read,
        }),
    };
    Some(same.map(highlight).collect())
}

fn places(place: &Place<'_>, symbol: &Symbol, wanted: impl Fn(Role) -> bool) -> Vec<lsp::Location> {
    let all = place.workspace.places(symbol);
    let wanted = all.filter(|(_, _, _, role)| wanted(*role));
    wanted
        .map(|(_, document, span, _)| document.location(&span))
        .collect()
}

/// The files that declare what a name stands for, or the one that names it.
pub(super) fn files(place: &Place<'_>) -> Vec<std::path::PathBuf> {
    let Some((symbol, ..)) = place.symbol() else {
        return Vec::new();
    };
    let all = place.workspace.places(symbol);
    let mut files: Vec<_> = all
        .filter(|(_, _, _, role)| *role == Role::Declares)
        .map(|(path, ..)| path.clone())
        .collect();
    files.dedup();
    if files.is_empty() {
        files.push(place.path.clone());
    }
    files
}

fn in_rust(
    place: &Place<'_>,
    find: impl FnOnce(&Crates, &Symbol) -> Vec<Use>,
    symbol: &Symbol,
) -> Vec<lsp::Location> {
    let crates = Crates::find(&place.workspace.roots);
    let found = find(&crates, symbol);
    found
        .iter()
        .map(|found| location(found, place.workspace.encoding))
        .collect()
}
