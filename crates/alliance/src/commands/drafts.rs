//! `alliance drafts`: what waits to be published; show, approve, publish and withdraw it.

use alliance_api::{DraftState, DraftView, PublishReceipt};
use clap::{Args, Subcommand};

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::findings::findings;
use crate::output::{Screen, colour_on_stderr};
use crate::table::Table;
use crate::text::plain;

/// Options of `drafts`.
#[derive(Debug, Args)]
pub(crate) struct DraftsArgs {
    #[command(subcommand)]
    command: Option<DraftsCommand>,
}

/// What to do with a draft.
#[derive(Debug, Subcommand)]
pub(crate) enum DraftsCommand {
    /// List the drafts that wait, with what is missing
    List,
    /// Print a draft, and what is found in it
    Show(DraftArgs),
    /// Approve a draft as its second reader, with a token of your own (--token-file)
    Approve(DraftArgs),
    /// Publish a draft for which nothing is missing any more
    Publish(DraftArgs),
    /// Take a draft back before it is published; its text is printed
    Withdraw(DraftArgs),
}

/// Which draft.
#[derive(Debug, Args)]
pub(crate) struct DraftArgs {
    /// Its id, or the beginning of it
    #[arg(value_name = "ID")]
    id: String,
}

pub(super) async fn perform(context: &Context, args: DraftsArgs) -> Result<Exit, Failure> {
    match args.command.unwrap_or(DraftsCommand::List) {
        DraftsCommand::List => list(context).await,
        DraftsCommand::Show(draft) => show(context, &draft.id).await,
        DraftsCommand::Approve(draft) => approve(context, &draft.id).await,
        DraftsCommand::Publish(draft) => {
            let asked = context.client()?.publish_draft(&draft.id).await;
            done(context, &asked.map_err(|error| context.refused(error))?)
        }
        DraftsCommand::Withdraw(draft) => withdraw(context, &draft.id).await,
    }
}

async fn list(context: &Context) -> Result<Exit, Failure> {
    let asked = context.client()?.drafts().await;
    let drafts = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&drafts, |screen| table(&drafts, screen))?;
    if drafts.is_empty() {
        context.output.note("No draft waits here.");
    }
    Ok(Exit::Done)
}

fn table(drafts: &[DraftView], screen: Screen) -> String {
    if drafts.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["ID", "STATE", "KIND", "CHAPTER", "MISSING", "TITLE"]);
    for draft in drafts {
        table.push(vec![
            draft.id.clone(),
            state(draft.state).to_owned(),
            draft.kind.clone(),
            draft.chapter.clone(),
            draft.missing.join("; "),
            draft.title.clone(),
        ]);
    }
    table.render(screen)
}

const fn state(state: DraftState) -> &'static str {
    match state {
        DraftState::SecondReader => "second reader",
        DraftState::CoolingOff => "cooling off",
        DraftState::Due => "due",
        DraftState::HeldUp => "held up",
    }
}

async fn show(context: &Context, id: &str) -> Result<Exit, Failure> {
    let asked = context.client()?.draft(id).await;
    let draft = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&draft, |_| document(&draft))?;
    let found = findings(&format!("draft {}", draft.id), &draft.findings, colour_on_stderr());
    if !found.is_empty() {
        context.output.note(found.trim_end());
    }
    for one in &draft.overrides {
        let place = one
            .place
            .as_ref()
            .map(|place| format!(" in {place}"))
            .unwrap_or_default();
        context.output.note(&plain(&format!(
            "{}{place} may stand, its author says: {}",
            one.code, one.reason
        )));
    }
    if let Some(label) = &draft.approved_by {
        context.output.note(&format!("approved by {}", plain(label)));
    }
    let (kind, chapter) = (&draft.kind, &draft.chapter);
    context.output.note(&match draft.missing.join("; ") {
        missing if missing.is_empty() => format!("{}: a {kind} for {chapter}; nothing is missing", draft.id),
        missing => format!("{}: a {kind} for {chapter}; missing: {}", draft.id, plain(&missing)),
    });
    Ok(Exit::Done)
}

fn document(draft: &DraftView) -> String {
    let text = draft.document.clone().unwrap_or_default();
    if text.ends_with('\n') { text } else { text + "\n" }
}

/// The token comes from a file that is named: the one in the data directory is the author's.
async fn approve(context: &Context, id: &str) -> Result<Exit, Failure> {
    let token = context.own_token()?;
    let asked = context.client()?.approve_draft(id, &token).await;
    done(context, &asked.map_err(|error| context.refused(error))?)
}

fn done(context: &Context, receipt: &PublishReceipt) -> Result<Exit, Failure> {
    super::share::tell(context, "the draft", receipt)
}

async fn withdraw(context: &Context, id: &str) -> Result<Exit, Failure> {
    let asked = context.client()?.withdraw_draft(id).await;
    let draft = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&draft, |_| document(&draft))?;
    context
        .output
        .note(&format!("withdrawn {}: nobody else ever had it", draft.id));
    Ok(Exit::Done)
}
