//! One HTTPS request over a fresh mutual TLS connection, bounded in time and size by its caller.

use crate::gateway::{GatewayConfig, MAX_BODY_BYTES};
use crate::protocol::{MEDIA_TYPE, PATH, STAND_IN_HEADER, STAND_IN_VALUE};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use patient_history::SourceError;
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

/// An answer's bytes; overwritten when dropped.
pub(crate) struct Answer {
    pub(crate) body: Zeroizing<Vec<u8>>,
    pub(crate) stand_in: bool,
}

/// Sends `body` and reads the answer. Dropping the future closes the connection.
pub(crate) async fn post(config: &GatewayConfig, body: Vec<u8>) -> Result<Answer, SourceError> {
    let stream = TcpStream::connect((config.host.as_str(), config.port)).await.map_err(|_| SourceError::Unreachable)?;
    let name = ServerName::try_from(config.server_name.clone()).map_err(|_| SourceError::Unreachable)?;
    let tls = TlsConnector::from(config.tls.clone());
    let stream = tls.connect(name, stream).await.map_err(|_| SourceError::Unreachable)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|_| SourceError::Unreachable)?;
    // The set aborts the connection's task when this future ends or is dropped.
    let mut tasks = JoinSet::new();
    tasks.spawn(connection);
    let request = request(config, body)?;
    let response = sender.send_request(request).await.map_err(broken)?;
    let stand_in = check_kind(config, &response)?;
    check_status(response.status())?;
    Ok(Answer { body: read_body(response).await?, stand_in })
}

fn request(config: &GatewayConfig, body: Vec<u8>) -> Result<Request<Full<Bytes>>, SourceError> {
    Request::post(PATH)
        .header(HOST, format!("{}:{}", config.server_name, config.port))
        .header(CONTENT_TYPE, MEDIA_TYPE)
        .body(Full::new(Bytes::from(body)))
        .map_err(|_| SourceError::Protocol { what: "the request could not be built".into() })
}

/// A refused client certificate shows only now in TLS 1.3, as a broken connection.
fn broken(error: hyper::Error) -> SourceError {
    if error.is_parse() {
        return SourceError::Protocol { what: "it is no HTTP answer".into() };
    }
    SourceError::Unreachable
}

fn check_kind(config: &GatewayConfig, response: &Response<Incoming>) -> Result<bool, SourceError> {
    let stand_in = response.headers().get(STAND_IN_HEADER).is_some_and(|v| v == STAND_IN_VALUE);
    let marked = response.headers().contains_key(STAND_IN_HEADER);
    match config.training {
        true if !stand_in => Err(SourceError::WrongKindOfSystem),
        false if marked => Err(SourceError::WrongKindOfSystem),
        _ => Ok(stand_in),
    }
}

fn check_status(status: StatusCode) -> Result<(), SourceError> {
    if status == StatusCode::OK {
        return Ok(());
    }
    Err(SourceError::National { code: format!("HTTP{}", status.as_u16()) })
}

async fn read_body(response: Response<Incoming>) -> Result<Zeroizing<Vec<u8>>, SourceError> {
    let mut limited = Limited::new(response.into_body(), MAX_BODY_BYTES);
    let mut body = Zeroizing::new(Vec::new());
    while let Some(frame) = limited.frame().await {
        let frame = frame.map_err(|error| match error.downcast_ref::<LengthLimitError>() {
            Some(_) => SourceError::Protocol { what: format!("it is larger than {MAX_BODY_BYTES} bytes") },
            None => SourceError::Unreachable,
        })?;
        if let Some(data) = frame.data_ref() {
            body.extend_from_slice(data);
        }
    }
    Ok(body)
}
