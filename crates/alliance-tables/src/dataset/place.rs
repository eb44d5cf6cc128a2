//! Where a dataset lies.

use std::fs;
use std::io;
use std::path::{Path as Folder, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use super::error::DatasetError;

/// What stands between a file's name and a number while a folder's file is being written.
const STAGED: char = '#';

/// A folder, or a part of an object store. Each file is there whole or not at all.
#[derive(Debug, Clone)]
pub struct Place {
    store: Arc<dyn ObjectStore>,
    /// Of a folder, which keeps pieces of files that an interruption left.
    folder: Option<PathBuf>,
}

impl Place {
    /// A folder, made where there is none. What is written is synced before it counts.
    ///
    /// # Errors
    /// When it cannot be made or opened.
    pub fn folder(folder: &Folder) -> Result<Self, DatasetError> {
        let failed = |error: io::Error| DatasetError::Place(format!("{}: {error}", folder.display()));
        fs::create_dir_all(folder).map_err(failed)?;
        let store = LocalFileSystem::new_with_prefix(folder)?
            .with_fsync(true)
            .with_automatic_cleanup(true);
        Ok(Self {
            store: Arc::new(store),
            folder: Some(folder.to_owned()),
        })
    }

    /// A bucket of a store that speaks S3, and the folder in it: `s3://bucket/folder`. Keys, region and endpoint come from the
    /// environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`; one without TLS also
    /// takes `AWS_ALLOW_HTTP=true`). Where the bucket keeps old versions of its objects, what is forgotten here is still in those:
    /// switch versions off, or let them expire.
    ///
    /// # Errors
    /// When the address or the environment cannot be understood.
    #[cfg(feature = "s3")]
    pub fn s3(address: &str) -> Result<Self, DatasetError> {
        use object_store::ClientConfigKey;
        use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
        use object_store::prefix::PrefixStore;

        let inside = address
            .strip_prefix("s3://")
            .and_then(|rest| Some(rest.split_once('/')?.1));
        let bucket = AmazonS3Builder::from_env().with_url(address);
        let setting = |key| bucket.get_config_value(&key).unwrap_or_default();
        let endpoint = setting(AmazonS3ConfigKey::Endpoint);
        // Said here, as the client says no more than that it was not built.
        if endpoint.starts_with("http://") && setting(AmazonS3ConfigKey::Client(ClientConfigKey::AllowHttp)) != "true" {
            return Err(DatasetError::Place(format!(
                "{endpoint} is without TLS, so whoever is on the way reads records: name one with https://, or set AWS_ALLOW_HTTP=true"
            )));
        }
        let bucket = bucket.build()?;
        Ok(Self {
            store: Arc::new(PrefixStore::new(bucket, Path::from(inside.unwrap_or_default()))),
            folder: None,
        })
    }

    /// Any store.
    #[cfg(test)]
    pub(super) fn of(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, folder: None }
    }

    pub(super) async fn put(&self, path: &str, bytes: Vec<u8>) -> Result<(), DatasetError> {
        self.store.put(&Path::from(path), PutPayload::from(bytes)).await?;
        Ok(())
    }

    /// `None` where there is no such file.
    pub(super) async fn get(&self, path: &str) -> Result<Option<Bytes>, DatasetError> {
        match self.store.get(&Path::from(path)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// One that is gone already is as good as deleted.
    pub(super) async fn delete(&self, path: &str) -> Result<(), DatasetError> {
        match self.store.delete(&Path::from(path)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The paths of all files.
    pub(super) async fn paths(&self) -> Result<Vec<String>, DatasetError> {
        let paths = self.store.list(None).map_ok(|object| object.location.to_string());
        Ok(paths.try_collect().await?)
    }

    /// Takes away pieces of files that were being written when an interruption came: they are no files to the store, and may
    /// hold what is to be forgotten.
    pub(super) fn remove_staged(&self) -> Result<(), DatasetError> {
        match &self.folder {
            Some(folder) => remove_staged(folder).map_err(|error| DatasetError::Place(error.to_string())),
            None => Ok(()),
        }
    }
}

fn remove_staged(folder: &Folder) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_staged(&entry.path())?;
        } else if is_staged(&entry.file_name().to_string_lossy()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn is_staged(name: &str) -> bool {
    let number = name.rsplit_once(STAGED).map(|(_, number)| number);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
}
