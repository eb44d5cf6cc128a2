//! What is said to people: why a series is refused, what is wrong with a typed one, what became of each value and why.
//!
//! Owns the words. They name periods, never counts.

use std::fmt;

use super::month::Period;
use super::series::{COUNT_MAX, POINTS_MAX};

/// Something that keeps a typed series from being published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Stable, for programs.
    pub code: &'static str,
    /// Where, such as `points[3].numerator`.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What mends it.
    pub remedy: &'static str,
}

impl Finding {
    pub(super) fn new(code: &'static str, place: String, message: impl Into<String>, remedy: &'static str) -> Self {
        Self {
            code,
            place,
            message: message.into(),
            remedy,
        }
    }
}

/// Why no form of a series can be published. Nothing of this is shown to readers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// More than [`POINTS_MAX`] points.
    TooManyPoints,
    /// More figures overlap, in this series and earlier editions, than are weighed together.
    TooMuchPublished,
    /// A count or denominator larger than [`COUNT_MAX`].
    CountTooLarge(Period),
    /// Two points have the same period.
    PeriodTwice(Period),
    /// The denominators do not all count the same.
    MixedDenominators,
    /// More were counted than there were to count.
    NumeratorExceedsDenominator(Period),
    /// The count cannot be true together with what is published of other, overlapping periods.
    Contradicts(Period),
    /// Counts and the counts they are out of are both protected, and other figures overlap this period: what zeros of the
    /// one tell of the other cannot be bounded.
    Overlaps(Period),
    /// Which periods are zero and which are not tells too much already: zero is always shown. The period is the one of
    /// which too much would be known.
    Discloses(Period),
}

impl Refusal {
    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooManyPoints => "too_many_points",
            Self::TooMuchPublished => "too_much_published",
            Self::CountTooLarge(_) => "count_large",
            Self::PeriodTwice(_) => "period_twice",
            Self::MixedDenominators => "denominators_mixed",
            Self::NumeratorExceedsDenominator(_) => "numerator_exceeds_denominator",
            Self::Contradicts(_) => "contradicts_published",
            Self::Overlaps(_) => "overlaps_published",
            Self::Discloses(_) => "computable",
        }
    }

    /// What mends it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::TooManyPoints => "Roll periods up, such as months into quarters.",
            Self::TooMuchPublished => "Keep the periods of the earlier editions.",
            Self::CountTooLarge(_) => "Check the number.",
            Self::PeriodTwice(_) => "Keep one of the two.",
            Self::MixedDenominators => "Divide the series by what its denominators count.",
            Self::NumeratorExceedsDenominator(_) => "Check both numbers.",
            Self::Contradicts(_) => "Correct the earlier figure in its own period, or keep its periods.",
            Self::Overlaps(_) => "Keep the periods that are published already.",
            Self::Discloses(_) => "Keep the periods that are published already, or longer ones.",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyPoints => write!(f, "A series has at most {POINTS_MAX} points."),
            Self::TooMuchPublished => {
                f.write_str("More overlapping figures of this series are public than can be weighed together.")
            }
            Self::CountTooLarge(period) => write!(f, "A number of {period} is larger than {COUNT_MAX}."),
            Self::PeriodTwice(period) => write!(f, "{period} is there twice."),
            Self::MixedDenominators => f.write_str("The denominators do not all count the same."),
            Self::NumeratorExceedsDenominator(period) => {
                write!(f, "In {period} more were counted than there were to count.")
            }
            Self::Contradicts(period) => write!(
                f,
                "The count of {period} cannot be true together with what is published of periods that overlap it."
            ),
            Self::Overlaps(period) => write!(
                f,
                "Figures that overlap {period} are public; with what these counts are out of, they could tell too much."
            ),
            Self::Discloses(period) => write!(
                f,
                "A small count of {period} could be computed: longer or other periods are published, and zero is always shown."
            ),
        }
    }
}

impl std::error::Error for Refusal {}

/// Why a value is published as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// Zero is always shown.
    Zero,
    /// Exposure or things: neither people nor what happened to them.
    NotProtected,
    /// The same figure is public already.
    PublicAlready,
    /// Eight or more: rounded to the nearest 5.
    Rounded,
    /// 1 to 7: primary suppression.
    Primary,
    /// Withheld, for with it the count of this period could be computed: secondary suppression.
    Secondary(Period),
    /// Withheld, for other figures overlap it, and people who are counted in several periods do not add up.
    Entangled,
}

/// What became of one value, for its author. Not for readers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// Which value, such as `points[3].denominator`.
    pub place: String,
    /// Why it is published as it is.
    pub reason: Reason,
}

impl Explanation {
    /// What became of the value.
    pub fn what(&self) -> &'static str {
        match self.reason {
            Reason::Zero | Reason::NotProtected | Reason::PublicAlready => "Shown as it is.",
            Reason::Rounded => "Rounded to the nearest 5.",
            Reason::Primary => "Suppressed.",
            Reason::Secondary(_) | Reason::Entangled => "Withheld.",
        }
    }

    /// Why.
    pub fn why(&self) -> String {
        match self.reason {
            Reason::Zero => "Zero is always shown.".to_owned(),
            Reason::NotProtected => "It counts neither people nor what happened to them.".to_owned(),
            Reason::PublicAlready => "The same figure is public already.".to_owned(),
            Reason::Rounded => "So that nobody is found in the difference of two counts.".to_owned(),
            Reason::Primary => "In a count from 1 to 7 someone could be recognised.".to_owned(),
            Reason::Secondary(period) => format!("With it the count of {period} could be computed."),
            Reason::Entangled => {
                "Figures of overlapping periods are public, and people who are in several of them do not add up."
                    .to_owned()
            }
        }
    }

    /// What would let more be shown; `None` when the value is shown.
    pub fn remedy(&self) -> Option<&'static str> {
        match self.reason {
            Reason::Zero | Reason::NotProtected | Reason::PublicAlready | Reason::Rounded => None,
            Reason::Primary => Some("Roll periods up, such as months into quarters."),
            Reason::Secondary(_) | Reason::Entangled => Some("Keep the periods that are published already."),
        }
    }
}
