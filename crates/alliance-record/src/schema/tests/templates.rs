//! What an author is given to begin with.

use super::{filled, told};
use crate::schema::{Kind, Severity, kinds, read_markdown, template, to_markdown};

#[test]
fn a_template_reads_once_its_open_places_are_filled() {
    for info in kinds() {
        let text = filled(info);
        let document = read_markdown(&text).unwrap_or_else(|f| panic!("{}\n{}\n{text}", info.name, told(&f)));
        assert_eq!(document.kind, info.kind);
        let again = read_markdown(&to_markdown(info.kind, &document.body).unwrap()).unwrap();
        assert_eq!(again.body, document.body, "{}", info.name);
    }
}

#[test]
fn an_empty_template_asks_for_what_is_required_and_nothing_else() {
    for info in kinds() {
        let findings = read_markdown(&template(info.kind)).unwrap_err();
        for finding in &findings {
            if finding.severity == Severity::Warning || finding.code == "file_or_url_missing" {
                continue;
            }
            assert_eq!(finding.code, "required_missing", "{}\n{}", info.name, told(&findings));
            assert!(
                finding.line.is_some_and(|line| line > 1),
                "{}: the place stands open\n{}",
                info.name,
                told(&findings)
            );
        }
        let required = info
            .fields
            .iter()
            .filter(|field| field.required && !["lang", "scope", "licence"].contains(&&*field.name));
        for field in required {
            assert!(
                findings.iter().any(|f| f.place.starts_with(&field.name)),
                "{} {}",
                info.name,
                field.name
            );
        }
    }
}

#[test]
fn what_stands_as_a_comment_can_be_taken_up() {
    for info in kinds() {
        for field in info.fields.iter().filter(|field| !field.required && !field.section) {
            let template = template(info.kind);
            let start = template.find(&format!("\n# {}:", field.name)).unwrap() + 1;
            let block = template[start..]
                .split("\n\n")
                .next()
                .unwrap()
                .split("\n---")
                .next()
                .unwrap();
            let open: Vec<_> = block.lines().map(|line| line.strip_prefix("# ").unwrap()).collect();
            let taken = template.replacen(block, &open.join("\n"), 1);
            let told = told(&read_markdown(&taken).unwrap_err());
            assert!(
                !told.contains("unknown_field") && !told.contains("yaml_syntax"),
                "{} {}\n{told}",
                info.name,
                field.name
            );
        }
    }
}

#[test]
fn a_template_says_when_a_field_applies_and_leaves_out_what_never_does() {
    let response = template(Kind::RESPONSE);
    for told in [
        "Only when response_type is endorsement",
        "Only when response_type is question or request_for_help",
        "Not when lang is en",
    ] {
        assert!(response.contains(told), "{told}\n{response}");
    }
    assert!(template(Kind::MEASURE).contains("rapid_tranq.*"));
    for info in kinds() {
        let has = template(info.kind).contains("## Summary in English");
        assert_eq!(has, info.field("summary").is_some(), "{}", info.name);
        assert!(
            template(info.kind).contains("\n# title_en:"),
            "{}: each has a title",
            info.name
        );
    }
}

#[test]
fn kinds_that_nobody_writes_have_no_template() {
    for kind in [Kind::CHARTER, Kind(999)] {
        assert_eq!(template(kind), "");
    }
}
