//! The macros of [`segments-runtime`](https://docs.rs/segments-runtime), which documents and re-exports them.
//!
//! Each macro is one short pipeline: parse → check → expand. Parsing collects errors and continues,
//! checking uses `segments-model`, expanding cannot fail. Broken parts are left out of the output, and
//! the rest of the item stays usable, so that one mistake is one error.
//!
//! # Features
//!
//! - `toml`: `include_segments!`. Adds the file reader.
//! - `proptest`: derives describe the values of a type.

mod assertion;
mod attribute_value;
mod by_type;
mod case;
mod context;
mod crate_argument;
mod echo;
mod environment;
mod errors;
mod ident;
#[cfg(feature = "toml")]
mod include;
mod key;
mod key_items;
mod measured;
mod meta;
mod mistake;
mod partition;
mod place;
mod runtime_path;
mod segment;
mod targeting;
#[cfg(test)]
mod tests;
mod warnings;

use proc_macro::TokenStream;

/// Makes a struct a context: what an application tells LaunchDarkly about a user, a device, ...
///
/// # On the struct: `#[context(...)]`
///
/// | key | meaning |
/// |---|---|
/// | `kind = "user"` | the context kind; by default the type's name in kebab case |
/// | `rename_all = "camelCase"` | how field names become attribute names; any of serde's rules |
/// | `crate = path` | where `segments_runtime` is found, if it has another name |
///
/// # On a field: `#[context(...)]`
///
/// | key | meaning |
/// |---|---|
/// | `key` | this field is the context's key; exactly one is |
/// | `name = "beta_opted_in"` | the attribute's name |
/// | `private` | LaunchDarkly's SDKs use the attribute but do not report it |
/// | `skip` | this field is no attribute |
///
/// Each field becomes a constant in upper case, which carries the field's own documentation.
///
/// ```
/// use segments_runtime::{Context, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user", rename_all = "camelCase")]
/// struct User {
///     #[context(key)]
///     id: String,
///     /// Days since the account was created.
///     account_age: u32,
/// }
///
/// /// Accounts of more than a month.
/// #[segment(rule(User::ACCOUNT_AGE.gt(30)))]
/// struct Settled;
///
/// assert!(Settled::contains(&User { id: "u-1".into(), account_age: 31 }));
/// ```
#[proc_macro_derive(Context, attributes(context))]
pub fn derive_context(input: TokenStream) -> TokenStream {
    context::derive_context(input.into()).into()
}

/// Makes a struct an object that stands inside a context, so that its fields are attributes such as
/// `/address/city`.
///
/// The struct takes `#[attributes(rename_all = "...", crate = path)]`, its fields
/// `#[attributes(name = "...", private, skip)]`, as [`Context`](macro@Context) does.
///
/// ```
/// use segments_runtime::{Attributes, Context, segment};
///
/// #[derive(Attributes)]
/// struct Address { city: String }
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, address: Address }
///
/// /// Those who live in Berlin.
/// #[segment(rule(User::ADDRESS.city.is("Berlin")))]
/// struct Berliners;
///
/// let user = User { id: "u-1".into(), address: Address { city: "Bern".into() } };
/// assert!(!Berliners::contains(&user));
/// ```
#[proc_macro_derive(Attributes, attributes(attributes))]
pub fn derive_attributes(input: TokenStream) -> TokenStream {
    context::derive_attributes(input.into()).into()
}

/// Makes an enum the type of an attribute: each variant is a text that the attribute may be.
///
/// Names are in kebab case; `#[attribute(rename_all = "...", crate = path)]` on the enum and
/// `#[attribute(name = "...")]` on a variant change that.
///
/// ```
/// use segments_runtime::{AttributeValue, Context, segment};
///
/// #[derive(AttributeValue)]
/// enum Plan { Free, Pro, #[attribute(name = "enterprise-plus")] Enterprise }
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, plan: Plan }
///
/// /// Those who pay.
/// #[segment(rule(User::PLAN.is_any_of([Plan::Pro, Plan::Enterprise])))]
/// struct Paying;
///
/// assert!(!Paying::contains(&User { id: "u-1".into(), plan: Plan::Free }));
/// ```
#[proc_macro_derive(AttributeValue, attributes(attribute, context))]
pub fn derive_attribute_value(input: TokenStream) -> TokenStream {
    attribute_value::derive_attribute_value(input.into()).into()
}

/// Says that a segment is no derive.
#[doc(hidden)]
#[proc_macro_derive(Segment)]
pub fn derive_segment(_: TokenStream) -> TokenStream {
    segment::not_derived().into()
}

