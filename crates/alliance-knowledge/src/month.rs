//! Months, as bodies write them.

/// A month of the Gregorian calendar, counted from the year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(i32);

/// Months of a year.
const YEAR: i32 = 12;

impl Month {
    /// January of the year 0.
    pub const FIRST: Self = Self(0);

    /// A year and its month, 1 to 12; `None` for another number.
    #[must_use]
    pub fn new(year: i32, month: i32) -> Option<Self> {
        let is_month = (0..=9999).contains(&year) && (1..=YEAR).contains(&month);
        is_month.then_some(Self(year * YEAR + month - 1))
    }

    /// Reads `2025-04`, and the month of `2025-04-30`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_form = |form: &str| {
            let fits = |(is, form): (u8, u8)| if form == b'0' { is.is_ascii_digit() } else { is == form };
            text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
        };
        if !is_form("0000-00") && !is_form("0000-00-00") {
            return None;
        }
        Self::new(text[..4].parse().ok()?, text[5..7].parse().ok()?)
    }

    /// Months from an earlier one to this.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_read_and_counted() {
        let (from, to) = (Month::parse("2024-11").unwrap(), Month::parse("2025-11-30").unwrap());
        assert_eq!(to.since(from), 12);
        for wrong in [
            "", "2024", "2024-13", "2024-00", "24-01", "2024-1", "-024-01", "abcd-ef",
        ] {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
    }
}
