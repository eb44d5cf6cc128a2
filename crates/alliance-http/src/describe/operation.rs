//! One route, described: built by a chain of small words.

use alliance_api::TokenRole;
use axum::routing::MethodFilter;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::schema::{self, Schemas};
use super::{ALWAYS, OF_THE_NODE, OF_WRITES, SIGNED};
use crate::limits::BODY_BYTES_MAX;

/// A method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

impl Verb {
    /// In lower case, as the description has it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Delete => "delete",
        }
    }

    pub(super) const fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
            Self::Put => MethodFilter::PUT,
            Self::Delete => MethodFilter::DELETE,
        }
    }
}

/// Who may ask a route over TCP. Over the Unix socket everybody may who can open it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Least {
    /// Whoever reaches the address.
    Anyone,
    /// Whoever may read: by a token of any role, or without one where the operator left reading open.
    Reader,
    /// Who sees drafts: authors and second readers.
    Drafts,
    /// Who approves drafts. The route itself asks for the token of a second reader, also over the Unix socket.
    SecondReader,
    /// Who writes documents.
    Author,
    /// Who speaks for the organisation.
    Steward,
    /// Who looks after the node.
    Operator,
}

impl Least {
    /// Whether a token of this role is enough.
    pub(crate) const fn allows(self, role: TokenRole) -> bool {
        match self {
            Self::Anyone | Self::Reader | Self::SecondReader => true,
            Self::Drafts => !matches!(role, TokenRole::Reader),
            Self::Author => !matches!(role, TokenRole::Reader | TokenRole::SecondReader),
            Self::Steward => matches!(role, TokenRole::Steward | TokenRole::Operator),
            Self::Operator => matches!(role, TokenRole::Operator),
        }
    }

    /// The word for it in the description.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Reader => "reader",
            Self::Drafts => "author or second-reader",
            Self::SecondReader => "second-reader",
            Self::Author => "author",
            Self::Steward => "steward",
            Self::Operator => "operator",
        }
    }
}

/// What is remembered of a write that was sent with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// Its answer, while the program runs.
    Memory,
    /// That it was done: its answer holds a secret, which is shown once.
    Secret,
    /// Also over a restart: it signs a record.
    Disk,
}

/// What routes are about: headings of the description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Records,
    Snapshots,
    Drafts,
    Chapters,
    Organisations,
    Governance,
    Node,
    Access,
    Description,
}

impl Group {
    /// In the order in which they are shown, each with what it is about.
    pub(crate) const ALL: [(Self, &'static str, &'static str); 9] = [
        (
            Self::Records,
            "Records",
            "What organisations share: found, shown, exported, published and removed.",
        ),
        (
            Self::Snapshots,
            "Snapshots",
            "Sets of records under one name, to be cited and proven.",
        ),
        (Self::Drafts, "Drafts", "Documents that wait to be signed."),
        (Self::Chapters, "Chapters", "Topics that organisations follow."),
        (
            Self::Organisations,
            "Organisations",
            "Members, and how they come to be.",
        ),
        (Self::Governance, "Governance", "What stewards decide."),
        (
            Self::Node,
            "Node",
            "How this node is, what happens on it, and what it carries.",
        ),
        (
            Self::Access,
            "Access",
            "Tokens of people and programs that ask over TCP.",
        ),
        (
            Self::Description,
            "Description",
            "This description, and whether the program answers.",
        ),
    ];

    pub(crate) fn name(self) -> &'static str {
        let of_it = Self::ALL.iter().find(|(group, _, _)| *group == self);
        of_it.map_or("", |(_, name, _)| name)
    }
}

/// A kind of body that is taken or given.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(crate) media: &'static str,
    pub(crate) schema: Value,
}

/// A good answer.
#[derive(Debug, Clone)]
pub(crate) struct Good {
    pub(crate) status: u16,
    pub(crate) meaning: &'static str,
    pub(crate) contents: Vec<Content>,
}

/// A route, described.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) verb: Verb,
    pub(crate) path: &'static str,
    pub(crate) id: &'static str,
    pub(crate) group: Group,
    pub(crate) least: Least,
    pub(crate) summary: &'static str,
    pub(crate) more: &'static str,
    pub(crate) parameters: Vec<Value>,
    pub(crate) takes: Vec<Content>,
    pub(crate) answers: Vec<Good>,
    pub(crate) fails: Vec<&'static str>,
    pub(crate) keeping: Keeping,
    pub(crate) body_bytes_max: usize,
    pub(crate) schemas: Schemas,
}

impl Operation {
    /// A route that reads: for readers, unless it is said otherwise.
    pub(crate) fn get(path: &'static str, id: &'static str, group: Group) -> Self {
        let mut operation = Self::new(Verb::Get, path, id, group);
        operation.least = Least::Reader;
        operation
    }

