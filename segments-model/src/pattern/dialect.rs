//! The dialect that all official SDKs share, as a table: each construct of regular expressions, whether
//! every SDK reads it in the same way, and which SDKs differ.
//!
//! Each SDK uses the engine of its language: Go RE2, Rust `regex`, Node `RegExp` without flags, Python
//! `re`, Java, .NET and Ruby their own, Erlang and PHP PCRE without its Unicode mode. PHP puts
//! parentheses around the pattern as delimiters.

/// Whether every SDK reads a construct in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Every SDK reads it in the same way.
    Portable,
    /// SDKs differ on strings with line breaks.
    LineBreaks,
    /// SDKs differ on non-ASCII strings.
    NonAscii,
    /// Some SDK does not compile it, or reads it differently.
    Refused,
}

impl Standing {
    /// Returns the standing in words, as in the documentation.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::LineBreaks => "differs on line breaks",
            Self::NonAscii => "differs beyond ASCII",
            Self::Refused => "refused",
        }
    }
}

macro_rules! constructs {
    ($($name:ident $standing:ident $title:literal $reason:literal $advice:literal [$($pattern:literal on $text:literal),*];)*) => {
        /// A construct of regular expressions.
        ///
        /// ```
        /// use segments_model::pattern::{Construct, Standing};
        ///
        /// assert_eq!(Construct::LookAround.standing(), Standing::Refused);
        /// assert_eq!(Construct::LookAround.reason(), "which Go and Rust do not support");
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Construct {
            $(#[doc = $title] $name,)*
        }

        impl Construct {
            /// All constructs, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns whether every SDK reads it in the same way.
            #[must_use]
            pub const fn standing(self) -> Standing {
                match self { $(Self::$name => Standing::$standing,)* }
            }

            /// Returns its name.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// Returns which SDKs differ, and how.
            #[must_use]
            pub const fn reason(self) -> &'static str {
                match self { $(Self::$name => $reason,)* }
            }

            /// Returns what to write instead if no rewrite of the whole pattern is known.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)* }
            }

            /// Returns patterns that have it, each with a string: SDKs agree about a portable one, and
            /// some two SDKs differ about any other.
            #[must_use]
            pub const fn examples(self) -> &'static [(&'static str, &'static str)] {
                match self { $(Self::$name => &[$(($pattern, $text)),*],)* }
            }
        }
    };
}

