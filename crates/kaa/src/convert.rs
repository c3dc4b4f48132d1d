//! Rust values as leaves and back.
//!
//! The rule is that of the language: an option of a single reference is that reference or none,
//! any other option a `bool` and the leaves; a `Result` is a `bool`, the leaves of the value, the
//! leaves of the error.

use crate::value::Val;

/// A Rust value that scripts can be handed.
pub trait IntoVals {
    /// Whether the value is one reference.
    const IS_REF: bool = false;
    /// Appends its leaves.
    fn push_vals(self, out: &mut Vec<Val>);
    /// Appends the leaves of an absent value.
    fn push_absent(out: &mut Vec<Val>);
}

/// A Rust value that scripts can return.
pub trait FromVals: Sized {
    /// Whether the value is one reference.
    const IS_REF: bool = false;
    /// Takes its leaves off the front; `None` where they are of another type.
    fn take(vals: &mut std::vec::IntoIter<Val>) -> Option<Self>;
    /// Skips the leaves of an absent value.
    fn skip(vals: &mut std::vec::IntoIter<Val>) -> Option<()>;
}

macro_rules! leaves {
    ($(
        $ty:ty, $is_ref:literal, $absent:expr, |$v:ident| $into:expr, $($from:pat => $to:expr),+;
    )*) => {$(
        impl IntoVals for $ty {
            const IS_REF: bool = $is_ref;
            fn push_vals(self, out: &mut Vec<Val>) {
                let $v = self;
                out.push($into);
            }
            fn push_absent(out: &mut Vec<Val>) {
                out.push($absent);
            }
        }
        impl FromVals for $ty {
            const IS_REF: bool = $is_ref;
            fn take(vals: &mut std::vec::IntoIter<Val>) -> Option<Self> {
                match vals.next()? {
                    $($from => $to,)+
                    _ => None,
                }
            }
            fn skip(vals: &mut std::vec::IntoIter<Val>) -> Option<()> {
                vals.next().map(|_| ())
            }
        }
    )*};
}

leaves! {
    bool, false, Val::Bool(false), |v| Val::Bool(v), Val::Bool(b) => Some(b);
    i64, false, Val::Int(0), |v| Val::Int(v), Val::Int(n) => Some(n);
    i32, false, Val::Int(0), |v| Val::Int(v.into()), Val::Int(n) => n.try_into().ok();
    u32, false, Val::Int(0), |v| Val::Int(v.into()), Val::Int(n) => n.try_into().ok();
    u64, false, Val::UInt(0), |v| Val::UInt(v), Val::UInt(n) => Some(n),
        Val::Int(n) => n.try_into().ok();
    f64, false, Val::Float(0.0), |v| Val::Float(v), Val::Float(x) => Some(x);
    char, false, Val::Int(0), |v| Val::Int(u32::from(v).into()),
        Val::Int(n) => u32::try_from(n).ok().and_then(char::from_u32);
    String, true, Val::None, |v| Val::Str(v), Val::Str(text) => Some(text);
    Vec<u8>, true, Val::None, |v| Val::Bytes(v), Val::Bytes(bytes) => Some(bytes);
}

impl IntoVals for &str {
    const IS_REF: bool = true;
    fn push_vals(self, out: &mut Vec<Val>) {
        out.push(Val::Str(self.to_owned()));
    }
    fn push_absent(out: &mut Vec<Val>) {
        out.push(Val::None);
    }
}

impl IntoVals for Val {
    fn push_vals(self, out: &mut Vec<Val>) {
        out.push(self);
    }
    fn push_absent(out: &mut Vec<Val>) {
        out.push(Val::None);
    }
}

impl FromVals for Val {
    fn take(vals: &mut std::vec::IntoIter<Val>) -> Option<Self> {
        vals.next()
    }
    fn skip(vals: &mut std::vec::IntoIter<Val>) -> Option<()> {
        vals.next().map(|_| ())
    }
}

impl<T: IntoVals> IntoVals for Option<T> {
    fn push_vals(self, out: &mut Vec<Val>) {
        if !T::IS_REF {
            out.push(Val::Bool(self.is_some()));
        }
        match self {
            Some(value) => value.push_vals(out),
            None => T::push_absent(out),
        }
    }
    fn push_absent(out: &mut Vec<Val>) {
        None::<T>.push_vals(out);
    }
}

impl<T: FromVals> FromVals for Option<T> {
    fn take(vals: &mut std::vec::IntoIter<Val>) -> Option<Self> {
        let present = match T::IS_REF {
            true => vals.as_slice().first()? != &Val::None,
            false => bool::take(vals)?,
        };
        match present {
            true => T::take(vals).map(Some),
            false => T::skip(vals).map(|()| None),
        }
    }
    fn skip(vals: &mut std::vec::IntoIter<Val>) -> Option<()> {
        if !T::IS_REF {
            vals.next()?;
        }
        T::skip(vals)
    }
}

