//! A data directory as it lies on the disk: keys are read and identities written from outside of the node.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use alliance_record::{AllianceId, Certificate, CertifiedNode, SecretKey};
use serde_json::{Value, json};

/// Milliseconds of a day.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// The three keys of a node.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    pub(crate) organisation: SecretKey,
    pub(crate) node: SecretKey,
    pub(crate) transport: SecretKey,
}

impl Keys {
    pub(crate) fn read(data: &Path) -> Self {
        let read = |name: &str| {
            let text = std::fs::read_to_string(data.join("keys").join(name)).unwrap();
            text.trim().parse().unwrap()
        };
        Self {
            organisation: read("organisation.key"),
            node: read("node.key"),
            transport: read("transport.key"),
        }
    }

    /// The organisation's word for this node, from yesterday until some moment.
    pub(crate) fn certificate(&self, alliance: AllianceId, ends_ms: i64) -> Certificate {
        let node = CertifiedNode {
            alliance,
            organisation: self.organisation.organisation(),
            writer: self.node.writer(),
            transport: self.transport.transport(),
            not_before_ms: now_ms() - DAY_MS,
            not_after_ms: ends_ms,
            label: String::new(),
            next_writer: None,
            standing: None,
            key: None,
            succeeds: None,
        };
        Certificate::issue(&self.organisation, node)
    }
}

pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn identity(data: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(data.join("identity.json")).unwrap()).unwrap()
}

/// The alliance that a directory belongs to.
pub(crate) fn alliance_of(data: &Path) -> AllianceId {
    identity(data)["membership"]["alliance"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

/// Gives a directory a place in an alliance without asking anybody: its node trusts `inviter`, and shows `certificate`.
pub(crate) fn attach(data: &Path, alliance: AllianceId, inviter: &str, certificate: &Certificate) {
    let mut identity = identity(data);
    identity["membership"] = json!({
        "alliance": alliance.to_string(),
        "alliance_name": "Test alliance",
        "certificate": hex(certificate.bytes()),
        "inviter": inviter,
    });
    write(data, &identity);
}

/// Puts another certificate into a directory.
pub(crate) fn show_instead(data: &Path, certificate: &Certificate) {
    let mut identity = identity(data);
    identity["membership"]["certificate"] = hex(certificate.bytes()).into();
    write(data, &identity);
}

fn write(data: &Path, identity: &Value) {
    std::fs::write(data.join("identity.json"), identity.to_string()).unwrap();
}
