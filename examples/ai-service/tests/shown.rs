//! What `docs/reference/ai.md` shows is what the program prints, and what a browser shows of it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_ai-service");

#[test]
fn the_page_shows_what_is_printed() {
    let output = Command::new(PROGRAM).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/ai.md");
    let page = std::fs::read_to_string(page).unwrap();
    let shown = page
        .split_once("```text\n")
        .unwrap()
        .1
        .split_once("```")
        .unwrap()
        .0;
    assert_eq!(printed.trim(), shown.trim());
}

/// Metric, segment, variation, contexts, contexts with an event, and the total.
type Row = [String; 6];

#[test]
fn a_browser_shows_the_results_by_segment_that_are_printed() {
    if Command::new("chromium").arg("--version").output().is_err() {
        eprintln!("skipped: there is no chromium here, so the page of results was not read");
        return;
    }
    let mut program = Command::new(PROGRAM)
        .arg("--keep")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // Kept to the end: the program writes behind the address, too.
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let mut printed: Vec<Row> = Vec::new();
    let mut address = String::new();
    for line in lines.by_ref().map(Result::unwrap) {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        if line.starts_with("http") {
            address = line;
            break;
        }
        if line.starts_with("resolved ") || line.starts_with("rating ") {
            printed.push(words.try_into().unwrap());
        }
    }
    let dom = in_browser(&address);
    // It ends when its input does.
    drop(program.stdin.take());
    assert!(program.wait().unwrap().success());

    let table = dom.split_once("<table id=\"careful-answers\">").unwrap().1;
    let table = table.split_once("</table>").unwrap().0;
    let shown: Vec<Row> = table.split("<tr>").skip(2).map(row).collect();
    assert_eq!(shown, printed);
    for segment in ["ai-beta-testers", "newcomers", "regulars"] {
        let rows = shown.iter().filter(|row| row[1] == segment);
        assert_eq!(rows.count(), 4, "two metrics of two variations: {shown:?}");
    }
}

/// The page once a real browser has loaded it.
fn in_browser(address: &str) -> String {
    let profile = std::env::temp_dir().join(format!("segments-results-{}", std::process::id()));
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
        ])
        .args(["--timeout=60000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(address)
        .output()
        .unwrap();
    let _ = std::fs::remove_dir_all(profile);
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// The texts of a row of the page, without those that the program does not print.
fn row(html: &str) -> Row {
    let cells: Vec<String> = html
        .split("</td>")
        .map(|cell| {
            let pieces = cell
                .split('<')
                .map(|piece| piece.rsplit('>').next().unwrap());
            pieces.collect::<String>()
        })
        .collect();
    let [
        metric,
        segment,
        variation,
        contexts,
        converted,
        _share,
        _events,
        total,
        ..,
    ] = &cells[..]
    else {
        panic!("{html}")
    };
    [metric, segment, variation, contexts, converted, total].map(Clone::clone)
}
