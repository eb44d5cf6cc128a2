//! `alliance export records`: records in a format of a researcher's tools.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use alliance_api::ExportQuery;
use clap::Args;
use serde::Serialize;

use super::list::Filters;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// Options of `export records`.
#[derive(Debug, Args)]
pub(crate) struct RecordsArgs {
    /// ndjson, csv, jsonld, bib, ris, csl, cff or text; of measures measure_points and meta_pre_post
    #[arg(long, value_name = "FORMAT", default_value = "ndjson")]
    format: String,
    /// The file to write; must not exist [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write texts of tables that begin as formulas as they are: for programs, not for spreadsheets
    #[arg(long)]
    raw: bool,
    #[command(flatten)]
    filters: Filters,
}

/// What was written, for programs.
#[derive(Debug, Serialize)]
struct Written<'a> {
    file: &'a Path,
    bytes: u64,
}

pub(super) async fn records(context: &Context, args: RecordsArgs) -> Result<Exit, Failure> {
    let query = ExportQuery {
        cells: args.raw.then(|| "raw".to_owned()),
        ..args.filters.into_query()
    };
    let client = context.client()?;
    let Some(file) = &args.out else {
        copy(context, &client, (&args.format, &query), &mut io::stdout().lock()).await?;
        return Ok(Exit::Done);
    };
    if file.exists() {
        let title = format!("{} exists already", file.display());
        return Err(Failure::usage(
            "file_exists",
            title,
            "name another file, or remove this one",
        ));
    }
    let unwritable = |error: io::Error| {
        Failure::local(
            "file_unwritable",
            format!("{} cannot be written", file.display()),
            error.to_string(),
        )
    };
    let folder = file
        .parent()
        .filter(|folder| *folder != Path::new(""))
        .unwrap_or(Path::new("."));
    // A name of its own until it is whole: half an export is never taken for one.
    let mut part = tempfile::Builder::new()
        .prefix(".alliance-export-")
        .tempfile_in(folder)
        .map_err(unwritable)?;
    let bytes = copy(context, &client, (&args.format, &query), &mut part).await?;
    part.as_file().sync_all().map_err(unwritable)?;
    part.persist_noclobber(file).map_err(|error| unwritable(error.error))?;
    context
        .output
        .answer(&Written { file, bytes }, |_| format!("{}\n", file.display()))?;
    Ok(Exit::Done)
}

/// Writes an export as it comes; how many bytes it had.
async fn copy(
    context: &Context,
    client: &alliance_api::Client,
    (format, query): (&str, &ExportQuery),
    out: &mut impl Write,
) -> Result<u64, Failure> {
    let asked = client.export(format, query).await;
    let mut download = asked.map_err(|error| context.refused(error))?;
    let mut bytes = 0;
    while let Some(piece) = download.next().await.map_err(|error| context.refused(error))? {
        bytes += piece.len() as u64;
        match out.write_all(&piece) {
            // A reader that has seen enough, as `head`, is no failure.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(bytes),
            written => {
                written.map_err(|error| Failure::local("stdout", "The export cannot be written", error.to_string()))?
            }
        }
    }
    Ok(bytes)
}
