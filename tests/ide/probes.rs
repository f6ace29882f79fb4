//! What is typed, and what is to be seen then.

/// One question.
pub struct Probe {
    pub name: &'static str,
    /// Texts that stand in `audiences.rs` once, and what becomes of them; `|` is the cursor.
    pub typed: &'static [(&'static str, &'static str)],
    pub wanted: Wanted,
}

/// The right answer.
pub enum Wanted {
    /// These names are offered, `only` these or at least these; those are not.
    Completions {
        only: bool,
        has: &'static [&'static str],
        lacks: &'static [&'static str],
    },
    /// The hover has each of these texts, once.
    Hover(&'static [&'static str]),
    /// The definition is on this line of `audiences.rs`, and nowhere else.
    Definition(&'static str),
    /// These and no others: the text at which each stands, and a part of what it says.
    Diagnostics(&'static [(&'static str, &'static str)]),
}

const ATTRIBUTES: &[&str] = &["ID", "EMAIL", "ACCOUNT_AGE", "PLAN", "ADDRESS"];
const ARGUMENTS: &[&str] = &[
    "key",
    "name",
    "description",
    "tags",
    "include",
    "exclude",
    "rule",
    "nobody",
    "big",
    "of",
    "member",
    "not_member",
    "allow",
    "environment",
];
const FIRST: &str = "User::EMAIL.ends_with(\"@company.com\")";
const SECOND: &str = "rule(User::ACCOUNT_AGE.gt(30), !User::PLAN.is(Plan::Free))";

const fn offers(has: &'static [&'static str], lacks: &'static [&'static str]) -> Wanted {
    Wanted::Completions {
        only: false,
        has,
        lacks,
    }
}

const fn offers_only(has: &'static [&'static str]) -> Wanted {
    Wanted::Completions {
        only: true,
        has,
        lacks: &[],
    }
}

macro_rules! probes {
    ($($name:literal: [$($old:expr => $new:literal),*] $wanted:expr;)*) => {
        /// All questions.
        pub const PROBES: &[Probe] = &[$(Probe { name: $name, typed: &[$(($old, $new)),*], wanted: $wanted }),*];
    };
}

