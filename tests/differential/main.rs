//! Membership compared with LaunchDarkly's own evaluator, case by case.
//!
//! A case is one random segment, among others that it may ask, and one context. The usual run tries
//! 4,000 of them. A million:
//!
//! ```text
//! SEGMENTS_CASES=1000000 cargo test --release -p segments-tests --test differential
//! ```
//!
//! Every world of segments comes from a number, which is printed when something differs;
//! `SEGMENTS_WORLD=<number>` runs that one alone.
//!
//! What is meant to differ is in `docs/reference/evaluator-differences.md` and, in code, in [`agree`].

mod contexts;
mod known;
mod official;
#[allow(
    dead_code,
    reason = "not every segment is asked in every way it could be"
)]
mod typed;
mod world;

use std::sync::atomic::{AtomicU64, Ordering};

use fastrand::Rng;
use launchdarkly_server_sdk_evaluation::Context;
use official::{Official, Verdict};
use segments_model::algebra::{Algebra, Answer, Domain, Expression};
use segments_model::evaluate::{CompiledSegments, ContextInstance};
use segments_model::{
    AttributeRef, Definition, Exclusion, Inclusion, Membership, UnknownReason, wire,
};
use segments_runtime::{Contexts, Salts, Segment};
use serde_json::{Value as Json, json};
use typed::Request;
use world::World;

/// How many cases are compared in the usual run, which is a debug build; `.ci/thorough` compares more.
const CASES: u64 = 4_000;

/// Contexts that one world is asked about, at most, so that there are many worlds.
const CONTEXTS_PER_WORLD: usize = 12;

#[test]
fn the_interpreter_agrees_with_the_official_evaluator() {
    let cases = number("SEGMENTS_CASES").unwrap_or(CASES);
    if let Some(world) = number("SEGMENTS_WORLD") {
        run(world);
        return;
    }
    let (next, done) = (AtomicU64::new(0), AtomicU64::new(0));
    let mut total = Tally::default();
    std::thread::scope(|scope| {
        let work = || {
            let mut tally = Tally::default();
            while done.load(Ordering::Relaxed) < cases {
                let found = run(next.fetch_add(1, Ordering::Relaxed));
                done.fetch_add(found.cases(), Ordering::Relaxed);
                tally.add(found);
            }
            tally
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            total.add(
                worker
                    .join()
                    .expect("a worker says what differs and ends the test"),
            );
        }
    });
    println!("{total:?}, {} worlds", next.into_inner());
    // A test of nothing but one answer would prove little.
    for share in [total.members, total.others, total.malformed, total.refused] {
        assert!(share * 100 > total.cases(), "{total:?}");
    }
}

/// Not left to chance: every operator with every kind of value, negated and not, and contexts below
/// the value, at it, above it, without it and with something else.
#[test]
fn every_operator_agrees_at_the_boundaries_of_every_value() {
    let (mut cases, mut members) = (0_u32, 0_u32);
    for mut clause in world::single_clauses() {
        let contexts: Vec<Json> = contexts::around_value(&clause["values"][0]).collect();
        for negate in [false, true] {
            clause["negate"] = negate.into();
            let segment = json!({
                "key": "s", "version": 1, "included": [], "excluded": [], "salt": "",
                "rules": [{"clauses": [clause]}],
            });
            let official = Official::new(std::slice::from_ref(&segment));
            let compiled = CompiledSegments::from_json_value(segment).unwrap();
            for context in &contexts {
                let theirs: Context = serde_json::from_value(context.clone()).unwrap();
                let ours = ContextInstance::try_from(&theirs).unwrap();
                let (verdict, membership) =
                    (official.ask("s", &theirs), compiled.membership("s", &ours));
                assert!(
                    agree(verdict, &membership),
                    "the official evaluator says {verdict:?}, the interpreter {membership}\n{clause}\n{context}"
                );
                cases += 1;
                members += u32::from(verdict == Verdict::In);
            }
        }
    }
    println!("{cases} cases, {members} members");
    assert!(
        cases > 10_000 && members * 10 > cases,
        "{members} of {cases}"
    );
}

