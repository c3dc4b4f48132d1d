//! Bodies of integer operations, conversions between integers, and integer branches.
//!
//! Slots hold signed integers sign-extended and unsigned ones zero-extended, so 64-bit
//! operations serve all widths; narrowing operations put the width right.

use kaa_isa::TrapKind;
use kaa_isa::ty::SCALARS;

use super::Machine;

type Trapping = Result<u64, TrapKind>;

#[inline(always)]
fn signed(x: Option<i64>) -> Trapping {
    x.map(|x| x as u64).ok_or(TrapKind::Overflow)
}

#[inline(always)]
fn checked(x: Option<u64>) -> Trapping {
    x.ok_or(TrapKind::Overflow)
}

#[inline(always)]
fn nonzero(y: u64) -> Result<(), TrapKind> {
    if y == 0 { Err(TrapKind::DivisionByZero) } else { Ok(()) }
}

/// Quotient rounded down; wraps for `MIN / -1`.
#[inline(always)]
pub(crate) fn div_floor(x: i64, y: i64) -> i64 {
    let q = x.wrapping_div(y);
    if (x ^ y) < 0 && q.wrapping_mul(y) != x { q - 1 } else { q }
}

/// Remainder with the sign of the divisor.
#[inline(always)]
pub(crate) fn rem_floor(x: i64, y: i64) -> i64 {
    let r = x.wrapping_rem(y);
    if r != 0 && (r ^ y) < 0 { r + y } else { r }
}

macro_rules! bodies {
    ($($name:ident($($arg:ident: $ty:ty),*) -> $res:ty = $body:expr;)*) => {
        impl Machine {$(
            #[inline(always)]
            pub fn $name($($arg: $ty),*) -> $res { $body }
        )*}
    };
}

