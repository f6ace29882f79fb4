use segments_runtime::Context;

#[derive(Context)]
#[context(kind = "user")]
pub struct User {
    #[context(key)]
    pub id: String,
    #[context(skip, private)]
    pub email: String,
}

fn main() {}
