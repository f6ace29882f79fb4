//! Words of other languages for clauses and tables, with their equivalents here. One table for Rust and
//! for files, so that both answer `notIn` and `>=` alike.

use crate::{AttributeType, OPERATORS, Operator, OperatorRow, Value, date, did_you_mean, version};

/// A comparison of an attribute with values, regardless of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The attribute is one of the values.
    Equal,
    /// The attribute is less, earlier, or of an earlier version.
    Less,
    /// The attribute is less or equal.
    AtMost,
    /// The attribute is greater, later, or of a later version.
    Greater,
    /// The attribute is greater or equal.
    AtLeast,
    /// The attribute contains a value.
    Contains,
    /// The attribute starts with a value.
    StartsWith,
    /// The attribute ends with a value.
    EndsWith,
    /// A regular expression is found in the attribute.
    Matches,
    /// The context is a member of a segment.
    MemberOf,
}

impl Relation {
    /// Returns the relation of an operator.
    #[must_use]
    pub const fn of(operator: Operator) -> Self {
        match operator {
            Operator::In | Operator::SemVerEqual => Self::Equal,
            Operator::LessThan | Operator::Before | Operator::SemVerLessThan => Self::Less,
            Operator::LessThanOrEqual => Self::AtMost,
            Operator::GreaterThan | Operator::After | Operator::SemVerGreaterThan => Self::Greater,
            Operator::GreaterThanOrEqual => Self::AtLeast,
            Operator::Contains => Self::Contains,
            Operator::StartsWith => Self::StartsWith,
            Operator::EndsWith => Self::EndsWith,
            Operator::Matches => Self::Matches,
            Operator::SegmentMatch => Self::MemberOf,
        }
    }

    /// Returns the operator for the relation on attributes of a type, and whether the clause has to be
    /// negated: dates and versions have no "at least", but "not before".
    ///
    /// ```
    /// use segments_model::{AttributeType, Operator, foreign::Relation};
    ///
    /// assert_eq!(Relation::AtLeast.on(AttributeType::Date), Some((Operator::Before, true)));
    /// assert_eq!(Relation::Less.on(AttributeType::String), None);
    /// ```
    #[must_use]
    pub fn on(self, attribute_type: AttributeType) -> Option<(Operator, bool)> {
        use Operator as Op;
        let ordered = |number: Op, (date, version): (Op, Op), negate: bool| match attribute_type {
            AttributeType::Number | AttributeType::Any => Some((number, false)),
            AttributeType::Date => Some((date, negate)),
            AttributeType::Version => Some((version, negate)),
            AttributeType::Bool | AttributeType::String => None,
        };
        let later = (Op::After, Op::SemVerGreaterThan);
        let earlier = (Op::Before, Op::SemVerLessThan);
        let plain = match self {
            Self::Less => return ordered(Op::LessThan, earlier, false),
            Self::AtMost => return ordered(Op::LessThanOrEqual, later, true),
            Self::Greater => return ordered(Op::GreaterThan, later, false),
            Self::AtLeast => return ordered(Op::GreaterThanOrEqual, earlier, true),
            Self::Equal if attribute_type == AttributeType::Version => Op::SemVerEqual,
            Self::Equal => Op::In,
            Self::Contains => Op::Contains,
            Self::StartsWith => Op::StartsWith,
            Self::EndsWith => Op::EndsWith,
            Self::Matches => Op::Matches,
            Self::MemberOf => return Some((Op::SegmentMatch, false)),
        };
        plain.fits(attribute_type).then_some((plain, false))
    }
}

/// The meaning of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A comparison.
    Comparison {
        /// With what relation.
        relation: Relation,
        /// Whether it is negated.
        negate: bool,
    },
    /// A comparison of strings that ignores case.
    IgnoringCase(Relation),
    /// Whether the attribute lies between two values.
    Between,
    /// Whether the context has the attribute.
    Present,
    /// Whether the context lacks the attribute.
    Absent,
    /// Whether the attribute is this boolean.
    Boolean(bool),
}

const fn is(relation: Relation) -> Meaning {
    Meaning::Comparison {
        relation,
        negate: false,
    }
}

const fn not(relation: Relation) -> Meaning {
    Meaning::Comparison {
        relation,
        negate: true,
    }
}

