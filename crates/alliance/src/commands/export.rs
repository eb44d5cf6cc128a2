//! `alliance export records`: records in a format of a researcher's tools.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use alliance_api::ExportQuery;
use alliance_record::schema::{Kind, kinds};
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
    if let Some((kind, asked)) = other_kind(&args.format, &query) {
        context.output.note(&format!(
            "warning: {} has rows of kind {kind} alone, and kind {asked} is asked for: it has columns and no rows",
            args.format
        ));
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

/// The kind whose records alone a table has rows of, and the other one that is asked for. A filter that says more of kinds than one
/// condition is left to the node.
fn other_kind<'q>(format: &str, query: &'q ExportQuery) -> Option<(Cow<'static, str>, &'q str)> {
    let kind = kind_of(format)?;
    let words = || query.filter.iter().flat_map(|filter| filter.split_whitespace());
    let is_plain =
        !words().any(|word| ["or", "|"].contains(&word.to_lowercase().as_str()) || word.contains(['(', ')']));
    let mut named = words().filter_map(|word| word.strip_prefix("kind:"));
    let filtered = named.next().filter(|_| is_plain && named.next().is_none());
    let mut asked = query.kind.as_deref().into_iter().chain(filtered);
    asked
        .find(|asked| *asked != kind && kinds().any(|info| info.kind.name() == *asked))
        .map(|asked| (kind, asked))
}

fn kind_of(format: &str) -> Option<Cow<'static, str>> {
    let table = format.strip_prefix("parquet:").unwrap_or(format);
    let table = table.strip_suffix(".parquet").unwrap_or(table);
    if ["measure_points", "meta_pre_post"].contains(&table) {
        return Some(Kind::MEASURE.name());
    }
    let mut names = kinds().map(|info| info.kind.name());
    names.find(|name| table.strip_suffix('s') == Some(name.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_one_kind_say_when_another_is_asked_for() {
        let told = |format: &str, kind: Option<&str>, filter: Option<&str>| {
            let query = ExportQuery {
                kind: kind.map(str::to_owned),
                filter: filter.map(str::to_owned),
                ..ExportQuery::default()
            };
            other_kind(format, &query).map(|(kind, asked)| format!("{kind} {asked}"))
        };
        let lesson = Some("measure lesson".to_owned());
        assert_eq!(told("measure_points", None, Some("kind:lesson")), lesson);
        assert_eq!(told("meta_pre_post.parquet", Some("lesson"), None), lesson);
        assert_eq!(
            told("parquet:practices", Some("lesson"), None),
            Some("practice lesson".to_owned())
        );
        for (format, kind, filter) in [
            ("measure_points", Some("measure"), None),
            ("measure_points", None, Some("kind:lesson or kind:measure")),
            ("measure_points", None, Some("seclusion -kind:lesson")),
            ("csv", Some("lesson"), None),
            ("records.sqlite", Some("lesson"), None),
            ("lessons.parquet", Some("lesson"), Some("kind:lesson")),
        ] {
            assert_eq!(told(format, kind, filter), None, "{format} {kind:?} {filter:?}");
        }
    }
}
