//! The fields of the file.

use serde::{Deserialize, Deserializer, Serialize, de};
use std::collections::BTreeMap;

/// A queueing model.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueFile {
    /// What it is called in the result.
    pub name: String,
    /// Where the example is from.
    #[serde(default)]
    pub about: String,
    /// The unit of every time in the file, for people: "minute", "hour".
    #[serde(default = "unit")]
    pub time_unit: String,
    /// The same seed gives the same result.
    #[serde(default = "one")]
    pub seed: u64,
    /// Independent runs; 1 is one long run cut into 20 batches.
    #[serde(default = "twenty")]
    pub replications: u32,
    /// Level of the intervals that are shown; what is checked is checked at 0.999.
    #[serde(default = "level")]
    pub confidence: f64,
    /// Time at the start of each run that does not count; chosen from the services when absent.
    pub warm_up: Option<f64>,
    /// Time of each run that counts; chosen for 50,000 calls a run when absent.
    pub length: Option<f64>,
    /// What happens to a call when every server that it may have is busy.
    pub waiting: Waiting,
    /// Places to wait; with `waiting = "limited"` only.
    pub places: Option<u32>,
    /// Whether the services already hold the way to the call; needed where an area has `travel`.
    pub travel_time: Option<TravelTime>,
    /// For each of these times, the share of calls that wait no longer.
    #[serde(default)]
    pub within: Vec<f64>,
    /// Where calls come from.
    pub area: Vec<Area>,
    /// Who serves them.
    pub server: Vec<Server>,
    /// Published figures, to be checked.
    #[serde(default)]
    pub expect: Vec<Expect>,
}

fn unit() -> String {
    "unit of time".to_owned()
}
const fn one() -> u64 {
    1
}
const fn single() -> u32 {
    1
}
const fn twenty() -> u32 {
    20
}
const fn level() -> f64 {
    0.95
}

/// What happens to a call when every server that it may have is busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Waiting {
    /// It is lost.
    None,
    /// It waits.
    Infinite,
    /// It waits when a place is left, else it is lost.
    Limited,
}

/// What `travel` of an area means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TravelTime {
    /// The service times hold it already (the hypercube model): it only shows in the response.
    WithinService,
    /// It comes before the service, and the server is busy with it.
    BeforeService,
}

/// Where calls come from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Its name, used in the names of figures.
    pub id: String,
    /// Calls per unit of time.
    pub rate: f64,
    /// Times between calls: a distribution with mean 1/rate; exponential when absent.
    pub arrivals: Option<Shape>,
    /// 1 is served before 2; nobody is interrupted.
    #[serde(default = "single")]
    pub priority: u32,
    /// Servers in the order in which they are called, those in inner brackets at random; absent: any free one, at random. One that is
    /// not named never serves here.
    pub prefer: Option<Vec<Tier>>,
    /// Service of calls from here, whoever serves them; absent: that of the server.
    pub service: Option<Service>,
    /// Time on the way, by server.
    #[serde(default)]
    pub travel: BTreeMap<String, Travel>,
    /// How long a call waits before it gives up; absent: for ever.
    pub patience: Option<Service>,
}

/// A server, or several that are the same.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Its name, used in lists and in the names of figures.
    pub id: String,
    /// So many that are the same.
    #[serde(default = "single")]
    pub count: u32,
    /// Its service; needed unless every area has one.
    pub service: Option<Service>,
}

/// A distribution of times: `mean` or `rate`, and its shape.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its mean.
    pub mean: Option<f64>,
    /// 1 / mean.
    pub rate: Option<f64>,
    /// Which; exponential when absent.
    #[serde(default)]
    pub distribution: Form,
    /// Coefficient of variation: log-normal, gamma, uniform, hyperexponential.
    pub cv: Option<f64>,
    /// Phases: Erlang.
    pub phases: Option<u32>,
    /// Values: `values` only, in the place of the mean.
    pub values: Option<Vec<f64>>,
    /// Their probabilities.
    pub probabilities: Option<Vec<f64>>,
}

/// The shape of a distribution whose mean is known.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Which.
    #[serde(default)]
    pub distribution: Form,
    /// Coefficient of variation.
    pub cv: Option<f64>,
    /// Phases: Erlang.
    pub phases: Option<u32>,
}

/// A family of distributions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// No memory.
    #[default]
    Exponential,
    /// Always the mean.
    Deterministic,
    /// Log-normal, by `cv`.
    Lognormal,
    /// Gamma, by `cv`.
    Gamma,
    /// A sum of `phases` equal exponential times.
    Erlang,
    /// Uniform, by `cv`.
    Uniform,
    /// One of two exponential times with balanced means, by `cv` > 1.
    Hyperexponential,
    /// One of `values`, by `probabilities`.
    Values,
}

/// A published figure.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Its name, as in the result.
    pub figure: String,
    /// Its value.
    pub value: f64,
    /// It may be off by so much; absent: the interval of 99.9 % must hold it.
    pub tolerance: Option<f64>,
}

/// One step of a list of preference: a server, or several that are equally good.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Tier {
    /// This one.
    One(String),
    /// Any free one of these, at random.
    Any(Vec<String>),
}

/// A time on the way: a number is always the same.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Travel {
    /// Always this.
    Fixed(f64),
    /// By chance.
    Drawn(Service),
}

// By hand, so that an error names what is wrong inside and where; an untagged enum says neither.
impl<'de> Deserialize<'de> for Tier {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> de::Visitor<'de> for Visit {
            type Value = Tier;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a server's id, or a list of ids")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Tier, E> {
                Ok(Tier::One(text.to_owned()))
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Tier, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(list)).map(Tier::Any)
            }
        }
        from.deserialize_any(Visit)
    }
}

impl<'de> Deserialize<'de> for Travel {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visit;
        #[expect(clippy::cast_precision_loss, reason = "a time of 2^53 units is refused later")]
        impl<'de> de::Visitor<'de> for Visit {
            type Value = Travel;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a time, or a distribution of times")
            }
            fn visit_f64<E: de::Error>(self, time: f64) -> Result<Travel, E> {
                Ok(Travel::Fixed(time))
            }
            fn visit_i64<E: de::Error>(self, time: i64) -> Result<Travel, E> {
                Ok(Travel::Fixed(time as f64))
            }
            fn visit_u64<E: de::Error>(self, time: u64) -> Result<Travel, E> {
                Ok(Travel::Fixed(time as f64))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Travel, A::Error> {
                Service::deserialize(de::value::MapAccessDeserializer::new(map)).map(Travel::Drawn)
            }
        }
        from.deserialize_any(Visit)
    }
}
