//! What a reader finds in a dataset.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{LazyLock, Mutex};

use bytes::Bytes;
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::super::Place;
use super::super::partition::is_part;
use super::super::state::{STATE_PATH, State};

/// The rows of each table, in words, sorted.
pub(super) type Content = BTreeMap<String, Vec<String>>;

/// The state as it lies there.
pub(super) async fn state(place: &Place) -> Option<State> {
    let bytes = place.get(STATE_PATH).await.unwrap()?;
    Some(State::read(&bytes).unwrap())
}

/// All rows of the files that the state names.
pub(super) async fn content(place: &Place) -> Content {
    let mut content = Content::new();
    for file in state(place).await.map(|state| state.files).unwrap_or_default() {
        let bytes = place.get(&file.path).await.unwrap();
        let rows = rows(&bytes.unwrap_or_else(|| panic!("{} is named and not there", file.path)));
        assert_eq!(rows.len() as u64, file.rows, "{}", file.path);
        content.entry(file.table).or_default().extend(rows);
    }
    content.values_mut().for_each(|rows| rows.sort());
    content
}

/// The rows of a table that is one file.
pub(super) async fn whole(place: &Place, table: &str) -> Vec<String> {
    let bytes = place.get(&super::super::partition::whole(table)).await.unwrap();
    rows(&bytes.unwrap())
}

/// The files of records that lie there, named or not.
pub(super) async fn parts(place: &Place) -> BTreeSet<String> {
    let mut paths = place.paths().await.unwrap();
    paths.retain(|path| is_part(path));
    paths.into_iter().collect()
}

/// Everything that lies there, as bytes and as what Parquet makes of them.
pub(super) async fn all_words(place: &Place) -> Vec<String> {
    let mut words = Vec::new();
    for path in place.paths().await.unwrap() {
        let bytes = place.get(&path).await.unwrap().unwrap();
        words.push(String::from_utf8_lossy(&bytes).into_owned());
        if path.ends_with(".parquet") {
            words.extend(rows(&bytes));
        }
    }
    words
}

/// Files never change, and the same ones are read after each cut: each is read once.
fn rows(bytes: &Bytes) -> Vec<String> {
    static READ: LazyLock<Mutex<HashMap<Bytes, Vec<String>>>> = LazyLock::new(Mutex::default);
    let mut read = READ.lock().unwrap();
    let rows = read.entry(bytes.clone()).or_insert_with(|| {
        let file = SerializedFileReader::new(bytes.clone()).unwrap();
        let rows = file.get_row_iter(None).unwrap();
        rows.map(|row| row.unwrap().to_string()).collect()
    });
    rows.clone()
}
