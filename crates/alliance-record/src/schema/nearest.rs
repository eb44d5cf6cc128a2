//! The word that an author probably meant.

/// Characters of a word that is compared at all: longer ones were no slip of the finger.
const WORD_CHARACTERS_MAX: usize = 64;
/// Edits that may lie between what was written and what was meant.
const EDITS_MAX: usize = 3;

/// The candidate fewest edits away from `word`, if it is near enough to be meant.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let written: Vec<char> = word.to_lowercase().chars().take(WORD_CHARACTERS_MAX + 1).collect();
    if written.is_empty() || written.len() > WORD_CHARACTERS_MAX {
        return None;
    }
    let allowed = EDITS_MAX.min(written.len().div_ceil(3));
    candidates
        .map(|candidate| (edits(&written, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions and replacements between two words (Levenshtein).
fn edits(written: &[char], candidate: &str) -> usize {
    let candidate: Vec<char> = candidate.to_lowercase().chars().take(WORD_CHARACTERS_MAX).collect();
    let mut row: Vec<usize> = (0..=candidate.len()).collect();
    for (i, a) in written.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (j, b) in candidate.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX);
            let best = (diagonal + usize::from(a != b)).min(above + 1).min(left + 1);
            diagonal = above;
            if let Some(cell) = row.get_mut(j) {
                *cell = left;
            }
            left = best;
        }
        if let Some(cell) = row.last_mut() {
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

/// ` Did you mean "x"?`, or nothing.
pub(super) fn suggestion<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    nearest(word, candidates).map(|meant| format!("Did you mean \"{meant}\"?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, meant: Option<&str>) {
        let words = ["summary", "settings", "status", "inpatient.acute_adult"];
        assert_eq!(nearest(word, words.into_iter()), meant, "{word}");
    }

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        check("sumary", Some("summary"));
        check("Summary", Some("summary"));
        check("setting", Some("settings"));
        check("statsu", Some("status"));
        check("inpatient.acute_adlut", Some("inpatient.acute_adult"));
        check("ward", None);
        check("", None);
        check(&"s".repeat(5_000), None);
    }

    #[test]
    fn edits_are_counted() {
        let distance = |a: &str, b: &str| edits(&a.chars().collect::<Vec<_>>(), b);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
