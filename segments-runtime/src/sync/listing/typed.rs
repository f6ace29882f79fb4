//! The lists of a segment by its type, and keys that carry their context kind.

use std::fmt;
use std::marker::PhantomData;

use super::change::{ListChange, ListEdit};
use super::open::{Changes, Excludes, Includes};
use crate::Segment;
use crate::context::Context;
use crate::membership::listing::LooksAt;
use crate::sync::config::SyncConfig;

/// The key of a context of kind `K`: the key of a device is not the key of a user.
///
/// Example: [`Lists`].
pub struct KeyOf<K> {
    key: String,
    kind: PhantomData<fn() -> K>,
}

impl<K: Context> KeyOf<K> {
    /// Creates a key.
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            kind: PhantomData,
        }
    }

    /// Returns the key of a context.
    pub fn of(context: &K) -> Self {
        Self::new(context.key())
    }
}

impl<K: Context> From<&K> for KeyOf<K> {
    fn from(context: &K) -> Self {
        Self::of(context)
    }
}

impl<K> Clone for KeyOf<K> {
    fn clone(&self) -> Self {
        Self {
            key: self.key.clone(),
            kind: PhantomData,
        }
    }
}

/// Keys of members are nobody's business.
impl<K: Context> fmt::Debug for KeyOf<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key of a {}", K::KIND)
    }
}

/// Changes the lists of a declared segment at run time, if its declaration leaves them to people:
/// changing a managed list does not compile, because the next sync would undo the change. Each method
/// returns a [`ListChange`], which can be previewed, limited and undone, and sends nothing until it is
/// applied.
///
/// Lists that differ by environment, and contexts that `include(at_least, ...)` declares, are refused
/// when the change is applied.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use segments_emulator::Emulator;
/// use segments_runtime::sync::{KeyOf, Lists, SyncConfig, sync_definitions};
/// use segments_runtime::{Context, Segment, segment};
///
/// #[derive(Context)]
/// #[context(kind = "user")]
/// struct User { #[context(key)] id: String, plan: String }
///
/// type UserKey = KeyOf<User>;
///
/// /// Those who try what is new.
/// #[segment(rule(User::PLAN.is("beta")), unmanaged(include, exclude))]
/// struct BetaTesters;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let emulator = Emulator::start().await?;
/// let config = SyncConfig::builder()
///     .base_uri(emulator.base_uri())
///     .token(emulator.access_token())
///     .build()?;
/// sync_definitions(&config, &[BetaTesters::definition()]).await?;
///
/// let next_month = SystemTime::now() + Duration::from_hours(30 * 24);
/// let change = BetaTesters::include(&config, [UserKey::new("user-1")]).until(next_month);
/// assert!(change.preview().await?.to_string().starts_with("include 1 context of kind user, until "));
/// change.apply().await?;
///
/// BetaTesters::exclude(&config, [UserKey::new("user-2")]).apply().await?;
/// BetaTesters::remove_from_lists(&config, [UserKey::new("user-1")]).apply().await?;
/// assert!(emulator.segments("default", "production")[0].included.is_empty());
/// # Ok(())
/// # }
/// ```
///
/// A key of another kind does not compile, and neither does a declared list:
///
/// ```compile_fail,E0277
/// # use segments_runtime::{Context, segment};
/// # use segments_runtime::sync::{KeyOf, Lists, SyncConfig};
/// # #[derive(Context)]
/// # #[context(kind = "user")]
/// # struct User { #[context(key)] id: String, plan: String }
/// # #[derive(Context)]
/// # #[context(kind = "device")]
/// # struct Device { #[context(key)] id: String }
/// # /// Testers.
/// # #[segment(rule(User::PLAN.is("beta")))]
/// # struct BetaTesters;
/// # fn f(config: &SyncConfig, device: KeyOf<Device>) {
/// BetaTesters::include(config, [device]); // error: `BetaTesters` does not test a `Device`
/// # }
/// ```
///
/// ```compile_fail,E0277
/// # use segments_runtime::{Context, segment};
/// # use segments_runtime::sync::{KeyOf, Lists, SyncConfig};
/// # #[derive(Context)]
/// # #[context(kind = "user")]
/// # struct User { #[context(key)] id: String }
/// /// Those who try what is new.
/// #[segment(include(User = ["user-1"]))]
/// struct BetaTesters;
/// # fn f(config: &SyncConfig, user: KeyOf<User>) {
/// BetaTesters::include(config, [user]); // error: the included list of `BetaTesters` is declared
/// # }
/// ```
pub trait Lists: Segment {
    /// Includes contexts, regardless of the rules, and removes them from the excluded list.
    #[must_use = "nothing is sent before it is applied"]
    fn include<K: Context, const AT: usize>(
        config: &SyncConfig,
        keys: impl IntoIterator<Item = KeyOf<K>>,
    ) -> ListChange
    where
        Self: LooksAt<K, AT> + IncludedIsOpen,
    {
        change::<Self, K>(config, ListEdit::Include, keys)
    }

