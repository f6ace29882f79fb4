//! Two modules that do not know of each other declare one key: the registry names both places before
//! anything is sent. The registry is the program's, so this program has nothing else in it.

mod mobile {
    use audiences::{ai_config, segment};

    /// What the app asks.
    #[ai_config(crate = ::audiences, key = "assistant", variations(fast), fallthrough = fast)]
    pub struct AppAssistant;

    /// Who tests the app.
    #[segment(crate = ::audiences, key = "beta-testers", nobody())]
    pub struct AppTesters;
}

mod web {
    use audiences::{ai_config, segment};

    /// What the site asks.
    #[ai_config(crate = ::audiences, key = "assistant", variations(fast, careful), fallthrough = fast)]
    pub struct SiteAssistant;

    /// Who tests the site.
    #[segment(crate = ::audiences, key = "beta-testers", nobody())]
    pub struct SiteTesters;

    /// Who tests nothing.
    #[segment(crate = ::audiences, nobody())]
    pub struct Unlisted;
}

#[test]
fn both_places_of_a_duplicate_are_named() {
    let error = audiences::registry::definitions().expect_err("the key is there twice");
    assert_eq!(error.problems.len(), 1, "{error}");
    let message = error.to_string();
    for part in [
        "segment `beta-testers` is declared in two different ways",
        "`duplicate_keys::mobile::AppTesters` at ",
        "duplicate_keys.rs:12",
        "`duplicate_keys::web::SiteTesters` at ",
        "duplicate_keys.rs:24",
        "give one of them another key",
    ] {
        assert!(message.contains(part), "{part} is not in {message}");
    }
    let error = audiences::registry::targetings().expect_err("the key is there twice");
    assert_eq!(error.problems.len(), 1, "{error}");
    let message = error.to_string();
    for part in [
        "AI Config assistant is declared in two different ways",
        "`duplicate_keys::mobile::AppAssistant` at ",
        "duplicate_keys.rs:8",
        "`duplicate_keys::web::SiteAssistant` at ",
        "duplicate_keys.rs:20",
        "declare its targeting in one place",
    ] {
        assert!(message.contains(part), "{part} is not in {message}");
    }
    assert_eq!(mobile::AppAssistant::KEY, web::SiteAssistant::KEY);
    assert_ne!(mobile::AppTesters::KEY, web::Unlisted::KEY);
    assert_eq!(mobile::AppTesters::KEY, web::SiteTesters::KEY);
}
