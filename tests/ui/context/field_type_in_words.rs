use segments_runtime::Context;

#[derive(Context)]
#[context(kind = "user")]
pub struct User {
    #[context(key)]
    pub id: String,
    #[context(type = "number")]
    pub age: u32,
}

fn main() {}
