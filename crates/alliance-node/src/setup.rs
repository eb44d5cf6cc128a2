//! Making a data directory: keys, a new alliance, or a place in one.

use std::path::Path;

use alliance_api::Commitment;

use crate::settings::Settings;

/// What an organisation says of itself when its data directory is made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InitOptions {
    /// Its name, in its own language.
    pub name: String,
    /// Its name in English, or empty.
    pub name_en: String,
    /// ISO 3166-1 alpha-2, or empty. Chapters of the country and its continent are followed at founding or joining.
    pub country: String,
    /// ISO 3166-2, or empty.
    pub subdivision: String,
    /// Code of the list of organisation types, or empty.
    pub organisation_type: String,
    /// BCP 47.
    pub languages: Vec<String>,
}

/// A new alliance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FoundOptions {
    /// Its name.
    pub name: String,
    /// What every member signs; empty: the text that comes with the software.
    pub pledge_text: String,
    /// Organisations that make a chapter active; 0: three.
    pub chapter_active_at: u32,
    /// The founder's own pledge.
    pub commitments: Vec<Commitment>,
}

/// A place in an alliance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JoinOptions {
    /// The invitation's token.
    pub invitation: String,
    /// The pledge.
    pub commitments: Vec<Commitment>,
}

/// What was made, for people and programs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct SetupReport {
    /// The organisation's key in hexadecimal.
    pub organisation: String,
    /// The organisation's key as `did:key`.
    pub did: String,
    /// libp2p peer id.
    pub peer: String,
    /// The alliance's id in hexadecimal; `None` before founding or joining.
    pub alliance: Option<String>,
    /// Chapters followed.
    pub chapters: Vec<String>,
    /// What a person should know or do next.
    pub notes: Vec<String>,
}

/// Why a data directory could not be made. Nothing that was there before has changed.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The node software was stopped.
    #[error("not available")]
    Unavailable,
}

/// Makes a data directory with fresh keys.
///
/// # Errors
/// [`SetupError`]; nothing that was there before has changed.
pub fn init(_data: &Path, _options: &InitOptions) -> Result<SetupReport, SetupError> {
    Err(SetupError::Unavailable)
}

/// Founds an alliance in a data directory made by [`init`].
///
/// # Errors
/// [`SetupError`]; nothing that was there before has changed.
pub fn found(_data: &Path, _options: &FoundOptions) -> Result<SetupReport, SetupError> {
    Err(SetupError::Unavailable)
}

/// Joins an alliance with an invitation, over the network.
///
/// # Errors
/// [`SetupError`]; an invitation that was refused can be tried again as its reason says.
pub async fn join(_data: &Path, _settings: &Settings, _options: &JoinOptions) -> Result<SetupReport, SetupError> {
    Err(SetupError::Unavailable)
}
