//! Converts Rust names to names in LaunchDarkly.

use segments_model::or_list;
use segments_model::rust_name::words;

/// A rule for renaming fields and variants; the names of the rules are serde's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const RULES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        RULES
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, case)| *case)
            .ok_or_else(|| {
                // `camel`, `KEBAB`.
                let short = |name: &str| {
                    let plain: String = name.chars().filter(char::is_ascii_alphabetic).collect();
                    plain.to_lowercase().trim_end_matches("case").to_owned()
                };
                if let Some((name, _)) = RULES.iter().find(|(name, _)| short(name) == short(text)) {
                    return format!("`{text}` is not a rule for names; write `{name}`");
                }
                format!(
                    "`{text}` is not a rule for names{}",
                    or_list(text, RULES.iter().map(|(name, _)| *name))
                )
            })
    }

    /// Renames a Rust identifier of any case.
    pub(crate) fn apply(self, name: &str) -> String {
        let words = words(name);
        let capitalised = |word: &String| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_uppercase().chain(letters).collect::<String>())
                .unwrap_or_default()
        };
        match self {
            Case::Lower => words.concat(),
            Case::Upper => words.concat().to_uppercase(),
            Case::Pascal => words.iter().map(capitalised).collect(),
            Case::Camel => words
                .iter()
                .enumerate()
                .map(|(i, word)| {
                    if i == 0 {
                        word.clone()
                    } else {
                        capitalised(word)
                    }
                })
                .collect(),
            Case::Snake => words.join("_"),
            Case::ScreamingSnake => words.join("_").to_uppercase(),
            Case::Kebab => words.join("-"),
            Case::ScreamingKebab => words.join("-").to_uppercase(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_begin_at_capitals_and_underscores() {
        for (name, expected) in [
            ("AiBetaTesters", "ai beta testers"),
            ("AIBetaTesters", "ai beta testers"),
            ("account_age", "account age"),
            ("EU2Users", "eu2 users"),
            ("r#type", "type"),
            ("_hidden", "hidden"),
            ("ABC", "abc"),
        ] {
            assert_eq!(words(name).join(" "), expected);
        }
    }

    #[test]
    fn rules_are_serdes() {
        for (rule, expected) in [
            ("lowercase", "accountage"),
            ("UPPERCASE", "ACCOUNTAGE"),
            ("PascalCase", "AccountAge"),
            ("camelCase", "accountAge"),
            ("snake_case", "account_age"),
            ("SCREAMING_SNAKE_CASE", "ACCOUNT_AGE"),
            ("kebab-case", "account-age"),
            ("SCREAMING-KEBAB-CASE", "ACCOUNT-AGE"),
        ] {
            assert_eq!(Case::parse(rule).unwrap().apply("account_age"), expected);
        }
        assert_eq!(
            Case::parse("camel").unwrap_err(),
            "`camel` is not a rule for names; write `camelCase`"
        );
        assert_eq!(
            Case::parse("spongebob").unwrap_err(),
            "`spongebob` is not a rule for names; use `PascalCase`, `SCREAMING-KEBAB-CASE`, `SCREAMING_SNAKE_CASE`, \
             `UPPERCASE`, `camelCase`, `kebab-case`, `lowercase` or `snake_case`"
        );
    }
}
