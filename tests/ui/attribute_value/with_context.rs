use segments_runtime::AttributeValue;

#[derive(AttributeValue)]
pub enum Plan {
    Free,
    #[context(name = "enterprise-plus")]
    Enterprise,
}

fn main() {}
