//! A feed of records for readers of news: Atom (RFC 4287), for any filter.

use std::io;

use alliance_api::{RecordQuery, RecordSummary};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::answer::Shared;
use crate::describe::{Group, NAMED, Operation, Route, text};
use crate::fault::Fault;
use crate::params::Asked;

const NAMESPACE: &str = "http://www.w3.org/2005/Atom";
const MEDIA_TYPE: &str = "application/atom+xml; charset=utf-8";

/// Its route.
pub(crate) fn routes() -> Vec<Route> {
    let operation = Operation::get("/v1/feed", "feed", Group::Records)
        .says(
            "The newest records that fit, as an Atom feed",
            "Every filter narrows, as in a list.",
        )
        .asks::<RecordQuery>()
        .answers_media((200, "The feed."), "application/atom+xml", text())
        .fails(&NAMED)
        .fails(&["bad_filter", "unwritable", "question_too_costly"]);
    vec![Route::new(operation, feed)]
}

async fn feed(State(app): Shared, Asked(query): Asked<RecordQuery>) -> Result<Response, Fault> {
    let words = query.filter.clone().unwrap_or_default();
    let name = serde_urlencoded::to_string(&query).unwrap_or_default();
    let page = app.handle.records(query).await?;
    let about = About {
        title: match words.is_empty() {
            true => app.handle.name_of_alliance(),
            false => format!("{}: {words}", app.handle.name_of_alliance()),
        },
        id: format!("urn:alliance:{}:feed:{name}", app.handle.alliance()),
        address: format!("/v1/feed?{name}"),
    };
    let text = written(&about, &page.records).map_err(|error| {
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
}

fn written(about: &About, records: &[RecordSummary]) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    // Atom asks for a time even where nothing has happened.
    let newest = records.iter().map(|record| record.claimed_at_ms).max().unwrap_or(0);
    let feed = xml.create_element("feed").with_attribute(("xmlns", NAMESPACE));
    feed.write_inner_content(|xml| {
        said(xml, "title", &about.title)?;
        said(xml, "id", &about.id)?;
        said(xml, "updated", &moment(newest))?;
        let own = [
            ("rel", "self"),
            ("type", "application/atom+xml"),
            ("href", about.address.as_str()),
        ];
        xml.create_element("link").with_attributes(own).write_empty()?;
        records.iter().try_for_each(|record| entry(xml, record))
    })?;
    Ok(xml.into_inner())
}

fn entry(xml: &mut Writer<Vec<u8>>, record: &RecordSummary) -> io::Result<()> {
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
        said(xml, "updated", &moment(record.claimed_at_ms))?;
        let name = if record.organisation_name.is_empty() {
            &record.organisation
        } else {
            &record.organisation_name
        };
        xml.create_element("author")
            .write_inner_content(|xml| said(xml, "name", name))?;
        let address = format!("/v1/records/{}", record.id);
        let link = [
            ("rel", "alternate"),
            ("type", "application/json"),
            ("href", address.as_str()),
        ];
        xml.create_element("link").with_attributes(link).write_empty()?;
        for term in [&record.kind, &record.chapter].into_iter().chain(&record.settings) {
            let term = allowed(term);
            xml.create_element("category")
                .with_attribute(("term", term.as_str()))
                .write_empty()?;
        }
        said(xml, "summary", &format!("{} in {}", record.kind, record.chapter))
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
            address: "/v1/feed?filter=%22a%22&limit=2".to_owned(),
        };
        assert!(
            String::from_utf8(written(&about, &[]).unwrap())
                .unwrap()
                .contains("<updated>1970-01-01T00:00:00Z</updated>")
        );
        let record: RecordSummary = serde_json::from_value(serde_json::json!({
            "id": "ab", "kind": "practice", "chapter": "iso:gb", "organisation": "ff", "organisation_name": "",
            "lang": "en\" x=\"", "title": "</title><script>\u{b}&amp;", "settings": ["a\"b"], "claimed_at_ms": 1_714_521_600_500_i64,
            "arrival": 1,
        }))
        .unwrap();
        let text = String::from_utf8(written(&about, &[record]).unwrap()).unwrap();
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
        let expected =
            "feed title id updated link entry title id updated author name link category category category summary";
        assert_eq!(names.join(" "), expected, "{text}");
        assert!(text.contains("<updated>2024-05-01T00:00:00.5Z</updated>"), "{text}");
        assert!(text.contains("&lt;/title&gt;&lt;script&gt;&amp;amp;"), "{text}");
        assert!(
            text.contains("urn:alliance:record:ab") && text.contains("<name>ff</name>"),
            "{text}"
        );
    }
}
