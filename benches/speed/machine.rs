//! What the figures depend on: file system, processors, and who used how much of them.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// Clock ticks a second in `/proc` (`USER_HZ` is 100 on every Linux platform that Rust supports).
const TICKS: f64 = 100.0;

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
pub fn now() -> Instant {
    Instant::now()
}

/// The programs that the floors need; names Debian's packages of those that are missing.
pub fn need(programs: &[(&str, &str)]) -> Result<()> {
    let path = format!("{}:/usr/sbin:/usr/local/sbin", std::env::var("PATH").unwrap_or_default());
    let is_there = |name: &str| path.split(':').any(|folder| Path::new(folder).join(name).is_file());
    let mut missing: Vec<_> =
        programs.iter().filter(|(name, _)| !is_there(name)).map(|(_, package)| *package).collect();
    missing.dedup();
    if !missing.is_empty() {
        bail!("missing: sudo apt-get install --no-install-recommends {}", missing.join(" "));
    }
    // Debian keeps servers off the path of users.
    // SAFETY: no other thread runs yet.
    unsafe { std::env::set_var("PATH", path) };
    Ok(())
}

/// Device and type of the file system below a folder.
fn file_system(folder: &Path) -> Result<(String, String)> {
    let folder = folder.canonicalize()?;
    let mounts = fs::read_to_string("/proc/self/mounts")?;
    let mut best = ("", "", "");
    for line in mounts.lines() {
        let mut words = line.split(' ');
        let (Some(device), Some(place), Some(kind)) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        if folder.starts_with(place) && place.len() >= best.1.len() {
            best = (device, place, kind);
        }
    }
    Ok((best.0.to_owned(), best.2.to_owned()))
}

/// Figures of a disk that forgets are worth nothing.
pub fn refuse_memory(folder: &Path) -> Result<()> {
    let (_, kind) = file_system(folder)?;
    if matches!(kind.as_str(), "tmpfs" | "ramfs") {
        bail!("{} lies in memory ({kind}): set CARGO_TARGET_DIR to a folder on a disk", folder.display());
    }
    Ok(())
}

/// Milliseconds of one small write that is on the disk when it is done: the median of 200.
fn durable_write(folder: &Path) -> Result<f64> {
    let path = folder.join("write");
    let mut file = fs::File::create(&path)?;
    let mut took = Vec::new();
    for _ in 0..200 {
        let begun = now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        took.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    fs::remove_file(path)?;
    Ok(median(took))
}

/// Lines about the machine.
pub fn describe(folder: &Path) -> Result<Vec<String>> {
    let (device, kind) = file_system(folder)?;
    let processors = std::thread::available_parallelism()?;
    let info = fs::read_to_string("/proc/cpuinfo")?;
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    Ok(vec![
        format!("{processors} processors{}, load {}", model.replace("\t: ", " "), load()?),
        format!("{kind} on {device}, a durable write of 4 KiB takes {:.2} ms", durable_write(folder)?),
        format!(
            "{} connections, {} turns of {} s each, product and floor in turn, medians",
            super::CONNECTIONS,
            super::ROUNDS,
            super::TURN_S
        ),
        "CPU in per cent of one processor".to_owned(),
    ])
}

/// How many processes wanted a processor in the last minute.
pub fn load() -> Result<String> {
    let load = fs::read_to_string("/proc/loadavg")?;
    Ok(load.split(' ').next().unwrap_or_default().to_owned())
}

/// The middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Seconds of processor time of a process, of those it has started, and of those of them that have ended.
pub fn cpu_of_tree(root: u32) -> f64 {
    let mut parents: HashMap<u32, (u32, f64)> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        // Behind the name, which may hold anything: state, parent, … and from the 12th on four times.
        let words: Vec<&str> =
            stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
        let number = |at: usize| words.get(at).and_then(|word| word.parse::<u32>().ok()).unwrap_or(0);
        let ticks: u32 = (11..15).map(number).sum();
        parents.insert(id, (number(1), f64::from(ticks) / TICKS));
    }
    let below = |mut id: u32| loop {
        match parents.get(&id) {
            _ if id == root => return true,
            Some((parent, _)) if *parent > 1 => id = *parent,
            _ => return false,
        }
    };
    parents.iter().filter(|(id, _)| below(**id)).map(|(_, (_, time))| time).sum()
}

/// Processor time of some processes over a span.
pub struct Meter {
    names: Vec<(&'static str, u32, f64)>,
    begun: Instant,
}

impl Meter {
    /// Begins; each name stands for a process and those that it starts.
    pub fn begin(processes: &[(&'static str, u32)]) -> Self {
        Self {
            names: processes.iter().map(|(name, id)| (*name, *id, cpu_of_tree(*id))).collect(),
            begun: now(),
        }
    }

    /// Per cent of one processor since the beginning, by name.
    pub fn end(&self) -> Vec<(&'static str, f64)> {
        let took = self.begun.elapsed().as_secs_f64();
        self.names
            .iter()
            .map(|(name, id, before)| (*name, (cpu_of_tree(*id) - before) / took * 100.0))
            .collect()
    }
}

/// A process that ends with its owner.
pub struct Process(pub Child);

impl Process {
    /// Starts it.
    pub fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        command.spawn().map(Self).with_context(|| name)
    }

    /// Its id.
    pub fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.0), Signal::TERM);
        for _ in 0..200 {
            if matches!(self.0.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a program prints, where it ends well.
pub fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.output().with_context(|| name.clone())?;
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    if !done.status.success() {
        bail!("{name}: {said}{}", String::from_utf8_lossy(&done.stderr));
    }
    Ok(said)
}

/// A port of the loopback address that nobody listens on.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Requests a second and those refused, as wrk says them.
pub fn wrk(url: &str, more: &[&str], envs: &[(&str, &str)]) -> Result<f64> {
    let mut command = Command::new("wrk");
    command.args(["-t1", &format!("-c{}", super::CONNECTIONS), &format!("-d{}s", super::TURN_S)]);
    command.args(more).arg(url).envs(envs.iter().copied());
    let said = output(&mut command)?;
    if let Some(line) = said.lines().find(|line| line.contains("Non-2xx") || line.contains("Socket errors")) {
        bail!("wrk on {url}: {}", line.trim());
    }
    let rate = said.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    rate.and_then(|rate| rate.trim().parse().ok()).with_context(|| format!("wrk said: {said}"))
}