/// A typed segment, and how it is asked.
struct Typed {
    definition: Definition,
    membership: fn(&Request) -> Membership,
    explain: fn(&Request) -> Membership,
    /// The answer with all salts.
    contains: fn(&Request, &Salts) -> Option<bool>,
}

macro_rules! typed {
    ($($name:ident)* ; shares $($share:ident)*) => {
        vec![
            $(Typed {
                definition: typed::$name::definition(),
                membership: |request| typed::$name::membership(request.contexts()),
                explain: |request| typed::$name::explain(request.contexts()).membership,
                contains: |request, _| Some(typed::$name::contains(request.contexts())),
            },)*
            $(Typed {
                definition: typed::$share::definition(),
                membership: |request| typed::$share::membership(request.contexts()),
                explain: |request| typed::$share::explain(request.contexts()).membership,
                contains: |request, salts| typed::$share::contains_with(request.contexts(), salts),
            },)*
        ]
    };
}

fn typed() -> Vec<Typed> {
    typed![
        EmailIs EmailIsNot EmailStarts EmailEnds EmailContainsNot EmailMatches EmailMatchesNot PlanIs
        PlanIsNot AgeLess AgeAtMost AgeGreater AgeNotAtLeast RatioIsZero RatioAtMost RatioNotGreater
        BalanceAtLeast BetaIs SlashedIsNot VersionIs VersionLess VersionNotGreater CreatedBefore
        CreatedAfter CreatedNotBefore GroupsHave GroupsLack ScoresSpread Nested TwoKinds AbsentKinds
        HasDevice UserAlone KindsAndSegments Lists Asks AsksAgain;
        shares Share ShareByKind ShareByNumber ShareOfOrgs AsksShares
    ]
}

/// A context that proves that somebody is in one segment and not in another is that to the official
/// evaluator, too.
#[test]
fn the_official_evaluator_confirms_every_witness() {
    let typed = typed();
    let definitions = || typed.iter().map(|typed| &typed.definition);
    let segments: Vec<Json> = definitions()
        .map(|definition| {
            let mut json = serde_json::to_value(wire::Segment::from(definition)).unwrap();
            json["salt"] = "salty".into();
            json
        })
        .collect();
    let official = Official::new(&segments);
    let algebra = Algebra::new(definitions(), &|_, _| Domain::UNKNOWN).as_declared();
    let (mut confirmed, mut nobody, mut unknown) = (0_u32, 0_u32, 0_u32);
    for one in definitions() {
        for other in definitions() {
            let [one, other] = [one, other].map(|it| it.key.as_str());
            let question = Expression::segment(one) & !Expression::segment(other);
            let witness = match algebra.example(&question) {
                Answer::Example(witness) => witness,
                Answer::Nobody => {
                    nobody += 1;
                    continue;
                }
                Answer::Unknown => {
                    unknown += 1;
                    continue;
                }
            };
            // The salt is made for the witness, and nobody has it.
            if witness.to_string().contains(" the first ") {
                continue;
            }
            let json: Json = serde_json::from_str(&witness.json()).unwrap();
            let context: Context = serde_json::from_value(json).unwrap();
            let verdicts = [one, other].map(|key| official.ask(key, &context));
            assert_eq!(
                verdicts,
                [Verdict::In, Verdict::Out],
                "{one}, {other}: {witness}"
            );
            confirmed += 1;
        }
    }
    println!("{confirmed} witnesses, {nobody} proofs, {unknown} unknown");
    assert!(confirmed > 1_000 && nobody >= 36, "{confirmed} {nobody}");
    assert!(unknown * 100 < confirmed, "{unknown} of {confirmed}");
}

