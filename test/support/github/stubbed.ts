// GitHub's forge before the stand-in that does as it is told, with real git beneath. Whatever is sent or answered against
// GitHub's own description fails the test, whatever the test is about.
import { afterEach, expect } from 'vitest';
import type { Forge } from '#lib/forge/forge.ts';
import { type GitHubOptions, openGitHubForge } from '#lib/forge/github/github.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import { type Fixture, makeFixture } from './fixture.ts';
import { openStub, type Received, type Reply, type Stub } from './stub.ts';

export const TOKEN = 'ghs_thisIsTheSecretOfTheTest';
/** Where everything lies. */
export const SHOP = '/repos/acme/shop';
/** The account that our token writes as. */
export const SELF = 'acme-mainline[bot]';

const open: Stub[] = [];

afterEach(async () => {
  const stubs = open.splice(0);
  for (const stub of stubs) await stub.close();
  expect(stubs.flatMap(({ problems }) => problems)).toEqual([]);
});

export interface Stubbed {
  readonly stub: Stub;
  readonly forge: Forge;
  /** What was asked to be fetched. */
  readonly fetched: string[];
}

/** A forge of acme/shop; without a fixture its git knows no commit. */
export async function openStubbed(fixture?: Fixture, options: Partial<GitHubOptions> = {}): Promise<Stubbed> {
  const stub = await openStub();
  open.push(stub);
  const repository = await openRepository((fixture ?? (await makeFixture())).folder);
  const fetched: string[] = [];
  const fetch = async (names: readonly string[]): Promise<void> => {
    fetched.push(...names);
  };
  const forge = openGitHubForge({
    ...{ owner: 'acme', repo: 'shop', token: TOKEN, apiUrl: stub.url, secondMs: 1, login: SELF },
    ...{ repository, fetch, machines: ['mainline@localhost'], ...options },
  });
  return { stub, forge, fetched };
}

/** Gives a list out in pages of what was asked for, as GitHub does. */
export function pages(all: readonly unknown[]): (sent: Received) => Reply {
  return ({ query, path }) => {
    const size = Number(query.per_page);
    const page = Number(query.page);
    const next = new URLSearchParams({ ...query, page: String(page + 1) });
    const link = `<http://localhost${path}?${next}>; rel="next", <http://localhost${path}>; rel="first"`;
    return {
      body: all.slice((page - 1) * size, page * size),
      headers: page * size < all.length ? { link } : {},
    };
  };
}

/** The bodies that were sent by one method to one path, in order. */
export function sentTo({ received }: Stub, method: string, path: string): readonly unknown[] {
  return received.filter(one => one.method === method && one.path === path).map(({ body }) => body);
}
