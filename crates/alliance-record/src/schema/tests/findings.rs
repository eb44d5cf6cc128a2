//! Every code of a finding, met where an author would meet it: with its place and the line that must be mended.

use std::collections::BTreeSet;

use super::{filled, told};
use crate::schema::{CODES, Finding, Kind, Severity, kind, read_json, read_markdown, validate};

/// A filled template in which `from` is written as `to`: `code` must be found at `place`, on the line that begins `on`.
struct Case {
    kind: Kind,
    from: &'static str,
    to: &'static str,
    code: &'static str,
    place: &'static str,
    on: &'static str,
}

const fn case(kind: Kind, from: &'static str, to: &'static str, found: [&'static str; 3]) -> Case {
    let [code, place, on] = found;
    Case {
        kind,
        from,
        to,
        code,
        place,
        on,
    }
}

const TITLE: &str = "title: Morning meeting that plans the day with patients";
const DOI: &str = "identifiers:\n  - {type: doi, id: doi.org/x}\n";

#[rustfmt::skip]
const CASES: &[Case] = &[
    case(Kind::PRACTICE, TITLE, "title:", ["required_missing", "title", "title:"]),
    case(Kind::PRACTICE, TITLE, "", ["required_missing", "title", "---"]),
    case(Kind::PRACTICE, TITLE, "title: Short", ["text_too_short", "title", "title: Short"]),
    case(Kind::PRACTICE, TITLE, "title: \"two lines\\nof a title\"", ["not_one_line", "title", "title:"]),
    case(Kind::PRACTICE, TITLE, "title: \"left \\u202E to right\"", ["direction_override", "title", "title:"]),
    case(Kind::PRACTICE, TITLE, "title: \"bell \\a and whistle\"", ["control_character", "title", "title:"]),
    case(Kind::PRACTICE, TITLE, "title: a <b>bold</b> meeting", ["markup_refused", "title", "title:"]),
    case(Kind::PRACTICE, TITLE, "title: [a, b]", ["expected_text", "title", "title: [a, b]"]),
    case(Kind::PRACTICE, TITLE, "titel: Morning meeting of all", ["unknown_field", "titel", "titel:"]),
    case(Kind::PRACTICE, TITLE, "title: Morning meeting\ntitle: again and again", ["duplicate_field", "title", "title: again"]),
    case(Kind::PRACTICE, TITLE, "title: &a Morning meeting", ["yaml_feature_refused", "", "title: &a"]),
    case(Kind::PRACTICE, TITLE, "title: Morning: meeting of all", ["yaml_syntax", "", "title: Morning:"]),
    case(Kind::PRACTICE, TITLE, "tags: [[[[[[[[[[[[[[[[x]]]]]]]]]]]]]]]]", ["depth_exceeded", "", "tags:"]),
    case(Kind::PRACTICE, "# tags:\n#   - morning meeting", "tags: [a, b, c, d, e, f, g, h, i, j, k]", ["too_many_items", "tags", "tags:"]),
    case(Kind::PRACTICE, "# tags:\n#   - morning meeting", "tags:\n  - fine\n  - four and a half words that are far too long", ["text_too_long", "tags[1]", "  - four"]),
    case(Kind::PRACTICE, "effect: improved", "effect: imroved", ["unknown_code", "effect", "effect: imroved"]),
    case(Kind::PRACTICE, "evidence_stage: 1", "evidence_stage: 4", ["evidence_stage_computed", "evidence_stage", "evidence_stage: 4"]),
    case(Kind::PRACTICE, "# started: 2024-04", "started: 2024-04-02", ["misformed", "started", "started: 2024-04-02"]),
    case(Kind::PRACTICE, "coproduction:\n", "coproduction: yes\nnot_this:\n", ["expected_fields", "coproduction", "coproduction: yes"]),
    case(Kind::PRACTICE, "# core_components:", "core_components: {id: c1}\n# x:", ["expected_list", "core_components", "core_components:"]),
    case(Kind::PRACTICE, "# core_components:", "core_components:\n  - {id: c1, text: one}\n  - {id: c1, text: two}\n# x:", ["named_twice", "core_components[1].id", "  - {id: c1, text: two}"]),
    case(Kind::PRACTICE, "# measures:", "measures: ex-07\n# x:", ["expected_id", "measures", "measures: ex-07"]),
    case(Kind::PRACTICE, "# costs:", "costs:\n  setup_hours: many\n# x:", ["expected_number", "costs.setup_hours", "  setup_hours: many"]),
    case(Kind::PRACTICE, "# costs:", "costs:\n  setup_hours: -1\n# x:", ["number_out_of_range", "costs.setup_hours", "  setup_hours: -1"]),
    case(Kind::PRACTICE, "# authors:", "authors:\n  - role: Nurse\n    name: A. Name\n# x:", ["name_without_consent", "authors[0].name", "    name: A. Name"]),
    case(Kind::PRACTICE, "# authors:", "authors:\n  - role: Nurse\n    consent: perhaps\n# x:", ["expected_yes_no", "authors[0].consent", "    consent: perhaps"]),
    case(Kind::PRACTICE, "# identifiers:", DOI, ["identifier_misformed", "identifiers[0].id", "  - {type: doi, id: doi.org/x}"]),
    case(Kind::PRACTICE, "# related:", "related:\n  - role: about\n# x:", ["related_to_nothing", "related[0]", "  - role: about"]),
    case(Kind::PRACTICE, "lang: en\n", "lang: cs\n", ["english_missing", "title_en", "---"]),
    case(Kind::PRACTICE, "## Problem", "## Problm", ["unknown_section", "", "## Problm"]),
    case(Kind::PRACTICE, "## Problem", "## Settings", ["not_a_section", "", "## Settings"]),
    case(Kind::PRACTICE, "---\n\n## Summary", "---\nHello\n## Summary", ["text_outside_section", "", "Hello"]),
    case(Kind::PRACTICE, "## Problem", "# Problem", ["heading_level", "", "# Problem"]),
    case(Kind::PRACTICE, "## Problem", "### Problem", ["heading_level", "", "### Problem"]),
    case(Kind::PRACTICE, "kind: practice", "kind: practise", ["kind_unknown", "kind", "kind: practise"]),
    case(Kind::PRACTICE, "kind: practice", "kind: charter", ["kind_unknown", "kind", "kind: charter"]),
    case(Kind::PRACTICE, "kind: practice", "", ["kind_missing", "kind", "---"]),
    case(Kind::PRACTICE, "chapter: m49:001", "chapter: Europe", ["chapter_misformed", "chapter", "chapter: Europe"]),
    case(Kind::PRACTICE, TITLE, "title: 安靜室", ["text_too_short", "title", "title: 安靜室"]),
    case(Kind::PRACTICE, TITLE, "title: 安靜室取代網床", ["", "", ""]),
    case(Kind::PRACTICE, "status: in_use", "status: abandoned", ["end_missing", "ended", "---"]),
    case(Kind::PRACTICE, "status: in_use", "status: abandoned", ["why_stopped_missing", "why_stopped", "## Why it stopped"]),
    case(Kind::PRACTICE, "# started: 2024-04", "started: 2024-04\nended: 2024-03", ["range_reversed", "ended", "ended: 2024-03"]),
    case(Kind::LESSON, "valence: success", "valence: failing", ["change_missing", "will_change", "---"]),
    case(Kind::LESSON, "# period:", "period:\n  from: 2025-03\n  to: 2025-02\n# x:", ["range_reversed", "period.to", "  to: 2025-02"]),
    case(Kind::ADOPTION, "would_recommend: yes", "would_recommend: with_conditions", ["conditions_missing", "conditions", "## Under which"]),
    case(Kind::ADOPTION, "status: in_use", "status: abandoned", ["end_missing", "ended", "---"]),
    case(Kind::MEASURE, "measure: debrief.pct", "measure: seclusion.events.obd", ["force_incomplete", "counting_rule", "---"]),
    case(Kind::MEASURE, "numerator: 40", "numerator: 41", ["point_not_rounded", "points[0].numerator", "    numerator: 41"]),
    case(Kind::MEASURE, "numerator: 40", "numerator:", ["point_status_mismatch", "points[0].numerator", "    numerator:"]),
    case(Kind::MEASURE, "points:\n", "points:\n  - {from: 2023-12, to: 2024-01, numerator_status: missing, denominator_status: missing}\n", ["points_overlap", "points[1].from", "    from: 2024-01"]),
    case(Kind::MEASURE, "disclosure_method: suppress_1_7_round_5", "disclosure_method: already_published_elsewhere", ["public_source_missing", "public_source", "---"]),
    case(Kind::MEASURE, "measure: debrief.pct", "measure: injury.staff.obd", ["", "", ""]),
    case(Kind::RESOURCE, "\nurl: ", "\n# url: ", ["file_or_url_missing", "url", "---"]),
    case(Kind::RESOURCE, "# files:", "files:\n  - {name: a.pdf, media_type: application/pdf, bytes: 9}\n# x:", ["file_not_attached", "files[0]", "  - {name: a.pdf"]),
    case(Kind::RESPONSE, "response_type: question", "response_type: endorsement", ["endorsement_incomplete", "basis", "---"]),
    case(Kind::TRANSLATION, "fields:\n", "fields:\n  - {field: summary, text: x}\n", ["named_twice", "fields[1].field", "    field: summary"]),
    case(Kind::TRANSLATION, "    field: summary", "    field: sumary", ["unknown_field", "fields[0].field", "    field: sumary"]),
    case(Kind::TRANSLATION, "    field: summary", "    field: core_components[c1].text", ["unknown_field", "fields[0].field", "    field: core"]),
    case(Kind::TRANSLATION, "    field: summary", "    field: core_components[1].text", ["", "", ""]),
    case(Kind::MEASURE, "measure: debrief.pct", "measure: police.events.caseload", ["force_incomplete", "restrictive_types", "---"]),
    case(Kind::MEASURE, "measure: debrief.pct", "measure: restraint.conveyance.pct", ["force_incomplete", "includes_brief_holds", "---"]),
    case(Kind::MEETING, "# join:\n", "join: https://example.org/room\n", ["join_link_scope", "join", "join:"]),
    case(Kind::NOTICE, "notice_type: correction", "notice_type: new_version", ["replacement_missing", "replaced_by", "---"]),
    case(Kind::NOTICE, "", "", ["notice_text_missing", "text", "## Text"]),
];

fn findings(text: &str) -> Vec<Finding> {
    read_markdown(text).map_or_else(|findings| findings, |document| document.warnings)
}

fn check(case: &Case) {
    let base = filled(kind(case.kind).unwrap());
    assert!(base.contains(case.from), "{} is in\n{base}", case.from);
    let text = base.replacen(case.from, case.to, 1);
    let found = findings(&text);
    if case.code.is_empty() {
        return assert_eq!(found, [], "{}", told(&found));
    }
    let finding = found
        .iter()
        .find(|finding| finding.code == case.code && finding.place == case.place);
    let finding = finding.unwrap_or_else(|| panic!("{} \"{}\" in\n{}", case.code, case.place, told(&found)));
    let line = text.lines().nth(finding.line.unwrap() as usize - 1).unwrap();
    assert!(
        line.starts_with(case.on),
        "{} points at \"{line}\", not \"{}\"\n{}",
        case.code,
        case.on,
        told(&found)
    );
    assert!(
        finding
            .column
            .is_some_and(|column| column as usize <= line.chars().count() + 1),
        "{}",
        told(&found)
    );
    assert!(
        finding.message.ends_with(['.', '?']) && finding.remedy.len() > 10,
        "{}",
        told(&found)
    );
}

#[test]
fn each_finding_names_its_line() {
    for case in CASES {
        check(case);
    }
}

/// Findings that need more than a word changed in a file.
fn further() -> Vec<Finding> {
    let practice = filled(kind(Kind::PRACTICE).unwrap());
    let many: Vec<String> = (0..24).map(|n| format!("  - record: {n:064x}\n")).collect();
    let related: Vec<String> = (50..60)
        .map(|n| format!("  - {{role: about, record: \"{n:064x}\"}}\n"))
        .collect();
    let collection = filled(kind(Kind::COLLECTION).unwrap()).replacen(
        "entries:\n",
        &format!("related:\n{}entries:\n{}", related.concat(), many[1..].concat()),
        1,
    );
    let public = "disclosure_method: already_published_elsewhere\npublic_source: Board papers";
    let measure = filled(kind(Kind::MEASURE).unwrap())
        .replacen("disclosure_method: suppress_1_7_round_5", public, 1)
        .replacen("denominator: 2960", "denominator: 960", 1)
        .replacen("measure: debrief.pct", "measure: injury.staff.obd", 1);
    let files = [
        String::new(),
        practice.replacen("\n---\n", "\n", 1),
        practice.replacen("---\n", "", 1),
        "x".repeat(70_000),
        collection,
        measure,
    ];
    let mut found: Vec<Finding> = files.iter().flat_map(|text| findings(text)).collect();
    found.extend(read_json("{\"kind\": \"practice\",\n \"title\": }").unwrap_err());
    found.extend(validate(Kind::PRACTICE, &[0xff]));
    let mut body = read_markdown(&practice).unwrap().body;
    body.extend_from_slice(b"\x12\x16 a summary with blanks");
    found.extend(validate(Kind::PRACTICE, &body));
    found
}

#[test]
fn every_code_is_met() {
    let mut met: BTreeSet<&str> = further().iter().map(|finding| finding.code).collect();
    met.extend(CASES.iter().map(|case| case.code));
    let never: Vec<_> = CODES.iter().filter(|code| !met.contains(*code)).collect();
    assert!(never.is_empty(), "{never:?}");
    assert!(CODES.is_sorted());
}

#[test]
fn remedies_suggest_what_was_meant() {
    let practice = filled(kind(Kind::PRACTICE).unwrap());
    let check = |from: &str, to: &str, remedy: &str| {
        let found = findings(&practice.replacen(from, to, 1));
        assert!(
            found.iter().any(|finding| finding.remedy.contains(remedy)),
            "{remedy}\n{}",
            told(&found)
        );
    };
    check(TITLE, "titel: Morning meeting of all", "Did you mean \"title\"?");
    check("effect: improved", "effect: imroved", "Did you mean \"improved\"?");
    check(
        "effect: improved",
        "effect: splendid",
        "The codes are: improved, no_change",
    );
    check("kind: practice", "kind: practise", "Did you mean \"practice\"?");
    check("## Problem", "## Problm", "Did you mean \"Problem\"?");
    check("## What is done", "## Summry", "Did you mean \"Summary\"?");
    check(
        "## What is done",
        "## What procedures",
        "Did you mean \"what_procedures\"?",
    );
    check("# started: 2024-04", "started: 2024-04-02", "never a day");
}

#[test]
fn a_least_length_says_how_it_counts() {
    let practice = filled(kind(Kind::PRACTICE).unwrap());
    let told = |title: &str| findings(&practice.replacen(TITLE, title, 1))[0].message.clone();
    assert_eq!(
        told("title: Short"),
        "\"title\" has 5 characters; at least 10 are needed."
    );
    assert_eq!(
        told("title: 安靜室"),
        "\"title\" has 3 characters (characters of a wide script, such as 漢, あ or 한, count twice here: 6); at least 10 are needed."
    );
    let long = format!("title: {}", "安".repeat(140));
    assert_eq!(
        findings(&practice.replacen(TITLE, &long, 1)),
        [],
        "the most counts each once"
    );
}

#[test]
fn json_faults_have_a_line_too() {
    let broken = read_json("{\"kind\": \"practice\",\n \"title\": }").unwrap_err();
    assert_eq!((broken[0].code, broken[0].line), ("json_syntax", Some(2)));
    let wrong = read_json(
        "{\"kind\": \"practice\",\n \"settings\": [\"inpatient.acute_adult\",\n  \"ward 9\"],\n \"titel\": \"x\"}",
    )
    .unwrap_err();
    let at = |code: &str, place: &str, line: u32, column: u32| {
        let placed = |f: &&Finding| f.code == code && f.place == place;
        let found = wrong.iter().find(placed);
        found.is_some_and(|f| (f.line, f.column) == (Some(line), Some(column)))
    };
    assert!(
        at("unknown_code", "settings[1]", 3, 3) && at("unknown_field", "titel", 4, 2),
        "{}",
        told(&wrong)
    );
}

#[test]
fn text_is_brought_to_one_form_and_warnings_do_not_stop() {
    let practice = filled(kind(Kind::PRACTICE).unwrap());
    let decomposed = practice
        .replacen(TITLE, "title: \"  Re\u{301}union du matin  \"", 1)
        .replace('\n', "\r\n");
    let composed = practice.replacen(TITLE, "title: R\u{e9}union du matin", 1);
    assert_eq!(
        read_markdown(&decomposed).map(|d| d.body),
        read_markdown(&composed).map(|d| d.body)
    );
    let german = read_markdown(&practice.replacen("lang: en\n", "lang: de\n", 1)).unwrap();
    let warned: Vec<_> = german.warnings.iter().map(|w| (w.severity, w.place.as_str())).collect();
    assert_eq!(
        warned,
        [(Severity::Warning, "title_en"), (Severity::Warning, "summary_en")]
    );
}

#[test]
fn one_value_is_a_list_of_one() {
    let practice = filled(kind(Kind::PRACTICE).unwrap());
    let short = practice.replacen(
        "settings:\n  - inpatient.acute_adult",
        "settings: inpatient.acute_adult",
        1,
    );
    assert_ne!(short, practice);
    assert_eq!(
        read_markdown(&short).map(|d| d.body),
        read_markdown(&practice).map(|d| d.body)
    );
}

#[test]
fn a_meeting_goes_to_its_chapter() {
    let meeting = read_markdown(&filled(kind(Kind::MEETING).unwrap())).unwrap();
    assert_eq!(meeting.chapter.as_deref(), Some("m49:150"));
    assert_eq!(
        crate::schema::to_json(Kind::MEETING, &meeting.body).unwrap()["chapter"],
        "m49:150"
    );
}
