//! Reads the struct and its attributes.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream};
use segments_model::{AttributeRef, ContextKind, foreign, or_list};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Data, DeriveInput, Fields, LitStr, Token, Type, Visibility};

use super::serde;
use crate::case::Case;
use crate::errors::Errors;
use crate::meta::{Argument, ArgumentValue, argument, attribute_pieces, source};
use crate::runtime_path::RuntimePath;

/// The role of the struct.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A context.
    Context,
    /// An object inside one.
    Attributes,
}

impl Role {
    /// The name of the helper attribute.
    fn attribute(self) -> &'static str {
        match self {
            Role::Context => "context",
            Role::Attributes => "attributes",
        }
    }

    fn struct_keys(self) -> &'static [&'static str] {
        match self {
            Role::Context => &["kind", "rename_all", "segments", "crate"],
            Role::Attributes => &["rename_all", "crate"],
        }
    }

    fn field_keys(self) -> &'static [&'static str] {
        match self {
            Role::Context => &["key", "name", "formerly", "private", "skip"],
            Role::Attributes => &["name", "formerly", "private", "skip"],
        }
    }
}

/// The struct, understood.
pub(super) struct Struct {
    pub(super) ident: Ident,
    pub(super) visibility: Visibility,
    pub(super) runtime: RuntimePath,
    /// The context kind; empty for an object inside a context.
    pub(super) kind: String,
    /// The attribute that lists the segments that hold the context, if one does.
    pub(super) segments: Option<LitStr>,
    /// The field that is the key, if there is one; an object inside a context has none.
    pub(super) key: Option<Field>,
    /// The other fields that are attributes.
    pub(super) fields: Vec<Field>,
    /// The fields that are no attributes.
    pub(super) skipped: Vec<(Ident, Type)>,
    /// Warnings about probable mistakes.
    pub(super) warnings: TokenStream,
}

/// A field that is an attribute.
pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) ty: Type,
    /// The attribute's name in LaunchDarkly.
    pub(super) name: String,
    /// The name that it had before, under which it is sent and matched, too.
    pub(super) formerly: Option<LitStr>,
    pub(super) private: bool,
    pub(super) docs: Vec<syn::Attribute>,
}

/// Reads the struct. Errors go into the sink; `None` if nothing can be made of it.
pub(super) fn parse(input: &DeriveInput, role: Role, errors: &mut Errors) -> Option<Struct> {
    let fields = named_fields(input, role, errors)?;
    let mut parsed = Struct {
        ident: input.ident.clone(),
        visibility: input.vis.clone(),
        runtime: RuntimePath::default(),
        kind: match role {
            Role::Context => Case::Kebab.apply(&input.ident.to_string()),
            Role::Attributes => String::new(),
        },
        segments: None,
        key: None,
        fields: Vec::new(),
        skipped: Vec::new(),
        warnings: TokenStream::new(),
    };
    let mut case = None;
    let before = errors.len();
    for piece in attribute_pieces(&input.attrs, role.attribute(), errors) {
        struct_argument(&piece, role, &mut parsed, &mut case, errors);
    }
    if case.is_none() {
        serde::renaming(&input.attrs, role.attribute(), &mut parsed.warnings);
    }
    let mut names: HashMap<String, Ident> = HashMap::new();
    for field in fields {
        serde::field(field, role.attribute(), &mut parsed.warnings);
        let read = self::field(field, role, case, &mut parsed.skipped, errors);
        let Some((field, is_key)) = read else {
            continue;
        };
        if is_key {
            if let Some(first) = &parsed.key {
                let message = format!(
                    "a context has one key; remove `#[context(key)]` from `{}` or from `{}`",
                    first.ident, field.ident
                );
                errors.on(&field.ident, message);
            } else {
                parsed.key = Some(field);
            }
            continue;
        }
        if let Some(first) = names.insert(field.name.clone(), field.ident.clone()) {
            let message = format!(
                "`{first}` and `{}` are both named `{}`; rename one with `name = \"...\"`",
                field.ident, field.name
            );
            errors.on(&field.ident, message);
            continue;
        }
        parsed.fields.push(field);
    }
    listing(&parsed, &names, errors);
    former_names(&parsed.fields, errors);
    if role == Role::Context && parsed.key.is_none() {
        // What could not be read may have been to mark it.
        if errors.len() > before {
            return None;
        }
        errors.on(
            &input.ident,
            format!(
                "`{}` has no key; mark the identifying field with `#[context(key)]`",
                input.ident
            ),
        );
        return None;
    }
    Some(parsed)
}

