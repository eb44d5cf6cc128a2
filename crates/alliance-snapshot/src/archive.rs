//! A bundle's ZIP file, as a stranger may have made it: only plain files of plain names are taken, each once, and no more is
//! unpacked of one than its kind may have.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use sha2::{Digest, Sha256};
use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

use crate::fault::{Check, Fault};
use crate::layout::{self, Laid};
use crate::limits::{
    CHECKSUMS_BYTES_MAX, FILE_BYTES_MAX, FILES_MAX, MANIFEST_BYTES_MAX, PATH_BYTES_MAX, SEAL_BYTES_MAX,
};
use crate::names::{CHECKSUMS, MANIFEST, SEAL};

/// Bytes unpacked at once.
const PIECE_BYTES: usize = 65_536;

/// An open bundle.
pub(crate) struct Archive(ZipArchive<BufReader<File>>);

/// Bytes that a file of this name may have, unpacked.
fn bytes_max(name: &str) -> u64 {
    match name {
        MANIFEST => MANIFEST_BYTES_MAX,
        CHECKSUMS => CHECKSUMS_BYTES_MAX,
        SEAL => SEAL_BYTES_MAX,
        _ => FILE_BYTES_MAX,
    }
}

impl Archive {
    /// Opens a file and looks at what its directory says of each member.
    pub(crate) fn open(path: &Path) -> Result<Self, Fault> {
        let whole = path.display().to_string();
        let not_read = |says: &str| Fault::new(Check::Archive, &whole, says);
        let file = File::open(path).map_err(|error| {
            not_read(&format!("the file cannot be read: {error}"))
                .mend("name a file that is there and that you may read")
        })?;
        let zip = ZipArchive::new(BufReader::new(file));
        let zip = zip.map_err(|error| not_read(&format!("it is no whole ZIP file: {error}")))?;
        if zip.len() > FILES_MAX {
            return Err(not_read(&format!(
                "it has {} members, and a bundle has at most {FILES_MAX}",
                zip.len()
            )));
        }
        if zip.has_duplicate_names() {
            return Err(not_read("two of its members have one name"));
        }
        if zip.offset() != 0 {
            return Err(not_read("something stands before its first member"));
        }
        let mut archive = Self(zip);
        let laid = archive.check_members()?;
        let again = File::open(path).map_err(|error| not_read(&format!("the file cannot be read: {error}")))?;
        layout::check(BufReader::new(again), &laid, &whole)?;
        Ok(archive)
    }

    fn check_members(&mut self) -> Result<Vec<Laid>, Fault> {
        let mut bytes: u64 = 0;
        let mut laid = Vec::new();
        for index in 0..self.0.len() {
            let member = self.0.by_index_raw(index);
            let member =
                member.map_err(|error| Fault::new(Check::Archive, format!("member {index}"), error.to_string()))?;
            let shown = String::from_utf8_lossy(member.name_raw()).escape_debug().to_string();
            let wrong = |says: String| Err(Fault::new(Check::Archive, &shown, says));
            if !is_plain(member.name_raw()) {
                return wrong("a member of that name is not taken: it might be written elsewhere".to_owned());
            }
            let is_packed_so = member.compression() == CompressionMethod::Deflated;
            if member.encrypted() || member.is_symlink() || member.is_dir() || !is_packed_so {
                return wrong("it is no plain file, packed by Deflate".to_owned());
            }
            let max = bytes_max(&shown);
            if member.size() > max {
                return wrong(format!(
                    "it would have {} bytes, and at most {max} are taken",
                    member.size()
                ));
            }
            bytes = bytes.saturating_add(member.size());
            if bytes > FILE_BYTES_MAX {
                return wrong(format!(
                    "with it the members would have more than {FILE_BYTES_MAX} bytes"
                ));
            }
            laid.push(Laid {
                crc: member.crc32(),
                packed: member.compressed_size(),
                bytes: member.size(),
                name: shown,
            });
        }
        Ok(laid)
    }

    /// The names of its members.
    pub(crate) fn names(&self) -> Vec<String> {
        let names = self.0.file_names_raw();
        names.map(|name| String::from_utf8_lossy(name).into_owned()).collect()
    }

    /// A member, to be read as it is unpacked.
    pub(crate) fn file(&mut self, check: Check, name: &str) -> Result<Unpacked<'_>, Fault> {
        let member = self.0.by_name(name);
        let member = member.map_err(|error| Fault::new(check, name, format!("it is not there: {error}")))?;
        Ok(Unpacked {
            left: member.size(),
            member,
        })
    }

    /// A member's bytes, of one that is short.
    pub(crate) fn read(&mut self, check: Check, name: &str) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        let read = self.file(check, name)?.read_to_end(&mut bytes);
        read.map_err(|error| unpackable(check, name, &error))?;
        Ok(bytes)
    }

    /// SHA-256 over a member's bytes.
    pub(crate) fn hash(&mut self, name: &str) -> Result<[u8; 32], Fault> {
        let mut file = self.file(Check::Checksums, name)?;
        let (mut hasher, mut piece) = (Sha256::new(), vec![0; PIECE_BYTES]);
        loop {
            match file.read(&mut piece) {
                Ok(0) => return Ok(hasher.finalize().into()),
                Ok(read) => hasher.update(&piece[..read]),
                Err(error) => return Err(unpackable(Check::Checksums, name, &error)),
            }
        }
    }
}

pub(crate) fn unpackable(check: Check, name: &str, error: &io::Error) -> Fault {
    Fault::new(check, name, format!("it cannot be unpacked: {error}"))
}

/// Whether a member's name is a path within the bundle, of letters that mean nothing to any system.
fn is_plain(name: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./".contains(byte);
    let mut parts = name.split(|byte| *byte == b'/');
    name.len() <= PATH_BYTES_MAX
        && name.iter().all(is_letter)
        && parts.all(|part| !part.is_empty() && !part.starts_with(b"."))
}

/// A member that is unpacked as it is read, and no further than the directory said, which was looked at before.
pub(crate) struct Unpacked<'a> {
    member: ZipFile<'a, BufReader<File>>,
    left: u64,
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.member.read(buffer)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it has more bytes than its directory says"))?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_else() {
        for name in ["README.txt", "data/records.ndjson", "proof/a-b_c.bundle"] {
            assert!(is_plain(name.as_bytes()), "{name}");
        }
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "a/../b",
            "a//b",
            "a/",
            ".hidden",
            "a\\b",
            "C:x",
            "a b",
            "ä",
            "a\0b",
        ] {
            assert!(!is_plain(name.as_bytes()), "{name}");
        }
        assert!(!is_plain(&[b'a'; PATH_BYTES_MAX + 1]));
    }
}
