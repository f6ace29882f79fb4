//! The values of a prompt's placeholders.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

/// The value of a placeholder.
#[derive(Clone, Copy)]
pub enum Variable<'a> {
    /// No value.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// An integer that is not negative.
    Unsigned(u64),
    /// A number.
    Float(f64),
    /// A string.
    Text(&'a str),
    /// A list, for which a section repeats.
    List(&'a dyn Items),
    /// An object.
    Object(&'a dyn Variables),
}

impl<'a> Variable<'a> {
    /// Returns whether a section about the value is shown.
    #[must_use]
    pub fn holds(self) -> bool {
        match self {
            Variable::Null => false,
            Variable::Bool(value) => value,
            Variable::Integer(number) => number != 0,
            Variable::Unsigned(number) => number != 0,
            Variable::Float(number) => number != 0.0,
            Variable::Text(text) => !text.is_empty(),
            Variable::List(items) => !items.is_empty(),
            Variable::Object(object) => !object.is_empty(),
        }
    }

    /// The value of a name inside it: in a list or a text, of an index.
    pub(crate) fn child(self, name: &str) -> Option<Variable<'a>> {
        match self {
            Variable::Object(object) => object.get(name),
            Variable::List(items) => place(name, items.len()).map(|place| items.item(place)),
            Variable::Text(text) => {
                let place = place(name, text.chars().count())?;
                let (start, found) = text.char_indices().nth(place)?;
                Some(Variable::Text(&text[start..start + found.len_utf8()]))
            }
            _ => None,
        }
    }
}

/// A place in a list; one that is negative counts from the end.
fn place(name: &str, length: usize) -> Option<usize> {
    let place: i64 = name.trim().parse().ok()?;
    let place = if place < 0 {
        i64::try_from(length).ok()?.checked_add(place)?
    } else {
        place
    };
    usize::try_from(place).ok().filter(|place| *place < length)
}

/// The values of placeholders, by name. `#[ai_config(variables(...))]` generates a struct that implements
/// it; a JSON object implements it, too.
pub trait Variables {
    /// Returns the value of a name.
    fn get(&self, name: &str) -> Option<Variable<'_>>;

    /// Calls `see` for each name.
    fn each(&self, see: &mut dyn FnMut(&str, Variable<'_>));

    /// Returns `true` if there are no names.
    fn is_empty(&self) -> bool {
        let mut empty = true;
        self.each(&mut |_, _| empty = false);
        empty
    }
}

/// No variables.
impl Variables for () {
    fn get(&self, _: &str) -> Option<Variable<'_>> {
        None
    }

    fn each(&self, _: &mut dyn FnMut(&str, Variable<'_>)) {}
}

impl Variables for Map<String, Json> {
    fn get(&self, name: &str) -> Option<Variable<'_>> {
        self.get(name).map(AsVariable::as_variable)
    }

    fn each(&self, see: &mut dyn FnMut(&str, Variable<'_>)) {
        for (name, value) in self {
            see(name, value.as_variable());
        }
    }
}

/// The values of a list.
pub trait Items {
    /// Returns the number of values.
    fn len(&self) -> usize;

    /// Returns `true` if empty.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the value at an index, which has to be less than [`len`](Self::len).
    fn item(&self, place: usize) -> Variable<'_>;
}

impl<T: AsVariable> Items for Vec<T> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn item(&self, place: usize) -> Variable<'_> {
        self.get(place)
            .map_or(Variable::Null, AsVariable::as_variable)
    }
}

impl<T: AsVariable> Items for &[T] {
    fn len(&self) -> usize {
        <[T]>::len(self)
    }

    fn item(&self, place: usize) -> Variable<'_> {
        <[T]>::get(self, place).map_or(Variable::Null, AsVariable::as_variable)
    }
}

/// A type that a placeholder may have.
#[diagnostic::on_unimplemented(
    message = "a placeholder cannot be a `{Self}`",
    label = "not a string, number, list or JSON",
    note = "convert it to a string, as in `name: &str`"
)]
pub trait AsVariable {
    /// Returns the value.
    fn as_variable(&self) -> Variable<'_>;
}

macro_rules! as_variable {
    ($($type:ty => |$value:ident| $variable:expr;)*) => {$(
        impl AsVariable for $type {
            #[inline]
            fn as_variable(&self) -> Variable<'_> {
                let $value = self;
                $variable
            }
        }
    )*};
}

as_variable! {
    bool => |it| Variable::Bool(*it);
    i8 => |it| Variable::Integer((*it).into());
    i16 => |it| Variable::Integer((*it).into());
    i32 => |it| Variable::Integer((*it).into());
    i64 => |it| Variable::Integer(*it);
    u8 => |it| Variable::Unsigned((*it).into());
    u16 => |it| Variable::Unsigned((*it).into());
    u32 => |it| Variable::Unsigned((*it).into());
    u64 => |it| Variable::Unsigned(*it);
    f32 => |it| Variable::Float((*it).into());
    f64 => |it| Variable::Float(*it);
    str => |it| Variable::Text(it);
    String => |it| Variable::Text(it);
    Cow<'_, str> => |it| Variable::Text(it);
    Map<String, Json> => |it| Variable::Object(it);
}

impl AsVariable for Json {
    fn as_variable(&self) -> Variable<'_> {
        match self {
            Json::Null => Variable::Null,
            Json::Bool(value) => Variable::Bool(*value),
            Json::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(number), _) => Variable::Integer(number),
                (None, Some(number)) => Variable::Unsigned(number),
                (None, None) => Variable::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Json::String(text) => Variable::Text(text),
            Json::Array(items) => Variable::List(items),
            Json::Object(object) => Variable::Object(object),
        }
    }
}

impl<T: AsVariable> AsVariable for Vec<T> {
    fn as_variable(&self) -> Variable<'_> {
        Variable::List(self)
    }
}

impl<T: AsVariable> AsVariable for &[T] {
    fn as_variable(&self) -> Variable<'_> {
        Variable::List(self)
    }
}

impl<T: AsVariable> AsVariable for Option<T> {
    #[inline]
    fn as_variable(&self) -> Variable<'_> {
        self.as_ref()
            .map_or(Variable::Null, AsVariable::as_variable)
    }
}

impl<T: AsVariable + ?Sized> AsVariable for Arc<T> {
    fn as_variable(&self) -> Variable<'_> {
        (**self).as_variable()
    }
}

impl AsVariable for &str {
    #[inline]
    fn as_variable(&self) -> Variable<'_> {
        Variable::Text(self)
    }
}

impl AsVariable for &String {
    #[inline]
    fn as_variable(&self) -> Variable<'_> {
        Variable::Text(self)
    }
}

impl AsVariable for &Json {
    fn as_variable(&self) -> Variable<'_> {
        (**self).as_variable()
    }
}