#[test]
fn the_typed_path_agrees_with_the_official_evaluator() {
    let cases = number("SEGMENTS_CASES").unwrap_or(CASES);
    let typed = typed();
    let salts = typed.iter().fold(Salts::new(), |salts, typed| {
        salts.with(typed.definition.key.clone(), "salty")
    });
    let segments: Vec<Json> = typed
        .iter()
        .map(|typed| {
            let mut json = serde_json::to_value(wire::Segment::from(&typed.definition)).unwrap();
            json["salt"] = "salty".into();
            json
        })
        .collect();
    let official = Official::new(&segments);
    let compiled = CompiledSegments::from_definitions(typed.iter().map(|typed| &typed.definition));

    let mut rng = Rng::with_seed(number("SEGMENTS_WORLD").unwrap_or_default());
    let mut seen = vec![[false; 2]; typed.len()];
    for _ in 0..cases / typed.len() as u64 {
        let request = Request::random(&mut rng);
        let json = request.contexts().to_json();
        let theirs: Context = serde_json::from_value(json.clone()).expect("it is a context");
        let ours = ContextInstance::from_value(json.clone()).expect("it is a context");
        for (typed, seen) in typed.iter().zip(&mut seen) {
            let key = typed.definition.key.as_str();
            let verdict = official.ask(key, &theirs);
            let answer = (typed.contains)(&request, &salts);
            let case = || {
                format!(
                    "{key}: the official evaluator says {verdict:?}, the typed path {answer:?}\n{json:#}"
                )
            };
            assert_eq!(answer, Some(verdict == Verdict::In), "{}", case());
            // Without salts the typed path and the interpreter know the same.
            let membership = (typed.membership)(&request);
            for other in [compiled.membership(key, &ours), (typed.explain)(&request)] {
                assert!(
                    same(&membership, &other),
                    "{membership}, {other}: {}",
                    case()
                );
            }
            assert!(
                membership.known().is_none_or(|known| Some(known) == answer),
                "{}",
                case()
            );
            seen[usize::from(verdict == Verdict::In)] = true;
        }
    }
    for (typed, seen) in typed.iter().zip(seen) {
        // All contexts of a kind share the bucket of their kind.
        let is_split_by_kind = typed.definition.rules().iter().any(|rule| {
            let rollout = rule.rollout.as_ref();
            rollout.is_some_and(|rollout| rollout.by == AttributeRef::KIND)
        });
        if is_split_by_kind {
            continue;
        }
        assert_eq!(
            seen, [true; 2],
            "{} has members and others",
            typed.definition.key
        );
    }
}

/// Whether the same decides. Which of several lists is named first is left open.
fn same(left: &Membership, right: &Membership) -> bool {
    let list = |membership: &Membership| {
        let included = matches!(
            membership,
            Membership::In {
                by: Inclusion::Target { .. }
            }
        );
        let excluded = matches!(
            membership,
            Membership::Out {
                by: Exclusion::Target { .. }
            }
        );
        (included || excluded).then_some(included)
    };
    left == right || (list(left).is_some() && list(left) == list(right))
}

/// How many cases ended how.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    members: u64,
    others: u64,
    malformed: u64,
    /// Of big segments, whose members neither side has.
    big: u64,
    /// Contexts that are none, to both sides.
    refused: u64,
}

impl Tally {
    fn cases(self) -> u64 {
        self.members + self.others + self.malformed + self.big
    }

    fn add(&mut self, other: Self) {
        self.members += other.members;
        self.others += other.others;
        self.malformed += other.malformed;
        self.big += other.big;
        self.refused += other.refused;
    }
}

