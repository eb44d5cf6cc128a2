//! A document in the gate: all that is found in it, and whether it may go on.

use alliance_api::{DocumentFormat, Finding, Problem, PublishReceipt, PublishRequest};
use alliance_disclosure::numbers::Published;
use alliance_record::schema::{self, Document, Kind};

use super::{Waiting, asked, read, series, texts};
use crate::handle::problem::{finding, problem};
use crate::settings::Settings;

/// What this node holds beside a document.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// What was published of the same series before.
    pub(crate) series: Published,
    /// What is to be said of the records that it names.
    pub(crate) records: Vec<Finding>,
}

/// A document that nothing stops, and what was found in it.
#[derive(Debug)]
pub(crate) struct Examined {
    pub(crate) document: Document,
    pub(crate) findings: Vec<Finding>,
    /// The text that the document was read from, and how it is written: the author's, or the protected one.
    pub(crate) text: String,
    pub(crate) format: DocumentFormat,
    /// Whether it is the protected one.
    pub(crate) is_protected: bool,
}

/// Looks at a document that was read from the request, beside what this node holds.
///
/// # Errors
/// `findings`, `personal_details`: what stops it. `not_a_measure` when something else is to be protected.
pub(crate) fn examine(request: &PublishRequest, document: Document, beside: &Beside) -> Result<Examined, Problem> {
    let mut examined = if request.protect {
        protected(&document, &beside.series)?
    } else {
        Examined {
            document,
            findings: Vec::new(),
            text: request.document.clone(),
            format: request.format,
            is_protected: false,
        }
    };
    let records = beside.records.iter().cloned();
    let records: Vec<_> = records.map(|found| placed(&examined.document, found)).collect();
    examined.findings.extend(records);
    let words = examined.look(&beside.series);
    asked::override_all(&request.overrides, &words, &mut examined.findings);
    match asked::stopped(&examined.findings) {
        Some(problem) => Err(problem),
        None => Ok(examined),
    }
}

/// With the line of what it is about.
fn placed(document: &Document, mut finding: Finding) -> Finding {
    let at = document.position(&finding.place);
    finding.line = at.map(|(line, _)| line);
    finding.column = at.map(|(_, column)| column);
    finding
}

/// The protected form of a measure.
fn protected(document: &Document, published: &Published) -> Result<Examined, Problem> {
    if document.kind != Kind::MEASURE {
        let detail = "only the series of a measure is protected; leave --protect out";
        return Err(problem(422, "not_a_measure", "There is no series in it", detail));
    }
    let (body, findings) = series::protect(&document.body, published).map_err(|findings| {
        let detail = "nothing was published. Each finding names its place and the remedy";
        let mut told = problem(422, "not_protectable", "The series cannot be protected", detail);
        told.findings = findings.into_iter().map(|found| placed(document, found)).collect();
        told
    })?;
    let unwritable = |error: schema::DecodeError| {
        problem(
            500,
            "unwritable",
            "The protected series cannot be written",
            &error.to_string(),
        )
    };
    let mut text = schema::to_markdown(document.kind, &body).map_err(unwritable)?;
    if let Some(chapter) = &document.chapter {
        text = text.replacen("kind: measure\n", &format!("kind: measure\nchapter: {chapter}\n"), 1);
    }
    let format = DocumentFormat::Markdown;
    // They speak of the values that the author's file holds.
    let findings = findings.into_iter().map(|found| placed(document, found)).collect();
    Ok(Examined {
        document: read(format, &text)?,
        findings,
        text,
        format,
        is_protected: true,
    })
}

impl Examined {
    /// Looks for everything; the words that looked like personal details.
    fn look(&mut self, published: &Published) -> Vec<String> {
        let document = &self.document;
        self.findings.extend(document.warnings.iter().cloned().map(finding));
        let found = texts::find(document, &self.text);
        self.findings.extend(found.findings);
        if document.kind == Kind::MEASURE {
            let found = series::check(&document.body, published);
            self.findings
                .extend(found.into_iter().map(|found| placed(document, found)));
        }
        found.words
    }

    /// Whether its author has said all that is asked.
    ///
    /// # Errors
    /// `warnings`, `not_confirmed`.
    pub(crate) fn said(&self, request: &PublishRequest) -> Result<(), Problem> {
        asked::unsaid(request, &self.findings).map_or(Ok(()), Err)
    }

    /// Codes of the warnings that are in it.
    pub(crate) fn warnings(&self) -> Vec<String> {
        asked::accepted(&self.findings)
    }

    /// What is told of it before anything is kept or signed.
    pub(crate) fn receipt(&self, chapter: String, waiting: Waiting) -> PublishReceipt {
        PublishReceipt {
            id: None,
            kind: self.document.kind.name().into_owned(),
            chapter,
            sequence: None,
            completeness: completeness(&self.document),
            findings: asked::told(&self.findings),
            second_reader: waiting.second_reader,
            cooling_off_minutes: waiting.cooling_off_minutes,
            draft: None,
            protected: self.is_protected.then(|| self.text.clone()),
        }
    }
}

/// Looks through words that are published without being a document, and so without a draft: what blocks stops them.
///
/// # Errors
/// `personal_details`, with the field and what mends it.
pub(crate) fn look_through(place: &str, text: &str) -> Result<(), Problem> {
    asked::stopped(&texts::find_in(place, text)).map_or(Ok(()), Err)
}

/// Checks a document where no node runs: its form and its texts, and a series by itself.
///
/// # Errors
/// What stops it, as a node would say.
pub fn check(request: &PublishRequest) -> Result<PublishReceipt, Problem> {
    let document = read(request.format, &request.document)?;
    let examined = examine(request, document, &Beside::default())?;
    let chapter = request.chapter.clone().or_else(|| examined.document.chapter.clone());
    let waiting = Waiting::of(&Settings::default(), examined.document.kind, request.overrides.len());
    Ok(examined.receipt(chapter.unwrap_or_default(), waiting))
}

fn completeness(document: &Document) -> String {
    let completeness = schema::completeness(document.kind, &document.body);
    let of = match completeness.standard.as_str() {
        "" => "fields",
        standard => standard,
    };
    format!("{of} {}/{}", completeness.filled, completeness.of)
}
