//! Comments of other languages.

use super::kind::Kind;
use super::scanner::Scanner;
use crate::diagnostic::Edit;

impl Scanner<'_> {
    pub(super) fn comment(&mut self) {
        let (start, line) = (self.at, self.line());
        if let Some(inside) = line.strip_prefix("/*")
            && let Some(end) = inside.find("*/")
        {
            let (text, after) = (inside[..end].trim(), inside[end + 2..].trim());
            let span = start..start + end + 4;
            let replacement = if after.is_empty() {
                format!("# {text}")
            } else {
                String::new()
            };
            let message = format!("a comment begins with `#` in TOML; write `# {text}`");
            self.at = span.end;
            self.add(
                Kind::Comment,
                start..start + 2,
                message,
                vec![Edit::new(span, replacement)],
            );
            return;
        }
        // `;` of INI is one sign.
        let text = line.trim_start_matches(['/', '-', ';']).trim();
        let message = format!("a comment begins with `#` in TOML; write `# {text}`");
        self.at += line.len();
        let replacement = format!("# {text}");
        let sign = line.len() - line.trim_start_matches(['/', '-', ';']).len();
        let edit = Edit::new(start..start + line.len(), replacement);
        self.add(
            Kind::Comment,
            start..start + sign.min(2),
            message,
            vec![edit],
        );
    }
}
