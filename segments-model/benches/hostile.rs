//! Files that nobody writes on purpose: how long the reader takes to refuse each, or to read it, and
//! that twice the file takes about twice the time:
//! `cargo bench -p segments-model --features toml --bench hostile`.

use std::time::Instant;

use segments_model::file;

fn main() {
    let wanted = std::env::args().nth(1);
    let wanted = wanted.filter(|word| !word.starts_with('-'));
    println!(
        "file                                             size       half      whole  growth  found"
    );
    for (name, make) in FILES {
        if wanted.as_ref().is_some_and(|wanted| !name.contains(wanted)) {
            continue;
        }
        let [(_, half, _), (size, whole, found)] = [SIZE / 2, SIZE].map(|size| {
            let text = make(size);
            let start = Instant::now();
            let report = file::read("segments.toml", text.as_bytes());
            let drawn = report.to_string();
            let elapsed = start.elapsed().as_secs_f64();
            assert_eq!(drawn.is_empty(), report.diagnostics().is_empty());
            let found = report.diagnostics().len() + report.omitted();
            (text.len() / 1000, elapsed, found)
        });
        println!(
            "{name:<44} {size:>5} kB {:>7.0} ms {:>7.0} ms  {:>6.1}  {found}",
            half * 1e3,
            whole * 1e3,
            whole / half
        );
    }
}

const SIZE: usize = 2_000_000;

type Make = fn(usize) -> String;

const HEAD: &str =
    "contexts.user.attributes = { x = 'string', n = 'number', v = 'semver', d = 'date' }\n";

/// Repeats a part, numbered, up to a size.
fn many(size: usize, part: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(size + 100);
    let mut number = 0;
    while text.len() < size {
        text += &part(number);
        number += 1;
    }
    text
}

fn one_segment(clauses: &str) -> String {
    format!("{HEAD}[segments.s]\ndescription = 'd'\nrules = [{{ clauses = [{clauses}] }}]\n")
}

