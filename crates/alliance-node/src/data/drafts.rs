//! Drafts that wait: one file each, replaced whole, that only its owner reads. Nothing of a draft leaves this directory before it
//! is signed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use alliance_api::{Confirmations, DocumentFormat, Finding, Override};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::file::{self, FileError};
use super::{DataDir, Tokens};

/// Drafts that wait at once: more are no drafts but an import, which goes another way.
pub(crate) const DRAFTS_MAX: usize = 1_000;
/// How a draft's file ends.
const ENDING: &str = "json";

/// A draft, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptDraft {
    pub(crate) id: String,
    pub(crate) format: DocumentFormat,
    /// As it is to be published.
    pub(crate) document: String,
    pub(crate) chapter: String,
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) made_at_ms: i64,
    pub(crate) confirmations: Confirmations,
    /// Codes of warnings.
    pub(crate) accepted: Vec<String>,
    pub(crate) overrides: Vec<Override>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) approval: Option<Approval>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unprotected: Option<Unprotected>,
    /// The time that its record claims, once it is being signed: whoever finds this after a crash looks for that record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) signing_ms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) held_up: Option<HeldUp>,
}

/// A second reader's word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Approval {
    /// Id of the token.
    pub(crate) token: String,
    pub(crate) label: String,
    pub(crate) at_ms: i64,
}

/// A series as it was counted, which stays here when its protected form is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Unprotected {
    pub(crate) format: DocumentFormat,
    pub(crate) document: String,
}

/// Why a draft was not published when its time came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HeldUp {
    pub(crate) at_ms: i64,
    pub(crate) code: String,
    pub(crate) said: String,
    #[serde(default)]
    pub(crate) findings: Vec<Finding>,
}

/// All drafts, and who may approve them.
pub(crate) struct Drawer {
    dir: PathBuf,
    drafts: Mutex<BTreeMap<String, KeptDraft>>,
    tokens: Mutex<Tokens>,
    /// Told when a draft comes or changes.
    pub(crate) changed: Notify,
    /// Held by whoever takes a draft a step further: two at once would sign it twice.
    pub(crate) step: tokio::sync::Mutex<()>,
}

impl Drawer {
    /// Reads what lies in the directory. A file that is no draft is left alone and told of: the node must not stay away for it.
    pub(crate) fn open(dir: &DataDir) -> Result<Self, FileError> {
        let tokens = Tokens::open(dir.tokens())?;
        let dir = dir.drafts();
        file::make_dir(&dir)?;
        let mut drafts = BTreeMap::new();
        for entry in std::fs::read_dir(&dir).map_err(FileError::io(&dir))? {
            let path = entry.map_err(FileError::io(&dir))?.path();
            if path.extension().is_none_or(|ending| ending != ENDING) {
                continue;
            }
            match read(&path) {
                Ok(draft) => drop(drafts.insert(draft.id.clone(), draft)),
                Err(error) => tracing::error!(%error, "a draft cannot be read and is left as it is"),
            }
        }
        Ok(Self {
            dir,
            drafts: Mutex::new(drafts),
            tokens: Mutex::new(tokens),
            changed: Notify::new(),
            step: tokio::sync::Mutex::new(()),
        })
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, KeptDraft>> {
        // Each change of the map is complete in itself.
        self.drafts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All drafts, oldest first.
    pub(crate) fn list(&self) -> Vec<KeptDraft> {
        let mut listed: Vec<KeptDraft> = self.all().values().cloned().collect();
        listed.sort_by(|one, other| (one.made_at_ms, &one.id).cmp(&(other.made_at_ms, &other.id)));
        listed
    }

    pub(crate) fn get(&self, id: &str) -> Option<KeptDraft> {
        self.all().get(id).cloned()
    }

    /// Whether one more fits.
    pub(crate) fn has_room(&self) -> bool {
        self.all().len() < DRAFTS_MAX
    }

    /// Keeps a draft, in place of what was kept of it. When this returns, it is on the disk.
    pub(crate) fn put(&self, draft: KeptDraft) -> Result<(), FileError> {
        file::replace_json(&self.path(&draft.id), &draft)?;
        self.all().insert(draft.id.clone(), draft);
        self.changed.notify_one();
        Ok(())
    }

    /// Takes a draft away for good.
    pub(crate) fn remove(&self, id: &str) -> Result<(), FileError> {
        let path = self.path(id);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(FileError::io(&path)(error)),
            _ => {}
        }
        let synced = std::fs::File::open(&self.dir).and_then(|dir| dir.sync_all());
        synced.map_err(FileError::io(&self.dir))?;
        self.all().remove(id);
        Ok(())
    }

    fn path(&self, id: &str) -> PathBuf {
        self.dir.join(id).with_extension(ENDING)
    }
}

fn read(path: &Path) -> Result<KeptDraft, FileError> {
    let draft: KeptDraft = file::read_json(path)?.ok_or_else(|| FileError::damaged(path, "it is gone"))?;
    if path.file_stem().is_none_or(|stem| stem != draft.id.as_str()) {
        return Err(FileError::damaged(path, "its name is not the draft's"));
    }
    Ok(draft)
}

#[cfg(test)]
impl KeptDraft {
    /// One that everything was said of and nothing has happened to.
    pub(crate) fn example() -> Self {
        Self {
            id: "aabbccddeeff".to_owned(),
            format: DocumentFormat::Markdown,
            document: "---\n".to_owned(),
            chapter: "m49:001".to_owned(),
            kind: "lesson".to_owned(),
            title: "A title".to_owned(),
            made_at_ms: 0,
            confirmations: Confirmations::all(),
            accepted: Vec::new(),
            overrides: Vec::new(),
            approval: None,
            unprotected: None,
            signing_ms: None,
            held_up: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(id: &str, made_at_ms: i64) -> KeptDraft {
        KeptDraft {
            id: id.to_owned(),
            made_at_ms,
            ..KeptDraft::example()
        }
    }

    #[test]
    fn drafts_outlive_the_node_and_are_kept_from_others() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::new(dir.path());
        let drawer = Drawer::open(&data).unwrap();
        drawer.put(draft("bb", 1)).unwrap();
        drawer.put(draft("aa", 2)).unwrap();
        let path = data.drafts().join("aa.json");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&data.drafts())), (0o600, 0o700));
        // What a crash leaves behind, and what somebody laid there.
        std::fs::write(data.drafts().join("cc.new"), "{").unwrap();
        std::fs::write(data.drafts().join("dd.json"), "{").unwrap();
        std::fs::copy(&path, data.drafts().join("ee.json")).unwrap();
        let drawer = Drawer::open(&data).unwrap();
        let listed = drawer.list();
        assert_eq!(
            listed.iter().map(|draft| draft.id.as_str()).collect::<Vec<_>>(),
            ["bb", "aa"]
        );
        drawer.remove("aa").unwrap();
        drawer.remove("aa").unwrap();
        assert!(drawer.get("aa").is_none() && !path.exists());
        assert!(
            data.drafts().join("dd.json").exists(),
            "nothing is thrown away that is not known"
        );
    }
}
