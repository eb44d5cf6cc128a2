//! What the procedure makes of series.

use alliance_disclosure::numbers::{
    COUNT_MAX, Denominator, Edition, Figure, Method, POINTS_MAX, Policy, Published, Rate, Reason, Refusal, Series,
    Unit, protect,
};
use proptest::prelude::*;

use crate::given::{after, months, over, period, point, protected, publish, read, series, with_denominators, word};

/// Months, then what a reader sees of them.
fn check(numerators: &[u64], expected: &str) {
    for counts in [Unit::People, Unit::Events] {
        let found = protected(&months(counts, numerators), &Published::default());
        assert_eq!(read(&found), expected, "{numerators:?}");
        assert_eq!(found.method, Method::Suppress1To7Round5);
    }
}

#[test]
fn small_counts_are_suppressed_others_rounded_and_zero_is_shown() {
    check(&[0, 1, 7, 8, 12, 13, 100], "0 * * 10 10 15 100");
    check(&[0, 0, 0], "0 0 0");
    check(&[], "");
    check(&[COUNT_MAX], "1000000000");
}

#[test]
fn each_value_is_explained() {
    let given = with_denominators(months(Unit::Events, &[0, 3, 40]), Unit::BedDays, &[900, 900, 900]);
    let found = protected(&given, &Published::default());
    let reasons: Vec<Reason> = found
        .explanations
        .iter()
        .map(|explanation| explanation.reason)
        .collect();
    let exposure = Reason::NotProtected;
    assert_eq!(
        reasons,
        [
            Reason::Zero,
            exposure,
            Reason::Primary,
            exposure,
            Reason::Rounded,
            exposure
        ]
    );
    let suppressed = &found.explanations[2];
    assert_eq!(suppressed.place, "points[1].numerator");
    assert!(suppressed.why().contains("1 to 7") && suppressed.remedy().is_some());
    assert!(
        found
            .explanations
            .iter()
            .all(|explanation| !explanation.what().is_empty())
    );
}

#[test]
fn denominators_that_count_people_are_protected_too() {
    let given = with_denominators(months(Unit::People, &[0, 3, 9]), Unit::People, &[5, 23, 40]);
    let found = protected(&given, &Published::default());
    let denominators: Vec<String> = found
        .points
        .iter()
        .map(|point| word(point.denominator.unwrap()))
        .collect();
    assert_eq!(
        (read(&found).as_str(), denominators.join(" ").as_str()),
        ("0 * 10", "* 25 40")
    );
}

#[test]
fn things_are_shown_as_they_are() {
    let given = with_denominators(months(Unit::Things, &[3, 6]), Unit::Things, &[7, 7]);
    let found = protected(&given, &Published::default());
    assert_eq!(
        (read(&found).as_str(), found.method),
        ("=3 =6", Method::PeopleNotCounted)
    );
}

/// Two months of events with these bed days, public elsewhere; the first count is small.
fn public(counts: Unit, bed_days: [u64; 2], source: &str) -> Series {
    let given = with_denominators(months(counts, &[3, 41]), Unit::BedDays, &bed_days);
    Series {
        public_source: Some(source.to_owned()),
        ..given
    }
}

#[test]
fn public_events_stay_as_they_are_over_enough_bed_days() {
    let check = |series: &Series, policy, expected| {
        assert_eq!(read(&protect(series, &Published::default(), policy).unwrap()), expected);
    };
    let (link, policy) = ("https://example.org/board", Policy::default());
    check(&public(Unit::Events, [1_000, 2_000], link), policy, "=3 =41");
    check(&public(Unit::Events, [999, 2_000], link), policy, "* 40");
    check(&public(Unit::Events, [1_000, 2_000], " "), policy, "* 40");
    check(&public(Unit::People, [1_000, 2_000], link), policy, "* 40");
    check(
        &public(Unit::Events, [1_000, 2_000], link),
        Policy::with_bed_days_min(1_500),
        "* 40",
    );
}

/// Editions of one series of months, then what the last of them shows.
fn check_editions(truth: &[u64], editions: &[&[(usize, usize)]], expected: &str) {
    let (last, before) = editions.split_last().unwrap();
    let before: Vec<_> = before.iter().map(|periods| periods.to_vec()).collect();
    let published = publish(Unit::Events, truth, &before).unwrap();
    assert_eq!(read(&protected(&over(Unit::Events, truth, last), &published)), expected);
}

const MONTHLY: &[(usize, usize)] = &[(0, 1), (1, 2), (2, 3)];
const QUARTER: &[(usize, usize)] = &[(0, 3)];

#[test]
fn a_total_is_withheld_where_it_would_give_a_part_away() {
    check_editions(&[3, 10, 10], &[MONTHLY, QUARTER], "-");
    check_editions(&[20, 10, 10], &[MONTHLY, QUARTER], "40");
    check_editions(&[0, 3, 0], &[MONTHLY, QUARTER], "*");
    check_editions(&[0, 0, 0], &[MONTHLY, QUARTER], "0");
    check_editions(&[3, 10, 10], &[&[(0, 1), (1, 2), (2, 3), (0, 3)]], "* 10 10 -");
}

