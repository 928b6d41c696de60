// The operations of GitHub that our client uses, and no other, over what was posted and what git says.
import { checkBody, commentBody, refusalBody, reviewBody } from './bodies.ts';
import { answerFiles, answerGraph, answerPull, type HubPlace, paged, pullsAt } from './hub-answers.ts';
import type { HubPull, HubPulls } from './hub-pulls.ts';
import { NOT_FOUND, type Received, type Reply } from './stub.ts';

export interface HubComment {
  readonly id: number;
  readonly number: number;
  readonly user: string;
  readonly body: string;
  /** How often it was written anew. */
  readonly edits: number;
}

export interface HubCheck {
  readonly id: number;
  readonly name: string;
  readonly head_sha: string;
  readonly conclusion?: string;
  readonly output: {
    readonly title: string;
    readonly summary: string;
    readonly annotations?: readonly unknown[];
  };
}

export interface HubReview {
  readonly number: number;
  readonly user: string;
  readonly state: string;
  readonly commit: string;
}

/** What people and machines posted, oldest first. */
export interface Kept {
  readonly comments: HubComment[];
  readonly checks: HubCheck[];
  readonly reviews: HubReview[];
}

type Handler = (sent: Received, ...found: readonly string[]) => Reply | Promise<Reply>;
type Handlers = Readonly<Record<string, Handler>>;

/** The account that the tokens of workflows write as. */
export const BOT = 'github-actions[bot]';
/** GitHub's words for a right that a job's token lacks. */
export const NOT_ACCESSIBLE = 'Resource not accessible by integration';
const MAX_BODY = 65_536;

const invalid = (message: string): Reply => ({ status: 422, body: refusalBody(message) });
export const forbidden = (message: string): Reply => ({ status: 403, body: refusalBody(message) });

/** Finds who answers by method and path. */
export function openRoutes(pulls: HubPulls, place: HubPlace, kept: Kept): (sent: Received) => Promise<Reply> {
  const shop = `/repos/${place.owner}/${place.repo}`;
  const handlers: Handlers = {
    // A workflow's token is nobody's: it cannot ask who it is.
    'GET /user': () => forbidden(NOT_ACCESSIBLE),
    'POST /graphql': sent => answerGraph(pulls.git, sent, BOT),
    ...pullRoutes(shop, pulls, { place, kept }),
    ...commentRoutes(shop, kept),
    ...checkRoutes(shop, pulls, kept),
  };
  const patterns = Object.entries(handlers).map(
    ([pattern, handle]) => [new RegExp(`^${pattern}$`, 'u'), handle] as const,
  );
  return async sent => {
    for (const [pattern, handle] of patterns) {
      const found = pattern.exec(`${sent.method} ${sent.path}`);
      if (found) return handle(sent, ...found.slice(1));
    }
    return NOT_FOUND;
  };
}

function pullRoutes(
  shop: string,
  pulls: HubPulls,
  { place, kept }: { readonly place: HubPlace; readonly kept: Kept },
): Handlers {
  const { git } = pulls;
  const of = async (number: string, work: (pull: HubPull) => Promise<Reply>): Promise<Reply> => {
    const pull = await pulls.get(Number(number));
    return pull ? work(pull) : NOT_FOUND;
  };
  const listed = async (all: readonly HubPull[], sent: Received): Promise<Reply> => {
    const bodies = all.map(pull => answerPull(git, place, { pull, isListed: true }));
    return paged(await Promise.all(bodies), sent);
  };
  return {
    [`GET ${shop}/pulls`]: async sent => {
      const { state = 'open', head } = sent.query;
      const isWanted = ({ owner, branch, ...pull }: HubPull): boolean =>
        (state === 'all' || pull.state === state) && (head === undefined || head === `${owner}:${branch}`);
      return listed((await pulls.list()).filter(isWanted), sent);
    },
    [`POST ${shop}/pulls`]: () =>
      forbidden('GitHub Actions is not permitted to create or approve pull requests.'),
    [`GET ${shop}/pulls/(\\d+)`]: (_, number = '') =>
      of(number, async pull => ({ body: await answerPull(git, place, { pull, isListed: false }) })),
    [`GET ${shop}/pulls/(\\d+)/files`]: (sent, number = '') =>
      of(number, async pull => paged(await answerFiles(git, pull), sent)),
    [`GET ${shop}/pulls/(\\d+)/reviews`]: (sent, number = '') => {
      const all = kept.reviews.filter(one => one.number === Number(number));
      return paged(
        all.map(({ user, state, commit }) => reviewBody(user, { state, commit_id: commit })),
        sent,
      );
    },
    [`GET ${shop}/commits/([^/]+)/pulls`]: async (sent, commit = '') => {
      const found = await pullsAt(git, await pulls.list(), commit);
      return found ? listed(found, sent) : invalid(`No commit found for SHA: ${commit}`);
    },
  };
}

