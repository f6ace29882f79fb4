//! Conversion of a table row to a context.
//!
//! A column is an attribute: of the kind before a colon, else of the kind that the row's column
//! `kind` names, else of `user`. `email`, `/address/city`, `device:key` and `kind` are columns.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use segments_model::evaluate::ContextInstance;
use segments_model::{AttributeRef, AttributeValue, ContextKind};

use super::clauses::{Compared, Path, Types};

/// How deep a column may lead into objects. No JSON that SDKs read nests deeper.
const DEEPEST: usize = 100;

/// How many letters of a column's name are shown.
const SHOWN: usize = 60;

/// The columns of a table, and what in them could not be read as what clauses ask.
#[derive(Debug)]
pub(super) struct Columns(Vec<Column>);

#[derive(Debug)]
struct Column {
    name: String,
    holds: Holds,
    unread: Option<Unread>,
}

/// The content of a column.
#[derive(Debug)]
enum Holds {
    /// The kind of the row's context.
    Kind,
    /// An attribute.
    Attribute {
        /// Its kind, if it is not the row's.
        kind: Option<String>,
        path: Path,
        compared: Comparisons,
    },
}

/// The comparisons of an attribute.
#[derive(Debug)]
enum Comparisons {
    /// The same in every kind: it is an attribute that every context has.
    BuiltIn(Types),
    ByKind(BTreeMap<String, Types>),
}

/// The content of a cell of a table.
#[derive(Debug)]
pub(super) enum Cell<'a> {
    /// Text, which stands for what clauses ask; nothing if it is empty.
    Text(&'a str),
    /// A value of a type of its own.
    #[cfg_attr(
        not(feature = "parquet"),
        allow(dead_code, reason = "only Parquet has types of its own")
    )]
    Value(AttributeValue),
}

/// Cells of one column that are not what clauses compare the column with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unread {
    pub(crate) column: String,
    pub(crate) cells: u64,
    pub(crate) first_row: u64,
    /// What they are not.
    pub(super) wanted: String,
}

/// A row that is not a context.
#[derive(Debug)]
pub(super) struct Refused {
    /// The row, from 1, without the names.
    pub(super) row: u64,
    pub(super) reason: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}: {}", self.row, self.reason)
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            column,
            cells,
            first_row,
            wanted,
        } = self;
        let (cells, are) = match cells {
            1 => ("1 cell".to_owned(), "is"),
            more => (format!("{more} cells"), "are"),
        };
        write!(
            f,
            "column `{column}`: {cells} {are} not {wanted}, which clauses compare with; the first is in row {first_row}"
        )
    }
}

impl Columns {
    /// Reads the names of columns. Text in them becomes what the clauses that test the attribute
    /// compare it with.
    pub(super) fn parse<'n>(
        names: impl IntoIterator<Item = &'n str>,
        compared: &Compared,
    ) -> Result<Self, String> {
        let columns = names.into_iter().map(|name| Column::parse(name, compared));
        let columns = Self(columns.collect::<Result<_, _>>()?);
        columns.contradiction().map_or(Ok(columns), Err)
    }

    /// Two columns that are one attribute, or of which one makes an object of the other.
    fn contradiction(&self) -> Option<String> {
        let kind_column = ["kind".to_owned()];
        let mut known: HashMap<(Option<&str>, &[String]), &str> = HashMap::new();
        for Column { name, holds, .. } in &self.0 {
            let place = match holds {
                Holds::Kind => (None, kind_column.as_slice()),
                Holds::Attribute { kind, path, .. } => (kind.as_deref(), path.as_slice()),
            };
            if let Some(first) = known.insert(place, name) {
                return Some(format!(
                    "columns `{first}` and `{name}` are the same attribute; remove one of them"
                ));
            }
        }
        known.iter().find_map(|((kind, path), name)| {
            let mut around = (1..path.len()).map(|length| &path[..length]);
            let object = around.find_map(|path| known.get(&(*kind, path)))?;
            Some(format!(
                "column `{name}` requires column `{object}` to be an object; remove one of them"
            ))
        })
    }

    /// Makes a context of the cells of a row, one for each column.
    pub(super) fn context<'c>(
        &mut self,
        row: u64,
        cells: impl IntoIterator<Item = Cell<'c>>,
    ) -> Result<ContextInstance, Refused> {
        let cells: Vec<Cell<'_>> = cells.into_iter().collect();
        let kind = self.kind(&cells);
        let mut own = Node::default();
        let mut others: BTreeMap<&str, Node> = BTreeMap::new();
        for (column, cell) in self.0.iter_mut().zip(cells) {
            let Holds::Attribute {
                kind: named,
                path,
                compared,
            } = &column.holds
            else {
                continue;
            };
            let types = compared.of(named.as_deref().unwrap_or(&kind));
            let read = match cell {
                Cell::Text("") | Cell::Value(AttributeValue::Null) => continue,
                Cell::Text(text) => types.read(text),
                Cell::Value(value) => types.taken(value),
            };
            let value = read.unwrap_or_else(|as_it_is| {
                let unread = column.unread.get_or_insert_with(|| Unread {
                    column: column.name.clone(),
                    cells: 0,
                    first_row: row,
                    wanted: types.in_words(),
                });
                unread.cells += 1;
                as_it_is
            });
            match named {
                None => own.put(path, value),
                Some(kind) => others.entry(kind).or_default().put(path, value),
            }
        }
        let mut contexts: Vec<(String, AttributeValue)> = Vec::new();
        for (kind, node) in others {
            // A kind of which the row knows no key is one that it does not have.
            if node.0.contains_key("key") {
                contexts.push((kind.to_owned(), node.into()));
            }
        }
        if !own.0.is_empty() || contexts.is_empty() {
            contexts.push((kind, own.into()));
        }
        ContextInstance::from_kinds(contexts).map_err(|error| Refused {
            row,
            reason: error.to_string(),
        })
    }

    /// The kind that a row names.
    fn kind(&self, cells: &[Cell<'_>]) -> String {
        let mut named = self.0.iter().zip(cells).filter_map(|(column, cell)| {
            if !matches!(column.holds, Holds::Kind) {
                return None;
            }
            match cell {
                Cell::Text("") => None,
                Cell::Text(text) => Some((*text).to_owned()),
                Cell::Value(value) => value.as_str().map(str::to_owned),
            }
        });
        named
            .next()
            .unwrap_or_else(|| ContextKind::USER.to_string())
    }

    /// The values that have the wrong type, by column.
    pub(super) fn unread(self) -> Vec<Unread> {
        self.0
            .into_iter()
            .filter_map(|column| column.unread)
            .collect()
    }
}

