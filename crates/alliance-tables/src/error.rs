//! Why a table could not be written.

use std::io;
use std::path::PathBuf;

use parquet::errors::ParquetError;

/// Why writing ended before its end. What was written until then is no whole file: remove it.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The writer or the disk failed.
    #[error("the table could not be written: {0}")]
    Io(#[from] io::Error),
    /// A file is no Parquet file of ours, or could not be made.
    #[error("Parquet: {0}")]
    Parquet(String),
    /// SQLite refused.
    #[error("SQLite: {0}. If the disk is full, make room or choose another place, and export again")]
    Sqlite(String),
    /// The file has something in it already.
    #[error("{0} is not empty: choose a path at which there is no file yet")]
    NotEmpty(PathBuf),
    /// A record was handed in twice.
    #[error("a record was handed in twice ({0}): hand in each record once")]
    Twice(String),
}

impl From<ParquetError> for TableError {
    fn from(error: ParquetError) -> Self {
        match error {
            // A fault of the writer beneath comes back as it was.
            ParquetError::External(inner) => match inner.downcast::<io::Error>() {
                Ok(error) => Self::Io(*error),
                Err(other) => Self::Parquet(other.to_string()),
            },
            other => Self::Parquet(other.to_string()),
        }
    }
}

impl From<rusqlite::Error> for TableError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => Self::Twice(error.to_string()),
            _ => Self::Sqlite(error.to_string()),
        }
    }
}
