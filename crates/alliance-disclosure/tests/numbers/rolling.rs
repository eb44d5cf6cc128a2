//! Offers of longer periods.

use alliance_disclosure::numbers::{COUNT_MAX, Length, Method, Policy, Published, Rolled, Series, Unit, roll_ups};
use proptest::prelude::*;

use crate::attacker::{agreeing, can_judge, disclosed_sums, points};
use crate::given::{months, point, publish, read, series, with_denominators};

/// What is offered: length, counts shown, counts hidden, months left out, and what a reader would see.
fn check(series: &Series, published: &Published, expected: &[(Length, usize, usize, u32, &str)]) {
    let found = roll_ups(series, published, Policy::default());
    let found: Vec<_> = found
        .iter()
        .map(|offer| {
            let seen = match &offer.rolled {
                Rolled::Summed(_, protected) => read(protected),
                Rolled::CountAnew => "count anew".to_owned(),
            };
            assert_eq!(offer.kept + offer.hidden, offer.periods.len());
            (offer.length, offer.kept, offer.hidden, offer.months_left_out, seen)
        })
        .collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|&(length, kept, hidden, left_out, seen)| (length, kept, hidden, left_out, seen.to_owned()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn the_shortest_periods_without_suppression_come_first() {
    let given = months(Unit::Events, &[4, 4, 4, 9, 0, 9, 0, 0, 0, 2, 3, 4, 10]);
    let expected = [
        (Length::Quarters, 4, 0, 1, "10 20 0 10"),
        (Length::Halves, 2, 0, 1, "30 10"),
        (Length::Years, 1, 0, 1, "40"),
        (Length::Months, 7, 6, 0, "* * * 10 0 10 0 0 0 * * * 10"),
    ];
    check(&given, &Published::default(), &expected);
    let offers = roll_ups(&given, &Published::default(), Policy::default());
    assert!(matches!(&offers[0].rolled, Rolled::Summed(_, protected) if protected.method == Method::RolledUpPeriod));
    assert_eq!(offers[0].periods[3].to_string(), "2020-10 to 2020-12");
}

#[test]
fn people_are_never_added() {
    let given = months(Unit::People, &[4, 9, 4, 0, 0, 0, 4, 4, 4]);
    let expected = [
        (Length::Halves, 1, 0, 3, "count anew"),
        (Length::Months, 4, 5, 0, "* 10 * 0 0 0 * * *"),
        (Length::Quarters, 2, 1, 0, "count anew"),
    ];
    check(&given, &Published::default(), &expected);
}

#[test]
fn denominators_are_added_with_their_counts() {
    let given = with_denominators(months(Unit::Events, &[4, 4, 4]), Unit::BedDays, &[300, 310, 320]);
    let offers = roll_ups(&given, &Published::default(), Policy::default());
    let Rolled::Summed(rolled, _) = &offers[0].rolled else {
        panic!("{offers:?}")
    };
    assert_eq!(rolled.points[0].denominator.unwrap().value, 930);
    let people = with_denominators(months(Unit::Events, &[4, 4, 4]), Unit::People, &[30, 31, 32]);
    let offers = roll_ups(&people, &Published::default(), Policy::default());
    assert!(
        offers
            .iter()
            .any(|offer| offer.length == Length::Quarters && offer.rolled == Rolled::CountAnew)
    );
}

#[test]
fn what_fits_into_no_calendar_is_not_offered() {
    let crossing = series(Unit::Events, vec![point((2, 4), 9)]);
    check(&crossing, &Published::default(), &[]);
    let overlapping = series(Unit::Events, vec![point((0, 2), 9), point((1, 3), 9)]);
    check(&overlapping, &Published::default(), &[]);
    let huge = months(Unit::Events, &[COUNT_MAX, COUNT_MAX, COUNT_MAX]);
    check(
        &huge,
        &Published::default(),
        &[(Length::Months, 3, 0, 0, "1000000000 1000000000 1000000000")],
    );
    let absurd = months(Unit::Events, &[u64::MAX, u64::MAX, u64::MAX]);
    check(&absurd, &Published::default(), &[]);
    check(&series(Unit::Events, vec![]), &Published::default(), &[]);
}

#[test]
fn an_offer_minds_what_is_published() {
    let truth = [3, 10, 10];
    let published = publish(Unit::Events, &truth, &[vec![(0, 1), (1, 2), (2, 3)]]).unwrap();
    let expected = [(Length::Months, 2, 1, 0, "* 10 10"), (Length::Quarters, 0, 1, 0, "-")];
    check(&months(Unit::Events, &truth), &published, &expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whichever offer is taken after months, or before them, an attacker who tries all worlds computes nothing.
    #[test]
    fn offers_are_safe(truth in prop::array::uniform3(0..8_u64), published_first in any::<bool>()) {
        let monthly = vec![(0, 1), (1, 2), (2, 3)];
        let editions = [monthly.clone(), vec![(0, 3)]];
        let before = if published_first { vec![monthly] } else { vec![] };
        let published = publish(Unit::Events, &truth, &before).unwrap();
        for offer in roll_ups(&months(Unit::Events, &truth), &published, Policy::default()) {
            let Rolled::Summed(_, protected) = offer.rolled else { panic!("events are summed") };
            let mut published = published.clone();
            published.editions.push(protected.edition());
            let points = points(&published);
            if can_judge(&points) {
                prop_assert_eq!(disclosed_sums(&agreeing(&points), &editions, &points), None);
            }
        }
    }
}
