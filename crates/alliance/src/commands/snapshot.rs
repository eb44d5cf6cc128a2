//! `alliance snapshot`: records as they stand now, under a name that others can make again.

use std::path::{Path, PathBuf};

use alliance_api::{DoiRequest, SnapshotRequest, SnapshotSummary, SnapshotView};
use alliance_snapshot::Manifest;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::download::{check_new, to_file};
use super::list::Filters;
use crate::calendar::day_of;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Screen;
use crate::table::Table;
use crate::text::plain;

/// Characters of an identifier that a terminal shows.
const ID_CHARS: usize = 21;

/// Options of `snapshot`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct SnapshotArgs {
    #[command(subcommand)]
    command: Option<SnapshotCommand>,
    /// What people are to call it [default: Records of ALLIANCE]
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Write its bundle to this file, a ZIP file; must not exist
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    filters: Filters,
}

/// What to do with snapshots that were made.
#[derive(Debug, Subcommand)]
pub(crate) enum SnapshotCommand {
    /// List the snapshots that this node knows, newest first
    List,
    /// Show one, with what was withdrawn since
    Show {
        /// Its identifier, or a unique beginning of it
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Write the bundle of one, made anew
    Bundle {
        /// Its identifier, or a unique beginning of it
        #[arg(value_name = "ID")]
        id: String,
        /// The file to write, a ZIP file; must not exist
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Take in one that was made elsewhere, by the snapshot.json of its bundle
    Take {
        /// The file snapshot.json
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Delete one that this node keeps; its identifier says so from then on
    Delete {
        /// Its identifier, or a unique beginning of it
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Note the DOI that you had registered for one
    Doi {
        /// Its identifier, or a unique beginning of it
        #[arg(value_name = "ID")]
        id: String,
        /// The DOI, as 10.1234/abc
        #[arg(value_name = "DOI")]
        doi: String,
    },
}

/// A snapshot that was made, for programs.
#[derive(Debug, Serialize)]
struct Made<'a> {
    #[serde(flatten)]
    view: &'a SnapshotView,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a Path>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
}

pub(super) async fn perform(context: &Context, args: SnapshotArgs) -> Result<Exit, Failure> {
    match args.command {
        None => make(context, args).await,
        Some(SnapshotCommand::List) => list(context).await,
        Some(SnapshotCommand::Show { id }) => show(context, &id).await,
        Some(SnapshotCommand::Bundle { id, out }) => bundle(context, &id, &out).await,
        Some(SnapshotCommand::Delete { id }) => delete(context, &id).await,
        Some(SnapshotCommand::Take { file }) => take(context, &file).await,
        Some(SnapshotCommand::Doi { id, doi }) => set_doi(context, &id, doi).await,
    }
}

async fn make(context: &Context, args: SnapshotArgs) -> Result<Exit, Failure> {
    if let Some(file) = &args.out {
        check_new(file)?;
    }
    let client = context.client()?;
    let request = SnapshotRequest {
        filter: args.filters.into_query(),
        title: args.title.clone(),
    };
    let made = client.make_snapshot(&request).await;
    let view = made.map_err(|error| context.refused(error))?;
    let mut bytes = None;
    if let Some(file) = &args.out {
        let download = client.snapshot_bundle(&view.summary.id).await;
        let download = download.map_err(|error| context.refused(error))?;
        bytes = Some(to_file(context, download, file).await?);
    }
    let made = Made {
        view: &view,
        file: args.out.as_deref(),
        bytes,
    };
    context.output.answer(&made, |_| format!("{}\n", view.summary.id))?;
    let SnapshotSummary { records, .. } = view.summary;
    context
        .output
        .note(&format!("{records} records, at the heads of {} logs", view.heads));
    if args.title.is_some_and(|title| title.trim() != view.summary.title) {
        context.output.note(&format!(
            "This node keeps it already, under the title \"{}\". To give it another one, delete it first: {}",
            plain(&view.summary.title),
            context.command(&format!("snapshot delete {}", view.summary.id))
        ));
    }
    if let Some(file) = &args.out {
        let verify = format!("alliance verify {} --alliance {}", file.display(), view.alliance);
        context
            .output
            .note(&format!("Whoever gets the file verifies it with: {verify}"));
    }
    Ok(Exit::Done)
}

async fn list(context: &Context) -> Result<Exit, Failure> {
    let asked = context.client()?.snapshots().await;
    let all = asked.map_err(|error| context.refused(error))?;
    context.output.answer(&all, |screen| table(&all, screen))?;
    if all.is_empty() {
        context
            .output
            .note("No snapshot was made here yet: `alliance snapshot` makes one.");
    }
    Ok(Exit::Done)
}

fn table(all: &[SnapshotSummary], screen: Screen) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["ID", "DAY", "RECORDS", "DOI", "TITLE"]);
    for one in all {
        table.push(vec![
            match screen.columns {
                Some(_) => one.id.chars().take(ID_CHARS).collect(),
                None => one.id.clone(),
            },
            day_of(one.made_at_ms),
            one.records.to_string(),
            one.doi.clone().unwrap_or_default(),
            one.title.clone(),
        ]);
    }
    table.render(screen)
}

async fn show(context: &Context, id: &str) -> Result<Exit, Failure> {
    let asked = context.client()?.snapshot(id).await;
    tell(context, &asked.map_err(|error| context.refused(error))?)
}

fn tell(context: &Context, view: &SnapshotView) -> Result<Exit, Failure> {
    context.output.answer(view, |_| page(view))?;
    Ok(Exit::Done)
}

fn page(view: &SnapshotView) -> String {
    let SnapshotSummary {
        id,
        title,
        filter,
        records,
        made_at_ms,
        doi,
    } = &view.summary;
    let asked = if filter.is_empty() {
        "everything"
    } else {
        filter.as_str()
    };
    let mut lines = vec![
        format!("snapshot   {}", plain(id)),
        format!("title      {}", plain(title)),
        format!("alliance   {}", plain(&view.alliance)),
        format!("asked for  {}", plain(asked)),
        format!("records    {records}, at the heads of {} logs", view.heads),
        format!("chapters   {}", plain(&view.chapters.join(", "))),
        format!("day        {}", day_of(*made_at_ms)),
    ];
    lines.extend(doi.iter().map(|doi| format!("doi        {}", plain(doi))));
    if view.withdrawn.is_empty() {
        lines.push("withdrawn  nothing since".to_owned());
    }
    for withdrawn in &view.withdrawn {
        lines.push(format!(
            "withdrawn  {} {} by {}",
            plain(&withdrawn.record),
            plain(&withdrawn.state),
            plain(&withdrawn.by.join(", "))
        ));
    }
    lines.push(match &view.unavailable {
        None => "bundle     can be made here".to_owned(),
        Some(why) => format!(
            "bundle     cannot be made here ({}): {}",
            plain(&why.code),
            plain(&why.detail)
        ),
    });
    lines.join("\n") + "\n"
}

/// What was written, for programs.
#[derive(Debug, Serialize)]
struct Written<'a> {
    id: &'a str,
    file: &'a Path,
    bytes: u64,
}

