//! What a file comes to: checked, names resolved, distributions ready to be drawn from.

use super::fields::{Area, Form, QueueFile, Server, Service, Shape, Tier, Travel, TravelTime, Waiting};
use super::file::Wrong;
use super::locate::Step;
use crate::engine::{Distribution, Sampler, Ticks};

/// Areas at most; more is refused.
const AREAS_MAX: usize = 1_000;
/// Servers' entries at most (each may stand for many servers); more is refused.
const GROUPS_MAX: usize = 1_000;
/// Servers at most; more is refused.
const SERVERS_MAX: u32 = 1_000_000;
/// Replications at most; more is refused.
const REPLICATIONS_MAX: u32 = 10_000;
/// Calls in all at most, about an hour of computing; a longer run is refused.
const CALLS_MAX: f64 = 2e9;
/// Calls of one replication when the file says nothing.
const CALLS_DEFAULT: f64 = 50_000.0;
/// The shortest mean time in ticks: rounding to whole ticks then changes no figure by more than a millionth.
const TICKS_OF_SHORTEST: f64 = 1e6;
/// The end of time in ticks; a run whose shortest mean would be too coarse below it is refused.
const TICKS_MAX: f64 = 4e18;

/// A model ready to run.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) groups: Vec<Group>,
    pub(super) areas: Vec<AreaPlan>,
    /// Priorities in use, the first served first.
    pub(super) priorities: Vec<u32>,
    pub(super) waiting: Waiting,
    /// Places to wait, as many as there may be.
    pub(super) places: u64,
    pub(super) travel: Option<TravelTime>,
    /// Times within which a wait is told.
    pub(super) within: Vec<f64>,
    pub(super) seed: u64,
    pub(super) replications: u32,
    pub(super) confidence: f64,
    pub(super) warm_up: f64,
    pub(super) length: f64,
    /// Ticks in a unit of time.
    pub(super) scale: f64,
}

/// Servers that are the same.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) count: u32,
}

/// An area with everything resolved.
#[derive(Clone, Debug)]
pub(super) struct AreaPlan {
    pub(super) id: String,
    pub(super) rate: f64,
    /// Index into [`Plan::priorities`].
    pub(super) class: usize,
    /// Groups in the order in which they are called; those of one tier at random.
    pub(super) tiers: Vec<Vec<usize>>,
    /// By group: whether it may serve here.
    pub(super) allowed: Vec<bool>,
    pub(super) arrivals: Timing,
    /// By group.
    pub(super) service: Vec<Timing>,
    /// By group.
    pub(super) travel: Vec<Option<Timing>>,
    pub(super) patience: Option<Timing>,
}

/// A distribution and what draws from it.
#[derive(Clone, Debug)]
pub(super) struct Timing {
    pub(super) law: Distribution,
    pub(super) sampler: Sampler,
}

