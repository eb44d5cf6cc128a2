//! Points and periods of measures: nothing is computed from what nobody may see.

use alliance_export::{Exported, Format, LeftOut, Options, State};
use alliance_record::RecordId;
use alliance_record::proto::v1;
use alliance_record::schema::Kind;
use prost::Message;

use crate::rfc4180::Sheet;
use crate::shelf::{id, made_up, origin, some, usual, written};

/// What the timeline names: a practice, and something else.
const PRACTICE: usize = 1;
const LESSON: usize = 2;

fn kind_of(record: &RecordId) -> Option<Kind> {
    if *record == id(PRACTICE) {
        Some(Kind::PRACTICE)
    } else if *record == id(LESSON) {
        Some(Kind::LESSON)
    } else {
        None
    }
}

fn point(from: &str, to: &str, events: Option<f64>, status: &str) -> v1::Point {
    v1::Point {
        from: from.to_owned(),
        to: to.to_owned(),
        numerator: events,
        numerator_status: status.to_owned(),
        denominator: Some(1_000.0),
        denominator_status: "exact".to_owned(),
    }
}

fn event(at: &str, record: usize) -> v1::TimelineEvent {
    v1::TimelineEvent {
        at: at.to_owned(),
        what: "Something began".to_owned(),
        record: id(record).0.to_vec().into(),
    }
}

/// Two quarters before, one across, two after the practice; a lesson is named earlier.
fn series() -> v1::Measure {
    v1::Measure {
        measure: "restraint.physical.events.obd".to_owned(),
        points: vec![
            point("2023-10", "2023-12", Some(40.0), "exact"),
            point("2024-01", "2024-03", Some(30.0), "exact"),
            point("2024-04", "2024-06", None, "suppressed_1_7"),
            point("2024-07", "2024-09", Some(20.0), "exact"),
            point("2024-10", "2024-12", Some(0.0), "rounded_5"),
        ],
        events_timeline: vec![
            event("2024-09", PRACTICE),
            event("2024-05", PRACTICE),
            event("2023-11", LESSON),
        ],
        ..v1::Measure::default()
    }
}