    /// Excludes contexts, and removes them from the included list, which would take precedence.
    #[must_use = "nothing is sent before it is applied"]
    fn exclude<K: Context, const AT: usize>(
        config: &SyncConfig,
        keys: impl IntoIterator<Item = KeyOf<K>>,
    ) -> ListChange
    where
        Self: LooksAt<K, AT> + ExcludedIsOpen,
    {
        change::<Self, K>(config, ListEdit::Exclude, keys)
    }

    /// Removes contexts from both lists, so that the rules decide.
    #[must_use = "nothing is sent before it is applied"]
    fn remove_from_lists<K: Context, const AT: usize>(
        config: &SyncConfig,
        keys: impl IntoIterator<Item = KeyOf<K>>,
    ) -> ListChange
    where
        Self: LooksAt<K, AT> + ListIsOpen,
    {
        change::<Self, K>(config, ListEdit::Remove, keys)
    }
}

impl<S: Segment> Lists for S {}

/// A segment whose declaration leaves contexts of the included list to people.
///
/// Example: [`Lists`].
#[diagnostic::on_unimplemented(
    message = "the included list of `{Self}` is declared, so the next sync would undo this",
    label = "its declaration manages the whole list",
    note = "change `include(...)` in the declaration; `include(at_least, ...)` leaves other contexts to people, and `unmanaged(include)` leaves the whole list"
)]
pub trait IncludedIsOpen {}

#[diagnostic::do_not_recommend]
impl<S: Segment<Listing: Includes>> IncludedIsOpen for S {}

/// A segment whose declaration leaves contexts of the excluded list to people.
///
/// Example: [`Lists`].
#[diagnostic::on_unimplemented(
    message = "the excluded list of `{Self}` is declared, so the next sync would undo this",
    label = "its declaration manages the whole list",
    note = "change `exclude(...)` in the declaration; `exclude(at_least, ...)` leaves other contexts to people, and `unmanaged(exclude)` leaves the whole list"
)]
pub trait ExcludedIsOpen {}

#[diagnostic::do_not_recommend]
impl<S: Segment<Listing: Excludes>> ExcludedIsOpen for S {}

/// A segment whose declaration leaves contexts of one of its lists to people.
///
/// Example: [`Lists`].
#[diagnostic::on_unimplemented(
    message = "both lists of `{Self}` are declared, so the next sync would undo this",
    label = "its declaration manages both lists",
    note = "change the declaration; `at_least` before its contexts leaves other contexts to people"
)]
pub trait ListIsOpen {}

#[diagnostic::do_not_recommend]
impl<S: Segment<Listing: Changes>> ListIsOpen for S {}

fn change<S: Segment, K: Context>(
    config: &SyncConfig,
    edit: ListEdit,
    keys: impl IntoIterator<Item = KeyOf<K>>,
) -> ListChange {
    let keys = keys.into_iter().map(|key| key.key);
    ListChange::new(config, S::KEY, edit, K::KIND, keys).declared(S::definition())
}