/// The fields of the item, if it is a struct that names them and has no parameters.
fn named_fields<'i>(
    input: &'i DeriveInput,
    role: Role,
    errors: &mut Errors,
) -> Option<&'i Punctuated<syn::Field, Token![,]>> {
    let what = match role {
        Role::Context => "a context",
        Role::Attributes => "an object inside a context",
    };
    let Data::Struct(data) = &input.data else {
        errors.on(
            &input.ident,
            format!(
                "`{}` is not a struct; {what} is a struct with named fields",
                input.ident
            ),
        );
        return None;
    };
    if let Some(parameter) = input.generics.params.first() {
        errors.on(
            parameter,
            format!("{what} has no generic parameters; write a struct for each use"),
        );
        return None;
    }
    match &data.fields {
        Fields::Named(fields) => Some(&fields.named),
        Fields::Unnamed(_) | Fields::Unit => {
            errors.on(
                &input.ident,
                format!(
                    "`{}` has no named fields; {what} is a struct with named fields",
                    input.ident
                ),
            );
            None
        }
    }
}

/// The list of segments stands beside the attributes, and not in the place of one.
fn listing(parsed: &Struct, names: &HashMap<String, Ident>, errors: &mut Errors) {
    if let Some(listed) = &parsed.segments
        && names.contains_key(&listed.value())
    {
        let message = format!(
            "`{0}` is already an attribute of `{1}`; write another name, such as `segments = \"audiences\"`",
            listed.value(),
            parsed.ident
        );
        errors.at(listed.span(), message);
    }
}

fn struct_argument(
    piece: &TokenStream,
    role: Role,
    parsed: &mut Struct,
    case: &mut Option<Case>,
    errors: &mut Errors,
) {
    let Some(argument) = known(piece, role, role.struct_keys(), "this struct", errors) else {
        return;
    };
    if argument.name == "kind" {
        let Some(kind) = argument.text("\"user\"", errors) else {
            return;
        };
        match ContextKind::parse(kind.value()) {
            Ok(valid) if valid != ContextKind::USER && is_user(valid.as_str()) => errors.at(
                kind.span(),
                format!("`{valid}` and `user`, the kind that every project has, are two kinds to LaunchDarkly; write `user`"),
            ),
            Ok(_) => parsed.kind = kind.value(),
            Err(error) => errors.at(kind.span(), error),
        }
    } else if argument.name == "rename_all" {
        let Some(rule) = argument.text("\"camelCase\"", errors) else {
            return;
        };
        match Case::parse(&rule.value()) {
            Ok(rule) => *case = Some(rule),
            Err(message) => errors.at(rule.span(), message),
        }
    } else if argument.name == "segments" {
        parsed.segments = match argument.value {
            ArgumentValue::Word => Some(LitStr::new("segments", argument.name.span())),
            _ => argument.text("\"audiences\"", errors),
        };
        if let Some(name) = &parsed.segments
            && let Err(error) = AttributeRef::parse(name.value())
        {
            errors.at(name.span(), error);
        }
    } else {
        parsed.runtime = RuntimePath::read(&argument, errors);
    }
}

fn is_user(kind: &str) -> bool {
    kind.eq_ignore_ascii_case(ContextKind::USER.as_str())
}

/// An argument whose name is one of `keys`; otherwise an error at it.
fn known(
    piece: &TokenStream,
    role: Role,
    keys: &[&str],
    what: &str,
    errors: &mut Errors,
) -> Option<Argument> {
    let argument = argument(piece);
    match argument {
        Some(argument) if keys.iter().any(|key| argument.name == key) => Some(argument),
        _ => {
            let value = match &argument {
                Some(Argument {
                    value: ArgumentValue::Equals(tokens),
                    ..
                }) => format!(" = {}", source(tokens)),
                _ => String::new(),
            };
            let name =
                argument.map_or_else(|| piece.to_string(), |argument| argument.name.to_string());
            // `name` needs a value, and `key` has none.
            let of_struct = keys == role.struct_keys();
            let fits = |key: &&str| {
                let has_value = of_struct || matches!(*key, "name" | "formerly");
                keys.contains(key) && value.is_empty() != has_value
            };
            let meant = foreign::key(&name, |key| fits(&key));
            let is_key = role == Role::Context
                && !keys.contains(&"key")
                && matches!(&name[..], "key" | "id" | "primary_key" | "pk");
            let kind = syn::parse_str::<LitStr>(&name)
                .ok()
                .filter(|_| of_struct && role == Role::Context);
            let advice = match meant {
                _ if let Some(kind) = kind => {
                    format!("; write `kind = \"{}\"`", kind.value())
                }
                _ if !of_struct && let Some(advice) = said_by_type(&name) => format!("; {advice}"),
                _ if is_key => "; mark the identifying field with `#[context(key)]`".to_owned(),
                Some(key) => format!("; write `{key}{value}`"),
                None => or_list(&name, keys.iter().copied()),
            };
            let message = format!(
                "`{name}` is not a key of `{}` on {what}{advice}",
                role.attribute(),
            );
            errors.on(piece, message);
            None
        }
    }
}

