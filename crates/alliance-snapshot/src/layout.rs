//! How a bundle's ZIP file is laid out, byte for byte: the maker leaves no choice, so whatever else stands there was put there.
//!
//! Members follow one another from the first byte, each with a header, its packed bytes and a descriptor; then the directory, and
//! its end as the file's end. Nothing has extra fields but sizes of 64 bits, and nothing has a comment.

use std::io::{self, Read, Seek, SeekFrom};

use flate2::read::DeflateDecoder;

use crate::fault::{Check, Fault};
use crate::names::may_be_large;

/// Versions of the format: for plain members, and for sizes of 64 bits.
const PLAIN: u16 = 20;
const LARGE: u16 = 45;
/// Sizes follow the bytes; packed by Deflate; 1980-01-01 00:00.
const PACKED_SO: [u8; 8] = [8, 0, 8, 0, 0, 0, 0x21, 0];
/// Name of the extra field with sizes of 64 bits, and its length.
const SIZES: [u8; 4] = [1, 0, 16, 0];
const SIZES_BYTES: usize = 20;
/// Made on Unix.
const UNIX: u8 = 3;
/// A plain file that its owner may write and everybody may read.
const FILE_MODE: u32 = 0o100_644 << 16;

/// What the directory says of a member.
pub(crate) struct Laid {
    pub(crate) name: String,
    pub(crate) crc: u32,
    pub(crate) packed: u64,
    pub(crate) bytes: u64,
}

impl Laid {
    fn version(&self) -> [u8; 2] {
        if may_be_large(&self.name) { LARGE } else { PLAIN }.to_le_bytes()
    }

    /// Lengths of the name and of the extra field.
    fn lengths(&self) -> [u8; 4] {
        let extra = if may_be_large(&self.name) { SIZES_BYTES } else { 0 };
        // A name is short: it was looked at before.
        let [name, more, ..] = self.name.len().to_le_bytes();
        [name, more, extra as u8, 0]
    }

    /// The sizes, in as many bytes as the member has for them.
    fn sizes(&self) -> Vec<u8> {
        let sizes = [self.packed, self.bytes];
        match may_be_large(&self.name) {
            true => sizes.map(u64::to_le_bytes).concat(),
            false => sizes.map(|size| (size as u32).to_le_bytes()).concat(),
        }
    }

    fn header(&self) -> Vec<u8> {
        let mut header = b"PK\x03\x04".to_vec();
        header.extend(self.version());
        header.extend(PACKED_SO);
        // Checksum and sizes, which follow.
        header.extend([0; 12]);
        header.extend(self.lengths());
        header.extend(self.name.as_bytes());
        if may_be_large(&self.name) {
            header.extend(SIZES);
            header.extend([0; SIZES_BYTES - SIZES.len()]);
        }
        header
    }

    fn descriptor(&self) -> Vec<u8> {
        [&b"PK\x07\x08"[..], &self.crc.to_le_bytes(), &self.sizes()].concat()
    }

    /// Its entry in the directory.
    fn entry(&self, at: u32) -> Vec<u8> {
        let is_large = may_be_large(&self.name);
        let mut entry = b"PK\x01\x02".to_vec();
        entry.extend([self.version()[0], UNIX]);
        entry.extend(self.version());
        entry.extend(PACKED_SO);
        entry.extend(self.crc.to_le_bytes());
        match is_large {
            true => entry.extend([0xff; 8]),
            false => entry.extend(self.sizes()),
        }
        entry.extend(self.lengths());
        // No comment, the first disk, no attributes of the inside.
        entry.extend([0; 6]);
        entry.extend(FILE_MODE.to_le_bytes());
        entry.extend(at.to_le_bytes());
        entry.extend(self.name.as_bytes());
        if is_large {
            entry.extend(SIZES);
            entry.extend(self.bytes.to_le_bytes());
            entry.extend(self.packed.to_le_bytes());
        }
        entry
    }
}

/// The end of a directory of so many members, so many bytes, from there on.
fn end(members: usize, bytes: u64, at: u32) -> Vec<u8> {
    let [low, high, ..] = members.to_le_bytes();
    let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
    end.extend([low, high, low, high]);
    end.extend((bytes as u32).to_le_bytes());
    end.extend(at.to_le_bytes());
    end.extend([0, 0]);
    end
}

/// Compares a file from its first byte to its last.
struct Walk<R> {
    file: R,
    at: u64,
}

impl<R: Read + Seek> Walk<R> {
    fn expect(&mut self, bytes: &[u8], (place, what): (&str, &str)) -> Result<(), Fault> {
        let mut found = vec![0; bytes.len()];
        let read = self.file.seek(SeekFrom::Start(self.at));
        let read = read.and_then(|_| self.file.read_exact(&mut found));
        if read.is_err() || found != bytes {
            let says = format!(
                "from byte {} on stands something else than {what}: no bundle has other names, extra fields, or bytes between its parts",
                self.at
            );
            return Err(Fault::new(Check::Archive, place, says));
        }
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Passes a member's packed bytes, which end where what they unpack to does.
    fn pass(&mut self, member: &Laid) -> Result<(), Fault> {
        let wrong = |says: String| Err(Fault::new(Check::Archive, &member.name, says));
        if let Err(error) = self.file.seek(SeekFrom::Start(self.at)) {
            return wrong(format!("the file cannot be read: {error}"));
        }
        let mut unpacked = DeflateDecoder::new((&mut self.file).take(member.packed));
        let some = &mut (&mut unpacked).take(member.bytes.saturating_add(1));
        match io::copy(some, &mut io::sink()) {
            Err(error) => return wrong(format!("it cannot be unpacked: {error}")),
            Ok(bytes) if bytes != member.bytes => return wrong("it has other bytes than its sizes say".to_owned()),
            Ok(_) => {}
        }
        if unpacked.total_in() != member.packed {
            let at = self.at.saturating_add(unpacked.total_in());
            return wrong(format!("from byte {at} on something stands behind what it unpacks to"));
        }
        self.at = self.at.saturating_add(member.packed);
        Ok(())
    }
}

/// Makes sure that a file has its members, in the order of its directory, and nothing else. Of one whose directory begins behind
/// 4 GiB the directory itself is not compared, as its form is another there; all before it is.
pub(crate) fn check<R: Read + Seek>(file: R, members: &[Laid], whole: &str) -> Result<(), Fault> {
    let mut walk = Walk { file, at: 0 };
    let mut begins = Vec::new();
    for member in members {
        begins.push(u32::try_from(walk.at).unwrap_or(u32::MAX));
        walk.expect(&member.header(), (&member.name, "its header"))?;
        walk.pass(member)?;
        walk.expect(&member.descriptor(), (&member.name, "its sizes"))?;
    }
    let begin = walk.at;
    let Ok(directory) = u32::try_from(begin) else {
        return walk.expect(b"PK\x01\x02", (whole, "its directory"));
    };
    for (member, begins) in members.iter().zip(begins) {
        walk.expect(&member.entry(begins), (&member.name, "its entry in the directory"))?;
    }
    let bytes = walk.at - begin;
    walk.expect(
        &end(members.len(), bytes, directory),
        (whole, "the end of its directory"),
    )?;
    let length = walk.file.seek(SeekFrom::End(0)).ok();
    if length != Some(walk.at) {
        let says = format!("something stands behind its end, from byte {} on", walk.at);
        return Err(Fault::new(Check::Archive, whole, says));
    }
    Ok(())
}
