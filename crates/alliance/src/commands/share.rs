//! `alliance share`: publish a document, check it, or begin one.

use std::path::Path;

use alliance_api::{ClientError, PublishReceipt, PublishRequest};
use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings::findings;
use crate::given::{self, NoText};
use crate::output::colour_on_stderr;
use crate::{document, text};

/// Bytes of a document: what the HTTP interface takes, less its wrapping.
const DOCUMENT_BYTES_MAX: u64 = 200_000;

/// Options of `share`.
#[derive(Debug, Args)]
pub(crate) struct ShareArgs {
    /// Markdown with front matter, or JSON; - reads standard input
    #[arg(
        value_name = "FILE",
        required_unless_present = "template",
        conflicts_with = "template"
    )]
    file: Option<String>,
    /// The chapter to publish in, instead of the document's own
    #[arg(long, value_name = "CHAPTER", conflicts_with = "template")]
    chapter: Option<String>,
    /// Check the document, and publish nothing; needs no running node
    #[arg(long, conflicts_with = "template")]
    dry_run: bool,
    /// Print a template to begin with: practice, lesson, adoption, measure, resource, …
    #[arg(long, value_name = "KIND")]
    template: Option<String>,
}

/// A template, for programs.
#[derive(Serialize)]
struct Template<'a> {
    kind: &'a str,
    template: &'a str,
}

pub(super) async fn perform(context: &Context, args: ShareArgs) -> Result<Exit, Failure> {
    if let Some(kind) = &args.template {
        let template = document::template(kind)?;
        let answer = Template {
            kind,
            template: &template,
        };
        context.output.answer(&answer, |_| template.clone())?;
        return Ok(Exit::Done);
    }
    let name = args.file.unwrap_or_default();
    let text = read(&name)?;
    let request = PublishRequest {
        format: document::format((name != "-").then_some(Path::new(&name)), &text),
        document: text,
        chapter: args.chapter,
        dry_run: args.dry_run,
    };
    let shown_name = if name == "-" { "<stdin>" } else { &name };
    let receipt = publish(context, &request)
        .await
        .map_err(|failure| failure.about(shown_name))?;
    tell(context, shown_name, &receipt)
}

/// Asks the node; a check alone is done here when no node runs.
async fn publish(context: &Context, request: &PublishRequest) -> Result<PublishReceipt, Failure> {
    match context.client()?.publish(request).await {
        Ok(receipt) => Ok(receipt),
        Err(ClientError::NotRunning { .. }) if request.dry_run => {
            document::check(request.format, &request.document, request.chapter.as_deref())
        }
        Err(error) => Err(context.refused(error)),
    }
}

fn tell(context: &Context, name: &str, receipt: &PublishReceipt) -> Result<Exit, Failure> {
    let warnings = findings(name, &receipt.findings, colour_on_stderr());
    if !warnings.is_empty() {
        context.output.note(warnings.trim_end());
    }
    if !receipt.completeness.is_empty() {
        context
            .output
            .note(&format!("{} filled", text::plain(&receipt.completeness)));
    }
    context.output.answer(receipt, |_| match &receipt.id {
        Some(id) => format!("{id}\n"),
        None => String::new(),
    })?;
    let chapter = if receipt.chapter.is_empty() {
        "the node's default chapter"
    } else {
        &receipt.chapter
    };
    match &receipt.id {
        Some(_) => context
            .output
            .note(&format!("published a {} in {chapter}", receipt.kind)),
        None => context
            .output
            .note(&format!("{name} can be published as a {} in {chapter}", receipt.kind)),
    }
    Ok(Exit::Done)
}

fn read(name: &str) -> Result<String, Failure> {
    given::text(Path::new(name), DOCUMENT_BYTES_MAX).map_err(|error| match error {
        NoText::TooLarge(bytes) => Failure::usage(
            "document_too_large",
            format!("The document '{name}' is larger than {bytes} bytes"),
            "attach long material as a resource, and link to it",
        ),
        NoText::Unreadable(error) => Failure::usage(
            "document_unreadable",
            format!("The document '{name}' cannot be read: {error}"),
            "begin one with: alliance share --template practice > practice.md",
        ),
    })
}
