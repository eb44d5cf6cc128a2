//! The functions of one parsed file: where each stands, how long it is, and which lines are test code.
//!
//! Owns the counting. Sets no limit.

use std::ops::RangeInclusive;

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

/// One function with a body.
pub(super) struct Function {
    pub(super) name: String,
    /// The line of its `fn`, from 1.
    pub(super) line: usize,
    /// Lines from its `fn` to its closing brace, both counted.
    pub(super) lines: usize,
}

/// What was found in one file.
#[derive(Default)]
pub(super) struct Functions {
    found: Vec<Function>,
    test_lines: Vec<RangeInclusive<usize>>,
}

impl Functions {
    /// Every function of the file, nested ones and those in traits and implementations included.
    pub(super) fn of(file: &syn::File) -> Self {
        let mut functions = Self::default();
        functions.visit_file(file);
        functions
    }

    pub(super) fn long(&self, lines_max: usize) -> impl Iterator<Item = &Function> {
        self.found.iter().filter(move |function| function.lines > lines_max)
    }

    pub(super) fn lengths(&self) -> Vec<usize> {
        self.found.iter().map(|function| function.lines).collect()
    }

    /// Whether the line stands in an item marked `#[cfg(test)]` or in a test function.
    pub(super) fn is_test(&self, line: usize) -> bool {
        self.test_lines.iter().any(|lines| lines.contains(&line))
    }

    fn add(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let line = signature.fn_token.span.start().line;
        let end = block.brace_token.span.close().end().line;
        self.found.push(Function {
            name: signature.ident.to_string(),
            line,
            lines: end + 1 - line,
        });
    }

    fn mark(&mut self, attributes: &[syn::Attribute], whole: proc_macro2::Span) {
        if attributes.iter().any(is_test_mark) {
            self.test_lines.push(whole.start().line..=whole.end().line);
        }
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.add(&item.sig, &item.block);
        self.mark(&item.attrs, item.span());
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.add(&item.sig, &item.block);
        self.mark(&item.attrs, item.span());
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.add(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.mark(&item.attrs, item.span());
        visit::visit_item_mod(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.mark(&item.attrs, item.span());
        visit::visit_item_impl(self, item);
    }
}

/// `#[test]`, `#[tokio::test]` and the like, or a `#[cfg(...)]` that names `test` without `not`.
pub(super) fn is_test_mark(attribute: &syn::Attribute) -> bool {
    let path = attribute.path();
    if !path.is_ident("cfg") {
        return path.segments.last().is_some_and(|segment| segment.ident == "test");
    }
    let Ok(list) = attribute.meta.require_list() else {
        return false;
    };
    let words = list.tokens.to_string();
    let mut words = words.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    words.clone().any(|word| word == "test") && !words.any(|word| word == "not")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
//! A module.
fn one() {}

#[doc = \"why\"]
/// Two.
async fn two(
    a: u8,
) -> u8 {
    fn inner() {
    }
    a
}

trait T {
    fn bare();
    fn given() {
    }
}

impl T for u8 {
    fn bare() { /* a
    comment */ }
}

#[cfg(test)]
mod tests {
    #[test]
    fn four() {
    }
}

#[cfg(not(test))]
fn five() {}
";

    #[test]
    fn counts_each_function_from_fn_to_brace() {
        let functions = Functions::of(&syn::parse_file(TEXT).unwrap());
        let seen: Vec<(&str, usize, usize)> = functions
            .found
            .iter()
            .map(|found| (found.name.as_str(), found.line, found.lines))
            .collect();
        let expected = [
            ("one", 2, 1),
            ("two", 6, 7),
            ("inner", 9, 2),
            ("given", 16, 2),
            ("bare", 21, 2),
            ("four", 28, 2),
            ("five", 33, 1),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn knows_which_lines_are_test_code() {
        let functions = Functions::of(&syn::parse_file(TEXT).unwrap());
        let lines: Vec<usize> = (1..=33).filter(|line| functions.is_test(*line)).collect();
        assert_eq!(lines, (25..=30).collect::<Vec<_>>());
    }

    #[test]
    fn knows_a_test_mark() {
        let marks = ["#[test]", "#[tokio::test]", "#[cfg(test)]", "#[cfg(all(test, unix))]"];
        let others = [
            "#[cfg(not(test))]",
            "#[cfg(feature = \"latest\")]",
            "#[inline]",
            "#[must_use]",
        ];
        for (text, expected) in marks
            .map(|text| (text, true))
            .into_iter()
            .chain(others.map(|text| (text, false)))
        {
            let item: syn::ItemFn = syn::parse_str(&format!("{text} fn f() {{}}")).unwrap();
            assert_eq!(is_test_mark(&item.attrs[0]), expected, "{text}");
        }
    }
}
