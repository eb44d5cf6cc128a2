//! Figures of one thing measured many times. Owns how they are summed up and shown; never how they came to be.

/// Measurements of one thing, at least one, in ascending order.
#[derive(Debug, Clone)]
pub(crate) struct Sample(Vec<f64>);

impl Sample {
    /// `None` when nothing was measured.
    pub(crate) fn new(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        (!values.is_empty()).then_some(Self(values))
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn min(&self) -> f64 {
        self.0[0]
    }

    pub(crate) fn max(&self) -> f64 {
        self.0[self.0.len() - 1]
    }

    /// The middle one; the mean of the two in the middle when their number is even.
    pub(crate) fn median(&self) -> f64 {
        let half = self.0.len() / 2;
        match self.0.len() % 2 {
            0 => f64::midpoint(self.0[half - 1], self.0[half]),
            _ => self.0[half],
        }
    }

    /// The smallest that at least 99 of 100 do not exceed. Below 100 measurements that is the greatest.
    pub(crate) fn p99(&self) -> f64 {
        self.0[(self.0.len() * 99).div_ceil(100) - 1]
    }
}

/// The quotient of two medians.
pub(crate) fn ratio(over: &Sample, under: &Sample) -> f64 {
    over.median() / under.median()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_summed_up() {
        let cases: [(usize, [f64; 4]); 4] = [
            (1, [1.0, 1.0, 1.0, 1.0]),
            (2, [1.0, 1.5, 2.0, 2.0]),
            (5, [1.0, 3.0, 5.0, 5.0]),
            (200, [1.0, 100.5, 198.0, 200.0]),
        ];
        for (count, wanted) in cases {
            let sample = Sample::new((1..=count).rev().map(|value| value as f64).collect()).unwrap();
            assert_eq!(sample.count(), count);
            assert_eq!(
                [sample.min(), sample.median(), sample.p99(), sample.max()],
                wanted,
                "{count}"
            );
        }
        assert!(Sample::new(Vec::new()).is_none());
    }
}