impl Column {
    fn parse(name: &str, compared: &Compared) -> Result<Self, String> {
        let name = name.trim();
        let shown = match name.char_indices().nth(SHOWN) {
            None => name.to_owned(),
            Some((end, _)) => format!("{}…", &name[..end]),
        };
        let holds = if name == "kind" {
            Holds::Kind
        } else {
            let (kind, attribute) = match name.split_once(':') {
                Some((kind, attribute)) if ContextKind::parse(kind).is_ok() => {
                    (Some(kind), attribute)
                }
                _ => (None, name),
            };
            let reference = AttributeRef::parse(attribute)
                .map_err(|error| format!("column `{shown}` is not an attribute: {error}"))?;
            let path: Path = reference.path().take(DEEPEST + 1).map(Into::into).collect();
            if path.len() > DEEPEST {
                return Err(format!(
                    "column `{shown}` is more than {DEEPEST} objects deep, deeper than any context; shorten it"
                ));
            }
            Holds::Attribute {
                kind: kind.map(str::to_owned),
                compared: Comparisons::with(&path, compared),
                path,
            }
        };
        Ok(Self {
            name: shown,
            holds,
            unread: None,
        })
    }
}

impl Comparisons {
    fn with(path: &Path, compared: &Compared) -> Self {
        match path.as_slice() {
            [name] if name == "key" || name == "name" => Self::BuiltIn(Types::TEXT),
            [name] if name == "anonymous" => Self::BuiltIn(Types::BOOLEAN),
            _ => Self::ByKind(compared.by_kind(path)),
        }
    }

    fn of(&self, kind: &str) -> Types {
        match self {
            Self::BuiltIn(types) => *types,
            Self::ByKind(by_kind) => by_kind.get(kind).copied().unwrap_or_default(),
        }
    }
}

/// An object that grows.
#[derive(Debug, Default)]
struct Node(BTreeMap<String, Inner>);

#[derive(Debug)]
enum Inner {
    Value(AttributeValue),
    Object(Node),
}

impl Node {
    fn put(&mut self, path: &[String], value: AttributeValue) {
        let [first, rest @ ..] = path else { return };
        if rest.is_empty() {
            self.0.insert(first.clone(), Inner::Value(value));
            return;
        }
        let inner = self
            .0
            .entry(first.clone())
            .or_insert_with(|| Inner::Object(Node::default()));
        if let Inner::Object(node) = inner {
            node.put(rest, value);
        }
    }
}

impl From<Node> for AttributeValue {
    fn from(node: Node) -> Self {
        AttributeValue::object(node.0.into_iter().map(|(name, inner)| match inner {
            Inner::Value(value) => (name, value),
            Inner::Object(node) => (name, node.into()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns<const N: usize>(names: [&str; N]) -> Result<Columns, String> {
        Columns::parse(names, &Compared::default())
    }

    #[test]
    fn columns_lead_to_kinds_and_into_objects() {
        let names = [
            "key",
            "/address/city",
            "device:key",
            "device:os",
            "org:plan",
        ];
        let mut columns = columns(names).unwrap();
        let row = ["u-1", "Bern", "d-1", "linux", "pro"].map(Cell::Text);
        let json = r#"{"kind": "multi", "user": {"key": "u-1", "address": {"city": "Bern"}},
            "device": {"key": "d-1", "os": "linux"}}"#;
        let expected = ContextInstance::from_json(json).unwrap();
        assert_eq!(columns.context(1, row).unwrap(), expected);
        let row = ["", "Bern", "", "", ""].map(Cell::Text);
        let refused = columns.context(2, row).unwrap_err();
        assert!(refused.to_string().starts_with("row 2: "), "{refused}");
    }

    #[test]
    fn keys_are_texts_whatever_their_kind() {
        let mut columns = columns(["kind", "key"]).unwrap();
        for (kind, named) in [("", "user"), ("device", "device")] {
            let row = [kind, "7"].map(Cell::Text);
            assert_eq!(columns.context(1, row).unwrap().key(named), Some("7"));
        }
    }

    #[test]
    fn columns_that_contradict_each_other_or_lead_too_deep_are_refused() {
        let deep = "/a".repeat(10_000);
        for (names, says) in [
            (
                ["key", "zip", "zip"],
                "columns `zip` and `zip` are the same",
            ),
            (
                ["key", "/zip", "zip"],
                "columns `/zip` and `zip` are the same",
            ),
            (
                ["kind", "key", "kind"],
                "columns `kind` and `kind` are the same",
            ),
            (["/a/b", "key", "a"], "requires column `a` to be an object"),
            (["key", "zip", &deep], "more than 100 objects deep"),
            (["key", "zip", "/a//b"], "is not an attribute"),
        ] {
            let error = columns(names).unwrap_err();
            assert!(error.contains(says) && error.len() < 300, "{error}");
        }
    }
}
