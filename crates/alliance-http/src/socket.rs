//! The Unix socket's file: private from its first moment, replaced when its node is dead, kept when it lives.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use tokio::net::UnixListener;

use crate::server::ServeError;

/// Bytes of a socket's path: what the kernel's address structure holds, without its closing zero.
const PATH_BYTES_MAX: usize = 107;

/// A bound socket's file; removed when dropped.
#[derive(Debug)]
pub(crate) struct SocketFile(PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Binds a socket that only this user can connect to.
pub(crate) fn bind(path: &Path) -> Result<(UnixListener, SocketFile), ServeError> {
    refuse_living(path)?;
    let nest = nest_of(path);
    let longest = path.as_os_str().len().max(nest.join("s").as_os_str().len());
    if longest > PATH_BYTES_MAX {
        return Err(ServeError::SocketPathTooLong { path: path.to_owned() });
    }
    let bound = bind_in(&nest, path);
    bound
        .map(|listener| (listener, SocketFile(path.to_owned())))
        .map_err(|source| ServeError::Socket {
            path: path.to_owned(),
            source,
        })
}

/// A private directory beside the socket: there the file gets its mode before anyone can reach it. Its name is short,
/// because the path is bounded, and random, because two sockets may be made in one directory at once.
fn nest_of(path: &Path) -> PathBuf {
    let mut bytes = [0; 3];
    // Without random bytes the name is a fixed one, and a clash fails to bind.
    let _ = getrandom::fill(&mut bytes);
    path.with_file_name(format!(".{}", HEXLOWER.encode(&bytes)))
}

fn bind_in(nest: &Path, path: &Path) -> io::Result<UnixListener> {
    DirBuilder::new().mode(0o700).create(nest)?;
    let inner = nest.join("s");
    let listener = UnixListener::bind(&inner).and_then(|listener| {
        fs::set_permissions(&inner, Permissions::from_mode(0o600))?;
        fs::rename(&inner, path)?;
        Ok(listener)
    });
    let _ = fs::remove_file(&inner);
    let _ = fs::remove_dir(nest);
    listener
}

fn refuse_living(path: &Path) -> Result<(), ServeError> {
    let Ok(found) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    if !found.file_type().is_socket() {
        return Err(ServeError::NotASocket { path: path.to_owned() });
    }
    // Only a dead node's socket refuses; anything else means that someone holds it.
    match std::os::unix::net::UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
        _ => Err(ServeError::SocketInUse { path: path.to_owned() }),
    }
}
