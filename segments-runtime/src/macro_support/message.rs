//! Messages that are composed in constants.

/// How long a message gets at most.
const LONGEST: usize = 1024;

/// A message, piece by piece.
pub(crate) struct Message {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Message {
    pub(crate) const fn new() -> Self {
        Self {
            bytes: [0; LONGEST],
            length: 0,
        }
    }

    /// Adds a piece, as far as there is room for all of it.
    pub(crate) const fn push(&mut self, text: &str) {
        let (bytes, mut at) = (text.as_bytes(), 0);
        if bytes.len() > LONGEST - self.length {
            return;
        }
        while at < bytes.len() {
            self.bytes[self.length] = bytes[at];
            self.length += 1;
            at += 1;
        }
    }

    /// Adds names to choose from, as in `a`, `b` or `c`.
    pub(crate) const fn push_list(&mut self, names: &[&str]) {
        let mut at = 0;
        while at < names.len() {
            self.push(match names.len() - at {
                _ if at == 0 => "`",
                1 => "` or `",
                _ => "`, `",
            });
            self.push(names[at]);
            at += 1;
        }
        self.push("`");
    }

    /// Stops the compiler with this message. The caller is the place of the error: unlike `panic!`, `expect` is a
    /// call.
    #[track_caller]
    pub(crate) const fn refuse(&self) {
        let (bytes, _) = self.bytes.split_at(self.length);
        match std::str::from_utf8(bytes) {
            Ok(message) => refuse(message),
            Err(_) => refuse("this does not fit"),
        }
    }
}

/// Stops the compiler with a message. The caller is the place of the error.
#[track_caller]
#[allow(
    clippy::unnecessary_literal_unwrap,
    reason = "`panic!` would be the place of the error itself"
)]
pub(crate) const fn refuse(message: &str) {
    let fits: Option<()> = None;
    fits.expect(message);
}

/// `==`, which is not a `const fn` yet.
pub(crate) const fn is_same(left: &str, right: &str) -> bool {
    order(left, right) == 0
}

/// -1, 0 or 1, as texts are ordered.
pub(crate) const fn order(left: &str, right: &str) -> i8 {
    let (left, right, mut at) = (left.as_bytes(), right.as_bytes(), 0);
    loop {
        if at == left.len() || at == right.len() {
            return (left.len() > right.len()) as i8 - (left.len() < right.len()) as i8;
        }
        if left[at] != right[at] {
            return if left[at] < right[at] { -1 } else { 1 };
        }
        at += 1;
    }
}
