//! The configuration: defaults, then a file, then the environment, then flags. Each value knows where it came from, and
//! every key is one of [`Settings`]: there is no second list of them.

mod file;
mod flags;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use alliance_node::Settings;
use toml::{Table, Value};

use crate::failure::Failure;
pub(crate) use flags::SettingFlags;

/// Prefix of the environment's variables.
const PREFIX: &str = "ALLIANCE_";
/// Variables of that prefix that are no settings.
const OTHER_VARIABLES: [&str; 5] = ["data", "config", "log", "api", "token_file"];
/// Keys that differ by at most so many letters are taken for misspelt.
const TYPOS_MAX: usize = 3;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody set it.
    Default,
    /// A line of a file.
    File(PathBuf, usize),
    /// A variable of the environment.
    Environment(String),
    /// A flag of the command line.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Environment(variable) => write!(f, "environment {variable}"),
            Self::Flag(flag) => write!(f, "flag {flag}"),
        }
    }
}

/// The layers, weakest first.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    /// The file's path and text.
    pub(crate) file: Option<(PathBuf, String)>,
    /// Variables of the environment.
    pub(crate) environment: Vec<(String, String)>,
    /// Keys and values of flags.
    pub(crate) flags: Vec<(&'static str, String)>,
}

/// What the layers come to.
#[derive(Debug)]
pub(crate) struct Config {
    /// What the node is told.
    pub(crate) settings: Settings,
    /// Each key with its value and where that came from.
    pub(crate) values: BTreeMap<String, (Value, Origin)>,
    /// Variables that look like misspelt settings, in words.
    pub(crate) doubts: Vec<String>,
}

/// Puts the layers together.
///
/// # Errors
/// A key that does not exist, with its place and the nearest one; a value that does not fit, with its place.
pub(crate) fn resolve(layers: &Layers) -> Result<Config, Failure> {
    let mut values: BTreeMap<String, (Value, Origin)> = defaults()?
        .into_iter()
        .map(|(key, value)| (key, (value, Origin::Default)))
        .collect();
    if let Some((path, text)) = &layers.file {
        for (key, value, line) in file::entries(path, text)? {
            let origin = Origin::File(path.clone(), line);
            set(&mut values, &key, origin, |_| Ok(value))?;
        }
    }
    let mut doubts = Vec::new();
    for (variable, text) in &layers.environment {
        match setting_of(variable, &values) {
            Variable::Setting(key) => {
                set(&mut values, &key, Origin::Environment(variable.clone()), |default| {
                    read(default, text)
                })?;
            }
            Variable::Doubtful(key) => doubts.push(format!(
                "the variable {variable} is no setting and is ignored; did you mean {PREFIX}{}?",
                key.to_uppercase()
            )),
            Variable::Other => {}
        }
    }
    for (key, text) in &layers.flags {
        let origin = Origin::Flag(format!("--{}", key.replace('_', "-")));
        set(&mut values, key, origin, |default| read(default, text))?;
    }
    let table: Table = values
        .iter()
        .map(|(key, (value, _))| (key.clone(), value.clone()))
        .collect();
    let settings = fit(table).map_err(|why| Failure::usage("bad_settings", why, ""))?;
    Ok(Config {
        settings,
        values,
        doubts,
    })
}

/// The defaults as a table: the list of all keys.
fn defaults() -> Result<Table, Failure> {
    Table::try_from(Settings::default())
        .map_err(|error| Failure::local("bad_settings", "The defaults cannot be written", error.to_string()))
}

fn fit(table: Table) -> Result<Settings, String> {
    Value::Table(table)
        .try_into()
        .map_err(|error: toml::de::Error| error.message().to_owned())
}

/// Sets a key, when it exists and the value fits.
fn set(
    values: &mut BTreeMap<String, (Value, Origin)>,
    key: &str,
    origin: Origin,
    value: impl FnOnce(&Value) -> Result<Value, String>,
) -> Result<(), Failure> {
    let Some(current) = values.get(key) else {
        let nearest = nearest(key, values.keys()).map_or_else(
            || "`alliance config show` lists every key".to_owned(),
            |near| format!("did you mean `{near}`? `alliance config show` lists every key"),
        );
        return Err(Failure::usage(
            "unknown_key",
            format!("{origin}: there is no setting `{key}`"),
            nearest,
        ));
    };
    let value = value(&current.0)
        .and_then(|value| fit(Table::from_iter([(key.to_owned(), value.clone())])).map(|_| value))
        .map_err(|why| {
            Failure::usage(
                "bad_value",
                format!("{origin}: `{key}` does not take that: {why}"),
                example(key),
            )
        })?;
    values.insert(key.to_owned(), (value, origin));
    Ok(())
}

fn example(key: &str) -> String {
    let value = defaults().ok().and_then(|mut all| all.remove(key));
    value
        .map(|value| format!("write it like its default: {key} = {value}"))
        .unwrap_or_default()
}

/// Reads a text of the environment or of a flag as a value of the same kind as the one there.
fn read(like: &Value, text: &str) -> Result<Value, String> {
    let text = text.trim();
    match like {
        Value::Boolean(_) => match text {
            "true" | "yes" | "on" | "1" => Ok(Value::Boolean(true)),
            "false" | "no" | "off" | "0" => Ok(Value::Boolean(false)),
            _ => Err(format!("'{text}' is neither true nor false")),
        },
        Value::Integer(_) => text
            .parse()
            .map(Value::Integer)
            .map_err(|_| format!("'{text}' is no whole number")),
        Value::Array(_) => Ok(text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .collect::<Vec<_>>()
            .into()),
        _ => Ok(Value::String(text.to_owned())),
    }
}

enum Variable {
    Setting(String),
    Doubtful(String),
    Other,
}

fn setting_of(variable: &str, values: &BTreeMap<String, (Value, Origin)>) -> Variable {
    let Some(name) = variable.strip_prefix(PREFIX) else {
        return Variable::Other;
    };
    let key = name.to_lowercase();
    if values.contains_key(&key) {
        return Variable::Setting(key);
    }
    if OTHER_VARIABLES.contains(&key.as_str()) {
        return Variable::Other;
    }
    nearest(&key, values.keys()).map_or(Variable::Other, |near| Variable::Doubtful(near.to_owned()))
}

fn nearest<'a>(key: &str, known: impl Iterator<Item = &'a String>) -> Option<&'a str> {
    known
        .map(|candidate| (strsim::damerau_levenshtein(key, candidate), candidate))
        // Half a word is another word.
        .filter(|(distance, candidate)| *distance <= TYPOS_MAX && distance * 2 < candidate.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate.as_str())
}

/// The configuration file of a data directory, unless another is named.
pub(crate) fn usual_file(data: &Path) -> PathBuf {
    data.join("node.toml")
}

#[cfg(test)]
mod tests;
