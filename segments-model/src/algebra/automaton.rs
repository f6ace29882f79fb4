//! Tests of strings as finite automata: prefixes, suffixes, substrings, lists and patterns.
//!
//! A test becomes a nondeterministic automaton over characters. [`shortest`] explores the product of the
//! tests that a string must pass and those that it must fail, creating deterministic states on the way.
//! It finds the shortest string or, if no state is left, proves that there is none. Characters that no
//! test distinguishes are one letter, written as the most readable of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::budget::{Budget, Exhausted, Solution};
use crate::Operator;

/// Where a state leads to.
#[derive(Debug, Clone)]
enum State {
    /// By any character of a set.
    Character { set: usize, next: usize },
    /// To any of these, without a character.
    Split(Vec<usize>),
    /// On, if this stands around the place.
    Look(Place, usize),
    /// The text passes.
    Match,
}

/// The required surroundings of a position in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    End,
    /// Between a character of words and one of none, or not there.
    Boundary(bool),
}

/// Ranges of characters, in order.
type Ranges = Vec<(u32, u32)>;

/// A test of texts.
#[derive(Debug, Clone)]
pub(crate) struct Automaton {
    states: Vec<State>,
    start: usize,
    sets: Vec<Ranges>,
    /// Whether it can only match from the first character on.
    anchored: bool,
    /// Whether it looks at the boundaries of words.
    boundaries: bool,
}

/// It would have too many states, or looks at what is not known here.
#[derive(Debug)]
pub(crate) struct Unbuildable;

/// The most states of an automaton.
const MOST_STATES: usize = 50_000;

const MATCH: usize = 0;

impl Automaton {
    fn new() -> Self {
        Self {
            states: vec![State::Match],
            start: MATCH,
            sets: Vec::new(),
            anchored: false,
            boundaries: false,
        }
    }

