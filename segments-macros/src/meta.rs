//! Arguments of attributes, parsed so that one broken argument does not hide the others.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{LitBool, LitStr};

use crate::errors::Errors;

/// One argument: `name`, `name = value` or `name(...)`. The name keeps its span, so that an error can
/// stand at it.
pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) value: ArgumentValue,
}

/// What follows the name of an argument.
pub(crate) enum ArgumentValue {
    /// Nothing.
    Word,
    /// `= value`.
    Equals(TokenStream),
    /// `(...)`.
    List(TokenStream),
}

/// Splits tokens at their top-level commas. Empty pieces are left out: a trailing comma is fine, and
/// half-typed code has doubled ones.
pub(crate) fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let comma =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    let pieces = tokens.split(comma).filter(|piece| !piece.is_empty());
    // Made at once: a stream that grows token by token asks the compiler for each.
    pieces
        .map(|piece| piece.iter().cloned().collect())
        .collect()
}

/// The name with which a piece starts, and what follows it; `None` if it is no argument but, in a
/// rule, a clause.
pub(crate) fn argument(piece: &TokenStream) -> Option<Argument> {
    let mut tokens = piece.clone().into_iter();
    let Some(TokenTree::Ident(name)) = tokens.next() else {
        return None;
    };
    let value = match tokens.next() {
        None => ArgumentValue::Word,
        Some(TokenTree::Punct(punct))
            if punct.as_char() == '=' && punct.spacing() == proc_macro2::Spacing::Alone =>
        {
            ArgumentValue::Equals(tokens.collect())
        }
        Some(TokenTree::Group(group))
            if group.delimiter() == Delimiter::Parenthesis && tokens.next().is_none() =>
        {
            ArgumentValue::List(group.stream())
        }
        Some(_) => return None,
    };
    Some(Argument { name, value })
}

/// Parses all of these tokens.
pub(crate) fn parse<T: Parse>(tokens: TokenStream) -> syn::Result<T> {
    match parse_start(tokens)? {
        (parsed, None) => Ok(parsed),
        (_, Some(next)) => Err(syn::Error::new(next.span(), leftover(&next))),
    }
}

/// Parses what these tokens start with; also gives the first that is left. What is missing at the
/// end is an error at the last token; the parser by itself knows no better place than the whole
/// attribute.
pub(crate) fn parse_start<T: Parse>(tokens: TokenStream) -> syn::Result<(T, Option<TokenTree>)> {
    let read = |input: ParseStream| {
        let parsed = input.parse()?;
        let next = if input.is_empty() {
            None
        } else {
            input.parse::<TokenStream>()?.into_iter().next()
        };
        Ok((parsed, next))
    };
    if let Ok(read) = read.parse2(tokens.clone()) {
        return Ok(read);
    }
    let end = tokens.clone().into_iter().last();
    let mut group = Group::new(Delimiter::Parenthesis, tokens);
    if let Some(end) = end {
        group.set_span(end.span());
    }
    let inside = |input: ParseStream| {
        let content;
        syn::parenthesized!(content in input);
        read(&content)
    };
    inside.parse2(TokenTree::from(group).into())
}

/// What is wrong with a token that follows something complete.
pub(crate) fn leftover(next: &TokenTree) -> String {
    match next {
        TokenTree::Punct(punct) if punct.as_char() == ';' => {
            "arguments are separated by commas; write `,`".to_owned()
        }
        TokenTree::Punct(punct) => format!("unexpected `{punct}`"),
        TokenTree::Ident(_) | TokenTree::Literal(_) => {
            format!("a comma is missing before `{next}`")
        }
        TokenTree::Group(_) => "a comma is missing before this".to_owned(),
    }
}