constructs! {
    Literal Portable "a character that stands for itself" "" ""
        ["a-b_c@d e#f/g&h~i" on "a-b_c@d e#f/g&h~i", "日本😀" on "x日本😀y"];
    Escape Portable "an escaped mark" "" ""
        [r"\\\.\*\+\?\(\)\[\]\{\}\|\^\$\/" on r"\.*+?()[]{}|^$/"];
    Control Portable "a control character" "" ""
        [r"a\tb\nc\rd\fe" on "a\tb\nc\rd\u{c}e"];
    Hex Portable "an ASCII character by number" "" ""
        [r"\x41\x7e" on "A~"];
    Group Portable "a group" "" ""
        ["(a)(?:b)" on "ab"];
    Alternation Portable "alternatives" "" ""
        ["ab|cd" on "xcd", "a(b|)c" on "ac"];
    Class Portable "a class of ASCII characters" "" ""
        [r"[a-cx\-\]\[.$^*+?{}|,]" on "]", "[-a]" on "-", "[a-]" on "-", "[a-c-e]" on "-"];
    NegatedClass Portable "all but a class, any number of times" "" ""
        ["[^@]+@" on "é😀@", r"x[^\n]*y" on "x\r\u{2028}😀y"];
    Repetition Portable "a repetition" "" ""
        ["xa*b+c?d{2}e{1,}f{0,2}" on "xabbcddee", "xa*?b+?c??" on "xab"];

    Start LineBreaks "`^`" "which Ruby finds at the start of every line"
        "exclude strings with line breaks with a second clause: not `contains` one of \"\\n\", \"\\r\", \"\\u{85}\", \"\\u{2028}\", \"\\u{2029}\""
        ["^b" on "a\nb"];
    End LineBreaks "`$`" "which Python, Java, .NET, Ruby, Erlang and PHP find before a line break at the end as well, and Ruby at the end of every line"
        "exclude strings with line breaks with a second clause: not `contains` one of \"\\n\", \"\\r\", \"\\u{85}\", \"\\u{2028}\", \"\\u{2029}\""
        ["a$" on "a\n"];
    Dot LineBreaks "`.`" "which stops at \\r, U+2028 and U+2029 in Node and Java, and at U+0085 in Java"
        "write `[^\\n]`"
        ["xa.*b" on "xa\rb"];

    Digit NonAscii "`\\d`" "which is any script's digit in Python, .NET and Rust, and an ASCII digit elsewhere"
        "write `[0-9]`"
        [r"\d" on "٣", r"x\D" on "x٣", r"[\d.]" on "٣"];
    Word NonAscii "`\\w`" "which is any script's letter in Python, .NET and Rust, and an ASCII letter elsewhere"
        "write `[A-Za-z0-9_]`"
        [r"\w" on "é", r"x\W" on "xé", r"[\w.]" on "é"];
    Space NonAscii "`\\s`" "which is a different set of characters in each SDK"
        "write `[ \\t\\n\\r\\f]`"
        [r"\s" on "\u{a0}", r"x\S" on "x\u{a0}", r"[\s.]" on "\u{a0}"];
    Boundary NonAscii "`\\b`" "which uses any script's letters in Python, Java, .NET and Rust, and ASCII letters elsewhere"
        "write `(^|[^A-Za-z0-9_])` before a word and `([^A-Za-z0-9_]|$)` after it"
        [r"\bx" on "éx"];
    ClassBeyondAscii NonAscii "a class with characters beyond ASCII" "which Erlang and PHP read byte by byte, and Node in halves beyond U+FFFF"
        "write alternatives, as in `(?:é|è)`"
        ["x[é]y" on "xéy", "x[а-я]y" on "xдy"];
    RepeatedBeyondAscii NonAscii "a repeated character beyond ASCII" "of which Erlang and PHP repeat the last byte, and Node the last half beyond U+FFFF"
        "write a group, as in `(?:é)+`"
        ["xé+y" on "xééy"];
    Counted NonAscii "a counted character of any kind" "which is a byte in Erlang and PHP, half a character beyond U+FFFF in Node, Java and .NET, and a character elsewhere"
        "allow any number of them with `+` or `*`, once in a row"
        ["x[^a]y" on "xéy", "x[^a]{2}y" on "xéy", "x[^a]+[^b]+y" on "xéy"];

    LookAround Refused "look-around" "which Go and Rust do not support"
        "write two clauses, one of them negated"
        ["x(?=a)" on "xa", "x(?!a)" on "xb", "(?<=x)a" on "xa", "(?<!x)a" on "ba"];
    BackReference Refused "a back-reference" "which Go and Rust do not support"
        "write the alternatives out"
        [r"(a)\1" on "aa", r"(?:a)\k<n>" on "aa", r"(a)\g1" on "aa"];
    Flag Refused "a flag" "which Node does not support"
        "write the pattern without flags, as in `[aA][bB]` for `(?i)ab`"
        ["(?i)abc" on "ABC", "(?i:abc)" on "ABC", "(?s)a.b" on "a\nb", "(?m)^b" on "a\nb", "(?x)a b" on "ab", "(?U)a+" on "a", "(?i-s)a" on "A"];
    NamedGroup Refused "a named group" "which Python does not support as `(?<n>...)`, and Node, Java and .NET not as `(?P<n>...)`"
        "write the group without its name"
        ["(?<n>ann)@" on "ann@", "(?P<n>ann)@" on "ann@", "(?'n'ann)@" on "ann@"];
    AtomicGroup Refused "an atomic group" "which Go, Rust and Node do not support"
        "write an ordinary group"
        ["(?>a+)b" on "ab"];
    SpecialGroup Refused "a special group" "which only some SDKs support"
        "write it with ordinary groups and alternatives"
        ["(?#why)a" on "a", "(a)?(?(1)b|c)" on "c", "a(?R)?" on "a", "(?|a|b)" on "a", "(*UTF8)a" on "a"];
    Possessive Refused "a possessive repetition" "which is a nested repetition in Rust, and an error in Go and Node"
        "repeat once, as in `a+`"
        ["a++b" on "ab", "a*+b" on "ab", "a?+b" on "ab", "a{1,2}+b" on "ab"];
    RepeatedRepetition Refused "a repetition of a repetition" "which is an error in Python and Node"
        "repeat once, or write a group between, as in `(?:a{2}){3}`"
        ["xa**" on "xa", "xa{2}{3}" on "xaaaaaa", "xa+*" on "x", "xa???" on "x"];
    LazyCount Refused "a lazy exact count" "which is optional in Ruby"
        "leave the `?` out"
        ["xa{2}?y" on "xy"];
    RepeatedAnchor Refused "a repeated anchor" "which is an error in Node and Python"
        "leave the repetition out"
        ["^*a" on "a", r"a\b?" on "a"];
    OpenRepetition Refused "a repetition without its least number" "which is plain text in Node and Java, and starts at 0 in Python and Ruby"
        "write 0 before the comma"
        ["xa{,3}y" on "xaay"];
    LoneBracket Refused "a bracket that opens or closes nothing" "which is an error in Rust, or in Node in its Unicode mode"
        "write `\\` before it"
        ["a]" on "a]", "a}" on "a}", "a{" on "a{", "a{b}" on "a{b}"];
    EmptyClass Refused "a class that starts with `]`" "which is empty in Node, and continues to the next `]` elsewhere"
        "write `\\]` for the character itself"
        ["x[]a]" on "x]", "x[^]a]" on "xb", "x[]" on "x", "x[^]" on "xy"];
    NestedClass Refused "a bracket inside of a class" "which opens a class inside the class in Rust, Java and Ruby"
        "write `\\[` for the character itself"
        ["x[a[b]]" on "xb"];
    ClassOperator Refused "an operator of classes" "which is an operator in Rust, Java and Ruby, and two characters elsewhere"
        "write each character once"
        ["x[a-z&&[^b]]" on "xa", "x[a&&b]" on "x&", "x[a--b]" on "x-", "x[a~~b]" on "x~"];
    ClassParenthesis Refused "a bare parenthesis in a class" "which ends the pattern in PHP"
        "write `\\` before it"
        ["x[(]" on "x(", "x[)]" on "x)"];
    ClassHyphen Refused "a hyphen between the characters of a class" "which is an incomplete range in Rust, and in Node in its Unicode mode"
        "write `\\-`"
        [r"x[\w-.]" on "x-", r"x[\d-z]" on "x-"];
    PosixClass Refused "a class of POSIX" "which Python, Node, Java and .NET read character by character"
        "write its characters, as in `[A-Za-z]`"
        ["x[[:alpha:]]+@" on "xb@", "x[:alpha:]" on "xa"];
    Property Refused "a class by property" "which Python does not support, and Node without its Unicode mode reads as a `p`"
        "write the characters, as in `[A-Za-z]`"
        [r"x\p{L}" on "xa", r"x\pL" on "xa", r"x\P{L}" on "x1", r"[\p{Lu}x]y" on "Ay"];
    ClassEscape Refused "a class by letter" "which only some SDKs support"
        "write its characters, as in `[ \\t]`"
        [r"x\h" on "x ", r"x\H" on "xy", r"x\R" on "x\n", r"x\v" on "x\n", r"x\V" on "xa", r"x\N" on "xa", r"x\X" on "xa"];
    TextAnchor Refused "an anchor of the whole text" "which Node does not support"
        "write `^` for the start and `$` for the end"
        [r"\Aab" on "ab", r"ab\z" on "ab"];
    Anchor Refused "an anchor" "which only some SDKs support, and not in the same way"
        "write `^`, `$`, or the characters around it"
        [r"ab\Z" on "ab\n", r"\Gab" on "ab", r"a\Kb" on "ab", r"\<ab" on "ab", r"ab\>" on "ab", r"é\Bb" on "éb", r"\b{start}a" on "a"];
    Quoted Refused "a quoted text" "which Node, Python and Ruby do not support"
        "write `\\` before each mark"
        [r"\Qa.b\E" on "a.b"];
    ControlEscape Refused "a control character by letter" "which only some SDKs support"
        "write its number, as in `\\x1B`"
        [r"x\a" on "x\u{7}", r"x\e" on "x\u{1b}", r"x\cA" on "x\u{1}"];
    Octal Refused "a character by octal number" "which is a back-reference in some SDKs and an error in others"
        "write its hexadecimal number, as in `\\x41`"
        [r"x\101" on "xA", r"x\0" on "x\0", r"x\07" on "x\u{7}"];
    Number Refused "a character by number" "which only some SDKs read in this form"
        "write the character itself, or an ASCII one as in `\\x41`"
        [r"x\x{41}" on "xA", r"x\u0041" on "xA", r"x\u{41}" on "xA", r"x\U00000041" on "xA", r"x\xe9" on "xé"];
    NeedlessEscape Refused "a needless escape" "which is an error in Node in its Unicode mode"
        "leave the `\\` out"
        [r"x\@" on "x@", r"x\-" on "x-", r#"x\""# on "x\"", r"x\é" on "xé"];
    UnknownEscape Refused "an unknown escape" "which is an error in most SDKs"
        "write `\\\\` for a backslash, or leave it out"
        [r"x\y" on "xy", r"x\E" on "xE", r"[\b]" on "\u{8}"];
}
