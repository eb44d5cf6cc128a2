//! Documents as authors write them, and their publishing.

use alliance_api::{Confirmations, DocumentFormat, Problem, PublishReceipt, PublishRequest};
use alliance_node::Handle;

/// What is done, in the shortest practice.
const DONE: &str = "Thanks, news, what might be hard today, requests and offers, something to look forward to.";
/// A line of a longer practice: about two bytes a letter, so that a text within its limit of letters is large.
const LINE: &str = "Κάθε πρωί ασθενείς και προσωπικό συναντιούνται για είκοσι λεπτά και σχεδιάζουν μαζί τη μέρα.\n";
/// Lines of a section: the limit is 5,000 letters.
const SECTION_LINES_MAX: usize = 50;
/// What a longer practice tells of beside what is done.
const SECTIONS: [&str; 8] = [
    "What is needed",
    "Who delivers it",
    "Results",
    "Limitations",
    "Harms watched for",
    "What changed along the way",
    "How you check that it is done as meant",
    "How closely it was done as meant",
];

/// A practice as an author would write it.
#[must_use]
pub fn practice(title: &str) -> String {
    format!(
        "---\nkind: practice\ntitle: {title}\nlang: en-GB\nlicence: CC-BY-4.0\nscope: public\n\
         settings: [inpatient.acute_adult]\ncoproduction:\n  level: codesigned\n  note: Written with former patients.\n\
         evidence_stage: \"1\"\neffect: too_early\nstatus: in_use\n---\n\n\
         ## Summary\n\nEvery weekday patients and staff meet for twenty minutes and plan the day.\n\n\
         ## Problem\n\nMost restraints followed news that surprised people on the ward.\n\n\
         ## Why it should work\n\nIf likely bad news is known early, staff can offer company and prepare for it.\n\n\
         ## What is done\n\n{DONE}\n"
    )
}

/// A practice of about so many bytes, 65,000 at most.
#[must_use]
pub fn long_practice(title: &str, bytes: usize) -> String {
    let mut document = practice(title);
    for section in SECTIONS {
        let lines = bytes.saturating_sub(document.len()) / LINE.len();
        let lines = LINE.repeat(lines.min(SECTION_LINES_MAX));
        if !lines.is_empty() {
            document.push_str(&format!("\n## {section}\n\n{lines}"));
        }
    }
    document
}

/// Publishes a practice.
///
/// # Panics
/// When it is not taken.
pub async fn share(handle: &Handle, title: &str, chapter: &str) -> PublishReceipt {
    let receipt = share_document(handle, practice(title), chapter).await;
    receipt.expect("the practice is published")
}

/// Publishes a document in Markdown.
///
/// # Errors
/// As [`Handle::publish`].
pub async fn share_document(handle: &Handle, document: String, chapter: &str) -> Result<PublishReceipt, Problem> {
    let request = PublishRequest {
        format: DocumentFormat::Markdown,
        document,
        chapter: Some(chapter.to_owned()),
        confirmations: Confirmations::all(),
        ..PublishRequest::default()
    };
    handle.publish(request).await
}
