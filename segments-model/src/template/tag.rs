//! A template as a sequence of literals and tags, parsed without copying.

use super::error::{DEPTH, TemplateError};

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag<'t> {
    /// Text between tags.
    Literal(&'t str),
    /// `{{name}}`.
    Variable(&'t str),
    /// `{{{name}}}` or `{{& name}}`.
    Unescaped(&'t str),
    /// `{{#name}}`.
    Section(&'t str),
    /// `{{^name}}`.
    Inverted(&'t str),
    /// `{{/name}}`.
    End(&'t str),
    /// A comment, a partial (not supported), or a change of delimiters.
    Ignored,
}

/// The kind of a tag, by its first character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Comment,
    Section,
    Inverted,
    End,
    Partial,
    Delimiters,
    Brace,
    Unescaped,
    Variable,
}

/// Parses a template from its start. A clone continues from the current position.
#[derive(Debug, Clone)]
pub struct Tags<'t> {
    whole: &'t str,
    rest: &'t str,
    left: &'t str,
    right: &'t str,
    /// Whether the tag that comes next may be alone on its line, as far as is known.
    standalone: bool,
    /// What follows a literal that was given out.
    pending: Option<Tag<'t>>,
    /// The sections that are open.
    open: Vec<&'t str>,
}

impl<'t> Tags<'t> {
    /// Creates a parser of a template.
    #[must_use]
    pub fn new(template: &'t str) -> Self {
        Self {
            whole: template,
            rest: template,
            left: "{{",
            right: "}}",
            standalone: true,
            pending: None,
            open: Vec::new(),
        }
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the template is none.
    #[allow(
        clippy::should_implement_trait,
        reason = "what may fail is no iterator"
    )]
    pub fn next(&mut self) -> Result<Option<Tag<'t>>, TemplateError> {
        if let Some(tag) = self.pending.take() {
            return Ok(Some(tag));
        }
        if self.rest.is_empty() {
            return match self.open.last() {
                None => Ok(None),
                Some(name) => Err(TemplateError::UnclosedSection {
                    name: (*name).to_owned(),
                }),
            };
        }
        // Delimiters of nothing are never found.
        let found = Some(self.left).filter(|left| !left.is_empty());
        let found = found.and_then(|left| self.rest.split_once(left));
        let (literal, after) = match found {
            // A tag that opens at the very end is left out, and is no error.
            None | Some((_, "")) => {
                let literal = found.map_or(self.rest, |(literal, _)| literal);
                self.rest = "";
                return Ok(Some(Tag::Literal(literal)));
            }
            Some(found) => found,
        };
        let begin = self.whole.len() - self.rest.len() + literal.len();
        let blank_before = (literal.contains('\n') || self.standalone)
            && is_blank(literal.rsplit('\n').next().unwrap_or_default());
        let (kind, name, mut after) = self.parse(after, begin)?;
        self.count(kind, name, begin)?;
        self.standalone = blank_before
            && !matches!(kind, Kind::Variable | Kind::Unescaped)
            && is_blank(after.split('\n').next().unwrap_or_default());
        let mut literal = literal;
        if self.standalone {
            after = after.split_once('\n').map_or(after, |(_, after)| after);
            if kind != Kind::Partial {
                literal = literal.trim_end_matches(' ');
            }
        }
        self.rest = after;
        let tag = match kind {
            Kind::Variable => Tag::Variable(name),
            Kind::Unescaped => Tag::Unescaped(name),
            Kind::Section => Tag::Section(name),
            Kind::Inverted => Tag::Inverted(name),
            Kind::End => Tag::End(name),
            Kind::Comment | Kind::Partial | Kind::Delimiters | Kind::Brace => Tag::Ignored,
        };
        if literal.is_empty() {
            return Ok(Some(tag));
        }
        self.pending = Some(tag);
        Ok(Some(Tag::Literal(literal)))
    }

    /// The kind and name of the tag that stands here, and what follows it.
    fn parse(
        &mut self,
        text: &'t str,
        begin: usize,
    ) -> Result<(Kind, &'t str, &'t str), TemplateError> {
        let found = Some(self.right).filter(|right| !right.is_empty());
        let Some((tag, mut after)) = found.and_then(|right| text.split_once(right)) else {
            return Err(self.unclosed(begin));
        };
        let mut kind = match tag.as_bytes().first() {
            None => {
                let line = self.line(begin);
                return Err(TemplateError::Empty { line });
            }
            Some(b'!') => Kind::Comment,
            Some(b'#') => Kind::Section,
            Some(b'^') => Kind::Inverted,
            Some(b'/') => Kind::End,
            Some(b'>') => Kind::Partial,
            Some(b'=') => Kind::Delimiters,
            Some(b'{') => Kind::Brace,
            Some(b'&') => Kind::Unescaped,
            Some(_) => Kind::Variable,
        };
        let mut name = if kind == Kind::Variable {
            tag
        } else {
            &tag[1..]
        };
        match kind {
            Kind::Delimiters => {
                name = name.strip_suffix('=').ok_or_else(|| self.unclosed(begin))?;
                let name = trim(name);
                self.left = name.split(' ').next().unwrap_or_default();
                self.right = name.rsplit(' ').next().unwrap_or_default();
            }
            Kind::Brace if self.left == "{{" && self.right == "}}" => {
                if let Some(rest) = after.strip_prefix('}') {
                    after = rest;
                    kind = Kind::Unescaped;
                }
            }
            _ => {}
        }
        Ok((kind, trim(name), after))
    }

    /// Counts sections that are open.
    fn count(&mut self, kind: Kind, name: &'t str, begin: usize) -> Result<(), TemplateError> {
        match kind {
            Kind::Section | Kind::Inverted => {
                if self.open.len() == DEPTH {
                    let line = self.line(begin);
                    return Err(TemplateError::TooDeep { line });
                }
                self.open.push(name);
            }
            Kind::End if self.open.pop() != Some(name) => {
                return Err(TemplateError::Unopened {
                    name: name.to_owned(),
                    line: self.line(begin),
                });
            }
            _ => {}
        }
        Ok(())
    }

    fn unclosed(&self, begin: usize) -> TemplateError {
        TemplateError::Unclosed {
            line: self.line(begin),
        }
    }

    fn line(&self, at: usize) -> usize {
        1 + self.whole[..at].matches('\n').count()
    }
}

/// Returns whether Python takes a character for white space.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

fn is_blank(text: &str) -> bool {
    text.chars().all(is_space)
}

fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}
