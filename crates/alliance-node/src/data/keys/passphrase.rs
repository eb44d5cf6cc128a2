//! What a person knows, and what opens a sealed key. Wiped when dropped, never printed.

use std::fmt;

use zeroize::Zeroizing;

/// Characters of a passphrase that is chosen: whoever copies the file may guess as long as they like.
pub const PASSPHRASE_CHARS_MIN: usize = 12;
/// Bytes of a passphrase: a long sentence, and not a file that was named by mistake.
pub const PASSPHRASE_BYTES_MAX: usize = 1024;

/// A passphrase.
#[derive(Clone, PartialEq, Eq)]
pub struct Passphrase(Zeroizing<String>);

/// Why a text is not taken as a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PassphraseError {
    /// There is nothing.
    #[error("the passphrase is empty")]
    Empty,
    /// It would be guessed.
    #[error("a passphrase needs at least {PASSPHRASE_CHARS_MIN} characters: four or five words are easy to keep")]
    TooShort,
    /// It is no passphrase.
    #[error("a passphrase has at most {PASSPHRASE_BYTES_MAX} bytes: is that the right file?")]
    TooLong,
}

impl Passphrase {
    /// Takes what was typed or read to open a key. A line break at the end, as editors leave one, is not part of it.
    ///
    /// # Errors
    /// [`PassphraseError`] when it can open nothing.
    pub fn given(text: &str) -> Result<Self, PassphraseError> {
        let text = text.trim_end_matches(['\r', '\n']);
        match text.len() {
            0 => Err(PassphraseError::Empty),
            1..=PASSPHRASE_BYTES_MAX => Ok(Self(Zeroizing::new(text.to_owned()))),
            _ => Err(PassphraseError::TooLong),
        }
    }

    /// Takes a new passphrase, to seal a key with.
    ///
    /// # Errors
    /// As [`Passphrase::given`], and when it is too short.
    pub fn chosen(text: &str) -> Result<Self, PassphraseError> {
        let given = Self::given(text)?;
        if given.0.chars().count() < PASSPHRASE_CHARS_MIN {
            return Err(PassphraseError::TooShort);
        }
        Ok(given)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_long_enough_and_never_shown() {
        assert_eq!(Passphrase::given("\n"), Err(PassphraseError::Empty));
        assert_eq!(
            Passphrase::given(&"a".repeat(PASSPHRASE_BYTES_MAX + 1)),
            Err(PassphraseError::TooLong)
        );
        assert_eq!(Passphrase::chosen("elevenchars"), Err(PassphraseError::TooShort));
        let typed = Passphrase::chosen("four words in a row").unwrap();
        assert_eq!(Passphrase::given("four words in a row\r\n"), Ok(typed.clone()));
        assert!(!format!("{typed:?}").contains("words"));
    }
}
