//! A feed of records for readers of news: Atom (RFC 4287), for any filter.

use std::collections::BTreeMap;
use std::io;

use alliance_api::{RecordPage, RecordQuery, RecordSummary};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::answer::Shared;
use crate::app::Via;
use crate::describe::{Group, NAMED, Operation, Route, text};
use crate::fault::Fault;
use crate::params::Asked;

const NAMESPACE: &str = "http://www.w3.org/2005/Atom";
const MEDIA_TYPE_BARE: &str = "application/atom+xml";
const MEDIA_TYPE: &str = "application/atom+xml; charset=utf-8";

/// Its route.
pub(crate) fn routes() -> Vec<Route> {
    let operation = Operation::get("/v1/feed", "feed", Group::Records)
        .says(
            "The newest records that fit, as an Atom feed",
            "Every filter narrows, as in a list. Its links begin with the name that the node was called by.",
        )
        .asks::<RecordQuery>()
        .answers_media((200, "The feed."), "application/atom+xml", text())
        .fails(&NAMED)
        .fails(&["bad_filter", "unwritable", "question_too_costly"]);
    vec![Route::new(operation, feed)]
}

async fn feed(
    State(app): Shared,
    Extension(via): Extension<Via>,
    headers: HeaderMap,
    Asked(query): Asked<RecordQuery>,
) -> Result<Response, Fault> {
    let words = query.filter.clone().unwrap_or_default();
    let name = serde_urlencoded::to_string(&query).unwrap_or_default();
    let page = app.handle.records(query.clone()).await?;
    let excerpts = app.handle.excerpts(&page.records).await?;
    let base = base(via, &headers);
    let next = page.next.map(|before| RecordQuery {
        before: Some(before),
        ..query
    });
    let about = About {
        title: match words.is_empty() {
            true => app.handle.name_of_alliance(),
            false => format!("{}: {words}", app.handle.name_of_alliance()),
        },
        id: format!("urn:alliance:{}:feed:{name}", app.handle.alliance()),
        address: format!("{base}/v1/feed?{name}"),
        next: next.map(|next| {
            format!(
                "{base}/v1/feed?{}",
                serde_urlencoded::to_string(&next).unwrap_or_default()
            )
        }),
        base,
    };
    let text = written(&about, &page, &excerpts).map_err(|error| {
        let title = "The feed could not be written";
        Fault::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "unwritable",
            title,
            error.to_string(),
        )
    })?;
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], text).into_response())
}

/// What a feed says of itself.
struct About {
    title: String,
    id: String,
    address: String,
    /// Where older ones are.
    next: Option<String>,
    /// What its links begin with.
    base: String,
}

/// What an address of this node begins with for whoever asks: the name that they called it by, which the guard has allowed. What
/// stands before the node may speak TLS and says so.
fn base(via: Via, headers: &HeaderMap) -> String {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &header::HeaderValue| value.to_str().ok())
    };
    let host = text(header::HOST).filter(|_| via != Via::Unix).unwrap_or("localhost");
    let scheme = match text(header::HeaderName::from_static("x-forwarded-proto")) {
        Some("https") => "https",
        _ => "http",
    };
    format!("{scheme}://{host}")
}

fn written(about: &About, page: &RecordPage, excerpts: &BTreeMap<String, String>) -> io::Result<Vec<u8>> {
    let records = &page.records;
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    // Atom asks for a time even where nothing has happened.
    let newest = records.iter().map(|record| record.claimed_at_ms).max().unwrap_or(0);
    let feed = xml.create_element("feed").with_attribute(("xmlns", NAMESPACE));
    feed.write_inner_content(|xml| {
        said(xml, "title", &about.title)?;
        said(xml, "id", &about.id)?;
        said(xml, "updated", &moment(newest))?;
        said(xml, "generator", concat!("alliance ", env!("CARGO_PKG_VERSION")))?;
        link(xml, ("self", MEDIA_TYPE_BARE), &about.address)?;
        if let Some(next) = &about.next {
            // RFC 5005.
            link(xml, ("next", MEDIA_TYPE_BARE), next)?;
        }
        records.iter().try_for_each(|record| {
            let excerpt = excerpts.get(&record.id).map(String::as_str);
            entry(xml, record, (&about.base, excerpt))
        })
    })?;
    Ok(xml.into_inner())
}

fn link(xml: &mut Writer<Vec<u8>>, (rel, media): (&str, &str), href: &str) -> io::Result<()> {
    let href = allowed(href);
    let attributes = [("rel", rel), ("type", media), ("href", href.as_str())];
    xml.create_element("link").with_attributes(attributes).write_empty()?;
    Ok(())
}

