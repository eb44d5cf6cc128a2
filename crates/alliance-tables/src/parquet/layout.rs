//! The types of columns in Parquet.

use std::sync::Arc;

use alliance_export::{Holds, TableColumn};
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::errors::Result;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::schema::types::{Type, TypePtr};

use crate::table::{Origin, Table};

/// zstd's level: 3 takes half as long again for a few per cent.
const ZSTD_LEVEL: i32 = 1;
/// Bytes of a page before compression.
const PAGE_BYTES: usize = 256 << 10;
/// Bytes of a column's dictionary in a group, after which its values are written as they are.
const DICTIONARY_BYTES: usize = 256 << 10;
/// Bytes of a least and greatest value that are kept to skip pages by: ids and codes are whole in it, texts are not.
const STATISTICS_BYTES: usize = 64;

/// The table's schema. Every column may be empty; a list is of three levels, its items always there.
pub(super) fn schema(columns: &[TableColumn]) -> Result<TypePtr> {
    let fields: Result<Vec<TypePtr>> = columns.iter().map(|column| field(column).map(Arc::new)).collect();
    let schema = Type::group_type_builder("record").with_fields(fields?).build()?;
    Ok(Arc::new(schema))
}

fn field(column: &TableColumn) -> Result<Type> {
    let name = column.name.as_str();
    let optional = Repetition::OPTIONAL;
    match column.holds {
        // JSON as text: readers that know no JSON type show bytes.
        Holds::Text | Holds::Word | Holds::Month | Holds::Json => text(name, optional),
        Holds::Integer => plain(name, Physical::INT64),
        Holds::Number => plain(name, Physical::DOUBLE),
        Holds::YesNo => plain(name, Physical::BOOLEAN),
        Holds::Instant => Type::primitive_type_builder(name, Physical::INT64)
            .with_repetition(optional)
            .with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::MILLIS)))
            .build(),
        Holds::List => {
            let element = Arc::new(text("element", Repetition::REQUIRED)?);
            let list = Type::group_type_builder("list")
                .with_repetition(Repetition::REPEATED)
                .with_fields(vec![element])
                .build()?;
            Type::group_type_builder(name)
                .with_repetition(optional)
                .with_logical_type(Some(LogicalType::List))
                .with_fields(vec![Arc::new(list)])
                .build()
        }
    }
}

fn text(name: &str, repetition: Repetition) -> Result<Type> {
    Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
        .with_repetition(repetition)
        .with_logical_type(Some(LogicalType::String))
        .build()
}

fn plain(name: &str, physical: Physical) -> Result<Type> {
    Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .build()
}

/// How a table's file is written, and what it says of itself.
pub(super) fn properties(table: Table, origin: &Origin<'_>) -> Result<WriterPropertiesPtr> {
    let mut metadata = vec![KeyValue::new("table".to_owned(), table.name().into_owned())];
    let named = origin.metadata().into_iter();
    metadata.extend(named.map(|(name, value)| KeyValue::new(name.to_owned(), value)));
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_data_page_size_limit(PAGE_BYTES)
        .set_dictionary_page_size_limit(DICTIONARY_BYTES)
        .set_statistics_truncate_length(Some(STATISTICS_BYTES))
        .set_column_index_truncate_length(Some(STATISTICS_BYTES))
        .set_created_by(origin.maker.to_string())
        .set_key_value_metadata(Some(metadata));
    Ok(Arc::new(properties.build()))
}
