use segments_runtime::Context;

#[derive(Context)]
#[context(kind = "user")]
pub struct User {
    #[context(key)]
    #[context(key)]
    pub id: String,
}

fn main() {}
