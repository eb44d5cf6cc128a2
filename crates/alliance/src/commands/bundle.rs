//! `alliance export bundle` and `alliance import bundle`: the same records as a connection carries, in a file.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

use alliance_api::ImportReceipt;
use alliance_wire::{BundleFault, BundleFile, BundleHead, BundleNext};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::export::RecordsArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;

/// Bytes of ranges handed in at once: one flush of the disk for each.
const PIECE_BYTES: usize = 1_048_576;

/// What to write out.
#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    /// Write everything that this node holds of some chapters, or of all, to one file
    Bundle(ExportArgs),
    /// Write the records that fit in a format of other tools: NDJSON, CSV, JSON-LD, BibTeX, RIS, CSL-JSON
    Records(RecordsArgs),
}

/// What to take in.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportCommand {
    /// Take in a file that `alliance export bundle` wrote; what is held already is passed over
    Bundle(ImportArgs),
}

/// Options of `export bundle`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The file to write; must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A chapter to write (may be repeated); the alliance's own always comes along [default: all]
    #[arg(long = "chapter", value_name = "CHAPTER")]
    chapters: Vec<String>,
}

/// Options of `import bundle`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The file to read
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// What a bundle holds, for programs.
#[derive(Debug, Serialize)]
struct Exported {
    file: PathBuf,
    bytes: u64,
    chapters: usize,
    logs: u64,
    records: u64,
}

/// What became of a bundle, for programs.
#[derive(Debug, Serialize)]
struct Imported {
    records: u64,
    brought: u64,
    /// Ranges that were not taken, by chapter and verdict.
    stopped: BTreeMap<String, BTreeMap<String, u64>>,
}

pub(super) async fn export(context: &Context, command: ExportCommand) -> Result<Exit, Failure> {
    let args = match command {
        ExportCommand::Bundle(args) => args,
        ExportCommand::Records(args) => return super::export::records(context, args).await,
    };
    if args.file.exists() {
        let title = format!("{} exists already", args.file.display());
        return Err(Failure::usage(
            "file_exists",
            title,
            "name another file, or remove this one",
        ));
    }
    let client = context.client()?;
    let mut download = client
        .export_bundle(&args.chapters)
        .await
        .map_err(|error| context.refused(error))?;
    let folder = match args.file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        Some(_) | None => Path::new("."),
    };
    // A name of its own until it is whole: half a bundle is never taken for one.
    let mut part = tempfile::Builder::new()
        .prefix(".alliance-bundle-")
        .tempfile_in(folder)
        .map_err(|error| unwritable(&args.file, &error))?;
    while let Some(bytes) = download.next().await.map_err(|error| context.refused(error))? {
        part.write_all(&bytes).map_err(|error| unwritable(&args.file, &error))?;
    }
    part.as_file()
        .sync_all()
        .map_err(|error| unwritable(&args.file, &error))?;
    // Read again from the medium itself: what cannot be read there helps nobody elsewhere.
    let (head, bytes) = check(part.path()).map_err(|fault| unusable(&args.file, &fault))?;
    let kept = part.persist_noclobber(&args.file);
    kept.map_err(|error| unwritable(&args.file, &error.error))?;
    let exported = Exported {
        bytes,
        chapters: head.chapters.len(),
        logs: head.logs,
        records: head.records,
        file: args.file,
    };
    context.output.answer(&exported, |_| {
        let Exported { records, chapters, .. } = &exported;
        format!(
            "{records} records of {chapters} chapters in {}\n",
            exported.file.display()
        )
    })?;
    Ok(Exit::Done)
}

/// Reads a bundle to its end; how many bytes it has.
fn check(path: &Path) -> Result<(BundleHead, u64), BundleFault> {
    let (mut file, head) = BundleFile::open(BufReader::new(File::open(path)?))?;
    while let BundleNext::Range { .. } = file.read_next()? {}
    Ok((head, path.metadata()?.len()))
}

