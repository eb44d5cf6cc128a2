//! What must not be disclosed, looked for before something is signed: personal details in texts, small counts in series.
//!
//! Pure: texts and numbers in, findings out. Knows neither records nor the node, and never repeats what it found in words.

pub mod numbers;
pub mod text;
