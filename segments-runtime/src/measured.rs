//! Metrics and experiments as types.

use segments_model::{ContextKind, ExperimentKey, MetricKey};

use crate::HasContext;
use crate::context::contexts::Contexts;
use crate::registry::Registered;

/// What events are counted as. Derive it:
///
/// ```
/// use segments_runtime::{Context, Metric};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String }
///
/// /// What a checkout was worth.
/// #[derive(Metric)]
/// #[metric(kind = numeric, unit = "USD", success = higher, by = User)]
/// struct CheckoutTotal;
///
/// assert_eq!(CheckoutTotal::KEY.as_str(), "checkout-total");
/// assert_eq!(CheckoutTotal::metric().to_string(), "numeric in USD by user, higher is better");
/// ```
///
/// With the feature `ai`, a metric is tracked: `CheckoutTotal::track(&client, &user, 42.0)`. The call takes a
/// value if the metric is numeric, and contexts that have the kind that it is counted by.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a metric",
    label = "not a metric",
    note = "a metric is a unit struct with `#[derive(Metric)]` and `#[metric(kind = count, by = User)]`"
)]
pub trait Metric {
    /// The key of the metric.
    const KEY: MetricKey;

    /// The kind of the contexts that its events are counted by.
    const UNIT: ContextKind;

    /// Everything that is declared.
    fn metric() -> segments_model::Metric {
        Self::declared().0
    }

    /// Returns the declaration and its place.
    #[doc(hidden)]
    fn declared() -> Registered<segments_model::Metric>;
}

/// A comparison of variations. Made by [`#[experiment]`](macro@crate::experiment).
pub trait Experiment {
    /// The key of the experiment.
    const KEY: ExperimentKey;

    /// Returns the declaration.
    fn experiment() -> segments_model::Experiment {
        Self::declared().0
    }

    /// Returns the declaration and its place.
    #[doc(hidden)]
    fn declared() -> Registered<segments_model::Experiment>;
}

/// Stands for the rule of those who match no other.
#[derive(Debug)]
pub enum Fallthrough {}

/// Detects two experiments on one rule, which would be two implementations of this trait.
pub trait OnlyExperimentOn<R> {}

/// Contexts among which there is one of the kind `K` that a metric is counted by.
#[diagnostic::on_unimplemented(
    message = "this metric is counted by `{K}`, and the call passes none",
    label = "no `&{K}` in here",
    note = "pass a reference to the context, as in `track(&client, &user)` or `track(&client, (&user, &device))`"
)]
pub trait HasUnit<K, At>: HasContext<K, At> + Contexts {}

#[diagnostic::do_not_recommend]
impl<C: HasContext<K, At> + Contexts, K, At> HasUnit<K, At> for C {}
