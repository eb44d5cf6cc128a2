//! Publishing a document: read, check, sign, store, tell the others.

use alliance_api::{DocumentFormat, Problem, PublishReceipt, PublishRequest};
use alliance_record::schema::{self, Document};
use alliance_record::{ChapterName, Draft, RecordId, Reference, Role};

use super::Handle;
use super::problem::{bad_request, finding, problem};
use crate::random::now_ms;

/// Version of the kinds' messages.
const SCHEMA: u32 = 1;

impl Handle {
    /// Publishes a document: check, sign, store, tell the others. Answers once it is on the disk.
    ///
    /// # Errors
    /// A problem with the document's findings, `not_followed`, or `stopped`. Nothing was published then.
    pub async fn publish(&self, request: PublishRequest) -> Result<PublishReceipt, Problem> {
        let document = read(&request)?;
        check_scope(&document)?;
        let chapter = match removed_by(&document) {
            Some(record) => self.check_own(record).await?,
            None => self.chapter_of(&request, &document)?,
        };
        let kind = document.kind;
        let mut receipt = PublishReceipt {
            id: None,
            kind: kind.name().into_owned(),
            chapter: chapter.to_string(),
            sequence: None,
            completeness: completeness(&document),
            findings: document.warnings.iter().cloned().map(finding).collect(),
        };
        if request.dry_run {
            return Ok(receipt);
        }
        let draft = Draft {
            chapter,
            kind,
            schema: SCHEMA,
            references: document.references.iter().filter_map(reference).collect(),
            bytes: document.body.into(),
            claimed_at_ms: now_ms(),
        };
        let published = self.submit(draft).await?;
        receipt.id = Some(published.record.to_string());
        receipt.sequence = Some(published.sequence);
        Ok(receipt)
    }

    fn chapter_of(&self, request: &PublishRequest, document: &Document) -> Result<ChapterName, Problem> {
        let named = request.chapter.as_ref().or(document.chapter.as_ref());
        let name = named.unwrap_or(&self.0.settings.default_chapter);
        let chapter: ChapterName = name
            .parse()
            .map_err(|error| bad_request(&format!("chapter: {error}")))?;
        if chapter.is_alliance() {
            let detail = "the chapter 'alliance' carries the alliance's own records only. Choose another";
            return Err(problem(422, "wrong_chapter", "Not a chapter for documents", detail));
        }
        Ok(chapter)
    }
}

/// The record that a notice removes.
fn removed_by(document: &Document) -> Option<RecordId> {
    let mut links = document.references.iter().filter_map(reference);
    links.find(|link| link.role == Role::REDACTS).map(|link| link.record)
}

fn read(request: &PublishRequest) -> Result<Document, Problem> {
    let read = match request.format {
        DocumentFormat::Markdown => schema::read_markdown(&request.document),
        DocumentFormat::Json => schema::read_json(&request.document),
    };
    read.map_err(|findings| {
        let detail = "nothing was published. Each finding names its place and the remedy";
        let mut problem = problem(422, "findings", "The document has errors", detail);
        problem.findings = findings.into_iter().map(finding).collect();
        problem
    })
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

fn reference((role, record): &(String, [u8; 32])) -> Option<Reference> {
    Some(Reference {
        role: Role::from_name(role)?,
        record: RecordId(*record),
    })
}

fn completeness(document: &Document) -> String {
    let completeness = schema::completeness(document.kind, &document.body);
    if completeness.standard.is_empty() {
        return String::new();
    }
    format!("{} {}/{}", completeness.standard, completeness.filled, completeness.of)
}
