//! The codes of problems: one table of them all, in `codes.txt` beside this file.

/// The table: a code a line with its statuses, what it means and what mends it, parted by `|`.
const TABLE: &str = include_str!("codes.txt");

/// A code, as programs tell problems apart by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemCode {
    /// Stable snake_case word.
    pub code: &'static str,
    /// HTTP statuses that it comes with: one, or few.
    pub statuses: Vec<u16>,
    /// What happened.
    pub meaning: &'static str,
    /// What mends it.
    pub remedy: &'static str,
}

/// All codes, in the order of the alphabet.
#[must_use]
pub fn problem_codes() -> Vec<ProblemCode> {
    TABLE.lines().filter_map(read).collect()
}

/// A line of the table; what is none is left out, which the tests would see.
fn read(line: &'static str) -> Option<ProblemCode> {
    let mut cells = line.split('|').map(str::trim);
    let (code, statuses) = (cells.next()?, cells.next()?);
    let (meaning, remedy) = (cells.next()?, cells.next()?);
    let statuses = statuses.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?;
    cells.next().is_none().then_some(ProblemCode {
        code,
        statuses,
        meaning,
        remedy,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_code_told_in_full_and_in_order() {
        let codes = problem_codes();
        assert_eq!(codes.len(), TABLE.lines().count());
        assert!(codes.is_sorted_by(|a, b| a.code < b.code), "sort codes.txt");
        for code in &codes {
            let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            assert!(code.code.bytes().all(is_word), "{code:?}");
            assert!(
                code.statuses.iter().all(|status| (400..600).contains(status)),
                "{code:?}"
            );
            assert!(code.meaning.ends_with('.') && code.remedy.ends_with('.'), "{code:?}");
        }
    }
}
