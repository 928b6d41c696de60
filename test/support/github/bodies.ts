// Answers of GitHub, whole, with what a test means laid over the smallest that is allowed.
import { overlay, sampleOf } from './sample.ts';

type Body = Readonly<Record<string, unknown>>;

const schema = (name: string): Body => sampleOf(`/components/schemas/${name}`);

export function userBody(login: string, over: Body = {}): Body {
  const type = login.endsWith('[bot]') ? 'Bot' : 'User';
  return overlay(schema('simple-user'), { login, type, id: 1000 + login.length, ...over });
}

/** A repository, as `owner/name`. */
export function repositoryBody(name: string): Body {
  const [owner = '', short = ''] = name.split('/');
  return overlay(schema('repository'), { name: short, full_name: name, owner: userBody(owner) });
}

export interface PullFacts {
  readonly number?: number;
  readonly author?: Body | null;
  readonly head?: string;
  readonly branch?: string;
  readonly fork?: string | null;
  readonly base?: string;
  readonly over?: Body;
}

const ZERO = '0'.repeat(40);

/** A pull request of `acme/shop` as asked for by its number. */
export function pullBody(facts: PullFacts = {}): Body {
  return overlay(schema('pull-request'), pullParts(facts));
}

/** As it stands in lists, where half of the facts are missing. */
export function pullInList(facts: PullFacts = {}): Body {
  return overlay(schema('pull-request-simple'), pullParts(facts));
}

function pullParts({ number = 1, author, head, branch, fork, base, over }: PullFacts): Body {
  const repo = (name: string | null) => (name === null ? null : repositoryBody(name));
  const parts = {
    number,
    title: 'Work',
    body: 'for all',
    state: 'open',
    html_url: `https://github.com/acme/shop/pull/${number}`,
    user: author === undefined ? userBody('ada') : author,
    head: {
      ref: branch ?? 'work',
      sha: head ?? ZERO,
      repo: repo(fork === undefined ? 'acme/shop' : fork),
      user: userBody('ada'),
    },
    base: { ref: base ?? 'main', sha: ZERO, repo: repo('acme/shop'), user: userBody('acme') },
  };
  return overlay(parts, over ?? {});
}

export function reviewBody(user: string | null, over: Body = {}): Body {
  return overlay(schema('pull-request-review'), {
    ...{ user: user === null ? null : userBody(user), state: 'APPROVED', commit_id: ZERO },
    ...{ submitted_at: '2026-03-01T10:00:00Z', author_association: 'MEMBER', ...over },
  });
}

export function fileBody(filename: string, over: Body = {}): Body {
  return overlay(schema('diff-entry'), { filename, sha: ZERO, status: 'modified', ...over });
}

export function commentBody(id: number, user: string, body: string): Body {
  return overlay(schema('issue-comment'), { id, body, user: userBody(user) });
}

export function checkBody(id: number, name: string, over: Body = {}): Body {
  return overlay(schema('check-run'), {
    id,
    name,
    head_sha: ZERO,
    status: 'completed',
    conclusion: 'success',
    ...over,
  });
}

export function permissionBody(permission: string): Body {
  return overlay(schema('repository-collaborator-permission'), { permission, role_name: permission });
}

export function activityBody(after: string, actor: string | null): Body {
  return overlay(schema('activity'), {
    after,
    actor: actor === null ? null : userBody(actor),
    activity_type: 'push',
  });
}

/** GitHub's words for a refusal. */
export function refusalBody(message: string): Body {
  return { message, documentation_url: 'https://docs.github.com/rest' };
}
