//! Fields and kinds as their descriptors and options describe them. Reads descriptors; knows no kind by name.

use std::borrow::Cow;
use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, DynamicMessage, ExtensionDescriptor, FieldDescriptor, MessageDescriptor, Value};

use super::kind::Kind;
use crate::proto::v1::{Condition, FieldRules, Format, KindRules};

/// Levels of messages within messages that are followed.
const LEVELS_MAX: usize = 8;
/// Limits of texts whose options name none: (shortest, longest) in characters.
const PROSE_CHARACTERS: (u32, u32) = (20, 5_000);
const LINE_CHARACTERS: (u32, u32) = (1, 200);
/// Items of a list whose options name no limit.
const ITEMS_MAX: u32 = 20;

/// Messages of the alliance's own kinds. They carry no options: nobody writes them by hand.
const GOVERNANCE: [(Kind, &str); 13] = [
    (Kind::CHARTER, "Charter"),
    (Kind::ADMISSION, "Admission"),
    (Kind::PLEDGE, "Pledge"),
    (Kind::CERTIFICATE, "NodeCertificate"),
    (Kind::PROFILE, "Profile"),
    (Kind::CHAPTER, "Chapter"),
    (Kind::SUBSCRIPTION, "Subscription"),
    (Kind::APPROVAL, "Approval"),
    (Kind::RECEIPT, "Receipt"),
    (Kind::PROPOSAL, "Proposal"),
    (Kind::REVOCATION, "Revocation"),
    (Kind::SUCCESSION, "Succession"),
    (Kind::FORK_PROOF, "ForkProof"),
];

/// A kind of body that people write.
#[derive(Debug)]
pub struct KindInfo {
    /// The header's `kind`.
    pub kind: Kind,
    /// As front matter and addresses write it.
    pub name: String,
    /// Plain words.
    pub label: String,
    /// One or two sentences for an author.
    pub help: String,
    /// The reporting standard of the completeness meter; empty when the kind follows none.
    pub standard: String,
    /// The fields in the order for authors, those common to all kinds first.
    pub fields: Vec<FieldInfo>,
    pub(super) descriptor: MessageDescriptor,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Text; see [`FieldInfo::format`].
    Text,
    /// A code of [`FieldInfo::vocabulary`].
    Code,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// true or false.
    YesNo,
    /// Bytes, written in hexadecimal.
    Bytes,
    /// One of a closed list in the protocol.
    Choice,
    /// Fields of its own: [`FieldInfo::fields`].
    Group,
}

/// A field of a kind, or of a group within it.
#[derive(Debug)]
pub struct FieldInfo {
    /// As front matter and JSON write it.
    pub name: String,
    /// Its number in the message.
    pub number: u32,
    /// Plain words; also the heading of a section.
    pub label: String,
    /// One or two sentences for an author; may be empty.
    pub help: String,
    /// What it holds.
    pub shape: Shape,
    /// Whether it is a list.
    pub repeated: bool,
    /// Whether it must be filled when the group it stands in is there.
    pub required: bool,
    /// Fewest Unicode scalar values of a text; one of a wide script, such as 漢, counts as two here.
    pub characters_min: u32,
    /// Most Unicode scalar values of a text.
    pub characters_max: u32,
    /// Most items of a list.
    pub items_max: u32,
    /// The code list of a code; see [`super::vocabulary`].
    pub vocabulary: Option<String>,
    /// How a text or identifier is written.
    pub format: Format,
    /// Items of reporting standards, such as `TIDieR 3`.
    pub standards: Vec<String>,
    /// Whether it may say something about a person.
    pub personal: bool,
    /// One value as an author could write it; may be empty.
    pub example: String,
    /// Whether it is long text, written as a section of a Markdown file.
    pub section: bool,
    /// The header reference that the record named here becomes.
    pub reference: ReferenceRole,
    /// Smallest number.
    pub minimum: Option<f64>,
    /// Largest number.
    pub maximum: Option<f64>,
    /// What fields beside it must say for it to apply; all of them.
    pub applies_when: Vec<Condition>,
    /// Whether the completeness meter leaves it out.
    pub uncounted: bool,
    /// Fields of a group; empty otherwise.
    pub fields: Vec<FieldInfo>,
    pub(super) descriptor: FieldDescriptor,
    /// The message field whose fields stand at the top level, when this is one of them.
    pub(super) within: Option<FieldDescriptor>,
}

