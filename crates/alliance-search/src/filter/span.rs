//! Spans of time, in UTC: whole days, months or years, both ends included.

use std::fmt;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

/// From one instant to another, in milliseconds since 1970 UTC; open where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// The first that counts.
    pub from_ms: Option<i64>,
    /// The first that does not count any more.
    pub before_ms: Option<i64>,
}

/// A day, a month or a year: where it begins, and where the next one does.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    first: i64,
    next: i64,
}

impl Span {
    /// Reads `2024`, `2024-05`, `2024-05-31`, or two of them about `..`, of which one may be missing.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let Some((from, to)) = text.split_once("..") else {
            let stretch = Stretch::read(text)?;
            return Some(Self {
                from_ms: Some(stretch.first),
                before_ms: Some(stretch.next),
            });
        };
        let end = |text: &str| match text {
            "" => Some(None),
            _ => Stretch::read(text).map(Some),
        };
        let (from, to) = (end(from)?, end(to)?);
        let span = Self {
            from_ms: from.map(|stretch| stretch.first),
            before_ms: to.map(|stretch| stretch.next),
        };
        (span != Self::default()).then_some(span)
    }

    /// Whether the instant lies in it.
    #[must_use]
    pub fn holds(&self, at_ms: i64) -> bool {
        self.from_ms.is_none_or(|from| from <= at_ms) && self.before_ms.is_none_or(|before| at_ms < before)
    }

    /// Whether nothing can lie in it.
    pub(super) fn is_empty(&self) -> bool {
        matches!((self.from_ms, self.before_ms), (Some(from), Some(before)) if from >= before)
    }
}

impl Stretch {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part = parts.next()?;
            (part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| part.parse::<i16>().ok())?
        };
        let year = number(4)?;
        let wide = text.len();
        let month = if wide > 4 { i8::try_from(number(2)?).ok()? } else { 1 };
        let day = if wide > 7 { i8::try_from(number(2)?).ok()? } else { 1 };
        if parts.next().is_some() {
            return None;
        }
        let first = Date::new(year, month, day).ok()?;
        let step = match wide {
            4 => 1.year(),
            7 => 1.month(),
            _ => 1.day(),
        };
        Some(Self {
            first: start(first)?,
            next: start(first.checked_add(step).ok()?)?,
        })
    }
}

fn start(day: Date) -> Option<i64> {
    Some(Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()?.as_millisecond())
}

fn day(at_ms: i64) -> Option<Date> {
    Some(Offset::UTC.to_datetime(Timestamp::from_millisecond(at_ms).ok()?).date())
}

/// The year of an instant, UTC; `None` outside of the calendar, -9999 to 9999.
pub(crate) fn year(at_ms: i64) -> Option<i16> {
    Some(day(at_ms)?.year())
}

/// As [`Span::read`] reads it: by days. Ends that are not at the start of a day are shown as the day in which they lie.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(from) = self.from_ms.and_then(day) {
            write!(f, "{from}")?;
        }
        write!(f, "..")?;
        if let Some(last) = self.before_ms.and_then(|before| day(before.saturating_sub(1))) {
            write!(f, "{last}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, shown: Option<&str>) {
        let span = Span::read(text);
        assert_eq!(span.map(|span| span.to_string()).as_deref(), shown, "{text}");
        if let (Some(span), Some(shown)) = (span, shown) {
            assert_eq!(Span::read(shown), Some(span), "{text}");
        }
    }

    #[test]
    fn days_months_and_years() {
        check("2024", Some("2024-01-01..2024-12-31"));
        check("2024-02", Some("2024-02-01..2024-02-29"));
        check("2024-12-31", Some("2024-12-31..2024-12-31"));
        check("2024..2026", Some("2024-01-01..2026-12-31"));
        check("..2024-05", Some("..2024-05-31"));
        check("2024-05..", Some("2024-05-01.."));
        for wrong in [
            "",
            "..",
            "24",
            "2024-13",
            "2024-02-30",
            "2024-1",
            "2024-01-01-01",
            "2024-",
            "yesterday",
            "2024....",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn both_ends_are_in() {
        let span = Span::read("2024..2024").unwrap();
        assert!(span.holds(span.from_ms.unwrap()) && span.holds(span.before_ms.unwrap() - 1));
        assert!(!span.holds(span.from_ms.unwrap() - 1) && !span.holds(span.before_ms.unwrap()));
        assert!(Span::read("2025..2024").unwrap().is_empty());
        assert_eq!(year(span.from_ms.unwrap()), Some(2024));
        assert_eq!(year(i64::MAX), None);
    }
}
