//! Access tokens and their permissions.

use std::cell::RefCell;
use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine};

use crate::message::{ApiError, Request};
use crate::state::Access;

/// An access token of the emulator.
///
/// ```
/// use segments_emulator::{Role, Token};
///
/// let token = Token::new("ci", "api-read-only", Role::Reader);
/// assert!(!format!("{token:?}").contains("api-read-only"), "the secret is never shown");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    name: String,
    secret: String,
    role: Role,
}

/// The permissions of a token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Role {
    /// Reads everything, changes nothing.
    Reader,
    /// Reads and changes everything, but needs approvals where they are required.
    #[default]
    Writer,
    /// Reads everything, and changes what the statements allow. A statement that denies beats one
    /// that allows.
    Custom(Vec<Statement>),
}

/// A statement of a custom role: the actions that it allows or denies on resources. `*` stands for any
/// text, and required tags may follow, as in `proj/*:env/*:segment/*;beta,staff`.
///
/// ```
/// use segments_emulator::{Role, Statement};
///
/// let role = Role::Custom(vec![
///     Statement::allow(["proj/*:env/test:segment/*"], ["*"]),
///     Statement::deny(["proj/*:env/*:segment/*"], ["deleteSegment"]),
/// ]);
/// # let _ = role;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    allow: bool,
    resources: Vec<String>,
    actions: Vec<String>,
}

impl Statement {
    /// Allows actions on resources.
    pub fn allow<R: Into<String>, A: Into<String>>(
        resources: impl IntoIterator<Item = R>,
        actions: impl IntoIterator<Item = A>,
    ) -> Self {
        Self {
            allow: true,
            resources: resources.into_iter().map(Into::into).collect(),
            actions: actions.into_iter().map(Into::into).collect(),
        }
    }

    /// Denies actions on resources.
    pub fn deny<R: Into<String>, A: Into<String>>(
        resources: impl IntoIterator<Item = R>,
        actions: impl IntoIterator<Item = A>,
    ) -> Self {
        Self {
            allow: false,
            ..Self::allow(resources, actions)
        }
    }

    fn covers(&self, action: &str, resource: &str) -> bool {
        self.actions.iter().any(|pattern| fits(pattern, action))
            && self
                .resources
                .iter()
                .any(|pattern| names(pattern, resource))
    }
}

/// Returns whether a pattern names a resource. Tags follow a semicolon; the resource has to have all that
/// the pattern names.
pub(crate) fn names(pattern: &str, resource: &str) -> bool {
    let (resource, tags) = resource.split_once(';').unwrap_or((resource, ""));
    let (pattern, wanted) = pattern.split_once(';').unwrap_or((pattern, ""));
    let mut wanted = wanted.split(',').filter(|tag| !tag.is_empty());
    fits(pattern, resource) && wanted.all(|wanted| tags.split(',').any(|tag| fits(wanted, tag)))
}

/// Returns whether a text fits a pattern in which `*` stands for any text.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    text.strip_prefix(start).is_some_and(|text| {
        (0..=text.len()).any(|at| text.is_char_boundary(at) && fits(rest, &text[at..]))
    })
}

impl Token {
    /// Creates a token with the text that clients send in `Authorization`.
    #[must_use]
    pub fn new(name: impl Into<String>, secret: impl Into<String>, role: Role) -> Self {
        Self {
            name: name.into(),
            secret: secret.into(),
            role,
        }
    }

    /// Returns whether a browser sent this token as the password of `Basic`, whatever the name.
    #[cfg_attr(
        not(feature = "page"),
        allow(dead_code, reason = "only the page asks a browser")
    )]
    pub(crate) fn is_password_of(&self, authorization: &str) -> bool {
        let sent = authorization.strip_prefix("Basic ");
        let decoded = sent.and_then(|sent| BASE64_STANDARD.decode(sent).ok());
        decoded.is_some_and(|pair| {
            let password = pair.splitn(2, |byte| *byte == b':').nth(1);
            password == Some(self.secret.as_bytes())
        })
    }

    pub(crate) fn secret(&self) -> &str {
        &self.secret
    }
}

/// Without the secret.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("name", &self.name)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// The sender of a request.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The token's name.
    pub(crate) name: String,
    role: Role,
    /// Whether it is the emulator itself, which needs no approvals.
    internal: bool,
    /// Its actions so far, for the audit log.
    accesses: RefCell<Vec<Access>>,
}

/// Finds the token that a request carries. The header holds the bare token, without a scheme: a
/// `Bearer` in front is part of a token that nobody has.
pub(crate) fn authenticate(tokens: &[Token], request: &Request) -> Result<Caller, ApiError> {
    let sent = request
        .header("authorization")
        .ok_or_else(ApiError::unauthorized)?;
    tokens
        .iter()
        .find(|token| token.secret == sent)
        .map(|token| Caller {
            name: token.name.clone(),
            role: token.role.clone(),
            internal: false,
            accesses: RefCell::default(),
        })
        .ok_or_else(ApiError::unauthorized)
}

