//! Names that a reader may take for another's: the same to the eye, though spelt with other characters.
//!
//! By the skeletons of Unicode Technical Standard 39. It warns and never refuses: two organisations may share a name.

use std::collections::BTreeMap;

use alliance_engine::Members;
use alliance_record::OrganisationId;
use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

/// Two skeletons: letters that look alike do so in their case as written, or in lower case.
type Skeletons = [String; 2];

fn skeletons(name: &str) -> Skeletons {
    let whole: String = name.nfkc().collect();
    let bare = |text: String| -> String {
        // Marks stay: they stand apart from their letters here, and tell č from c.
        let letters = text
            .chars()
            .filter(|char| !char.is_whitespace() && !char.is_ascii_punctuation());
        letters.flat_map(char::to_lowercase).collect()
    };
    let small: String = whole.chars().flat_map(char::to_lowercase).collect();
    let written = bare(skeleton(&whole).collect());
    let small = bare(skeleton(&small).collect());
    [written, small]
}

/// Every member's name by what it looks like.
#[derive(Debug, Default)]
pub(crate) struct LookAlikes {
    /// By which of the two skeletons, and the skeleton.
    members: BTreeMap<(usize, String), Vec<OrganisationId>>,
}

impl LookAlikes {
    pub(crate) fn of(members: &Members) -> Self {
        let mut alike = Self::default();
        for organisation in members.organisations() {
            let profile = members.profile(&organisation);
            for name in profile.iter().flat_map(|profile| [&profile.name, &profile.name_en]) {
                alike.add(organisation, name);
            }
        }
        alike
    }

    fn add(&mut self, organisation: OrganisationId, name: &str) {
        for (which, skeleton) in skeletons(name).into_iter().enumerate() {
            if skeleton.is_empty() {
                continue;
            }
            let members = self.members.entry((which, skeleton)).or_default();
            if !members.contains(&organisation) {
                members.push(organisation);
            }
        }
    }

    /// Members whose name looks like `name`, by key; without the one whose name it is, if it is a member's.
    pub(crate) fn of_name(&self, name: &str, own: Option<&OrganisationId>) -> Vec<OrganisationId> {
        let mut found: Vec<OrganisationId> = skeletons(name)
            .into_iter()
            .enumerate()
            .filter_map(|key| self.members.get(&key))
            .flatten()
            .filter(|organisation| Some(*organisation) != own)
            .copied()
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(one: &str, other: &str, alike: bool) {
        let (first, second) = (OrganisationId([1; 32]), OrganisationId([2; 32]));
        let mut members = LookAlikes::default();
        members.add(first, one);
        let found = members.of_name(other, Some(&second));
        assert_eq!(found, if alike { vec![first] } else { Vec::new() }, "{one} {other}");
        assert_eq!(members.of_name(other, Some(&first)), [], "nobody resembles itself");
    }

    #[test]
    fn names_that_the_eye_does_not_tell_apart_are_found() {
        check("Harbour Trust", "Harbour Trust", true);
        check("Harbour Trust", "harbour  trust.", true);
        check("Harbour Trust", "Наrbоur Тrust", true);
        check("Hospital", "Hospita1", true);
        check("Hospital", "HospItal", true);
        check("Barnsley", "Bamsley", true);
        check("Centrum Vysočina", "Ｃｅｎｔｒｕｍ Vysočina", true);
        check("Harbour Trust", "Harbor Trust", false);
        check("Centrum Vysočina", "Centrum Vysocina", false);
        check("精神保健", "精神保险", false);
        check("", "", false);
    }
}