    /// The texts that are in a relation to one of some others.
    pub(crate) fn texts<'t>(
        operator: Operator,
        texts: impl IntoIterator<Item = &'t str>,
    ) -> Result<Self, Unbuildable> {
        let mut made = Self::new();
        let (from_start, to_end) = match operator {
            Operator::In => (true, true),
            Operator::StartsWith => (true, false),
            Operator::EndsWith => (false, true),
            Operator::Contains => (false, false),
            // Of what is not known here, nothing is proved.
            _ => return Err(Unbuildable),
        };
        made.anchored = from_start;
        let last = if to_end {
            made.add(State::Look(Place::End, MATCH))?
        } else {
            MATCH
        };
        // What the texts begin with in common is walked once.
        let mut nodes: Vec<(bool, BTreeMap<char, usize>)> = vec![(false, BTreeMap::new())];
        for text in texts {
            let mut at = 0;
            for character in text.chars() {
                let next = nodes.len();
                let known = *nodes[at].1.entry(character).or_insert(next);
                if known == next {
                    nodes.push((false, BTreeMap::new()));
                }
                at = known;
            }
            nodes[at].0 = true;
            if nodes.len() > MOST_STATES {
                return Err(Unbuildable);
            }
        }
        // Children stand behind their parents.
        let mut entries = vec![MATCH; nodes.len()];
        let mut sets: HashMap<char, usize> = HashMap::new();
        for (at, (ends, children)) in nodes.iter().enumerate().rev() {
            let mut ways = Vec::new();
            if *ends {
                ways.push(last);
            }
            for (character, child) in children {
                let code = u32::from(*character);
                let set = *sets.entry(*character).or_insert_with(|| {
                    made.sets.push(vec![(code, code)]);
                    made.sets.len() - 1
                });
                let next = entries[*child];
                ways.push(made.add(State::Character { set, next })?);
            }
            entries[at] = match ways[..] {
                [way] => way,
                _ => made.add(State::Split(ways))?,
            };
        }
        made.start = if made.anchored {
            made.add(State::Look(Place::Start, entries[0]))?
        } else {
            entries[0]
        };
        Ok(made)
    }

    /// The texts in which one of some patterns is found.
    pub(crate) fn patterns<'p>(
        patterns: impl IntoIterator<Item = &'p str>,
    ) -> Result<Self, Unbuildable> {
        let mut made = Self::new();
        let mut ways = Vec::new();
        let mut anchored = true;
        for pattern in patterns {
            // One that does not compile never matches, in every SDK.
            let Ok(hir) = regex_syntax::parse(pattern) else {
                continue;
            };
            let looks = hir.properties().look_set_prefix();
            anchored &= looks.contains(Look::Start);
            ways.push(made.compile(&hir, MATCH)?);
        }
        made.anchored = anchored;
        made.start = made.add(State::Split(ways))?;
        Ok(made)
    }

    fn add(&mut self, state: State) -> Result<usize, Unbuildable> {
        if self.states.len() >= MOST_STATES {
            return Err(Unbuildable);
        }
        self.states.push(state);
        Ok(self.states.len() - 1)
    }

    fn character(&mut self, ranges: Ranges, next: usize) -> Result<usize, Unbuildable> {
        let known = self.sets.iter().position(|set| *set == ranges);
        let set = known.unwrap_or_else(|| {
            self.sets.push(ranges);
            self.sets.len() - 1
        });
        self.add(State::Character { set, next })
    }

    /// Adds what a pattern looks for, and goes on to `next`. Nesting is bounded by the parser.
    fn compile(&mut self, hir: &Hir, next: usize) -> Result<usize, Unbuildable> {
        match hir.kind() {
            HirKind::Empty => Ok(next),
            HirKind::Literal(literal) => {
                let text = str::from_utf8(&literal.0).map_err(|_| Unbuildable)?;
                let mut characters = text.chars().rev().map(u32::from);
                characters.try_fold(next, |next, code| self.character(vec![(code, code)], next))
            }
            HirKind::Class(class) => {
                let ranges = match class {
                    Class::Unicode(class) => {
                        let ranges = class.ranges().iter();
                        ranges.map(|r| (r.start().into(), r.end().into())).collect()
                    }
                    Class::Bytes(class) => {
                        let ranges = class.ranges().iter();
                        ranges.map(|r| (r.start().into(), r.end().into())).collect()
                    }
                };
                self.character(ranges, next)
            }
            HirKind::Look(look) => {
                let place = match look {
                    Look::Start => Place::Start,
                    Look::End => Place::End,
                    Look::WordUnicode => Place::Boundary(true),
                    Look::WordUnicodeNegate => Place::Boundary(false),
                    _ => return Err(Unbuildable),
                };
                self.boundaries |= matches!(place, Place::Boundary(_));
                self.add(State::Look(place, next))
            }
            HirKind::Repetition(repetition) => {
                let sub = &repetition.sub;
                let mut entry = next;
                match repetition.max {
                    None => {
                        entry = self.add(State::Split(Vec::new()))?;
                        let again = self.compile(sub, entry)?;
                        self.states[entry] = State::Split(vec![again, next]);
                    }
                    Some(max) => {
                        for _ in repetition.min..max {
                            let once = self.compile(sub, entry)?;
                            entry = self.add(State::Split(vec![once, next]))?;
                        }
                    }
                }
                for _ in 0..repetition.min {
                    entry = self.compile(sub, entry)?;
                }
                Ok(entry)
            }
            HirKind::Capture(capture) => self.compile(&capture.sub, next),
            HirKind::Concat(parts) => {
                let mut parts = parts.iter().rev();
                parts.try_fold(next, |next, part| self.compile(part, next))
            }
            HirKind::Alternation(parts) => {
                let ways: Result<Vec<_>, _> =
                    parts.iter().map(|part| self.compile(part, next)).collect();
                self.add(State::Split(ways?))
            }
        }
    }

    /// Returns whether a text passes.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let words = if self.boundaries {
            words()
        } else {
            Ranges::new()
        };
        let is_word = |character: char| contains(&words, u32::from(character));
        let mut positions = vec![self.start];
        let mut before = Before::Start;
        for character in text.chars() {
            let word = is_word(character);
            let reached = self.closure(&positions, before, Some(word));
            if reached.contains(&MATCH) {
                return true;
            }
            let code = u32::from(character);
            positions = self.moved(&reached, |set| contains(&self.sets[set], code));
            before = Before::after(word);
        }
        let reached = self.closure(&positions, before, None);
        reached.contains(&MATCH)
    }

    /// The states that are reached without a character. `after` says whether the next character belongs to
    /// a word; none at the end.
    fn closure(&self, positions: &[usize], before: Before, after: Option<bool>) -> Vec<usize> {
        let mut open = positions.to_vec();
        let mut reached = Vec::with_capacity(open.len());
        let mut seen = Seen::new(self.states.len());
        while let Some(at) = open.pop() {
            if !seen.insert(at) {
                continue;
            }
            match &self.states[at] {
                State::Split(ways) => open.extend(ways),
                State::Look(place, next) => {
                    if place.holds(before, after) {
                        open.push(*next);
                    }
                }
                State::Character { .. } | State::Match => reached.push(at),
            }
        }
        reached
    }

    /// The states behind a character.
    fn moved(&self, reached: &[usize], has: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut next: Vec<usize> = reached
            .iter()
            .filter_map(|at| match &self.states[*at] {
                State::Character { set, next } if has(*set) => Some(*next),
                _ => None,
            })
            .collect();
        if !self.anchored {
            next.push(self.start);
        }
        next.sort_unstable();
        next.dedup();
        next
    }
}

