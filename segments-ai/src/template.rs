//! Mustache, filled in as by LaunchDarkly's AI SDK for Python.
//!
//! The official SDKs differ: Python and Go escape HTML in `{{name}}`, Node does not; lists and numbers
//! are printed differently. This crate follows Python, and the parity test compares them. To prevent
//! escaping, write `{{{name}}}` or `{{& name}}`, which work in all SDKs.
//!
//! No Mustache crate is used, because each prints something differently, and because a prompt is filled
//! in for each request: this code allocates nothing but the text.

use segments_model::template::{Tag, Tags};
pub use segments_model::template::{TemplateError, placeholders};

use crate::variable::{Variable, Variables};

/// The longest text that a template becomes.
const LONGEST: usize = 16 * 1024 * 1024;

/// As many pieces as sections repeat, each counted each time. The others are as many as the template is long.
const MOST_REPEATED: usize = 128 * 1024;

/// Fills in a template.
///
/// # Errors
///
/// If the template is invalid, or the text becomes too long.
///
/// ```
/// use segments_ai::template::render;
/// use serde_json::json;
///
/// let variables = json!({"name": "Ann", "orders": [{"id": 7}, {"id": 8}]});
/// let variables = variables.as_object().unwrap();
/// let text = render("Hi {{name}}:{{#orders}} {{id}}{{/orders}}{{missing}}", variables)?;
/// assert_eq!(text, "Hi Ann: 7 8");
/// # Ok::<(), segments_ai::template::TemplateError>(())
/// ```
pub fn render(template: &str, variables: &dyn Variables) -> Result<String, TemplateError> {
    let mut printer = Printer {
        out: String::with_capacity(template.len()),
        repeated: 0,
    };
    let mut scopes = Scopes {
        outermost: Variable::Object(variables),
        inner: Vec::new(),
    };
    let mut pieces = Pieces {
        tags: Tags::new(template),
        left: usize::MAX,
    };
    printer.print(&mut pieces, &mut scopes)?;
    Ok(printer.out)
}

/// Some of a template's pieces.
#[derive(Clone)]
struct Pieces<'t> {
    tags: Tags<'t>,
    /// How many there are at most.
    left: usize,
}

impl<'t> Pieces<'t> {
    fn next(&mut self) -> Result<Option<Tag<'t>>, TemplateError> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        self.left = left;
        self.tags.next()
    }

    /// Returns whether they belong to a section that repeats.
    fn repeat(&self) -> bool {
        self.left < usize::MAX / 2
    }

    /// Takes what belongs to a section, without its end.
    fn section(&mut self, name: &str) -> Result<Pieces<'t>, TemplateError> {
        let mut inside = self.clone();
        inside.left = 0;
        let mut depth = 0_usize;
        while let Some(tag) = self.next()? {
            match tag {
                Tag::Section(inner) if inner == name => depth += 1,
                Tag::End(end) if end == name => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => break,
                },
                _ => {}
            }
            inside.left += 1;
        }
        Ok(inside)
    }
}

/// The scopes to look up names in, the innermost last.
#[derive(Clone)]
struct Scopes<'v> {
    outermost: Variable<'v>,
    /// Of sections. A text without any allocates nothing here.
    inner: Vec<Variable<'v>>,
}

impl<'v> Scopes<'v> {
    fn all(&self) -> impl DoubleEndedIterator<Item = Variable<'v>> + '_ {
        std::iter::once(self.outermost).chain(self.inner.iter().copied())
    }

    /// The value of a name; unknown values and values that print as nothing are the same empty text.
    fn get(&self, name: &str) -> Variable<'v> {
        if name == "." {
            return self.all().next_back().unwrap_or(Variable::Null);
        }
        let found = self
            .all()
            .rev()
            .find_map(|scope| name.split('.').try_fold(scope, Variable::child));
        match found {
            Some(
                number @ (Variable::Bool(_)
                | Variable::Integer(_)
                | Variable::Unsigned(_)
                | Variable::Float(_)),
            ) => number,
            Some(value) if value.holds() => value,
            _ => Variable::Text(""),
        }
    }
}

struct Printer {
    out: String,
    repeated: usize,
}

impl Printer {
    fn print(
        &mut self,
        pieces: &mut Pieces<'_>,
        scopes: &mut Scopes<'_>,
    ) -> Result<(), TemplateError> {
        while let Some(tag) = pieces.next()? {
            self.repeated += usize::from(pieces.repeat());
            if self.repeated > MOST_REPEATED || self.out.len() > LONGEST {
                return Err(TemplateError::TooLong);
            }
            let shown = scopes.inner.is_empty() || scopes.get(".").holds();
            match tag {
                Tag::End(_) => drop(scopes.inner.pop()),
                Tag::Section(_) | Tag::Inverted(_) if !shown => {
                    scopes.inner.push(Variable::Bool(false));
                }
                _ if !shown => {}
                Tag::Literal(text) => self.out.push_str(text),
                Tag::Variable(name) => self.escaped(name, scopes),
                Tag::Unescaped(name) => scopes.get(name).print(&mut self.out),
                Tag::Section(name) => match scopes.get(name) {
                    Variable::List(items) => {
                        let inside = pieces.section(name)?;
                        // They were looked at once already.
                        self.repeated += inside.left;
                        for item in 0..items.len() {
                            let mut scopes = scopes.clone();
                            scopes.inner.push(items.item(item));
                            self.print(&mut inside.clone(), &mut scopes)?;
                        }
                    }
                    scope => scopes.inner.push(scope),
                },
                Tag::Inverted(name) => scopes.inner.push(Variable::Bool(!scopes.get(name).holds())),
                Tag::Ignored => {}
            }
        }
        Ok(())
    }

    fn escaped(&mut self, name: &str, scopes: &Scopes<'_>) {
        let mut value = scopes.get(name);
        if name == "." && matches!(value, Variable::Bool(true)) {
            // An inverted section put it there; what is meant lies below.
            value = scopes.all().rev().nth(1).unwrap_or(value);
        }
        let begin = self.out.len();
        value.print(&mut self.out);
        if self.out[begin..].contains(['&', '"', '<', '>']) {
            let text = self.out.split_off(begin);
            for c in text.chars() {
                match c {
                    '&' => self.out.push_str("&amp;"),
                    '"' => self.out.push_str("&quot;"),
                    '<' => self.out.push_str("&lt;"),
                    '>' => self.out.push_str("&gt;"),
                    c => self.out.push(c),
                }
            }
        }
    }
}
