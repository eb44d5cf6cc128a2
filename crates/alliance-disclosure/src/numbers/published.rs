//! Figures in the form in which they are published, and what a reader knows from them. Owns the codes of the vocabulary;
//! never holds a true count.

use super::bounds::Interval;
use super::month::Period;
use super::series::{COUNT_MAX, ROUNDED_TO, SUPPRESSED_MAX, Unit};

/// The status of a published value: the list `value_status` of the vocabulary.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ValueStatus {
    /// The value as counted.
    Exact,
    /// Rounded to the nearest 5; not zero and not from 1 to 7.
    Rounded5,
    /// Not shown: a number from 1 to 7 (primary suppression).
    Suppressed1To7,
    /// Not shown: a number from 1 to 4. Read from other members, never written.
    SuppressedLt5,
    /// Estimated by its author.
    Estimated,
    /// Not shown: not known, or withheld because something else could be computed from it (secondary suppression).
    Missing,
}

impl ValueStatus {
    /// Its code in the vocabulary.
    pub fn code(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Rounded5 => "rounded_5",
            Self::Suppressed1To7 => "suppressed_1_7",
            Self::SuppressedLt5 => "suppressed_lt5",
            Self::Estimated => "estimated",
            Self::Missing => "missing",
        }
    }

    /// The status of a code; `None` for codes of newer vocabularies.
    pub fn of_code(code: &str) -> Option<Self> {
        let all = [
            Self::Exact,
            Self::Rounded5,
            Self::Suppressed1To7,
            Self::SuppressedLt5,
            Self::Estimated,
            Self::Missing,
        ];
        all.into_iter().find(|status| status.code() == code)
    }
}

/// How the people of a series are protected: the list `disclosure_method` of the vocabulary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// The same figures are public elsewhere, over at least 1,000 bed days each.
    AlreadyPublishedElsewhere,
    /// 1 to 7 suppressed, others rounded to 5, zero shown.
    Suppress1To7Round5,
    /// 1 to 4 suppressed. Weaker than the rule: read from other members, never written.
    SuppressLt5,
    /// Periods rolled up until nothing had to be suppressed; rounded to 5, zero shown.
    RolledUpPeriod,
    /// Neither people nor what happened to them is counted.
    PeopleNotCounted,
}

impl Method {
    /// Its code in the vocabulary.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyPublishedElsewhere => "already_published_elsewhere",
            Self::Suppress1To7Round5 => "suppress_1_7_round_5",
            Self::SuppressLt5 => "suppress_lt_5",
            Self::RolledUpPeriod => "rolled_up_period",
            Self::PeopleNotCounted => "people_not_counted",
        }
    }

    /// The method of a code; `None` for codes of newer vocabularies.
    pub fn of_code(code: &str) -> Option<Self> {
        let all = [
            Self::AlreadyPublishedElsewhere,
            Self::Suppress1To7Round5,
            Self::SuppressLt5,
            Self::RolledUpPeriod,
            Self::PeopleNotCounted,
        ];
        all.into_iter().find(|method| method.code() == code)
    }
}

/// A value as it is published.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Shown {
    /// The number; `None` when it is suppressed, withheld or missing.
    pub value: Option<u64>,
    /// What the number, or its absence, means.
    pub status: ValueStatus,
}

impl Shown {
    pub(super) fn exact(value: u64) -> Self {
        Self {
            value: Some(value),
            status: ValueStatus::Exact,
        }
    }

    pub(super) fn hidden(status: ValueStatus) -> Self {
        Self { value: None, status }
    }

    /// What a reader who knows the rule learns of the true count; `None` for nothing.
    pub(super) fn tells(self) -> Option<Interval> {
        let suppressed_max = count(SUPPRESSED_MAX);
        match (self.status, self.value.map(count)) {
            (ValueStatus::Exact, Some(value)) => Some(Interval::between(value, value)),
            (ValueStatus::Rounded5 | ValueStatus::Estimated, Some(value)) => Some(rounded_interval(value)),
            (ValueStatus::Suppressed1To7, _) => Some(Interval::between(1, suppressed_max)),
            (ValueStatus::SuppressedLt5, _) => Some(Interval::between(1, 4)),
            _ => None,
        }
    }
}

/// The true counts that are published as `value`: two more or less, and never those that are suppressed. What cannot have
/// come from the rule (a rounded 0 or 5) is taken for a number rounded by another.
pub(super) fn rounded_interval(value: i64) -> Interval {
    let (off, first) = (count(ROUNDED_TO / 2), count(SUPPRESSED_MAX) + 1);
    let least = (value - off).max(0);
    let least = if value >= first { least.max(first) } else { least };
    Interval::between(least, value + off)
}

/// Counts as the arithmetic has them. Callers refuse larger ones than [`COUNT_MAX`] before; here they are only kept finite.
pub(super) fn count(value: u64) -> i64 {
    i64::try_from(value.min(COUNT_MAX)).unwrap_or(i64::MAX)
}