/// The error is the message of an `Error`, or a text.
impl<T: FromVals> FromVals for Result<T, String> {
    fn take(vals: &mut std::vec::IntoIter<Val>) -> Option<Self> {
        if bool::take(vals)? {
            let value = T::take(vals)?;
            String::skip(vals)?;
            return Some(Ok(value));
        }
        T::skip(vals)?;
        match vals.next()? {
            Val::Str(text) => Some(Err(text)),
            Val::Object(fields) => match fields.into_iter().next()? {
                Val::Str(text) => Some(Err(text)),
                _ => None,
            },
            _ => None,
        }
    }
    fn skip(vals: &mut std::vec::IntoIter<Val>) -> Option<()> {
        bool::skip(vals)?;
        T::skip(vals)?;
        String::skip(vals)
    }
}

macro_rules! lists {
    ($($item:ty),*) => {$(
        impl IntoVals for Vec<$item> {
            const IS_REF: bool = true;
            fn push_vals(self, out: &mut Vec<Val>) {
                out.push(Val::List(self.into_iter().map(one).collect()));
            }
            fn push_absent(out: &mut Vec<Val>) {
                out.push(Val::None);
            }
        }
        impl FromVals for Vec<$item> {
            const IS_REF: bool = true;
            fn take(vals: &mut std::vec::IntoIter<Val>) -> Option<Self> {
                let Val::List(items) = vals.next()? else { return None };
                items.into_iter().map(|item| <$item>::take(&mut vec![item].into_iter())).collect()
            }
            fn skip(vals: &mut std::vec::IntoIter<Val>) -> Option<()> {
                vals.next().map(|_| ())
            }
        }
    )*};
}

lists!(bool, i64, f64, String);

/// A value of one leaf.
fn one<T: IntoVals>(value: T) -> Val {
    let mut vals = Vec::with_capacity(1);
    value.push_vals(&mut vals);
    vals.pop().unwrap_or(Val::None)
}

macro_rules! tuples {
    ($(($($name:ident)*))*) => {$(
        #[allow(non_snake_case, unused_variables, reason = "made for every length by a macro")]
        impl<$($name: IntoVals),*> IntoVals for ($($name,)*) {
            fn push_vals(self, out: &mut Vec<Val>) {
                let ($($name,)*) = self;
                $($name.push_vals(out);)*
            }
            fn push_absent(out: &mut Vec<Val>) {
                $($name::push_absent(out);)*
            }
        }
        #[allow(unused_variables, reason = "made for every length by a macro")]
        impl<$($name: FromVals),*> FromVals for ($($name,)*) {
            fn take(vals: &mut std::vec::IntoIter<Val>) -> Option<Self> {
                Some(($($name::take(vals)?,)*))
            }
            fn skip(vals: &mut std::vec::IntoIter<Val>) -> Option<()> {
                $($name::skip(vals)?;)*
                Some(())
            }
        }
    )*};
}

tuples! { () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) }

#[cfg(test)]
mod tests {
    use super::*;

    fn round<T: IntoVals + FromVals + Clone + PartialEq + std::fmt::Debug>(
        value: T,
        leaves: usize,
    ) {
        let mut vals = Vec::new();
        value.clone().push_vals(&mut vals);
        assert_eq!(vals.len(), leaves, "{value:?}");
        let mut rest = vals.clone().into_iter();
        assert_eq!(T::take(&mut rest), Some(value));
        assert_eq!(rest.len(), 0);
        let mut rest = vals.into_iter();
        assert_eq!((T::skip(&mut rest), rest.len()), (Some(()), 0));
    }

    #[test]
    fn values_come_back_from_their_leaves() {
        round(7_i64, 1);
        round(Some(7_i64), 2);
        round(None::<i64>, 2);
        round(Some("text".to_owned()), 1);
        round(None::<String>, 1);
        round(Some(Some(false)), 3);
        round((1_i64, ("a".to_owned(), 2.5)), 3);
        round(vec![1_i64, 2], 1);
        round((), 0);
        round('ß', 1);
    }

    #[test]
    fn results_take_the_message() {
        let error = Val::Object(vec![Val::Str("no".to_owned()), Val::None]);
        let mut vals = vec![Val::Bool(false), Val::Int(0), error].into_iter();
        assert_eq!(Result::<i64, String>::take(&mut vals), Some(Err("no".to_owned())));
        let mut vals = vec![Val::Bool(true), Val::Int(5), Val::None].into_iter();
        assert_eq!(Result::<i64, String>::take(&mut vals), Some(Ok(5)));
    }
}
