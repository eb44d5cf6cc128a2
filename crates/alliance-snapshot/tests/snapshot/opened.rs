//! A bundle taken apart and put together again, as somebody would who alters it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use alliance_record::{AllianceId, SecretKey, SignedRecord};
use alliance_snapshot::{Fault, Manifest, Report, Seal, verify};
use alliance_wire::{BundleFile, BundleFrame, BundleHead, BundleNext};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

use crate::shelf::alliance;

pub(crate) const CHECKSUMS: &str = "manifest-sha256.txt";
pub(crate) const SEAL: &str = "signature.json";
pub(crate) const ALLIANCE: &str = "proof/alliance.bundle";
pub(crate) const RECORDS: &str = "proof/records.bundle";

/// The members of a bundle.
#[derive(Clone)]
pub(crate) struct Opened(pub(crate) BTreeMap<String, Vec<u8>>);

impl Opened {
    pub(crate) fn of(bundle: &[u8]) -> Self {
        let mut zip = ZipArchive::new(Cursor::new(bundle)).unwrap();
        let mut members = BTreeMap::new();
        for index in 0..zip.len() {
            let mut member = zip.by_index(index).unwrap();
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).unwrap();
            members.insert(member.name().unwrap().into_owned(), bytes);
        }
        Self(members)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.0[name].clone()).unwrap()
    }

    pub(crate) fn replace(&mut self, name: &str, from: &str, to: &str) {
        let text = self.text(name);
        assert!(text.contains(from), "{name} has no {from}");
        self.0.insert(name.to_owned(), text.replacen(from, to, 1).into_bytes());
    }

    /// Writes checksums that fit what the members are now.
    pub(crate) fn mend(&mut self) {
        let others = self
            .0
            .iter()
            .filter(|(name, _)| ![CHECKSUMS, SEAL].contains(&name.as_str()));
        let line =
            |(name, bytes): (&String, &Vec<u8>)| format!("{}  {name}\n", HEXLOWER.encode(&Sha256::digest(bytes)));
        let text: String = others.map(line).collect();
        self.0.insert(CHECKSUMS.to_owned(), text.into_bytes());
    }

    /// Seals what the members are now.
    pub(crate) fn seal(&mut self, manifest: &Manifest, key: &SecretKey, organisation: &SecretKey) {
        let hash: [u8; 32] = Sha256::digest(&self.0[CHECKSUMS]).into();
        let seal = Seal::new(key, organisation.organisation(), &manifest.identifier(), &hash);
        let text = format!(
            "{{\"organisation\": \"{}\", \"writer\": \"{}\", \"signature\": \"{}\"}}",
            seal.organisation, seal.writer, seal.signature
        );
        self.0.insert(SEAL.to_owned(), text.into_bytes());
    }

    /// Alters the ranges of a part of the proof, and writes it with a good end.
    pub(crate) fn edit(&mut self, name: &str, alter: impl FnOnce(&mut Vec<Vec<SignedRecord>>)) {
        let (mut file, head) = BundleFile::open(&self.0[name][..]).unwrap();
        let mut ranges = Vec::new();
        while let BundleNext::Range { records, .. } = file.read_next().unwrap() {
            ranges.push(records);
        }
        alter(&mut ranges);
        self.0.insert(name.to_owned(), frames(head, ranges));
    }

    pub(crate) fn packed(&self) -> Vec<u8> {
        self.packed_by(|options| options)
    }

    /// As the maker packs them, but for what `other` says of each.
    pub(crate) fn packed_by(&self, other: impl Fn(SimpleFileOptions) -> SimpleFileOptions) -> Vec<u8> {
        let mut zip = ZipWriter::new_stream(Vec::new());
        for (name, bytes) in &self.0 {
            let grows = name.starts_with("data/")
                || name.starts_with("proof/")
                || ["CITATION.cff", "references.bib"].contains(&name.as_str());
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Deflated)
                .last_modified_time(DateTime::default())
                .unix_permissions(0o644)
                .system(System::Unix)
                .large_file(grows);
            zip.start_file(name.as_str(), other(options)).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    pub(crate) fn verified(&self) -> Result<Report, Fault> {
        verified(&self.packed(), &alliance())
    }
}

fn frames(head: BundleHead, ranges: Vec<Vec<SignedRecord>>) -> Vec<u8> {
    let records = ranges.iter().map(|range| range.len() as u64).sum();
    let mut bytes = alliance_wire::BUNDLE_MAGIC.to_vec();
    bytes.extend_from_slice(&BundleFrame::Head(head).encode());
    for range in ranges {
        bytes.extend_from_slice(&BundleFrame::Range(range).encode());
    }
    let hash = *blake3::hash(&bytes).as_bytes();
    bytes.extend_from_slice(&BundleFrame::End { records, hash }.encode());
    bytes
}

/// Verifies the bytes of a file.
pub(crate) fn verified(bundle: &[u8], alliance: &AllianceId) -> Result<Report, Fault> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bundle).unwrap();
    verify(file.path(), alliance)
}
