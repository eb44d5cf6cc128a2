//! What a draft waits for before it is signed: a second reader, and a time in which it can be withdrawn.

use alliance_record::schema::Kind;

use crate::run::RunError;
use crate::settings::{COOLING_OFF_LESSON_HOURS_MIN, COOLING_OFF_MINUTES_MIN, Settings};

/// Minutes of an hour.
const HOUR_MINUTES: u32 = 60;
/// Milliseconds of a minute.
const MINUTE_MS: i64 = 60_000;
/// A year, in hours and in minutes: who waits longer has forgotten the draft.
const HOURS_MAX: u32 = 8_784;
const MINUTES_MAX: u32 = HOURS_MAX * HOUR_MINUTES;

/// What one draft waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// Whether somebody else has to approve it.
    pub(crate) second_reader: bool,
    /// From the approval, or from when it was handed in.
    pub(crate) cooling_off_minutes: u32,
}

impl Waiting {
    /// For a notice that removes a record.
    pub(crate) const FOR_NOTHING: Self = Self {
        second_reader: false,
        cooling_off_minutes: 0,
    };

    /// For a document of a kind, in which so many findings were overridden.
    pub(crate) fn of(settings: &Settings, kind: Kind, overridden: usize) -> Self {
        let is_read_twice = matches!(kind, Kind::LESSON | Kind::MEASURE) || overridden > 0;
        let cooling_off_minutes = match kind {
            _ if settings.without_cooling_off => 0,
            Kind::LESSON => {
                let lesson = settings.cooling_off_lesson_hours.min(HOURS_MAX) * HOUR_MINUTES;
                lesson.max(settings.cooling_off_minutes)
            }
            _ => settings.cooling_off_minutes,
        };
        Self {
            second_reader: is_read_twice || settings.second_reader_always,
            cooling_off_minutes,
        }
    }

    pub(crate) fn cooling_off_ms(self) -> i64 {
        i64::from(self.cooling_off_minutes) * MINUTE_MS
    }
}

/// Holds the settings against the least that every member keeps.
///
/// # Errors
/// The setting that is below it, or beyond a year.
pub(crate) fn check_settings(settings: &Settings) -> Result<(), RunError> {
    let bounds = [
        (
            "cooling_off_minutes",
            settings.cooling_off_minutes,
            COOLING_OFF_MINUTES_MIN..=MINUTES_MAX,
        ),
        (
            "cooling_off_lesson_hours",
            settings.cooling_off_lesson_hours,
            COOLING_OFF_LESSON_HOURS_MIN..=HOURS_MAX,
        ),
    ];
    for (setting, given, allowed) in bounds {
        if !allowed.contains(&given) {
            let (least, most) = (*allowed.start(), *allowed.end());
            return Err(RunError::CoolingOff { setting, least, most });
        }
    }
    if settings.without_cooling_off {
        tracing::warn!(
            "nothing cools off here (without_cooling_off): what is shared is signed at once, and stays shared"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lessons_wait_longest_and_what_was_overridden_is_read_twice() {
        let settings = Settings::default();
        let check = |kind, overridden, expected| {
            let waiting = Waiting::of(&settings, kind, overridden);
            assert_eq!((waiting.second_reader, waiting.cooling_off_minutes), expected, "{kind}");
        };
        check(Kind::PRACTICE, 0, (false, 10));
        check(Kind::PRACTICE, 1, (true, 10));
        check(Kind::MEASURE, 0, (true, 10));
        check(Kind::LESSON, 0, (true, 24 * 60));
        let stricter = Settings {
            cooling_off_minutes: 3_000,
            second_reader_always: true,
            ..Settings::default()
        };
        let waiting = Waiting::of(&stricter, Kind::LESSON, 0);
        assert_eq!((waiting.second_reader, waiting.cooling_off_minutes), (true, 3_000));
        assert!(Waiting::of(&stricter, Kind::NOTICE, 0).second_reader);
    }

    #[test]
    fn settings_can_be_raised_and_not_lowered() {
        let with = |minutes, hours| Settings {
            cooling_off_minutes: minutes,
            cooling_off_lesson_hours: hours,
            ..Settings::default()
        };
        for (minutes, hours, good) in [
            (10, 24, true),
            (60, 72, true),
            (9, 24, false),
            (0, 24, false),
            (10, 23, false),
            (10, u32::MAX, false),
        ] {
            assert_eq!(check_settings(&with(minutes, hours)).is_ok(), good, "{minutes} {hours}");
        }
        let trying = Settings {
            without_cooling_off: true,
            ..Settings::default()
        };
        assert!(check_settings(&trying).is_ok());
        assert_eq!(Waiting::of(&trying, Kind::LESSON, 0).cooling_off_minutes, 0);
    }
}
