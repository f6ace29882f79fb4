//! The right-hand side of a comparison.

use segments_model::foreign;
use segments_model::{AttributeType, Operator, Value};
use syn::{BinOp, Expr};

use crate::meta::source;
use crate::segment::clause::values;

/// The values that an attribute is compared with.
pub(super) struct Operands {
    /// As they are written, with what they are if they are literals.
    pub(super) each: Vec<(String, Option<Value>)>,
    /// Whether they stand in a list.
    pub(super) list: bool,
}

impl Operands {
    pub(super) fn of(expressions: &[Expr]) -> Self {
        if let [alternatives @ Expr::Binary(_)] = expressions
            && let Some(each) = alternatives_of(alternatives)
        {
            let each: Vec<Expr> = each.into_iter().cloned().collect();
            return Self::of(&each);
        }
        if let [Expr::Call(call)] = expressions
            && let Some(of_list) = of_values(call)
        {
            let each: Vec<Expr> = call.args.iter().cloned().collect();
            let inside = Self::of(&each);
            let list = inside.list || (of_list && each.len() > 1);
            return Self { list, ..inside };
        }
        let (expressions, list): (Vec<&Expr>, bool) = match expressions {
            [Expr::Array(array)] => (array.elems.iter().collect(), true),
            [Expr::Tuple(tuple)] => (tuple.elems.iter().collect(), true),
            [Expr::Paren(paren)] => return Self::of(std::slice::from_ref(&paren.expr)),
            [Expr::Reference(reference)] => return Self::of(std::slice::from_ref(&reference.expr)),
            [one] => (vec![one], false),
            several => (several.iter().collect(), true),
        };
        let literal = |expression: &Expr| {
            values::values(expression)
                .into_iter()
                .next()
                .and_then(|(value, _)| value)
        };
        Self {
            each: expressions
                .into_iter()
                .map(|expression| (source(expression), literal(expression)))
                .collect(),
            list,
        }
    }

    pub(super) fn first(&self) -> Option<&Value> {
        self.each.first().and_then(|(_, value)| value.as_ref())
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.first().and_then(Value::as_str)
    }

    /// As an attribute of this type takes them.
    pub(super) fn on(&self, attribute_type: AttributeType, operator: Operator) -> String {
        let each = self.each.iter().map(|(written, value)| {
            let moment = attribute_type == AttributeType::Date && operator != Operator::In;
            let text = value.as_ref().and_then(Value::as_str);
            let converted = match (value, text) {
                // `before` takes text, with a time.
                (_, Some(text)) if moment => {
                    foreign::date_with_time(text).map(|text| format!("\"{text}\""))
                }
                (Some(value), _) if !moment => foreign::converted(value, attribute_type),
                _ => None,
            };
            converted.unwrap_or_else(|| written.clone())
        });
        let each: Vec<String> = each.collect();
        if self.list {
            format!("[{}]", each.join(", "))
        } else {
            each.join(", ")
        }
    }
}

/// Returns whether a function that makes a value of literals, such as `Date("2024-05-03")` or `ANY("a", "b")`, takes several.
pub(crate) fn of_values(call: &syn::ExprCall) -> Option<bool> {
    let Expr::Path(function) = &*call.func else {
        return None;
    };
    let name = function.path.segments.last()?.ident.to_string();
    let literals = call
        .args
        .iter()
        .all(|value| matches!(value, Expr::Lit(_) | Expr::Array(_)));
    if call.args.is_empty() || !literals {
        return None;
    }
    match &name.to_lowercase().replace('_', "")[..] {
        "any" | "some" | "all" | "array" | "list" | "set" | "tuple" | "values" | "oneof" => {
            Some(true)
        }
        "date" | "datetime" | "timestamp" | "totimestamp" | "parsedate" | "parsetimestamp"
        | "todate" | "fromisoformat" | "version" | "semver" | "parseversion" | "str" | "string"
        | "tostring" | "int" | "float" | "number" | "parseint" | "parsefloat" | "bool"
        | "boolean" | "regex" | "regexp" | "compile" | "literal" | "value" => Some(false),
        _ => None,
    }
}

/// The operands of `A | B | C`.
pub(crate) fn alternatives_of(expression: &Expr) -> Option<Vec<&Expr>> {
    let Expr::Binary(binary) = expression else {
        return None;
    };
    if !matches!(binary.op, BinOp::BitOr(_) | BinOp::Or(_)) {
        return None;
    }
    let mut each = alternatives_of(&binary.left).unwrap_or_else(|| vec![&*binary.left]);
    each.push(&binary.right);
    Some(each)
}