/// Two below each of four rounded counts is 392, and only two below each is: 390 for the year would tell all four.
#[test]
fn a_total_is_withheld_where_it_could_tell_a_rounded_part_exactly() {
    let quarters: &[(usize, usize)] = &[(0, 1), (1, 2), (2, 3), (3, 4)];
    check_editions(&[98, 98, 98, 98], &[quarters, &[(0, 4)]], "-");
    check_editions(&[100, 100, 100, 100], &[quarters, &[(0, 4)]], "-");
    check_editions(&[100, 100, 100, 100], &[quarters, &[(0, 3)]], "300");
}

#[test]
fn what_was_disclosed_before_is_not_held_against_an_edition() {
    let figure = Figure {
        period: period((0, 1)),
        least: 3,
        most: 3,
    };
    let public = Edition {
        points: vec![],
        figures: vec![figure],
    };
    let found = protected(&months(Unit::Events, &[3, 10]), &after(vec![public]));
    assert_eq!(read(&found), "* 10");
}

/// With the longer period shown, the shorter one can have one form only: it is looked at again.
#[test]
fn what_is_shown_meanwhile_may_let_more_be_shown() {
    let truth = [0, 18, 8, 2, 11, 8];
    let before = [vec![(2, 3)], vec![(1, 2), (2, 6), (3, 5), (5, 6)]];
    let mut published = publish(Unit::Events, &truth, &before).unwrap();
    let given = over(Unit::Events, &truth, &[(1, 3), (1, 5)]);
    let found = protected(&given, &published);
    published.editions.push(found.edition());
    assert_eq!(read(&protected(&given, &published)), read(&found));
}

/// Had the first month not changed it would be repeated: to withhold it would tell that it changed.
#[test]
fn a_correction_that_cannot_be_shown_is_refused() {
    let published = publish(Unit::People, &[20, 20, 0], &[MONTHLY.to_vec(), QUARTER.to_vec()]).unwrap();
    assert_eq!(
        read(&protected(&months(Unit::People, &[20, 20, 0]), &published)),
        "20 20 0"
    );
    let refusal = protect(&months(Unit::People, &[40, 20, 0]), &published, Policy::default()).unwrap_err();
    assert_eq!(refusal, Refusal::Discloses(period((0, 1))));
}

#[test]
fn what_is_published_may_be_repeated_and_continued() {
    check_editions(
        &[3, 10, 0, 4],
        &[MONTHLY, &[(0, 1), (1, 2), (2, 3), (3, 4)]],
        "* 10 0 *",
    );
}

#[test]
fn parts_of_a_suppressed_period_are_refused_when_zeros_tell_too_much() {
    let published = publish(Unit::Events, &[2, 3, 0], &[QUARTER.to_vec()]).unwrap();
    let given = over(Unit::Events, &[2, 3, 0], MONTHLY);
    let refusal = protect(&given, &published, Policy::default()).unwrap_err();
    assert_eq!(refusal.code(), "computable");
    // Where all but one month are zero, the month is the quarter.
    check_editions(&[0, 5, 0], &[QUARTER, MONTHLY], "0 * 0");
}

#[test]
fn people_over_overlapping_periods_are_withheld() {
    let published = publish(Unit::People, &[20, 20, 0], &[MONTHLY.to_vec()]).unwrap();
    // The same twenty people in both months.
    let quarter = series(Unit::People, vec![point((0, 3), 20)]);
    let found = protected(&quarter, &published);
    assert_eq!(
        (read(&found).as_str(), found.explanations[0].reason),
        ("-", Reason::Entangled)
    );
}

#[test]
fn totals_and_rates_that_are_public_count() {
    let rate = Rate {
        digits: 47,
        decimals: 1,
        per: 1_000,
    };
    for figure in [
        Figure {
            period: period((0, 2)),
            least: 14,
            most: 14,
        },
        Figure::from_rate(period((0, 2)), rate, 3_000).unwrap(),
    ] {
        let public = Edition {
            points: vec![],
            figures: vec![figure],
        };
        let found = protected(&months(Unit::Events, &[4, 10]), &after(vec![public]));
        assert!(
            ["* -", "- 10", "- -"].contains(&read(&found).as_str()),
            "{}",
            read(&found)
        );
    }
}

#[test]
fn a_correction_replaces_the_figure_of_its_period() {
    let published = publish(Unit::Events, &[40, 3, 9], &[MONTHLY.to_vec()]).unwrap();
    let found = protected(&months(Unit::Events, &[90, 0, 2]), &published);
    assert_eq!(read(&found), "90 0 *");
}

