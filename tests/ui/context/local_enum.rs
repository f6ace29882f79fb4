use segments_runtime::Context;

pub enum Plan {
    Free,
    Pro,
}

#[derive(Context)]
#[context(kind = "user")]
pub struct User {
    #[context(key)]
    id: String,
    plan: Plan,
}

fn main() {
    let _ = (Plan::Free, Plan::Pro);
}
