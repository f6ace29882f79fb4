//! An enum for each partition of a file.

use proc_macro2::TokenStream;
use segments_model::file::SegmentsFile;
use syn::{Ident, ItemEnum, Path, parse_quote};

use super::arguments::Call;
use super::identifiers::type_name;
use super::names::{self, Names};
use crate::partition::of_file;

/// The enums.
pub(super) fn enums(call: &Call, file: &SegmentsFile, names: &Names) -> TokenStream {
    let partitions = file.partitions.iter();
    let named =
        partitions.filter(|it| names.has(&type_name(&it.name), &names::partition(&it.name)));
    named
        .map(|partition| {
            let ident = type_name(&partition.name);
            let of: Path = match call.bound(partition.kind.as_str()) {
                Some(path) => path.clone(),
                None => type_name(partition.kind.as_str()).into(),
            };
            let parts = partition.parts.iter().map(|key| type_name(key.as_str()));
            let mut variants: Vec<Ident> = parts.collect();
            let segments = variants.iter().cloned();
            let mut segments: Vec<Option<Path>> = segments.map(|it| Some(it.into())).collect();
            if let Some(otherwise) = &partition.otherwise {
                variants.push(type_name(otherwise));
                segments.push(None);
            }
            let docs = format!(
                "The parts of contexts of kind `{}`: partition `{}` of the file.",
                partition.kind, partition.name
            );
            let parts = variants.iter().zip(&segments).map(|(variant, segment)| {
                let docs = match segment {
                    Some(_) => format!("The members of `{variant}`."),
                    None => "Everybody else.".to_owned(),
                };
                quote::quote!(#[doc = #docs] #variant)
            });
            let item: ItemEnum = parse_quote! {
                #[doc = #docs]
                #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
                pub enum #ident { #(#parts),* }
            };
            of_file(&item, &of, segments, &call.runtime)
        })
        .collect()
}