async fn bundle(context: &Context, id: &str, file: &Path) -> Result<Exit, Failure> {
    check_new(file)?;
    let download = context.client()?.snapshot_bundle(id).await;
    let bytes = to_file(context, download.map_err(|error| context.refused(error))?, file).await?;
    let written = Written { id, file, bytes };
    context.output.answer(&written, |_| format!("{}\n", file.display()))?;
    Ok(Exit::Done)
}

async fn take(context: &Context, file: &Path) -> Result<Exit, Failure> {
    let text = std::fs::read(file).map_err(|error| {
        let title = format!("{} cannot be read", file.display());
        Failure::local("file_unreadable", title, error.to_string()).mend("name the snapshot.json of a bundle")
    })?;
    let manifest = Manifest::from_json(&text).map_err(|error| {
        let title = format!("{} is no manifest of a snapshot", file.display());
        Failure::local("not_a_snapshot", title, error.to_string()).mend("name the snapshot.json of a bundle, as it is")
    })?;
    let id = manifest.identifier().to_string();
    let taken = context.client()?.take_snapshot(&id, text).await;
    tell(context, &taken.map_err(|error| context.refused(error))?)
}

async fn delete(context: &Context, id: &str) -> Result<Exit, Failure> {
    let deleted = context.client()?.delete_snapshot(id).await;
    let deleted = deleted.map_err(|error| context.refused(error))?;
    context
        .output
        .answer(&deleted, |_| format!("{}\n", plain(&deleted.id)))?;
    context.output.note(
        "It is kept here no more. To take it in again: `alliance snapshot take` with the snapshot.json of its bundle.",
    );
    Ok(Exit::Done)
}

async fn set_doi(context: &Context, id: &str, doi: String) -> Result<Exit, Failure> {
    let noted = context.client()?.set_doi(id, &DoiRequest { doi }).await;
    tell(context, &noted.map_err(|error| context.refused(error))?)
}
