use segments_runtime::Context;

#[derive(Context)]
#[context(kind = "user")]
pub struct User<'a> {
    #[context(key)]
    id: String,
    email: &'a str,
}

fn main() {}
