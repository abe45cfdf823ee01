//! Which application a file belongs to and what opens it.

/// The three applications that the card carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Application {
    /// 公的個人認証AP: certificates and their keys.
    Jpki,
    /// 券面事項入力補助AP: the four attributes as text.
    Text,
    /// 券面事項確認AP: the printed face as pictures.
    Surface,
}

impl Application {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Jpki, Self::Text, Self::Surface];

    /// The name under which SELECT finds it, 10 bytes.
    #[must_use]
    pub const fn aid(self) -> &'static [u8] {
        match self {
            Self::Jpki => &[0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01],
            Self::Text => &[0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x08],
            Self::Surface => &[0xD3, 0x92, 0x10, 0x00, 0x31, 0x00, 0x01, 0x01, 0x04, 0x02],
        }
    }
}

/// What must have been verified before a file may be read or a key used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Nothing.
    Free,
    /// Any one of these key references of the same application.
    AnyOf(&'static [u16]),
    /// Nothing opens it.
    Never,
}

/// What an elementary file is.
#[derive(Debug, Clone)]
pub(crate) enum File {
    /// Bytes that READ BINARY returns.
    Transparent { content: Vec<u8>, read: Access },
    /// A reference for VERIFY; its counter is kept apart (`pin.rs`).
    PinReference,
    /// A private key; `sign` says what opens it.
    PrivateKey { sign: Access },
}
