//! Two wires, from the suite's own namespace to each node's: nodes reach the suite, and each other only through it.
//!
//! Nothing here delays or loses anything.

use std::net::Ipv4Addr;

use crate::namespace::{self, Namespace};

/// Bytes of a packet: what a VXLAN device adds to 1,500 still fits.
const PACKET_BYTES: u32 = 1_600;
/// The port on which VXLAN devices send and listen.
pub(crate) const VXLAN_PORT: u16 = 4789;

/// The ends of both.
#[derive(Debug)]
pub(crate) struct Wires;

impl Drop for Wires {
    fn drop(&mut self) {
        for side in 0..2 {
            let _ = namespace::run(&format!("ip link del {}", device(side)));
        }
    }
}

fn device(side: u8) -> String {
    format!("wire{side}")
}

impl Wires {
    pub(crate) fn lay(ends: [&Namespace; 2]) -> anyhow::Result<Self> {
        namespace::run("ip link set lo up")?;
        let wires = Self;
        for (side, end) in (0..).zip(ends) {
            let (device, near, far) = (device(side), wires.near(side), wires.far(side));
            let peer = format!("peer name wire netns {}", end.holder());
            namespace::run(&format!("ip link add {device} mtu {PACKET_BYTES} type veth {peer}"))?;
            namespace::run(&format!("ip address add {near}/30 dev {device}"))?;
            namespace::run(&format!("ip link set {device} up"))?;
            end.run(&format!("ip link set wire mtu {PACKET_BYTES}"))?;
            end.run(&format!("ip address add {far}/30 dev wire"))?;
            end.run("ip link set wire up")?;
        }
        Ok(wires)
    }

    /// The suite's address on a node's wire.
    pub(crate) const fn near(&self, side: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, 71, side, 1)
    }

    /// The node's address on its wire.
    pub(crate) const fn far(&self, side: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, 71, side, 2)
    }

    /// Puts a device into both namespaces whose Ethernet frames come to the suite in UDP.
    pub(crate) fn carry(&self, ends: [&Namespace; 2], device: &str) -> anyhow::Result<()> {
        for (side, end) in (0..).zip(ends) {
            let (near, far) = (self.near(side), self.far(side));
            end.run(&format!(
                "ip link add {device} type vxlan id 72 local {far} remote {near} dev wire dstport {VXLAN_PORT} nolearning"
            ))?;
        }
        Ok(())
    }
}