fn cut(measure: &v1::Measure, change: fn(&mut Exported<'_>)) -> (Sheet, Option<LeftOut>) {
    let body = measure.encode_to_vec();
    let mut record = made_up(Kind::MEASURE, &body);
    change(&mut record);
    let options = Options {
        kind_of: &kind_of,
        ..Options::new(origin())
    };
    let (text, counts) = written(Format::MetaPrePost, options, &[record]);
    (Sheet::read(&text), counts.left_out.keys().next().copied())
}

#[test]
fn a_series_is_cut_where_its_first_practice_began() {
    let (sheet, left_out) = cut(&series(), |_| {});
    assert_eq!((sheet.rows.len(), left_out), (1, None));
    let label = format!("Made-up Trust {}", &id(0xabc).to_string()[..12]);
    for (column, cell) in [
        ("studlab", label.as_str()),
        ("event.e", "20"),
        ("time.e", "2000"),
        ("event.c", "70"),
        ("time.c", "2000"),
        ("time_unit", "occupied_bed_days"),
        ("cut_at", "2024-05"),
        ("points.e", "2"),
        ("points.c", "2"),
        ("points_spanning", "1"),
        ("approximate", "true"),
    ] {
        assert_eq!(sheet.at(0, column), cell, "{column}");
    }
    assert_eq!(sheet.at(0, "practice"), id(PRACTICE).to_string());
}

fn left_out(why: LeftOut, change: impl Fn(&mut v1::Measure)) {
    let mut measure = series();
    change(&mut measure);
    let (sheet, found) = cut(&measure, |_| {});
    assert_eq!((sheet.rows.len(), found), (0, Some(why)));
}

#[test]
fn what_cannot_be_compared_is_left_out_by_reason() {
    left_out(LeftOut::NotShown, |measure| {
        measure.points[0].numerator_status = "suppressed_1_7".to_owned()
    });
    left_out(LeftOut::NotShown, |measure| {
        measure.points[4].numerator_status = "missing".to_owned()
    });
    left_out(LeftOut::NotShown, |measure| {
        measure.points[1].denominator_status = "of_later_years".to_owned()
    });
    left_out(LeftOut::NotShown, |measure| measure.points[1].denominator = None);
    left_out(LeftOut::NotShown, |measure| measure.points[1].numerator = Some(1.5));
    left_out(LeftOut::OutOfOrder, |measure| {
        measure.points[1].from = "spring".to_owned()
    });
    left_out(LeftOut::OutOfOrder, |measure| {
        measure.points[1].from = "2023-12".to_owned()
    });
    left_out(LeftOut::OutOfOrder, |measure| {
        measure.points[1].to = "2023-12".to_owned()
    });
    left_out(LeftOut::OutOfOrder, |measure| measure.points.swap(0, 1));
    left_out(LeftOut::OnePeriod, |measure| measure.points.truncate(3));
    left_out(LeftOut::OnePeriod, |measure| drop(measure.points.drain(..2)));
    left_out(LeftOut::NoPractice, |measure| {
        measure.events_timeline = vec![event("2024-05", LESSON)]
    });
    left_out(LeftOut::NoPractice, |measure| measure.events_timeline.clear());
    left_out(LeftOut::NotARateOfEvents, |measure| {
        measure.measure = "seclusion.hours.pth".to_owned()
    });
    left_out(LeftOut::NotARateOfEvents, |measure| {
        measure.measure = "police.events.caseload".to_owned()
    });
    left_out(LeftOut::NotARateOfEvents, |measure| {
        measure.measure = "of.later.years".to_owned()
    });
    assert_eq!(
        cut(&series(), |record| record.state = State::Superseded).1,
        Some(LeftOut::NotCurrent)
    );
    assert_eq!(
        cut(&series(), |record| record.state = State::Retracted).1,
        Some(LeftOut::NotCurrent)
    );
    assert_eq!(cut(&series(), |record| record.body = None).1, Some(LeftOut::Unreadable));
    assert_eq!(
        cut(&series(), |record| record.kind = Kind::LESSON).1,
        Some(LeftOut::NotAMeasure)
    );
}

#[test]
fn a_point_of_the_cuts_own_month_is_after_it() {
    let mut measure = series();
    measure.events_timeline = vec![event("2024-07", PRACTICE)];
    measure.points.remove(2);
    let (sheet, _) = cut(&measure, |_| {});
    assert_eq!((sheet.at(0, "points.c"), sheet.at(0, "points.e")), ("2", "2"));
}

#[test]
fn points_of_the_shipped_series_show_what_may_be_shown() {
    let sheet = Sheet::read(&usual(Format::MeasurePoints, &some(&["ex-07", "ex-08", "ex-15"])).0);
    assert_eq!(sheet.at(0, "rate").parse::<f64>().unwrap(), 43.0 * 1_000.0 / 2_920.0);
    for row in 0..sheet.rows.len() {
        let is_shown = |column| ["exact", "rounded_5", "estimated"].contains(&sheet.at(row, column));
        let may = is_shown("numerator_status") && is_shown("denominator_status");
        assert_eq!(sheet.at(row, "rate").is_empty(), !may, "row {row}");
    }
    let suppressed = (0..sheet.rows.len()).filter(|row| sheet.at(*row, "numerator_status") == "suppressed_1_7");
    assert_eq!(suppressed.map(|row| sheet.at(row, "numerator")).collect::<String>(), "");
    let zeros = (0..sheet.rows.len()).filter(|row| sheet.at(*row, "numerator") == "0");
    assert_eq!(
        zeros.map(|row| sheet.at(row, "rate")).collect::<Vec<_>>().concat(),
        "0".repeat(3)
    );
}
