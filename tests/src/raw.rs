//! A tablet's link without a core behind it: for what no correct tablet sends.

use crate::{PATIENCE, soon};
use dispatch_server::admin::MadeAccount;
use model::{QuestionId, SessionId, Timestamp};
use pki::{DeviceBundle, EarlyData};
use quic_link::{ClientEndpoint, Connection, LinkError, PROTOCOLS, StreamKind};
use std::net::SocketAddr;
use wire::codec::{decode, encode};
use wire::{Answer, Ask, Hello, HelloReply, Passcode, Question};

/// A welcomed link.
pub struct Raw {
    link: Connection,
    _control: (quic_link::FrameSender, quic_link::FrameReceiver),
}

/// Dials with a bundle.
///
/// # Errors
/// As the link says.
pub async fn dial(bundle: &DeviceBundle, server: SocketAddr) -> Result<Connection, LinkError> {
    let tls = pki::quic_client_config(bundle, PROTOCOLS, EarlyData::Off).unwrap();
    let endpoint = ClientEndpoint::new(tls, (std::net::Ipv4Addr::LOCALHOST, 0).into())?;
    endpoint.connect(server, "localhost", PATIENCE).await
}

impl Raw {
    /// Dials and says Hello.
    pub async fn welcomed(bundle: &DeviceBundle, server: SocketAddr) -> Self {
        let link = dial(bundle, server).await.unwrap();
        let (mut send, mut receive) = link.open(StreamKind::Control, 0).await.unwrap();
        let hello = Hello {
            versions: wire::hello::VERSIONS.to_vec(),
            program: "system tests".into(),
            training: true,
            sent_at: Timestamp(0),
            session: None,
        };
        send.send(&encode(&hello).unwrap()).await.unwrap();
        let frame = soon("an answer to Hello", receive.recv()).await.unwrap().unwrap();
        match decode(&frame).unwrap() {
            HelloReply::Welcome(_) => Self { link, _control: (send, receive) },
            HelloReply::Refused { code } => panic!("refused: {code:?}"),
        }
    }

    /// Asks one question.
    pub async fn ask(&self, n: u8, session: Option<SessionId>, question: Question) -> Answer {
        let ask = Ask { id: QuestionId::from_bytes([n; 16]), session, question };
        let (mut send, mut receive) = self.link.open(StreamKind::Question, 0).await.unwrap();
        send.send(&encode(&ask).unwrap()).await.unwrap();
        send.finish();
        decode(&soon("an answer", receive.recv()).await.unwrap().unwrap()).unwrap()
    }

    /// The code of a refusal.
    pub async fn refusal(&self, n: u8, session: Option<SessionId>, question: Question) -> String {
        match self.ask(n, session, question).await {
            Answer::Error(error) => error.code,
            _ => "answered".into(),
        }
    }

    /// Signs a crew member in.
    pub async fn sign_in(&self, account: &MadeAccount) -> SessionId {
        let passcode = Passcode::new(account.passcode.to_string());
        let question = Question::SignIn { login: account.login.clone(), passcode };
        match self.ask(0xA0, None, question).await {
            Answer::SignedIn(signed) => signed.session,
            _ => panic!("not signed in"),
        }
    }
}