/// States that were met: a list as long as they are few.
enum Seen {
    Few(Vec<usize>),
    Many(Vec<bool>),
}

impl Seen {
    fn new(states: usize) -> Self {
        if states <= 64 {
            Self::Few(Vec::new())
        } else {
            Self::Many(vec![false; states])
        }
    }

    /// Returns whether it was not met before.
    fn insert(&mut self, state: usize) -> bool {
        match self {
            Self::Few(seen) => {
                let new = !seen.contains(&state);
                if new {
                    seen.push(state);
                }
                new
            }
            Self::Many(seen) => !std::mem::replace(&mut seen[state], true),
        }
    }
}

/// The content before a position in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Before {
    Start,
    Word,
    Other,
}

impl Before {
    fn after(word: bool) -> Self {
        if word { Self::Word } else { Self::Other }
    }
}

impl Place {
    fn holds(self, before: Before, after: Option<bool>) -> bool {
        match self {
            Self::Start => before == Before::Start,
            Self::End => after.is_none(),
            Self::Boundary(wanted) => ((before == Before::Word) != (after == Some(true))) == wanted,
        }
    }
}

/// The characters of words, as the engine of patterns has them.
fn words() -> Ranges {
    let hir = regex_syntax::parse(r"\w").expect("a class of its own is a pattern");
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = class.ranges().iter();
            ranges.map(|r| (r.start().into(), r.end().into())).collect()
        }
        _ => Ranges::new(),
    }
}

fn contains(ranges: &[(u32, u32)], code: u32) -> bool {
    let at = ranges.partition_point(|(_, end)| *end < code);
    ranges.get(at).is_some_and(|(start, _)| *start <= code)
}

/// The letters that the tests tell apart.
struct Alphabet {
    /// Each as the most readable of its characters, the most readable first.
    letters: Vec<char>,
    words: Vec<bool>,
}

impl Alphabet {
    fn new(automata: &[&Automaton]) -> Self {
        let words = if automata.iter().any(|it| it.boundaries) {
            words()
        } else {
            Ranges::new()
        };
        let mut sets: Vec<&Ranges> = automata.iter().flat_map(|it| &it.sets).collect();
        sets.push(&words);
        sets.sort_unstable();
        sets.dedup();
        let ends = sets
            .iter()
            .flat_map(|set| set.iter().flat_map(|(start, end)| [*start, end + 1]));
        let mut ends: Vec<u32> = ends.chain([0]).collect();
        ends.sort_unstable();
        ends.dedup();
        let usual = usual_characters().map(u32::from);
        let first = ends.iter().enumerate().filter_map(|(at, start)| {
            let end = ends.get(at + 1).copied().unwrap_or(0x11_0000);
            // Some numbers in the middle are no characters.
            let start = if (0xd800..0xe000).contains(start) {
                0xe000
            } else {
                *start
            };
            (start < end).then_some(start)
        });
        let mut known: HashSet<Vec<u64>> = HashSet::new();
        let mut letters = Vec::new();
        for code in usual.chain(first) {
            let mut of = vec![0_u64; sets.len().div_ceil(64)];
            for (at, set) in sets.iter().enumerate() {
                of[at / 64] |= u64::from(contains(set, code)) << (at % 64);
            }
            let character = char::from_u32(code);
            if let (Some(character), true) = (character, known.insert(of)) {
                letters.push(character);
            }
        }
        let is_word = |letter: &char| contains(&words, u32::from(*letter));
        Self {
            words: letters.iter().map(is_word).collect(),
            letters,
        }
    }
}

/// Characters in the order in which people like to read them.
fn usual_characters() -> impl Iterator<Item = char> {
    let marks = "-._@/ ".chars();
    ('a'..='z')
        .chain('0'..='9')
        .chain('A'..='Z')
        .chain(marks)
        .chain('!'..='~')
}

/// An automaton whose deterministic states are made when they are needed.
struct Walked<'t> {
    automaton: &'t Automaton,
    /// For each set and letter, whether the letter is in the set.
    has: Vec<Vec<bool>>,
    states: Vec<(Vec<usize>, Before)>,
    known: HashMap<(Vec<usize>, Before), usize>,
    steps: HashMap<(usize, usize), usize>,
    ends: HashMap<usize, bool>,
}

