//! Names under which a browser may call this node. A page of a stranger can make its own name point at this machine (DNS
//! rebinding); what it cannot do is to make the browser send another name than its own.

use std::net::{IpAddr, SocketAddr};

/// Names allowed beside the loopback ones.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hosts {
    configured: Vec<String>,
}

impl Hosts {
    /// Names as `host` (any port) or `host:port`, in any case.
    pub(crate) fn new(names: &[String]) -> Self {
        Self {
            configured: names.iter().map(|name| name.trim().to_ascii_lowercase()).collect(),
        }
    }

    /// Whether a `Host` header may be answered by a connection to `local`.
    ///
    /// An address written in digits cannot be rebound, so the one that was really called is allowed.
    pub(crate) fn allows(&self, host: &str, local: SocketAddr) -> bool {
        let host = host.to_ascii_lowercase();
        let (name, port) = split(&host);
        if self
            .configured
            .iter()
            .any(|allowed| *allowed == host || allowed == name)
        {
            return true;
        }
        let Some(port) = port.map_or(Some(80), |digits| digits.parse::<u16>().ok()) else {
            return false;
        };
        port == local.port() && is_own_name(name, local.ip())
    }

    /// Whether an `Origin` header names this node.
    pub(crate) fn allows_origin(&self, origin: &str, local: SocketAddr) -> bool {
        let rest = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"));
        rest.is_some_and(|host| self.allows(host, local))
    }
}

/// Cuts `host:port`; the brackets of an IPv6 address stay with it.
fn split(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (host, None),
    }
}

fn is_own_name(name: &str, local: IpAddr) -> bool {
    if name == "localhost" {
        return true;
    }
    let digits = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(name);
    digits
        .parse::<IpAddr>()
        .is_ok_and(|address| address.is_loopback() || address == local.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &str, local: &str, expected: bool) {
        let hosts = Hosts::new(&["Node.Example.org".to_owned(), "proxy.example:8443".to_owned()]);
        assert_eq!(
            hosts.allows(host, local.parse().unwrap()),
            expected,
            "{host} at {local}"
        );
    }

    #[test]
    fn own_names_with_own_port_and_configured_names() {
        let loopback = "127.0.0.1:8080";
        check("localhost:8080", loopback, true);
        check("LOCALHOST:8080", loopback, true);
        check("127.0.0.1:8080", loopback, true);
        check("[::1]:8080", "[::1]:8080", true);
        check("localhost", "127.0.0.1:80", true);
        check("localhost", loopback, false);
        check("localhost:8081", loopback, false);
        check("localhost:99999", loopback, false);
        check("evil.example:8080", loopback, false);
        check("localhost.evil.example:8080", loopback, false);
        check("10.1.2.3:8080", loopback, false);
        check("10.1.2.3:8080", "10.1.2.3:8080", true);
        check("10.1.2.3:8080", "[::ffff:10.1.2.3]:8080", true);
        check("node.example.org", loopback, true);
        check("node.example.org:1234", loopback, true);
        check("proxy.example:8443", loopback, true);
        check("proxy.example:8444", loopback, false);
        check("", loopback, false);
    }

    #[test]
    fn an_origin_is_a_scheme_and_an_own_name() {
        let hosts = Hosts::default();
        let local = "127.0.0.1:8080".parse().unwrap();
        assert!(hosts.allows_origin("http://localhost:8080", local));
        assert!(!hosts.allows_origin("http://localhost:3000", local));
        assert!(!hosts.allows_origin("null", local));
        assert!(!hosts.allows_origin("http://evil.example", local));
    }
}
