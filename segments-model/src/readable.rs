//! `Debug` for errors, which people see first.

/// Implements `Debug` of an error as its text: `main` prints the `Debug` of a returned error, and
/// `unwrap` that of its error. `{:#?}` shows the fields.
#[doc(hidden)]
#[macro_export]
macro_rules! readable_debug {
    (enum $name:ident { $($variant:ident $(($($at:ident),*))? $({ $($field:ident),* })?),* $(,)? }) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                if !f.alternate() {
                    return ::std::fmt::Display::fmt(self, f);
                }
                match self {
                    $(Self::$variant $(($($at),*))? $({ $($field),* })? => {
                        f.debug_struct(stringify!($variant))
                            $($(.field(stringify!($at), $at))*)?
                            $($(.field(stringify!($field), $field))*)?
                            .finish()
                    })*
                }
            }
        }
    };
    (struct $name:ident($field:ident)) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                if !f.alternate() {
                    return ::std::fmt::Display::fmt(self, f);
                }
                let Self($field) = self;
                f.debug_tuple(stringify!($name)).field($field).finish()
            }
        }
    };
    (struct $name:ident { $($field:ident),* $(,)? }) => {
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                if !f.alternate() {
                    return ::std::fmt::Display::fmt(self, f);
                }
                let Self { $($field),* } = self;
                f.debug_struct(stringify!($name))
                    $(.field(stringify!($field), $field))*
                    .finish()
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::SegmentKey;

    #[test]
    fn an_error_is_its_text_and_its_fields_only_when_asked_for() {
        let error = SegmentKey::parse("a b").unwrap_err();
        assert_eq!(format!("{error:?}"), error.to_string());
        let fields = format!("{error:#?}");
        assert!(
            fields.starts_with("Character {") && fields.contains("found: ' '"),
            "{fields}"
        );
    }
}