/// Compares every segment of one world on some contexts.
fn run(number: u64) -> Tally {
    let mut rng = Rng::with_seed(number);
    let world = World::random(&mut rng);
    let official = Official::new(&world.segments);
    let segments = Json::Array(world.segments.clone());
    let compiled = CompiledSegments::from_json_value(segments).expect("the segments are segments");
    let compiled = compiled.complete();
    let partial = partial(&mut rng, &world);

    let mut contexts = contexts::boundary(&mut rng, &world);
    rng.shuffle(&mut contexts);
    contexts.truncate(CONTEXTS_PER_WORLD * 3 / 4);
    contexts.resize_with(CONTEXTS_PER_WORLD, || contexts::random(&mut rng));

    let mut tally = Tally::default();
    for json in &contexts {
        let text = json.to_string();
        let (theirs, ours) = (
            serde_json::from_str::<Context>(&text),
            ContextInstance::from_json(&text),
        );
        let (Ok(theirs), Ok(ours)) = (&theirs, &ours) else {
            assert_eq!(
                theirs.is_ok(),
                ours.is_ok(),
                "world {number}: {theirs:?} and {ours:?} for {text}"
            );
            tally.refused += 1;
            continue;
        };
        let all: Vec<_> = compiled.memberships(ours).collect();
        let of_sdk = ContextInstance::try_from(theirs).expect("the SDK has taken it");
        for (index, segment) in compiled.iter().enumerate() {
            let verdict = official.ask(segment.key(), theirs);
            let membership = segment.membership(ours);
            let case = || {
                format!(
                    "world {number}, segment {}: the official evaluator says {verdict:?}, the interpreter {membership}\n{text}\n{:#}",
                    segment.key(),
                    Json::Array(world.segments.clone())
                )
            };
            assert!(agree(verdict, &membership), "{}", case());
            let in_one_call = &all[index].1;
            assert_eq!(in_one_call.known(), membership.known(), "{}", case());
            assert_eq!(segment.contains(ours), membership.known(), "{}", case());
            assert_eq!(segment.explain(ours).membership, membership, "{}", case());
            assert_eq!(segment.membership(&of_sdk), membership, "{}", case());
            // What is called certain with less knowledge is right.
            if let Some(known) = partial.membership(segment.key(), ours).known() {
                let right = match verdict {
                    Verdict::In => known,
                    Verdict::Out => !known,
                    // The segment that was left out may be the one at which SDKs give up.
                    Verdict::Malformed => true,
                };
                assert!(right, "known to be {known} with less\n{}", case());
            }
            match (verdict, &membership) {
                (Verdict::In, _) => tally.members += 1,
                (Verdict::Out, Membership::Unknown { .. }) => tally.big += 1,
                (Verdict::Out, _) => tally.others += 1,
                (Verdict::Malformed, _) => tally.malformed += 1,
            }
        }
    }
    tally
}

/// The same world, as somebody knows it who has no salts and not every segment.
fn partial(rng: &mut Rng, world: &World) -> CompiledSegments {
    let mut segments = world.segments.clone();
    if segments.len() > 1 && rng.bool() {
        segments.remove(rng.usize(..segments.len()));
    }
    for segment in &mut segments {
        segment
            .as_object_mut()
            .expect("a segment is an object")
            .remove("salt");
    }
    CompiledSegments::from_json_value(Json::Array(segments)).expect("the segments are segments")
}

/// Whether the two answers are the same, or differ as they are meant to.
fn agree(official: Verdict, ours: &Membership) -> bool {
    match (official, ours) {
        (Verdict::In, Membership::In { .. }) | (Verdict::Out, Membership::Out { .. }) => true,
        // SDKs give up on the whole flag; here there is no flag, and the reason is told.
        (Verdict::Malformed, Membership::Unknown { reason }) => {
            matches!(
                reason,
                UnknownReason::Cycle { .. }
                    | UnknownReason::Malformed { .. }
                    | UnknownReason::BigSegment { .. }
            )
        }
        // The Rust SDK has no big segments and takes their lists, which are empty, for the whole.
        (Verdict::In | Verdict::Out, Membership::Unknown { reason }) => {
            matches!(reason, UnknownReason::BigSegment { .. })
        }
        _ => false,
    }
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    let number = text.parse();
    Some(number.unwrap_or_else(|_| panic!("{variable} is a number, not {text}")))
}
