//! `serve`.

use super::cli::DataArgs;
use super::{exit, output};
use crate::data_dir::DataDir;
use crate::server::{Listen, start_for};
use crate::source::SharedSource;
use anyhow::{Context as _, Result, bail};
use eligibility::{DEFAULT_DEADLINE, GatewayConfig, NationalGateway};
use pki::{CaCertificate, Credential};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio::signal::unix::{SignalKind, signal};

/// Port of `https://` addresses without one.
const HTTPS_PORT: u16 = 443;

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Where tablets dial (UDP); port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "0.0.0.0:4433")]
    quic: SocketAddr,
    /// Where pages are (TCP); port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "0.0.0.0:8443")]
    https: SocketAddr,
    /// Connections of tablets at once; more are told to come again. A tablet may have two for a moment. Each may leave 348 KiB unread in
    /// the server's memory, so this bounds it: the default is 6,026, and fewer are not fewer.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    connections: usize,
    /// The national system, as https://HOST:PORT. Without it look-ups end as unreachable and transports go on.
    #[arg(long, value_name = "URL", requires = "national_tls")]
    national: Option<String>,
    /// Directory with `ca.pem`, `national-client.pem` and `national-client.key` for the national system.
    #[arg(long, value_name = "DIR")]
    national_tls: Option<PathBuf>,
}

pub(super) async fn run(args: ServeArgs) -> Result<u8> {
    let data = DataDir::new(&args.data.data);
    let training = data.installation()?.training;
    let source = match (&args.national, &args.national_tls) {
        (Some(url), Some(tls)) => SharedSource::new(gateway(url, tls, training)?),
        _ => SharedSource::none(),
    };
    // Before anything says that the server runs: whoever stops it then is heard.
    let mut terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listen for SIGINT")?;
    let listen = Listen { quic: args.quic, https: args.https };
    let handle = start_for(data, listen, source, args.connections).await?;
    let kind = if training { "（訓練）" } else { "" };
    output::line(&format!("QUIC  {}{kind}", handle.quic_addr))?;
    output::line(&format!("HTTPS https://{}/{kind}", handle.https_addr))?;
    output::line(&handle.app.card_roots.said())?;
    output::line(handle.app.travel.said())?;
    output::line(handle.app.tiles.said())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    handle.stop().await;
    Ok(exit::DONE)
}

fn gateway(url: &str, tls: &Path, training: bool) -> Result<NationalGateway> {
    let (host, port) = host_and_port(url)?;
    let ca = CaCertificate::load(&tls.join("ca.pem")).context("read the national system's authority")?;
    let client = Credential::load(&tls.join("national-client.pem"), &tls.join("national-client.key"))
        .context("read our certificate for the national system")?;
    let config = GatewayConfig {
        server_name: host.clone(),
        host,
        port,
        tls: pki::mutual_tls_client_config(&ca, &client).context("prepare TLS for the national system")?,
        training,
        deadline: DEFAULT_DEADLINE,
    };
    Ok(NationalGateway::new(config))
}

fn host_and_port(url: &str) -> Result<(String, u16)> {
    let Some(rest) = url.strip_prefix("https://") else { bail!("read --national {url:?}: expected https://HOST:PORT") };
    let rest = rest.trim_end_matches('/');
    if let Ok(address) = rest.parse::<SocketAddr>() {
        return Ok((address.ip().to_string(), address.port()));
    }
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) => {
            (host, port.parse().with_context(|| format!("read --national {url:?}: {port:?} is no port"))?)
        }
        None => (rest, HTTPS_PORT),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if host.is_empty() || !host.chars().all(plain) {
        bail!("read --national {url:?}: expected https://HOST:PORT");
    }
    Ok((host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_national_system() {
        assert_eq!(host_and_port("https://127.0.0.1:8471/").expect("an address"), ("127.0.0.1".into(), 8471));
        assert_eq!(host_and_port("https://[::1]:8471").expect("an address"), ("::1".into(), 8471));
        assert_eq!(host_and_port("https://national.example").expect("a name"), ("national.example".into(), 443));
        for bad in ["http://a:1", "https://", "https://a:b", "https://a/b:1", "a:1"] {
            assert!(host_and_port(bad).is_err(), "{bad}");
        }
    }
}
