//! Bodies of requests: their kind, their size, and where they are wrong.

use alliance_api::Finding;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::fault::Fault;
use crate::limits::BODY_BYTES_MAX;

/// A JSON body. An empty one counts as `{}`.
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Sent<T> {
    type Rejection = Fault;

    async fn from_request(request: Request, _: &S) -> Result<Self, Fault> {
        let (parts, body) = request.into_parts();
        let media = media_type(&parts.headers);
        let bytes = read(body).await?;
        if bytes.is_empty() {
            return parse(b"{}").map(Self);
        }
        if media.as_deref() != Some("application/json") {
            return Err(unsupported("application/json"));
        }
        parse(&bytes).map(Self)
    }
}

/// The media type without its parameters, in lower case.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let media = value.split(';').next().unwrap_or_default();
    Some(media.trim().to_ascii_lowercase())
}

/// Reads a body whole, up to the usual limit.
pub(crate) async fn read(body: Body) -> Result<Vec<u8>, Fault> {
    read_up_to(body, BODY_BYTES_MAX).await
}

/// Reads a body whole, up to a limit.
pub(crate) async fn read_up_to(body: Body, bytes_max: usize) -> Result<Vec<u8>, Fault> {
    match Limited::new(body, bytes_max).collect().await {
        Ok(read) => Ok(read.to_bytes().to_vec()),
        Err(error) if error.is::<LengthLimitError>() => Err(Fault::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            "The request is too large",
            format!("A request's body may have {bytes_max} bytes here."),
        )),
        Err(_) => Err(Fault::new(
            StatusCode::BAD_REQUEST,
            "body_incomplete",
            "The request broke off",
            "Its body ended before its announced length; send it again.",
        )),
    }
}

/// Reads JSON, naming the place of a fault.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| wrong_json(error.path().to_string(), error.inner()))?;
    reader.end().map_err(|error| wrong_json(String::new(), &error))?;
    Ok(value)
}

fn wrong_json(place: String, error: &serde_json::Error) -> Fault {
    let syntax = !error.is_data();
    let (status, code, title) = if syntax {
        (StatusCode::BAD_REQUEST, "bad_json", "The body is not JSON")
    } else {
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad_request_body",
            "The body does not say what this address needs",
        )
    };
    let mut fault = Fault::new(status, code, title, error.to_string());
    fault.0.findings.push(Finding {
        severity: "error".to_owned(),
        code: code.to_owned(),
        place: if place == "." { String::new() } else { place },
        line: u32::try_from(error.line()).ok(),
        column: u32::try_from(error.column()).ok(),
        message: error.to_string(),
        remedy: if syntax {
            "Mend the JSON there.".to_owned()
        } else {
            "Give the field as this interface describes it.".to_owned()
        },
    });
    fault
}

/// A body of a kind that is not taken here.
pub(crate) fn unsupported(taken: &str) -> Fault {
    Fault::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        "This address does not take that kind of body",
        format!("Send it with the header Content-Type: {taken}."),
    )
}