/** Writes a comment down. */
export function addComment(
  { comments }: Kept,
  written: Pick<HubComment, 'number' | 'user' | 'body'>,
): HubComment {
  const comment = { ...written, id: 1001 + comments.length, edits: 0 };
  comments.push(comment);
  return comment;
}

function commentRoutes(shop: string, kept: Kept): Handlers {
  const textOf = ({ body }: Received): string => (body as { readonly body: string }).body;
  const refused = (text: string): Reply | undefined =>
    text.length > MAX_BODY ? invalid(`Body is too long (maximum is ${MAX_BODY} characters)`) : undefined;
  return {
    [`GET ${shop}/issues/(\\d+)/comments`]: (sent, number = '') => {
      const all = kept.comments.filter(one => one.number === Number(number));
      return paged(
        all.map(({ id, user, body }) => commentBody(id, user, body)),
        sent,
      );
    },
    [`POST ${shop}/issues/(\\d+)/comments`]: (sent, number = '') => {
      const body = textOf(sent);
      const tooLong = refused(body);
      if (tooLong) return tooLong;
      const { id } = addComment(kept, { number: Number(number), user: BOT, body });
      return { status: 201, body: commentBody(id, BOT, body) };
    },
    [`PATCH ${shop}/issues/comments/(\\d+)`]: (sent, id = '') => {
      const index = kept.comments.findIndex(one => one.id === Number(id));
      const before = kept.comments[index];
      if (!before) return NOT_FOUND;
      const body = textOf(sent);
      const tooLong = refused(body);
      if (tooLong) return tooLong;
      kept.comments[index] = { ...before, body, edits: before.edits + 1 };
      return { body: commentBody(before.id, before.user, body) };
    },
  };
}

function checkRoutes(shop: string, { git }: HubPulls, { checks }: Kept): Handlers {
  const asBody = ({ id, name, head_sha }: HubCheck) => checkBody(id, name, { head_sha });
  return {
    [`POST ${shop}/check-runs`]: async ({ body }) => {
      const check = { ...(body as Omit<HubCheck, 'id'>), id: 5001 + checks.length };
      const isThere = await git('cat-file', '-e', check.head_sha).then(
        () => true,
        () => false,
      );
      if (!isThere) return invalid(`No commit found for SHA: ${check.head_sha}`);
      checks.push(check);
      return { status: 201, body: asBody(check) };
    },
    [`PATCH ${shop}/check-runs/(\\d+)`]: ({ body }, id = '') => {
      const index = checks.findIndex(one => one.id === Number(id));
      const before = checks[index];
      if (!before) return NOT_FOUND;
      const next = { ...before, ...(body as Partial<HubCheck>) };
      const annotations = [...(before.output.annotations ?? []), ...(next.output.annotations ?? [])];
      checks[index] = { ...next, output: { ...next.output, annotations } };
      return { body: asBody(before) };
    },
  };
}