/// Where the role of a header reference comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReferenceRole {
    /// The field makes no reference.
    None,
    /// Always this role.
    Fixed(String),
    /// The code in this field beside it; `about` when the code is no role that authors may choose.
    Sibling(String),
}

struct Schema {
    written: Vec<KindInfo>,
    governance: Vec<KindInfo>,
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let decoded = DescriptorPool::decode(include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin")).as_slice());
    assert!(decoded.is_ok(), "the descriptors are written by build.rs");
    let pool = decoded.unwrap_or_default();
    let mut written: Vec<_> = pool
        .all_messages()
        .filter_map(|message| written_kind(&message))
        .collect();
    written.sort_by_key(|info| info.kind);
    let governance = GOVERNANCE.iter().filter_map(|(kind, name)| {
        let message = pool.get_message_by_name(&format!("alliance.v1.{name}"))?;
        Some(kind_info(
            &message,
            KindRules {
                number: kind.0,
                ..KindRules::default()
            },
        ))
    });
    Schema {
        written,
        governance: governance.collect(),
    }
});

/// The kinds that people write, in the order of their numbers.
pub fn kinds() -> impl Iterator<Item = &'static KindInfo> {
    SCHEMA.written.iter()
}

/// A kind that people write; None for the alliance's own kinds and unknown ones.
#[must_use]
pub fn kind(kind: Kind) -> Option<&'static KindInfo> {
    kinds().find(|info| info.kind == kind)
}

/// All kinds whose messages are known here.
pub(super) fn all() -> impl Iterator<Item = &'static KindInfo> {
    kinds().chain(&SCHEMA.governance)
}

/// Any kind whose message is known here.
pub(super) fn known(wanted: Kind) -> Option<&'static KindInfo> {
    kind(wanted).or_else(|| SCHEMA.governance.iter().find(|info| info.kind == wanted))
}

impl KindInfo {
    /// A field of the kind by its name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldInfo> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl FieldInfo {
    /// The value a message holds for this field; None when it is absent or empty.
    pub(super) fn value<'a>(&self, message: &'a DynamicMessage) -> Option<&'a Value> {
        let holder = match &self.within {
            None => message,
            Some(within) => set_value(message, within)?.as_message()?,
        };
        set_value(holder, &self.descriptor)
    }

    /// Puts a value of the field's type.
    pub(super) fn set(&self, message: &mut DynamicMessage, value: Value) {
        match &self.within {
            None => message.set_field(&self.descriptor, value),
            Some(within) => {
                if let Some(holder) = message.get_field_mut(within).as_message_mut() {
                    holder.set_field(&self.descriptor, value);
                }
            }
        }
    }

    /// The codes it may hold; empty for other shapes.
    pub(super) fn codes(&self) -> &'static [super::Code] {
        self.vocabulary
            .as_deref()
            .and_then(super::vocabulary)
            .unwrap_or_default()
    }
}

/// The items of a list, or the one value.
pub(super) fn items(value: &Value) -> &[Value] {
    value.as_list().unwrap_or(std::slice::from_ref(value))
}

fn set_value<'a>(message: &'a DynamicMessage, field: &FieldDescriptor) -> Option<&'a Value> {
    if !message.has_field(field) {
        return None;
    }
    match message.get_field(field) {
        Cow::Borrowed(value) => Some(value),
        Cow::Owned(_) => None,
    }
}

