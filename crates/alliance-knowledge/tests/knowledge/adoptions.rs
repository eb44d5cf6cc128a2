//! What adopters report, and what it comes to.

use alliance_knowledge::{Facts, Month, Reading, Share, State, Versions, facts};
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use alliance_record::{RecordId, Role};

use crate::shelf::{Shelf, version_of};

/// What one organisation reports.
struct Report {
    by: u8,
    country: &'static str,
    status: &'static str,
    effect: &'static str,
    since: &'static str,
    measured: bool,
    independent: bool,
}

const GOOD: Report = Report {
    by: 0,
    country: "DE",
    status: "in_use",
    effect: "improved",
    since: "2026-01",
    measured: true,
    independent: true,
};

fn put(shelf: &mut Shelf, of: RecordId, report: &Report) -> RecordId {
    shelf.is_in(report.by, report.country);
    let measure = shelf.put(report.by, Kind::MEASURE, &[], v1::Measure::default());
    let measures = match report.measured {
        true => vec![measure.0.to_vec().into()],
        false => Vec::new(),
    };
    let body = v1::Adoption {
        of: version_of(of),
        status: report.status.to_owned(),
        effect: report.effect.to_owned(),
        since: report.since.to_owned(),
        independent_of_origin: Some(report.independent),
        measures,
        ..v1::Adoption::default()
    };
    shelf.put(report.by, Kind::ADOPTION, &[(Role::ADOPTS, of)], body)
}

fn count(shelf: &Shelf, of: RecordId) -> Facts {
    let Ok(work) = Versions::of(&Reading::new(shelf), &shelf.item(of));
    let Ok(facts) = facts(&Reading::new(shelf), &work, Month::parse("2026-11").unwrap());
    facts
}

/// What such reports of a practice of organisation 1 come to.
fn come_to(reports: &[Report]) -> Facts {
    let mut shelf = Shelf::default();
    let practice = shelf.practice(1, &[]);
    for report in reports {
        put(&mut shelf, practice, report);
    }
    count(&shelf, practice)
}

#[test]
fn adopters_are_counted_by_organisation() {
    let counted = come_to(&[
        Report { by: 2, ..GOOD },
        Report { by: 2, ..GOOD },
        Report {
            by: 3,
            country: "CZ",
            status: "abandoned",
            effect: "no_change",
            ..GOOD
        },
        Report {
            by: 4,
            country: "",
            status: "planning",
            effect: "not_measured",
            ..GOOD
        },
        Report {
            by: 5,
            country: "",
            status: "piloting",
            effect: "too_early",
            ..GOOD
        },
        Report {
            by: 6,
            country: "FR",
            independent: false,
            ..GOOD
        },
        // Its own adoption counts for nothing.
        Report {
            by: 1,
            country: "AU",
            ..GOOD
        },
    ]);
    let expected = Facts {
        adopters: 4,
        in_use: 3,
        tried_and_stopped: 1,
        considering: 1,
        countries: ["CZ", "DE", "FR"].map(str::to_owned).to_vec(),
        improved: Share { part: 1, of: 2 },
        worse: 0,
        stage: None,
        adoptions: counted.adoptions.clone(),
        more: false,
    };
    assert_eq!(counted, expected);
    assert_eq!(counted.adoptions.len(), 7);
}

#[test]
fn an_organisation_that_reports_different_effects_did_not_improve() {
    let counted = come_to(&[
        Report { by: 2, ..GOOD },
        Report {
            by: 2,
            effect: "worse",
            ..GOOD
        },
    ]);
    assert_eq!((counted.improved, counted.worse), (Share { part: 0, of: 1 }, 1));
}

fn stage(reports: &[Report]) -> Option<&'static str> {
    come_to(reports).stage
}

#[test]
fn stage_four_needs_two_independent_organisations_that_measured() {
    let of = |second: Report| stage(&[Report { by: 2, ..GOOD }, second]);
    assert_eq!(of(Report { by: 3, ..GOOD }), Some("4"));
    assert_eq!(of(Report { by: 2, ..GOOD }), None, "the same organisation twice");
    assert_eq!(of(Report { by: 1, ..GOOD }), None, "its own");
    assert_eq!(
        of(Report {
            by: 3,
            measured: false,
            ..GOOD
        }),
        None
    );
    assert_eq!(
        of(Report {
            by: 3,
            independent: false,
            ..GOOD
        }),
        None
    );
    assert_eq!(
        of(Report {
            by: 3,
            effect: "mixed",
            ..GOOD
        }),
        None
    );
    assert_eq!(
        of(Report {
            by: 3,
            status: "planning",
            ..GOOD
        }),
        None
    );
}

#[test]
fn stage_five_needs_five_in_two_countries_two_of_which_lasted() {
    let of = |country: &'static str, lasted: u8| {
        let reports = (2..7).map(|by| Report {
            by,
            country: if by == 6 { country } else { "DE" },
            since: if by < 2 + lasted { "2025-11" } else { "2025-12" },
            ..GOOD
        });
        stage(&reports.collect::<Vec<_>>())
    };
    assert_eq!(of("CZ", 2), Some("5"));
    assert_eq!(of("CZ", 1), Some("4"));
    assert_eq!(of("DE", 2), Some("4"));
    assert_eq!(of("", 2), Some("4"), "nobody knows where it is");
}

#[test]
fn a_measure_of_somebody_else_or_a_retracted_one_proves_nothing() {
    let mut shelf = Shelf::default();
    let practice = shelf.practice(1, &[]);
    put(&mut shelf, practice, &Report { by: 2, ..GOOD });
    let theirs = shelf.put(2, Kind::MEASURE, &[], v1::Measure::default());
    let own = shelf.put(3, Kind::MEASURE, &[], v1::Measure::default());
    let adopt = |shelf: &mut Shelf, measure: RecordId| {
        let body = v1::Adoption {
            of: version_of(practice),
            status: "in_use".to_owned(),
            effect: "improved".to_owned(),
            independent_of_origin: Some(true),
            measures: vec![measure.0.to_vec().into()],
            ..v1::Adoption::default()
        };
        shelf.put(3, Kind::ADOPTION, &[(Role::ADOPTS, practice)], body)
    };
    adopt(&mut shelf, theirs);
    assert_eq!(count(&shelf, practice).stage, None);
    adopt(&mut shelf, own);
    assert_eq!(count(&shelf, practice).stage, Some("4"));
    let retraction = shelf.notice(3, "retraction", own);
    assert_eq!(count(&shelf, practice).stage, None);
    shelf.lose(retraction);
    shelf.set(own, State::Removed);
    assert_eq!(count(&shelf, practice).stage, None);
}

#[test]
fn the_newest_version_of_an_adoption_counts_and_a_retracted_or_disputed_one_does_not() {
    let mut shelf = Shelf::default();
    let practice = shelf.practice(1, &[]);
    let newer_practice = shelf.practice(1, &[practice]);
    let first = put(&mut shelf, practice, &Report { by: 2, ..GOOD });
    let second = put(
        &mut shelf,
        newer_practice,
        &Report {
            by: 2,
            status: "abandoned",
            effect: "worse",
            ..GOOD
        },
    );
    shelf.supersede(second, first);
    let counted = count(&shelf, practice);
    assert_eq!((counted.adopters, counted.tried_and_stopped, counted.worse), (1, 1, 1));
    shelf.set(second, State::Disputed);
    assert_eq!(count(&shelf, practice).tried_and_stopped, 0);
    shelf.notice(2, "retraction", first);
    assert_eq!(count(&shelf, practice).adopters, 0);
}
