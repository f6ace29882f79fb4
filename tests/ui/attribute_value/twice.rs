use segments_runtime::AttributeValue;

#[derive(AttributeValue)]
pub enum Plan {
    Free,
    #[attribute(name = "free")]
    Gratis,
}

fn main() {}
