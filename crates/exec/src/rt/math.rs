//! The module `math`: functions of floats.
//!
//! Where Python raises a domain error, the native traps; where Python raises for an overflow, the
//! result is infinite, as everywhere in the language. Functions of integers are in `math_int`.

use kaa_isa::TrapKind;

use super::args::invalid;
use super::gamma;
use super::number::real_pow;
use super::wide;
use crate::native::{Call, Fault, NativeResult};
use crate::text;

super::natives! {
    "math.acos" "(f64) -> f64" |c| domain(c, "acos", |x| x.abs() <= 1.0, f64::acos);
    "math.acosh" "(f64) -> f64" |c| domain(c, "acosh", |x| x >= 1.0, f64::acosh);
    "math.asin" "(f64) -> f64" |c| domain(c, "asin", |x| x.abs() <= 1.0, f64::asin);
    "math.asinh" "(f64) -> f64" |c| map(c, f64::asinh);
    "math.atan" "(f64) -> f64" |c| map(c, f64::atan);
    "math.atanh" "(f64) -> f64" |c| domain(c, "atanh", |x| x.abs() < 1.0, f64::atanh);
    "math.atan2" "(f64, f64) -> f64" |c| map2(c, f64::atan2);
    "math.cbrt" "(f64) -> f64" |c| map(c, f64::cbrt);
    "math.ceil" "(f64) -> i64" |c| to_int(c, f64::ceil);
    "math.copysign" "(f64, f64) -> f64" |c| map2(c, f64::copysign);
    "math.cos" "(f64) -> f64" |c| domain(c, "cos", f64::is_finite, f64::cos);
    "math.cosh" "(f64) -> f64" |c| map(c, f64::cosh);
    "math.degrees" "(f64) -> f64" |c| map(c, |x| x * (180.0 / std::f64::consts::PI));
    "math.dist" "(list f64, list f64) -> f64" dist;
    "math.erf" "(f64) -> f64" |c| map(c, wide::erf);
    "math.erfc" "(f64) -> f64" |c| map(c, wide::erfc);
    "math.exp" "(f64) -> f64" |c| map(c, f64::exp);
    "math.exp2" "(f64) -> f64" |c| map(c, f64::exp2);
    "math.expm1" "(f64) -> f64" |c| map(c, f64::exp_m1);
    "math.fabs" "(f64) -> f64" |c| map(c, f64::abs);
    "math.floor" "(f64) -> i64" |c| to_int(c, f64::floor);
    "math.fma" "(f64, f64, f64) -> f64" |c| {
        let value = c.float(0).mul_add(c.float(1), c.float(2));
        c.set_float(0, value);
        Ok(())
    };
    "math.fmod" "(f64, f64) -> f64" fmod;
    "math.frexp" "(f64) -> (f64, i64)" |c| {
        let (mantissa, exponent) = wide::parts(c.float(0));
        c.set_float(0, mantissa);
        c.set_int(1, exponent);
        Ok(())
    };
    "math.fsum" "(list f64) -> f64" fsum;
    "math.gamma" "(f64) -> f64"
        |c| domain(c, "gamma", |x| x > f64::NEG_INFINITY && !is_pole(x) && x != 0.0, gamma::gamma);
    "math.hypot" "(f64, f64) -> f64" |c| map2(c, f64::hypot);
    "math.isclose" "(f64, f64, f64, f64) -> bool" is_close;
    "math.isfinite" "(f64) -> bool" |c| test(c, f64::is_finite);
    "math.isinf" "(f64) -> bool" |c| test(c, f64::is_infinite);
    "math.isnan" "(f64) -> bool" |c| test(c, f64::is_nan);
    "math.ldexp" "(f64, i64) -> f64" |c| {
        let value = wide::scaled(c.float(0), c.int(1));
        c.set_float(0, value);
        Ok(())
    };
    "math.lgamma" "(f64) -> f64" |c| domain(c, "lgamma", |x| !is_pole(x), gamma::ln_gamma);
    "math.log" "(f64) -> f64" |c| domain(c, "log", |x| x > 0.0, f64::ln);
    "math.log_base" "(f64, f64) -> f64" log_base;
    "math.log10" "(f64) -> f64" |c| domain(c, "log10", |x| x > 0.0, f64::log10);
    "math.log1p" "(f64) -> f64" |c| domain(c, "log1p", |x| x > -1.0, f64::ln_1p);
    "math.log2" "(f64) -> f64" |c| domain(c, "log2", |x| x > 0.0, f64::log2);
    "math.modf" "(f64) -> (f64, f64)" |c| {
        let x = c.float(0);
        let rest = if x.is_infinite() { 0.0 } else { x.fract() };
        c.set_float(0, rest.copysign(x));
        c.set_float(1, x.trunc());
        Ok(())
    };
    "math.nextafter" "(f64, f64) -> f64" |c| map2(c, next_after);
    "math.pow" "(f64, f64) -> f64" pow;
    "math.radians" "(f64) -> f64" |c| map(c, |x| x * (std::f64::consts::PI / 180.0));
    "math.remainder" "(f64, f64) -> f64" remainder;
    "math.sin" "(f64) -> f64" |c| domain(c, "sin", f64::is_finite, f64::sin);
    "math.sinh" "(f64) -> f64" |c| map(c, f64::sinh);
    "math.sqrt" "(f64) -> f64" |c| domain(c, "sqrt", |x| x >= 0.0, f64::sqrt);
    "math.sumprod" "(list f64, list f64) -> f64" sum_of_products;
    "math.tan" "(f64) -> f64" |c| domain(c, "tan", f64::is_finite, f64::tan);
    "math.tanh" "(f64) -> f64" |c| map(c, f64::tanh);
    "math.trunc" "(f64) -> i64" |c| to_int(c, f64::trunc);
    "math.ulp" "(f64) -> f64" |c| map(c, ulp);
}