/// One point as it is published.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PublishedPoint {
    /// The months counted.
    pub period: Period,
    /// The count.
    pub numerator: Shown,
    /// What it is a count out of, where there is such a number.
    pub denominator: Option<Shown>,
}

/// Something else that is public about the numerators of a series: a total in a report, or a count that follows from a
/// published rate. A target is a wish and tells nothing of what was counted; it is not one of these.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Figure {
    /// The months counted.
    pub period: Period,
    /// The least the true count can be.
    pub least: u64,
    /// The most the true count can be.
    pub most: u64,
}

/// A rate as it was printed: `digits` without the point, of which `decimals` stand behind it, for each `per`.
/// 2.5 for each 1,000 is `digits: 25, decimals: 1, per: 1000`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rate {
    /// All digits as one number.
    pub digits: u64,
    /// How many of them stand behind the point, at most 9.
    pub decimals: u8,
    /// What the rate is for each of.
    pub per: u64,
}

impl Figure {
    /// What follows for a count from its rate and an exact denominator: the counts whose rate is printed so.
    /// `None` when no count is, or `per` is zero, or there are more than nine decimals.
    pub fn from_rate(period: Period, rate: Rate, denominator: u64) -> Option<Self> {
        if rate.per == 0 || rate.decimals > 9 {
            return None;
        }
        let scale = 2 * 10_u128.pow(u32::from(rate.decimals)) * u128::from(rate.per);
        let twice = 2 * u128::from(rate.digits);
        let denominator = u128::from(denominator);
        let least = twice.saturating_sub(1).saturating_mul(denominator).div_ceil(scale);
        let most = (twice + 1).saturating_mul(denominator) / scale;
        let (least, most) = (u64::try_from(least).ok()?, u64::try_from(most).ok()?);
        (least <= most).then_some(Self { period, least, most })
    }
}

/// One version of a series, as it was published.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Edition {
    /// Its points.
    pub points: Vec<PublishedPoint>,
    /// Totals and rates that were published with it or have become public since.
    pub figures: Vec<Figure>,
}

/// All that was published of the same series of the same organisation before, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Published {
    /// The versions, oldest first: where two contradict each other, the later has corrected the earlier.
    pub editions: Vec<Edition>,
}

/// A series that is typed in as it is to be published: what a person's file holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Publication {
    /// What the numerators count.
    pub counts: Unit,
    /// What the denominators count, where there are any.
    pub denominators: Option<Unit>,
    /// How people are said to be protected.
    pub method: Method,
    /// Where the same figures are public already, if they are.
    pub public_source: Option<String>,
    /// The points as they would be published, at most [`super::POINTS_MAX`].
    pub points: Vec<PublishedPoint>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_they_are_written() {
        for code in [
            "exact",
            "rounded_5",
            "suppressed_1_7",
            "suppressed_lt5",
            "estimated",
            "missing",
        ] {
            assert_eq!(ValueStatus::of_code(code).map(ValueStatus::code), Some(code));
        }
        let methods = [
            "already_published_elsewhere",
            "suppress_1_7_round_5",
            "suppress_lt_5",
            "rolled_up_period",
            "people_not_counted",
        ];
        for code in methods {
            assert_eq!(Method::of_code(code).map(Method::code), Some(code));
        }
        assert_eq!((ValueStatus::of_code("new"), Method::of_code("new")), (None, None));
    }

    #[test]
    fn ten_is_eight_to_twelve_and_tells_nothing_of_seven() {
        assert_eq!(rounded_interval(10), Interval::between(8, 12));
        assert_eq!(rounded_interval(15), Interval::between(13, 17));
        assert_eq!(rounded_interval(0), Interval::between(0, 2));
        assert_eq!(count(u64::MAX), count(COUNT_MAX));
    }

    #[test]
    fn a_rate_tells_its_counts() {
        let month = "2024-01".parse().unwrap();
        let period = Period::new(month, month).unwrap();
        let counts = |digits, decimals, denominator| {
            let rate = Rate {
                digits,
                decimals,
                per: 1_000,
            };
            Figure::from_rate(period, rate, denominator).map(|figure| (figure.least, figure.most))
        };
        assert_eq!(
            counts(25, 1, 2_000),
            Some((5, 5)),
            "2.5 for each 1,000 of 2,000 is five"
        );
        assert_eq!(
            counts(2, 0, 4_000),
            Some((6, 10)),
            "2 for each 1,000 of 4,000 may be six to ten"
        );
        assert_eq!(counts(1, 0, 100), None, "no count has this rate");
        assert_eq!(counts(0, 0, 0), Some((0, 0)));
        assert_eq!(counts(u64::MAX, 0, u64::MAX), None);
        assert_eq!(
            Figure::from_rate(
                period,
                Rate {
                    digits: 1,
                    decimals: 1,
                    per: 0
                },
                1
            ),
            None
        );
    }
}
