// One request of GitHub, or all pages of one: what comes back passes a schema, and what goes wrong is told as what we
// wanted to do, what is missing and what to mend. The token is in no text.
import { z } from 'zod';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import type { Listed } from '#lib/forge/forge.ts';
import type { Client } from '#lib/forge/github/client.ts';

/** What a request is for, as "list the reviews of #3", and what it needs, as "pull-requests: read". */
export interface Purpose {
  readonly to: string;
  readonly needs: string;
}

export interface Question<Schema extends z.ZodType> extends Purpose {
  /** As `GET /repos/{owner}/{repo}/pulls`. */
  readonly route: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly answer: Schema;
}

/** How GitHub refused. */
export class GitHubError extends ConfigurationError {
  readonly status: number;

  constructor(message: string, { status, remedy }: { readonly status: number; readonly remedy: string }) {
    super(message, { remedy });
    this.name = 'GitHubError';
    this.status = status;
  }
}

const PAGE = 100;
/** 5,000 entries; whoever has more is told that the list is not complete. */
const MAX_PAGES = 50;
const MAX_WORDS = 300;

/** @throws GitHubError when GitHub refuses or answers what nobody can read. */
export async function ask<Schema extends z.ZodType>(
  client: Client,
  question: Question<Schema>,
): Promise<z.output<Schema>> {
  const { route, parameters, answer } = question;
  const { data } = await translated(client, question, () => client.request(route, parameters));
  return readAnswer(data, answer, question);
}

/** Every page; `pick` finds the list in an answer that is more than a list. */
export async function askAll<Schema extends z.ZodType>(
  client: Client,
  question: Question<Schema>,
  pick: (data: unknown) => unknown = data => data,
): Promise<Listed<z.output<Schema>>> {
  const { route, parameters, answer } = question;
  const items: z.output<Schema>[] = [];
  for (let page = 1; page <= MAX_PAGES; page++) {
    const { data, hasNext } = await translated(client, question, () =>
      client.request(route, { ...parameters, per_page: PAGE, page }),
    );
    items.push(...readAnswer(pick(data), z.array(answer), question));
    if (!hasNext) return { items, isComplete: true };
  }
  return { items, isComplete: false };
}

/** A question in GraphQL. */
export async function askGraph<Schema extends z.ZodType>(
  client: Client,
  query: { readonly text: string; readonly variables: Readonly<Record<string, unknown>> },
  { answer, ...purpose }: Purpose & { readonly answer: Schema },
): Promise<z.output<Schema>> {
  const data = await translated(client, purpose, () => client.graphql(query.text, query.variables));
  return readAnswer(data, answer, purpose);
}

/** Whether this is GitHub's refusal with one of these statuses. */
export function isRefusal(error: unknown, ...statuses: readonly number[]): error is GitHubError {
  return error instanceof GitHubError && statuses.includes(error.status);
}

function readAnswer<Schema extends z.ZodType>(
  data: unknown,
  schema: Schema,
  { to }: Purpose,
): z.output<Schema> {
  const read = schema.safeParse(data);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
  throw new GitHubError(`GitHub's answer cannot be read, wanting to ${to}${where}: ${issue?.message ?? ''}`, {
    status: 200,
    remedy: 'Run again; if it stays, GitHub answers in another form than its description says.',
  });
}

async function translated<T>(client: Client, purpose: Purpose, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refusal(client, purpose, error);
  }
}

/** The refusal in words; the original is left behind, since it carries the whole request. */
function refusal(client: Client, { to, needs }: Purpose, error: unknown): GitHubError {
  const status = statusOf(error);
  const said = client
    .clean(errorMessage(error))
    .replace(/ - https?:\/\/\S+$/u, '')
    .replace(/\s+/gu, ' ')
    .slice(0, MAX_WORDS);
  const fail = (message: string, remedy: string) => new GitHubError(message, { status, remedy });
  if (status === 401)
    return fail(`GitHub does not know this token, wanting to ${to}`, 'Give a token that is valid.');
  if (/\brate limit\b/iu.test(said)) {
    return fail(`GitHub's limit of requests is used up, wanting to ${to}: ${said}`, 'Run again later.');
  }
  if (status === 403) {
    return fail(`GitHub does not let this token ${to}: ${said}`, `Give it the permission ${needs}.`);
  }
  if (status === 404) {
    const remedy = `Check that it exists, and that the token has the permission ${needs}: GitHub hides what a token may not see.`;
    return fail(`GitHub finds nothing, wanting to ${to}`, remedy);
  }
  if (status === 0 || status >= 500) {
    return fail(`GitHub does not answer, wanting to ${to}: ${said}`, 'Run again later.');
  }
  return fail(
    `GitHub refused to ${to} (${status}): ${said}`,
    `Mend what it says; the permission is ${needs}.`,
  );
}

function statusOf(error: unknown): number {
  // GraphQL says no with a 200, in words.
  if (error instanceof Error && error.name === 'GraphqlResponseError') return 403;
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 0;
  return Number.isInteger(status) ? status : 0;
}
