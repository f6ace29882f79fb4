//! Compile errors, one file per mistake, and programs that have to compile.
//!
//! `TRYBUILD=overwrite cargo test -p segments-ui-tests` writes the messages anew; read them as a user would before you commit them.

#[test]
fn mistakes_are_one_clear_error_at_the_right_token() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("*.rs");
    cases.pass("pass/*.rs");
}

/// `include_segments!`: the places inside the file are in the text.
#[test]
fn mistakes_in_a_file_are_errors_where_it_is_included() {
    use std::fs;
    use std::path::Path;

    // The cases are built in a package of trybuild's own, so the files have to be there.
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("file/toml");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let there = target
        .join("tests/trybuild")
        .join(env!("CARGO_PKG_NAME"))
        .join("toml");
    fs::create_dir_all(&there).unwrap();
    for file in fs::read_dir(here).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), there.join(file.file_name())).unwrap();
    }
    let cases = trybuild::TestCases::new();
    cases.compile_fail("file/*.rs");
    cases.pass("file/pass/*.rs");
}
