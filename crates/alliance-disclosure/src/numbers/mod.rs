//! Small counts of people and events: what a series may show without letting anybody compute what it hides.
//!
//! Statistical disclosure control of one series of one organisation. Owns the rule, the procedure ([`protect`]), the
//! judgement of a series that was typed in as it is to be published ([`check`]), and the offer to roll periods up first
//! ([`roll_ups`]). Never compares series or organisations, and keeps nothing.
//!
//! # The rule
//! - Counts of people and of events from 1 to 7 are suppressed: *primary suppression*, `suppressed_1_7`.
//! - Others are rounded to the nearest 5: 8 to 12 are published as 10, 13 to 17 as 15, `rounded_5`. Nothing is published as 5.
//! - **Zero is always shown**, exactly. Zero is the point.
//! - Denominators that count people or events are protected in the same way; bed days and hours are published as they are.
//! - Counts of events stay as they are when the same figures are public (a link is given) and each period of the series
//!   has at least 1,000 bed days. If one has fewer, the whole series is protected: it has one method.
//! - What would let a reader compute a hidden count is withheld: *secondary suppression*, `missing`. If zeros alone would
//!   let one be computed, the series is refused.
//!
//! 1 to 7 and rounding to 5 are the rule of NHS England for Hospital Episode Statistics ("Disclosure control methodology
//! for HES and ECDS", September 2018), within ISB 1523, the Anonymisation Standard for Publishing Health and Social Care
//! Data. That method replaced secondary suppression, for totals are rounded independently; a series of one small service
//! has totals of few small parts, in which rounding alone gives parts away.
//! Auditing suppressed cells by the bounds of what is left: Hundepool et al., *Statistical Disclosure Control* (Wiley,
//! 2012), chapters 4 and 5. Decisions to withhold that follow from what is known already: Kenthapadi, Mishra and Nissim,
//! "Simulatable auditing" (2005).
//!
//! # The attacker
//! A reader who knows
//! - the rule, and this procedure to the letter;
//! - all points of all editions of this series of this organisation, and the totals and rates listed with them;
//! - that counts are whole numbers, that a period's count is the sum of its parts, that zero is always shown (a withheld
//!   count is not zero), and that an earlier figure that a later one of the same period contradicts was corrected.
//!
//! The reader does not know counts from elsewhere. Who was there and knows of six of seven is not kept from the seventh;
//! nor is a likely guess, such as that a correction was small. That a figure is what it was, or how far a count is from
//! its denominator ("all of them"), is not protected: these are figures that members publish on purpose.
//!
//! # What counts as computed
//! A count over any stretch of time between ends of published periods, published or not, is disclosed when readers can
//! tell that it is at most 7, and fewer numbers are left than 1 to 7 (all of 0 to 7 may be left; that it is zero may be
//! known). A rounded count is disclosed when a single number is left of its five: rounding hides how counts differ, and
//! a narrower bound on a count of eight or more says nothing of a few people. What was computable before this edition is
//! not held against it.
//!
//! # Method, and why it is sound
//! 1. *Exact bounds.* Cut time at the ends of all periods. What is published is a system of difference constraints over
//!    the sums before each cut; shortest paths give the tightest bounds of every stretch, and every whole number within
//!    them occurs in a series that agrees with all that is published. So what the auditor finds open is open.
//! 2. *Nothing follows from silence.* A count is shown only if each form it could have, as far as readers know, would be
//!    safe to show. So whether it is shown depends on nothing but what they know, and withholding tells nothing more.
//!    Counts are taken in an order that depends on periods only, until no more can be shown; the result is a fixed point,
//!    so that protecting it again beside itself changes nothing.
//! 3. *People do not add up.* A series in which nobody is counted in two periods is one that could be true, so counts of
//!    people that are open among sums are open. But their totals need not be sums, so figures of people over overlapping
//!    periods are withheld instead of being weighed (zero is still shown, and what is published may be repeated).
//! 4. *Counts out of counts.* Where every numerator is bounded by a denominator that is protected as well, even a zero of
//!    one can disclose the other when periods overlap, so such periods are refused. In periods that do not overlap, a
//!    suppressed count and its denominator leave each other all of 1 to 7.
//! 5. *Contradictions are refused*: from a system that cannot be true everything follows. A correction in the same period
//!    replaces the earlier figure.

mod audit;
mod bounds;
mod check;
mod finding;
mod month;
mod protect;
mod published;
mod release;
mod roll_up;
mod series;

pub use audit::FIGURES_MAX;
pub use check::check;
pub use finding::{Explanation, Finding, Reason, Refusal};
pub use month::{Month, Period, PeriodError};
pub use protect::{Protected, protect};
pub use published::{Edition, Figure, Method, Publication, Published, PublishedPoint, Rate, Shown, ValueStatus};
pub use roll_up::{Length, RollUp, Rolled, roll_ups};
pub use series::{
    BED_DAYS_MIN, COUNT_MAX, Denominator, POINTS_MAX, Point, Policy, ROUNDED_TO, SUPPRESSED_MAX, Series, Unit,
};
