//! Names that the service restricts to a few ASCII characters: keys, tags, context kinds. One grammar,
//! one error, one macro for the types.

use thiserror::Error;

/// The grammar of a kind of name. All of them are drawn from `[A-Za-z0-9._-]`.
pub(crate) struct Grammar {
    /// The thing that is named, as an error message calls it.
    pub(crate) what: &'static str,
    /// Whether the first character has to be a letter or a digit.
    pub(crate) starts_alphanumeric: bool,
    /// The longest name, in characters.
    pub(crate) longest: usize,
    /// Names with a meaning of their own.
    pub(crate) reserved: &'static [&'static str],
}

/// The reason why a text is not a valid name.
#[derive(Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidName {
    /// The text is empty.
    #[error("{} is not empty; write at least one letter or digit", a(what))]
    Empty {
        /// The thing that was to be named.
        what: &'static str,
    },
    /// The text is longer than the service accepts.
    #[error("this {what} has {length} characters; write at most {longest}")]
    TooLong {
        /// The thing that was to be named.
        what: &'static str,
        /// How many characters the text has.
        length: usize,
        /// How many it may have.
        longest: usize,
    },
    /// The first character is neither a letter nor a digit.
    #[error("{} does not start with `{found}`; {}", a(what), match suggestion {
        Some(name) => format!("write `{name}`"),
        None => format!("start `{text}` with a letter or a digit"),
    })]
    Start {
        /// The thing that was to be named.
        what: &'static str,
        /// The whole text.
        text: String,
        /// Its first character.
        found: char,
        /// The name that was probably meant.
        suggestion: Option<String>,
    },
    /// The text has a character that names cannot have.
    #[error("`{text}` is not {}: {} is not allowed; {}", a(what), shown(*.found), match suggestion {
        Some(name) => format!("write `{name}`"),
        None => "use letters, digits, `.`, `_` and `-`".to_owned(),
    })]
    Character {
        /// The thing that was to be named.
        what: &'static str,
        /// The whole text.
        text: String,
        /// The first character that is not allowed.
        found: char,
        /// The name that was probably meant.
        suggestion: Option<String>,
    },
    /// The text is a reserved word.
    #[error(
        "`{text}` is not {}: the service reserves that word; choose another",
        a(what)
    )]
    Reserved {
        /// The thing that was to be named.
        what: &'static str,
        /// The whole text.
        text: String,
    },
}

crate::readable_debug! {
    enum InvalidName {
        Empty { what },
        TooLong { what, length, longest },
        Start { what, text, found, suggestion },
        Character { what, text, found, suggestion },
        Reserved { what, text },
    }
}

/// The thing with its article.
fn a(what: &str) -> String {
    let article = if what.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {what}")
}

fn shown(found: char) -> String {
    match found {
        ' ' => "a space".to_owned(),
        found if found.is_control() || found.is_whitespace() => {
            format!("the character U+{:04X}", u32::from(found))
        }
        found => format!("`{found}`"),
    }
}

/// The problem, without text, so that it can be found at compile time.
enum Fault {
    Empty,
    TooLong,
    Start,
    Character(usize),
    Reserved,
}

impl Grammar {
    /// Returns whether `text` is such a name. Callable where constants are made.
    pub(crate) const fn accepts(&self, text: &str) -> bool {
        self.fault(text).is_none()
    }

    pub(crate) fn check(&self, text: &str) -> Result<(), InvalidName> {
        let what = self.what;
        let text_owned = || text.to_owned();
        match self.fault(text) {
            None => Ok(()),
            Some(Fault::Empty) => Err(InvalidName::Empty { what }),
            Some(Fault::TooLong) => Err(InvalidName::TooLong {
                what,
                length: text.chars().count(),
                longest: self.longest,
            }),
            Some(Fault::Start) => Err(InvalidName::Start {
                what,
                text: text_owned(),
                found: text.chars().next().unwrap_or_default(),
                suggestion: self.suggest(text),
            }),
            Some(Fault::Character(at)) => Err(InvalidName::Character {
                what,
                text: text_owned(),
                found: text[at..].chars().next().unwrap_or_default(),
                suggestion: self.suggest(text),
            }),
            Some(Fault::Reserved) => Err(InvalidName::Reserved {
                what,
                text: text_owned(),
            }),
        }
    }

    /// The name that was probably meant: in lower case with hyphens, as LaunchDarkly's page makes keys of names; `None`
    /// where a letter has no counterpart, or too little is left.
    fn suggest(&self, text: &str) -> Option<String> {
        let mut name = String::new();
        for letter in text.chars().flat_map(char::to_lowercase) {
            match letter {
                '.' => name.push('.'),
                // `Ann's` is `anns`, and an accent may stand behind its letter.
                '\'' | '’' | '\u{300}'..='\u{36f}' => {}
                letter if letter.is_ascii_alphanumeric() => name.push(letter),
                letter if letter.is_alphanumeric() => name.push_str(without_marks(letter)?),
                _ if name.ends_with('-') => {}
                _ => name.push('-'),
            }
        }
        let name = name.trim_matches(['-', '.']).to_owned();
        self.accepts(&name).then_some(name)
    }