probes! {
    "a clean file": [] Wanted::Diagnostics(&[]);

    "attributes after `User::`": [FIRST => "User::|"] offers(ATTRIBUTES, &[]);
    "attributes after `User::EM`": [FIRST => "User::EM|"] offers(&["EMAIL"], &[]);
    "attributes in the second of three rules": [SECOND => "rule(User::|)"] offers(ATTRIBUTES, &[]);
    "attributes in the second clause": [SECOND => "rule(User::ACCOUNT_AGE.gt(30), User::|)"] offers(ATTRIBUTES, &[]);
    "attributes after `!`": [SECOND => "rule(User::ACCOUNT_AGE.gt(30), !User::|)"] offers(ATTRIBUTES, &[]);
    "attributes before another clause": [SECOND => "rule(User::|, !User::PLAN.is(Plan::Free))"] offers(ATTRIBUTES, &[]);
    "operators of a text": [FIRST => "User::EMAIL.|"]
        offers(&["is", "is_any_of", "contains", "starts_with", "ends_with", "matches"], &["lt", "le", "gt", "ge", "before", "after"]);
    "operators of a text, begun": [FIRST => "User::EMAIL.en|"] offers(&["ends_with"], &["lt", "before"]);
    "operators of a number": [SECOND => "rule(User::ACCOUNT_AGE.|, !User::PLAN.is(Plan::Free))"]
        offers(&["is", "is_any_of", "lt", "le", "gt", "ge"], &["contains", "ends_with", "before", "after"]);
    "operators of an enum": [SECOND => "rule(User::ACCOUNT_AGE.gt(30), User::PLAN.|)"]
        offers(&["is", "is_any_of"], &["contains", "ends_with", "lt", "gt", "before", "after"]);
    "attributes of an object": ["User::ADDRESS.city.is(\"Berlin\")" => "User::ADDRESS.|"] offers(&["city"], &[]);
    "operators of an attribute of an object": ["User::ADDRESS.city.is(\"Berlin\")" => "User::ADDRESS.city.|"]
        offers(&["is", "ends_with"], &["lt", "before"]);
    "values of an enum": ["!User::PLAN.is(Plan::Free)" => "!User::PLAN.is(Plan::|)"] offers(&["Free", "Pro"], &[]);
    "the attribute that splits a share": ["by = User::ID" => "by = User::|"] offers(ATTRIBUTES, &[]);

    "context types in an empty list": ["include(User = [\"user-1\"])" => "include(|)"] offers(&["User", "at_least"], &["ends_with"]);
    "context types, begun": ["include(User = [\"user-1\"])" => "include(Us|)"] offers(&["User"], &[]);
    "context types after another list": ["include(User = [\"user-1\"])" => "include(User = [\"user-1\"], |)"] offers(&["User"], &[]);

    "keys, begun, between others": ["name = \"Staff\"," => "na|"] offers_only(ARGUMENTS);
    "keys, begun, with a comma": ["name = \"Staff\"," => "na|,"] offers_only(ARGUMENTS);
    "keys, begun, alone": ["    rule(member_of!(Staff), User::ACCOUNT_AGE.gt(300)),\n    rule(percent = 25, by = User::ID, User::PLAN.is(Plan::Pro)),\n" => "na|"]
        offers_only(ARGUMENTS);
    "keys, none begun, alone": ["    rule(member_of!(Staff), User::ACCOUNT_AGE.gt(300)),\n    rule(percent = 25, by = User::ID, User::PLAN.is(Plan::Pro)),\n" => "|"]
        offers_only(ARGUMENTS);
    "keys, none begun, after others": ["    rule(User::ADDRESS.city.is(\"Berlin\")),\n" => "    |\n"] offers_only(ARGUMENTS);
    "keys of a rule": [FIRST => "des|"] offers(&["description", "percent", "by", "everyone", "User", "member_of"], &["tags", "style_key"]);
    "keys of a rule before clauses": [SECOND => "rule(pe|, User::ACCOUNT_AGE.gt(30))"] offers(&["percent"], &[]);
    "keys of a rule, none begun": [SECOND => "rule(|)"] offers(&["description", "User"], &[]);
    "names of warnings": ["tags = [\"internal\"]," => "allow(|),"]
        offers(&["style_key", "style_description"], &["key_invalid"]);
    "segments in `member_of!`": ["member_of!(Staff)" => "member_of!(|)"] offers(&["Staff", "Testers"], &[]);
    "segments in `member_of!`, begun": ["member_of!(Staff)" => "member_of!(St|)"] offers(&["Staff"], &[]);

    "hover on `key`": ["key = \"staff\"" => "k|ey = \"staff\""] Wanted::Hover(&["unique in an environment"]);
    "hover on `tags`": ["tags =" => "ta|gs ="] Wanted::Hover(&["tags in LaunchDarkly stay as they are"]);
    "hover on `rule`": ["rule(description" => "ru|le(description"] Wanted::Hover(&["A rule; may be repeated"]);
    "hover on `description` of a rule": ["rule(description" => "rule(desc|ription"] Wanted::Hover(&["The purpose of the rule"]);
    "hover on `percent`": ["percent =" => "per|cent ="] Wanted::Hover(&["The percentage of matching contexts"]);
    "hover on `include`": ["include(User" => "inc|lude(User"] Wanted::Hover(&["regardless of the rules"]);
    "hover on an attribute": ["User::EMAIL" => "User::EM|AIL"] Wanted::Hover(&["Confirmed mail address.", "The attribute `email` of contexts of kind `user`."]);
    "hover on an operator": ["ends_with" => "ends|_with"] Wanted::Hover(&["The text ends with the value; case counts."]);
    "hover on an attribute of an object": ["ADDRESS.city" => "ADDRESS.ci|ty"] Wanted::Hover(&["The town."]);
    "hover on a segment": ["pub struct Staff" => "pub struct St|aff"]
        Wanted::Hover(&["Colleagues.", "User::EMAIL.ends_with(\"@company.com\")", "(by mail)", "User::ACCOUNT_AGE.gt(30)"]);
    "hover on a segment that is asked": ["member_of!(Staff)" => "member_of!(St|aff)"] Wanted::Hover(&["Colleagues.", "(by mail)"]);
    "hover on `member_of!`": ["member_of!(Staff)" => "member|_of!(Staff)"] Wanted::Hover(&["A clause that asks another segment"]);

    "definition of an attribute": ["User::EMAIL" => "User::EM|AIL"] Wanted::Definition("pub email: Option<String>,");
    "definition of an attribute of an object": ["ADDRESS.city" => "ADDRESS.ci|ty"] Wanted::Definition("pub city: String,");
    "definition of a context": ["include(User" => "include(Us|er"] Wanted::Definition("pub struct User {");
    "definition of a segment that is asked": ["member_of!(Staff)" => "member_of!(St|aff)"] Wanted::Definition("pub struct Staff;");

    "a key misspelt": ["name = \"Staff\"" => "nam = \"Staff\""] Wanted::Diagnostics(&[("nam", "`nam` is not a key of `segment`; did you mean `name`?")]);
    "a key half-typed": ["name = \"Staff\"," => "na"] Wanted::Diagnostics(&[("na", "not an argument of `segment`")]);
    "an attribute half-typed": [SECOND => "rule(User::)"] Wanted::Diagnostics(&[(":", "an attribute is missing after `::`")]);
    "an operator half-typed": [SECOND => "rule(User::EMAIL.)"] Wanted::Diagnostics(&[(".", "an operator is missing after `.`")]);
    "a comma half-typed": [SECOND => "rule(User::ACCOUNT_AGE.gt(30) User::EMAIL.is(\"x\"))"]
        Wanted::Diagnostics(&[("User", "a comma is missing before `User`")]);
    "operators of a text, before a broken rule": [FIRST => "User::EMAIL.|", SECOND => "rule(User::ACCOUNT_AGE >)"] offers(&["ends_with"], &["lt"]);
    "three mistakes": [
        "key = \"staff\"" => "key = \"st aff\"",
        "tags = [\"internal\"]" => "tags = [\"in ternal\"]",
        SECOND => "rule(User::EMAIL.matches(\"(\"))"
    ] Wanted::Diagnostics(&[("\"st aff\"", "st aff"), ("\"in ternal\"", "in ternal"), ("\"(\"", "")]);
}
