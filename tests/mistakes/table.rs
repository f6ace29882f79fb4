//! How the answers to mistakes are counted.

use std::fmt::Write as _;

/// What is true of the answer to one mistake.
pub struct Judged {
    pub case: String,
    /// There is exactly one error.
    pub one: bool,
    /// It stands at the right token.
    pub place: bool,
    /// It names what to write.
    pub written: bool,
    /// What it says to write makes it go away; `None` if only the author knows what was meant.
    pub mended: Option<bool>,
}

/// Returns whether a message says what to write. One list of words for Rust and files.
pub fn names_what_to_write(message: &str) -> bool {
    let words = [
        "write ",
        "did you mean `",
        "use `",
        "compared with `",
        "help: ",
        "leave ",
        "remove ",
        "declare ",
        "as in `",
        "list at least",
        "derive `",
        "rename ",
        "keep one",
        "pass ",
        "mark ",
        "choose another",
        "add them up",
        "missing",
        "pass a reference",
        "is a struct with named fields",
    ];
    words.iter().any(|words| message.contains(words))
}

#[derive(Default)]
pub struct Table(Vec<Judged>);

impl Table {
    pub fn add(&mut self, judged: Judged) {
        self.0.push(judged);
    }

    /// The columns: how many hold, of how many, and which do not.
    fn columns(&self) -> [(&'static str, usize, Vec<&str>); 4] {
        let column = |what, holds: fn(&Judged) -> Option<bool>| {
            let judged = self
                .0
                .iter()
                .filter_map(|judged| Some((holds(judged)?, &judged.case[..])));
            let judged: Vec<_> = judged.collect();
            let fails = judged
                .iter()
                .filter(|(holds, _)| !holds)
                .map(|(_, case)| *case);
            (what, judged.len(), fails.collect())
        };
        [
            column("exactly one error", |judged| Some(judged.one)),
            column("at the right token", |judged| Some(judged.place)),
            column("names what to write", |judged| Some(judged.written)),
            column("what it says to write is right", |judged| judged.mended),
        ]
    }

    pub fn markdown(&self) -> String {
        let mut page = String::from("| the answer | cases | of | share |\n|---|---|---|---|\n");
        for (what, all, fails) in self.columns() {
            let holds = all - fails.len();
            let percent = holds * 1000 / all.max(1);
            let _ = writeln!(
                page,
                "| {what} | {holds} | {all} | {}.{} % |",
                percent / 10,
                percent % 10
            );
        }
        page
    }

    /// Returns whether each column holds for so many thousandths of the cases.
    pub fn holds(&self, thousandths: [usize; 4]) -> bool {
        let mut columns = self.columns().into_iter().zip(thousandths);
        columns.all(|((_, all, fails), least)| (all - fails.len()) * 1000 >= all * least)
    }

    pub fn failures(&self) -> String {
        let mut text = String::new();
        for (what, _, fails) in self.columns() {
            for case in fails {
                let _ = writeln!(text, "- {what}: {case}");
            }
        }
        text
    }
}
