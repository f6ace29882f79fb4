# The commands of CONTRIBUTING.md by name: `just`, or `just --list`. Nothing needs this file.

# list the commands
list:
    @just --list --unsorted

# run everything that has to pass
ci:
    .ci/run

# see the main job
quickstart:
    cargo run --example quickstart

# run the tests
test:
    cargo test --workspace --tests --no-fail-fast

# run the randomized and load tests at full size
thorough:
    .ci/thorough

# compile and run the Rust of the documentation and the guide
guide:
    cargo test --workspace --features segments-examples/guide --doc

# build each crate from its package alone
package:
    .ci/package

# run the README's commands as on a machine that has nothing but Rust
bare:
    tests/bare.sh

# run the tests of compile errors
ui:
    .ci/without-rust-src cargo test -p segments-ui-tests --test '*'

# search what the tests print and write for secrets
leaks:
    .ci/leaks cargo test --workspace --tests --no-fail-fast

# update the expected compile errors, then read them
ui-update:
    TRYBUILD=overwrite cargo test -p segments-ui-tests --test ui

# update the expected compile errors of tracking, then read them
ui-update-tracking:
    SEGMENTS_THOROUGH=1 TRYBUILD=overwrite cargo test -p segments-ai-tests --test ui

# update the snapshots of what macros print and files are told, then read them
update-snapshots:
    INSTA_UPDATE=always cargo test -p segments-macros -p segments-tests

# update other expected output: tables of the guide, findings of mistakes
update:
    UPDATE=1 cargo test -p segments-tests

# update the expected import to Rust
update-imported:
    UPDATE=1 cargo test -p cargo-segments --test imported

# run the interactive terminal tests
interactive:
    cargo test -p cargo-segments --test cli interactive

# test a real editor
ide:
    cargo test -p segments-tests --test ide

# edit a file in Neovim
neovim:
    cargo test -p cargo-segments --test lsp -- --nocapture

# type and delete all test files letter by letter in the language server
lsp-typing:
    SEGMENTS_LSP_WHOLE=1 cargo test -p cargo-segments --test lsp typing

# build membership for WebAssembly
wasm:
    cargo test -p segments-tests --test wasm

# check every request and response against the contract with LaunchDarkly (`tests/contract/contract.json`)
contract:
    cargo test -p segments-tests --test contract

# install and run third-party clients and SDKs, whose models check every response
clients:
    .ci/clients

# start LaunchDarkly's SDK from the emulator
server-sdk:
    cargo test --manifest-path tests/clients/server-sdk/Cargo.toml --target-dir target

# start LaunchDarkly's SDK 3.3 from the emulator, over its newest protocol
server-sdk-fdv2:
    cargo test --ignore-rust-version --manifest-path tests/clients/server-sdk-fdv2/Cargo.toml --target-dir target

# compare 100,000 clauses with official SDKs and the regular expression engines of their languages
portable:
    SEGMENTS_CASES=100000 cargo test --release -p segments-tests --test portable

# compare with the official evaluator, a million cases
differential:
    SEGMENTS_CASES=1000000 cargo test --release -p segments-tests --test differential -- --nocapture

# compare the impact of changes with two evaluations, on 100,000 contexts
impact-compared:
    SEGMENTS_CASES=100000 cargo test --release -p segments-model --features toml --lib impact

# let the client of the Model Context Protocol for Python call the tools for agents
agents:
    cargo test -p cargo-segments --features mcp --test cli mcp

# fuzz the readers of files and answers, ten minutes for each target
fuzz:
    .ci/fuzz 600

# measure each command by the size of its input
bench-sizes:
    cargo bench -p cargo-segments --bench sizes

# measure how long an editor waits
bench-lsp:
    cargo bench -p cargo-segments --bench lsp

# measure membership
bench-membership:
    cargo bench -p segments-benches

# measure sync
bench-sync:
    cargo bench -p segments-runtime

# measure the emulator
bench-emulator:
    cargo run --release -p segments-emulator --example numbers

# measure `impact` compared with `count`
bench-impact:
    cargo bench -p segments-model --features toml --bench impact

# measure the command line: `check`, `--version`, `count`, `impact`
bench-cli:
    cargo bench -p cargo-segments

# measure the cost of a program: crates, and processor time
weight:
    tests/weight.sh

# measure the build cost of a segment
compile-cost:
    tests/compile-cost.sh segment

# measure the build cost of `include_segments!`
include-cost:
    tests/compile-cost.sh include

# check that a crate is rebuilt when its file changes, and only then
rebuild:
    tests/rebuild.sh

# measure how long a file takes to read, and hostile ones
bench-file:
    cargo bench -p segments-model --features toml

# measure AI Configs and tracking beside the AI SDKs for Python and Node
bench-ai:
    cargo bench -p segments-ai-tests

# give the AI SDK for Python and this one the same 1,000 AI Configs, contexts and runs
parity:
    SEGMENTS_PARITY=1000 cargo test -p segments-ai-tests --test parity

# take the picture of the emulator's page
picture-emulator:
    docs/pictures/emulator.sh

# take the picture of the results of an experiment
picture-results:
    docs/pictures/results.sh

# draw the README's pictures
pictures:
    cargo run -p segments-tests --example pictures

# read the guide
guide:
    mdbook build docs

# check licenses, sources and advisories
deny:
    cargo deny check

# build with the oldest dependencies
minimal-versions:
    .ci/minimal-versions

# list public items that have neither an example nor a link to one
examples:
    .ci/examples
