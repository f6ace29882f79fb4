use segments_runtime::Context;

#[derive(Context)]
#[context(kind = "user")]
pub struct User {
    #[context(id)]
    id: String,
}

fn main() {}
