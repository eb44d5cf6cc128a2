//! Identifiers: fixed-length byte strings with one spelling each (lower-case hexadecimal).

/// Why a text or byte string is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The number of bytes is wrong.
    #[error("expected {expected} bytes, got {got}")]
    Length {
        /// Bytes the identifier has.
        expected: usize,
        /// Bytes that were given.
        got: usize,
    },
    /// The text is not hexadecimal.
    #[error("not hexadecimal: use the digits 0-9 and a-f, {expected_chars} of them")]
    NotHex {
        /// Characters the identifier has in hexadecimal.
        expected_chars: usize,
    },
}

/// Defines one identifier type over `[u8; N]`: bytes, hexadecimal text, ordering and conversion.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// The bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }

            /// Reads the identifier from exactly its number of bytes.
            ///
            /// # Errors
            /// [`$crate::IdError::Length`] for any other number of bytes.
            pub fn from_slice(bytes: &[u8]) -> Result<Self, $crate::IdError> {
                let array = bytes.try_into().map_err(|_| $crate::IdError::Length { expected: $len, got: bytes.len() })?;
                Ok(Self(array))
            }

            /// The first eight hexadecimal digits, for people.
            #[must_use]
            pub fn short(&self) -> String {
                data_encoding::HEXLOWER.encode(&self.0[..4])
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.short())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::IdError;

            fn from_str(text: &str) -> Result<Self, $crate::IdError> {
                let bytes = data_encoding::HEXLOWER_PERMISSIVE
                    .decode(text.as_bytes())
                    .map_err(|_| $crate::IdError::NotHex { expected_chars: $len * 2 })?;
                Self::from_slice(&bytes)
            }
        }
    };
}

identifier!(
    /// What stewards decide: BLAKE3 over a domain tag and the act's exact bytes.
    ActId, 32
);

identifier!(
    /// A record: BLAKE3 over a domain tag and the header's exact bytes.
    RecordId, 32
);
identifier!(
    /// An alliance: BLAKE3 over a domain tag and the founding charter's exact bytes.
    AllianceId, 32
);
identifier!(
    /// One life of one data directory: random, new after every restore.
    InstanceId, 8
);
identifier!(
    /// A log: BLAKE3 over a domain tag, writer, instance and chapter.
    LogId, 32
);

pub(crate) use identifier;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips_and_errors_say_the_length() {
        let id = RecordId([7; 32]);
        assert_eq!(id.to_string().parse::<RecordId>(), Ok(id));
        assert_eq!("ab".parse::<RecordId>(), Err(IdError::Length { expected: 32, got: 1 }));
        assert_eq!("xy".parse::<RecordId>(), Err(IdError::NotHex { expected_chars: 64 }));
    }
}