impl Plan {
    /// Checks a file and resolves it.
    pub(super) fn of(file: &QueueFile) -> Result<Self, Wrong> {
        head(file)?;
        let groups = groups(&file.server)?;
        let mut priorities: Vec<u32> = file.area.iter().map(|area| area.priority).collect();
        priorities.sort_unstable();
        priorities.dedup();
        let mut areas = Vec::with_capacity(file.area.len());
        for (index, area) in file.area.iter().enumerate() {
            areas.push(Resolving { file, groups: &groups, priorities: &priorities, index, area }.resolve()?);
        }
        let mut plan = Self {
            groups,
            areas,
            priorities,
            waiting: file.waiting,
            places: places(file)?,
            travel: file.travel_time,
            within: file.within.clone(),
            seed: file.seed,
            replications: file.replications,
            confidence: file.confidence,
            warm_up: 0.0,
            length: 0.0,
            scale: 0.0,
        };
        plan.steady()?;
        plan.lengths(file)?;
        Ok(plan)
    }
    /// Calls per unit of time.
    pub(super) fn rate(&self) -> f64 {
        self.areas.iter().map(|area| area.rate).sum()
    }
    /// Servers in all.
    pub(super) fn servers(&self) -> u32 {
        self.groups.iter().map(|group| group.count).sum()
    }
    /// Whether any server may serve anywhere.
    pub(super) fn everyone_everywhere(&self) -> bool {
        self.areas.iter().all(|area| area.allowed.iter().all(|allowed| *allowed))
    }
    /// The law of each group's services, where it is the same in every area and holds all that the server is busy with.
    pub(super) fn service_by_group(&self) -> Option<Vec<&Distribution>> {
        let before = self.travel == Some(TravelTime::BeforeService);
        let first = self.areas.first()?;
        let same = |area: &AreaPlan| area.service.iter().zip(&first.service).all(|(one, other)| one.law == other.law);
        let alone = |area: &AreaPlan| !before || area.travel.iter().all(Option::is_none);
        let fits = self.areas.iter().all(|area| same(area) && alone(area));
        fits.then(|| first.service.iter().map(|service| &service.law).collect())
    }
    /// Calls over what all servers together can serve, where every server may serve everywhere at a rate of its own.
    fn pooled_load(&self) -> Option<f64> {
        let laws = self.service_by_group().filter(|_| self.everyone_everywhere())?;
        let served: f64 = self.groups.iter().zip(laws).map(|(group, law)| f64::from(group.count) / law.mean()).sum();
        Some(self.rate() / served)
    }
    /// A time in ticks, rounded to the nearest; ends at the end of time.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a checked time, never negative; `as` ends at the ends"
    )]
    pub(super) fn ticks(&self, time: f64) -> Ticks {
        (time * self.scale).round() as Ticks
    }

    /// A queue without end must be able to empty.
    fn steady(&self) -> Result<(), Wrong> {
        let forever = self.waiting == Waiting::Infinite && self.areas.iter().any(|area| area.patience.is_none());
        // The quickest server of an area: more work than that cannot be done whoever does it.
        let work: f64 = self.areas.iter().map(|area| area.rate * area.quickest(self.travel)).sum();
        let load = (work / f64::from(self.servers())).max(self.pooled_load().unwrap_or(0.0));
        if forever && load >= 1.0 {
            let what = format!(
                "the queue grows without end: the calls bring {load:.4} times the work that the servers can do; lower the rates, add \
                 servers, or say waiting = \"limited\" or \"none\", or a patience"
            );
            return Err(wrong(&["waiting"], what));
        }
        Ok(())
    }
    /// Chooses lengths and the scale of time.
    fn lengths(&mut self, file: &QueueFile) -> Result<(), Wrong> {
        let longest = self.areas.iter().flat_map(|area| &area.service).map(|s| s.law.mean()).fold(0.0, f64::max);
        self.length = file.length.unwrap_or_else(|| (CALLS_DEFAULT / self.rate()).max(100.0 * longest));
        self.warm_up = file.warm_up.unwrap_or_else(|| (100.0 * longest).max(self.length / 10.0));
        let runs = if self.replications == 1 { 1.0 } else { f64::from(self.replications) };
        let calls = (self.length + self.warm_up) * self.rate() * runs;
        if calls > CALLS_MAX {
            return Err(wrong(
                &["length"],
                format!("{calls:.0} calls in all; at most {CALLS_MAX:.0}: shorten or run fewer replications"),
            ));
        }
        let services = self.areas.iter().flat_map(|area| area.service.iter().map(|s| s.law.mean()));
        let shortest = services.chain(self.areas.iter().map(|area| 1.0 / area.rate)).fold(f64::INFINITY, f64::min);
        self.scale = libm::exp10(libm::ceil(libm::log10(TICKS_OF_SHORTEST / shortest)));
        if (self.length + self.warm_up) * self.scale > TICKS_MAX {
            return Err(wrong(&["length"], format!("too long beside the shortest mean time, {shortest}")));
        }
        Ok(())
    }
}

