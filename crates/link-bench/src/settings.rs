//! Other settings of the link, each measured beside the present ones to show why those were chosen.

use std::time::Duration;

use quic_link::{LinkConfig, WindowConfig};

/// A setting with its name in the report.
pub(crate) type Setting = (&'static str, LinkConfig);

/// How much may be in flight, and how soon its arrival is known.
pub(crate) fn windows() -> Vec<Setting> {
    let window = |name, window| (name, LinkConfig { window, ..LinkConfig::default() });
    vec![
        window("quinn's own window (Cubic)", WindowConfig::unmeasured(0)),
        window("quinn's BBR", WindowConfig::bbr()),
        window("a floor of 24 kB, no ceiling", WindowConfig::unmeasured(24 * 1024)),
        window("a floor of 48 kB, no ceiling", WindowConfig::unmeasured(48 * 1024)),
        window("a floor of 96 kB, no ceiling", WindowConfig::unmeasured(96 * 1024)),
        window("a floor of 96 kB and the ceiling", WindowConfig::new(96 * 1024)),
        (
            "acknowledgements after 5 ms",
            LinkConfig { ack_delay: Some(Duration::from_millis(5)), ..LinkConfig::default() },
        ),
    ]
}

/// How a connection begins.
pub(crate) fn beginnings() -> Vec<Setting> {
    vec![
        (
            "quinn's first RTT of 333 ms",
            LinkConfig { initial_rtt: Duration::from_millis(333), ..LinkConfig::default() },
        ),
        ("a fixed MTU of 1,200", LinkConfig { fixed_mtu: Some(1_200), ..LinkConfig::default() }),
    ]
}