pub(super) async fn import(context: &Context, command: ImportCommand) -> Result<Exit, Failure> {
    let ImportCommand::Bundle(args) = command;
    let opened = File::open(&args.file).map_err(BundleFault::Io);
    let opened = opened.and_then(|file| BundleFile::open(BufReader::new(file)));
    let (mut file, head) = opened.map_err(|fault| unusable(&args.file, &fault))?;
    let client = context.client()?;
    let status = client.status().await.map_err(|error| context.refused(error))?;
    if status.alliance.id != head.alliance.to_string() {
        let title = format!("{} is of another alliance", args.file.display());
        return Err(Failure::usage(
            "wrong_alliance",
            title,
            "ask for a bundle of a member of yours",
        ));
    }
    let mut imported = Imported {
        records: 0,
        brought: 0,
        stopped: BTreeMap::new(),
    };
    loop {
        let (piece, end) = piece(&mut file);
        if !piece.is_empty() {
            let receipt = client.import_ranges(piece).await;
            imported.add(receipt.map_err(|error| context.refused(error))?);
            context
                .output
                .note(&format!("{} of {} records", imported.records, head.records));
        }
        match end {
            Ok(false) => {}
            Ok(true) => break,
            Err(fault) => return Err(unusable(&args.file, &fault).mend(imported.taken_before())),
        }
    }
    tell(context, &imported)
}

/// Whole frames, about as many bytes as are handed in at once; and whether the file is at its end.
fn piece<R: Read>(file: &mut BundleFile<R>) -> (Vec<u8>, Result<bool, BundleFault>) {
    let mut piece = Vec::new();
    while piece.len() < PIECE_BYTES {
        match file.read_next() {
            Ok(BundleNext::Range { frame, .. }) => piece.extend_from_slice(&frame),
            Ok(BundleNext::End) => return (piece, Ok(true)),
            Err(fault) => return (piece, Err(fault)),
        }
    }
    (piece, Ok(false))
}

impl Imported {
    fn add(&mut self, receipt: ImportReceipt) {
        self.records += receipt.records;
        self.brought += receipt.brought;
        for stopped in receipt.stopped {
            let codes = self.stopped.entry(stopped.chapter).or_default();
            *codes.entry(stopped.code).or_default() += 1;
        }
    }

    fn taken_before(&self) -> String {
        let Self { records, brought, .. } = self;
        format!(
            "copy it again, and import it again: of the {records} records before that place, {brought} were new and are kept"
        )
    }
}

fn tell(context: &Context, imported: &Imported) -> Result<Exit, Failure> {
    let Imported {
        records,
        brought,
        stopped,
    } = imported;
    context
        .output
        .answer(imported, |_| format!("{brought} of {records} records were new\n"))?;
    let mut is_refused = false;
    for (chapter, codes) in stopped {
        for (code, ranges) in codes {
            let why = match code.as_str() {
                "not_followed" => format!(
                    "this organisation does not follow it. To take it in: {}",
                    context.command(&format!("chapter follow {chapter}"))
                ),
                "unknown_organisation" | "unknown_writer" => {
                    "whose author is not on this node's roster yet: connect to a member, or import a newer bundle"
                        .to_owned()
                }
                _ => {
                    is_refused = true;
                    "which this node does not admit; the others were taken".to_owned()
                }
            };
            context
                .output
                .note(&format!("left out of {chapter}: {ranges} ranges ({code}), {why}"));
        }
    }
    Ok(if is_refused { Exit::Failed } else { Exit::Done })
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    let title = format!("The bundle {} cannot be written", path.display());
    Failure::local("bundle_unwritable", title, error.to_string())
        .mend("name a file in a folder that you may write to, with room")
}

fn unusable(path: &Path, fault: &BundleFault) -> Failure {
    let title = format!("The bundle {} cannot be used", path.display());
    Failure::local("bundle_unusable", title, fault.to_string()).mend("copy or export it again")
}