impl AreaPlan {
    /// The least mean time that a server is busy with a call from here.
    fn quickest(&self, travel: Option<TravelTime>) -> f64 {
        let before = travel == Some(TravelTime::BeforeService);
        let busy = |(group, service): (usize, &Timing)| {
            let way = self.travel[group].as_ref().filter(|_| before).map_or(0.0, |way| way.law.mean());
            service.law.mean() + way
        };
        let groups = self.service.iter().enumerate().filter(|(group, _)| self.allowed[*group]);
        groups.map(busy).fold(f64::INFINITY, f64::min)
    }
}

fn head(file: &QueueFile) -> Result<(), Wrong> {
    let counts = [("area", file.area.len(), AREAS_MAX), ("server", file.server.len(), GROUPS_MAX)];
    for (name, count, most) in counts {
        if !(1..=most).contains(&count) {
            return Err(wrong(&[name], format!("expected 1 to {most} entries, got {count}")));
        }
    }
    if !(1..=REPLICATIONS_MAX).contains(&file.replications) {
        return Err(wrong(&["replications"], format!("expected 1 to {REPLICATIONS_MAX}, got {}", file.replications)));
    }
    if !(file.confidence > 0.5 && file.confidence < 1.0) {
        return Err(wrong(&["confidence"], format!("expected a level such as 0.95, got {}", file.confidence)));
    }
    for (name, time) in [("warm_up", file.warm_up), ("length", file.length)] {
        let least = if name == "length" { f64::MIN_POSITIVE } else { 0.0 };
        if time.is_some_and(|time| !(time.is_finite() && time >= least)) {
            return Err(wrong(&[name], "expected a time above 0".to_owned()));
        }
    }
    for (index, time) in file.within.iter().enumerate() {
        if !(time.is_finite() && *time >= 0.0) {
            return Err(Wrong { path: vec![key("within"), Step::At(index)], what: "expected a time".to_owned() });
        }
    }
    Ok(())
}

fn places(file: &QueueFile) -> Result<u64, Wrong> {
    match (file.waiting, file.places) {
        (Waiting::Limited, Some(places)) => Ok(u64::from(places)),
        (Waiting::Limited, None) => Err(wrong(&["places"], "needed with waiting = \"limited\"".to_owned())),
        (_, Some(_)) => Err(wrong(&["places"], "goes with waiting = \"limited\" only".to_owned())),
        (Waiting::None, None) => Ok(0),
        (Waiting::Infinite, None) => Ok(u64::MAX),
    }
}

fn groups(servers: &[Server]) -> Result<Vec<Group>, Wrong> {
    let mut groups: Vec<Group> = Vec::with_capacity(servers.len());
    let mut total = 0u32;
    for (index, server) in servers.iter().enumerate() {
        let at = |name: &str, what: String| Wrong { path: vec![key("server"), Step::At(index), key(name)], what };
        if let Some(problem) = bad_id(&server.id, groups.iter().map(|g| g.id.as_str())) {
            return Err(at("id", problem));
        }
        total = total.saturating_add(server.count);
        if server.count == 0 || total > SERVERS_MAX {
            return Err(at("count", format!("expected at least 1, and at most {SERVERS_MAX} servers in all")));
        }
        groups.push(Group { id: server.id.clone(), count: server.count });
    }
    Ok(groups)
}

/// What is wrong with an id among those before it.
fn bad_id<'a>(id: &str, mut before: impl Iterator<Item = &'a str>) -> Option<String> {
    let fits = !id.is_empty() && id.len() <= 64 && !id.chars().any(|c| c == '.' || c.is_control() || c.is_whitespace());
    if !fits {
        return Some(format!("expected 1 to 64 bytes without spaces and full stops, got {id:?}"));
    }
    before.any(|other| other == id).then(|| format!("{id:?} is used twice"))
}