    /// The regular expression of such a name, as JSON Schema takes it. Length and reserved words are
    /// no part of it.
    #[cfg(feature = "toml")]
    pub(crate) fn pattern(&self) -> &'static str {
        if self.starts_alphanumeric {
            "^[A-Za-z0-9][A-Za-z0-9._-]*$"
        } else {
            "^[A-Za-z0-9._-]+$"
        }
    }

    const fn fault(&self, text: &str) -> Option<Fault> {
        let bytes = text.as_bytes();
        if bytes.is_empty() {
            return Some(Fault::Empty);
        }
        let mut at = 0;
        while at < bytes.len() {
            // A non-ASCII character is refused at its first byte, so `at` always stands at the
            // start of a character.
            if !ALLOWED[bytes[at] as usize] {
                return Some(Fault::Character(at));
            }
            at += 1;
        }
        if bytes.len() > self.longest {
            return Some(Fault::TooLong);
        }
        if self.starts_alphanumeric && !bytes[0].is_ascii_alphanumeric() {
            return Some(Fault::Start);
        }
        let mut word = 0;
        while word < self.reserved.len() {
            if same(bytes, self.reserved[word].as_bytes()) {
                return Some(Fault::Reserved);
            }
            word += 1;
        }
        None
    }
}

/// Latin letters with marks, and what is left without them.
const MARKED: &[(&str, &str)] = &[
    ("a", "àáâãäåāăą"),
    ("ae", "æ"),
    ("c", "çćĉċč"),
    ("d", "ďđð"),
    ("e", "èéêëēĕėęě"),
    ("g", "ĝğġģ"),
    ("i", "ìíîïĩīĭįı"),
    ("l", "ĺļľł"),
    ("n", "ñńņňŋ"),
    ("o", "òóôõöøōŏő"),
    ("oe", "œ"),
    ("r", "ŕŗř"),
    ("s", "śŝşšș"),
    ("ss", "ß"),
    ("t", "ţťț"),
    ("th", "þ"),
    ("u", "ùúûüũūŭůűų"),
    ("y", "ýÿŷ"),
    ("z", "źżž"),
];

fn without_marks(letter: char) -> Option<&'static str> {
    let plain = MARKED.iter().find(|(_, marked)| marked.contains(letter))?;
    Some(plain.0)
}

/// The bytes that names consist of. A table, for rustc checks the key of every segment with it, and
/// interprets each call.
static ALLOWED: [bool; 256] = {
    let mut allowed = [false; 256];
    let mut byte: u8 = 0;
    while byte.is_ascii() {
        allowed[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        byte += 1;
    }
    allowed
};

const fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut at = 0;
    while at < left.len() {
        if left[at] != right[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Generates a type for one kind of name: parsed once, then always valid.
macro_rules! checked_name {
    ($(#[$docs:meta])* $name:ident, $grammar:expr) => {
        $(#[$docs])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(into = "String", try_from = "String"))]
        pub struct $name(std::borrow::Cow<'static, str>);

        impl $name {
            pub(crate) const GRAMMAR: $crate::name::Grammar = $grammar;

            /// Creates a name from a literal.
            ///
            /// # Panics
            ///
            /// If the text is not valid; in a `const` this is a compile error. Use [`parse`](Self::parse)
            /// for text that is only known at run time.
            #[must_use]
            pub const fn from_static(text: &'static str) -> Self {
                assert!(Self::GRAMMAR.accepts(text), "not a valid name: use letters, digits, `.`, `_` and `-`");
                Self(std::borrow::Cow::Borrowed(text))
            }

            /// Parses a text.
            ///
            /// # Errors
            ///
            /// [`InvalidName`](crate::InvalidName) says what is wrong and what to write instead.
            pub fn parse(text: impl Into<String>) -> Result<Self, $crate::InvalidName> {
                let text = text.into();
                Self::GRAMMAR.check(&text)?;
                Ok(Self(std::borrow::Cow::Owned(text)))
            }

            /// Returns the text.
            #[must_use]
            pub const fn as_str(&self) -> &str {
                match &self.0 {
                    std::borrow::Cow::Borrowed(text) => text,
                    std::borrow::Cow::Owned(text) => text.as_str(),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&self.0, f)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0.into_owned()
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::InvalidName;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::InvalidName;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == *other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == **other
            }
        }
    };
}
pub(crate) use checked_name;
