//! The normal distribution, as far as forecasts need it.

/// The chance of a standard normal variable to be under `x`; right to three decimals.
pub(crate) fn normal(x: f64) -> f64 {
    // sqrt(2/π); the cubic term is the usual correction.
    f64::midpoint(1.0, (0.797_884_560_8 * x * (1.0 + 0.044_715 * x * x)).tanh())
}

/// What a standard normal variable is under with that chance, for chances up to one half.
pub(crate) fn normal_quantile(chance: f64) -> f64 {
    let (mut low, mut high) = (-6.0, 0.0);
    for _ in 0..20 {
        let middle = f64::midpoint(low, high);
        if normal(middle) < chance { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantile_undoes_the_distribution() {
        for chance in [0.001, 0.01, 0.1, 0.3, 0.5] {
            assert!((normal(normal_quantile(chance)) - chance).abs() < 1e-4);
        }
        assert!((normal(1.0) - 0.8413).abs() < 1e-3);
    }
}
