//! The normal distribution, as far as forecasts need it.

/// Least relative variance of any forecast.
pub(crate) const LEAST_VARIANCE: f64 = 0.02;
/// The quantile of a range's ends: one wallet in ten lasts less than the low one, one in ten longer than the high one.
const NORMAL_QUANTILE_10: f64 = 1.28;

/// The distribution is taken for a logistic one of this cubic: `SLOPE` is sqrt(2/π), `CUBIC` the usual correction.
const SLOPE: f64 = 0.797_884_560_8;
const CUBIC: f64 = 0.044_715;

/// The cube root of how many times its mean a quantile can be.
const MOST_TIMES: f64 = 100.0;

/// The chance of a standard normal variable to be under `x`; right to three decimals.
pub(crate) fn normal(x: f64) -> f64 {
    f64::midpoint(1.0, (SLOPE * x * (1.0 + CUBIC * x * x)).tanh())
}

/// What a standard normal variable is under with that chance: the root of the cubic.
pub(crate) fn normal_quantile(chance: f64) -> f64 {
    let cubic = (2.0 * chance - 1.0).clamp(-1.0 + f64::EPSILON, 1.0 - f64::EPSILON).atanh() / SLOPE;
    2.0 * ((1.5 * (3.0 * CUBIC).sqrt() * cubic).asinh() / 3.0).sinh() / (3.0 * CUBIC).sqrt()
}

/// Standard deviation of the logarithm of so much spend on calls: the relative variance of the forecast, and an hour's noise.
pub(crate) fn spread(error: f64, noise: f64, calls: f64) -> f64 {
    if calls > 0.0 { (error.max(LEAST_VARIANCE) + noise / calls).ln_1p().sqrt() } else { 0.0 }
}

/// The 10, 50 and 90 % quantiles of spend on calls, the outer ones `width` times as far off as `error` and `noise` make them.
pub(crate) fn range(error: f64, noise: f64, calls: f64, width: f64) -> [f64; 3] {
    let end = |z| quantile(error, noise, calls, z * width);
    [end(-NORMAL_QUANTILE_10).min(calls), calls, end(NORMAL_QUANTILE_10).max(calls)]
}

/// The quantile of spend on calls that lies `z` standard deviations off: of a gamma distribution, after Wilson and Hilferty.
/// What comes in single calls may as well not come at all, so that the low end can be zero.
fn quantile(error: f64, noise: f64, calls: f64, z: f64) -> f64 {
    if calls <= 0.0 {
        return 0.0;
    }
    let ninth = (error.max(LEAST_VARIANCE) + noise / calls) / 9.0;
    calls * (1.0 - ninth + z * ninth.sqrt()).clamp(0.0, MOST_TIMES).powi(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantile_undoes_the_distribution() {
        for chance in [0.001, 0.01, 0.1, 0.3, 0.5, 0.9] {
            assert!((normal(normal_quantile(chance)) - chance).abs() < 1e-9);
        }
        assert!((normal(1.0) - 0.8413).abs() < 1e-3);
        assert!([0.0, 1.0, f64::MIN_POSITIVE].iter().all(|chance| normal_quantile(*chance).is_finite()));
    }
}
