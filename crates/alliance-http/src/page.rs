//! The page of the interface: the description for people, as one piece of HTML. Needs no script and nothing from elsewhere.
//!
//! Written by hand and not by templates: it is one page, made once, and every text of it passes [`escaped`].

use std::fmt::Write;

use alliance_api::problem_codes;
use serde_json::Value;

use crate::describe::{Group, Operation, Verb};

/// How it looks. Reads at 320 pixels, in the dark, and in print.
pub(crate) const STYLE: &str = include_str!("page.css");

/// Writes the page of a description.
pub(crate) fn page(operations: &[Operation], described: &Value) -> String {
    let mut html = String::new();
    let title = text(&described["info"]["title"]);
    let version = text(&described["info"]["version"]);
    put(
        &mut html,
        format_args!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}: its interface</title>\n\
             <link rel=\"stylesheet\" href=\"/docs/style.css\">\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#operations\">To the operations</a>\n\
             <header>\n<h1>{title}</h1>\n<p>Version {version} of its HTTP interface, for programs: \
             <a href=\"/v1/openapi.json\">the same as OpenAPI 3.1</a>.</p>\n</header>\n"
        ),
    );
    contents(&mut html);
    html.push_str("<main id=\"operations\">\n<section aria-labelledby=\"about\">\n<h2 id=\"about\">Asking</h2>\n");
    for paragraph in described["info"]["description"]
        .as_str()
        .unwrap_or_default()
        .split("\n\n")
    {
        put(&mut html, format_args!("<p>{}</p>\n", worded(paragraph)));
    }
    html.push_str("</section>\n");
    for (group, name, about) in Group::ALL {
        section(&mut html, name, about);
        for operation in operations.iter().filter(|operation| operation.group == group) {
            let shown = &described["paths"][operation.path][operation.verb.name()];
            article(&mut html, operation, shown);
        }
        html.push_str("</section>\n");
    }
    codes(&mut html);
    html.push_str("</main>\n<footer><p>Written by the node that answers. Nothing on this page comes from elsewhere.</p></footer>\n</body>\n</html>\n");
    html
}

/// Writing to a string cannot fail.
fn put(html: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = html.write_fmt(text);
}

/// Text, safe between tags and within quotes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(character),
        }
    }
    safe
}

/// Text in which code stands between backticks.
fn worded(text: &str) -> String {
    let pieces = escaped(text);
    let pieces = pieces.split('`').enumerate();
    pieces
        .map(|(number, piece)| match number % 2 {
            0 => piece.to_owned(),
            _ => format!("<code>{piece}</code>"),
        })
        .collect()
}

fn text(value: &Value) -> String {
    worded(value.as_str().unwrap_or_default())
}

fn contents(html: &mut String) {
    html.push_str("<nav aria-label=\"Contents\">\n<ul>\n");
    for (_, name, _) in Group::ALL {
        put(
            html,
            format_args!("<li><a href=\"#{}\">{name}</a></li>\n", name.to_lowercase()),
        );
    }
    html.push_str("<li><a href=\"#problems\">Problems</a></li>\n</ul>\n</nav>\n");
}

fn section(html: &mut String, name: &str, about: &str) {
    let id = name.to_lowercase();
    put(
        html,
        format_args!("<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{name}</h2>\n<p>{about}</p>\n"),
    );
}

fn article(html: &mut String, operation: &Operation, shown: &Value) {
    let (id, verb) = (operation.id, operation.verb.name().to_uppercase());
    put(
        html,
        format_args!(
            "<article aria-labelledby=\"{id}\">\n<h3 id=\"{id}\"><span class=\"verb\">{verb}</span> <code>{}</code></h3>\n<p>{}{}{}</p>\n\
             <p>Least role: <strong>{}</strong>.</p>\n",
            escaped(operation.path),
            worded(operation.summary),
            if operation.more.is_empty() { "." } else { ". " },
            worded(operation.more),
            operation.least.name(),
        ),
    );
    parameters(html, shown);
    put(
        html,
        format_args!("<pre><code>{}</code></pre>\n", escaped(&curl(operation))),
    );
    answers(html, shown);
    html.push_str("</article>\n");
}

fn parameters(html: &mut String, shown: &Value) {
    let parameters = shown["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    if parameters.is_empty() {
        return;
    }
    html.push_str("<dl>\n");
    for parameter in parameters {
        put(
            html,
            format_args!(
                "<dt><code>{}</code> <span>{}, {}</span></dt>\n<dd>{}</dd>\n",
                text(&parameter["name"]),
                text(&parameter["in"]),
                kind(&parameter["schema"]),
                text(&parameter["description"]),
            ),
        );
    }
    html.push_str("</dl>\n");
}

