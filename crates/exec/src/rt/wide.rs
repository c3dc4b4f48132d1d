//! Floats taken apart: mantissa and exponent, and numbers of twice the precision, for results
//! that must be right to the last digit.
//!
//! A wide number is the unevaluated sum of two floats, the second of which is what rounding took
//! from the first.

/// The sum of two floats and what rounding took from it.
pub(super) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let (large, small) = if a.abs() >= b.abs() { (a, b) } else { (b, a) };
    let sum = large + small;
    (sum, small - (sum - large))
}

/// A number of about 32 digits.
#[derive(Clone, Copy)]
struct Wide {
    high: f64,
    low: f64,
}

impl Wide {
    fn new(high: f64, low: f64) -> Wide {
        let (high, low) = two_sum(high, low);
        Wide { high, low }
    }

    fn plus(self, other: Wide) -> Wide {
        let (sum, rest) = two_sum(self.high, other.high);
        Wide::new(sum, rest + self.low + other.low)
    }

    fn times(self, other: Wide) -> Wide {
        let product = self.high * other.high;
        let rest = self.high.mul_add(other.high, -product);
        Wide::new(product, rest + self.high * other.low + self.low * other.high)
    }

    fn over(self, divisor: f64) -> Wide {
        let quotient = self.high / divisor;
        let rest = quotient.mul_add(-divisor, self.high) + self.low;
        Wide::new(quotient, rest / divisor)
    }
}

/// Two divided by the square root of pi.
const FACTOR: Wide = Wide { high: std::f64::consts::FRAC_2_SQRT_PI, low: 1.533545961316588e-17 };
/// From here on the error function is one.
const ERF_END: f64 = 6.0;

/// The error function, by its power series; what cancels in it is less than the digits that the
/// terms have more than the result.
pub(super) fn erf(x: f64) -> f64 {
    if x.is_nan() || x == 0.0 {
        return x;
    }
    if x.abs() >= ERF_END {
        return 1.0_f64.copysign(x);
    }
    series(x).high
}

/// One less the error function, without losing the digits of a small difference.
pub(super) fn erfc(x: f64) -> f64 {
    /// From here on the continued fraction is quick.
    const FAR: f64 = 3.0;
    /// From here on no float is as small.
    const END: f64 = 28.0;
    match x {
        _ if x.is_nan() => x,
        END.. => 0.0,
        FAR..END => {
            let square = x * x;
            let rest = x.mul_add(x, -square);
            let mut below = x;
            for n in (1..=90).rev() {
                below = x + 0.5 * f64::from(n) / below;
            }
            let factor = 0.5 * std::f64::consts::FRAC_2_SQRT_PI;
            // The power of the rest is so near to one that its first term says all.
            (-square).exp() * (1.0 - rest) * factor / below
        }
        ..=-6.0 => 2.0,
        _ => {
            let part = series(x);
            Wide::new(1.0, 0.0).plus(Wide { high: -part.high, low: -part.low }).high
        }
    }
}

/// The power series of the error function, for numbers that are not far from zero.
fn series(x: f64) -> Wide {
    let x = Wide::new(x, 0.0);
    let square = x.times(x);
    let factor = Wide { high: -square.high, low: -square.low };
    let (mut power, mut sum, mut n) = (x, x, 1.0);
    loop {
        power = power.times(factor).over(n);
        let term = power.over(2.0 * n + 1.0);
        sum = sum.plus(term);
        // The terms grow at first, but only while `n` is below the square.
        if n > square.high && term.high.abs() <= sum.high.abs() * 1e-20 {
            return sum.times(FACTOR);
        }
        n += 1.0;
    }
}

/// A power of two between 2 ** -1022 and 2 ** 1023.
fn power_of_two(exponent: i64) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

/// Mantissa and exponent: the mantissa lies between 0.5 and 1, but for zero, NaN and infinity.
pub(super) fn parts(x: f64) -> (f64, i64) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    // Numbers below the normal ones are brought up first.
    let small = x.abs() < f64::MIN_POSITIVE;
    let (x, lift) = if small { (x * power_of_two(54), 54) } else { (x, 0) };
    let biased = (x.to_bits() >> 52 & 0x7ff) as i64;
    let mantissa = f64::from_bits(x.to_bits() & !(0x7ff << 52) | 1022 << 52);
    (mantissa, biased - 1022 - lift)
}

/// `x * 2 ** exponent`, rounded once.
pub(super) fn scaled(x: f64, exponent: i64) -> f64 {
    const LOW: i64 = -1021;
    const HIGH: i64 = 1023;
    let (mantissa, own) = parts(x);
    let exponent = exponent.saturating_add(own);
    match exponent {
        _ if mantissa == 0.0 || !mantissa.is_finite() => x,
        LOW..=HIGH => mantissa * power_of_two(exponent),
        // Twice the greatest power is infinite unless the mantissa is below one.
        1024 => mantissa * 2.0 * power_of_two(HIGH),
        1025.. => f64::INFINITY.copysign(x),
        -1100..LOW => mantissa * power_of_two(exponent + 100) * power_of_two(-100),
        _ => 0.0_f64.copysign(x),
    }
}
