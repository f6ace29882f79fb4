//! The filters of contexts and context instances (API documentation, *Filtering contexts and context
//! instances*).

use serde_json::Value as Json;

use crate::api::filter::{boolean, strings, unknown};
use crate::message::ApiError;
use crate::state::{SeenContext, SeenInstance};

/// A field, and what is asked of it.
pub(crate) struct Condition {
    field: Field,
    test: Test,
}

enum Field {
    ApplicationId,
    /// The identifier of the instance.
    Id,
    Kind,
    Key,
    /// `kind:key`.
    KindKey,
    /// Those of every context that came together.
    Kinds,
    KindKeys,
    /// The key, or the value of any attribute.
    Anything,
    /// An attribute of a kind, or of any.
    Attribute {
        kind: Option<String>,
        name: String,
    },
}

enum Test {
    /// One of the values is one of these.
    AnyOf(Vec<Json>),
    NoneOf(Vec<Json>),
    /// The values are all of these, and perhaps more.
    Contains(Vec<Json>),
    StartsWith(Vec<String>),
    /// One of the values has this in it, whatever the case.
    Within(String),
    Exists(bool),
}

impl Condition {
    /// The fields that contexts are searched by.
    pub(crate) fn of_context(field: &str, operator: &str, value: &Json) -> Result<Self, ApiError> {
        let known = match field {
            "kind" => Field::Kind,
            "key" => Field::Key,
            "kindKey" => Field::KindKey,
            "q" => Field::Anything,
            "applicationId" | "id" | "kinds" | "kindKeys" => {
                return Self::of_instance(field, operator, value);
            }
            _ => match field.split_once('.') {
                Some(("*", name)) => attribute(None, name),
                Some((kind, name)) => attribute(Some(kind), name),
                None => attribute(None, field),
            },
        };
        Self::new(known, field, operator, value)
    }

    /// The fields that instances are searched by.
    pub(crate) fn of_instance(field: &str, operator: &str, value: &Json) -> Result<Self, ApiError> {
        let known = match field {
            "id" => Field::Id,
            "kinds" => Field::Kinds,
            "kindKeys" => Field::KindKeys,
            _ => return Self::of_application(field, operator, value),
        };
        Self::new(known, field, operator, value)
    }

    /// The filters of items that already have a name.
    pub(crate) fn of_application(
        field: &str,
        operator: &str,
        value: &Json,
    ) -> Result<Self, ApiError> {
        match field {
            "applicationId" => Self::new(Field::ApplicationId, field, operator, value),
            _ => Err(unknown(field, operator)),
        }
    }

    fn new(known: Field, field: &str, operator: &str, value: &Json) -> Result<Self, ApiError> {
        let values = || match value {
            Json::Array(values) => values.clone(),
            value => vec![value.clone()],
        };
        let test = match operator {
            "equals" if matches!(known, Field::Anything) => {
                Test::Within(strings(field, value)?.concat().to_lowercase())
            }
            "equals" | "anyOf" => Test::AnyOf(values()),
            "notEquals" => Test::NoneOf(values()),
            "contains" => Test::Contains(values()),
            "startsWith" => Test::StartsWith(strings(field, value)?),
            "exists" => Test::Exists(boolean(field, value)?),
            _ => return Err(unknown(field, operator)),
        };
        Ok(Self { field: known, test })
    }

    /// Returns whether an instance, or one context of it, is what is asked for.
    pub(crate) fn holds(&self, instance: &SeenInstance, context: Option<&SeenContext<'_>>) -> bool {
        let values = self.field.values(instance, context);
        match &self.test {
            Test::AnyOf(wanted) => values.iter().any(|value| wanted.contains(value)),
            Test::NoneOf(wanted) => !values.iter().any(|value| wanted.contains(value)),
            Test::Contains(wanted) => wanted.iter().all(|value| values.contains(value)),
            Test::StartsWith(wanted) => values.iter().filter_map(Json::as_str).any(|text| {
                wanted
                    .iter()
                    .any(|wanted| text.starts_with(wanted.as_str()))
            }),
            Test::Within(wanted) => values
                .iter()
                .filter_map(Json::as_str)
                .any(|text| text.to_lowercase().contains(wanted)),
            Test::Exists(wanted) => values.is_empty() != *wanted,
        }
    }
}

fn attribute(kind: Option<&str>, name: &str) -> Field {
    Field::Attribute {
        kind: kind.map(str::to_owned),
        name: name.to_owned(),
    }
}

impl Field {
    fn values(&self, instance: &SeenInstance, context: Option<&SeenContext<'_>>) -> Vec<Json> {
        let kind_key = |it: &SeenContext<'_>| Json::from(format!("{}:{}", it.kind, it.key));
        let of_context = |value: &dyn Fn(&SeenContext<'_>) -> Json| -> Vec<Json> {
            context.map(value).into_iter().collect()
        };
        match self {
            Field::ApplicationId => vec![Json::from(instance.application.as_str())],
            Field::Id => vec![Json::from(instance.id.as_str())],
            Field::Kind => of_context(&|it| Json::from(it.kind)),
            Field::Key => of_context(&|it| Json::from(it.key)),
            Field::KindKey => of_context(&kind_key),
            Field::Kinds => instance
                .contexts()
                .iter()
                .map(|it| it.kind.into())
                .collect(),
            Field::KindKeys => instance.contexts().iter().map(kind_key).collect(),
            Field::Anything => {
                let members = context.map(|it| it.members.values().cloned());
                members.into_iter().flatten().collect()
            }
            Field::Attribute { kind, name } => {
                let fits =
                    |it: &&SeenContext<'_>| kind.as_deref().is_none_or(|kind| it.kind == kind);
                let value = context.filter(fits).and_then(|it| it.members.get(name));
                match value {
                    None => Vec::new(),
                    // One of several values is enough, as it is for a clause.
                    Some(Json::Array(values)) => values.clone(),
                    Some(value) => vec![value.clone()],
                }
            }
        }
    }
}
