use segments_runtime::Context;

#[derive(Context)]
#[context("user")]
pub struct User {
    #[context(key)]
    pub id: String,
}

fn main() {}
