//! `alliance share`: publish a document, check it, or begin one.

mod begin;
mod said;

use std::path::Path;

use alliance_api::{ClientError, PublishReceipt, PublishRequest};
use clap::Args;

use crate::context::Context;
use crate::document;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings::findings;
use crate::given::{self, NoText};
use crate::output::colour_on_stderr;
use crate::text;
use said::SaidArgs;

/// Bytes of a document: what the HTTP interface takes, less its wrapping.
const DOCUMENT_BYTES_MAX: u64 = 200_000;
/// Minutes of an hour.
const HOUR_MINUTES: u32 = 60;

/// Options of `share`.
#[derive(Debug, Args)]
pub(crate) struct ShareArgs {
    /// Markdown with front matter, or JSON; - reads standard input
    #[arg(
        value_name = "FILE",
        required_unless_present_any = ["template", "revise"],
        conflicts_with_all = ["template", "revise"]
    )]
    file: Option<String>,
    /// The chapter to publish in, instead of the document's own
    #[arg(long, value_name = "CHAPTER", conflicts_with_all = ["template", "revise"])]
    chapter: Option<String>,
    /// Check the document, and publish nothing; needs no running node
    #[arg(long, visible_alias = "check", conflicts_with_all = ["template", "revise"])]
    dry_run: bool,
    /// Publish the series of a measure protected: 1 to 7 suppressed, others rounded, zero shown; with --dry-run, print it
    #[arg(long, conflicts_with_all = ["template", "revise"])]
    protect: bool,
    /// Print a template to begin with: practice, lesson, adoption, measure, resource, …
    #[arg(long, value_name = "KIND")]
    template: Option<String>,
    /// With --template: put in the record that it is about, such as the practice that an adoption is of
    #[arg(long, value_name = "ID", requires = "template")]
    about: Option<String>,
    /// Print a record of yours as a document that takes its place, to be changed and shared. When it was edited at two places
    /// at once, the document takes the place of both
    #[arg(long, value_name = "ID", conflicts_with = "template")]
    revise: Option<String>,
    #[command(flatten)]
    said: SaidArgs,
}

pub(super) async fn perform(context: &Context, args: ShareArgs) -> Result<Exit, Failure> {
    if let Some(kind) = &args.template {
        return begin::template(context, kind, args.about.as_deref()).await;
    }
    if let Some(id) = &args.revise {
        return begin::revision(context, id).await;
    }
    let name = args.file.unwrap_or_default();
    let text = read(&name)?;
    let mut request = PublishRequest {
        format: document::format((name != "-").then_some(Path::new(&name)), &text),
        document: text,
        chapter: args.chapter,
        dry_run: args.dry_run,
        protect: args.protect,
        ..PublishRequest::default()
    };
    args.said.put(&mut request);
    let shown_name = if name == "-" { "<stdin>" } else { &name };
    let asked = if request.dry_run {
        Asked::Nothing
    } else {
        ask(context, shown_name, &mut request).await?
    };
    let receipt = publish(context, &request)
        .await
        .map_err(|failure| failure.about(shown_name))?;
    if asked == Asked::Nothing {
        show(context, shown_name, &receipt);
    }
    tell(context, shown_name, &receipt)
}

/// Whether a person was asked, and so has seen what was found.
#[derive(PartialEq)]
enum Asked {
    Nothing,
    All,
}

/// Asks the person at the terminal for what is not said by flags, once nothing stops the document any more.
async fn ask(context: &Context, name: &str, request: &mut PublishRequest) -> Result<Asked, Failure> {
    let Some(mut questions) = said::questions(context, request) else {
        return Ok(Asked::Nothing);
    };
    request.dry_run = true;
    let checked = publish(context, request).await;
    request.dry_run = false;
    let receipt = checked.map_err(|failure| failure.about(name))?;
    show(context, name, &receipt);
    said::ask(&mut questions, request, &receipt)?;
    Ok(Asked::All)
}

/// Asks the node; a check alone is done here when no node runs.
async fn publish(context: &Context, request: &PublishRequest) -> Result<PublishReceipt, Failure> {
    match context.client()?.publish(request).await {
        Ok(receipt) => Ok(receipt),
        Err(ClientError::NotRunning { .. }) if request.dry_run => {
            alliance_node::check_document(request).map_err(Failure::from)
        }
        Err(error) => Err(context.refused(error)),
    }
}

