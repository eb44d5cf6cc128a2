//! The layers of the configuration against each other, and the shipped file against the defaults.

use super::*;

fn layers(file: &str, environment: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Layers {
    Layers {
        file: Some((PathBuf::from("node.toml"), file.to_owned())),
        environment: environment
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        flags: flags.iter().map(|(key, value)| (*key, (*value).to_owned())).collect(),
    }
}

#[test]
fn nothing_set_is_the_default() {
    let config = resolve(&Layers::default()).unwrap();
    assert_eq!(config.settings, Settings::default());
    assert!(config.values.values().all(|(_, origin)| *origin == Origin::Default));
}

#[test]
fn a_later_layer_wins_and_every_value_knows_its_origin() {
    let file =
        "# a comment\nhttp = \"127.0.0.1:1\"\nmdns = true\n\nlisten = [\"/ip4/1.2.3.4/tcp/1\"]\nsync_interval_s = 5\n";
    let environment = [
        ("ALLIANCE_HTTP", "127.0.0.1:2"),
        ("ALLIANCE_LISTEN", "/a, /b"),
        ("PATH", "x"),
        ("ALLIANCE_DATA", "d"),
    ];
    let config = resolve(&layers(
        file,
        &environment,
        &[("http", "127.0.0.1:3"), ("role", "leaf")],
    ))
    .unwrap();
    assert_eq!(config.settings.http, "127.0.0.1:3");
    assert_eq!(config.settings.listen, ["/a", "/b"]);
    assert_eq!(config.settings.role, alliance_node::NodeRole::Leaf);
    assert_eq!(config.settings.sync_interval_s, 5);
    assert!(config.doubts.is_empty());
    for (key, origin) in [
        ("http", "flag --http"),
        ("listen", "environment ALLIANCE_LISTEN"),
        ("mdns", "node.toml:3"),
        ("sync_interval_s", "node.toml:6"),
        ("socket", "default"),
    ] {
        assert_eq!(config.values[key].1.to_string(), origin, "{key}");
    }
}

#[test]
fn empty_texts_empty_what_they_set() {
    let config = resolve(&layers("", &[("ALLIANCE_LISTEN", ""), ("ALLIANCE_HTTP", "")], &[])).unwrap();
    assert!(config.settings.listen.is_empty() && config.settings.http.is_empty());
}

#[test]
fn what_does_not_fit_is_refused_with_place_and_remedy() {
    let file = |text: &str| layers(text, &[], &[]);
    for (layers, title, remedy) in [
        (
            file("\nlsiten = []\n"),
            "node.toml:2: there is no setting `lsiten`",
            "did you mean `listen`?",
        ),
        (
            file("[network]\nlisten = []"),
            "node.toml:1: there is no setting `network`",
            "`alliance config show` lists",
        ),
        (
            file("mdns = \"yes\""),
            "node.toml:1: `mdns` does not take that",
            "mdns = false",
        ),
        (
            file("store_cache_mib = -1"),
            "node.toml:1: `store_cache_mib` does not take that",
            "store_cache_mib = 64",
        ),
        (
            file("role = \"hubb\""),
            "unknown variant `hubb`, expected `hub` or `leaf`",
            "role = \"hub\"",
        ),
        (file("http = \n"), "node.toml:1: the file is not TOML", "key = value"),
        (
            file("mdns = true\nmdns = true"),
            "node.toml:2: the file is not TOML",
            "key = value",
        ),
        (
            layers("", &[("ALLIANCE_MDNS", "perhaps")], &[]),
            "environment ALLIANCE_MDNS: `mdns`",
            "mdns = false",
        ),
        (
            layers("", &[], &[("sync_interval_s", "soon")]),
            "flag --sync-interval-s: `sync_interval_s`",
            "= 60",
        ),
    ] {
        let failure = resolve(&layers).unwrap_err().told;
        assert!(failure.title.contains(title), "{title} is not in {}", failure.title);
        assert!(failure.remedy.contains(remedy), "{remedy} is not in {}", failure.remedy);
    }
}

#[test]
fn a_misspelt_variable_is_doubted_and_a_strangers_is_not() {
    let environment = [
        ("ALLIANCE_LISTNE", "x"),
        ("ALLIANCE_SERVICE_HOST", "10.0.0.1"),
        ("ALLIANCE_PORT", "tcp://x"),
    ];
    let config = resolve(&layers("", &environment, &[])).unwrap();
    assert_eq!(config.doubts.len(), 1, "{:?}", config.doubts);
    assert!(config.doubts[0].contains("did you mean ALLIANCE_LISTEN?"));
}

#[test]
fn the_shipped_file_shows_every_key_with_its_default() {
    let text = include_str!("../../../../config/node.toml");
    let entries = file::entries(Path::new("node.toml"), text).unwrap();
    let shown: Table = entries.into_iter().map(|(key, value, _)| (key, value)).collect();
    assert_eq!(shown, defaults().unwrap());
}

#[test]
fn every_setting_has_a_flag() {
    use clap::{Args, Command};
    let command = SettingFlags::augment_args(Command::new("x"));
    let flags: std::collections::BTreeSet<String> =
        command.get_arguments().map(|flag| flag.get_id().to_string()).collect();
    assert_eq!(flags, defaults().unwrap().keys().cloned().collect());
}