bodies! {
    mov(x: u64) -> u64 = x;
    loadi(k: i64) -> u64 = k as u64;
    loadk(bits: u64) -> u64 = bits;
    add(x: u64, y: u64) -> u64 = x.wrapping_add(y);
    sub(x: u64, y: u64) -> u64 = x.wrapping_sub(y);
    mul(x: u64, y: u64) -> u64 = x.wrapping_mul(y);
    addk(x: u64, k: i64) -> u64 = x.wrapping_add(k as u64);
    mulk(x: u64, k: i64) -> u64 = x.wrapping_mul(k as u64);
    add_t(x: u64, y: u64) -> Trapping = signed((x as i64).checked_add(y as i64));
    sub_t(x: u64, y: u64) -> Trapping = signed((x as i64).checked_sub(y as i64));
    mul_t(x: u64, y: u64) -> Trapping = signed((x as i64).checked_mul(y as i64));
    addk_t(x: u64, k: i64) -> Trapping = signed((x as i64).checked_add(k));
    mulk_t(x: u64, k: i64) -> Trapping = signed((x as i64).checked_mul(k));
    add_tu(x: u64, y: u64) -> Trapping = checked(x.checked_add(y));
    sub_tu(x: u64, y: u64) -> Trapping = checked(x.checked_sub(y));
    mul_tu(x: u64, y: u64) -> Trapping = checked(x.checked_mul(y));
    neg(x: u64) -> u64 = x.wrapping_neg();
    neg_t(x: u64) -> Trapping = signed((x as i64).checked_neg());
    abs_t(x: u64) -> Trapping = signed((x as i64).checked_abs());
    div_s(x: u64, y: u64) -> Trapping = {
        nonzero(y)?;
        Ok((x as i64).wrapping_div(y as i64) as u64)
    };
    div_st(x: u64, y: u64) -> Trapping = {
        nonzero(y)?;
        signed((x as i64).checked_div(y as i64))
    };
    div_u(x: u64, y: u64) -> Trapping = {
        nonzero(y)?;
        Ok(x / y)
    };
    rem_s(x: u64, y: u64) -> Trapping = {
        nonzero(y)?;
        Ok((x as i64).wrapping_rem(y as i64) as u64)
    };
    rem_u(x: u64, y: u64) -> Trapping = {
        nonzero(y)?;
        Ok(x % y)
    };
    div_fs(x: u64, y: u64) -> Trapping = {
        nonzero(y)?;
        Ok(div_floor(x as i64, y as i64) as u64)
    };
    div_fst(x: u64, y: u64) -> Trapping = {
        nonzero(y)?;
        if x as i64 == i64::MIN && y as i64 == -1 {
            return Err(TrapKind::Overflow);
        }
        Ok(div_floor(x as i64, y as i64) as u64)
    };
    rem_fs(x: u64, y: u64) -> Trapping = {
        nonzero(y)?;
        Ok(rem_floor(x as i64, y as i64) as u64)
    };
    div_fk(x: u64, k: i64) -> u64 = (x as i64).div_euclid(k.max(1)) as u64;
    rem_fk(x: u64, k: i64) -> u64 = (x as i64).rem_euclid(k.max(1)) as u64;
    div_sk(x: u64, k: i64) -> u64 = ((x as i64) / k.max(1)) as u64;
    rem_sk(x: u64, k: i64) -> u64 = ((x as i64) % k.max(1)) as u64;
    min_s(x: u64, y: u64) -> u64 = (x as i64).min(y as i64) as u64;
    max_s(x: u64, y: u64) -> u64 = (x as i64).max(y as i64) as u64;
    min_u(x: u64, y: u64) -> u64 = x.min(y);
    max_u(x: u64, y: u64) -> u64 = x.max(y);
    and(x: u64, y: u64) -> u64 = x & y;
    or(x: u64, y: u64) -> u64 = x | y;
    xor(x: u64, y: u64) -> u64 = x ^ y;
    andk(x: u64, k: i64) -> u64 = x & k as u64;
    xork(x: u64, k: i64) -> u64 = x ^ k as u64;
    not(x: u64) -> u64 = !x;
    shl(x: u64, y: u64) -> u64 = x << (y & 63);
    shr_s(x: u64, y: u64) -> u64 = ((x as i64) >> (y & 63)) as u64;
    shr_u(x: u64, y: u64) -> u64 = x >> (y & 63);
    shlk(x: u64, k: i64) -> u64 = x << (k & 63);
    shr_sk(x: u64, k: i64) -> u64 = ((x as i64) >> (k & 63)) as u64;
    shr_uk(x: u64, k: i64) -> u64 = x >> (k & 63);
    shl_t(x: u64, y: u64) -> Trapping = {
        if y > 63 {
            return Err(TrapKind::ShiftOutOfRange);
        }
        let shifted = (x as i64) << y;
        if shifted >> y == x as i64 { Ok(shifted as u64) } else { Err(TrapKind::Overflow) }
    };
    shr_st(x: u64, y: u64) -> Trapping = {
        if y > 63 { Err(TrapKind::ShiftOutOfRange) } else { Ok(((x as i64) >> y) as u64) }
    };
    shr_ut(x: u64, y: u64) -> Trapping = {
        if y > 63 { Err(TrapKind::ShiftOutOfRange) } else { Ok(x >> y) }
    };
    rotl(x: u64, y: u64) -> u64 = x.rotate_left((y & 63) as u32);
    rotr(x: u64, y: u64) -> u64 = x.rotate_right((y & 63) as u32);
    clz(x: u64) -> u64 = u64::from(x.leading_zeros());
    ctz(x: u64) -> u64 = u64::from(x.trailing_zeros());
    popcnt(x: u64) -> u64 = u64::from(x.count_ones());
    sext8(x: u64) -> u64 = i64::from(x as i8) as u64;
    sext16(x: u64) -> u64 = i64::from(x as i16) as u64;
    sext32(x: u64) -> u64 = i64::from(x as i32) as u64;
    zext8(x: u64) -> u64 = u64::from(x as u8);
    zext16(x: u64) -> u64 = u64::from(x as u16);
    zext32(x: u64) -> u64 = u64::from(x as u32);
    ovf8_s(x: u64) -> Trapping = signed(i8::try_from(x as i64).ok().map(i64::from));
    ovf16_s(x: u64) -> Trapping = signed(i16::try_from(x as i64).ok().map(i64::from));
    ovf32_s(x: u64) -> Trapping = signed(i32::try_from(x as i64).ok().map(i64::from));
    ovf8_u(x: u64) -> Trapping = checked(u8::try_from(x).ok().map(u64::from));
    ovf16_u(x: u64) -> Trapping = checked(u16::try_from(x).ok().map(u64::from));
    ovf32_u(x: u64) -> Trapping = checked(u32::try_from(x).ok().map(u64::from));
    fit(x: u64, k: i64) -> Trapping = fits(i128::from(x as i64), k).map(|()| x);
    fit_u(x: u64, k: i64) -> Trapping = fits(i128::from(x), k).map(|()| x);
    eq_i(x: u64, y: u64) -> u64 = u64::from(x == y);
    ne_i(x: u64, y: u64) -> u64 = u64::from(x != y);
    lt_s(x: u64, y: u64) -> u64 = u64::from((x as i64) < y as i64);
    le_s(x: u64, y: u64) -> u64 = u64::from(x as i64 <= y as i64);
    lt_u(x: u64, y: u64) -> u64 = u64::from(x < y);
    le_u(x: u64, y: u64) -> u64 = u64::from(x <= y);
    eq_k(x: u64, k: i64) -> u64 = u64::from(x as i64 == k);
    ne_k(x: u64, k: i64) -> u64 = u64::from(x as i64 != k);
    lt_sk(x: u64, k: i64) -> u64 = u64::from((x as i64) < k);
    gt_sk(x: u64, k: i64) -> u64 = u64::from(x as i64 > k);
    jt(x: u64) -> bool = x != 0;
    jf(x: u64) -> bool = x == 0;
    j_eq(x: u64, y: u64) -> bool = x == y;
    j_ne(x: u64, y: u64) -> bool = x != y;
    j_lt_s(x: u64, y: u64) -> bool = (x as i64) < y as i64;
    j_le_s(x: u64, y: u64) -> bool = x as i64 <= y as i64;
    j_lt_u(x: u64, y: u64) -> bool = x < y;
    j_le_u(x: u64, y: u64) -> bool = x <= y;
    j_eq_k(x: u64, k: i64) -> bool = x as i64 == k;
    j_ne_k(x: u64, k: i64) -> bool = x as i64 != k;
    j_lt_sk(x: u64, k: i64) -> bool = (x as i64) < k;
    j_le_sk(x: u64, k: i64) -> bool = x as i64 <= k;
    j_gt_sk(x: u64, k: i64) -> bool = x as i64 > k;
    j_ge_sk(x: u64, k: i64) -> bool = x as i64 >= k;
    j_test_z(x: u64, k: i64) -> bool = x & k as u64 == 0;
    j_test_nz(x: u64, k: i64) -> bool = x & k as u64 != 0;
    loop_lt(x: i64, y: i64) -> (i64, bool) = {
        let x = x.wrapping_add(1);
        (x, x < y)
    };
    loop_le(x: i64, y: i64) -> (i64, bool) = {
        let x = x.wrapping_add(1);
        (x, x <= y)
    };
    loop_gt(x: i64, y: i64) -> (i64, bool) = {
        let x = x.wrapping_sub(1);
        (x, x > y)
    };
    loop_ge(x: i64, y: i64) -> (i64, bool) = {
        let x = x.wrapping_sub(1);
        (x, x >= y)
    };
    check_null(x: u64) -> Trapping = if x == 0 { Err(TrapKind::NullReference) } else { Ok(x) };
    global_get(x: u64) -> u64 = x;
    global_set(x: u64) -> u64 = x;
}

/// Whether `x` is a value of the integer type with this code.
#[inline(always)]
fn fits(x: i128, code: i64) -> Result<(), TrapKind> {
    let ty = SCALARS.get(code as usize).map_or(kaa_isa::ValTy::I64, |s| s.0);
    let bits = ty.int_bits().unwrap_or(64);
    let (min, max) = match ty.is_signed() {
        true => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
        false => (0, (1i128 << bits) - 1),
    };
    if (min..=max).contains(&x) { Ok(()) } else { Err(TrapKind::Conversion) }
}