/// What was found, and how complete it is.
fn show(context: &Context, name: &str, receipt: &PublishReceipt) {
    let found = findings(name, &receipt.findings, colour_on_stderr());
    if !found.is_empty() {
        context.output.note(found.trim_end());
    }
    if !receipt.completeness.is_empty() {
        context
            .output
            .note(&format!("{} filled", text::plain(&receipt.completeness)));
    }
}

/// What became of a document.
pub(super) fn tell(context: &Context, name: &str, receipt: &PublishReceipt) -> Result<Exit, Failure> {
    context
        .output
        .answer(receipt, |_| match (&receipt.id, &receipt.draft, &receipt.protected) {
            (Some(id), ..) => format!("{id}\n"),
            (None, Some(draft), _) => format!("draft {}\n", draft.id),
            (None, None, Some(protected)) => protected.clone(),
            (None, None, None) => String::new(),
        })?;
    let chapter = if receipt.chapter.is_empty() {
        "the node's default chapter"
    } else {
        &receipt.chapter
    };
    let kind = &receipt.kind;
    let note = match (&receipt.id, &receipt.draft) {
        (Some(_), _) => format!("published {} in {chapter}", text::with_article(kind)),
        (None, Some(draft)) => waits(context, receipt, &draft.id),
        (None, None) => can_be(receipt, name, chapter),
    };
    context.output.note(&note);
    Ok(Exit::Done)
}

/// What a document would go through.
fn can_be(receipt: &PublishReceipt, name: &str, chapter: &str) -> String {
    let mut note = format!(
        "{name} can be published as {} in {chapter}",
        text::with_article(&receipt.kind)
    );
    if receipt.second_reader {
        note.push_str("\nIt needs a second reader.");
    }
    if receipt.cooling_off_minutes > 0 {
        let span = span(receipt.cooling_off_minutes);
        note.push_str(&format!(
            "\nIt is kept for {span}, in which it can be withdrawn, and published then."
        ));
    }
    note
}

/// What a draft waits for, and what can be done about it.
fn waits(context: &Context, receipt: &PublishReceipt, id: &str) -> String {
    let withdraw = context.command(&format!("drafts withdraw {id}"));
    let awaits_reader = receipt.draft.as_ref().is_some_and(|draft| draft.due_ms.is_none());
    let mut note = format!(
        "kept as a draft of {}; nobody else has it yet",
        text::with_article(&receipt.kind)
    );
    if awaits_reader {
        let approve = context.command(&format!("drafts approve {id} --token-file FILE"));
        note.push_str(&format!(
            "\nIt needs a second reader: somebody else reads it, and approves it with a token of their own.\n  {approve}"
        ));
    }
    let then = if awaits_reader { "From then on it" } else { "It" };
    match receipt.cooling_off_minutes {
        0 => note.push_str("\nThen the node publishes it."),
        minutes => note.push_str(&format!(
            "\n{then} is kept for {}; then the node publishes it. Until then you can take it back:\n  {withdraw}",
            span(minutes)
        )),
    }
    note
}

fn span(minutes: u32) -> String {
    match minutes {
        minutes if minutes % HOUR_MINUTES == 0 => format!("{} hours", minutes / HOUR_MINUTES),
        minutes => format!("{minutes} minutes"),
    }
}

fn read(name: &str) -> Result<String, Failure> {
    given::text(Path::new(name), DOCUMENT_BYTES_MAX).map_err(|error| match error {
        NoText::TooLarge(bytes) => Failure::usage(
            "document_too_large",
            format!("The document '{name}' is larger than {bytes} bytes"),
            "publish long material where others can fetch it, and link to it",
        ),
        NoText::NotUtf8 => Failure::usage(
            "document_not_utf8",
            format!("The document '{name}' is not written in UTF-8"),
            "save it again in that encoding: in most editors under Save As, Encoding",
        ),
        NoText::Unreadable(error) => Failure::usage(
            "document_unreadable",
            format!("The document '{name}' cannot be read: {error}"),
            "begin one with: alliance share --template practice > practice.md",
        ),
    })
}
