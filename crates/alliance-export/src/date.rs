//! Days and instants of the claimed time, by the Gregorian calendar in UTC. Asks no clock.

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;
/// Days from 0000-03-01, with which the computing years begin, to 1970-01-01.
const EPOCH_DAYS: i64 = 719_468;
/// Days of 400 years, after which the calendar repeats.
const ERA_DAYS: i64 = 146_097;

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) year: i64,
    pub(crate) month: i64,
    pub(crate) day: i64,
}

impl Day {
    /// The day of an instant; `None` outside the years 1 to 9999, which no author's clock means and no format can write.
    pub(crate) fn of(at_ms: i64) -> Option<Self> {
        let days = at_ms.div_euclid(DAY_MS) + EPOCH_DAYS;
        let (era, of_era) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        // Years begin in March here, so that the leap day is their last.
        let from_march = (5 * of_year + 2) / 153;
        let day = of_year - (153 * from_march + 2) / 5 + 1;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        (1..=9_999).contains(&year).then_some(Self { year, month, day })
    }

    /// `2025-02-11`.
    pub(crate) fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// `2025-02-11T09:30:00.000Z`, of milliseconds since 1970 UTC; `None` outside the years 1 to 9999, which no author's clock
/// means and no format can write.
#[must_use]
pub fn instant(at_ms: i64) -> Option<String> {
    let day = Day::of(at_ms)?.iso();
    let ms = at_ms.rem_euclid(DAY_MS);
    let (hour, minute) = (ms / 3_600_000, ms / 60_000 % 60);
    let (second, ms) = (ms / 1_000 % 60, ms % 1_000);
    Some(format!("{day}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_calendars_have_them() {
        for (at_ms, written) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_001, "2024-02-29T23:59:59.001Z"),
            (1_739_266_200_000, "2025-02-11T09:30:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(instant(at_ms).as_deref(), Some(written));
        }
        for beyond in [253_402_300_800_000, i64::MAX, i64::MIN, -62_135_596_800_001] {
            assert_eq!(Day::of(beyond), None, "{beyond}");
        }
    }
}
