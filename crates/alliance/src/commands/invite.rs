//! `alliance invite`: a one-time token for another organisation.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use alliance_api::{InvitationView, InviteRequest};
use clap::Args;
use serde::Serialize;

use crate::calendar::{day_of, span_hours};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// Options of `invite`.
#[derive(Debug, Args)]
pub(crate) struct InviteArgs {
    /// How long it can be used: hours, days or weeks, as 12h, 7d or 2w
    #[arg(long, value_name = "SPAN", default_value = "7d", value_parser = span_hours)]
    expires: u32,
    /// For whom it is; a note to yourselves
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    note: String,
    /// Address to put in, when this node's own guess would be wrong (multiaddress; may be repeated)
    #[arg(long, value_name = "ADDRESS")]
    address: Vec<String>,
    /// Write the token to a new file that only you can read, instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// An invitation in a file: the answer does not repeat the secret.
#[derive(Serialize)]
struct Filed<'a> {
    id: &'a str,
    file: String,
    expires_at_ms: i64,
}

pub(super) async fn perform(context: &Context, args: InviteArgs) -> Result<Exit, Failure> {
    let request = InviteRequest {
        expires_in_hours: args.expires,
        note: args.note,
        addresses: args.address,
    };
    // The file comes first: an invitation that nobody can read would still be open.
    let file = args
        .out
        .as_deref()
        .map(|path| create(path).map(|file| (path, file)))
        .transpose()?;
    let asked = context.client()?.invite(&request).await;
    let made = match (asked, &file) {
        (Ok(made), _) => made,
        (Err(error), file) => {
            if let Some((path, _)) = file {
                let _ = std::fs::remove_file(path);
            }
            return Err(context.refused(error));
        }
    };
    let end = day_of(made.expires_at_ms);
    match file {
        Some((path, file)) => keep(context, &made, (path, file))?,
        None => context.output.answer(&made, |_| format!("{}\n", made.token))?,
    }
    context.output.note(&format!(
        "The invitation {} works once, until {end} (UTC). Hand it over as you would a key: whoever has it can join.",
        made.id
    ));
    Ok(Exit::Done)
}

fn create(path: &Path) -> Result<std::fs::File, Failure> {
    let opened = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    opened.map_err(|error| unwritable(path, &error))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    let title = format!("The file {} cannot be written: {error}", path.display());
    Failure::usage(
        "file_unwritable",
        title,
        "name a new file in a directory that is yours to write",
    )
}

fn keep(context: &Context, made: &InvitationView, (path, mut file): (&Path, std::fs::File)) -> Result<(), Failure> {
    writeln!(file, "{}", made.token)
        .and_then(|()| file.sync_all())
        .map_err(|error| unwritable(path, &error))?;
    let filed = Filed {
        id: &made.id,
        file: path.display().to_string(),
        expires_at_ms: made.expires_at_ms,
    };
    context.output.answer(&filed, |_| format!("{}\n", filed.file))
}
