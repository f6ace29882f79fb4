//! Attributes that are not named as such.

use syn::{Error, Expr, Path};

use crate::case::Case;
use crate::meta::source;

/// An attribute as nobody names it.
pub(in super::super) fn attribute(expression: &Expr) -> syn::Result<()> {
    let path = match expression {
        Expr::Field(field) => return attribute(&field.base),
        Expr::Paren(paren) => return attribute(&paren.expr),
        Expr::Path(path) => &path.path,
        _ => return Ok(()),
    };
    let names: Vec<String> = path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    match &names[..] {
        [.., owner, object, field]
            if owner.starts_with(char::is_uppercase)
                && object.len() > 1
                && is_upper_case(object) =>
        {
            let right = format!("{}.{}", before_last(path), field.to_lowercase());
            Err(Error::new_spanned(
                path.segments.last(),
                format!("attributes inside an object are accessed with `.`; write `{right}`"),
            ))
        }
        [.., name] if name.starts_with(char::is_lowercase) => {
            let upper = Case::ScreamingSnake.apply(name);
            Err(Error::new_spanned(
                path.segments.last(),
                format!(
                    "attributes are constants in upper case; write `{}::{upper}`",
                    before_last(path)
                ),
            ))
        }
        _ => Ok(()),
    }
}

fn before_last(path: &Path) -> String {
    let mut path = path.clone();
    path.segments.pop();
    path.segments.pop_punct();
    source(&path)
}

pub(super) fn is_upper_case(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}
