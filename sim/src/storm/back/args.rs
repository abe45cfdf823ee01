//! What a loss is made of, and what must hold.

/// Why everybody is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Nobody was connected: the fleet arrives with its backlog, against a server that is up.
    Arrival,
    /// The server's process is killed (SIGKILL) and started again on the same data and ports.
    Killed,
    /// Every unit's radio is cut, inside its own socket, and comes back at the same address.
    Radio,
    /// The same, and every unit comes back at another address.
    Address,
}

/// How a connected fleet loses the server (`--cause killed|radio|address`).
#[derive(Clone, Debug, clap::Args)]
pub struct BackArgs {
    /// How long everybody is away; the backlog is recorded meanwhile.
    #[arg(long, default_value_t = 10.0, value_name = "SECONDS")]
    pub away: f64,
    /// Before it, all are connected and rest for so long: what an idle fleet costs.
    #[arg(long, default_value_t = 20.0, value_name = "SECONDS")]
    pub idle: f64,
    /// After it, the calm units are watched alone for so long.
    #[arg(long, default_value_t = 20.0, value_name = "SECONDS")]
    pub calm: f64,
    /// Units besides the fleet that keep their connection and go on asking; none where the server is killed.
    #[arg(long, default_value_t = 200, value_name = "UNITS")]
    pub calm_units: usize,
    /// Each of them asks for a suggestion and records an event so often.
    #[arg(long, default_value_t = 1_000, value_name = "MS")]
    pub calm_every_ms: u64,
    /// Units of the fleet on one UDP socket; 0: one each where the limit of open files allows it, else as few as it allows.
    #[arg(long, default_value_t = 0, value_name = "UNITS")]
    pub per_socket: usize,
    /// The last unit must be connected within so many seconds of the return, and of the first dial of all.
    #[arg(long, default_value_t = 10.0, value_name = "SECONDS")]
    pub max_connected: f64,
    /// The last entry must be acknowledged within so many seconds of the return.
    #[arg(long, default_value_t = 30.0, value_name = "SECONDS")]
    pub max_acknowledged: f64,
    /// 99 of 100 answers to calm units take at most so many times what they took before.
    #[arg(long, default_value_t = 5.0, value_name = "TIMES")]
    pub max_calm_ratio: f64,
    /// An idle unit takes at most so much of the server's memory, KiB (64 kB are 62.5).
    #[arg(long, default_value_t = 62.5, value_name = "KIB")]
    pub max_idle_kib: f64,
    /// The idle fleet takes at most this part of one core of the server.
    #[arg(long, default_value_t = 0.05, value_name = "CORES")]
    pub max_idle_cores: f64,
}

impl Default for BackArgs {
    /// As on a command line that says nothing of it.
    fn default() -> Self {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            back: BackArgs,
        }
        <Line as clap::Parser>::parse_from(["storm"]).back
    }
}
