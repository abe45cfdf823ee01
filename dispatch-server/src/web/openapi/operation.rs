//! What an operation says of itself.

use dispatch_core::Role;

/// Who may come in. It is checked before anything of the request is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// Everybody.
    Open,
    /// Whoever is signed in, also while the passcode still has to be changed.
    AnySession,
    /// Whoever is signed in.
    Session,
    /// Who is signed in with one of these roles.
    Roles(&'static [Role]),
}

/// A field of a form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: FieldKind,
    pub(crate) required: bool,
}

/// What a form's field holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FieldKind {
    /// Any text.
    Text,
    /// A whole number.
    Whole,
    /// A UUID.
    Id,
    /// A UUID or nothing.
    MaybeId,
    /// One of these words.
    One(&'static [&'static str]),
}

/// A field that must be there.
pub(crate) const fn field(name: &'static str, kind: FieldKind) -> Field {
    Field { name, kind, required: true }
}

/// What a request carries.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sends {
    /// Nothing.
    Nothing,
    /// JSON of this schema.
    Json(&'static str),
    /// A form; the proof of a signed-in person's form (`csrf`) is added.
    Form(&'static [Field]),
}

/// What a request gets when it works.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Gives {
    /// A page.
    Page,
    /// JSON of this schema.
    Json(&'static str),
    /// Points on a map.
    GeoJson,
    /// Server-sent events.
    Events,
    /// Nothing.
    Empty,
    /// Another address to go to.
    See,
    /// A body of this media type.
    Media(&'static str),
}

/// One method of one path.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) door: Door,
    pub(crate) query: &'static [Field],
    pub(crate) sends: Sends,
    pub(crate) gives: Vec<(u16, Gives)>,
    /// Refusals of its own, beside those of every operation of its kind.
    pub(crate) refuses: &'static [u16],
}

impl Operation {
    pub(crate) const fn new(
        method: &'static str,
        path: &'static str,
        id: &'static str,
        summary: &'static str,
        door: Door,
    ) -> Self {
        let sends = Sends::Nothing;
        Self { method, path, id, summary, door, query: &[], sends, gives: Vec::new(), refuses: &[] }
    }
    pub(crate) const fn sends(mut self, sends: Sends) -> Self {
        self.sends = sends;
        self
    }
    pub(crate) const fn query(mut self, query: &'static [Field]) -> Self {
        self.query = query;
        self
    }
    pub(crate) fn gives(mut self, status: u16, gives: Gives) -> Self {
        self.gives.push((status, gives));
        self
    }
    pub(crate) const fn refuses(mut self, statuses: &'static [u16]) -> Self {
        self.refuses = statuses;
        self
    }
}