    /// A route that writes: for operators, unless it is said otherwise.
    pub(crate) fn write(verb: Verb, path: &'static str, id: &'static str, group: Group) -> Self {
        let mut operation = Self::new(verb, path, id, group);
        operation.fails.extend(OF_WRITES);
        operation
    }

    fn new(verb: Verb, path: &'static str, id: &'static str, group: Group) -> Self {
        let parameters: Vec<Value> = schema::segments(path).collect();
        let mut fails = [&ALWAYS[..], &OF_THE_NODE].concat();
        if !parameters.is_empty() {
            fails.push("bad_path");
        }
        Self {
            verb,
            path,
            id,
            group,
            least: Least::Operator,
            summary: "",
            more: "",
            parameters,
            takes: Vec::new(),
            answers: Vec::new(),
            fails,
            keeping: Keeping::Memory,
            body_bytes_max: BODY_BYTES_MAX,
            schemas: Schemas::default(),
        }
    }

    /// In a line and, where that is not enough, in more.
    pub(crate) const fn says(mut self, summary: &'static str, more: &'static str) -> Self {
        self.summary = summary;
        self.more = more;
        self
    }

    /// Who may ask it.
    pub(crate) const fn by(mut self, least: Least) -> Self {
        self.least = least;
        self
    }

    /// With the fields of `T` as its query string.
    pub(crate) fn asks<T: ToSchema>(mut self) -> Self {
        self.parameters.extend(schema::query::<T>());
        self.schemas.add_parts::<T>();
        self.fails.push("bad_query");
        self
    }

    /// With a parameter that no type of ours describes.
    pub(crate) fn asks_also(mut self, parameter: Value) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// With a JSON body.
    pub(crate) fn takes<T: ToSchema>(mut self) -> Self {
        let schema = self.schemas.add::<T>();
        self.fails.extend(["bad_json", "bad_request_body"]);
        self.takes_media("application/json", schema)
    }

    /// With a body of another kind.
    pub(crate) fn takes_media(mut self, media: &'static str, schema: Value) -> Self {
        self.takes.push(Content { media, schema });
        self.fails.push("unsupported_media_type");
        self
    }

    /// Answers in JSON.
    pub(crate) fn answers<T: ToSchema>(mut self, status: u16, meaning: &'static str) -> Self {
        let schema = self.schemas.add::<T>();
        self.answers_media((status, meaning), "application/json", schema)
    }

    /// Answers with a list in JSON.
    pub(crate) fn lists<T: ToSchema>(mut self, status: u16, meaning: &'static str) -> Self {
        let items = self.schemas.add::<T>();
        let schema = json!({"type": "array", "items": items});
        self.answers_media((status, meaning), "application/json", schema)
    }

    /// Answers in another form; several for one status are a choice.
    pub(crate) fn answers_media(
        mut self,
        (status, meaning): (u16, &'static str),
        media: &'static str,
        schema: Value,
    ) -> Self {
        let content = Content { media, schema };
        match self.answers.iter_mut().find(|good| good.status == status) {
            Some(good) => good.contents.push(content),
            None => self.answers.push(Good {
                status,
                meaning,
                contents: vec![content],
            }),
        }
        self
    }

    /// Codes of problems of its own, beside those that follow from what it takes.
    pub(crate) fn fails(mut self, codes: &[&'static str]) -> Self {
        self.fails.extend(codes);
        self
    }

    /// Asks nothing of the node, and so never fails by it.
    pub(crate) fn asks_nobody(mut self) -> Self {
        self.fails.retain(|code| !OF_THE_NODE.contains(code));
        self
    }

    /// Its answer holds a secret, which is shown once.
    pub(crate) const fn secret(mut self) -> Self {
        self.keeping = Keeping::Secret;
        self
    }

    /// Signs a record: its key is remembered over a restart.
    pub(crate) fn signs(mut self) -> Self {
        self.keeping = Keeping::Disk;
        self.fails(&SIGNED)
    }

    /// With bodies of another length than usual.
    pub(crate) const fn up_to(mut self, body_bytes_max: usize) -> Self {
        self.body_bytes_max = body_bytes_max;
        self
    }

    /// Whether its answers are for every reader.
    pub(crate) fn is_open(&self) -> bool {
        self.verb == Verb::Get && matches!(self.least, Least::Anyone | Least::Reader)
    }

    /// Whether its good answers are named by a tag.
    pub(crate) fn has_tag(&self) -> bool {
        let contents = self.answers.iter().flat_map(|good| &good.contents);
        self.verb == Verb::Get && contents.into_iter().any(|content| content.media == "application/json")
    }

    /// Every code it can answer with.
    pub(crate) fn codes(&self) -> Vec<&'static str> {
        let of_access: &[&str] = match self.least {
            Least::Anyone => &[],
            Least::Reader => &["token_missing", "token_wrong", "cross_origin"],
            _ => &["token_missing", "token_wrong", "role_not_enough", "cross_origin"],
        };
        let mut codes = [&self.fails[..], of_access].concat();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}
