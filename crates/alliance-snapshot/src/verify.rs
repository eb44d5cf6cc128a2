//! Verifies a bundle, with nothing but the file and the alliance's id: no network, no store, and one record at a time.
//!
//! The checks are made in the order of [`Check::ALL`] as far as the files allow, and the first that does not pass ends it. The
//! data files are not believed but written anew from the proven records, and compared byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use alliance_record::AllianceId;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::archive::{Archive, unpackable};
use crate::compare::{Compare, Differs};
use crate::contents::{Contents, Selected, Take};
use crate::fault::{Check, Fault};
use crate::known::Known;
use crate::manifest::{Manifest, ManifestError};
use crate::names::{CHECKSUMS, MANIFEST, Part, SEAL, Source, files};
use crate::proof::{ProofReader, Stop, named};
use crate::report::{DOES_NOT_PROVE, Maker, PROVES, Report};
use crate::roster::Roster;
use crate::schema::SchemaName;
use crate::seal::Seal;

/// Verifies the bundle at a path, of the alliance with this id.
///
/// # Errors
/// [`Fault`]: the first thing that is wrong, where it stands, and what to do.
pub fn verify(path: &Path, alliance: &AllianceId) -> Result<Report, Fault> {
    let mut archive = Archive::open(path)?;
    let checksums = check_checksums(&mut archive)?;
    let manifest = read_manifest(&mut archive)?;
    if manifest.alliance != *alliance {
        let found = format!(
            "it is of the alliance {}, and you asked about {alliance}",
            manifest.alliance
        );
        return Err(Fault::new(Check::Alliance, MANIFEST, found)
            .mend("name the alliance that you mean, or get a bundle of that one"));
    }
    let roster = read_roster(&mut archive, &manifest)?;
    let known = read_records(&mut archive, &manifest)?;
    check_writers(&manifest, &roster)?;
    check_acts(&manifest, &roster, &known)?;
    check_schema(&manifest)?;
    let mut from_proof = FromProof {
        archive: Archive::open(path)?,
        reader: ProofReader::new(Part::Records, &manifest),
    };
    let contents = Contents::of(&manifest, &roster, &known, &mut from_proof);
    let contents = contents.map_err(|stop| fault_of(stop, Part::Records.file()))?;
    let wanted = files(&contents.kinds);
    check_files(&archive, &wanted)?;
    for (name, source) in &wanted {
        compare(&mut archive, name, *source, (&contents, &mut from_proof))?;
    }
    let seal = check_seal(&mut archive, (&manifest, &roster), &checksums)?;
    Ok(report(&manifest, &roster, &seal, wanted.len()))
}

/// Checks every member against its line; SHA-256 over the lines.
fn check_checksums(archive: &mut Archive) -> Result<[u8; 32], Fault> {
    let text = archive.read(Check::Checksums, CHECKSUMS)?;
    let wrong = |place: String, says: &str| Fault::new(Check::Checksums, place, says);
    let mut hashes: BTreeMap<String, String> = BTreeMap::new();
    for (index, line) in String::from_utf8_lossy(&text).lines().enumerate() {
        let place = || format!("{CHECKSUMS}, line {}", index + 1);
        let (hash, name) = line
            .split_once("  ")
            .ok_or_else(|| wrong(place(), "it is no checksum, two blanks and a name"))?;
        if hashes.insert(name.to_owned(), hash.to_owned()).is_some() {
            return Err(wrong(place(), "the file has a checksum already"));
        }
    }
    let mut names = archive.names();
    names.sort();
    for name in names.iter().filter(|name| *name != CHECKSUMS && *name != SEAL) {
        let Some(hash) = hashes.remove(name) else {
            return Err(wrong(name.clone(), &format!("{CHECKSUMS} has no line for it")));
        };
        if HEXLOWER.encode(&archive.hash(name)?) != hash {
            return Err(wrong(
                name.clone(),
                &format!("its bytes have not the checksum that {CHECKSUMS} gives"),
            ));
        }
    }
    match hashes.into_keys().next() {
        Some(absent) => Err(wrong(absent, &format!("{CHECKSUMS} names it, and it is not there"))),
        None => Ok(Sha256::digest(&text).into()),
    }
}

