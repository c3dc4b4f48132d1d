//! The module `math`: functions of integers, and the product of a list.

use kaa_isa::TrapKind;

use super::args::invalid;
use crate::native::{Call, Fault, NativeResult};

super::natives! {
    "math.comb" "(i64, i64) -> i64" comb;
    "math.perm" "(i64, opt i64) -> i64" perm;
    "math.factorial" "(i64) -> i64" factorial;
    "math.gcd" "(i64, i64) -> i64" |c| {
        let value = gcd(c.int(0).unsigned_abs(), c.int(1).unsigned_abs());
        c.set_int(0, i64::try_from(value).map_err(|_| TrapKind::Overflow)?);
        Ok(())
    };
    "math.lcm" "(i64, i64) -> i64" lcm;
    "math.isqrt" "(i64) -> i64" isqrt;
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn lcm(call: &mut Call<'_>) -> NativeResult {
    let (a, b) = (call.int(0).unsigned_abs(), call.int(1).unsigned_abs());
    let value = if a == 0 || b == 0 { Some(0) } else { (a / gcd(a, b)).checked_mul(b) };
    let value = value.and_then(|value| i64::try_from(value).ok()).ok_or(TrapKind::Overflow)?;
    call.set_int(0, value);
    Ok(())
}

/// An argument that must not be negative.
fn natural(call: &Call<'_>, i: usize, name: &str) -> Result<u64, Box<Fault>> {
    let value = call.int(i);
    u64::try_from(value)
        .map_err(|_| invalid(format!("math.{name} is not defined for negative numbers: {value}")))
}

fn isqrt(call: &mut Call<'_>) -> NativeResult {
    let root = natural(call, 0, "isqrt")?.isqrt();
    call.set(0, root);
    Ok(())
}

fn factorial(call: &mut Call<'_>) -> NativeResult {
    let n = natural(call, 0, "factorial")?;
    // Of longer products the first twenty-one factors overflow already.
    let value = (1..=n.min(21)).try_fold(1_i64, |product, k| product.checked_mul(k as i64));
    call.set_int(0, value.ok_or(TrapKind::Overflow)?);
    Ok(())
}

fn comb(call: &mut Call<'_>) -> NativeResult {
    let (n, k) = (natural(call, 0, "comb")?, natural(call, 1, "comb")?);
    let mut value = u128::from(k <= n);
    for i in 0..k.min(n.saturating_sub(k)) {
        // What was chosen so far is a whole number after each step, and never shrinks.
        value = value * u128::from(n - i) / u128::from(i + 1);
        if value > i64::MAX as u128 {
            return Err(TrapKind::Overflow.into());
        }
    }
    call.set(0, value as u64);
    Ok(())
}

fn perm(call: &mut Call<'_>) -> NativeResult {
    let n = natural(call, 0, "perm")?;
    let k = if call.bool(1) { natural(call, 2, "perm")? } else { n };
    let mut value = i64::from(k <= n);
    for i in 0..if k <= n { k } else { 0 } {
        value = value.checked_mul((n - i) as i64).ok_or(TrapKind::Overflow)?;
        if value == 0 {
            break;
        }
    }
    call.set_int(0, value);
    Ok(())
}