/// One area on its way to a plan.
struct Resolving<'a> {
    file: &'a QueueFile,
    groups: &'a [Group],
    priorities: &'a [u32],
    index: usize,
    area: &'a Area,
}

impl Resolving<'_> {
    fn resolve(&self) -> Result<AreaPlan, Wrong> {
        let area = self.area;
        let before = self.file.area[..self.index].iter().map(|other| other.id.as_str());
        if let Some(problem) = bad_id(&area.id, before) {
            return Err(self.wrong(&[key("id")], problem));
        }
        if !(area.rate.is_finite() && area.rate > 0.0) {
            return Err(
                self.wrong(&[key("rate")], format!("expected calls per unit of time, above 0, got {}", area.rate))
            );
        }
        if area.priority == 0 {
            return Err(self.wrong(&[key("priority")], "expected 1 or more; 1 is served first".to_owned()));
        }
        let tiers = self.tiers()?;
        let allowed = (0..self.groups.len()).map(|group| tiers.iter().any(|tier| tier.contains(&group))).collect();
        Ok(AreaPlan {
            id: area.id.clone(),
            rate: area.rate,
            class: self.priorities.iter().position(|p| *p == area.priority).unwrap_or(0),
            tiers,
            allowed,
            arrivals: self.arrivals()?,
            service: self.services()?,
            travel: self.travels()?,
            patience: area.patience.as_ref().map(|p| self.timing(p, &[key("patience")])).transpose()?,
        })
    }
    fn tiers(&self) -> Result<Vec<Vec<usize>>, Wrong> {
        let Some(list) = &self.area.prefer else { return Ok(vec![(0..self.groups.len()).collect()]) };
        let mut named: Vec<usize> = Vec::new();
        let mut tiers = Vec::with_capacity(list.len());
        for (place, tier) in list.iter().enumerate() {
            let ids = match tier {
                Tier::One(id) => std::slice::from_ref(id),
                Tier::Any(ids) => ids,
            };
            let mut resolved = Vec::with_capacity(ids.len());
            for id in ids {
                let at = |what| self.wrong(&[key("prefer"), Step::At(place)], what);
                let group = self.group(id).ok_or_else(|| at(format!("no server has the id {id:?}")))?;
                if named.contains(&group) {
                    return Err(at(format!("{id:?} is named twice")));
                }
                named.push(group);
                resolved.push(group);
            }
            tiers.push(resolved);
        }
        if named.is_empty() {
            return Err(
                self.wrong(&[key("prefer")], "expected at least one server; leave it out for all of them".to_owned())
            );
        }
        Ok(tiers)
    }
    fn arrivals(&self) -> Result<Timing, Wrong> {
        let shape = self.area.arrivals.clone().unwrap_or_default();
        if shape.distribution == Form::Values {
            return Err(
                self.wrong(&[key("arrivals"), key("distribution")], "values have a mean of their own".to_owned())
            );
        }
        let Shape { distribution, cv, phases } = shape;
        let service = Service { rate: Some(self.area.rate), distribution, cv, phases, ..Service::default() };
        self.timing(&service, &[key("arrivals")])
    }
    fn services(&self) -> Result<Vec<Timing>, Wrong> {
        if let Some(service) = &self.area.service {
            return Ok(vec![self.timing(service, &[key("service")])?; self.groups.len()]);
        }
        let each = self.file.server.iter().enumerate().map(|(index, server)| {
            let at = [key("server"), Step::At(index), key("service")];
            let missing =
                || Wrong { path: at.to_vec(), what: "needed: not every area has a service of its own".to_owned() };
            timing(server.service.as_ref().ok_or_else(missing)?, &at)
        });
        each.collect()
    }
    fn travels(&self) -> Result<Vec<Option<Timing>>, Wrong> {
        let mut travels = vec![None; self.groups.len()];
        if !self.area.travel.is_empty() && self.file.travel_time.is_none() {
            let what = "needed where an area has travel: \"within-service\" or \"before-service\"".to_owned();
            return Err(wrong(&["travel_time"], what));
        }
        for (id, travel) in &self.area.travel {
            let path = [key("travel"), key(id)];
            let group = self.group(id).ok_or_else(|| self.wrong(&path, format!("no server has the id {id:?}")))?;
            travels[group] = match travel {
                Travel::Fixed(time) if *time == 0.0 => None,
                Travel::Fixed(mean) => {
                    let form = Form::Deterministic;
                    Some(self.timing(&Service { mean: Some(*mean), distribution: form, ..Service::default() }, &path)?)
                }
                Travel::Drawn(service) => Some(self.timing(service, &path)?),
            };
        }
        Ok(travels)
    }
    fn group(&self, id: &str) -> Option<usize> {
        self.groups.iter().position(|group| group.id == id)
    }
    fn timing(&self, service: &Service, path: &[Step]) -> Result<Timing, Wrong> {
        let mut whole = vec![key("area"), Step::At(self.index)];
        whole.extend_from_slice(path);
        timing(service, &whole)
    }
    fn wrong(&self, path: &[Step], what: String) -> Wrong {
        let mut whole = vec![key("area"), Step::At(self.index)];
        whole.extend_from_slice(path);
        Wrong { path: whole, what }
    }
}

