//! Months, and periods of whole months. Owns what is a valid one; never knows days, which would tell too much.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Months in a year.
const MONTHS: u32 = 12;
/// Years a record may name, as in the schema.
const YEARS: RangeInclusive<u16> = 1900..=2200;
/// How a month is written: `2024-03`.
const WRITTEN_BYTES: usize = 7;

/// A month of the Gregorian calendar, of the years that records may name: 1900 to 2200.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(u32);

/// Why something is not a month or not a period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PeriodError {
    /// Not a year of 1900 to 2200 with a month of 1 to 12, or not written `YYYY-MM`.
    NotAMonth,
    /// The last month lies before the first.
    Reversed,
}

impl fmt::Display for PeriodError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAMonth => "A month is written as a year of four digits and a month of two, such as 2024-03.",
            Self::Reversed => "The period ends before it begins: check which of the two months is meant.",
        })
    }
}

impl std::error::Error for PeriodError {}

impl Month {
    /// A month by its year (1900–2200) and its number in that year (1–12).
    ///
    /// # Errors
    /// [`PeriodError::NotAMonth`] for any other numbers.
    pub fn new(year: u16, month: u8) -> Result<Self, PeriodError> {
        if YEARS.contains(&year) && (1..=12).contains(&month) {
            Ok(Self(u32::from(year) * MONTHS + u32::from(month) - 1))
        } else {
            Err(PeriodError::NotAMonth)
        }
    }

    /// The year, 1900 to 2200.
    pub fn year(self) -> u32 {
        self.0 / MONTHS
    }

    /// The month in its year, 1 to 12.
    pub fn month(self) -> u32 {
        self.0 % MONTHS + 1
    }

    /// Months since an arbitrary beginning: what periods are compared by.
    pub(super) fn index(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Month {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        match text.split_once('-') {
            Some((year, month)) if text.len() == WRITTEN_BYTES && year.len() == 4 && digits(year) && digits(month) => {
                let year = year.parse().map_err(|_| PeriodError::NotAMonth)?;
                let month = month.parse().map_err(|_| PeriodError::NotAMonth)?;
                Self::new(year, month)
            }
            _ => Err(PeriodError::NotAMonth),
        }
    }
}

/// Whole months from a first to a last one, both included. Periods are ordered by their first month, then their last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    from: Month,
    to: Month,
}

impl Period {
    /// The period from `from` to `to`, both included.
    ///
    /// # Errors
    /// [`PeriodError::Reversed`] when `to` lies before `from`.
    pub fn new(from: Month, to: Month) -> Result<Self, PeriodError> {
        if from <= to {
            Ok(Self { from, to })
        } else {
            Err(PeriodError::Reversed)
        }
    }

    /// The first month.
    pub fn from(self) -> Month {
        self.from
    }

    /// The last month, which is part of the period.
    pub fn to(self) -> Month {
        self.to
    }

    /// How many months it has; at least one.
    pub fn months(self) -> u32 {
        self.end() - self.start()
    }

    /// Where it begins, as a cut between months.
    pub(super) fn start(self) -> u32 {
        self.from.index()
    }

    /// Where it ends, as a cut between months.
    pub(super) fn end(self) -> u32 {
        self.to.index() + 1
    }

    /// The part of the calendar of `months` months (1, 3, 6 or 12) in which it begins, such as the calendar quarter.
    pub(super) fn calendar_part(self, months: u32) -> Self {
        let start = self.start() / months * months;
        Self::of_cuts(start, start + months)
    }

    /// The period between two different cuts.
    pub(super) fn of_cuts(start: u32, end: u32) -> Self {
        Self {
            from: Month(start),
            to: Month(end - 1),
        }
    }

    pub(super) fn contains(self, other: Self) -> bool {
        self.from <= other.from && other.to <= self.to
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.from == self.to {
            write!(f, "{}", self.from)
        } else {
            write!(f, "{} to {}", self.from, self.to)
        }
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_a_year_and_a_month() {
        let month: Month = "2024-03".parse().unwrap();
        assert_eq!(
            (month.year(), month.month(), month.to_string().as_str()),
            (2024, 3, "2024-03")
        );
        for text in [
            "",
            "2024",
            "2024-3",
            "2024-13",
            "2024-00",
            "0000-01",
            "+024-01",
            "2024-+1",
            "2024-03-01",
            "２024-01",
        ] {
            assert_eq!(text.parse::<Month>(), Err(PeriodError::NotAMonth), "{text}");
        }
        assert!(Month::new(2200, 12).is_ok() && Month::new(2201, 1).is_err() && Month::new(1899, 12).is_err());
    }

    #[test]
    fn a_period_goes_forward_and_knows_its_part_of_the_calendar() {
        let (may, june) = ("2024-05".parse().unwrap(), "2024-06".parse().unwrap());
        assert_eq!(Period::new(june, may), Err(PeriodError::Reversed));
        let period = Period::new(may, june).unwrap();
        assert_eq!(period.months(), 2);
        let part = |months| period.calendar_part(months).to_string();
        assert_eq!(part(1), "2024-05");
        assert_eq!(part(3), "2024-04 to 2024-06");
        assert_eq!(part(6), "2024-01 to 2024-06");
        assert_eq!(part(12), "2024-01 to 2024-12");
        assert!(!period.calendar_part(1).contains(period) && period.calendar_part(3).contains(period));
    }
}
