//! Documents without a node: which format a file is in, the check of its form, and templates.

use std::path::Path;

use alliance_api::{DocumentFormat, Finding, PublishReceipt};
use alliance_record::schema::{self, Document, KindInfo, Severity};

use crate::failure::Failure;

/// The format by the file's ending, or else by how it begins.
pub(crate) fn format(path: Option<&Path>, text: &str) -> DocumentFormat {
    let ending = path
        .and_then(Path::extension)
        .and_then(|ending| ending.to_str())
        .map(str::to_ascii_lowercase);
    match ending.as_deref() {
        Some("md" | "markdown") => DocumentFormat::Markdown,
        Some("json") => DocumentFormat::Json,
        _ if text.trim_start().starts_with('{') => DocumentFormat::Json,
        _ => DocumentFormat::Markdown,
    }
}

/// Checks a document's form; what it would become.
///
/// # Errors
/// Its faults.
pub(crate) fn check(format: DocumentFormat, text: &str, chapter: Option<&str>) -> Result<PublishReceipt, Failure> {
    let read = match format {
        DocumentFormat::Markdown => schema::read_markdown(text),
        DocumentFormat::Json => schema::read_json(text),
    };
    let document = read.map_err(|findings| {
        // The same words as a running node's.
        let why = "nothing was published. Each finding names its place and the remedy";
        let mut failure = Failure::local("findings", "The document has errors", why);
        failure.told.status = 422;
        failure.told.findings = findings.into_iter().map(view).collect();
        failure
    })?;
    Ok(receipt(document, chapter))
}

fn receipt(document: Document, chapter: Option<&str>) -> PublishReceipt {
    let filled = schema::completeness(document.kind, &document.body);
    let completeness = if filled.standard.is_empty() {
        String::new()
    } else {
        format!("{} {}/{}", filled.standard, filled.filled, filled.of)
    };
    PublishReceipt {
        id: None,
        kind: schema::kind(document.kind)
            .map(|info| info.name.clone())
            .unwrap_or_default(),
        chapter: chapter.map(str::to_owned).or(document.chapter).unwrap_or_default(),
        sequence: None,
        completeness,
        findings: document.warnings.into_iter().map(view).collect(),
    }
}

fn view(finding: schema::Finding) -> Finding {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    Finding {
        severity: severity.to_owned(),
        code: finding.code.to_owned(),
        place: finding.place,
        line: finding.line,
        column: finding.column,
        message: finding.message,
        remedy: finding.remedy,
    }
}

/// The template of a kind, by its name.
///
/// # Errors
/// No kind of that name is written by hand.
pub(crate) fn template(name: &str) -> Result<String, Failure> {
    let known = |info: &&KindInfo| info.name == name;
    let Some(info) = schema::kinds().find(known) else {
        let names: Vec<&str> = schema::kinds().map(|info| info.name.as_str()).collect();
        return Err(Failure::usage(
            "kind_unknown",
            format!("There is no kind of record named '{name}'"),
            format!("the kinds are: {}", names.join(", ")),
        ));
    };
    Ok(schema::template(info.kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_told_by_ending_and_else_by_content() {
        for (path, text, expected) in [
            (Some("a.md"), "{}", DocumentFormat::Markdown),
            (Some("a.JSON"), "---", DocumentFormat::Json),
            (Some("a.txt"), "  {\"kind\":", DocumentFormat::Json),
            (None, "---\nkind: lesson", DocumentFormat::Markdown),
            (None, "", DocumentFormat::Markdown),
        ] {
            assert_eq!(format(path.map(Path::new), text), expected, "{path:?} {text}");
        }
    }

    #[test]
    fn every_kind_has_a_template_and_strange_names_are_refused() {
        for info in schema::kinds() {
            assert!(!template(&info.name).unwrap().is_empty(), "{}", info.name);
        }
        assert!(template("charter").unwrap_err().told.remedy.contains("practice"));
    }
}