const FILES: &[(&str, Make)] = &[
    ("values, each wrong", |size| {
        let values = many(size, |_| "1,".to_owned());
        one_segment(&format!(
            "{{ attribute = 'x', op = 'in', values = [{values}] }}"
        ))
    }),
    ("values, each invalid", |size| {
        let values = many(size, |_| "'v1',".to_owned());
        one_segment(&format!(
            "{{ attribute = 'v', op = 'semVerEqual', values = [{values}] }}"
        ))
    }),
    ("values, each twice", |size| {
        let values = many(size, |n| format!("'{}',", n / 2));
        one_segment(&format!(
            "{{ attribute = 'x', op = 'in', values = [{values}] }}"
        ))
    }),
    ("one_of, many", |size| {
        let values = many(size, |n| format!("'{n}',"));
        format!(
            "contexts.user.attributes.x = {{ type = 'string', one_of = [{values}] }}\n{}",
            one_segment("{ attribute = 'key', op = 'in', values = ['a'] }").replace(HEAD, "")
        )
    }),
    ("values that are not listed", |size| {
        let of = many(size / 2, |n| format!("'{n}',"));
        let values = many(size / 2, |n| format!("'a{n}',"));
        format!(
            "contexts.user.attributes.x = {{ type = 'string', one_of = [{of}] }}\n{}",
            one_segment(&format!(
                "{{ attribute = 'x', op = 'in', values = [{values}] }}"
            ))
            .replace(HEAD, "")
        )
    }),
    ("clauses of one rule", |size| {
        one_segment(&many(size, |n| {
            format!("{{ attribute = 'n', op = 'lessThan', values = [{n}] }},")
        }))
    }),
    ("rules of one segment", |size| {
        let rules = many(size, |n| {
            format!("{{ clauses = [{{ attribute = 'x', op = 'contains', values = ['{n}x'] }}] }},")
        });
        format!("{HEAD}[segments.s]\ndescription = 'd'\nrules = [{rules}]\n")
    }),
    ("segments at every limit", |size| {
        let values = many(10_000, |n| format!("'{n:06}',"));
        many(size, |n| {
            format!(
                "[segments.s{n}]\nrules = [{}]\n",
                many(400_000, |m| format!(
                    "{{ clauses = [{{ attribute = 'key', op = 'contains', values = ['{m}a', {values}] }}] }},"
                ))
            )
        })
    }),
    ("segments that ask unknown ones", |size| {
        many(size, |n| {
            format!(
                "[segments.audience-{n}]\nrules = [{{ clauses = [{{ op = 'segmentMatch', values = ['audienc-{n}'] }}] }}]\n"
            )
        })
    }),
    ("clauses on unknown attributes", |size| {
        let declared = many(size / 2, |n| format!("attribute{n} = 'string'\n"));
        let used = many(size / 2, |n| {
            format!("{{ attribute = 'attribut{n}', op = 'in', values = ['a'] }},")
        });
        format!(
            "[contexts.user.attributes]\n{declared}{}",
            one_segment(&used).replace(HEAD, "")
        )
    }),
    ("unknown kinds", |size| {
        let declared = many(size / 2, |n| format!("[contexts.kind{n}]\n"));
        let used = many(size / 2, |n| format!("kin{n}x = ['a'],"));
        format!("{declared}[segments.s]\nincluded = {{ {used} }}\n")
    }),
    ("unknown keys", |size| {
        many(size, |n| format!("descripton{n} = 1\n"))
    }),
    ("unknown warnings", |size| {
        format!("allow = [{}]\n", many(size, |n| format!("'style-ke{n}',")))
    }),
    ("segments in one circle", |size| {
        many(size, |n| {
            format!(
                "[segments.s{n}]\nrules = [{{ clauses = [{{ op = 'segmentMatch', values = ['s{}'] }}] }}]\n",
                n + 1
            )
        }) + "[segments.last]\nrules = [{ clauses = [{ op = 'segmentMatch', values = ['s0'] }] }]\n"
    }),
    ("segments in many circles", |size| {
        many(size, |n| {
            format!(
                "[segments.s{n}]\nrules = [{{ clauses = [{{ op = 'segmentMatch', values = ['s{}', 's0'] }}] }}]\n",
                n + 1
            )
        })
    }),
    ("identical segments", |size| {
        many(size, |n| {
            format!(
                "[segments.s{n}]\nrules = [{{ clauses = [{{ attribute = 'key', op = 'in', values = ['a'] }}] }}]\n"
            )
        })
    }),
    ("almost identical segments", |size| {
        many(size, |n| {
            format!(
                "[segments.s{n}]\nrules = [{{ clauses = [{{ attribute = 'key', op = 'in', values = ['a', 'b{n}'] }}] }}]\n"
            )
        })
    }),
    ("contradicted examples", |size| {
        format!(
            "[segments.s]\nnobody = true\n{}",
            many(size, |n| format!(
                "[[segments.s.examples]]\nmember = true\ncontext.user.key = '{n}'\n"
            ))
        )
    }),
    ("examples of one segment with many rules", |size| {
        let rules = many(size / 2, |n| {
            format!("{{ clauses = [{{ attribute = 'x', op = 'contains', values = ['{n}x'] }}] }},")
        });
        let rules = &rules[..rules.len().min(5000 * 60)];
        let rules = &rules[..rules.rfind("{ clauses").unwrap()];
        format!(
            "{HEAD}[segments.s]\ndescription = 'd'\nrules = [{rules}]\n{}",
            many(size / 2, |n| format!(
                "[[segments.s.examples]]\nmember = false\ncontext.user = {{key = '{n}', x = 'a'}}\n"
            ))
        )
    }),
    ("listed contexts", |size| {
        format!(
            "[segments.s]\nincluded.user = [{}]\n",
            many(size, |n| format!("'{n}',"))
        )
    }),
    ("contexts listed on both sides", |size| {
        let keys = many(size / 2, |n| format!("'{n}',"));
        format!("[segments.s]\nincluded.user = [{keys}]\nexcluded.user = [{keys}]\n")
    }),
    ("duplicate keys", |size| {
        many(size, |_| "a = 1\n".to_owned())
    }),
    ("duplicate tables", |size| {
        many(size, |_| "[segments.a]\n".to_owned())
    }),
    ("open brackets", |size| {
        many(size, |n| format!("a{n} = [\n"))
    }),
    ("lines without a value", |size| {
        many(size, |n| format!("a{n}\n"))
    }),
    ("brackets at every depth", |size| "[".repeat(size)),
    ("dotted keys", |size| {
        format!("{}x = 1\n", "a.".repeat(size / 2))
    }),
    ("one long line of inline tables", |size| {
        format!("a = [{}]\n", many(size, |_| "{b=1},".to_owned()))
    }),
    ("binary", |size| {
        many(size, |n| {
            char::from_u32(u32::try_from(n * 7919 % 256).unwrap())
                .unwrap()
                .to_string()
        })
    }),
    ("long patterns", |size| {
        one_segment(&format!(
            "{{ attribute = 'x', op = 'matches', values = ['{}'] }}",
            "(a|b)*".repeat(size / 6)
        ))
    }),
    ("many patterns", |size| {
        one_segment(&format!(
            "{{ attribute = 'x', op = 'matches', values = [{}] }}",
            many(size, |n| format!("'^a{n}(b|c)+',"))
        ))
    }),
    ("one long string", |size| {
        format!(
            "[segments.a]\nnobody = true\ndescription = '{}'\n",
            "é".repeat(size / 2)
        )
    }),
    ("a chain of segments, with an example", |size| {
        many(size, |n| format!("[segments.s{n}]\nrules = [{{ clauses = [{{ op = 'segmentMatch', values = ['s{}'] }}] }}]\n", n + 1)).trim_end().to_owned()
            + "\n[[segments.s0.examples]]\nmember = true\ncontext.user.key = 'a'\n"
    }),
    ("segments that two ask, that two ask, ...", |_| {
        let twice = |n: usize| {
            format!(
                "{{ clauses = [{{ op = 'segmentMatch', values = ['s{}'], negate = true }}, {{ op = 'segmentMatch', values = ['s{}'] }}] }}",
                n + 1,
                n + 1
            )
        };
        let segments: Vec<_> = (0..100)
            .map(|n| format!("[segments.s{n}]\nrules = [{}, {}]\n", twice(n), twice(n)))
            .collect();
        segments.concat()
            + "[segments.s100]\nnobody = true\n[[segments.s0.examples]]\nmember = true\ncontext.user.key = 'a'\n"
    }),
    ("references to every other segment", |size| {
        let count = (size / 8).isqrt();
        let all: Vec<_> = (0..count).map(|n| format!("'s{n}'")).collect();
        let all = all.join(", ");
        let segments: Vec<_> = (0..count)
            .map(|n| {
                format!(
                    "[segments.s{n}]\nrules = [{{ clauses = [{{ op = 'segmentMatch', values = [{all}] }}] }}]\n"
                )
            })
            .collect();
        segments.concat()
    }),
];
