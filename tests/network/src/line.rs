//! A bad line between two namespaces: late, narrow, and losing packets both ways.
//!
//! The two ends are Ethernet devices named `wan`; what loses and delays is the kernel's emulator or the forwarder. Both
//! lose whole packets, so that TCP on both ends meets what it would meet on such a line.

use std::time::Duration;

use anyhow::Context as _;

use crate::arguments::{Arguments, Maker};
use crate::forwarder::Forwarder;
use crate::lack::Lack;
use crate::namespace::{self, Namespace};
use crate::wires::Wires;

/// Milliseconds that a packet may wait for its turn; beyond, it is lost: a router's buffer on a line like this.
pub(crate) const QUEUE: Duration = Duration::from_millis(300);
/// Bytes of a packet at most, for the emulator, which counts packets.
const PACKET_BYTES: u64 = 1_500;
/// The device of the line on both ends.
pub(crate) const DEVICE: &str = "wan";
/// Addresses on the line.
pub(crate) const ADDRESSES: [&str; 2] = ["10.72.0.1", "10.72.0.2"];
/// Hardware addresses on the line: known beforehand, so that finding each other is no part of what is measured.
const HARDWARE: [&str; 2] = ["02:00:00:00:72:01", "02:00:00:00:72:02"];

/// How bad it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    /// From one end to the other.
    pub(crate) one_way: Duration,
    /// Packets of a million that are lost, each way.
    pub(crate) loss_per_million: u64,
    /// Each way, of Ethernet's bytes without their frame.
    pub(crate) bytes_per_s: u64,
}

impl Line {
    pub(crate) const fn of(arguments: &Arguments) -> Self {
        Self {
            one_way: Duration::from_micros(arguments.round_trip_ms * 500),
            loss_per_million: arguments.loss_percent * 10_000,
            bytes_per_s: arguments.rate_kbit * 125,
        }
    }

    /// Packets under way and waiting at most.
    fn packets_max(self) -> u64 {
        let held = self.one_way + QUEUE;
        1 + self.bytes_per_s * held.as_millis().try_into().unwrap_or(u64::MAX) / 1000 / PACKET_BYTES
    }

    fn netem(self) -> String {
        format!(
            "tc qdisc add dev {DEVICE} root netem delay {}us loss {}% rate {}bit limit {}",
            self.one_way.as_micros(),
            self.loss_per_million as f64 / 10_000.0,
            self.bytes_per_s * 8,
            self.packets_max(),
        )
    }
}

/// A line that stands.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) maker: Maker,
    forwarder: Option<Forwarder>,
    // Behind the forwarder, whose sockets are in the namespaces that these join.
    _wires: Option<Wires>,
}

impl Standing {
    /// What the line did so far, in words, where anybody counts it.
    pub(crate) fn told(&self) -> String {
        self.forwarder.as_ref().map_or_else(String::new, Forwarder::told)
    }
}

/// Lays a line between two namespaces.
pub(crate) fn lay(ends: [&Namespace; 2], line: Line, arguments: &Arguments) -> anyhow::Result<Standing> {
    let maker = choose(arguments.line)?;
    let (forwarder, wires) = match maker {
        Maker::Netem => {
            let [a, b] = ends;
            a.run(&format!(
                "ip link add {DEVICE} type veth peer name {DEVICE} netns {}",
                b.holder()
            ))?;
            (None, None)
        }
        Maker::Forwarder => {
            let wires = Wires::lay(ends)?;
            wires.carry(ends, DEVICE)?;
            (Some(Forwarder::start(&wires, line, arguments.seed)?), Some(wires))
        }
    };
    for (end, other) in [(0, 1), (1, 0)] {
        raise(ends[end], end, other)?;
        if maker == Maker::Netem {
            ends[end].run(&line.netem()).context("the line could not be shaped")?;
        }
        if let Some(name) = &arguments.congestion {
            control(ends[end], name)?;
        }
    }
    Ok(Standing {
        maker,
        forwarder,
        _wires: wires,
    })
}

/// What shapes lines here: as asked, else what the kernel has.
fn choose(asked: Option<Maker>) -> anyhow::Result<Maker> {
    let netem = namespace::run("tc qdisc add dev lo root netem delay 1us");
    let _ = namespace::run("tc qdisc del dev lo root");
    let vxlan = namespace::run("ip link add probe type vxlan id 1 remote 127.0.0.1 dstport 4789");
    let _ = namespace::run("ip link del probe");
    let maker = |kind, module, why: anyhow::Error| Lack::Maker {
        kind,
        module,
        why: why.to_string(),
    };
    match (asked, netem, vxlan) {
        (None | Some(Maker::Netem), Ok(()), _) => Ok(Maker::Netem),
        (None | Some(Maker::Forwarder), _, Ok(())) => Ok(Maker::Forwarder),
        (Some(Maker::Netem), Err(why), _) => Err(maker("netem", "sch_netem", why).into()),
        (Some(Maker::Forwarder), _, Err(why)) => Err(maker("VXLAN", "vxlan", why).into()),
        (None, Err(netem), Err(vxlan)) => Err(Lack::Line {
            netem: netem.to_string(),
            vxlan: vxlan.to_string(),
        }
        .into()),
    }
}

/// Gives an end its addresses and opens it. Segments are cut before they reach the line, so that each is lost or late by
/// itself.
fn raise(namespace: &Namespace, end: usize, other: usize) -> anyhow::Result<()> {
    let (address, hardware) = (ADDRESSES[end], HARDWARE[end]);
    namespace.run(&format!(
        "ip link set {DEVICE} address {hardware} mtu {PACKET_BYTES} gso_max_segs 1"
    ))?;
    namespace.run(&format!("ip address add {address}/24 dev {DEVICE}"))?;
    namespace.run(&format!("ip link set {DEVICE} up"))?;
    let (address, hardware) = (ADDRESSES[other], HARDWARE[other]);
    namespace.run(&format!(
        "ip neigh replace {address} lladdr {hardware} nud permanent dev {DEVICE}"
    ))
}

const CONGESTION: &str = "/proc/sys/net/ipv4/tcp_congestion_control";

fn control(namespace: &Namespace, name: &str) -> anyhow::Result<()> {
    let set = namespace.set(CONGESTION, name);
    set.map_err(|error| {
        let (name, why) = (name.to_owned(), error.to_string());
        Lack::Congestion { name, why }.into()
    })
}

/// TCP's congestion control in a namespace.
pub(crate) fn congestion(namespace: &Namespace) -> anyhow::Result<String> {
    namespace.get(CONGESTION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_emulator_is_told_all_of_it() {
        let line = Line {
            one_way: Duration::from_millis(300),
            loss_per_million: 50_000,
            bytes_per_s: 1_250_000,
        };
        assert_eq!(
            line.netem(),
            "tc qdisc add dev wan root netem delay 300000us loss 5% rate 10000000bit limit 501"
        );
    }
}