fn entry(xml: &mut Writer<Vec<u8>>, record: &RecordSummary, (base, excerpt): (&str, Option<&str>)) -> io::Result<()> {
    let element = match record.lang.is_empty() {
        true => xml.create_element("entry"),
        false => xml
            .create_element("entry")
            .with_attribute(("xml:lang", record.lang.as_str())),
    };
    element.write_inner_content(|xml| {
        let title = if record.title.is_empty() {
            &record.kind
        } else {
            &record.title
        };
        said(xml, "title", title)?;
        said(xml, "id", &format!("urn:alliance:record:{}", record.id))?;
        // Records never change: what is newer is another one.
        for element in ["published", "updated"] {
            said(xml, element, &moment(record.claimed_at_ms))?;
        }
        let name = if record.organisation_name.is_empty() {
            &record.organisation
        } else {
            &record.organisation_name
        };
        xml.create_element("author")
            .write_inner_content(|xml| said(xml, "name", name))?;
        link(
            xml,
            ("alternate", "application/json"),
            &format!("{base}/v1/records/{}", record.id),
        )?;
        let settings = record.settings.iter().map(|setting| ("setting", setting));
        for (list, term) in [("kind", &record.kind), ("chapter", &record.chapter)]
            .into_iter()
            .chain(settings)
        {
            let (term, scheme) = (allowed(term), format!("urn:alliance:{list}"));
            xml.create_element("category")
                .with_attributes([("term", term.as_str()), ("scheme", scheme.as_str())])
                .write_empty()?;
        }
        let unsaid = format!("{} in {}", record.kind, record.chapter);
        said(xml, "summary", excerpt.unwrap_or(&unsaid))
    })?;
    Ok(())
}

fn said(xml: &mut Writer<Vec<u8>>, element: &str, text: &str) -> io::Result<()> {
    xml.create_element(element)
        .write_text_content(BytesText::new(&allowed(text)))?;
    Ok(())
}

/// The text without what XML 1.0 has no way to say.
fn allowed(text: &str) -> String {
    let is_allowed = |char: &char| match char {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        char => *char >= ' ',
    };
    text.chars().filter(is_allowed).collect()
}

/// RFC 3339, UTC. What no calendar has is told as the beginning of 1970.
fn moment(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_string()
}

#[cfg(test)]
mod tests {
    //! What strangers write stays text.

    use super::*;

    #[test]
    fn a_feed_says_what_readers_of_news_need_and_no_markup_of_others() {
        let about = About {
            title: "Calm Wards: \"a\" <b>".to_owned(),
            id: "urn:alliance:aa:feed:".to_owned(),
            address: "http://node.example/v1/feed?filter=%22a%22&limit=2".to_owned(),
            next: Some("http://node.example/v1/feed?filter=%22a%22&limit=2&before=7".to_owned()),
            base: "http://node.example".to_owned(),
        };
        let page = |records| RecordPage { records, next: None };
        let excerpts = [("ab".to_owned(), "What & how\u{0}".to_owned())].into();
        assert!(
            String::from_utf8(written(&about, &page(Vec::new()), &excerpts).unwrap())
                .unwrap()
                .contains("<updated>1970-01-01T00:00:00Z</updated>")
        );
        let record: RecordSummary = serde_json::from_value(serde_json::json!({
            "id": "ab", "kind": "practice", "chapter": "iso:gb", "organisation": "ff", "organisation_name": "",
            "lang": "en\" x=\"", "title": "</title><script>\u{b}&amp;", "settings": ["a\"b"], "claimed_at_ms": 1_714_521_600_500_i64,
            "arrival": 1,
        }))
        .unwrap();
        let text = String::from_utf8(written(&about, &page(vec![record]), &excerpts).unwrap()).unwrap();
        let mut reader = quick_xml::Reader::from_str(&text);
        let mut names = Vec::new();
        loop {
            match reader.read_event().unwrap() {
                Event::Eof => break,
                Event::Start(element) | Event::Empty(element) => {
                    names.push(String::from_utf8(element.name().as_ref().to_vec()).unwrap());
                }
                _ => {}
            }
        }
        let expected = "feed title id updated generator link link entry title id published updated author name link category category category summary";
        assert_eq!(names.join(" "), expected, "{text}");
        assert!(text.contains("<updated>2024-05-01T00:00:00.5Z</updated>"), "{text}");
        assert!(text.contains("&lt;/title&gt;&lt;script&gt;&amp;amp;"), "{text}");
        assert!(text.contains("<summary>What &amp; how</summary>"), "{text}");
        for href in ["records/ab\"", "feed?filter=%22a%22&amp;limit=2&amp;before=7\""] {
            assert!(
                text.contains(&format!("href=\"http://node.example/v1/{href}")),
                "{text}"
            );
        }
        assert!(
            text.contains("urn:alliance:record:ab") && text.contains("<name>ff</name>"),
            "{text}"
        );
    }

    #[test]
    fn links_begin_as_the_node_was_called() {
        let tcp = Via::Tcp {
            local: "127.0.0.1:8080".parse().unwrap(),
            peer: "127.0.0.1".parse().unwrap(),
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "node.example:8080".parse().unwrap());
        assert_eq!(base(tcp, &headers), "http://node.example:8080");
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        assert_eq!(base(tcp, &headers), "https://node.example:8080");
        // Nobody looked at the name there.
        assert_eq!(base(Via::Unix, &headers), "https://localhost");
    }
}