/// Makes an enum the environments of a program: each variant is one.
///
/// Keys are the variants' names in kebab case; `#[environment(key = "...")]` on a variant changes
/// that. `#[environment(project = "...")]`, on the enum or on a variant, names the project, if it
/// is not the configured one; `#[environment(crate = path)]` on the enum says where
/// `segments_runtime` is found. `ALL` lists the environments.
///
/// ```
/// use segments_runtime::Environment;
///
/// #[derive(Debug, Clone, Copy, PartialEq, Environment)]
/// enum Stage { Staging, #[environment(key = "prod")] Production }
///
/// assert_eq!(Stage::ALL, [Stage::Staging, Stage::Production]);
/// ```
#[proc_macro_derive(Environment, attributes(environment))]
pub fn derive_environment(input: TokenStream) -> TokenStream {
    environment::derive_environment(input.into()).into()
}

#[doc = include_str!("segment/segment.md")]
#[proc_macro_attribute]
pub fn segment(arguments: TokenStream, item: TokenStream) -> TokenStream {
    segment::segment(arguments.into(), item.into()).into()
}

/// Makes a unit struct what a program says about an AI Config: who is served which variation.
///
/// ```
/// use segments_runtime::{Context, ai_config, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, email: String }
///
/// /// Colleagues, who see new things first.
/// #[segment(rule(User::EMAIL.ends_with("@company.com")))]
/// struct Pioneers;
///
/// /// The assistant on the support page.
/// #[ai_config(
///     variations(fast, careful),
///     target(User = ["user-7"] => careful),
///     rule(member_of!(Pioneers) => careful),
///     fallthrough = fast,
/// )]
/// struct SupportAssistant;
///
/// let user = User { id: "user-1".into(), email: "ann@company.com".into() };
/// assert_eq!(SupportAssistant::variation(&user).to_string(), "careful: rule 1 holds");
/// match SupportAssistant::variation(&user).known() {
///     Some(SupportAssistantVariation::Fast) => unreachable!("a colleague is served `careful`"),
///     Some(SupportAssistantVariation::Careful) | None => {}
/// }
/// ```
#[doc = include_str!("targeting/targeting.md")]
#[proc_macro_attribute]
pub fn ai_config(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let kind = segments_model::ResourceKind::AiConfig;
    targeting::targeting(kind, arguments.into(), item.into()).into()
}

/// Makes a unit struct what a program says about a feature flag: who is served which variation. It
/// takes what [`#[ai_config]`](macro@ai_config) takes.
///
/// A flag's variations have no keys; a name here stands for the variation of that name, or of that
/// value: `variations(on = "true", off = "false")`. Whether the flag is on is not declared.
///
/// ```
/// use segments_runtime::{Context, flag_targeting};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, age: u32 }
///
/// /// The new way to pay.
/// #[flag_targeting(
///     variations(on = "true", off = "false"),
///     rule(User::AGE.ge(18) => percent(on = 10, off = 90)),
///     fallthrough = off,
/// )]
/// struct NewCheckout;
///
/// let user = User { id: "user-1".into(), age: 17 };
/// assert_eq!(NewCheckout::variation(&user).known(), Some(&NewCheckoutVariation::Off));
/// ```
#[proc_macro_attribute]
pub fn flag_targeting(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let kind = segments_model::ResourceKind::Flag;
    targeting::targeting(kind, arguments.into(), item.into()).into()
}

/// Makes a unit struct a metric: what the events of one key are counted as.
///
/// ```
/// use segments_runtime::{Context, Metric};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String }
///
/// /// A question that was answered.
/// #[derive(Metric)]
/// #[metric(kind = occurrence, by = User)]
/// struct Resolved;
///
/// assert_eq!(Resolved::metric().to_string(), "occurrence by user, higher is better");
/// ```
///
/// | key | meaning |
/// |---|---|
/// | `kind = count` | how many events a context has; `occurrence`: whether it has one; `numeric`: their value |
/// | `unit = "USD"` | the unit of measure of a numeric metric |
/// | `success = higher` | which variation does better; `lower`: the one with less. A numeric metric needs it |
/// | `by = User` | the context that events are counted by: LaunchDarkly's randomization unit |
/// | `event = "checkout"` | the key of the events, if it is not that of the metric |
/// | `key`, `name`, `tags`, `crate` | as in `#[segment]` |
#[proc_macro_derive(Metric, attributes(metric))]
pub fn derive_metric(input: TokenStream) -> TokenStream {
    measured::derive_metric(input.into()).into()
}

