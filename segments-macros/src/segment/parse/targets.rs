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
        errors.on(piece, not_a_list(piece, key));
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

/// What was probably meant by something that is no list of keys.
fn not_a_list(piece: &TokenStream, key: &Key) -> String {
    let problem = format!("`{}` lists keys by the type of their context", key.name);
    let tokens: Vec<TokenTree> = piece.clone().into_iter().collect();
    let colon =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':');
    let rest = |from: usize| source(&tokens[from..].iter().cloned().collect::<TokenStream>());
    let pair = |context: &str, keys: &str| format!("{problem}; write `{context} = {keys}`");
    match &tokens[..] {
        [TokenTree::Literal(text)] => pair("User", &format!("[{text}]")),
        [TokenTree::Group(group)] if group.delimiter() == proc_macro2::Delimiter::Bracket => {
            pair("User", &rest(0))
        }
        [TokenTree::Ident(context), sign, ..]
            if colon(sign) && tokens.len() > 2 && !colon(&tokens[2]) =>
        {
            pair(&context.to_string(), &rest(2))
        }
        [TokenTree::Ident(context), TokenTree::Group(group)] => {
            let keys = source(&group.stream());
            let keys = keys
                .trim_start_matches('[')
                .trim_end_matches(']')
                .to_owned();
            pair(&context.to_string(), &format!("[{keys}]"))
        }
        [TokenTree::Ident(segment)] => {
            let not = if key.name == "exclude" { "!" } else { "" };
            format!(
                "{problem}; write `{}`, or, if this is a segment, `rule({not}member_of!({segment}))`",
                key.form
            )
        }
        _ => format!("{problem}; write `{}`", key.form),
    }
}
