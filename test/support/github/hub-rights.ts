// What the token of a job may do, taken from the workflow itself: a right that a job needs and does not ask for is
// missing here too. https://docs.github.com/actions/security-for-github-actions/security-guides/automatic-token-authentication
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export type Rights = Readonly<Record<string, 'read' | 'write' | 'none'>>;

interface WorkflowFile {
  readonly jobs: Readonly<Record<string, { readonly permissions?: Rights }>>;
}

const folder = join(import.meta.dirname, '../../../.github/workflows');

/** The `permissions:` of a job, as `verify/report`; for a pull request of a fork GitHub turns every write into a read. */
export function rightsOf(job: string, { isFork = false } = {}): Rights {
  const [workflow = '', name = ''] = job.split('/');
  const { jobs } = parse(readFileSync(join(folder, `${workflow}.yml`), 'utf8')) as WorkflowFile;
  const found = jobs[name];
  if (!found) throw new Error(`${workflow}.yml has no job ${name}`);
  const rights = found.permissions ?? {};
  return isFork ? Object.fromEntries(Object.keys(rights).map(right => [right, 'read'])) : rights;
}

/** Method and path, and the rights of which one is enough; whatever is not here needs none. */
const needs: readonly (readonly [method: RegExp, path: RegExp, rights: readonly string[]])[] = [
  [/./u, /\/pulls(\/|$)/u, ['pull-requests']],
  [/./u, /\/issues\//u, ['issues', 'pull-requests']],
  [/./u, /\/check-runs/u, ['checks']],
  [/./u, /\/activity$|^\/graphql$/u, ['contents']],
];

/** Whether these rights allow a request; GraphQL only reads, whatever its method. */
export function isAllowed(
  rights: Rights,
  { method, path }: { readonly method: string; readonly path: string },
): boolean {
  const isWrite = method !== 'GET' && path !== '/graphql';
  const [, , wanted] = needs.find(([how, where]) => how.test(method) && where.test(path)) ?? [];
  if (!wanted) return !isWrite;
  return wanted.some(right => rights[right] === 'write' || (!isWrite && rights[right] === 'read'));
}