fn map(call: &mut Call<'_>, f: fn(f64) -> f64) -> NativeResult {
    let value = f(call.float(0));
    call.set_float(0, value);
    Ok(())
}

fn map2(call: &mut Call<'_>, f: fn(f64, f64) -> f64) -> NativeResult {
    let value = f(call.float(0), call.float(1));
    call.set_float(0, value);
    Ok(())
}

fn test(call: &mut Call<'_>, test: fn(f64) -> bool) -> NativeResult {
    let x = call.float(0);
    call.set_bool(0, test(x));
    Ok(())
}

/// The fault for a number that a function is not defined for.
#[cold]
fn outside(name: &str, x: f64) -> Box<Fault> {
    invalid(format!("math.{name} is not defined for {}", text::repr_float(x)))
}

/// A function that is not defined everywhere; NaN goes through.
fn domain(
    call: &mut Call<'_>,
    name: &str,
    inside: fn(f64) -> bool,
    f: fn(f64) -> f64,
) -> NativeResult {
    let x = call.float(0);
    if !x.is_nan() && !inside(x) {
        return Err(outside(name, x));
    }
    call.set_float(0, f(x));
    Ok(())
}

fn to_int(call: &mut Call<'_>, round: fn(f64) -> f64) -> NativeResult {
    let x = round(call.float(0));
    // The bounds are powers of two, so they are exact.
    let limit = -(i64::MIN as f64);
    if !(-limit <= x && x < limit) {
        let message = format!("{} does not fit int", text::repr_float(x));
        return Err(Fault::new(TrapKind::Conversion, message));
    }
    call.set_int(0, x as i64);
    Ok(())
}

fn fmod(call: &mut Call<'_>) -> NativeResult {
    let (x, y) = (call.float(0), call.float(1));
    if y == 0.0 && !x.is_nan() {
        return Err(outside("fmod", y));
    }
    if x.is_infinite() && !y.is_nan() {
        return Err(outside("fmod", x));
    }
    call.set_float(0, x % y);
    Ok(())
}

/// Zero or a negative integer, where the gamma function is infinite.
fn is_pole(x: f64) -> bool {
    x <= 0.0 && x.is_finite() && x.fract() == 0.0
}

/// The float next to `x` on the way to `to`.
fn next_after(x: f64, to: f64) -> f64 {
    match x.partial_cmp(&to) {
        None => f64::NAN,
        Some(std::cmp::Ordering::Equal) => to,
        Some(std::cmp::Ordering::Less) => x.next_up(),
        Some(std::cmp::Ordering::Greater) => x.next_down(),
    }
}

/// What the last bit of a float is worth.
fn ulp(x: f64) -> f64 {
    let x = x.abs();
    match x {
        _ if !x.is_finite() => x,
        f64::MAX => x - x.next_down(),
        _ => x.next_up() - x,
    }
}

/// What is left of `x` by the multiple of `y` that is nearest to it, the even one of two.
fn remainder(call: &mut Call<'_>) -> NativeResult {
    let (x, y) = (call.float(0), call.float(1));
    if x.is_nan() || y.is_nan() {
        call.set_float(0, f64::NAN);
        return Ok(());
    }
    if y == 0.0 || x.is_infinite() {
        return Err(outside("remainder", if y == 0.0 { y } else { x }));
    }
    let (size, divisor) = (x.abs(), y.abs());
    let rest = size % divisor;
    // Both are exact: the rest is below the divisor, and what is subtracted is close to it.
    let other = divisor - rest;
    let odd = || 0.5 * (size - rest) % divisor != 0.0;
    let result = if rest < other || rest == other && !odd() { rest } else { rest - divisor };
    call.set_float(0, result * 1.0_f64.copysign(x));
    Ok(())
}

