//! `alliance export records`: records in a format of a researcher's tools.

use std::io;
use std::path::{Path, PathBuf};

use alliance_api::ExportQuery;
use clap::Args;
use serde::Serialize;

use super::download::{check_new, copy, to_file};
use super::list::Filters;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// Options of `export records`.
#[derive(Debug, Args)]
pub(crate) struct RecordsArgs {
    /// ndjson, csv, jsonld, bib, ris, csl, cff or text; of measures measure_points and meta_pre_post; practices.parquet, lessons.parquet
    /// and so on, a table as Parquet; records.sqlite, all tables as a database
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
    if let Some(file) = &args.out {
        check_new(file)?;
    }
    let asked = context.client()?.export(&args.format, &query).await;
    let download = asked.map_err(|error| context.refused(error))?;
    let Some(file) = &args.out else {
        copy(context, download, &mut io::stdout().lock()).await?;
        return Ok(Exit::Done);
    };
    let bytes = to_file(context, download, file).await?;
    context
        .output
        .answer(&Written { file, bytes }, |_| format!("{}\n", file.display()))?;
    Ok(Exit::Done)
}
