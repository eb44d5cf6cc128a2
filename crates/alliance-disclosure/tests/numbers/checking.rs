//! Series that are typed in as they are to be published.

use alliance_disclosure::numbers::{
    Method, Policy, Publication, Published, PublishedPoint, Shown, Unit, ValueStatus, check, protect,
};
use proptest::prelude::*;

use crate::attacker::{agreeing, can_judge, disclosed_sums, points};
use crate::given::{over, period, publish};

fn shown(value: Option<u64>, status: ValueStatus) -> Shown {
    Shown { value, status }
}

/// A typed value, as in a table: `=3` exact, `40` rounded (zero is exact), `*` suppressed, `-` missing, `~9` estimated.
fn typed_value(word: &str) -> Shown {
    let number = |text: &str| Some(text.parse().unwrap());
    match word {
        "*" => shown(None, ValueStatus::Suppressed1To7),
        "**" => shown(None, ValueStatus::SuppressedLt5),
        "-" => shown(None, ValueStatus::Missing),
        "0" => shown(Some(0), ValueStatus::Exact),
        "!" => shown(Some(10), ValueStatus::Missing),
        _ if word.starts_with('=') => shown(number(&word[1..]), ValueStatus::Exact),
        _ if word.starts_with('~') => shown(number(&word[1..]), ValueStatus::Estimated),
        _ => shown(number(word), ValueStatus::Rounded5),
    }
}

fn typed(periods: &[(usize, usize)], words: &str) -> Publication {
    let point = |(&ends, word): (&(usize, usize), &str)| PublishedPoint {
        period: period(ends),
        numerator: typed_value(word),
        denominator: None,
    };
    Publication {
        counts: Unit::Events,
        denominators: None,
        method: Method::Suppress1To7Round5,
        public_source: None,
        points: periods.iter().zip(words.split(' ')).map(point).collect(),
    }
}

/// What is found, as `place code`.
fn found(publication: &Publication, published: &Published) -> Vec<String> {
    let findings = check(publication, published, Policy::default());
    assert!(
        findings
            .iter()
            .all(|finding| !finding.remedy.is_empty() && !finding.message.is_empty())
    );
    findings
        .iter()
        .map(|finding| format!("{} {}", finding.place, finding.code))
        .collect()
}

const MONTHLY: [(usize, usize); 3] = [(0, 1), (1, 2), (2, 3)];

#[test]
fn values_are_judged_by_themselves() {
    let cases = [
        ("0 * 10", None),
        ("- 15 1000", None),
        ("=3 0 0", Some("points[0].numerator small_number")),
        ("0 5 0", Some("points[1].numerator small_number")),
        ("0 ~4 0", Some("points[1].numerator small_number")),
        ("0 0 12", Some("points[2].numerator point_not_rounded")),
        ("0 0 =40", Some("points[2].numerator point_not_rounded")),
        ("~0 0 0", Some("points[0].numerator zero_not_exact")),
        ("** 0 0", Some("points[0].numerator suppression_weak")),
        ("! 0 0", Some("points[0].numerator point_status_mismatch")),
        ("=2000000000 0 0", Some("points[0].numerator count_large")),
    ];
    for (words, expected) in cases {
        let found = found(&typed(&MONTHLY, words), &Published::default());
        assert_eq!(found.first().map(String::as_str), expected, "{words}");
    }
}

#[test]
fn messages_do_not_repeat_the_count() {
    let publication = typed(&MONTHLY, "=3 0 =43");
    let findings = check(&publication, &Published::default(), Policy::default());
    assert_eq!(findings.len(), 2);
    assert!(
        findings.iter().all(|finding| !finding.message.contains('3')),
        "{findings:?}"
    );
}

#[test]
fn what_can_be_computed_back_is_found_at_its_place() {
    let four = [(0, 1), (1, 2), (2, 3), (0, 3)];
    let none = Published::default();
    assert_eq!(
        found(&typed(&four, "* 10 0 10"), &none),
        ["points[3].numerator computable"]
    );
    assert!(found(&typed(&four, "* 10 0 -"), &none).is_empty());
    assert!(found(&typed(&four, "* 10 0 15"), &none).is_empty());
    let five = [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)];
    assert_eq!(
        found(&typed(&five, "15 15 15 15 50"), &none),
        ["points[4].numerator computable"]
    );
    assert!(found(&typed(&five, "15 15 15 15 60"), &none).is_empty());
    let published = publish(Unit::Events, &[3, 9, 0], &[MONTHLY.to_vec()]).unwrap();
    assert_eq!(
        found(&typed(&[(0, 3)], "10"), &published),
        ["points[0].numerator computable"]
    );
    assert_eq!(
        found(&typed(&[(0, 3)], "80"), &published),
        ["points[0].numerator contradicts_published"]
    );
    assert!(found(&typed(&MONTHLY, "* 10 0"), &published).is_empty());
    assert!(found(&typed(&MONTHLY, "0 40 *"), &published).is_empty(), "a correction");
}

