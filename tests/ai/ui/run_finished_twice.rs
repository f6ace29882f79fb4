use segments_runtime::ai::{Run, Success};

fn tell(run: Run) {
    let _ = run.finish(Success::default());
    let _ = run.finish(Success::default());
}

fn main() {}