#[test]
fn what_cannot_be_true_together_is_refused() {
    let published = publish(Unit::Events, &[40, 40, 40], &[QUARTER.to_vec()]).unwrap();
    let refusal = protect(&months(Unit::Events, &[40, 400, 40]), &published, Policy::default()).unwrap_err();
    assert_eq!(refusal, Refusal::Contradicts(period((1, 2))));
    assert!(!refusal.to_string().contains("400") && !refusal.remedy().is_empty());
}

#[test]
fn what_is_no_series_is_refused() {
    let refused = |series: &Series| protect(series, &Published::default(), Policy::default()).unwrap_err();
    assert_eq!(
        refused(&months(Unit::Events, &[0; POINTS_MAX + 1])),
        Refusal::TooManyPoints
    );
    assert_eq!(
        refused(&months(Unit::Events, &[COUNT_MAX + 1])),
        Refusal::CountTooLarge(period((0, 1)))
    );
    let twice = series(Unit::Events, vec![point((0, 1), 1), point((0, 1), 1)]);
    assert_eq!(refused(&twice), Refusal::PeriodTwice(period((0, 1))));
    let more = with_denominators(months(Unit::People, &[9]), Unit::People, &[8]);
    assert_eq!(refused(&more), Refusal::NumeratorExceedsDenominator(period((0, 1))));
    let mut mixed = with_denominators(months(Unit::Events, &[9, 9]), Unit::BedDays, &[800, 800]);
    mixed.points[0].denominator = Some(Denominator {
        value: 800,
        unit: Unit::Exposure,
    });
    assert_eq!(refused(&mixed), Refusal::MixedDenominators);
    let covered = with_denominators(months(Unit::Events, &[9, 9]), Unit::Events, &[20, 20]);
    let published = after(vec![protected(&covered, &Published::default()).edition()]);
    let both = with_denominators(series(Unit::Events, vec![point((0, 2), 18)]), Unit::Events, &[40]);
    let refusal = protect(&both, &published, Policy::default()).unwrap_err();
    assert_eq!(refusal, Refusal::Overlaps(period((0, 2))));
}

/// Any counts, most of them of ordinary size.
fn any_count() -> impl Strategy<Value = u64> {
    prop_oneof![8 => 0..30_u64, 1 => 0..=COUNT_MAX, 1 => any::<u64>()]
}

fn any_unit() -> impl Strategy<Value = Unit> {
    prop::sample::select(vec![Unit::People, Unit::Events, Unit::BedDays, Unit::Things])
}

fn any_series() -> impl Strategy<Value = Series> {
    let ends = (0..18_usize, 1..=12_usize).prop_map(|(start, length)| (start, start + length));
    let points = prop::collection::vec((ends, any_count(), prop::option::of(any_count())), 0..12);
    (any_unit(), any_unit(), points, any::<bool>()).prop_map(|(counts, unit, points, public)| {
        let points = points.into_iter().map(|(ends, numerator, value)| {
            let denominator = value.map(|value| Denominator { value, unit });
            alliance_disclosure::numbers::Point {
                denominator,
                ..point(ends, numerator)
            }
        });
        Series {
            public_source: public.then(|| "a link".to_owned()),
            ..series(counts, points.collect())
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Nothing panics; what comes out shows every zero and no small count, is as long as the series, and beside itself it
    /// comes out the same.
    #[test]
    fn whatever_comes_in(one in any_series(), other in any_series()) {
        let before = protect(&one, &Published::default(), Policy::default());
        let mut published = after(before.iter().map(alliance_disclosure::numbers::Protected::edition).collect());
        if let Ok(found) = protect(&other, &published, Policy::default()) {
            prop_assert_eq!(found.points.len(), other.points.len());
            for (given, shown) in other.points.iter().zip(&found.points) {
                prop_assert_eq!(given.numerator == 0, shown.numerator.value == Some(0));
                if found.method == Method::Suppress1To7Round5 && other.counts.is_protected() {
                    prop_assert!(shown.numerator.value.is_none_or(|value| value == 0 || value > 7 && value % 5 == 0));
                }
            }
            published.editions.push(found.edition());
            let again = protect(&other, &published, Policy::default()).map(|again| again.points);
            prop_assert_eq!(again, Ok(found.points));
        }
    }

    /// Months of any true series in any editions: each comes out the same beside itself.
    #[test]
    fn protecting_again_changes_nothing(
        truth in prop::collection::vec(0..25_u64, 6),
        editions in prop::collection::vec(prop::collection::btree_set((0..6_usize, 1..=6_usize), 1..8), 1..4),
        people in any::<bool>(),
    ) {
        let counts = if people { Unit::People } else { Unit::Events };
        let mut published = Published::default();
        for edition in editions {
            let mut periods: Vec<_> = edition.into_iter().map(|(start, length)| (start, (start + length).min(6))).collect();
            periods.sort_unstable();
            periods.dedup();
            let given = over(counts, &truth, &periods);
            let Ok(found) = protect(&given, &published, Policy::default()) else { continue };
            published.editions.push(found.edition());
            let again = protect(&given, &published, Policy::default()).unwrap();
            prop_assert_eq!(&again.points, &found.points);
        }
    }
}