impl Argument {
    /// The tokens after `=`, parsed; an error if there are none or they are something else.
    pub(crate) fn value<T: Parse>(&self, example: &str, errors: &mut Errors) -> Option<T> {
        let Self { name, value } = self;
        match value {
            ArgumentValue::Equals(tokens) if !tokens.is_empty() => {
                match parse_start(tokens.clone()) {
                    Ok((value, None)) => return Some(value),
                    Ok((_, Some(TokenTree::Punct(sign)))) if sign.as_char() != ';' => errors.at(
                        sign.span(),
                        format!("unexpected `{sign}`; write `{name} = {example}`"),
                    ),
                    Ok((_, Some(next))) => errors.at(next.span(), leftover(&next)),
                    // The parser says what it expected; the example says what is meant here.
                    Err(error) => {
                        errors.at(error.span(), format!("{error}; write `{name} = {example}`"));
                    }
                }
                None
            }
            ArgumentValue::List(tokens) => {
                let written = match &source(tokens)[..] {
                    "" => example.to_owned(),
                    list if example.starts_with('[') && !list.starts_with('[') => {
                        format!("[{list}]")
                    }
                    value => value.to_owned(),
                };
                errors.at(
                    name.span(),
                    format!("`{name}` is followed by `=`; write `{name} = {written}`"),
                );
                None
            }
            ArgumentValue::Word | ArgumentValue::Equals(_) => {
                errors.at(
                    name.span(),
                    format!("`{name}` needs a value; write `{name} = {example}`"),
                );
                None
            }
        }
    }

    /// A text after `=`.
    pub(crate) fn text(&self, example: &str, errors: &mut Errors) -> Option<LitStr> {
        // A word without quotes.
        if let ArgumentValue::Equals(tokens) = &self.value
            && let Some(word) = bare_word(tokens)
        {
            let message = format!("`{0}` is a string; write `{0} = \"{word}\"`", self.name);
            errors.on(tokens, message);
            return None;
        }
        self.value(example, errors)
    }

    /// The word alone, or with `= true` or `= false` behind it.
    pub(crate) fn flag(&self, errors: &mut Errors) -> Option<bool> {
        match self.value {
            ArgumentValue::Word => Some(true),
            _ => self.value("false", errors).map(|flag: LitBool| flag.value),
        }
    }

    /// Nothing may follow the name.
    pub(crate) fn word(&self, errors: &mut Errors) -> bool {
        let right = matches!(self.value, ArgumentValue::Word);
        if !right {
            errors.at(
                self.name.span(),
                format!("`{}` takes no value; write the word alone", self.name),
            );
        }
        right
    }
}

/// Words without quotes, with hyphens between them: `beta-testers`.
fn bare_word(tokens: &TokenStream) -> Option<String> {
    let is_part = |token: TokenTree| match token {
        // A constant has no quotes.
        TokenTree::Ident(word) => {
            let word = word.to_string();
            let is_constant = !word.contains(char::is_lowercase);
            !is_constant && word != "true" && word != "false"
        }
        TokenTree::Punct(sign) => sign.as_char() == '-',
        _ => false,
    };
    let mut parts = tokens.clone().into_iter();
    let starts = matches!(parts.clone().next(), Some(TokenTree::Ident(_)));
    (starts && parts.all(is_part)).then(|| source(tokens).replace(' ', ""))
}

/// The pieces of all attributes of this name, such as `#[context(a, b = "c")] #[context(d)]`.
pub(crate) fn attribute_pieces(
    attributes: &[syn::Attribute],
    name: &str,
    errors: &mut Errors,
) -> Vec<TokenStream> {
    let mut pieces = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident(name))
    {
        match &attribute.meta {
            syn::Meta::List(list) => pieces.extend(split(list.tokens.clone())),
            syn::Meta::Path(path) => errors.on(
                path,
                format!("`{name}` needs arguments; write `#[{name}(...)]`"),
            ),
            syn::Meta::NameValue(value) => errors.on(
                &value.path,
                format!("`{name}` takes a list; write `#[{name}(...)]`"),
            ),
        }
    }
    first_of_each(&mut pieces, errors);
    pieces
}

/// Leaves the first piece of each name, and reports the others.
fn first_of_each(pieces: &mut Vec<TokenStream>, errors: &mut Errors) {
    let mut seen: Vec<String> = Vec::new();
    pieces.retain(|piece| {
        let Some(argument) = argument(piece) else {
            return true;
        };
        let name = argument.name.unraw().to_string();
        let is_first = !seen.contains(&name);
        if is_first {
            seen.push(name);
        } else {
            errors.at(argument.name.span(), twice(&name));
        }
        is_first
    });
}

