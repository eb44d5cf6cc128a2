//! Who may read without a token.

use std::net::IpAddr;
use std::str::FromStr;

/// From where reading over TCP needs no token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// From this machine, and from these networks.
    Own(Vec<Network>),
    /// From wherever the address is reached.
    Open,
    /// From nowhere.
    Token,
}

impl Default for Reading {
    fn default() -> Self {
        Self::Own(Vec::new())
    }
}

impl Reading {
    /// Whether whoever asks from there may read without a token.
    pub(crate) fn is_open_to(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        match self {
            Self::Own(networks) => peer.is_loopback() || networks.iter().any(|network| network.holds(peer)),
            Self::Open => true,
            Self::Token => false,
        }
    }
}

/// A network: an address, and how many of its first bits its members share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u32,
}

/// The text names no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no network; write its address and its bits, as 10.0.0.0/8 or fd00::/8, with nothing behind those bits"
)]
pub struct NetworkError(String);

impl Network {
    fn holds(self, peer: IpAddr) -> bool {
        let is_same_kind = self.address.is_ipv4() == peer.is_ipv4();
        is_same_kind && above(self.address, self.bits) == above(peer, self.bits)
    }
}

/// Bits of an address of this kind.
const fn width(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(_) => u32::BITS,
        IpAddr::V6(_) => u128::BITS,
    }
}

/// The first bits of an address.
fn above(address: IpAddr, bits: u32) -> u128 {
    let number = match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    };
    number.checked_shr(width(address) - bits).unwrap_or(0)
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let none = || NetworkError(text.to_owned());
        let (address, bits) = text.split_once('/').ok_or_else(none)?;
        let address: IpAddr = address.parse().map_err(|_| none())?;
        let bits: u32 = bits.parse().map_err(|_| none())?;
        if bits > width(address) {
            return Err(none());
        }
        // A typing error would otherwise open another network than was meant.
        let rest = width(address) - bits;
        let kept = above(address, bits).checked_shl(rest).unwrap_or(0);
        (kept == above(address, width(address)))
            .then_some(Self { address, bits })
            .ok_or_else(none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(network: &str, peer: &str, expected: bool) {
        let reading = Reading::Own(vec![network.parse().unwrap()]);
        assert_eq!(
            reading.is_open_to(peer.parse().unwrap()),
            expected,
            "{peer} in {network}"
        );
    }

    #[test]
    fn a_network_holds_what_begins_like_it() {
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("10.0.0.0/8", "::ffff:10.1.1.1", true);
        check("10.0.0.0/8", "fd00::1", false);
        check("192.168.7.4/32", "192.168.7.4", true);
        check("192.168.7.4/32", "192.168.7.5", false);
        check("0.0.0.0/0", "203.0.113.7", true);
        check("0.0.0.0/0", "2001:db8::1", false);
        check("fd00::/8", "fd12::1", true);
        check("::/0", "2001:db8::1", true);
        check("10.0.0.0/8", "127.0.0.1", true);
        check("10.0.0.0/8", "::1", true);
    }

    #[test]
    fn what_is_no_network_is_refused_and_named() {
        for text in [
            "10.0.0.0",
            "10.0.0.1/8",
            "10.0.0.0/33",
            "10.0.0/8",
            "fd00::/129",
            "home/8",
            "10.0.0.0/x",
            "",
        ] {
            let error = text.parse::<Network>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("'{text}'")), "{error}");
        }
    }

    #[test]
    fn open_is_open_and_token_is_not_even_to_this_machine() {
        let (near, far) = ("127.0.0.1".parse().unwrap(), "203.0.113.7".parse().unwrap());
        assert!(Reading::Open.is_open_to(far) && !Reading::Token.is_open_to(near));
        assert!(Reading::default().is_open_to(near) && !Reading::default().is_open_to(far));
    }
}
