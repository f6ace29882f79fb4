//! Lists of contexts: what stands in `include(...)` and `exclude(...)`.

use proc_macro2::{TokenStream, TokenTree};
use syn::Path;

use crate::errors::Errors;
use crate::meta::{bracketed, source, split};
use crate::segment::keys::Key;
use crate::segment::written::{List, Targets};

/// Reads the lists of one key.
pub(crate) fn targets(tokens: TokenStream, key: &Key, errors: &mut Errors) -> Targets {
    let mut targets = Targets {
        at_least: false,
        lists: Vec::new(),
    };
    for piece in split(tokens) {
        if piece.to_string() == "at_least" {
            targets.at_least = true;
        } else if let Some(list) = list(&piece, key, errors) {
            targets.lists.push(list);
        } else {
            // What follows is most likely the same mistake again.
            break;
        }
    }
    targets
}

fn list(piece: &TokenStream, key: &Key, errors: &mut Errors) -> Option<List> {
    let mut context = TokenStream::new();
    let mut tokens = piece.clone().into_iter();
    let found = tokens.by_ref().any(|token| {
        let equals = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '=');
        if !equals {
            context.extend([token]);
        }
        equals
    });
    let (Ok(context), true) = (syn::parse2::<Path>(context), found) else {
        errors.on(
            piece,
            format!(
                "`{}` lists keys by the type of their context; write `{}`",
                key.name, key.form
            ),
        );
        return None;
    };
    let keys: TokenStream = tokens.collect();
    if keys.is_empty() {
        errors.on(&context, format!("there are no keys; write `{}`", key.form));
        return None;
    }
    let form = format!("{} = [\"user-123\"]", source(&context));
    Some(List {
        keys: bracketed(keys, &form, errors)?,
        context,
    })
}