/// A key that may be written once.
pub(crate) fn twice(name: &str) -> String {
    format!("`{name}` is written twice; write it once")
}

/// A list of texts in brackets. Those that are none are errors and left out; no list if none is left.
pub(crate) fn bracketed(
    tokens: TokenStream,
    form: &str,
    errors: &mut Errors,
) -> Option<Vec<LitStr>> {
    let mut trees = tokens.clone().into_iter();
    let group = match trees.next() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => group,
        _ => {
            let written = in_brackets(&tokens).and_then(|list| {
                let name = form.split_once(" = ")?.0;
                Some(format!("{name} = {list}"))
            });
            let written = written.unwrap_or_else(|| form.to_owned());
            errors.on(
                tokens,
                format!("this is not a list in brackets; write `{written}`"),
            );
            return None;
        }
    };
    if let Some(next) = trees.next() {
        errors.at(next.span(), leftover(&next));
        return None;
    }
    let before = errors.len();
    let elements = split(group.stream()).into_iter();
    let texts: Vec<LitStr> = elements
        .filter_map(|piece| errors.take(text(&piece)))
        .collect();
    (!texts.is_empty() || errors.len() == before).then_some(texts)
}

/// Texts that stand in no brackets, or in others: `"a, b"`, `vec!["a"]`, `("a", "b")`.
fn in_brackets(tokens: &TokenStream) -> Option<String> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    match &trees[..] {
        [TokenTree::Literal(_)] => {
            let text: LitStr = syn::parse2(tokens.clone()).ok()?;
            let parts: Vec<String> = text
                .value()
                .split([',', ';'])
                .map(|part| format!("\"{}\"", part.trim()))
                .collect();
            Some(format!("[{}]", parts.join(", ")))
        }
        [.., TokenTree::Group(group)] => {
            let is_list = trees.len() == 1 || trees[0].to_string() == "vec";
            is_list.then(|| format!("[{}]", source(&group.stream())))
        }
        [TokenTree::Ident(word)] => Some(format!("[\"{word}\"]")),
        _ => None,
    }
}

fn text(tokens: &TokenStream) -> syn::Result<LitStr> {
    let error = match parse_start(tokens.clone()) {
        Ok((text, None)) => return Ok(text),
        Ok((_, Some(next))) => return Err(syn::Error::new(next.span(), leftover(&next))),
        Err(error) => error,
    };
    let written = source(tokens);
    Err(
        if written.chars().all(|c| c.is_alphanumeric() || c == '_') {
            syn::Error::new(error.span(), format!("{error}; write `\"{written}\"`"))
        } else {
            error
        },
    )
}

/// The documentation of an item as text, one string a line.
pub(crate) fn documentation(attributes: &[syn::Attribute]) -> Vec<String> {
    let text = |attribute: &syn::Attribute| match &attribute.meta {
        syn::Meta::NameValue(syn::MetaNameValue {
            value: syn::Expr::Lit(literal),
            ..
        }) => match &literal.lit {
            syn::Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    };
    let lines = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(text);
    lines
        .flat_map(|text| {
            text.lines()
                .map(|line| line.trim().to_owned())
                .collect::<Vec<_>>()
        })
        .collect()
}

/// A path as one would write it. The same as [`source`], which asks the compiler for its tokens.
pub(crate) fn path(path: &syn::Path) -> String {
    let plain = path.segments.iter().all(|part| part.arguments.is_none());
    if !plain || path.leading_colon.is_some() {
        return source(path);
    }
    let parts: Vec<String> = path
        .segments
        .iter()
        .map(|part| part.ident.to_string())
        .collect();
    parts.join("::")
}

/// Tokens as one would write them.
pub(crate) fn source(tokens: &impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    text.replace(" :: ", "::")
        .replace(" ?", "?")
        .replace(" . ", ".")
        .replace(" (", "(")
        .replace("( ", "(")
        .replace(" )", ")")
        .replace(" ,", ",")
        .replace("! ", "!")
}
