//! The Unix socket's file: private from its first moment, replaced when its node is dead, kept when it lives.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

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
    if nest.join("s").as_os_str().len() > PATH_BYTES_MAX {
        return Err(ServeError::SocketPathTooLong { path: path.to_owned() });
    }
    let bound = bind_in(&nest, path);
    let _ = fs::remove_dir_all(&nest);
    bound
        .map(|listener| (listener, SocketFile(path.to_owned())))
        .map_err(|source| ServeError::Socket {
            path: path.to_owned(),
            source,
        })
}

/// A private directory beside the socket: there the file gets its mode before anyone can reach it.
fn nest_of(path: &Path) -> PathBuf {
    path.with_file_name(format!(".{}", std::process::id()))
}

fn bind_in(nest: &Path, path: &Path) -> io::Result<UnixListener> {
    let _ = fs::remove_dir_all(nest);
    DirBuilder::new().mode(0o700).create(nest)?;
    let inner = nest.join("s");
    let listener = UnixListener::bind(&inner)?;
    fs::set_permissions(&inner, Permissions::from_mode(0o600))?;
    fs::rename(&inner, path)?;
    Ok(listener)
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
