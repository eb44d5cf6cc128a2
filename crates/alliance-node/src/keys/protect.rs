//! Passphrases: sealing keys that are plain, and changing what opens them.

use std::path::Path;

use alliance_record::SecretKey;
use serde_json::json;

use super::KeysError;
use crate::data::{Audit, DataDir, KeyError, KeyFile, KeyState, Passphrase};

/// Seals the keys of a data directory that are plain. Returns the files.
///
/// # Errors
/// [`KeysError`], also when nothing was plain.
pub fn encrypt(data: &Path, passphrase: &Passphrase) -> Result<Vec<String>, KeysError> {
    let dir = DataDir::new(data);
    let files = files(&dir)?;
    let plain: Vec<_> = files.iter().filter(|file| file.state() == KeyState::Plain).collect();
    if plain.is_empty() {
        let path = files[0].place();
        return Err(KeyError::Sealed { path }.into());
    }
    // What is sealed already must open with the same passphrase: one directory, one passphrase.
    for sealed in files.iter().filter(|file| file.state() == KeyState::Sealed) {
        sealed.open(Some(passphrase))?;
    }
    for file in &plain {
        file.protect(&file.open(None)?, Some(passphrase))?;
    }
    let sealed: Vec<String> = plain.iter().map(|file| file.place()).collect();
    Audit::of(&dir).note("keys_encrypted", json!({"files": sealed}))?;
    Ok(sealed)
}

/// Changes the passphrase. Returns the files.
///
/// # Errors
/// [`KeysError`]; when the old one does not open every key, nothing was changed.
pub fn change_passphrase(data: &Path, old: Option<&Passphrase>, new: &Passphrase) -> Result<Vec<String>, KeysError> {
    let dir = DataDir::new(data);
    let files = files(&dir)?;
    let mut opened = Vec::new();
    for file in &files {
        opened.push((file, open(file, old, new)?));
    }
    for (file, key) in &opened {
        file.protect(key, Some(new))?;
    }
    let changed: Vec<String> = files.iter().map(KeyFile::place).collect();
    Audit::of(&dir).note("passphrase_changed", json!({"files": changed}))?;
    Ok(changed)
}

/// A change that was cut off between two files left one of them under the new passphrase.
fn open(file: &KeyFile, old: Option<&Passphrase>, new: &Passphrase) -> Result<SecretKey, KeyError> {
    match file.open(old) {
        Err(wrong @ KeyError::WrongPassphrase { .. }) => file.open(Some(new)).map_err(|_| wrong),
        opened => opened,
    }
}

fn files(dir: &DataDir) -> Result<Vec<KeyFile>, KeysError> {
    let keys = dir.keys();
    let files: Vec<KeyFile> = [KeyFile::organisation(&keys)?, KeyFile::next_node(&keys)?]
        .into_iter()
        .flatten()
        .collect();
    if files.is_empty() {
        let path = keys.join("organisation.key").display().to_string();
        return Err(KeyError::Missing { path }.into());
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::keys::make_all;

    #[test]
    fn a_change_that_was_cut_off_between_two_files_is_finished_by_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::new(dir.path());
        let [old, new] =
            ["four words in a row", "four other words to keep"].map(|text| Passphrase::chosen(text).unwrap());
        let (organisation, _) = make_all(&data.keys(), Some(&old)).unwrap();
        let file = KeyFile::organisation(&data.keys()).unwrap().unwrap();
        file.protect(&organisation, Some(&new)).unwrap();
        let wrong = Passphrase::given("neither of both").unwrap();
        assert!(change_passphrase(dir.path(), Some(&wrong), &new).is_err());
        assert_eq!(change_passphrase(dir.path(), Some(&old), &new).unwrap().len(), 2);
        for file in files(&data).unwrap() {
            file.open(Some(&new)).unwrap();
        }
    }
}
