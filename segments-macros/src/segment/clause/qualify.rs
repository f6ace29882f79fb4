//! A clause as it is printed.

use quote::quote;
use syn::Expr;

use super::attribute::context;
use super::values;

/// Writes `<User>::EMAIL` for `User::EMAIL`, for the output. Contexts stand there as types as well, and of
/// one that does not exist rustc then says the same thing twice, which it shows once. Numbers get a type.
pub(crate) fn qualify(expression: &mut Expr) {
    match expression {
        Expr::Unary(unary) => qualify(&mut unary.expr),
        Expr::Paren(paren) => qualify(&mut paren.expr),
        Expr::MethodCall(call) => {
            qualify(&mut call.receiver);
            call.args.iter_mut().for_each(values::give_type);
        }
        // As the constants beside the clause name it, so that rustc says of a name that does not exist the same
        // twice, and shows it once.
        Expr::Field(field) => {
            qualify(&mut field.base);
            let (base, member) = (&field.base, &field.member);
            *expression = Expr::Verbatim(quote!(#base.__names().#member));
        }
        Expr::Path(path) => {
            if let Some(context) = context(&Expr::Path(path.clone()))
                && let Some(name) = path.path.segments.last()
            {
                *expression = Expr::Verbatim(quote!(<#context>::#name));
            }
        }
        _ => {}
    }
}
