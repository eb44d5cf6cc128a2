//! Writes that are compared with what stands in a file, and not kept.

use std::io::{self, Read, Write};

/// Bytes compared at once.
const PIECE_BYTES: usize = 65_536;

/// Takes what a file ought to hold, and finds where it does not.
pub(crate) struct Compare<R> {
    found: R,
    /// The line at which the next byte stands, from 1.
    line: u64,
    piece: Vec<u8>,
}

/// The first line that is not as it ought to be, as an error of writing. It is told apart from the file's own errors by its type.
#[derive(Debug, thiserror::Error)]
#[error("line {line} is not what the records say")]
pub(crate) struct Differs {
    /// From 1.
    pub(crate) line: u64,
}

impl<R: Read> Compare<R> {
    pub(crate) fn new(found: R) -> Self {
        Self {
            found,
            line: 1,
            piece: vec![0; PIECE_BYTES],
        }
    }

    /// Makes sure that nothing more is there.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        match self.found.read(&mut self.piece[..1])? {
            0 => Ok(()),
            _ => Err(self.differs()),
        }
    }

    fn differs(&self) -> io::Error {
        io::Error::other(Differs { line: self.line })
    }

    fn take(&mut self, wanted: &[u8]) -> io::Result<()> {
        let found = &mut self.piece[..wanted.len()];
        let mut filled = 0;
        while filled < found.len() {
            match self.found.read(&mut found[filled..])? {
                0 => break,
                read => filled += read,
            }
        }
        let same = found[..filled]
            .iter()
            .zip(wanted)
            .take_while(|(found, wanted)| found == wanted);
        let same = same.count();
        let lines = wanted[..same].iter().filter(|byte| **byte == b'\n').count();
        self.line += lines as u64;
        match same == wanted.len() {
            true => Ok(()),
            false => Err(self.differs()),
        }
    }
}

impl<R: Read> Write for Compare<R> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let bytes = &bytes[..bytes.len().min(PIECE_BYTES)];
        self.take(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(found: &str, wanted: &str) -> Option<u64> {
        let mut compare = Compare::new(found.as_bytes());
        let done = compare.write_all(wanted.as_bytes()).and_then(|()| compare.finish());
        done.err().map(|error| error.downcast::<Differs>().unwrap().line)
    }

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(line("a\nb\n", "a\nb\n"), None);
        assert_eq!(line("a\nb\n", "a\nc\n"), Some(2));
        assert_eq!(line("x\nb\n", "a\nb\n"), Some(1));
        assert_eq!(line("a\n", "a\nb\n"), Some(2), "too short");
        assert_eq!(line("a\nb\nc\n", "a\nb\n"), Some(3), "too long");
        assert_eq!(line("", ""), None);
        let long = "line\n".repeat(100_000);
        assert_eq!(line(&format!("{long}x"), &format!("{long}y")), Some(100_001));
    }
}
