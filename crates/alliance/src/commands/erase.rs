//! `alliance erase` and `alliance removal`: a record's text destroyed everywhere, and who confirms it.

use alliance_api::{Confirmation, RemovalView, RemoveRequest};
use clap::Args;

use crate::calendar::today;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::plain;

/// Which record, and why.
#[derive(Debug, Args)]
pub(crate) struct EraseArgs {
    /// The record's id, or a unique beginning of it
    #[arg(value_name = "RECORD")]
    record: String,
    /// Why: privacy, error_in_data, copyright, no_authority_to_publish, or another code of the list notice_reason. Everybody
    /// reads it
    #[arg(long, value_name = "CODE")]
    reason: String,
}

/// Which record, and how it is told.
#[derive(Debug, Args)]
pub(crate) struct RemovalArgs {
    /// The record's id, or a unique beginning of it
    #[arg(value_name = "RECORD")]
    record: String,
    /// Write it as a page to print and file, in Markdown
    #[arg(long)]
    certificate: bool,
}

/// Which record.
#[derive(Debug, Args)]
pub(crate) struct QuarantineArgs {
    /// The record's id, or a unique beginning of it
    #[arg(value_name = "RECORD")]
    record: String,
    /// Show it again
    #[arg(long)]
    lift: bool,
}

pub(super) async fn erase(context: &Context, args: EraseArgs) -> Result<Exit, Failure> {
    let request = RemoveRequest { reason: args.reason };
    let asked = context.client()?.remove(&args.record, &request).await;
    let receipt = asked.map_err(|error| context.refused(error))?;
    let id = receipt.id.clone().unwrap_or_default();
    context.output.answer(&receipt, |_| format!("{id}\n"))?;
    context.output.note(&format!(
        "removed: its text is destroyed here, and on every node that hears of it. A copy that somebody exported cannot be \
         recalled. Who confirms it: alliance removal {}",
        args.record
    ));
    Ok(Exit::Done)
}

pub(super) async fn removal(context: &Context, args: &RemovalArgs) -> Result<Exit, Failure> {
    let asked = context.client()?.removal(&args.record).await;
    let removal = asked.map_err(|error| context.refused(error))?;
    let written = if args.certificate { certificate } else { page };
    context.output.answer(&removal, |_| written(&removal))?;
    Ok(Exit::Done)
}

pub(super) async fn quarantine(context: &Context, args: &QuarantineArgs) -> Result<Exit, Failure> {
    let client = context.client()?;
    let asked = match args.lift {
        true => client.lift_quarantine(&args.record).await,
        false => client.quarantine(&args.record).await,
    };
    let view = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&view, |_| format!("{}\n", view.record))?;
    context.output.note(match view.quarantined {
        true => {
            "put aside: this node shows its text to nobody. Other nodes do, until it is removed: alliance leak RECORD"
        }
        false => "this node shows it again",
    });
    Ok(Exit::Done)
}

/// A page to print: what is known here of a removal, and what is not.
fn certificate(removal: &RemovalView) -> String {
    let rows = |nodes: &[Confirmation]| -> String {
        let row = |node: &Confirmation| format!("| {} | `{}` |\n", plain(&node.organisation.name), node.node);
        nodes.iter().map(row).collect()
    };
    format!(
        "# Removal of record {record}\n\n\
         Of: {of}  \nChapter: {chapter}  \nRemoved by {by} `{id}`  \nAs known on: {today}\n\n\
         ## Nodes that signed that they hold nothing of its text any more ({confirmed})\n\n\
         | organisation | node |\n|---|---|\n{rows}\n\
         ## Nodes that have not said so ({silent})\n\n\
         | organisation | node |\n|---|---|\n{others}\n\
         A copy that somebody exported before cannot be recalled.\n",
        record = removal.record,
        of = plain(&removal.organisation.name),
        chapter = plain(&removal.chapter),
        by = plain(&removal.removed.by),
        id = removal.removed.id,
        today = today(),
        confirmed = removal.confirmed.len(),
        silent = removal.silent.len(),
        rows = rows(&removal.confirmed),
        others = rows(&removal.silent),
    )
}

fn page(removal: &RemovalView) -> String {
    let mut lines = vec![
        format!("record      {}", removal.record),
        format!("of          {}", plain(&removal.organisation.name)),
        format!("chapter     {}", plain(&removal.chapter)),
        format!("removed by  {} {}", plain(&removal.removed.by), removal.removed.id),
    ];
    lines.extend(nodes("confirmed", &removal.confirmed));
    lines.extend(nodes("silent", &removal.silent));
    lines.join("\n") + "\n"
}

fn nodes<'a>(heading: &'a str, nodes: &'a [Confirmation]) -> impl Iterator<Item = String> + 'a {
    let count = std::iter::once(format!("{heading:<11} {}", nodes.len()));
    let each = nodes.iter().map(|node| {
        let start = node.node.get(..16).unwrap_or(&node.node);
        format!("            {start}  {}", plain(&node.organisation.name))
    });
    count.chain(each)
}
