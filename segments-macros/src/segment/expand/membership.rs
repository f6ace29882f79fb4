//! A standard segment: membership, decided by code that equals hand-written code.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use segments_model::draft::DraftList;
use segments_model::{Operand, Operator, Side, Value};
use syn::Path;

use super::{Output, first_span, option, position, same};
use crate::segment::clause::{Clause, Meaning};
use crate::segment::environment_block::Environment;
use crate::segment::written::{Rule, RuleInRust};

impl Output<'_> {
    /// The questions of a standard segment, and who answers them.
    pub(super) fn standard(&self) -> TokenStream {
        let Self {
            item,
            private,
            contexts,
            segments,
            ..
        } = self;
        let (ident, visibility) = (&item.ident, &item.vis);
        let places: Vec<Ident> = (0..contexts.len() + segments.len())
            .map(|n| format_ident!("__At{n}"))
            .collect();
        let (of_contexts, of_segments) = places.split_at(contexts.len());
        let mut environments = self.environments();
        for (_, there) in &mut environments {
            // The places are those of everything that is looked at in any environment.
            there.segments.clone_from(segments);
        }
        let all = || environments.iter().map(|(_, there)| there).chain([self]);
        let plain = all().all(Self::plain);
        // What is not looked at has no name, so that nobody is told of it.
        let of_call = if all().all(Self::looks_at_nothing) {
            quote!(_)
        } else {
            quote!(contexts)
        };
        let salts = if plain && environments.is_empty() {
            quote!(_)
        } else {
            quote!(salts)
        };
        let body = self.bodies(&environments, of_segments);
        let with_salts = (!plain).then(|| quote!(#private::with_salts! { [#visibility] #ident }));
        let differs = !environments.is_empty() || !segments.is_empty();
        let in_environment =
            differs.then(|| quote!(#private::in_environment! { [#visibility] #ident }));
        // Documentation lists nothing that cannot be called.
        let hidden = self.has_share().then(|| quote!(#[doc(hidden)]));
        let key = self.key;
        quote! {
            #private::standard! {
                [#visibility] #ident #key #hidden
                [#(#contexts as #of_contexts)*]
                [#(#segments as #of_segments)*]
                decide(#of_call, #salts) { #body }
            }
            #with_salts
            #in_environment
        }
    }

    /// The audience: in the environments with a different one, and everywhere else.
    fn bodies(
        &self,
        environments: &[(&Environment, Output<'_>)],
        of_segments: &[Ident],
    ) -> TokenStream {
        let private = &self.private;
        let everywhere = self.body(of_segments);
        if environments.is_empty() {
            return everywhere;
        }
        let key = self.key;
        let branches = environments.iter().map(|(environment, there)| {
            let (key, body) = (environment.key(private), there.body(of_segments));
            quote!(if environment == #private::Some(&#key) { #body } else)
        });
        quote! {
            let environment = #private::environment_of(salts, #key);
            #(#branches)* { #everywhere }
        }
    }

    /// Returns whether every rule is decided by what the call passes alone.
    fn plain(&self) -> bool {
        self.rules.iter().copied().all(plain)
    }

    /// Returns whether it has neither lists nor rules.
    fn looks_at_nothing(&self) -> bool {
        self.rules.is_empty() && self.contexts.is_empty()
    }

    /// Lists first, then the rules in order. A later rule that certainly holds beats an earlier one
    /// of which it is not known.
    fn body(&self, of_segments: &[Ident]) -> TokenStream {
        let Self {
            written, private, ..
        } = self;
        let lists = |side: Side| -> Vec<TokenStream> {
            let decision = format_ident!("{}", format!("{side:?}"));
            let lists = written.lists(side);
            lists
                .map(|(list, context)| self.list(list, context, &decision))
                .collect()
        };
        let (included, excluded) = (lists(Side::Included), lists(Side::Excluded));

        let mut caches = 0;
        let rules: Vec<TokenStream> = self
            .rules
            .iter()
            .enumerate()
            .map(|(index, rule)| self.decide_rule(index, *rule, of_segments, &mut caches))
            .collect();
        let cache = (caches > 0).then(|| {
            let caches = Literal::usize_unsuffixed(caches);
            quote!(static CACHES: #private::Caches<#caches> = #private::Caches::new();)
        });
        let (start, end) = if self.plain() {
            (None, quote!(#private::Decision::NoRule))
        } else {
            (
                Some(quote!(let mut unknown = #private::None;)),
                quote!(unknown.unwrap_or(#private::Decision::NoRule)),
            )
        };
        quote! { #(#included)* #(#excluded)* #cache #start #(#rules)* #end }
    }

    fn decide_rule(
        &self,
        index: usize,
        rule: Rule<'_>,
        of_segments: &[Ident],
        caches: &mut usize,
    ) -> TokenStream {
        let Self { private, .. } = self;
        // Without a suffix the number is one token fewer to check.
        let index = Literal::usize_unsuffixed(index);
        let description = option(private, rule.draft.description.as_ref());
        let asks = |segments: &[Path], negate| self.member_of(segments, negate, of_segments);
        let parts = self.parts(rule.rust, caches, &asks);
        if plain(rule) {
            let (before, ends) = match parts.split_last() {
                // One call for the rule and what it ends with, as in nearly every rule.
                Some((Part::Clauses { clauses, .. }, before)) => (
                    before,
                    quote!(#private::rule_holds(contexts, #clauses, #description)),
                ),
                _ => (
                    &parts[..],
                    quote!(#private::RuleVisitor::rule(contexts, #description)),
                ),
            };
            let parts = before.iter().map(|part| part.holds(private));
            return quote! {
                if #(#parts &&)* #ends {
                    return #private::Decision::Rule(#index);
                }
            };
        }
        let parts = parts.iter().map(|part| part.holds(private));
        let percent = rule.draft.percent;
        let share = percent.map(|percent| self.share(&index, rule.rust, percent));
        let share = share.iter();
        quote! {
            match #private::Verdict::Yes
                #(.and(|| #private::verdict(#parts)))*
                #(.and(|| #share))*
                .and(|| #private::verdict(#private::RuleVisitor::rule(contexts, #description)))
            {
                #private::Verdict::Yes => return #private::Decision::Rule(#index),
                #private::Verdict::No => {}
                #private::Verdict::Unknown(why) => {
                    unknown.get_or_insert(#private::Decision::Unknown(why));
                }
            }
        }
    }

    /// The clauses of a rule as they are written, neighbours that look at the same context together.
    fn parts<'r>(
        &self,
        rule: &'r RuleInRust,
        caches: &mut usize,
        member_of: &dyn Fn(&[Path], bool) -> TokenStream,
    ) -> Vec<Part<'r>> {
        let mut parts: Vec<Part> = Vec::new();
        // From the end, since each clause stands in front of the rest: `(first, (second, ()))`.
        for clause in rule.clauses.iter().rev() {
            match &clause.meaning {
                Meaning::Comparison {
                    context,
                    method,
                    values,
                    ..
                } => {
                    let method = method.as_ref().map_or("", |(method, _)| method);
                    let clause = self.comparison(clause, method, values, caches);
                    match parts.last_mut() {
                        Some(Part::Clauses { of, count, clauses })
                            if *count < TOGETHER && same(of, context) =>
                        {
                            *count += 1;
                            *clauses = quote!((#clause, #clauses));
                        }
                        _ => parts.push(Part::Clauses {
                            of: context,
                            count: 1,
                            clauses: quote!((#clause, ())),
                        }),
                    }
                }
                Meaning::MemberOf { segments, negate } => {
                    parts.push(Part::Whole(member_of(segments, *negate)));
                }
                Meaning::HasKind { contexts, negate } => {
                    parts.push(Part::Whole(self.has_kind(contexts, *negate)));
                }
            }
        }
        parts.reverse();
        parts
    }

    /// The conditions of a rule, as answers to be joined by `and`; `member_of` prints the evaluation of
    /// other segments.
    pub(crate) fn conditions(
        &self,
        rule: &RuleInRust,
        caches: &mut usize,
        member_of: &dyn Fn(&[Path], bool) -> TokenStream,
    ) -> Vec<TokenStream> {
        let parts = self.parts(rule, caches, member_of);
        parts.iter().map(|part| part.holds(&self.private)).collect()
    }

    fn list(&self, list: &DraftList, context: &Path, decision: &Ident) -> TokenStream {
        let Self { private, .. } = self;
        let keys = &list.keys;
        let listed = quote!(#private::RuleVisitor::listed::<#context, _>);
        let until = list.expiry().and_then(Result::ok).map(|expiry| {
            let moment = Literal::i64_unsuffixed(expiry.milliseconds());
            quote!(.until(#moment))
        });
        quote! {
            {
                static KEYS: #private::KeySet = #private::KeySet::new(&[#(#keys),*]) #until;
                if let #private::Some(kind) = #listed(contexts, #private::List::#decision, &KEYS) {
                    return #private::Decision::#decision(kind);
                }
            }
        }
    }

    fn comparison(
        &self,
        clause: &Clause,
        method: &str,
        values: &[(Option<Value>, Span)],
        caches: &mut usize,
    ) -> TokenStream {
        let private = &self.private;
        let expression = &clause.expression;
        // Only rustc knows the types, so some keep nothing in the end.
        let texts = values
            .iter()
            .any(|(value, _)| matches!(value, None | Some(Value::String(_))));
        let parsed = texts && !no_version(method, values);
        let clause = expression.clone();
        if !prepares(method, values.len(), parsed) {
            return clause;
        }
        let cache = Literal::usize_unsuffixed(*caches);
        *caches += 1;
        quote!(#private::Prepares(#clause, &CACHES.0[#cache]))
    }

    fn member_of(&self, segments: &[Path], negate: bool, of_segments: &[Ident]) -> TokenStream {
        let private = &self.private;
        let mut asked = segments.iter().map(|segment| {
            let at = position(&self.segments, segment).map(|index| &of_segments[index]);
            let key = quote!(<#segment as #private::Segment>::KEY);
            quote!(#private::Asks::<#segment, #at>::ask(contexts, || #key, salts))
        });
        let (first, others) = (asked.next(), asked);
        quote!(#private::RuleVisitor::member_of(contexts, #negate, #first #(.or(|| #others))*))
    }

    fn has_kind(&self, kinds: &[Path], negate: bool) -> TokenStream {
        let private = &self.private;
        let present = kinds.iter().map(|kind| {
            // `contexts` keeps the macro's own span, since a kind may come out of another macro.
            let present = quote_spanned!(first_span(kind)=> #private::present::<#kind, _, _>);
            quote!(#present(contexts))
        });
        let kinds = kinds
            .iter()
            .map(|kind| quote_spanned!(first_span(kind)=> <#kind as #private::Context>::KIND));
        quote! {
            #private::RuleVisitor::has_kind(
                contexts, #negate, #(#present)||*, || #private::list([#(#kinds),*]),
            )
        }
    }

    fn share(&self, index: &Literal, rule: &RuleInRust, percent: f64) -> TokenStream {
        let private = &self.private;
        let key = self.key;
        let place = quote!(#private::MissingSalt { segment: #key, rule: #index });
        match (&rule.by, rule.splits()) {
            (Some(by), _) => {
                let (attribute, context) = (&by.attribute, &by.context);
                quote! {
                    #private::share_by::<#context, _, _, _>(contexts, #place, #percent, &#attribute, salts)
                }
            }
            (None, Some(context)) => {
                quote!(#private::share::<#context, _, _>(contexts, #place, #percent, salts))
            }
            (None, None) => quote!(#private::Verdict::No),
        }
    }
}

/// How many clauses are decided by one call at most. They are nested, and rustc follows nested types to a
/// depth of 128 only.
const TOGETHER: usize = 32;

/// A part of a rule that is decided by one call.
enum Part<'r> {
    /// Clauses that look at one context.
    Clauses {
        of: &'r Path,
        count: usize,
        clauses: TokenStream,
    },
    /// A question about the whole context: whether other segments have it, or which kinds it has.
    Whole(TokenStream),
}

impl Part<'_> {
    fn holds(&self, private: &Ident) -> TokenStream {
        match self {
            Part::Clauses { clauses, .. } => quote!(#private::hold(contexts, #clauses)),
            Part::Whole(answer) => answer.clone(),
        }
    }
}

/// Returns whether a rule is decided by what the call passes alone.
fn plain(rule: Rule<'_>) -> bool {
    rule.draft.percent.is_none()
        && rule
            .rust
            .clauses
            .iter()
            .all(|clause| !matches!(clause.meaning, Meaning::MemberOf { .. }))
}

/// Returns whether one of the values is not a version and does not look like one, so that the attribute
/// is not a version either.
fn no_version(method: &str, values: &[(Option<Value>, Span)]) -> bool {
    let equal = method == "is" || method == "is_any_of";
    equal
        && values.iter().any(|(value, _)| match value {
            Some(Value::String(text)) => !looks_like_version(text),
            _ => false,
        })
}

/// Returns whether somebody who writes this may mean a version: `2.0`, `v3`.
fn looks_like_version(text: &str) -> bool {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    text.starts_with(|first: char| first.is_ascii_digit())
}

/// Returns whether a clause of so many values keeps something for the next time: a pattern, a long list, or
/// what is `parsed` if the attribute is of that type, such as a version or a date.
pub(crate) fn prepares(method: &str, values: usize, parsed: bool) -> bool {
    let operands: Vec<Operand> = Operator::of_method(method)
        .map(|operator| operator.row().operand)
        .collect();
    if operands.iter().all(|operand| *operand == Operand::Text) {
        return false;
    }
    operands.contains(&Operand::Pattern) || values > SHORT || parsed
}

/// No list of up to this length is hashed.
const SHORT: usize = 8;