/// The words for each meaning, [folded](fold): SQL, JavaScript, Python, CEL, Rego, `MongoDB`, Elasticsearch, and
/// LaunchDarkly's page.
const WORDS: &[(Meaning, &str)] = &[
    (
        is(Relation::Equal),
        ": := = == === is eq equal equals equalto isequal isequalto sameas exactly exact term streq stringequals numericequals \
         in isin oneof isoneof any anyof isanyof within inlist isinlist containedin includedin elementof terms array.contains overlaps \
         intersects containsany hasany includesany hasanyof containsanyof some semverequal semverequals \
         semverequalto semvereq",
    ),
    (
        not(Relation::Equal),
        "!= <> !== not ne neq isnot isnt noteq notequal notequals notequalto isnotequal isnotequalto doesnotequal different \
         differs stringnotequals notin !in isnotin oneofnot notoneof isnotoneof isntoneof noneof isnoneof nin notanyof isnotanyof \
         notinlist isnotinlist",
    ),
    (
        is(Relation::Less),
        "< lt less lessthan islessthan below under smaller smallerthan fewer fewerthan before isbefore earlier earlierthan \
         priorto semverlt semverless semverlessthan versionlessthan semverbefore <semver semver< olderversion earlierversion",
    ),
    (
        is(Relation::AtMost),
        "<= =< lte le atmost lessorequal lessthanorequal lessthanorequalto lessthanequal islessthanorequalto max maximum nomorethan \
         upto until notafter semverlte semverle semverlessthanorequal semverlessthanorequalto semveratmost <=semver semver<= onorbefore",
    ),
    (
        is(Relation::Greater),
        "> gt greater greaterthan isgreaterthan above over more morethan bigger biggerthan larger largerthan after isafter later \
         laterthan semvergt semvergreater semvergreaterthan versiongreaterthan semverafter >semver semver> newer newerthan newerversion laterversion",
    ),
    (
        is(Relation::AtLeast),
        ">= => gte ge atleast greaterorequal greaterthanorequal greaterthanorequalto greaterthanequal isgreaterthanorequalto min \
         minimum nolessthan since from notbefore semvergte semverge semvergreaterthanorequal semvergreaterthanorequalto \
         semveratleast >=semver semver>= onorafter",
    ),
    (
        is(Relation::Contains),
        "contains contain includes include containing has like substring instr indexof strpos containstext hassubstring",
    ),
    (
        not(Relation::Contains),
        "notcontains notcontain doesnotcontain doesntcontain excludes notincludes doesnotinclude notlike containsnot",
    ),
    (
        is(Relation::StartsWith),
        "startswith startwith beginswith beginwith begins starts prefix hasprefix isprefixof startswithany startingwith",
    ),
    (
        not(Relation::StartsWith),
        "notstartswith doesnotstartwith doesntstartwith notprefix notbeginswith doesnotbeginwith",
    ),
    (
        is(Relation::EndsWith),
        "endswith endwith ends suffix hassuffix issuffixof endswithany endingwith",
    ),
    (
        not(Relation::EndsWith),
        "notendswith doesnotendwith doesntendwith notsuffix",
    ),
    (
        is(Relation::Matches),
        "matches match ismatch regex regexp regexmatch regexmatches matchesregex matchregex matchespattern pattern rlike =~ ~ ~= \
         similarto rematch research regexismatch test fullmatch search",
    ),
    (
        not(Relation::Matches),
        "!~ !=~ notmatches notmatch doesnotmatch doesntmatch notregex notregexp doesnotmatchregex notrlike",
    ),
    (
        is(Relation::MemberOf),
        "segmentmatch memberof ismemberof member insegment isinsegment segment segments matchessegment segmentmatches insegments belongsto",
    ),
    (
        not(Relation::MemberOf),
        "notsegmentmatch notmemberof isnotmemberof notinsegment isnotinsegment notsegment notinsegments",
    ),
    (
        Meaning::IgnoringCase(Relation::Equal),
        "iexact ieq equalsignorecase eqignorecase eqignoreasciicase equalsfold equalfold ilike inocase caseinsensitiveequals \
         localecompare strcasecmp",
    ),
    (
        Meaning::IgnoringCase(Relation::Contains),
        "icontains containsignorecase",
    ),
    (
        Meaning::IgnoringCase(Relation::StartsWith),
        "istartswith startswithignorecase",
    ),
    (
        Meaning::IgnoringCase(Relation::EndsWith),
        "iendswith endswithignorecase",
    ),
    (
        Meaning::IgnoringCase(Relation::Matches),
        "iregex ~* matchesignorecase",
    ),
    (
        Meaning::Between,
        "between isbetween range inrange isinrange withinrange",
    ),
    (
        Meaning::Present,
        "exists exist isset set present ispresent defined isdefined notnull isnotnull !null hasvalue issome isok isnotnone notnone \
         isnotempty notempty nonempty isnotblank isnotundefined notundefined known isknown truthy",
    ),
    (
        Meaning::Absent,
        "notexists !exists doesnotexist isnull null isnone none nil isnil missing ismissing absent isabsent unset isunset isnotset notset \
         undefined isundefined notdefined isempty empty isblank blank isnotpresent notpresent falsy",
    ),
    (Meaning::Boolean(true), "true istrue isthetrue yes on"),
    (Meaning::Boolean(false), "false isfalse no off"),
];