fn written_kind(message: &MessageDescriptor) -> Option<KindInfo> {
    let extension = message.parent_pool().get_extension_by_name("alliance.v1.kind")?;
    let rules: KindRules = option(&message.options(), &extension)?;
    Some(kind_info(message, rules))
}

fn kind_info(message: &MessageDescriptor, rules: KindRules) -> KindInfo {
    let kind = Kind(rules.number);
    KindInfo {
        kind,
        name: kind.name().into_owned(),
        label: rules.label,
        help: rules.help,
        standard: rules.standard,
        fields: fields(message, None, 0),
        descriptor: message.clone(),
    }
}

fn option<T: prost::Message + Default>(options: &DynamicMessage, extension: &ExtensionDescriptor) -> Option<T> {
    if !options.has_extension(extension) {
        return None;
    }
    options.get_extension(extension).as_message()?.transcode_to().ok()
}

fn fields(message: &MessageDescriptor, within: Option<&FieldDescriptor>, level: usize) -> Vec<FieldInfo> {
    let mut found = Vec::new();
    if level > LEVELS_MAX {
        return found;
    }
    let extension = message.parent_pool().get_extension_by_name("alliance.v1.rules");
    for field in message.fields() {
        let rules = extension
            .as_ref()
            .and_then(|extension| option(&field.options(), extension));
        let rules: FieldRules = rules.unwrap_or_default();
        match field.kind().as_message() {
            Some(inner) if rules.inline => found.extend(fields(inner, Some(&field), level + 1)),
            inner => {
                let inner = inner.map_or_else(Vec::new, |inner| fields(inner, None, level + 1));
                found.push(field_info(field, within.cloned(), rules, inner));
            }
        }
    }
    found
}

fn field_info(
    descriptor: FieldDescriptor,
    within: Option<FieldDescriptor>,
    rules: FieldRules,
    fields: Vec<FieldInfo>,
) -> FieldInfo {
    let format = rules.format();
    let usual = if format == Format::Prose {
        PROSE_CHARACTERS
    } else {
        LINE_CHARACTERS
    };
    let or = |given: u32, usual: u32| if given == 0 { usual } else { given };
    FieldInfo {
        name: descriptor.name().to_owned(),
        number: descriptor.number(),
        label: if rules.label.is_empty() {
            descriptor.name().to_owned()
        } else {
            rules.label
        },
        help: rules.help,
        shape: shape(&descriptor, !rules.vocabulary.is_empty()),
        repeated: descriptor.is_list(),
        required: rules.required,
        characters_min: or(rules.characters_min, usual.0),
        characters_max: or(rules.characters_max, usual.1),
        items_max: or(rules.items_max, ITEMS_MAX),
        vocabulary: (!rules.vocabulary.is_empty()).then_some(rules.vocabulary),
        format,
        standards: rules.standard,
        personal: rules.personal,
        example: rules.example,
        section: rules.section,
        reference: reference(rules.reference_role, rules.reference_role_from),
        minimum: rules.minimum,
        maximum: rules.maximum,
        applies_when: rules.applies_when,
        uncounted: rules.uncounted,
        fields,
        descriptor,
        within,
    }
}

fn reference(fixed: String, sibling: String) -> ReferenceRole {
    match (fixed.is_empty(), sibling.is_empty()) {
        (false, _) => ReferenceRole::Fixed(fixed),
        (true, false) => ReferenceRole::Sibling(sibling),
        (true, true) => ReferenceRole::None,
    }
}

fn shape(descriptor: &FieldDescriptor, has_vocabulary: bool) -> Shape {
    use prost_reflect::Kind as Wire;
    match descriptor.kind() {
        Wire::String if has_vocabulary => Shape::Code,
        Wire::String => Shape::Text,
        Wire::Bytes => Shape::Bytes,
        Wire::Bool => Shape::YesNo,
        Wire::Double | Wire::Float => Shape::Number,
        Wire::Message(_) => Shape::Group,
        Wire::Enum(_) => Shape::Choice,
        _ => Shape::Integer,
    }
}
