//! An example for each built-in, from the table `examples.txt`.

/// A program and what it prints.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// The statements; the last one may be values, which are then what is printed.
    pub lines: Vec<&'static str>,
    /// What it prints, without the line's end.
    pub printed: &'static str,
}

impl Example {
    /// The whole program.
    pub fn program(&self, module: Option<&str>) -> String {
        let mut text = module.map_or_else(String::new, |module| format!("import {module}\n"));
        for (at, line) in self.lines.iter().enumerate() {
            let shows = at + 1 == self.lines.len() && !line.starts_with("print(");
            text.push_str(&if shows { format!("print({line})\n") } else { format!("{line}\n") });
        }
        text
    }
}

/// The example of a built-in.
pub fn example(name: &str) -> Option<Example> {
    let rows = include_str!("examples.txt").lines().filter(|row| !row.starts_with('#'));
    let row = rows.into_iter().find_map(|row| {
        let (found, rest) = row.split_once(" | ")?;
        (found == name).then_some(rest)
    })?;
    let (program, printed) = row.rsplit_once(" | ")?;
    Some(Example { lines: program.split("; ").collect(), printed })
}
