//! The gamma function and its logarithm.
//!
//! Large arguments go by Stirling's series; small ones are brought up to them by the function's
//! own rule, that `gamma(x + 1)` is `x * gamma(x)`.

use std::f64::consts::PI;

/// From here on the series is as exact as a float.
const FAR: f64 = 16.0;
/// From here on the result is infinite.
const END: f64 = 171.7;
/// Half the logarithm of two pi.
const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;
/// The factors of the series, those of 1/x, 1/x**3 and so on.
const SERIES: [f64; 7] = [
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360_360.0,
    1.0 / 156.0,
];

/// What Stirling's series adds to the main terms.
fn tail(x: f64) -> f64 {
    let square = 1.0 / (x * x);
    SERIES.iter().rev().fold(0.0, |sum, factor| sum * square + factor) / x
}

/// The sine of `x * pi`, exact where it is zero.
fn sin_pi(x: f64) -> f64 {
    let turned = x.abs() % 2.0;
    let value = match turned {
        0.0..=0.25 => (PI * turned).sin(),
        0.25..=0.75 => (PI * (0.5 - turned)).cos(),
        0.75..=1.25 => (PI * (1.0 - turned)).sin(),
        1.25..=1.75 => -(PI * (turned - 1.5)).cos(),
        _ => (PI * (turned - 2.0)).sin(),
    };
    if x < 0.0 { -value } else { value }
}

/// The gamma function, which has a value at every number but zero and the negative integers.
pub(super) fn gamma(x: f64) -> f64 {
    match x {
        _ if x.is_nan() => x,
        END.. => f64::INFINITY,
        ..-184.0 => 0.0_f64.copysign(sin_pi(x)),
        ..0.0 => -PI / (x * sin_pi(x)) / gamma(-x),
        _ if x.fract() == 0.0 && x <= 171.0 => factorial(x - 1.0),
        _ => {
            let mut product = 1.0;
            let mut at = x;
            while at < FAR {
                product *= at;
                at += 1.0;
            }
            // The power is taken in two parts, for it may be greater than the result.
            let root = at.powf(0.5 * at - 0.25);
            let size = root * (-at).exp() * root;
            size * (HALF_LN_TAU + tail(at)).exp() / product
        }
    }
}

/// The product of the numbers up to `n`, which is whole.
fn factorial(n: f64) -> f64 {
    let (mut product, mut at) = (1.0, 2.0);
    while at <= n {
        product *= at;
        at += 1.0;
    }
    product
}

/// The logarithm of the size of the gamma function.
pub(super) fn ln_gamma(x: f64) -> f64 {
    match x {
        _ if !x.is_finite() => x.abs(),
        1.0 | 2.0 => 0.0,
        ..0.0 => {
            let sine = sin_pi(x).abs();
            (PI / (x.abs() * sine)).ln() - ln_gamma(-x)
        }
        0.0..FAR => {
            let (mut product, mut at) = (1.0, x);
            while at < FAR {
                product *= at;
                at += 1.0;
            }
            ln_gamma(at) - product.ln()
        }
        _ => (x - 0.5) * (x.ln() - 1.0) + (HALF_LN_TAU - 0.5) + tail(x),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_known() {
        let near = |a: f64, b: f64| assert!((a - b).abs() <= b.abs() * 4e-15, "{a} {b}");
        near(gamma(0.5), PI.sqrt());
        near(gamma(-0.5), -2.0 * PI.sqrt());
        near(gamma(10.0), 362_880.0);
        near(gamma(171.5), 9.483_367_566_824_795e307);
        near(ln_gamma(100.0), 359.134_205_369_575_4);
        near(ln_gamma(0.5), 0.572_364_942_924_700_1);
        near(ln_gamma(-1.5), 0.860_047_015_376_481);
        near(ln_gamma(1e300), 6.897_755_278_982_137e302);
    }
}