/// Whatever follows, the text passes.
const PASSED: usize = usize::MAX;

impl<'t> Walked<'t> {
    fn new(automaton: &'t Automaton, alphabet: &Alphabet) -> Self {
        let has = |set: &Ranges| {
            let letters = alphabet.letters.iter();
            letters
                .map(|letter| contains(set, u32::from(*letter)))
                .collect()
        };
        let first = (vec![automaton.start], Before::Start);
        Self {
            automaton,
            has: automaton.sets.iter().map(has).collect(),
            states: vec![first.clone()],
            known: HashMap::from([(first, 0)]),
            steps: HashMap::new(),
            ends: HashMap::new(),
        }
    }

    fn step(
        &mut self,
        at: usize,
        letter: usize,
        word: bool,
        budget: &mut Budget,
    ) -> Result<usize, Exhausted> {
        if at == PASSED {
            return Ok(PASSED);
        }
        if let Some(next) = self.steps.get(&(at, letter)) {
            return Ok(*next);
        }
        let (positions, before) = &self.states[at];
        budget.spend(positions.len() + 1)?;
        let reached = self.automaton.closure(positions, *before, Some(word));
        budget.spend(reached.len())?;
        let next = if reached.contains(&MATCH) {
            PASSED
        } else {
            let positions = self.automaton.moved(&reached, |set| self.has[set][letter]);
            // Only those that look at words need to know what they stand behind.
            let before = Before::after(word && self.automaton.boundaries);
            let state = (positions, before);
            match self.known.get(&state) {
                Some(known) => *known,
                None => {
                    self.states.push(state.clone());
                    self.known.insert(state, self.states.len() - 1);
                    self.states.len() - 1
                }
            }
        };
        self.steps.insert((at, letter), next);
        Ok(next)
    }

    /// Returns whether a text that ends here passes.
    fn ends(&mut self, at: usize) -> bool {
        if at == PASSED {
            return true;
        }
        if let Some(ends) = self.ends.get(&at) {
            return *ends;
        }
        let (positions, before) = &self.states[at];
        let reached = self.automaton.closure(positions, *before, None);
        let ends = reached.contains(&MATCH);
        self.ends.insert(at, ends);
        ends
    }

    /// Returns whether no text that begins like this passes.
    fn is_dead(&self, at: usize) -> bool {
        at != PASSED && self.states[at].0.is_empty()
    }
}

/// The verdict on a text that passes the automata.
pub(crate) enum Verdict {
    /// It is taken.
    Take,
    /// It cannot be.
    Never,
    /// Another text, which cannot be distinguished from it here, may pass.
    Skip,
}

