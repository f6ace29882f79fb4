//! The segments of a request, each decided once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use segments_runtime::tower::RequestSegments;
use segments_runtime::{
    AttributeSchema, Context, Field, Salts, Scalar, SegmentKey, Text, ValueType, segment,
};
use serde_json::Value as Json;

/// A text that counts how often it is looked at.
struct Counted(&'static str, Arc<AtomicUsize>);

impl Field for Counted {
    type Type = Text;

    fn json(&self) -> Option<Json> {
        self.0.to_owned().json()
    }

    fn describe(path: &[&'static str], private: bool, schema: &mut Vec<AttributeSchema>) {
        String::describe(path, private, schema);
    }
}

impl Scalar for Counted {
    const MANY: bool = false;

    fn any(&self, mut test: impl FnMut(<Text as ValueType>::Seen<'_>) -> bool) -> Option<bool> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Some(test(self.0))
    }
}

#[derive(Context)]
#[context(kind = "visitor")]
struct Visitor {
    #[context(key)]
    id: String,
    page: Counted,
}

#[derive(Context)]
#[context(kind = "browser")]
struct Browser {
    #[context(key)]
    id: String,
    name: String,
}

/// Those on the shop's pages.
#[segment(rule(Visitor::PAGE.starts_with("/shop")))]
struct Shoppers;

/// Those with one browser.
#[segment(rule(Browser::NAME.is("lynx")))]
struct Lynx;

/// Those who shop with it.
#[segment(rule(member_of!(Shoppers, Lynx)))]
struct Either;

/// Half of the shoppers.
#[segment(rule(percent = 50, Visitor::PAGE.starts_with("/shop")))]
struct HalfOfShoppers;

fn visitor(looks: &Arc<AtomicUsize>) -> Visitor {
    Visitor {
        id: "canary-5d8e".to_owned(),
        page: Counted("/shop/1", Arc::clone(looks)),
    }
}

#[test]
fn each_segment_is_decided_when_it_is_asked_for_and_once() {
    let looks = Arc::new(AtomicUsize::new(0));
    let segments = RequestSegments::new(visitor(&looks), Arc::default());
    assert_eq!(looks.load(Ordering::Relaxed), 0);
    let clone = segments.clone();
    for _ in 0..3 {
        assert!(segments.contains(Shoppers) && clone.contains(Shoppers));
        assert_eq!(segments.membership(Shoppers).known(), Some(true));
    }
    assert_eq!(looks.load(Ordering::Relaxed), 1);
    assert!(
        segments
            .explain(Shoppers)
            .to_string()
            .contains("rule 1 holds")
    );
    assert_eq!(segments.contexts().page.0, "/shop/1");
    assert!(!format!("{segments:?} {segments:#?}").contains("5d8e"));
}

#[test]
fn several_kinds_are_asked_as_they_are_elsewhere() {
    let looks = Arc::default();
    let lynx = Browser {
        id: "b-1".to_owned(),
        name: "lynx".to_owned(),
    };
    let segments = RequestSegments::new((visitor(&looks), Some(lynx)), Arc::default());
    assert!(segments.contains(Shoppers) && segments.contains(Lynx) && segments.contains(Either));
    let without = RequestSegments::new((visitor(&looks), None::<Browser>), Arc::default());
    assert!(!without.contains(Lynx) && without.contains(Either));
}

#[test]
fn percentages_are_told_by_salts() {
    let looks = Arc::default();
    let unknown = RequestSegments::new(visitor(&looks), Arc::default());
    assert_eq!(unknown.known(HalfOfShoppers), None);
    let salts = |salt| Salts::new().with(SegmentKey::from_static("half-of-shoppers"), salt);
    let answers: Vec<Option<bool>> = ["a", "b", "c", "d", "e", "f"]
        .into_iter()
        .map(|salt| {
            let salts = salts(salt);
            let plain = HalfOfShoppers::contains_with(&visitor(&looks), &salts);
            let known =
                RequestSegments::new(visitor(&looks), Arc::new(salts)).known(HalfOfShoppers);
            assert_eq!(known, plain);
            known
        })
        .collect();
    assert!(
        answers.contains(&Some(true)) && answers.contains(&Some(false)),
        "{answers:?}"
    );
}
