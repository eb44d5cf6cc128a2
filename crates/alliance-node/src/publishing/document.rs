//! From a request to a document whose form is sound.

use alliance_api::{DocumentFormat, Finding, Problem};
use alliance_record::schema::{self, Document};

use crate::handle::problem::{finding, problem};

/// Reads a document.
///
/// # Errors
/// `findings`, with everything that is wrong with its form; `private_scope`.
pub(crate) fn read(format: DocumentFormat, text: &str) -> Result<Document, Problem> {
    let read = match format {
        DocumentFormat::Markdown => schema::read_markdown(text),
        DocumentFormat::Json => schema::read_json(text),
    };
    let document = read.map_err(|findings| faulty(findings.into_iter().map(finding).collect()))?;
    check_scope(&document)?;
    check_files(&document)?;
    Ok(document)
}

fn faulty(findings: Vec<Finding>) -> Problem {
    let detail = "nothing was published. Each finding names its place and the remedy";
    let mut problem = problem(422, "findings", "The document has errors", detail);
    problem.findings = findings;
    problem
}

/// A private record is for its author's own eyes, and publishing sends it to every member that follows the chapter.
fn check_scope(document: &Document) -> Result<(), Problem> {
    if schema::summary(document.kind, &document.body).scope != "private" {
        return Ok(());
    }
    let detail =
        "scope 'private' means that it stays with you; nothing was published. Choose chapter, alliance or public";
    Err(problem(
        422,
        "private_scope",
        "A private document is not published",
        detail,
    ))
}

/// Files of one's own machine would be promised to readers who can never fetch them.
fn check_files(document: &Document) -> Result<(), Problem> {
    let named = document
        .warnings
        .iter()
        .filter(|found| found.code == "file_not_attached");
    let found: Vec<Finding> = named
        .map(|found| Finding {
            severity: "error".to_owned(),
            code: "files_wait".to_owned(),
            message: "A file is named here, and this version carries no files: they wait for a version of their own."
                .to_owned(),
            remedy: "Put the file where others can fetch it and give its address, as url or in identifiers; or leave it out."
                .to_owned(),
            ..finding(found.clone())
        })
        .collect();
    if found.is_empty() { Ok(()) } else { Err(faulty(found)) }
}
