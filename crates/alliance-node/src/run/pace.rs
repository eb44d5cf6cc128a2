//! How fast records come: counted over the last seconds, and no figure where there are no seconds to count over.

use std::collections::VecDeque;

/// How far back is looked: long enough that single frames do not show, short enough that a stall does.
const WINDOW_MS: i64 = 5_000;
/// No figure is given for less: one frame more or less would change it by half.
const MEASURED_MS_MIN: i64 = 1_000;
/// Nothing noted for so long is a stall, and counts as one.
const STALL_MS: i64 = 1_500;
/// Marks nearer to each other than this are one: bounds how many there are.
const MARK_MS_MIN: i64 = 250;

/// How much came in all, at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    at_ms: i64,
    records: u64,
    bytes: u64,
}

/// A pace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    /// Records in a thousand seconds: of a slow line too, a whole number.
    pub(crate) records_per_1000_s: u64,
    pub(crate) bytes_per_s: u64,
}

impl Pace {
    /// Both together.
    pub(crate) const fn plus(self, other: Self) -> Self {
        Self {
            records_per_1000_s: self.records_per_1000_s.saturating_add(other.records_per_1000_s),
            bytes_per_s: self.bytes_per_s.saturating_add(other.bytes_per_s),
        }
    }

    /// Records a second, rounded.
    pub(crate) const fn records_per_s(self) -> u64 {
        self.records_per_1000_s.saturating_add(500) / 1000
    }

    /// Seconds in which so many records come, rounded up; `None` when none come.
    pub(crate) const fn seconds_for(self, records: u64) -> Option<u64> {
        if self.records_per_1000_s == 0 {
            return None;
        }
        Some(records.saturating_mul(1000).div_ceil(self.records_per_1000_s))
    }
}

/// What one session brought lately.
#[derive(Debug, Clone, Default)]
pub(crate) struct Window(VecDeque<Mark>);

impl Window {
    /// Notes how much came in all until now. Begins with the first bytes: until then the peer was only compared with.
    pub(crate) fn note(&mut self, at_ms: i64, records: u64, bytes: u64) {
        if bytes == 0 {
            return;
        }
        // A clock that was set back measures nothing.
        if self.0.back().is_some_and(|last| last.at_ms > at_ms) {
            self.0.clear();
        }
        let mut newest_two = self.0.iter().rev().take(2);
        if let (Some(last), Some(before)) = (newest_two.next(), newest_two.next())
            && last.at_ms - before.at_ms < MARK_MS_MIN
        {
            self.0.pop_back();
        }
        self.0.push_back(Mark { at_ms, records, bytes });
        while self.0.get(1).is_some_and(|second| second.at_ms <= at_ms - WINDOW_MS) {
            self.0.pop_front();
        }
    }

    /// The pace over the last seconds.
    pub(crate) fn pace(&self, now_ms: i64) -> Option<Pace> {
        let last = self.0.back()?;
        let until_ms = if now_ms - last.at_ms < STALL_MS {
            last.at_ms
        } else {
            now_ms
        };
        let since = self.0.iter().rev().find(|mark| mark.at_ms <= until_ms - WINDOW_MS);
        let first = since.or(self.0.front())?;
        let measured_ms = until_ms - first.at_ms;
        if measured_ms < MEASURED_MS_MIN {
            return None;
        }
        let per = |more: u64, unit: u64| more.saturating_mul(unit) / measured_ms.unsigned_abs();
        Some(Pace {
            records_per_1000_s: per(last.records.saturating_sub(first.records), 1_000_000),
            bytes_per_s: per(last.bytes.saturating_sub(first.bytes), 1000),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A window in which each mark is a time, records and bytes.
    fn window(marks: &[(i64, u64, u64)]) -> Window {
        let mut window = Window::default();
        for (at_ms, records, bytes) in marks {
            window.note(*at_ms, *records, *bytes);
        }
        window
    }

    fn shown(window: &Window, now_ms: i64) -> Option<(u64, u64)> {
        window
            .pace(now_ms)
            .map(|pace| (pace.records_per_1000_s, pace.bytes_per_s))
    }

    #[test]
    fn there_is_no_figure_before_there_are_seconds_to_measure() {
        assert_eq!(shown(&window(&[]), 9_000), None);
        let compared = window(&[(0, 0, 0), (2_000, 0, 0)]);
        assert_eq!(
            shown(&compared, 2_000),
            None,
            "comparing brings nothing and is no slow pace"
        );
        let begun = window(&[(0, 0, 0), (2_000, 10, 900), (2_900, 40, 4_000)]);
        assert_eq!(shown(&begun, 2_900), None);
        assert_eq!(shown(&begun, 3_400), None, "what was not noted yet is not counted");
    }

    #[test]
    fn what_came_is_divided_by_the_time_in_which_it_came() {
        let steady = window(&[(0, 100, 1_000), (500, 150, 6_000), (1_000, 200, 11_000)]);
        assert_eq!(shown(&steady, 1_000), Some((100_000, 10_000)));
        assert_eq!(
            shown(&steady, 1_400),
            Some((100_000, 10_000)),
            "until the next mark is due"
        );
        let slow = window(&[(0, 1, 10), (4_000, 2, 20)]);
        assert_eq!(shown(&slow, 4_000), Some((250, 2)));
    }

    #[test]
    fn only_the_last_seconds_count() {
        let marks: Vec<_> = (0..60)
            .map(|half: i64| (half * 500, half.unsigned_abs().pow(2), 1))
            .collect();
        let window = window(&marks);
        // From 24.5 s to 29.5 s: 59² − 49² in five seconds.
        assert_eq!(shown(&window, 29_500), Some((216_000, 0)));
        assert!(window.0.len() <= 12, "{}", window.0.len());
    }

    #[test]
    fn a_stall_slows_the_pace_down_to_nothing() {
        let window = window(&[(0, 0, 1), (1_000, 100, 1_001)]);
        assert_eq!(shown(&window, 1_000), Some((100_000, 1_000)));
        assert_eq!(shown(&window, 4_000), Some((25_000, 250)));
        assert_eq!(shown(&window, 6_000), Some((0, 0)));
    }

    #[test]
    fn a_clock_that_is_set_back_begins_anew() {
        let mut window = window(&[(10_000, 0, 1), (12_000, 100, 1_001)]);
        window.note(3_000, 110, 1_101);
        assert_eq!(shown(&window, 3_000), None);
        window.note(4_000, 120, 1_201);
        assert_eq!(shown(&window, 4_000), Some((10_000, 100)));
    }

    #[test]
    fn marks_are_few_however_often_is_noted() {
        let mut window = Window::default();
        for at_ms in 0..20_000 {
            window.note(at_ms, at_ms.unsigned_abs(), 1 + at_ms.unsigned_abs());
        }
        assert!(window.0.len() <= 22, "{}", window.0.len());
        assert_eq!(shown(&window, 19_999).map(|(records, _)| records / 1000), Some(1_000));
    }

    #[test]
    fn what_is_left_takes_as_long_as_the_pace_says() {
        let pace = Pace {
            records_per_1000_s: 2_500,
            bytes_per_s: 7,
        };
        assert_eq!((pace.records_per_s(), pace.seconds_for(10)), (3, Some(4)));
        assert_eq!(pace.plus(pace).seconds_for(11), Some(3));
        assert_eq!(Pace::default().seconds_for(1), None);
    }
}