/// The shortest text that passes all of `pass` and none of `fail`.
pub(crate) fn shortest(
    pass: &[Cow<'_, Automaton>],
    fail: &[Cow<'_, Automaton>],
    verdict: &mut dyn FnMut(&str) -> Verdict,
    budget: &mut Budget,
) -> Solution<String> {
    let all: Vec<&Automaton> = pass.iter().chain(fail).map(Cow::as_ref).collect();
    let size: usize = all.iter().map(|automaton| automaton.states.len()).sum();
    if budget.spend(size).is_err() {
        return Solution::Unknown;
    }
    let alphabet = Alphabet::new(&all);
    let mut walked: Vec<Walked<'_>> = all
        .iter()
        .map(|automaton| Walked::new(automaton, &alphabet))
        .collect();
    search(&mut walked, pass.len(), &alphabet, verdict, budget).unwrap_or(Solution::Unknown)
}

fn search(
    walked: &mut [Walked<'_>],
    wanted: usize,
    alphabet: &Alphabet,
    verdict: &mut dyn FnMut(&str) -> Verdict,
    budget: &mut Budget,
) -> Result<Solution<String>, Exhausted> {
    let first = vec![0; walked.len()];
    let mut known: HashSet<Vec<usize>> = HashSet::from([first.clone()]);
    // Where each was reached from, and by which letter.
    let mut ways: Vec<(usize, usize)> = vec![(0, 0)];
    let mut open = VecDeque::from([(first, 0)]);
    let mut skipped = false;
    while let Some((at, way)) = open.pop_front() {
        budget.spend(at.len() + 1)?;
        let mut each = walked.iter_mut().zip(&at).enumerate();
        if each.all(|(index, (walked, at))| walked.ends(*at) == (index < wanted)) {
            let text = text(&ways, way, alphabet);
            match verdict(&text) {
                Verdict::Take => return Ok(Solution::Found(text)),
                Verdict::Never => {}
                Verdict::Skip => skipped = true,
            }
        }
        for letter in 0..alphabet.letters.len() {
            budget.spend(1)?;
            let mut next = Vec::with_capacity(at.len());
            for (index, (walked, at)) in walked.iter_mut().zip(&at).enumerate() {
                let state = walked.step(*at, letter, alphabet.words[letter], budget)?;
                let lost = if index < wanted {
                    walked.is_dead(state)
                } else {
                    state == PASSED
                };
                if lost {
                    break;
                }
                next.push(state);
            }
            if next.len() == at.len() && known.insert(next.clone()) {
                ways.push((way, letter));
                open.push_back((next, ways.len() - 1));
            }
        }
    }
    Ok(if skipped {
        Solution::Unknown
    } else {
        Solution::None
    })
}

fn text(ways: &[(usize, usize)], mut at: usize, alphabet: &Alphabet) -> String {
    let mut letters = Vec::new();
    while at != 0 {
        let (from, letter) = ways[at];
        letters.push(alphabet.letters[letter]);
        at = from;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pass: &[Automaton], fail: &[Automaton]) -> Solution<String> {
        let borrowed = |automata: &'_ [Automaton]| {
            automata.iter().cloned().map(Cow::Owned).collect::<Vec<_>>()
        };
        let mut take = |_: &str| Verdict::Take;
        shortest(
            &borrowed(pass),
            &borrowed(fail),
            &mut take,
            &mut Budget::new(1_000_000),
        )
    }

    fn pattern(pattern: &str) -> Automaton {
        Automaton::patterns([pattern]).unwrap()
    }

    fn texts(operator: Operator, texts: &[&str]) -> Automaton {
        Automaton::texts(operator, texts.iter().copied()).unwrap()
    }

    #[test]
    fn the_shortest_text_is_found_or_there_is_none() {
        use Operator::{Contains, EndsWith, In, StartsWith};
        let of = |text: &str| Solution::Found(text.to_owned());
        let starts = texts(StartsWith, &["eu-", "us-"]);
        let ends = texts(EndsWith, &["-x", "u-"]);
        assert_eq!(found(&[starts.clone(), ends.clone()], &[]), of("eu-"));
        let not_these = texts(In, &["eu-", "us-x"]);
        assert_eq!(found(&[starts.clone(), ends], &[not_these]), of("eu-x"));
        assert_eq!(
            found(&[texts(Contains, &["ab"])], &[texts(Contains, &["a"])]),
            Solution::None
        );
        assert_eq!(
            found(&[starts], &[texts(StartsWith, &["e", "us"])]),
            Solution::None
        );
        assert_eq!(
            found(&[pattern("^[a-c]+$")], &[pattern("a"), pattern("[bc]")]),
            Solution::None
        );
        assert_eq!(found(&[pattern("^[0-9]{2}$")], &[pattern("0")]), of("11"));
        assert_eq!(
            found(&[pattern(r"\bx\b")], &[pattern("^x"), pattern("[^x!]")]),
            of("!x")
        );
        assert_eq!(found(&[pattern("a|b$")], &[pattern("a")]), of("b"));
        assert_eq!(found(&[pattern("")], &[]), of(""));
    }

    #[cfg(feature = "regex")]
    #[test]
    fn what_passes_is_what_the_engine_of_patterns_finds() {
        let patterns = [
            "a",
            "^a",
            "a$",
            "^a$",
            "ab*c?",
            "(?:ab|ba)+",
            "^[^a]*$",
            "a{2,3}",
            r"\d",
            r"\w+b",
            r"\s",
            r"\bab",
            r"a\B",
            ".",
            "^.$",
            "",
            "(a|b)(c|)",
            "é",
            "[é-ü]",
            "^$",
            "a{0}",
            "(?:a?){3}b",
        ];
        let pieces = [
            "", "a", "b", "ab", "ba", "aab", "c", "é", "\n", " ", "1", "٣", "abc", "-", "üa",
        ];
        for pattern in patterns {
            let (ours, engine) = (self::pattern(pattern), regex::Regex::new(pattern).unwrap());
            for first in pieces {
                for second in pieces {
                    let text = format!("{first}{second}");
                    assert_eq!(
                        ours.matches(&text),
                        engine.is_match(&text),
                        "{pattern} on {text:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_explodes_ends_with_the_budget() {
        let explodes = pattern("^(?:a|b)*a(?:a|b){40}$");
        let mut take = |_: &str| Verdict::Skip;
        let pass = [Cow::Owned(explodes)];
        let found = shortest(&pass, &[], &mut take, &mut Budget::new(100_000));
        assert_eq!(found, Solution::Unknown);
    }
}
