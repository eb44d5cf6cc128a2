//! Long answers on their way to a file or to standard output.

use std::io::{self, Write};
use std::path::Path;

use alliance_api::{ClientError, Download};

use crate::context::Context;
use crate::failure::{Failure, chain};

/// Refuses a file that is there already.
pub(super) fn check_new(file: &Path) -> Result<(), Failure> {
    if !file.exists() {
        return Ok(());
    }
    let title = format!("{} exists already", file.display());
    Err(Failure::usage(
        "file_exists",
        title,
        "name another file, or remove this one",
    ))
}

/// Writes an answer to a new file, under a name of its own until it is whole: half of one is never taken for it. How many bytes
/// it had.
pub(super) async fn to_file(context: &Context, download: Download, file: &Path) -> Result<u64, Failure> {
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
    let mut part = tempfile::Builder::new()
        .prefix(".alliance-")
        .tempfile_in(folder)
        .map_err(unwritable)?;
    let bytes = copy(context, download, &mut part).await?;
    part.as_file().sync_all().map_err(unwritable)?;
    part.persist_noclobber(file).map_err(|error| unwritable(error.error))?;
    Ok(bytes)
}

/// An answer that began well is not whole.
fn broken_off(context: &Context, error: ClientError) -> Failure {
    match error {
        error @ ClientError::Problem(_) => context.refused(error),
        error => Failure::local("broken_off", "The answer broke off and is not whole", chain(&error)).mend(
            "ask for it again: a record was removed meanwhile, it took longer than the node gives it, or the node ended, as its log tells",
        ),
    }
}

/// Writes an answer as it comes; how many bytes it had.
pub(super) async fn copy(context: &Context, mut download: Download, out: &mut impl Write) -> Result<u64, Failure> {
    let mut bytes = 0;
    while let Some(piece) = download.next().await.map_err(|error| broken_off(context, error))? {
        bytes += piece.len() as u64;
        match out.write_all(&piece) {
            // A reader that has seen enough, as `head`, is no failure.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(bytes),
            written => {
                written.map_err(|error| Failure::local("stdout", "The answer cannot be written", error.to_string()))?
            }
        }
    }
    Ok(bytes)
}
