//! The path from a context to one of its fields.

use std::marker::PhantomData;

use segments_model::AttributeRef;

use crate::Object;

/// The path from a context to one of its fields.
pub trait Get<C>: 'static {
    /// The type of the field. The bound that it is an attribute's type is checked where the field is
    /// used: a bound here would report it a second time.
    type Field;

    /// Returns the field; `None` if an object on the path is absent.
    fn get(context: &C) -> Option<&Self::Field>;

    /// Adds the names along the path.
    fn path(path: &mut Vec<&'static str>);
}

/// The path to a field `F` of the object at the end of the path `G`.
#[derive(Debug)]
pub struct Then<G, F>(PhantomData<(G, F)>);

impl<C, G, F> Get<C> for Then<G, F>
where
    G: Get<C, Field: Object>,
    F: Get<<G::Field as Object>::Attributes>,
    C: 'static,
{
    type Field = F::Field;

    #[inline]
    fn get(context: &C) -> Option<&Self::Field> {
        F::get(G::get(context)?.object()?)
    }

    fn path(path: &mut Vec<&'static str>) {
        G::path(path);
        F::path(path);
    }
}

/// How LaunchDarkly refers to the field to which `G` leads.
pub(crate) fn reference<C, G: Get<C>>() -> AttributeRef {
    let mut path = Vec::new();
    G::path(&mut path);
    AttributeRef::from_path(path).expect("the derive refuses empty names")
}
