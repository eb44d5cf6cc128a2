//! Whether a document may say of other records what it says, before it is signed.

use alliance_api::Finding;
use alliance_knowledge::{Item, Versions, standing};
use alliance_record::proto::v1;
use alliance_record::schema::Document;
use alliance_record::{OrganisationId, RecordId};
use alliance_store::ReadError;
use prost::Message;

use super::Asking;

/// Roles whose target decides what the document means: one that is not held here is worth a warning.
const TARGETED: [(&str, &str); 5] = [
    ("supersedes", "supersedes"),
    ("adopts", "of"),
    ("translates", "of"),
    ("replies_to", "about"),
    ("corrects", "target"),
];
/// Types of notice that are its own organisation's to publish; stewards have an act for it.
const ITS_OWN: [&str; 4] = ["retraction", "partial_retraction", "withdrawal", "new_version"];

/// What is wrong, or worth knowing, with the records that a document of this organisation names.
pub(crate) fn check(asking: &Asking<'_>, own: &OrganisationId, document: &Document) -> Result<Vec<Finding>, ReadError> {
    let mut findings = Vec::new();
    for (role, target) in &document.references {
        let Some((_, place)) = TARGETED.iter().find(|(known, _)| known == role) else {
            continue;
        };
        let id = RecordId(*target);
        let found = match asking.reading.record(&id)? {
            None => Some(not_held(place, &id)),
            Some(item) => asking.fault(own, document, (role, place), &item)?,
        };
        findings.extend(found);
    }
    Ok(findings)
}

impl Asking<'_> {
    fn fault(
        &self,
        own: &OrganisationId,
        document: &Document,
        (role, place): (&str, &str),
        target: &Item,
    ) -> Result<Option<Finding>, ReadError> {
        let is_own = target.organisation == *own;
        let kind = document.kind.name();
        Ok(match role {
            "supersedes" if !is_own => Some(error(
                "not_its_own",
                place,
                format!(
                    "{} is another organisation's: a new version of it would be nobody's.",
                    target.id.short()
                ),
                "To say how you do it, publish an adoption of it; to comment on it, a response.",
            )),
            "supersedes" if target.kind != document.kind => Some(error(
                "another_kind",
                place,
                format!(
                    "{} is a {}, and this is a {kind}.",
                    target.id.short(),
                    target.kind.name()
                ),
                "A new version is of the same kind. To name a record beside this one, use related.",
            )),
            "supersedes" => self.newer(document, target)?,
            "adopts" | "translates" => self.outdated(place, target)?,
            "corrects" => self.noticed(document, target, is_own)?,
            _ => None,
        })
    }

    /// What takes the place of an older version leaves the newer one beside it.
    fn newer(&self, document: &Document, target: &Item) -> Result<Option<Finding>, ReadError> {
        let named = |id: &RecordId| {
            document
                .references
                .iter()
                .any(|(role, named)| role == "supersedes" && *named == id.0)
        };
        let versions = Versions::of(&self.reading, target)?;
        let left: Vec<_> = versions.heads().filter(|head| !named(&head.item.id)).collect();
        let Some(head) = left.first() else {
            return Ok(None);
        };
        Ok(Some(warning(
            "newer_version",
            "supersedes",
            format!(
                "There is a newer version: {}. Both would stand side by side.",
                head.item.id
            ),
            "Name it under supersedes too, and bring over what it says; `alliance share --revise ID` begins such a file.",
        )))
    }

    /// The newest version, if that is another one.
    fn newest(&self, target: &Item) -> Result<Option<RecordId>, ReadError> {
        let versions = Versions::of(&self.reading, target)?;
        let newest = versions.newest().map(|newest| newest.item.id);
        Ok(newest.filter(|newest| *newest != target.id))
    }

    /// A notice of an older version leaves the current one where it is.
    fn noticed(&self, document: &Document, target: &Item, is_own: bool) -> Result<Option<Finding>, ReadError> {
        let Ok(notice) = v1::Notice::decode(document.body.as_slice()) else {
            return Ok(None);
        };
        if !is_own && ITS_OWN.contains(&notice.notice_type.as_str()) {
            return Ok(Some(misdirected(&notice.notice_type, target)));
        }
        // Whoever names what stands in its place knows of it.
        if notice.replaced_by.is_some() {
            return Ok(None);
        }
        Ok(self.newest(target)?.map(|newer| {
            warning(
                "newer_version",
                "target",
                format!("This is an older version: the current one, {newer}, stays in lists, and unmarked."),
                "Name the version that you mean. If it is the older one, go on.",
            )
        }))
    }

    fn outdated(&self, place: &str, target: &Item) -> Result<Option<Finding>, ReadError> {
        let standing = standing(&self.reading, target)?;
        if standing.is_retracted() {
            let what = format!("{} is retracted.", target.id.short());
            return Ok(Some(warning("retracted", place, what, "See why: alliance show ID.")));
        }
        Ok(self.newest(target)?.map(|newer| {
            warning(
                "newer_version",
                place,
                format!("There is a newer version of it: {newer}."),
                "Name the version that you mean. If it is the older one, go on.",
            )
        }))
    }
}

fn misdirected(notice_type: &str, target: &Item) -> Finding {
    error(
        "not_its_own",
        "target",
        format!(
            "{} is another organisation's: a {notice_type} of it would have no effect.",
            target.id.short()
        ),
        "Say what is wrong as an expression_of_concern or a response, or propose it to the stewards: alliance propose notice.",
    )
}

fn not_held(place: &str, id: &RecordId) -> Finding {
    warning(
        "record_not_held",
        place,
        format!("This node does not hold the record {}.", id.short()),
        "Check the id, or follow the chapter that it is in. Others who hold it will see the link.",
    )
}

fn error(code: &str, place: &str, message: String, remedy: &str) -> Finding {
    finding("error", code, place, message, remedy)
}

pub(crate) fn warning(code: &str, place: &str, message: String, remedy: &str) -> Finding {
    finding("warning", code, place, message, remedy)
}

fn finding(severity: &str, code: &str, place: &str, message: String, remedy: &str) -> Finding {
    Finding {
        severity: severity.to_owned(),
        code: code.to_owned(),
        place: place.to_owned(),
        line: None,
        column: None,
        message,
        remedy: remedy.to_owned(),
    }
}