/// The part of a field's type that says the same as the argument `word`.
fn said_by_type(word: &str) -> Option<&'static str> {
    Some(match word {
        "type" | "ty" | "required" | "default" => {
            "the type of the field determines this; remove it"
        }
        "optional" | "nullable" => "write `Option<...>` as the type of the field",
        "many" | "list" | "array" | "multiple" => "write `Vec<...>` as the type of the field",
        "one_of" | "values" | "options" => {
            "write an enum that derives `AttributeValue` as the type of the field"
        }
        "flatten" | "inline" => "write its fields into this struct",
        _ => return None,
    })
}

fn field(
    field: &syn::Field,
    role: Role,
    case: Option<Case>,
    skipped: &mut Vec<(Ident, Type)>,
    errors: &mut Errors,
) -> Option<(Field, bool)> {
    let ident = field.ident.clone()?;
    let plain = ident.unraw().to_string();
    let (mut name, mut formerly): (Option<LitStr>, Option<LitStr>) = (None, None);
    let (mut is_key, mut private, mut skip) = (false, false, false);
    for piece in attribute_pieces(&field.attrs, role.attribute(), errors) {
        let Some(argument) = known(&piece, role, role.field_keys(), "a field", errors) else {
            continue;
        };
        if argument.name == "name" {
            name = argument.text("\"beta_opted_in\"", errors);
        } else if argument.name == "formerly" {
            formerly = argument.text("\"plan\"", errors);
        } else if argument.word(errors) {
            is_key |= argument.name == "key";
            private |= argument.name == "private";
            skip |= argument.name == "skip";
        }
    }
    if skip {
        if private || name.is_some() || formerly.is_some() {
            errors.on(&ident, "a field with `skip` is not sent, so it has no other arguments; write `#[context(skip)]`, or remove `skip`");
        }
        if is_key {
            errors.on(&ident, "the key of a context cannot be skipped; remove `skip` or mark another field as `key`");
        }
        skipped.push((ident, field.ty.clone()));
        return None;
    }
    if is_key && (private || name.is_some() || formerly.is_some()) {
        errors.on(&ident, "the key of a context is always named `key` and never private; remove `name`, `formerly` and `private`");
    }
    let docs = field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .cloned()
        .collect();
    let default = if is_key {
        "key".to_owned()
    } else {
        case.map_or_else(|| plain.clone(), |case| case.apply(&plain))
    };
    let (text, span) = match &name {
        Some(name) if !is_key => (name.value(), name.span()),
        _ => (default, ident.span()),
    };
    if text.is_empty() {
        errors.at(
            span,
            "the name of an attribute is not empty; write a name, or remove `name`",
        );
        return None;
    }
    if let Some(former) = &formerly {
        let before = former.value();
        if before.is_empty() || before == text {
            errors.at(
                former.span(),
                "`formerly` is the name that the attribute had before; write that name, or remove `formerly`",
            );
        } else if let (Role::Context, Some(meaning)) = (role, reserved(&before)) {
            errors.at(
                former.span(),
                format!(
                    "`{before}` is {meaning}, so no attribute had this name; remove `formerly`"
                ),
            );
        }
    }
    if let (false, Role::Context, Some(meaning)) = (is_key, role, reserved(&text)) {
        errors.at(
            span,
            format!("`{text}` is {meaning}; rename this attribute with `name = \"...\"`"),
        );
        return None;
    }
    Some((
        Field {
            ident,
            ty: field.ty.clone(),
            name: text,
            formerly,
            private,
            docs,
        },
        is_key,
    ))
}

/// Refuses a former name that a field has, now or before: both would be sent under it.
fn former_names(fields: &[Field], errors: &mut Errors) {
    let mut taken: HashMap<String, &Ident> = HashMap::new();
    for field in fields {
        taken.insert(field.name.clone(), &field.ident);
    }
    for field in fields {
        let Some(former) = &field.formerly else {
            continue;
        };
        if former.value() == field.name {
            continue;
        }
        if let Some(other) = taken.insert(former.value(), &field.ident) {
            let message = format!(
                "`{}` is the name of `{other}`; two attributes cannot be sent under one name",
                former.value()
            );
            errors.at(former.span(), message);
        }
    }
}

/// Top-level names of a context that are no attributes.
fn reserved(name: &str) -> Option<&'static str> {
    match name {
        "key" => Some("the context's key, which is the field marked `#[context(key)]`"),
        "kind" => Some("the context's kind, which is `kind = \"...\"` on the struct"),
        "_meta" => Some("the list of private attributes in a context"),
        _ => None,
    }
}