fn read_manifest(archive: &mut Archive) -> Result<Manifest, Fault> {
    let text = archive.read(Check::Manifest, MANIFEST)?;
    Manifest::from_json(&text).map_err(|error| {
        let says = error.to_string();
        match error {
            ManifestError::WrongIdentifier { .. } => Fault::new(Check::Identifier, MANIFEST, says),
            ManifestError::OtherVersion { .. } => {
                Fault::new(Check::Manifest, MANIFEST, says).mend("verify it with a newer version of the program")
            }
            _ => Fault::new(Check::Manifest, MANIFEST, says),
        }
    })
}

/// What stopped a reading of a member, as a fault.
fn fault_of(stop: Stop, name: &str) -> Fault {
    match stop {
        Stop::Fault(fault) => fault,
        Stop::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<Differs>()) {
            Some(differs) => {
                let place = format!("{name}, line {}", differs.line);
                Fault::new(Check::Data, place, "it is not what the signed records say")
            }
            None => unpackable(Check::Data, name, &error),
        },
    }
}

fn read_roster(archive: &mut Archive, manifest: &Manifest) -> Result<Roster, Fault> {
    let name = Part::Alliance.file();
    let mut roster = Roster::new(manifest.alliance);
    let file = archive.file(Check::Chain, name)?;
    ProofReader::new(Part::Alliance, manifest)
        .read(file, &mut |record| {
            roster.take(record);
            Ok(())
        })
        .map_err(|stop| fault_of(stop, name))?;
    if roster.members().charter_record().is_none() {
        let says = format!(
            "no record in it is the founding charter, whose hash is the alliance's id {}",
            manifest.alliance
        );
        return Err(Fault::new(Check::Membership, name, says));
    }
    Ok(roster)
}

/// Proves all records, and keeps of each no more than its header.
fn read_records(archive: &mut Archive, manifest: &Manifest) -> Result<Known, Fault> {
    let name = Part::Records.file();
    let reader = ProofReader::new(Part::Records, manifest);
    let mut known = Known::default();
    let file = archive.file(Check::Chain, name)?;
    reader
        .read(file, &mut |record| {
            if reader.is_named(&record.id()) {
                known.take(record);
            }
            Ok(())
        })
        .map_err(|stop| fault_of(stop, name))?;
    let mut ids = manifest.records.iter().chain(&manifest.bearing);
    match ids.find(|id| known.item(id).is_none()) {
        Some(absent) => {
            let place = format!("{name}, record {absent}");
            let says = format!("{MANIFEST} names it, and the proof does not have it");
            Err(Fault::new(Check::Bodies, place, says))
        }
        None => Ok(known),
    }
}

fn check_writers(manifest: &Manifest, roster: &Roster) -> Result<(), Fault> {
    let members = roster.members();
    let Some(head) = manifest.heads.iter().find(|head| !roster.counts(head)) else {
        return Ok(());
    };
    let organisation = &head.organisation;
    let says = if !members.was_let_in(organisation) {
        format!("organisation {organisation} was never let in to the alliance")
    } else if !members.is_certified(&head.log.writer, organisation) {
        format!(
            "no certificate of organisation {organisation} names the writer {}",
            head.log.writer
        )
    } else {
        format!(
            "the log ends before its record {}: it was forked, revoked or cut",
            head.sequence
        )
    };
    Err(Fault::new(Check::Writers, named(&head.log), says))
}

/// The acts that mark records selected, by the roster, are those that the manifest names.
fn check_acts(manifest: &Manifest, roster: &Roster, known: &Known) -> Result<(), Fault> {
    match known.acts(manifest, roster) == manifest.acts {
        true => Ok(()),
        false => {
            let says = "the acts by which stewards mark the records selected are not those that are named here";
            Err(Fault::new(Check::Notices, format!("{MANIFEST}, acts"), says))
        }
    }
}

/// Files are written anew by this program's own schema and code lists.
fn check_schema(manifest: &Manifest) -> Result<(), Fault> {
    let own = SchemaName::own();
    if manifest.schema == own {
        return Ok(());
    }
    let says = format!(
        "it was made with another schema or other code lists ({}) than this program has ({}): the records in it are proven, \
         and whether the tables say the same cannot be told",
        manifest.schema.code_lists_version, own.code_lists_version
    );
    Err(Fault::new(Check::Files, MANIFEST, says).mend("verify it with the version of the program that made it"))
}

