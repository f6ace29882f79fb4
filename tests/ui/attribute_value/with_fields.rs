use segments_runtime::AttributeValue;

#[derive(AttributeValue)]
pub enum Plan {
    Free,
    Paid(u32),
}

fn main() {}
