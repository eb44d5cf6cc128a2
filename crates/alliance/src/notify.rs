//! Tells the system's supervisor how the node is, by the protocol of `sd_notify`. Does nothing without `NOTIFY_SOCKET`.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use alliance_node::Handle;

/// A supervisor that listens, or nobody.
#[derive(Debug, Default)]
pub(crate) struct Supervisor(Option<UnixDatagram>);

impl Supervisor {
    /// The one that the environment names.
    pub(crate) fn of_process() -> Self {
        let named = std::env::var_os("NOTIFY_SOCKET").unwrap_or_default();
        Self(connect(named.as_bytes()))
    }

    /// The node answers.
    pub(crate) fn ready(&self) {
        self.tell("READY=1");
    }

    /// The node is ending.
    pub(crate) fn stopping(&self) {
        self.tell("STOPPING=1");
    }

    /// Gives signs of life for as long as the node is ready, when the supervisor wants them. Never returns.
    pub(crate) async fn watch(&self, handle: &Handle) {
        let Some(pause) = pause(std::env::var("WATCHDOG_USEC").ok()) else {
            return std::future::pending().await;
        };
        loop {
            tokio::time::sleep(pause).await;
            if handle.is_ready() {
                self.tell("WATCHDOG=1");
            }
        }
    }

    fn tell(&self, state: &str) {
        // A supervisor that has gone away is no reason to end.
        let _ = self.0.as_ref().map(|socket| socket.send(state.as_bytes()));
    }
}

/// Half of what the supervisor waits, as its manual asks.
fn pause(microseconds: Option<String>) -> Option<Duration> {
    let wait: u64 = microseconds?.parse().ok()?;
    (wait > 1).then(|| Duration::from_micros(wait / 2))
}

fn connect(name: &[u8]) -> Option<UnixDatagram> {
    let address = match name {
        // A leading @ stands for the zero byte of an abstract name.
        [b'@', rest @ ..] => SocketAddr::from_abstract_name(rest).ok()?,
        [b'/', ..] => SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(name)).ok()?,
        _ => return None,
    };
    let socket = UnixDatagram::unbound().ok()?;
    socket.connect_addr(&address).ok()?;
    Some(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hears(listener: &UnixDatagram) -> String {
        let mut bytes = [0; 64];
        let length = listener.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    }

    #[test]
    fn a_supervisor_is_told_by_path_and_by_abstract_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notify");
        let by_path = UnixDatagram::bind(&path).unwrap();
        Supervisor(connect(path.as_os_str().as_bytes())).ready();
        assert_eq!(hears(&by_path), "READY=1");

        let name = format!("alliance-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let by_name = UnixDatagram::bind_addr(&address).unwrap();
        Supervisor(connect(format!("@{name}").as_bytes())).stopping();
        assert_eq!(hears(&by_name), "STOPPING=1");
    }

    #[test]
    fn nobody_listens_without_a_name() {
        assert!(connect(b"").is_none() && connect(b"relative").is_none() && connect(b"/nowhere/at/all").is_none());
        assert_eq!(pause(Some("30000000".to_owned())), Some(Duration::from_secs(15)));
        assert_eq!(
            [pause(None), pause(Some("x".to_owned())), pause(Some("0".to_owned()))],
            [None; 3]
        );
    }
}
