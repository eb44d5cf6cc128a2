//! The files of a bundle, written from the manifest, the roster and the records. Maker and verifier write by this alone, so that
//! each byte has to be what the records say.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use alliance_export::{
    Constraints, Counts, DataFile, ExportError, Exporter, Format, Options, Origin, Table, datapackage,
};
use alliance_record::VerifiedRecord;
use alliance_record::schema::Kind;

use crate::known::{Known, exported};
use crate::manifest::Manifest;
use crate::names::{Text, path, tables};
use crate::readme::readme;
use crate::roster::Roster;

/// Takes one record.
pub(crate) type Take<'t> = dyn FnMut(&VerifiedRecord) -> io::Result<()> + 't;

/// Gives the records selected, whole, in the order of the data files: log by log as the heads stand, the newest of each first.
pub(crate) trait Selected {
    /// Why they cannot be given to the end.
    type Error: From<io::Error>;

    /// Hands each over.
    fn each(&mut self, take: &mut Take<'_>) -> Result<(), Self::Error>;
}

/// What all files are written from.
pub(crate) struct Contents<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) roster: &'a Roster,
    pub(crate) known: &'a Known,
    pub(crate) kinds: BTreeSet<Kind>,
    licences: BTreeMap<&'static str, u64>,
}

impl<'a> Contents<'a> {
    /// Looks through the records once for what stands before them in files: kinds and licences.
    pub(crate) fn of<S: Selected>(
        manifest: &'a Manifest,
        roster: &'a Roster,
        known: &'a Known,
        selected: &mut S,
    ) -> Result<Self, S::Error> {
        let records = manifest.records.iter();
        let mut contents = Self {
            manifest,
            roster,
            known,
            kinds: records.filter_map(|id| known.kind(id)).collect(),
            licences: BTreeMap::new(),
        };
        let mut licences: BTreeMap<&'static str, u64> = BTreeMap::new();
        selected.each(&mut |record| {
            let counts = contents.one(record)?;
            for code in counts.licences {
                *licences.entry(code).or_default() += 1;
            }
            Ok(())
        })?;
        contents.licences = licences;
        Ok(contents)
    }

    /// What an export says of one record.
    fn one(&self, record: &VerifiedRecord) -> io::Result<Counts> {
        let mut exporter = Exporter::new(Format::Ndjson, Options::new(self.origin()), io::sink()).map_err(unwritten)?;
        exporter
            .write(&exported(self.known, self.roster, record))
            .map_err(unwritten)?;
        Ok(exporter.counts().clone())
    }

    fn origin(&self) -> Origin<'a> {
        Origin {
            alliance: self.manifest.alliance,
            alliance_name: Cow::Owned(self.roster.alliance_name()),
            title: Cow::Borrowed(&self.manifest.title),
            set: Some(Cow::Owned(self.manifest.identifier().to_string())),
            records_at: None,
        }
    }

    /// Writes the records in a format.
    pub(crate) fn export<S: Selected, W: Write>(
        &self,
        format: Format,
        selected: &mut S,
        out: W,
    ) -> Result<(), S::Error> {
        let only = match format {
            Format::Csv(Table::Kind(kind)) => Some(kind),
            Format::MeasurePoints => Some(Kind::MEASURE),
            _ => None,
        };
        let mut exporter = Exporter::new(format, Options::new(self.origin()), out).map_err(unwritten)?;
        selected.each(&mut |record| {
            if only.is_some_and(|kind| kind != record.header().kind) {
                return Ok(());
            }
            exporter
                .write(&exported(self.known, self.roster, record))
                .map_err(unwritten)
        })?;
        exporter.finish().map_err(unwritten)?;
        Ok(())
    }

    /// A text.
    pub(crate) fn text(&self, text: Text) -> Cow<'static, str> {
        match text {
            Text::Package => Cow::Owned(self.package()),
            Text::Licences => Cow::Owned(self.licences()),
            Text::Readme => Cow::Owned(readme(self.manifest, &self.roster.alliance_name())),
            Text::Manifest => Cow::Owned(self.manifest.to_json()),
            Text::Fixed(text) => Cow::Borrowed(text),
        }
    }

    /// The text of `datapackage.json`.
    fn package(&self) -> String {
        let mut formats = tables(&self.kinds);
        formats.push(Format::Ndjson);
        let files: Vec<DataFile<'_>> = formats
            .into_iter()
            .map(|format| DataFile {
                path: Cow::Owned(path(format)),
                format,
                bytes: None,
                hash: None,
            })
            .collect();
        let licences: Vec<&str> = self.licences.keys().copied().collect();
        let mut package = datapackage(&self.origin(), &files, &licences, Constraints::Exported);
        package["name"] = self.manifest.identifier().to_string().into();
        format!("{package:#}\n")
    }

    /// The text of `LICENSES.txt`.
    fn licences(&self) -> String {
        let listed: u64 = self.licences.values().sum();
        let others = (self.manifest.records.len() as u64).saturating_sub(listed);
        let mut text =
            "Each record has the licence that its organisation gave it: the column or field licence of the data says\n\
            which. A record marked link-only may be linked to and not copied.\n\n"
                .to_owned();
        for (code, records) in &self.licences {
            let address = alliance_export::licence_url(code).unwrap_or("no text: see above");
            text.push_str(&format!("{code}: {records} records; {address}\n"));
        }
        if others > 0 {
            text.push_str(&format!(
                "{others} records name no licence of the list, or none at all.\n"
            ));
        }
        text
    }
}

/// An export fails as its writer does; no table is handed a record of another kind here.
fn unwritten(error: ExportError) -> io::Error {
    match error {
        ExportError::Io(error) => error,
        error @ ExportError::OtherKind { .. } => io::Error::other(error),
    }
}
