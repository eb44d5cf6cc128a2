//! `alliance cite`: a record or a snapshot as a reference.

use alliance_snapshot::SnapshotId;
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::download::copy;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// Options of `cite`.
#[derive(Debug, Args)]
pub(crate) struct CiteArgs {
    /// The id of a record, or the identifier of a snapshot; or a unique beginning of either
    #[arg(value_name = "RECORD|SNAPSHOT")]
    what: String,
    /// How it is written
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    format: Reference,
}

/// The formats of references.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Reference {
    /// In plain words
    Text,
    /// For LaTeX
    #[value(alias = "bib")]
    Bibtex,
    /// For reference managers
    Ris,
    /// For citation processors
    #[value(alias = "csl-json")]
    Csl,
    /// CITATION.cff
    Cff,
}

impl Reference {
    /// As the interface names it.
    const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Bibtex => "bib",
            Self::Ris => "ris",
            Self::Csl => "csl",
            Self::Cff => "cff",
        }
    }
}

/// A reference, for programs.
#[derive(Debug, Serialize)]
struct Cited<'a> {
    of: &'a str,
    format: &'static str,
    text: &'a str,
}

pub(super) async fn perform(context: &Context, args: &CiteArgs) -> Result<Exit, Failure> {
    let client = context.client()?;
    let format = args.format.name();
    let asked = match SnapshotId::is_meant_by(&args.what) {
        true => client.cite_snapshot(&args.what, format).await,
        false => client.cite(&args.what, format).await,
    };
    let mut bytes = Vec::new();
    copy(context, asked.map_err(|error| context.refused(error))?, &mut bytes).await?;
    let text = String::from_utf8_lossy(&bytes);
    let cited = Cited {
        of: &args.what,
        format,
        text: &text,
    };
    context.output.answer(&cited, |_| text.to_string())?;
    Ok(Exit::Done)
}
