// Files and reviews on GitHub: whether all of them are there, and who is behind them.
import { expect, it } from 'vitest';
import { fileBody, pullBody, reviewBody } from '../../../support/github/bodies.ts';
import { openStubbed, pages, SHOP } from '../../../support/github/stubbed.ts';

const HEAD = 'b'.repeat(40);

/** So many files are listed, so many are counted. */
async function list(listed: readonly unknown[], counted: number, headAfter = HEAD) {
  const { stub, forge } = await openStubbed();
  const over = { changed_files: counted };
  stub.on(
    `GET ${SHOP}/pulls/1`,
    { body: pullBody({ head: HEAD, over }) },
    { body: pullBody({ head: headAfter, over }) },
  );
  stub.on(`GET ${SHOP}/pulls/1/files`, pages(listed));
  return forge.changedFiles(await forge.getPull(1));
}

const files = (count: number): readonly unknown[] =>
  Array.from({ length: count }, (_, i) => fileBody(`f${i}`));

it.each([
  ['all are there', 250, 250, HEAD, true],
  ['one was left out', 249, 250, HEAD, false],
  ['GitHub stopped at its limit', 3000, 3000, HEAD, false],
  ['there are more than GitHub lists', 3000, 3001, HEAD, false],
  ['nearly the limit', 2999, 2999, HEAD, true],
  ['somebody pushed meanwhile', 5, 5, 'c'.repeat(40), false],
])('a list of files is complete or not: %s', async (_, listed, counted, head, isComplete) => {
  const found = await list(files(listed), counted, head);
  expect([found.items.length, found.isComplete]).toEqual([listed, isComplete]);
});

it('what happened to a file is told in our words', async () => {
  const { items } = await list(
    [
      ...['added', 'removed', 'modified', 'changed', 'unchanged'].map(status => fileBody(status, { status })),
      fileBody('copied', { status: 'copied', previous_filename: 'from' }),
      fileBody('renamed', { status: 'renamed', previous_filename: 'old' }),
      fileBody('half', { status: 'renamed' }),
    ],
    8,
  );
  expect(items).toEqual([
    { path: 'added', status: 'added' },
    { path: 'removed', status: 'removed' },
    { path: 'modified', status: 'modified' },
    { path: 'changed', status: 'modified' },
    { path: 'unchanged', status: 'modified' },
    { path: 'copied', status: 'added' },
    { path: 'renamed', status: 'renamed', previousPath: 'old' },
    { path: 'half', status: 'renamed' },
  ]);
});

it('reviews of accounts that are gone, of machines and of lost commits are told as such', async () => {
  const { stub, forge } = await openStubbed();
  stub.on(`GET ${SHOP}/pulls/1/reviews`, {
    body: [
      reviewBody('bob', { commit_id: HEAD }),
      reviewBody(null, { state: 'CHANGES_REQUESTED' }),
      reviewBody('copilot[bot]', { state: 'COMMENTED' }),
      reviewBody('carol', { commit_id: null, state: 'DISMISSED', author_association: 'NONE' }),
    ],
  });
  const at = '2026-03-01T10:00:00Z';
  const zero = '0'.repeat(40);
  expect(await forge.listReviews(1)).toEqual({
    isComplete: true,
    items: [
      { user: 'bob', type: 'User', state: 'APPROVED', commit: HEAD, submittedAt: at, association: 'MEMBER' },
      {
        user: null,
        type: null,
        state: 'CHANGES_REQUESTED',
        commit: zero,
        submittedAt: at,
        association: 'MEMBER',
      },
      {
        user: 'copilot[bot]',
        type: 'Bot',
        state: 'COMMENTED',
        commit: zero,
        submittedAt: at,
        association: 'MEMBER',
      },
      { user: 'carol', type: 'User', state: 'DISMISSED', commit: null, submittedAt: at, association: 'NONE' },
    ],
  });
});

it('reviews of all pages are there, and more than anybody reads are no complete list', async () => {
  const { stub, forge } = await openStubbed();
  stub.on(`GET ${SHOP}/pulls/1/reviews`, pages(Array.from({ length: 201 }, () => reviewBody('bob'))));
  expect(await forge.listReviews(1)).toMatchObject({ items: { length: 201 }, isComplete: true });
  const endless = { link: `<http://localhost${SHOP}/pulls/1/reviews?page=2>; rel="next"` };
  stub.on(`GET ${SHOP}/pulls/1/reviews`, { body: [reviewBody('bob')], headers: endless });
  expect(await forge.listReviews(1)).toMatchObject({ items: { length: 50 }, isComplete: false });
});