/// Case, separators and blanks tell no words apart.
fn fold(word: &str) -> String {
    word.chars()
        .filter(|c| {
            !matches!(
                c,
                '_' | '-' | '.' | ' ' | '$' | '(' | ')' | '\'' | '’' | '?'
            )
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// Returns the meaning of a word of another language; `None` for other words.
///
/// ```
/// use segments_model::foreign::{Meaning, Relation, meaning};
///
/// let not_equal = Meaning::Comparison { relation: Relation::Equal, negate: true };
/// assert_eq!(meaning("is not one of"), Some(not_equal));
/// assert_eq!(meaning("<>"), Some(not_equal));
/// assert_eq!(meaning("frobnicate"), None);
/// ```
#[must_use]
pub fn meaning(word: &str) -> Option<Meaning> {
    let folded = fold(word);
    if let Some(meaning) = in_table(&folded) {
        return Some(meaning);
    }
    let plain = folded.strip_prefix("semanticversion").unwrap_or(&folded);
    // `before (<)`: a sign behind the words.
    let words = plain.trim_end_matches(['<', '>', '=', '~']);
    let plain = if words.is_empty() { plain } else { words };
    in_table(plain).or_else(|| {
        let rest = without_negation(plain)?;
        let meaning = in_table(rest).or_else(|| in_table(&format!("is{rest}")))?;
        opposite(meaning)
    })
}

/// The meaning of a word that is [folded](fold).
fn in_table(folded: &str) -> Option<Meaning> {
    let known = |words: &str| words.split_whitespace().any(|known| known == folded);
    let found = WORDS.iter().find(|(_, words)| known(words));
    found.map(|(meaning, _)| *meaning)
}

/// The rest of a folded word that begins with a negation.
fn without_negation(folded: &str) -> Option<&str> {
    ["isnot", "isnt", "doesnot", "doesnt", "not"]
        .iter()
        .find_map(|negation| folded.strip_prefix(negation))
}

/// Returns whether a word begins with a negation, so that a name without one is not a suggestion for it.
///
/// ```
/// use segments_model::foreign::is_negated;
///
/// assert!(is_negated("is not greater than"));
/// assert!(!is_negated("greater than"));
/// ```
#[must_use]
pub fn is_negated(word: &str) -> bool {
    without_negation(&fold(word)).is_some()
}

/// The negation of a meaning, where one word has it.
const fn opposite(meaning: Meaning) -> Option<Meaning> {
    Some(match meaning {
        Meaning::Comparison { relation, negate } => Meaning::Comparison {
            relation,
            negate: !negate,
        },
        Meaning::Boolean(value) => Meaning::Boolean(!value),
        Meaning::Present => Meaning::Absent,
        Meaning::Absent => Meaning::Present,
        Meaning::IgnoringCase(_) | Meaning::Between => return None,
    })
}

/// Words for one key each, as people and other programs write them: in front of `:` those that a table here has,
/// in a file and in Rust.
const KEYS: &[&str] = &[
    "op : operator operation comparator comparison cmp predicate operand",
    "values : value val vals equals args argument arguments operands is in matches",
    "attribute : attr field property prop name column path attributes",
    "negate : not negated negation invert inverted inverse negative isnot",
    "context : kind contextkind ctx kinds contexts of",
    "clauses : clause conditions condition when if where match matchers allof and criteria filters filter predicates",
    "everyone : everybody all anyone matchall always default catchall",
    "percent : percentage rollout weight share pct ratio rolloutpercentage percents rolloutweight sample fractional",
    "bucket_by by : by bucketby splitby hashby bucket_by",
    "bucket_context : rolloutcontextkind bucketcontextkind bucketkind",
    "description : desc comment doc docs summary note about details",
    "name : title label displayname",
    "tags : tag labels",
    "included include : contexttargets individualtargets targets include includes included users user members targets whitelist allowlist keys includedcontexts list target includesome includesomeusers includesomecontexts addincludedtargets addincludedusers includedtargets",
    "excluded exclude : exclude excludes excluded blacklist blocklist denylist deny except excludedcontexts excludesome excludesomeusers excludesomecontexts addexcludedtargets addexcludedusers excludedtargets",
    "included_at_least : includeatleast alsoincluded",
    "excluded_at_least : excludeatleast alsoexcluded",
    "rules rule : rule rules targetingrules condition conditions when if where filter match clauses clause anyof",
    "nobody : empty none noone never disabled",
    "big : unbounded unboundedcontextkind bigsegment external large biglist",
    "examples : example tests test",
    "member : ismember expected expect in contains matches result example test",
    "not_member : nonmember notamember isnotmember",
    "environments environment : environment env envs environments",
    "allow : ignore silence suppress allowed lint lints",
    "segments : segment audiences audience",
    "contexts : context kinds contextkinds schema",
    "ai_configs : aiconfig aiconfigs ai aimodels",
    "flags : flag feature features featureflags featureflag",
    "external_segments : external externalsegment extern imports",
    "owner : maintainer managedby team",
    "attributes : attribute fields properties props",
    "type : kind datatype ty is",
    "many : array list multiple repeated multi ismany",
    "one_of : enum values options choices oneof allowed variants allowedvalues",
    "private : secret hidden pii isprivate redacted",
    "skip : ignore ignored skipped exclude omit",
    "key : id identifier primarykey primary pk unique slug",
    "rename_all : case renameall casing",
    "kind : type contextkind contexttype",
    "context : user ctx given input data",
    "serve : variation value variationkey serves then return rollout variationid",
    "variations : variation variants values options",
    "targets target : target targets individualtargets contexttargets users include",
    "fallthrough : default otherwise else fallback defaultrule elseserve rest offvariation",
    "keys : key values users ids contexts members",
    "at_least : keepothers partial",
    "until : expires expiry expiration expirationdate expireson expiresat expireat expire expirydate expiringon ends endsat enddate end validuntil till to ttl removeat removeon leaves",
];

/// Returns the key of a table for a word of another language, of LaunchDarkly's JSON or of an earlier
/// form.
///
/// ```
/// use segments_model::foreign::key;
///
/// assert_eq!(key("otherwise", |key| key == "fallthrough"), Some("fallthrough"));
/// assert_eq!(key("bucketBy", |key| key == "bucket_by"), Some("bucket_by"));
/// assert_eq!(key("frobnicate", |_| true), None);
/// ```
pub fn key(word: &str, is_key: impl Fn(&str) -> bool) -> Option<&'static str> {
    let folded = fold(word);
    KEYS.iter().find_map(|words| {
        let (keys, words) = words.split_once(" : ")?;
        let known = words.split_whitespace().any(|word| word == folded);
        known.then(|| keys.split_whitespace().find(|key| is_key(key)))?
    })
}

/// Returns whether a key says that one of several conditions is enough.
///
/// ```
/// use segments_model::foreign::is_any_of;
///
/// assert!(is_any_of("anyOf") && is_any_of("or") && !is_any_of("and"));
/// ```
#[must_use]
pub fn is_any_of(key: &str) -> bool {
    let words = ["or", "any", "anyof", "either", "oneof", "some"];
    words.contains(&fold(key).as_str())
}

/// Returns whether a key and its value say how conditions are joined.
///
/// ```
/// use segments_model::foreign::joins;
///
/// assert!(joins("match", "ALL") && joins("combinator", "or") && !joins("match", "email"));
/// ```
#[must_use]
pub fn joins(key: &str, value: &str) -> bool {
    let keys = [
        "match",
        "matchtype",
        "logic",
        "operator",
        "combine",
        "combinator",
        "mode",
        "condition",
    ];
    let ways = ["all", "any", "and", "or"];
    keys.contains(&fold(key).as_str()) && ways.contains(&fold(value).as_str())
}

/// Keys of LaunchDarkly's JSON that only the service sets.
const SET_BY_SERVICE: &[&str] = &[
    "_id",
    "_links",
    "_access",
    "_flags",
    "_version",
    "_maintainer",
    "salt",
    "creationDate",
    "createdAt",
    "lastModifiedDate",
    "updatedAt",
    "deleted",
    "generation",
    "version",
    "importInProgress",
    "unboundedMetadata",
    "ref",
    "id",
];

/// Returns where to set a key that Terraform and requests have in a segment; `None` for all others.
///
/// ```
/// assert!(segments_model::foreign::said_elsewhere("env_key").is_some());
/// ```
#[must_use]
pub fn said_elsewhere(key: &str) -> Option<&'static str> {
    Some(match key {
        "project_key" | "projectKey" | "env_key" | "envKey" | "environment_key"
        | "environmentKey" => "project and environment are settings of the command",
        "value_type" | "valueType" => "the attribute determines the type of its values",
        "view_keys" | "viewKeys" | "maintainer_id" | "maintainerId" => "it is set in LaunchDarkly",
        _ => return None,
    })
}

/// Returns whether a key is somebody's word for the expiry of listed contexts, or `until` misspelt.
///
/// ```
/// assert!(segments_model::foreign::is_expiry("expires"));
/// assert!(segments_model::foreign::is_expiry("untill"));
/// assert!(!segments_model::foreign::is_expiry("user"));
/// ```
#[must_use]
pub fn is_expiry(word: &str) -> bool {
    key(word, |key| key == "until").is_some() || did_you_mean(word, ["until"]).is_some()
}

/// Returns whether a key says when listed contexts come; LaunchDarkly knows only when they go.
///
/// ```
/// assert!(segments_model::foreign::is_beginning("startDate"));
/// assert!(!segments_model::foreign::is_beginning("expires"));
/// ```
#[must_use]
pub fn is_beginning(key: &str) -> bool {
    let key = key.to_lowercase();
    [
        "from", "since", "start", "begin", "after", "added", "created",
    ]
    .iter()
    .any(|word| key.starts_with(word))
}

/// Returns whether only LaunchDarkly sets a key.
///
/// ```
/// assert!(segments_model::foreign::is_set_by_service("creationDate"));
/// assert!(!segments_model::foreign::is_set_by_service("description"));
/// ```
#[must_use]
pub fn is_set_by_service(key: &str) -> bool {
    SET_BY_SERVICE.contains(&key)
}

/// Returns the relation of SQL's `LIKE` with a text, and the text without `%`.
///
/// ```
/// use segments_model::foreign::{Relation, like};
///
/// assert_eq!(like("%@x.com"), (Relation::EndsWith, "@x.com"));
/// assert_eq!(like("ann"), (Relation::Equal, "ann"));
/// ```
#[must_use]
pub fn like(text: &str) -> (Relation, &str) {
    let relation = match (text.starts_with('%'), text.ends_with('%')) {
        (true, true) => Relation::Contains,
        (true, false) => Relation::EndsWith,
        (false, true) => Relation::StartsWith,
        (false, false) => Relation::Equal,
    };
    (relation, text.trim_matches('%'))
}

/// Returns the type for which a text is certainly meant: a date, or a version of several numbers.
#[must_use]
pub fn type_of_text(text: &str) -> AttributeType {
    if date::parse(text).is_ok() || date_alone(text) {
        AttributeType::Date
    } else if version::parse(text).is_ok() && text.contains('.') && text.parse::<f64>().is_err() {
        AttributeType::Version
    } else {
        AttributeType::String
    }
}

/// Returns a date as RFC 3339 text, completed if necessary; `None` if the text is not a date.
#[must_use]
pub fn date_with_time(text: &str) -> Option<String> {
    match date::parse(text) {
        Ok(_) => Some(text.to_owned()),
        Err(_) => {
            let midnight = format!("{}T00:00:00Z", text.get(..10)?);
            date::parse(&midnight).ok().map(|_| midnight)
        }
    }
}

/// `2024-05-03`, and with a time behind it that RFC 3339 does not know.
pub(crate) fn date_alone(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| {
        bytes
            .get(range)
            .is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    digits(0..4)
        && bytes.get(4) == Some(&b'-')
        && digits(5..7)
        && bytes.get(7) == Some(&b'-')
        && digits(8..10)
}

/// Returns the operators that fit attributes of a type, each formatted by `name`.
pub fn fitting(
    attribute_type: AttributeType,
    name: impl Fn(&'static OperatorRow) -> &'static [&'static str],
) -> Vec<&'static str> {
    let mut names = Vec::new();
    for row in OPERATORS {
        // `is` on a version is `semVerEqual`.
        let fits = row.operator.fits(attribute_type) && row.operator != Operator::SegmentMatch;
        for name in name(row).iter().filter(|_| fits) {
            if !names.contains(name) {
                names.push(*name);
            }
        }
    }
    names
}

/// Lists names for a message: `` `a`, `b` or `c` ``.
#[must_use]
pub fn any_of(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Returns a portable regular expression that finds a text in any case: `[aA][bB]`.
///
/// ```
/// use segments_model::foreign::{Relation, ignoring_case};
///
/// assert_eq!(ignoring_case(Relation::EndsWith, "@x.com"), "@[xX]\\.[cC][oO][mM]$");
/// ```
#[must_use]
pub fn ignoring_case(relation: Relation, text: &str) -> String {
    let mut pattern = String::new();
    if matches!(relation, Relation::Equal | Relation::StartsWith) {
        pattern.push('^');
    }
    for letter in text.chars() {
        let (lower, upper) = (letter.to_lowercase(), letter.to_uppercase());
        if letter.is_alphabetic() && lower.to_string() != upper.to_string() {
            pattern.push_str(&format!("[{lower}{upper}]"));
        } else if letter.is_alphanumeric() || matches!(letter, '@' | '_' | '-' | ' ') {
            pattern.push(letter);
        } else {
            pattern.push('\\');
            pattern.push(letter);
        }
    }
    if matches!(relation, Relation::Equal | Relation::EndsWith) {
        pattern.push('$');
    }
    pattern
}

/// Returns regular expressions for a string length, for which LaunchDarkly has no operator, each with
/// whether it is negated; all of them have to match. They count printable ASCII characters, because SDKs
/// count other characters differently, and read `^` and `$` differently.
///
/// ```
/// use segments_model::foreign::{Relation, of_length};
///
/// let least = ("[ -~]{4}".to_owned(), false);
/// assert_eq!(of_length(Relation::Greater, 3), Some(vec![least]));
/// ```
#[must_use]
pub fn of_length(relation: Relation, length: u32) -> Option<Vec<(String, bool)>> {
    let (least, most) = match relation {
        Relation::Equal => (length, Some(length)),
        Relation::Less => (0, Some(length.checked_sub(1)?)),
        Relation::AtMost => (0, Some(length)),
        Relation::Greater => (length.checked_add(1)?, None),
        Relation::AtLeast => (length, None),
        _ => return None,
    };
    let characters = |count: u32| format!("[ -~]{{{count}}}");
    let at_least = (least > 0).then(|| (characters(least), false));
    let at_most = match most {
        Some(most) => Some((characters(most.checked_add(1)?), true)),
        None => None,
    };
    Some(at_least.into_iter().chain(at_most).collect())
}

/// Converts a value to the type of an attribute: `"30"` becomes 30 for a number.
///
/// ```
/// use segments_model::{AttributeType, Value, foreign::converted};
///
/// assert_eq!(converted(&Value::from("30"), AttributeType::Number).as_deref(), Some("30"));
/// assert_eq!(converted(&Value::from(true), AttributeType::String).as_deref(), Some("\"true\""));
/// assert_eq!(converted(&Value::from("x"), AttributeType::Bool), None);
/// ```
#[must_use]
pub fn converted(value: &Value, attribute_type: AttributeType) -> Option<String> {
    let quoted = |text: &str| Value::from(text.to_owned()).to_string();
    match (attribute_type, value) {
        (AttributeType::Number, Value::String(text)) => {
            let text = text.trim();
            let number: f64 = text.parse().ok()?;
            number
                .is_finite()
                .then(|| text.trim_start_matches('+').to_owned())
        }
        (AttributeType::Bool, Value::String(text)) => match &text.to_lowercase()[..] {
            "true" | "yes" | "on" | "1" => Some("true".to_owned()),
            "false" | "no" | "off" | "0" => Some("false".to_owned()),
            _ => None,
        },
        (AttributeType::Bool, Value::Number(number)) if number.as_integer() == Some(1) => {
            Some("true".to_owned())
        }
        (AttributeType::Bool, Value::Number(number)) if number.as_integer() == Some(0) => {
            Some("false".to_owned())
        }
        (AttributeType::String, Value::Number(_) | Value::Bool(_)) => {
            Some(quoted(&value.to_string()))
        }
        (AttributeType::Version, Value::Number(_)) => {
            let text = value.to_string();
            version::parse(&text).ok().map(|_| quoted(&text))
        }
        (AttributeType::Date, Value::String(text)) => {
            let text = text.trim();
            if let Ok(milliseconds) = date::parse(text) {
                return Some(milliseconds.to_string());
            }
            text.parse::<i64>()
                .ok()
                .map(|milliseconds| milliseconds.to_string())
        }
        _ => None,
    }
}

/// Returns the ending of a message about a value of another type: what to write, if that is known.
#[must_use]
pub fn advice(value: &Value, attribute_type: AttributeType) -> String {
    converted(value, attribute_type).map_or_else(String::new, |value| format!("; write `{value}`"))
}

/// Returns the type for a word of another language, as it should be written.
#[must_use]
pub fn attribute_type(word: &str) -> Option<&'static str> {
    Some(match &fold(word)[..] {
        "boolean" | "flag" | "bit" | "truefalse" | "yesno" => "\"bool\"",
        "text" | "str" | "varchar" | "char" | "uuid" | "email" | "url" | "id" | "key"
        | "strings" | "&str" => "\"string\"",
        "int" | "integer" | "float" | "double" | "decimal" | "numeric" | "num" | "long"
        | "real" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "f32" | "f64" | "usize"
        | "bigint" | "numbers" | "int64" => "\"number\"",
        "version" | "semanticversion" | "sem" => "\"semver\"",
        "datetime" | "timestamp" | "time" | "instant" | "moment" | "systemtime"
        | "offsetdatetime" | "rfc3339" | "iso8601" | "unix" | "epoch" => "\"date\"",
        "array" | "list" | "set" | "vec" | "vec<string>" | "string[]" | "array<string>"
        | "list<string>" | "liststring" | "[string]" => "{ type = \"string\", many = true }",
        "number[]" | "vec<number>" | "array<number>" | "list<number>" | "[number]" => {
            "{ type = \"number\", many = true }"
        }
        "enum" | "oneof" | "choice" | "options" => {
            "{ type = \"string\", one_of = [\"free\", \"pro\"] }"
        }
        "json" | "unknown" | "mixed" | "value" | "variant" | "anything" => "\"any\"",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_word_has_one_meaning_and_is_folded() {
        let mut seen = HashSet::new();
        for word in WORDS.iter().flat_map(|(_, words)| words.split_whitespace()) {
            assert_eq!(fold(word), word.replace('.', ""), "{word}");
            assert!(seen.insert(fold(word)), "{word} is in the table twice");
        }
    }

    #[test]
    fn the_relation_of_an_operator_is_that_operator_on_its_types() {
        for row in OPERATORS {
            for attribute_type in row.types {
                let same = Relation::of(row.operator).on(*attribute_type);
                let (operator, negate) = same.expect("it fits");
                assert!(operator.fits(*attribute_type) && !negate, "{operator}");
            }
        }
    }

    #[test]
    fn texts_tell_types() {
        for (text, expected) in [
            ("2024-05-03T00:00:00Z", AttributeType::Date),
            ("2024-05-03", AttributeType::Date),
            ("2.0.0", AttributeType::Version),
            ("2.0", AttributeType::String),
            ("30", AttributeType::String),
            ("pro", AttributeType::String),
        ] {
            assert_eq!(type_of_text(text), expected, "{text}");
        }
    }

    #[test]
    fn lengths_are_patterns() {
        let length = |relation| of_length(relation, 3);
        let clauses = |clauses: &[(&str, bool)]| {
            let clauses = clauses
                .iter()
                .map(|(text, negate)| ((*text).to_owned(), *negate));
            Some(clauses.collect())
        };
        assert_eq!(length(Relation::Greater), clauses(&[("[ -~]{4}", false)]));
        assert_eq!(length(Relation::Less), clauses(&[("[ -~]{3}", true)]));
        assert_eq!(
            length(Relation::Equal),
            clauses(&[("[ -~]{3}", false), ("[ -~]{4}", true)])
        );
        assert_eq!(length(Relation::Contains), None);
    }

    #[test]
    fn what_is_suggested_for_a_length_has_no_finding() {
        for (pattern, _) in of_length(Relation::Equal, 7).unwrap() {
            assert_eq!(crate::pattern::check(&pattern).unwrap(), [], "{pattern}");
        }
    }
}
