//! Texts that a person hands to a command: a file, or standard input where `-` stands for one. Never more of it than is asked
//! for.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use alliance_record::limits::CHARTER_BYTES_MAX;

use crate::failure::Failure;

/// Why there is no text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoText {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(io::Error),
    /// It is written in another encoding.
    #[error("it is not written in UTF-8")]
    NotUtf8,
    /// There is more of it than is taken.
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
}

/// The whole text of a file, or of standard input for `-`.
pub(crate) fn text(place: &Path, bytes_max: u64) -> Result<String, NoText> {
    let mut text = String::new();
    match place {
        path if path == Path::new("-") => io::stdin().lock().take(bytes_max + 1).read_to_string(&mut text),
        path => File::open(path).and_then(|file| file.take(bytes_max + 1).read_to_string(&mut text)),
    }
    .map_err(|error| match error.kind() {
        // Of a text that is too long, only a part was read.
        io::ErrorKind::InvalidData => NoText::NotUtf8,
        _ => NoText::Unreadable(error),
    })?;
    if text.len() as u64 > bytes_max {
        return Err(NoText::TooLarge(bytes_max));
    }
    Ok(text)
}

/// The text that every member signs, of the file that `--pledge` names.
pub(crate) fn pledge(path: &Path) -> Result<String, Failure> {
    text(path, CHARTER_BYTES_MAX as u64).map_err(|error| {
        let title = format!("The pledge {} cannot be read: {error}", path.display());
        Failure::usage("pledge_unreadable", title, "name a text file: --pledge FILE")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        std::fs::write(&path, "twelve bytes").unwrap();
        assert_eq!(text(&path, 12).unwrap(), "twelve bytes");
        assert!(matches!(text(&path, 11), Err(NoText::TooLarge(11))));
        std::fs::write(&path, b"M\xfcnchen").unwrap();
        assert!(matches!(text(&path, 12), Err(NoText::NotUtf8)));
        let missing = dir.path().join("b.txt");
        assert!(matches!(text(&missing, 12), Err(NoText::Unreadable(_))));
    }
}