#[test]
fn the_method_must_be_one_of_the_series() {
    let base = typed(&MONTHLY, "0 * 10");
    let with = |method, counts| Publication {
        method,
        counts,
        ..base.clone()
    };
    let first = |publication: &Publication| found(publication, &Published::default()).into_iter().next();
    let mismatch = Some("disclosure_method method_mismatch".to_owned());
    assert_eq!(first(&with(Method::SuppressLt5, Unit::Events)), mismatch);
    assert_eq!(first(&with(Method::PeopleNotCounted, Unit::Events)), mismatch);
    assert_eq!(first(&with(Method::AlreadyPublishedElsewhere, Unit::People)), mismatch);
    assert_eq!(first(&with(Method::PeopleNotCounted, Unit::Things)), None);
    assert_eq!(first(&with(Method::RolledUpPeriod, Unit::People)), None);
    let mut public = with(Method::AlreadyPublishedElsewhere, Unit::Events);
    assert_eq!(first(&public).as_deref(), Some("public_source public_source_missing"));
    public.public_source = Some("https://example.org".to_owned());
    assert_eq!(first(&public).as_deref(), Some("points[0].numerator denominator_small"));
    public.denominators = Some(Unit::BedDays);
    for point in &mut public.points {
        point.denominator = Some(shown(Some(1_000), ValueStatus::Exact));
    }
    public.points[0].numerator = typed_value("=3");
    assert_eq!(first(&public), None);
}

#[test]
fn people_and_counts_out_of_counts_are_not_weighed_over_overlapping_periods() {
    let published = publish(Unit::People, &[20, 20, 0], &[MONTHLY.to_vec()]).unwrap();
    let people = |words| Publication {
        counts: Unit::People,
        ..typed(&[(0, 3)], words)
    };
    assert_eq!(
        found(&people("40"), &published),
        ["points[0].numerator overlaps_published"]
    );
    assert!(found(&people("-"), &published).is_empty());
    let mut covered = Publication {
        denominators: Some(Unit::People),
        ..people("-")
    };
    covered.points[0].denominator = Some(typed_value("-"));
    assert_eq!(found(&covered, &published), ["points[0].numerator overlaps_published"]);
    let mut more = Publication {
        denominators: Some(Unit::People),
        ..people("40")
    };
    more.points[0].denominator = Some(typed_value("*"));
    assert_eq!(
        found(&more, &Published::default()),
        ["points[0].numerator numerator_exceeds_denominator"]
    );
}

fn periods() -> impl Strategy<Value = Vec<(usize, usize)>> {
    let all = vec![(0, 1), (1, 2), (2, 3), (0, 2), (1, 3), (0, 3)];
    prop::sample::subsequence(all, 1..=4)
}

/// How one value is typed: by the rule, or left out.
fn by_rule(truth: u64, leave_out: bool) -> Shown {
    match truth {
        0 => shown(Some(0), ValueStatus::Exact),
        _ if leave_out => shown(None, ValueStatus::Missing),
        1..8 => shown(None, ValueStatus::Suppressed1To7),
        _ => shown(Some((truth + 2) / 5 * 5), ValueStatus::Rounded5),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    /// A typed series passes only if an attacker who tries all worlds can compute nothing. What the rule gives to each
    /// value by itself is typed, so that only what values tell together is judged.
    #[test]
    fn what_passes_withstands_the_attacker(
        truth in prop::array::uniform3(0..13_u64),
        before in prop::option::of(periods()),
        now in periods(),
        left_out in prop::array::uniform4(any::<bool>()),
    ) {
        let editions: Vec<_> = before.into_iter().chain([now.clone()]).collect();
        let mut published = publish(Unit::Events, &truth, &editions[..editions.len() - 1]).unwrap();
        let mut publication = typed(&[], "");
        publication.points = now.iter().zip(left_out).map(|(&(start, end), leave_out)| PublishedPoint {
            period: period((start, end)),
            numerator: by_rule(truth[start..end].iter().sum(), leave_out),
            denominator: None,
        }).collect();
        let findings = found(&publication, &published);
        published.editions.push(alliance_disclosure::numbers::Edition { points: publication.points, figures: vec![] });
        let points = points(&published);
        let left: Vec<_> = agreeing(&points).into_iter().collect();
        prop_assert!(!left.is_empty());
        if can_judge(&points) && findings.is_empty() {
            prop_assert_eq!(disclosed_sums(&left, &editions, &points), None);
        }
    }

    /// What is protected passes.
    #[test]
    fn what_is_protected_passes(
        truth in prop::collection::vec(0..25_u64, 3),
        editions in prop::collection::vec(periods(), 1..4),
        people in any::<bool>(),
    ) {
        let counts = if people { Unit::People } else { Unit::Events };
        let mut published = Published::default();
        for periods in editions {
            let given = over(counts, &truth, &periods);
            let Ok(protected) = protect(&given, &published, Policy::default()) else { continue };
            let publication = Publication {
                counts,
                denominators: None,
                method: protected.method,
                public_source: None,
                points: protected.points.clone(),
            };
            prop_assert_eq!(found(&publication, &published), Vec::<String>::new());
            published.editions.push(protected.edition());
            prop_assert_eq!(found(&publication, &published), Vec::<String>::new());
        }
    }
}