/// What kind of value a schema asks for, in a word.
fn kind(schema: &Value) -> String {
    let name = schema["$ref"]
        .as_str()
        .and_then(|reference| reference.rsplit('/').next());
    escaped(name.or_else(|| schema["type"].as_str()).unwrap_or("value"))
}

/// A line to try it with.
fn curl(operation: &Operation) -> String {
    let path = operation.path;
    let path = path
        .replace("{id}", "3f9a0c")
        .replace("{name}", "iso:gb")
        .replace("{format}", "csv");
    let mut line = "curl".to_owned();
    if operation.verb != Verb::Get {
        let _ = write!(line, " -X {}", operation.verb.name().to_uppercase());
    }
    let _ = write!(line, " http://127.0.0.1:8080{path}");
    if !operation.is_open() {
        line.push_str(" \\\n  -H \"Authorization: Bearer $(cat FILE)\"");
    }
    if operation.verb != Verb::Get {
        line.push_str(" \\\n  -H \"Idempotency-Key: $(uuidgen)\"");
    }
    if let Some(content) = operation.takes.first() {
        let _ = write!(line, " \\\n  -H 'Content-Type: {}' --data-binary @FILE", content.media);
    }
    line
}

fn answers(html: &mut String, shown: &Value) {
    html.push_str("<details>\n<summary>Answers</summary>\n<dl>\n");
    for (status, answer) in shown["responses"].as_object().into_iter().flatten() {
        let Some(description) = answer["description"].as_str() else {
            continue;
        };
        let media: Vec<&str> = answer["content"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(media, _)| media.as_str())
            .collect();
        let schema = &answer["content"]["application/json"]["schema"];
        let of = if schema["type"] == "array" {
            format!("list of {}", kind(&schema["items"]))
        } else {
            kind(schema)
        };
        let of = if schema.is_null() {
            String::new()
        } else {
            format!(": {of}")
        };
        put(
            html,
            format_args!(
                "<dt>{status}</dt>\n<dd>{} <span>{}{of}</span></dd>\n",
                worded(description),
                escaped(&media.join(", "))
            ),
        );
    }
    html.push_str("</dl>\n</details>\n");
}

fn codes(html: &mut String) {
    section(
        html,
        "Problems",
        "Every code that a problem can have. Beside these, 414 and 431 come without a body when address or headers are too long.",
    );
    html.push_str("<dl>\n");
    for code in problem_codes() {
        let statuses: Vec<String> = code.statuses.iter().map(ToString::to_string).collect();
        put(
            html,
            format_args!(
                "<dt id=\"code-{0}\"><code>{0}</code> <span>{1}</span></dt>\n<dd>{2} {3}</dd>\n",
                code.code,
                statuses.join(", "),
                escaped(code.meaning),
                escaped(code.remedy),
            ),
        );
    }
    html.push_str("</dl>\n</section>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page is small, and every link within it leads somewhere.
    #[test]
    fn the_page_is_whole_small_and_asks_nobody() {
        let html = crate::routes::page();
        assert!(html.len() < 300_000, "{} bytes", html.len());
        let ids: Vec<&str> = html
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let unique: std::collections::BTreeSet<&&str> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len());
        for target in html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.contains(&target), "{target}");
        }
        assert!(!html.contains("<script") && !html.contains("style=") && !html.contains("src="));
        let outside = html
            .split("href=\"")
            .skip(1)
            .filter(|rest| !rest.starts_with(['#', '/']));
        assert_eq!(outside.count(), 0);
    }

    #[test]
    fn headings_follow_one_another_and_tags_are_closed() {
        let html = crate::routes::page();
        let levels: Vec<u32> = html
            .match_indices("<h")
            .filter_map(|(at, _)| html[at + 2..].chars().next().and_then(|level| level.to_digit(10)))
            .collect();
        assert_eq!(levels[0], 1);
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
        for tag in [
            "header", "nav", "main", "footer", "section", "article", "dl", "details", "pre", "code", "p", "dd", "dt",
        ] {
            let opened = html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{tag}");
        }
    }

    #[test]
    fn texts_are_escaped_before_they_are_marked_up() {
        assert_eq!(
            worded("a `<b>` & \"c\""),
            "a <code>&lt;b&gt;</code> &amp; &quot;c&quot;"
        );
    }
}
