//! Said by a constant that `segments-macros/src/context/expand.rs` writes, and in a program by
//! `segments-runtime/src/registry/problem.rs`.

use crate::code::code;

code! {
    /// An attribute has two types: in two structs of one kind, or as a built-in and a declared attribute.
    /// Every context has `name`, a string, and `anonymous`.
    /// Two structs are compared when the program reads its registry, and in a [one-line test](guide/testing.md).
    ///
    /// ```rust,ignore
    /// #[derive(Context)]
    /// #[context(kind = "user")]
    /// pub struct Renamed {
    ///     #[context(key)]
    ///     id: String,
    ///     name: u32,
    /// }
    /// ```
    ///
    /// ```text
    /// `name` is a string in every context; rename this attribute with `name = "..."`, or change its type
    /// ```
    ///
    /// ```rust,standalone_crate
    /// use segments_runtime::{Context, registry};
    ///
    /// #[derive(Context)]
    /// #[context(kind = "shopper")]
    /// struct Shopper { #[context(key)] id: String, orders: u32 }
    ///
    /// /// A shopper, as the mailer sees it.
    /// #[derive(Context)]
    /// #[context(kind = "shopper")]
    /// struct Subscriber { #[context(key)] id: String, orders: u32 }
    ///
    /// assert_eq!(registry::check().unwrap(), []);
    /// ```
    ATTRIBUTE_CONFLICT = Error "attribute-conflict";
}
