//! What a scan of a text finds: by example, and measured on a synthetic corpus of which every detail is made up.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod behaviour;
mod chance;
mod corpus;
mod measure;

use std::sync::LazyLock;

use alliance_disclosure::text::Scanner;

/// One for all tests: making it is what takes long.
static SCANNER: LazyLock<Scanner> = LazyLock::new(Scanner::new);