fn timing(service: &Service, path: &[Step]) -> Result<Timing, Wrong> {
    let at = |what: String| Wrong { path: path.to_vec(), what };
    let law = law(service).map_err(|what| at(what.to_owned()))?;
    let sampler = law.sampler().map_err(|error| at(error.to_string()))?;
    Ok(Timing { law, sampler })
}

/// The distribution that the fields name; fields that it does not have are refused.
fn law(service: &Service) -> Result<Distribution, &'static str> {
    let form = service.distribution;
    let with_cv = matches!(form, Form::Lognormal | Form::Gamma | Form::Uniform | Form::Hyperexponential);
    match () {
        () if service.cv.is_some() && !with_cv => return Err("this distribution has no cv of its own"),
        () if service.phases.is_some() && form != Form::Erlang => {
            return Err("phases belong to distribution = \"erlang\"");
        }
        () if form != Form::Values && (service.values.is_some() || service.probabilities.is_some()) => {
            return Err("values and probabilities belong to distribution = \"values\"");
        }
        () => {}
    }
    if form == Form::Values {
        return values(service);
    }
    let mean = match (service.mean, service.rate) {
        (Some(mean), None) => mean,
        (None, Some(rate)) => 1.0 / rate,
        _ => return Err("expected a mean or a rate, one of them"),
    };
    let cv = || service.cv.ok_or("this distribution needs a cv (standard deviation / mean)");
    Ok(match form {
        Form::Exponential | Form::Values => Distribution::Exponential { mean },
        Form::Deterministic => Distribution::Deterministic { mean },
        Form::Lognormal => Distribution::LogNormal { mean, cv: cv()? },
        Form::Gamma => Distribution::Gamma { mean, cv: cv()? },
        Form::Uniform => Distribution::Uniform { mean, cv: cv()? },
        Form::Hyperexponential => Distribution::Hyperexponential { mean, cv: cv()? },
        Form::Erlang => {
            Distribution::Erlang { mean, phases: service.phases.ok_or("an Erlang distribution needs phases")? }
        }
    })
}

fn values(service: &Service) -> Result<Distribution, &'static str> {
    if service.mean.is_some() || service.rate.is_some() {
        return Err("values have a mean of their own: leave mean and rate out");
    }
    let (Some(values), Some(shares)) = (&service.values, &service.probabilities) else {
        return Err("expected values and probabilities");
    };
    if values.len() != shares.len() {
        return Err("expected as many probabilities as values");
    }
    Ok(Distribution::Values { values: values.iter().copied().zip(shares.iter().copied()).collect() })
}

fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

fn wrong(path: &[&str], what: String) -> Wrong {
    Wrong { path: path.iter().map(|name| key(name)).collect(), what }
}
