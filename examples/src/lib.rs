//! Programs that use `segments-runtime`, in the other folders. The guide's Rust code is
//! compiled and run as tests of this package, with the feature `guide`.

#[cfg(all(doctest, feature = "guide"))]
mod guide {
    #[doc = include_str!("../../docs/reference/ai-configs.md")]
    struct AiConfigs;
    #[doc = include_str!("../../docs/diagnostics.md")]
    struct Diagnostics;
    #[doc = include_str!("../../docs/reference/emulator.md")]
    struct Emulator;
    #[doc = include_str!("../../docs/guide/big-lists.md")]
    struct BigLists;
    #[doc = include_str!("../../docs/guide/cold-starts.md")]
    struct ColdStarts;
    #[doc = include_str!("../../docs/guide/contexts.md")]
    struct Contexts;
    #[doc = include_str!("../../docs/guide/examples.md")]
    struct Examples;
    #[doc = include_str!("../../docs/guide/first-segment.md")]
    struct FirstSegment;
    #[doc = include_str!("../../docs/guide/health.md")]
    struct Health;
    #[doc = include_str!("../../docs/guide/migration-job.md")]
    struct MigrationJob;
    #[doc = include_str!("../../docs/guide/owners.md")]
    struct Owners;
    #[doc = include_str!("../../docs/guide/recipes.md")]
    struct Recipes;
    #[doc = include_str!("../../docs/guide/rules.md")]
    struct Rules;
    #[doc = include_str!("../../docs/guide/shared-crate.md")]
    struct SharedCrate;
    #[doc = include_str!("../../docs/guide/start-or-ci.md")]
    struct StartOrCi;
    #[doc = include_str!("../../docs/guide/testing.md")]
    struct Testing;
    #[doc = include_str!("../../docs/guide/toml.md")]
    struct Toml;
    #[doc = include_str!("../../docs/guide/wasm.md")]
    struct Wasm;
    #[doc = include_str!("../../docs/guide/whole-application.md")]
    struct WholeApplication;
    #[doc = include_str!("../../docs/guide/without-launchdarkly.md")]
    struct WithoutLaunchDarkly;
    #[doc = include_str!("../../docs/proofs.md")]
    struct Proofs;
}
