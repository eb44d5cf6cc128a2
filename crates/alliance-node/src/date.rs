//! Calendar dates in UTC, as pledges carry them.

use alliance_knowledge::Month;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// The day of a moment in milliseconds since 1970 UTC.
pub(crate) fn day(ms: i64) -> Date {
    let moment = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.to_zoned_datetime(TimeZone::UTC).date()
}

/// The month of a moment in milliseconds since 1970 UTC.
pub(crate) fn month(ms: i64) -> Month {
    let day = day(ms);
    // What the calendar cannot say is long ago.
    Month::new(day.year().into(), day.month().into()).unwrap_or(Month::FIRST)
}

/// A moment as RFC 3339 writes it, in UTC, to the second.
pub(crate) fn moment(ms: i64) -> String {
    let moment = Timestamp::from_second(ms.div_euclid(1000)).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.to_string()
}

/// Milliseconds since 1970 at the end of a day written `YYYY-MM-DD`; `None` for what is no day.
pub(crate) fn end_of_day_ms(day: &str) -> Option<i64> {
    let next = day.parse::<Date>().ok()?.tomorrow().ok()?;
    let start = next.to_zoned_datetime(TimeZone::UTC).ok()?;
    Some(start.timestamp().as_millisecond())
}

/// A moment written as RFC 3339, in milliseconds since 1970 UTC; `None` for what is none.
pub(crate) fn from_moment_ms(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

/// Some days later.
pub(crate) fn plus_days(date: Date, days: i64) -> Date {
    date.saturating_add(Span::new().days(days))
}

/// The same day some months later, or the last day of a shorter month.
pub(crate) fn plus_months(date: Date, months: u32) -> Date {
    date.saturating_add(Span::new().months(i64::from(months.min(12_000))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_and_a_day_has_an_end() {
        assert_eq!(moment(1_733_356_800_999), "2024-12-05T00:00:00Z");
        assert_eq!(end_of_day_ms("2024-12-04"), Some(1_733_356_800_000));
        assert_eq!(end_of_day_ms("soon"), None);
    }

    #[test]
    fn a_pledge_ends_on_the_same_day_of_its_month() {
        let signed = day(1_733_356_800_000);
        assert_eq!(signed.to_string(), "2024-12-05");
        assert_eq!(plus_months(signed, 24).to_string(), "2026-12-05");
    }
}