fn pow(call: &mut Call<'_>) -> NativeResult {
    let value = real_pow(call.float(0), call.float(1))?;
    call.set_float(0, value);
    Ok(())
}

fn log_base(call: &mut Call<'_>) -> NativeResult {
    let (x, base) = (call.float(0), call.float(1));
    for argument in [x, base] {
        if argument <= 0.0 {
            return Err(outside("log", argument));
        }
    }
    if base == 1.0 {
        return Err(TrapKind::DivisionByZero.into());
    }
    call.set_float(0, x.ln() / base.ln());
    Ok(())
}

fn is_close(call: &mut Call<'_>) -> NativeResult {
    let (a, b, relative, absolute) = (call.float(0), call.float(1), call.float(2), call.float(3));
    if relative < 0.0 || absolute < 0.0 {
        return Err(invalid("a tolerance must not be negative"));
    }
    let near = (a - b).abs() <= (relative * a.abs().max(b.abs())).max(absolute);
    // An infinity is near itself only, though the difference is no number or infinite.
    call.set_bool(0, a == b || (a.is_finite() && b.is_finite() && near));
    Ok(())
}

fn dist(call: &mut Call<'_>) -> NativeResult {
    let len = super::list::charge_len(call, call.obj(0));
    if len != call.heap.list_len(call.obj(1)) {
        return Err(invalid("both points must have the same number of coordinates"));
    }
    let (p, q) =
        (call.heap.list_as_f64_slice(call.obj(0)), call.heap.list_as_f64_slice(call.obj(1)));
    let value = p.iter().zip(q).fold(0.0, |sum: f64, (a, b)| sum.hypot(a - b));
    call.set_float(0, value);
    Ok(())
}

fn fsum(call: &mut Call<'_>) -> NativeResult {
    super::list::charge_len(call, call.obj(0));
    let sum = exact_sum(call.heap.list_as_f64_slice(call.obj(0)));
    call.set_float(0, sum);
    Ok(())
}

/// The exact sum of the products of two lists, rounded once.
fn sum_of_products(call: &mut Call<'_>) -> NativeResult {
    let len = super::list::charge_len(call, call.obj(0));
    if len != call.heap.list_len(call.obj(1)) {
        return Err(invalid("both lists must have the same length"));
    }
    let (p, q) =
        (call.heap.list_as_f64_slice(call.obj(0)), call.heap.list_as_f64_slice(call.obj(1)));
    let mut parts = Vec::new();
    for (a, b) in p.iter().zip(q) {
        let product = a * b;
        let rest = a.mul_add(*b, -product);
        parts.push(product);
        if rest.is_finite() && rest != 0.0 {
            parts.push(rest);
        }
    }
    let sum = exact_sum(&parts);
    call.set_float(0, sum);
    Ok(())
}

/// The exact sum, rounded once: it is kept as parts that do not overlap, smallest first.
fn exact_sum(items: &[f64]) -> f64 {
    let mut parts: Vec<f64> = Vec::new();
    let mut special = 0.0;
    for &item in items {
        let mut carry = item;
        let mut kept = 0;
        for i in 0..parts.len() {
            let (sum, rest) = wide::two_sum(carry, parts[i]);
            if rest != 0.0 {
                parts[kept] = rest;
                kept += 1;
            }
            carry = sum;
        }
        parts.truncate(kept);
        if carry.is_finite() {
            parts.push(carry);
        } else {
            special += if item.is_finite() { carry } else { item };
            parts.clear();
        }
    }
    if special != 0.0 { special } else { round_parts(&parts) }
}

/// Adds the parts from the largest down; the first rest decides, and a tie by the next one.
fn round_parts(parts: &[f64]) -> f64 {
    let mut rest = parts.iter().rev().copied();
    let Some(mut sum) = rest.next() else { return 0.0 };
    let mut lost = 0.0;
    for part in rest.by_ref() {
        (sum, lost) = wide::two_sum(sum, part);
        if lost != 0.0 {
            break;
        }
    }
    if let Some(next) = rest.next()
        && ((lost < 0.0 && next < 0.0) || (lost > 0.0 && next > 0.0))
    {
        let doubled = lost * 2.0;
        let moved = sum + doubled;
        if doubled == moved - sum {
            sum = moved;
        }
    }
    sum
}
