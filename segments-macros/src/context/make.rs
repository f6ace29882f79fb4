//! The values of a context, for property tests.

use proc_macro2::TokenStream;
use quote::quote;

use super::parse::Struct;
use crate::runtime_path::RuntimePath;

/// An implementation that the runtime keeps if it has the feature, too: a workspace may build the macros with
/// the features of another runtime than that which their output meets. Builds without the feature print nothing.
pub(crate) fn made(
    runtime: &RuntimePath,
    implementation: impl FnOnce() -> TokenStream,
) -> Option<TokenStream> {
    let private = runtime.private();
    cfg!(any(test, feature = "proptest")).then(|| {
        let implementation = implementation();
        quote!(#private::made! { #implementation })
    })
}

/// The implementation. Its parameter has the compiler ask for the types of fields only where values are
/// made: a context with a field of which there are none stays a context.
pub(super) fn make(parsed: &Struct) -> TokenStream {
    let Struct {
        ident,
        runtime,
        key,
        fields,
        skipped,
        ..
    } = parsed;
    let private = runtime.private();
    let of = |ty: &syn::Type| quote!(<#ty as #runtime::testing::Make<__In>>);
    let key = key.iter().map(|key| {
        let (ident, ty) = (&key.ident, &key.ty);
        let of = of(ty);
        (
            quote!(("key", #of::shape().of_key())),
            quote!(#ident: #of::read(json.get("key"))?),
            ty,
        )
    });
    let attributes = fields.iter().map(|field| {
        let (ident, ty, name) = (&field.ident, &field.ty, &field.name);
        let of = of(ty);
        (
            quote!((#name, #of::shape())),
            quote!(#ident: #of::read(json.get(#name))?),
            ty,
        )
    });
    let parts: Vec<_> = key.chain(attributes).collect();
    let shapes = parts.iter().map(|(shape, ..)| shape);
    let reads = parts.iter().map(|(_, read, _)| read);
    let types = parts.iter().map(|(.., ty)| ty);
    let bounds = types.map(|ty| quote!(#ty: #runtime::testing::Make<__In>));
    let (names, skipped): (Vec<_>, Vec<_>) = skipped.iter().cloned().unzip();
    quote! {
        #[automatically_derived]
        #[allow(private_bounds, reason = "the types of fields are as private as the context has them")]
        impl<__In> #runtime::testing::Make<__In> for #ident
        where
            #(#bounds,)*
            #(#skipped: #runtime::testing::Skipped<__In>,)*
        {
            fn shape() -> #runtime::testing::Shape {
                #runtime::testing::Shape::Object(<[_]>::into_vec(#private::std::boxed::Box::new([#(#shapes),*])))
            }
            fn read(
                json: core::option::Option<&#private::serde_json::Value>,
            ) -> core::option::Option<Self> {
                let json = json?;
                core::option::Option::Some(Self {
                    #(#reads,)*
                    #(#names: <#skipped as #runtime::testing::Skipped<__In>>::skipped(),)*
                })
            }
        }
    }
}
