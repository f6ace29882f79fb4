//! Parameters of a model, and custom values, with the program's types.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use crate::problem::{Instead, Mismatch, Problems};

/// Parameters, read from the served value. `#[ai_config(params(...))]` generates a struct that implements
/// it; a JSON object accepts everything.
pub trait Parameters: Sized {
    /// Reads the parameters; `None` if a required one is missing.
    fn read(reader: Reader<'_>) -> Option<Self>;
}

impl Parameters for Map<String, Json> {
    fn read(reader: Reader<'_>) -> Option<Self> {
        Some(reader.values)
    }
}

/// The served values, and their path.
pub struct Reader<'r> {
    values: Map<String, Json>,
    path: &'static str,
    problems: &'r mut Problems,
}

impl<'r> Reader<'r> {
    pub(crate) fn new(
        values: Map<String, Json>,
        path: &'static str,
        problems: &'r mut Problems,
    ) -> Self {
        Self {
            values,
            path,
            problems,
        }
    }

    /// Reads a required value.
    pub fn required<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        if self.get(name).is_none() {
            let path = self.path(name);
            self.problems.add(Mismatch::Missing { path });
        }
        self.read(name, Instead::Fallback)
    }

    /// Reads an optional value.
    pub fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        self.read(name, Instead::Default)
    }

    /// Reads a value with a default.
    pub fn or<T: DeserializeOwned>(&mut self, name: &str, default: impl FnOnce() -> T) -> T {
        self.read(name, Instead::Default).unwrap_or_else(default)
    }

    /// Reports undeclared values.
    pub fn only(&mut self, declared: &[&str]) {
        // Tools lie among the parameters of older variations.
        let unknown = self.values.keys().filter(|name| {
            !declared.contains(&name.as_str())
                && (self.path != "model.parameters" || *name != "tools")
        });
        for name in unknown {
            self.problems.add(Mismatch::Unknown {
                path: format!("{}.{name}", self.path),
            });
        }
    }

    fn get(&self, name: &str) -> Option<&Json> {
        self.values.get(name).filter(|value| !value.is_null())
    }

    fn path(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }

    fn read<T: DeserializeOwned>(&mut self, name: &str, instead: Instead) -> Option<T> {
        let value = self.get(name)?;
        let read = T::deserialize(value).or_else(|error| {
            // A whole number may arrive with a fraction of nothing.
            let whole = whole(value).ok_or(error)?;
            T::deserialize(whole)
        });
        match read {
            Ok(value) => Some(value),
            Err(error) => {
                let path = self.path(name);
                self.problems.add(Mismatch::Value {
                    path,
                    error: error.to_string(),
                    instead,
                });
                None
            }
        }
    }
}

fn whole(value: &Json) -> Option<Json> {
    let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
    #[allow(
        clippy::cast_possible_truncation,
        reason = "checked right behind: what does not come back is no whole number"
    )]
    let whole = number as i64;
    #[allow(
        clippy::cast_precision_loss,
        clippy::float_cmp,
        reason = "the check: only what comes back the same is a whole number"
    )]
    let same = whole as f64 == number;
    same.then(|| whole.into())
}
