//! A series before publication, as it lies at home: true counts. Owns its limits and the rule; never leaves the node.

use super::month::Period;

/// The largest count that is suppressed: 1 to 7 are never published.
pub const SUPPRESSED_MAX: u64 = 7;
/// Counts that are not suppressed are published as multiples of this.
pub const ROUNDED_TO: u64 = 5;
/// Occupied bed days of a period from which on events that are public elsewhere need no protection.
pub const BED_DAYS_MIN: u64 = 1_000;
/// Points in one series, as in the schema of a measure.
pub const POINTS_MAX: usize = 240;
/// The largest count or denominator, as in the schema of a measure.
pub const COUNT_MAX: u64 = 1_000_000_000;

/// What a number counts, which decides how it is protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// Different people in the period. Not additive: who is counted in two months is one person in their quarter.
    People,
    /// Events, and amounts that come from events (hours, days, sums of scores). Additive.
    Events,
    /// Occupied bed days: exposure. Additive, published as it is.
    BedDays,
    /// Other exposure, such as patient hours. Additive, published as it is.
    Exposure,
    /// Neither people nor what happened to them, such as components of a practice. Additive, published as it is.
    Things,
}

impl Unit {
    /// The unit of a `numerator` or `denominator` code of `measure_definition`. A code that is not known is protected
    /// as people are: the strictest way.
    pub fn of_code(code: &str) -> Self {
        match code {
            "events" | "incidents" | "incidents_debriefed" | "hours" | "days" | "score_sum" => Self::Events,
            "occupied_bed_days" => Self::BedDays,
            "patient_hours" | "contacts" => Self::Exposure,
            "components_met" | "components_observed" => Self::Things,
            _ => Self::People,
        }
    }

    /// Whether small numbers of it are suppressed and others rounded.
    pub fn is_protected(self) -> bool {
        matches!(self, Self::People | Self::Events)
    }

    /// Whether the count of a period is the sum of the counts of its parts.
    pub fn is_additive(self) -> bool {
        self != Self::People
    }
}

/// How many there were to count among.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Denominator {
    /// The true value, at most [`COUNT_MAX`].
    pub value: u64,
    /// What it counts.
    pub unit: Unit,
}

/// The true counts of one period.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Point {
    /// The months counted.
    pub period: Period,
    /// The true count, at most [`COUNT_MAX`].
    pub numerator: u64,
    /// What it is a count out of, where there is such a number.
    pub denominator: Option<Denominator>,
}

/// A series of true counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Series {
    /// What the numerators count.
    pub counts: Unit,
    /// At most [`POINTS_MAX`], no period twice. The schema wants them in order and apart; protection does not need it.
    pub points: Vec<Point>,
    /// Where the same figures are public already, if they are: a link or a document.
    pub public_source: Option<String>,
}

impl Series {
    /// Whether the numerators are counts that need no protection because the same figures are public.
    pub(super) fn is_public(&self, policy: Policy) -> bool {
        let enough = |point: &Point| matches!(point.denominator, Some(Denominator { value, unit: Unit::BedDays }) if value >= policy.bed_days_min);
        self.counts == Unit::Events
            && self.public_source.as_ref().is_some_and(|link| !link.trim().is_empty())
            && self.points.iter().all(enough)
    }
}

/// What a member may choose: to be stricter than the rule.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Policy {
    pub(super) bed_days_min: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            bed_days_min: BED_DAYS_MIN,
        }
    }
}

impl Policy {
    /// Raises the bed days from which on public figures need no protection. Fewer than [`BED_DAYS_MIN`] become that many.
    pub fn with_bed_days_min(bed_days_min: u64) -> Self {
        Self {
            bed_days_min: bed_days_min.max(BED_DAYS_MIN),
        }
    }
}

/// Rounds to the nearest multiple of [`ROUNDED_TO`]: 8 to 12 become 10, 13 to 17 become 15. Five is odd, so there is no tie.
/// What is rounded is 8 or more, so that nothing rounds to 5 or to 0.
pub(super) fn round(count: u64) -> u64 {
    (count.saturating_add(ROUNDED_TO / 2)) / ROUNDED_TO * ROUNDED_TO
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_rounded_to_the_nearest_five() {
        for (count, rounded) in [
            (8, 10),
            (10, 10),
            (12, 10),
            (13, 15),
            (17, 15),
            (18, 20),
            (COUNT_MAX, COUNT_MAX),
        ] {
            assert_eq!(round(count), rounded, "{count}");
        }
        assert_eq!(round(u64::MAX) % ROUNDED_TO, 0);
    }

    #[test]
    fn unknown_codes_are_protected_as_people_are() {
        assert_eq!(Unit::of_code("people_in_hospital"), Unit::People);
        assert_eq!(Unit::of_code("something new"), Unit::People);
        assert_eq!(Unit::of_code("occupied_bed_days"), Unit::BedDays);
    }

    #[test]
    fn a_member_can_only_be_stricter() {
        assert_eq!(Policy::with_bed_days_min(10), Policy::default());
        assert_eq!(Policy::with_bed_days_min(5_000).bed_days_min, 5_000);
    }
}
