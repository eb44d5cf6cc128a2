//! Dates and spans as people write them. The civil calendar, UTC, nothing of time zones.

const DAY_MS: i64 = 86_400_000;
const HOURS_OF_DAY: u32 = 24;

/// Milliseconds since 1970 of the start of a day written `YYYY-MM-DD`.
pub(crate) fn day_start_ms(text: &str) -> Result<i64, String> {
    let wrong = || format!("'{text}' is not a day: write it as 2026-03-31");
    let mut parts = text.split('-').map(|part| (part.len(), part.parse::<i64>().ok()));
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some((4, Some(year))), Some((2, Some(month))), Some((2, Some(day))), None) => {
            let start_ms = days_since_1970(year, month, day) * DAY_MS;
            // Days that do not exist, as 30 February, come back as others; so do signs.
            if day_of(start_ms) == text {
                Ok(start_ms)
            } else {
                Err(wrong())
            }
        }
        _ => Err(wrong()),
    }
}

/// The day of a moment, as `YYYY-MM-DD`.
pub(crate) fn day_of(moment_ms: i64) -> String {
    let (year, month, day) = civil(moment_ms.div_euclid(DAY_MS));
    format!("{year:04}-{month:02}-{day:02}")
}

/// Today, as `YYYY-MM-DD`.
pub(crate) fn today() -> String {
    let since_1970 = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    day_of(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}

/// Whether a text is a month, `YYYY-MM`.
pub(crate) fn is_month(text: &str) -> bool {
    day_start_ms(&format!("{text}-01")).is_ok()
}

/// Hours of a span written as `12h`, `7d` or `2w`.
pub(crate) fn span_hours(text: &str) -> Result<u32, String> {
    let wrong = || format!("'{text}' is not a span: write hours, days or weeks, as 12h, 7d or 2w");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let number: u32 = text
        .strip_suffix(unit)
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(wrong)?;
    let hours = match unit {
        'h' => 1,
        'd' => HOURS_OF_DAY,
        'w' => 7 * HOURS_OF_DAY,
        _ => return Err(wrong()),
    };
    number.checked_mul(hours).filter(|hours| *hours > 0).ok_or_else(wrong)
}

/// Milliseconds for which a certificate is valid, written as `90d`, `12w` or `2y`.
pub(crate) fn valid_ms(text: &str) -> Result<i64, String> {
    let wrong = || format!("'{text}' is not a span: write days, weeks or years, as 90d, 12w or 2y");
    let days = match text.chars().last() {
        Some('d') => 1,
        Some('w') => 7,
        Some('y') => 365,
        _ => return Err(wrong()),
    };
    let number: i64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    let valid = number.checked_mul(days * DAY_MS).filter(|valid| *valid > 0);
    valid.ok_or_else(wrong)
}

/// A span for people, in its largest unit.
pub(crate) fn span(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// Days from 1 January 1970 to a day of the civil calendar, by counting in eras of 400 years that begin in March.
const fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse: year, month and day.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day_of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_go_there_and_back() {
        for (day, ms) in [
            ("1970-01-01", 0),
            ("2000-02-29", 951_782_400_000),
            ("2026-03-31", 1_774_915_200_000),
            ("1969-12-31", -86_400_000),
        ] {
            assert_eq!(day_start_ms(day), Ok(ms));
            assert_eq!(day_of(ms), day);
            assert_eq!(day_of(ms + DAY_MS - 1), day);
        }
        for days in -200_000..200_000 {
            let (year, month, day) = civil(days);
            assert_eq!(days_since_1970(year, month, day), days);
        }
    }

    #[test]
    fn what_is_no_day_month_or_span_is_refused() {
        for text in [
            "2026-02-30",
            "2026-13-01",
            "26-01-01",
            "2026-1-1",
            "",
            "2026-01-01-01",
            "2026-+1-01",
        ] {
            assert!(day_start_ms(text).is_err(), "{text}");
        }
        assert!(is_month("2027-06") && !is_month("2027-13") && !is_month("2027"));
        assert_eq!(span_hours("7d"), Ok(168));
        assert_eq!(span_hours("2w"), Ok(336));
        for text in ["", "d", "7", "0h", "-1d", "7m", "99999999w", "7ď"] {
            assert!(span_hours(text).is_err(), "{text}");
        }
        assert_eq!((valid_ms("2y"), valid_ms("1w")), (Ok(730 * DAY_MS), Ok(7 * DAY_MS)));
        for text in ["", "y", "2", "0d", "-1y", "2m", "2ý", "99999999999999999y"] {
            assert!(valid_ms(text).is_err(), "{text}");
        }
        assert_eq!(
            [span(59_000), span(61_000), span(7_200_000), span(172_800_000)],
            ["59 s", "1 min", "2 h", "2 d"]
        );
    }
}