impl Caller {
    /// A caller with all permissions, who needs no approvals.
    pub(crate) fn anybody() -> Self {
        Self {
            name: String::new(),
            role: Role::Writer,
            internal: true,
            accesses: RefCell::default(),
        }
    }

    /// The actions, and the name of the token.
    pub(crate) fn into_accesses(self) -> (Option<String>, Vec<Access>) {
        let token = (!self.internal).then_some(self.name);
        (token, self.accesses.into_inner())
    }

    /// Returns whether the role lets the caller do `action` with `resource`.
    pub(crate) fn may(&self, action: &str, resource: &str) -> Result<(), ApiError> {
        let allowed = match &self.role {
            Role::Writer => true,
            Role::Reader => false,
            Role::Custom(statements) => {
                let covers =
                    |allow| move |it: &&Statement| it.allow == allow && it.covers(action, resource);
                statements.iter().any(|it| covers(true)(&it))
                    && !statements.iter().any(|it| covers(false)(&it))
            }
        };
        if allowed {
            let resource = resource.split(';').next().unwrap_or(resource);
            self.accesses.borrow_mut().push(Access {
                action: action.to_owned(),
                resource: resource.to_owned(),
            });
            return Ok(());
        }
        Err(ApiError::forbidden(format!(
            "Access to the requested resource was denied: {action} on {}",
            resource.split(';').next().unwrap_or(resource)
        )))
    }

    /// Returns whether the caller changes something without the approval that it needs. A role has to name
    /// the action for that; `*` does not include it.
    pub(crate) fn bypasses_approvals(&self, bypass: &str, resource: &str) -> bool {
        let named = match &self.role {
            Role::Custom(statements) => statements
                .iter()
                .any(|it| it.allow && it.actions.iter().any(|action| action == bypass)),
            Role::Reader | Role::Writer => false,
        };
        self.internal || (named && self.may(bypass, resource).is_ok())
    }
}

/// The name under which roles know a segment: its tags follow a semicolon.
pub(crate) fn segment_resource(
    project: &str,
    environment: &str,
    key: &str,
    tags: &[String],
) -> String {
    let tags = tags.join(",");
    format!("proj/{project}:env/{environment}:segment/{key};{tags}")
}

/// The name under which roles know a flag, in every environment.
pub(crate) fn flag_resource(project: &str, key: &str, tags: &[String]) -> String {
    flag_in_environment(project, "*", key, tags)
}

/// The name under which roles know what a flag serves in an environment.
pub(crate) fn flag_in_environment(
    project: &str,
    environment: &str,
    key: &str,
    tags: &[String],
) -> String {
    let tags = tags.join(",");
    format!("proj/{project}:env/{environment}:flag/{key};{tags}")
}

/// The name under which roles know what an AI Config serves in an environment.
pub(crate) fn ai_config_in_environment(project: &str, environment: &str, key: &str) -> String {
    format!("proj/{project}:env/{environment}:aiconfig/{key}")
}

/// The name under which roles know an AI Config.
pub(crate) fn ai_config_resource(project: &str, key: &str) -> String {
    format!("proj/{project}:aiconfig/{key}")
}

/// Refuses a caller that may not change the members of a big segment.
pub(crate) fn may_change_members(caller: &Caller, resource: &str) -> Result<(), ApiError> {
    caller.may("updateIncluded", resource)?;
    caller.may("updateExcluded", resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("*", "anything", true),
            ("proj/*:env/*:segment/*", "proj/a:env/b:segment/c", true),
            (
                "proj/*:env/test:segment/*",
                "proj/a:env/prod:segment/c",
                false,
            ),
            ("update*", "updateName", true),
            ("update*", "deleteSegment", false),
            ("*Name", "updateName", true),
            ("", "", true),
            ("a", "ab", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_resource_has_all_tags_that_a_statement_names() {
        let segment = "proj/p:env/e:segment/s;beta,staff";
        for (pattern, expected) in [
            ("proj/*:env/*:segment/*", true),
            ("proj/*:env/*:segment/*;beta", true),
            ("proj/*:env/*:segment/*;staff,beta", true),
            ("proj/*:env/*:segment/*;st*", true),
            ("proj/*:env/*:segment/*;beta,other", false),
            ("proj/*:env/*:segment/t;beta", false),
        ] {
            assert_eq!(names(pattern, segment), expected, "{pattern}");
        }
        assert!(!names(
            "proj/*:env/*:segment/*;beta",
            "proj/p:env/e:segment/s;"
        ));
    }

    #[test]
    fn deny_beats_allow() {
        let caller = Caller {
            name: "ci".to_owned(),
            role: Role::Custom(vec![
                Statement::allow(["*"], ["*"]),
                Statement::deny(["proj/p:env/production:*"], ["deleteSegment"]),
            ]),
            internal: false,
            accesses: RefCell::default(),
        };
        assert!(
            caller
                .may("deleteSegment", "proj/p:env/test:segment/s")
                .is_ok()
        );
        assert!(
            caller
                .may("deleteSegment", "proj/p:env/production:segment/s")
                .is_err()
        );
        let bypass = "bypassRequiredSegmentApproval";
        assert!(!caller.bypasses_approvals(bypass, "proj/p:env/test:segment/s"));
    }
}
