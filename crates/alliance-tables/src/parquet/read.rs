//! Files of ours, read back to be written anew.

use bytes::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::group::Group;
use crate::error::TableError;
use alliance_export::TableColumn;

/// The groups of a file with these columns.
pub(crate) fn read(bytes: Bytes, columns: &[TableColumn]) -> Result<Vec<Group>, TableError> {
    let file = SerializedFileReader::new(bytes)?;
    let mut groups = Vec::new();
    for place in 0..file.num_row_groups() {
        let mut group = Group::new(columns);
        group.read(&*file.get_row_group(place)?)?;
        groups.push(group);
    }
    Ok(groups)
}
