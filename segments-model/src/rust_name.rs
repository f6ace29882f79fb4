//! The Rust names that `include_segments!` derives from a file's names: `eu-power.users` is
//! `EuPowerUsers`, `accountAge` is `account_age`. Macros print them as identifiers, escaped if they are
//! keywords; editors look them up.

/// Splits a name into words, in lower case: at underscores, and before capitals. A run of capitals is one
/// word.
///
/// ```
/// use segments_model::rust_name::words;
///
/// assert_eq!(words("AIBetaTesters"), ["ai", "beta", "testers"]);
/// ```
#[must_use]
pub fn words(name: &str) -> Vec<String> {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let mut words = Vec::new();
    for part in name.split('_').filter(|part| !part.is_empty()) {
        let letters: Vec<char> = part.chars().collect();
        let mut word = String::new();
        for (index, letter) in letters.iter().enumerate() {
            let begins = letter.is_uppercase()
                && index > 0
                && (!letters[index - 1].is_uppercase()
                    || letters
                        .get(index + 1)
                        .is_some_and(|next| next.is_lowercase()));
            if begins {
                words.push(std::mem::take(&mut word));
            }
            word.extend(letter.to_lowercase());
        }
        words.push(word);
    }
    words
}

/// Returns the name of a type: each word capitalized.
#[must_use]
pub fn of_type(key: &str) -> String {
    let mut name = String::new();
    for word in key.split(|c: char| !c.is_alphanumeric()) {
        let mut letters = word.chars();
        name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(letters.as_str());
    }
    name
}

/// Returns the name of a field: words in lower case, with underscores.
#[must_use]
pub fn of_field(attribute: &str) -> String {
    let with_underscores: String = attribute
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect();
    words(&with_underscores).join("_")
}

/// Returns the name of a field's constant.
#[must_use]
pub fn of_constant(attribute: &str) -> String {
    of_field(attribute).to_uppercase()
}

/// Returns the name of a variation's variant.
#[must_use]
pub fn of_variant(variation: &str) -> String {
    let capitalised = |word: String| {
        let mut letters = word.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters.as_str().chars()).collect::<String>()
    };
    words(&of_field(variation))
        .into_iter()
        .map(capitalised)
        .collect()
}

/// Returns the name of the enum of an AI Config's or flag's variations.
#[must_use]
pub fn of_variations(key: &str) -> String {
    format!("{}Variation", of_type(key))
}
