//! Calendar dates in UTC, as pledges carry them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// The day of a moment in milliseconds since 1970 UTC.
pub(crate) fn day(ms: i64) -> Date {
    let moment = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.to_zoned_datetime(TimeZone::UTC).date()
}

/// The same day some months later, or the last day of a shorter month.
pub(crate) fn plus_months(date: Date, months: u32) -> Date {
    date.saturating_add(Span::new().months(i64::from(months.min(12_000))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pledge_ends_on_the_same_day_of_its_month() {
        let signed = day(1_733_356_800_000);
        assert_eq!(signed.to_string(), "2024-12-05");
        assert_eq!(plus_months(signed, 24).to_string(), "2026-12-05");
    }
}
