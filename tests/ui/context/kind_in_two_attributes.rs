use segments_runtime::Context;

#[derive(Context)]
#[context(kind = "user")]
#[context(kind = "device")]
pub struct User {
    #[context(key)]
    pub id: String,
}

fn main() {}
