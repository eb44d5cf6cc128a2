//! Rows for people: aligned by the width of what the terminal shows; tabs for programs.

use crate::output::Screen;
use crate::text::{cut, plain, width};

/// Columns between two cells.
const GAP: usize = 2;
/// Columns that the last cell keeps on a narrow terminal.
const LAST_COLUMNS_MIN: usize = 10;

/// A table. The last column takes what is left of the line.
#[derive(Debug)]
pub(crate) struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table; without titles, one without a head.
    pub(crate) fn new(head: &[&'static str]) -> Self {
        Self {
            head: head.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row with one cell for each column.
    pub(crate) fn push(&mut self, cells: Vec<String>) {
        self.rows.push(cells.iter().map(|cell| plain(cell)).collect());
    }

    /// Writes head and rows: aligned on a terminal, as cells between tabs elsewhere, and nothing where there is no row.
    pub(crate) fn render(&self, screen: Screen) -> String {
        match screen.columns {
            Some(columns) => self.aligned(columns),
            None => {
                let head = (!self.head.is_empty() && !self.rows.is_empty()).then(|| self.head.join("\t"));
                lines(head.into_iter().chain(self.rows.iter().map(|row| row.join("\t"))))
            }
        }
    }

    fn aligned(&self, columns: usize) -> String {
        let head: Vec<String> = self.head.iter().map(|title| (*title).to_owned()).collect();
        let head = Some(&head).filter(|head| !head.is_empty());
        let all: Vec<&Vec<String>> = head.into_iter().chain(&self.rows).collect();
        let widths: Vec<usize> = (0..all.first().map_or(0, |row| row.len()))
            .map(|column| {
                all.iter()
                    .filter_map(|row| row.get(column))
                    .map(|cell| width(cell))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let before_last: usize = widths.iter().rev().skip(1).map(|width| width + GAP).sum();
        let left = columns.saturating_sub(before_last).max(LAST_COLUMNS_MIN);
        lines(all.iter().map(|row| line(row, &widths, left)))
    }
}

fn line(row: &[String], widths: &[usize], last_columns: usize) -> String {
    let mut line = String::new();
    let last = row.len().saturating_sub(1);
    for (index, (cell, columns)) in row.iter().zip(widths).enumerate() {
        if index == last {
            line.push_str(&cut(cell, last_columns));
        } else {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', columns - width(cell) + GAP));
        }
    }
    line.trim_end().to_owned()
}

fn lines(rows: impl Iterator<Item = String>) -> String {
    rows.map(|row| row + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["ID", "TITLE"]);
        table.push(vec!["精神".to_owned(), "A quiet room\tinstead".to_owned()]);
        table.push(vec!["b".to_owned(), "žluťoučký kůň úpěl ďábelské ódy".to_owned()]);
        table
    }

    #[test]
    fn a_terminal_gets_aligned_columns_cut_to_its_width() {
        let shown = table().render(Screen { columns: Some(20) });
        assert_eq!(
            shown,
            "ID    TITLE\n精神  A quiet room\u{fffd}…\nb     žluťoučký kůň…\n"
        );
    }

    #[test]
    fn a_program_gets_whole_cells_between_tabs() {
        let shown = table().render(Screen { columns: None });
        assert_eq!(
            shown,
            "ID\tTITLE\n精神\tA quiet room\u{fffd}instead\nb\tžluťoučký kůň úpěl ďábelské ódy\n"
        );
    }
}