fn check_files(archive: &Archive, wanted: &[(String, Source)]) -> Result<(), Fault> {
    let found: BTreeSet<String> = archive.names().into_iter().collect();
    let always = [CHECKSUMS, SEAL].into_iter();
    let wanted: BTreeSet<&str> = wanted.iter().map(|(name, _)| name.as_str()).chain(always).collect();
    if let Some(extra) = found.iter().find(|name| !wanted.contains(name.as_str())) {
        return Err(Fault::new(
            Check::Files,
            extra,
            "a bundle of this snapshot has no such file",
        ));
    }
    match wanted.iter().find(|name| !found.contains(**name)) {
        Some(absent) => Err(Fault::new(Check::Files, *absent, "it is not there")),
        None => Ok(()),
    }
}

/// Writes a file anew, against the one that is there.
fn compare(
    archive: &mut Archive,
    name: &str,
    source: Source,
    (contents, selected): (&Contents<'_>, &mut FromProof<'_>),
) -> Result<(), Fault> {
    let mut compare = match source {
        // Read and proven already.
        Source::Proof(_) => return Ok(()),
        Source::Export(_) | Source::Text(_) => Compare::new(archive.file(Check::Data, name)?),
    };
    let done = match source {
        Source::Export(format) => contents.export(format, selected, &mut compare),
        Source::Text(text) => compare.write_all(contents.text(text).as_bytes()).map_err(Stop::Io),
        Source::Proof(_) => Ok(()),
    };
    let done = done.and_then(|()| compare.finish().map_err(Stop::Io));
    done.map_err(|stop| fault_of(stop, name))
}

fn check_seal(
    archive: &mut Archive,
    (manifest, roster): (&Manifest, &Roster),
    checksums: &[u8; 32],
) -> Result<Seal, Fault> {
    let wrong = |says: String| Fault::new(Check::Signature, SEAL, says);
    let text = archive.read(Check::Signature, SEAL)?;
    let seal = Seal::from_json(&text).map_err(wrong)?;
    let Seal {
        organisation, writer, ..
    } = &seal;
    let members = roster.members();
    if !members.is_member(organisation) {
        return Err(wrong(format!("the maker's organisation {organisation} is no member")));
    }
    if !members.is_certified(writer, organisation) || members.is_ended(writer, organisation) {
        return Err(wrong(format!(
            "no certificate of organisation {organisation} that holds names the maker's key {writer}"
        )));
    }
    if !seal.holds(&manifest.identifier(), checksums) {
        return Err(wrong(
            "the signature is not the maker's over this identifier and these checksums".to_owned(),
        ));
    }
    Ok(seal)
}

fn report(manifest: &Manifest, roster: &Roster, seal: &Seal, files: usize) -> Report {
    Report {
        identifier: manifest.identifier().to_string(),
        title: manifest.title.clone(),
        alliance: manifest.alliance.to_string(),
        alliance_name: roster.alliance_name(),
        filter: manifest.filter.clone(),
        chapters: manifest.chapters.iter().map(ToString::to_string).collect(),
        records: manifest.records.len() as u64,
        logs: manifest.heads.len() as u64,
        members: roster.members().organisations().len() as u64,
        files: files as u64,
        maker: Maker {
            organisation: seal.organisation.to_string(),
            name: roster.name(&seal.organisation),
            writer: seal.writer.to_string(),
        },
        checks: Check::ALL.to_vec(),
        proves: PROVES.to_vec(),
        does_not_prove: DOES_NOT_PROVE.to_vec(),
    }
}

/// The records selected, from the proof: read and proven anew each time, so that nothing has to be held.
struct FromProof<'m> {
    archive: Archive,
    reader: ProofReader<'m>,
}

impl Selected for FromProof<'_> {
    type Error = Stop;

    fn each(&mut self, take: &mut Take<'_>) -> Result<(), Stop> {
        let Self { archive, reader } = self;
        let file = archive.file(Check::Chain, Part::Records.file())?;
        reader.read(file, &mut |record| match reader.is_selected(&record.id()) {
            true => take(record),
            false => Ok(()),
        })
    }
}
