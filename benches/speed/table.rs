//! The one table at the end.

/// What is compared with what.
pub struct Row {
    pub what: String,
    /// With its unit.
    pub product: String,
    /// With its unit and what it is; empty where the bound is absolute.
    pub floor: String,
    pub ratio: Option<f64>,
    pub bound: String,
    /// Nothing where the row is told for comparison only.
    pub is_met: Option<bool>,
    /// Bytes, compression, processor time.
    pub details: Vec<String>,
}

/// Notes above, rows below.
#[derive(Default)]
pub struct Table {
    notes: Vec<String>,
    rows: Vec<Row>,
}

impl Table {
    pub fn new(notes: Vec<String>) -> Self {
        Self { notes, rows: Vec::new() }
    }

    pub fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// Adds a row, and shows it at once to whoever waits.
    pub fn add(&mut self, row: Row) {
        eprintln!("  {}", row.line());
        self.rows.push(row);
    }

    pub fn print(&self) {
        println!("Meldekette, speed");
        for note in &self.notes {
            println!("  {note}");
        }
        println!();
        println!("{:<40} {:>14}  {:<30} {:>6}  bound", "", "product", "floor", "ratio");
        for row in &self.rows {
            println!("{}", row.line());
            for detail in &row.details {
                println!("    {detail}");
            }
        }
        let missed = self.rows.iter().filter(|row| row.is_met == Some(false)).count();
        let bounds = self.rows.iter().filter(|row| row.is_met.is_some()).count();
        println!("\n{} of {bounds} bounds met", bounds - missed);
    }
}

impl Row {
    /// A row with the ratio of two rates.
    pub fn rates(what: String, product: f64, floor: f64, floor_is: &str, at_least: Option<f64>) -> Self {
        let ratio = product / floor;
        Self {
            what,
            product: format!("{product:.0} /s"),
            floor: format!("{floor:.0} /s {floor_is}"),
            ratio: Some(ratio),
            bound: at_least.map_or_else(String::new, |bound| format!("≥ {bound}")),
            is_met: at_least.map(|bound| ratio >= bound),
            details: Vec::new(),
        }
    }

    /// A row with an absolute bound.
    pub fn at_most(what: String, value: f64, unit: &str, bound: f64) -> Self {
        Self {
            what,
            product: format!("{value:.0} {unit}"),
            floor: String::new(),
            ratio: None,
            bound: format!("≤ {bound} {unit}"),
            is_met: Some(value <= bound),
            details: Vec::new(),
        }
    }

    /// With one more line below.
    pub fn with(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    fn line(&self) -> String {
        let ratio = self.ratio.map_or_else(String::new, |ratio| format!("{ratio:.3}"));
        let verdict = match self.is_met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "(no bound)",
        };
        format!(
            "{:<40} {:>14}  {:<30} {ratio:>6}  {} {verdict}",
            self.what, self.product, self.floor, self.bound
        )
    }
}

/// `server 71 %, wrk 8 %`.
pub fn cpu(turns: &[Vec<(&'static str, f64)>]) -> String {
    let Some(first) = turns.first() else { return String::new() };
    let shares: Vec<String> = (0..first.len())
        .map(|at| {
            let all = turns.iter().filter_map(|turn| turn.get(at)).map(|(_, share)| *share).collect();
            format!("{} {:.0} %", first[at].0, super::machine::median(all))
        })
        .collect();
    shares.join(", ")
}
