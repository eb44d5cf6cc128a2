//! Series and periods of tests, in months of a few years.

use alliance_disclosure::numbers::{
    Denominator, Edition, Month, Period, Point, Policy, Protected, Published, Refusal, Series, Shown, Unit,
    ValueStatus, protect,
};

/// A month by its number since January 2020.
pub(crate) fn month(number: usize) -> Month {
    let year = u16::try_from(2020 + number / 12).unwrap();
    Month::new(year, u8::try_from(number % 12 + 1).unwrap()).unwrap()
}

/// The months from one number up to, but not with, another.
pub(crate) fn period((start, end): (usize, usize)) -> Period {
    Period::new(month(start), month(end - 1)).unwrap()
}

pub(crate) fn point(ends: (usize, usize), numerator: u64) -> Point {
    Point {
        period: period(ends),
        numerator,
        denominator: None,
    }
}

pub(crate) fn series(counts: Unit, points: Vec<Point>) -> Series {
    Series {
        counts,
        points,
        public_source: None,
    }
}

/// Counts of months, one after the other.
pub(crate) fn months(counts: Unit, numerators: &[u64]) -> Series {
    let points = numerators
        .iter()
        .enumerate()
        .map(|(at, &numerator)| point((at, at + 1), numerator));
    series(counts, points.collect())
}

/// What is counted over these periods of a series of true months.
pub(crate) fn over(counts: Unit, truth: &[u64], periods: &[(usize, usize)]) -> Series {
    let points = periods
        .iter()
        .map(|&(start, end)| point((start, end), truth[start..end].iter().sum()));
    series(counts, points.collect())
}

pub(crate) fn with_denominators(mut series: Series, unit: Unit, values: &[u64]) -> Series {
    for (point, &value) in series.points.iter_mut().zip(values) {
        point.denominator = Some(Denominator { value, unit });
    }
    series
}

/// What editions, each of some periods, make public of one series of true months; an error when one is refused.
pub(crate) fn publish(counts: Unit, truth: &[u64], editions: &[Vec<(usize, usize)>]) -> Result<Published, Refusal> {
    let mut published = Published::default();
    for periods in editions {
        let edition = protect(&over(counts, truth, periods), &published, Policy::default())?.edition();
        published.editions.push(edition);
    }
    Ok(published)
}

/// Numerators as one reads them in a table: numbers, `*` for suppressed, `-` for withheld.
pub(crate) fn read(protected: &Protected) -> String {
    let words: Vec<String> = protected.points.iter().map(|point| word(point.numerator)).collect();
    words.join(" ")
}

pub(crate) fn word(shown: Shown) -> String {
    match (shown.status, shown.value) {
        (ValueStatus::Exact, Some(value)) if value > 0 => format!("={value}"),
        (_, Some(value)) => value.to_string(),
        (ValueStatus::Missing, None) => "-".to_owned(),
        (_, None) => "*".to_owned(),
    }
}

pub(crate) fn protected(series: &Series, published: &Published) -> Protected {
    protect(series, published, Policy::default()).unwrap()
}

pub(crate) fn after(editions: Vec<Edition>) -> Published {
    Published { editions }
}