/// Makes a unit struct an experiment: which variation of an AI Config or flag does better. A sync makes it,
/// and never starts, stops or changes one that runs.
///
/// ```
/// use segments_runtime::{Context, Experiment, Metric, ai_config, experiment, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, beta: bool }
///
/// /// Who tries what is new.
/// #[segment(rule(User::BETA.is(true)))]
/// struct AiBetaTesters;
///
/// /// The assistant on the support page.
/// #[ai_config(
///     variations(fast, careful),
///     rule(member_of!(AiBetaTesters) => fast),
///     fallthrough = fast,
/// )]
/// struct SupportAssistant;
///
/// /// A question that was answered.
/// #[derive(Metric)]
/// #[metric(kind = occurrence, by = User)]
/// struct Resolved;
///
/// /// Whether careful answers resolve more.
/// #[experiment(
///     on = SupportAssistant, rule = AiBetaTesters, metrics(primary = Resolved),
///     baseline = fast, split(fast = 50, careful = 50), by = User, traffic = 80,
/// )]
/// struct CarefulAnswers;
///
/// assert_eq!(CarefulAnswers::experiment().to_string(), "fast 50% (baseline) against careful 50%, by user");
/// ```
///
/// | key | meaning |
/// |---|---|
/// | `on = SupportAssistant` | the AI Config or flag whose variations are compared |
/// | `rule = AiBetaTesters` | the rule that asks for this segment and nothing else; left out, the fallthrough |
/// | `metrics(primary = Resolved, CheckoutTotal)` | the metric that decides, and others |
/// | `baseline = fast` | the variation that the others are compared with |
/// | `split(fast = 50, careful = 50)` | the treatments: percentages that add up to 100 |
/// | `by = User` | the context that is put into treatments; metrics have to be counted by it |
/// | `traffic = 80` | the percentage that takes part; everybody else is served the baseline |
/// | `hypothesis = "..."` | what is expected |
/// | `key`, `name`, `tags`, `crate` | as in `#[segment]` |
///
/// A rule has one experiment: a second one is an error. Either the AI Config or the segment of the rule has to
/// be declared in the crate of the experiment.
#[proc_macro_attribute]
pub fn experiment(arguments: TokenStream, item: TokenStream) -> TokenStream {
    measured::experiment(arguments.into(), item.into()).into()
}

/// Makes an enum a partition: every context of a kind is in exactly one part, which is proved.
///
/// Each variant names the segment of its part; `#[otherwise]` marks the part of everybody else. That no context is in
/// two parts, and, without `#[otherwise]`, that none is in no part, is proved when the program reads its registry: by
/// `registry::check` in a test, by `cargo segments check`, and by a sync, which are refused with a context that proves
/// the contrary. A field of the struct that is no `Option` is an attribute that every context has.
///
/// The variants lose their segments, so that a `match` is over plain variants. Unless the enum derives something
/// itself, it derives `Clone`, `Copy`, `Debug`, `PartialEq`, `Eq` and `Hash`.
///
/// | key | meaning |
/// |---|---|
/// | `of = User` | the type of the contexts |
/// | `crate = path` | where `segments_runtime` is found, if it has another name |
///
/// ```standalone_crate
/// use segments_runtime::{Context, partition, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, plan: String }
///
/// /// Those who pay nothing.
/// #[segment(include(), exclude(), rule(User::PLAN.is("free")))]
/// struct FreeUsers;
///
/// /// Those who pay.
/// #[segment(include(), exclude(), rule(User::PLAN.is_any_of(["pro", "team"])))]
/// struct PaidUsers;
///
/// #[partition(of = User)]
/// enum Tier {
///     Free(FreeUsers),
///     Paid(PaidUsers),
///     #[otherwise]
///     Other,
/// }
///
/// let user = User { id: "u-1".into(), plan: "team".into() };
/// let limit = match Tier::of(&user) {
///     Tier::Free => 10,
///     Tier::Paid => 1_000,
///     Tier::Other => 0,
/// };
/// assert_eq!(limit, 1_000);
/// assert!(segments_runtime::registry::check().is_ok());
/// ```
#[proc_macro_attribute]
pub fn partition(arguments: TokenStream, item: TokenStream) -> TokenStream {
    partition::partition(arguments.into(), item.into()).into()
}

/// The keys of `#[segment]` as documented items, for editors; the runtime calls it once.
#[doc(hidden)]
#[proc_macro]
pub fn __assertion(input: TokenStream) -> TokenStream {
    assertion::assertion(input.into()).into()
}

#[doc(hidden)]
#[proc_macro]
pub fn __ide_keys(_: TokenStream) -> TokenStream {
    key_items::items().into()
}

#[cfg(feature = "toml")]
#[doc = include_str!("include/include.md")]
#[proc_macro]
pub fn include_segments(input: TokenStream) -> TokenStream {
    include::include_segments(input.into()).into()
}
