//! Texts that a person hands to a command: a file, or standard input where `-` stands for one. Never more of it than is asked
//! for.

use std::fs::File;
use std::io::{self, Read};

/// Bytes of the text that every member signs.
const PLEDGE_BYTES_MAX: u64 = 65_536;

use crate::failure::Failure;

/// Why there is no text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoText {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// There is more of it than is taken.
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
}

/// The whole text of a file, or of standard input for `-`.
pub(crate) fn text(name: &str, bytes_max: u64) -> Result<String, NoText> {
    let mut text = String::new();
    match name {
        "-" => io::stdin().lock().take(bytes_max + 1).read_to_string(&mut text),
        path => File::open(path).and_then(|file| file.take(bytes_max + 1).read_to_string(&mut text)),
    }?;
    if text.len() as u64 > bytes_max {
        return Err(NoText::TooLarge(bytes_max));
    }
    Ok(text)
}

/// The text that every member signs, of the file that `--pledge` names.
pub(crate) fn pledge(path: &std::path::Path) -> Result<String, Failure> {
    text(&path.display().to_string(), PLEDGE_BYTES_MAX).map_err(|error| {
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
        let name = path.display().to_string();
        assert_eq!(text(&name, 12).unwrap(), "twelve bytes");
        assert!(matches!(text(&name, 11), Err(NoText::TooLarge(11))));
        let missing = dir.path().join("b.txt").display().to_string();
        assert!(matches!(text(&missing, 12), Err(NoText::Unreadable(_))));
    }
}
