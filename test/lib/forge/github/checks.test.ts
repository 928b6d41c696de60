// Check runs on GitHub: within its limits, and green only at the very end.
import { expect, it } from 'vitest';
import type { Annotation } from '#lib/forge/forge.ts';
import { checkBody, refusalBody } from '../../../support/github/bodies.ts';
import { openStubbed, SHOP, sentTo } from '../../../support/github/stubbed.ts';

const HEAD = 'a'.repeat(40);
const annotation = (n: number): Annotation => ({
  ...{ path: `f${n}.yaml`, startLine: n, endLine: n, level: 'failure' },
  ...{ title: 'a gate', message: 'words' },
});

interface Written {
  readonly status: string;
  readonly conclusion?: string;
  readonly output: {
    readonly title: string;
    readonly summary: string;
    readonly annotations?: readonly { readonly path: string }[];
  };
}

async function write(count: number, more: Readonly<Record<string, unknown>> = {}) {
  const { stub, forge } = await openStubbed();
  stub.on(`POST ${SHOP}/check-runs`, { status: 201, body: checkBody(8, 'mainline/eta') });
  stub.on(`PATCH ${SHOP}/check-runs/8`, { body: checkBody(8, 'mainline/eta') });
  const annotations = Array.from({ length: count }, (_, i) => annotation(i + 1));
  const check = {
    name: 'mainline/eta',
    commit: HEAD,
    conclusion: 'success',
    summary: 's',
    annotations,
  } as const;
  await forge.upsertCheck({ ...check, ...more });
  return [
    ...sentTo(stub, 'POST', `${SHOP}/check-runs`),
    ...sentTo(stub, 'PATCH', `${SHOP}/check-runs/8`),
  ] as readonly Written[];
}

it.each([
  [0, [0]],
  [50, [50]],
  [51, [50, 1]],
  [120, [50, 50, 20]],
  [9000, Array(10).fill(50)],
])('%i annotations go in batches that GitHub takes, each once and in order', async (count, sizes) => {
  const sent = await write(count);
  expect(sent.map(({ output }) => output.annotations?.length ?? 0)).toEqual(sizes);
  const paths = sent.flatMap(({ output }) => output.annotations ?? []).map(({ path }) => path);
  expect(paths).toEqual(paths.map((_, i) => `f${i + 1}.yaml`));
});

it('it is in progress until the last annotation is there', async () => {
  const sent = await write(120);
  expect(sent.map(({ status, conclusion }) => `${status} ${conclusion}`)).toEqual([
    'in_progress undefined',
    'in_progress undefined',
    'completed success',
  ]);
});

it('a failure in the middle leaves nothing green behind', async () => {
  const { stub, forge } = await openStubbed();
  stub.on(`POST ${SHOP}/check-runs`, { status: 201, body: checkBody(8, 'mainline/eta') });
  stub.on(`PATCH ${SHOP}/check-runs/8`, { status: 422, body: refusalBody('Validation Failed') });
  const annotations = Array.from({ length: 51 }, (_, i) => annotation(i + 1));
  const check = {
    name: 'mainline/eta',
    commit: HEAD,
    conclusion: 'success',
    summary: 's',
    annotations,
  } as const;
  await expect(forge.upsertCheck(check)).rejects.toThrow(
    'write the check mainline/eta (422): Validation Failed',
  );
  expect(sentTo(stub, 'POST', `${SHOP}/check-runs`)).toMatchObject([{ status: 'in_progress' }]);
});

it('one that is begun is in progress, and is ended itself: a newer one of its name stays the newest', async () => {
  const { stub, forge } = await openStubbed();
  const ids = [8, 9];
  stub.on(`POST ${SHOP}/check-runs`, () => ({
    status: 201,
    body: checkBody(ids.shift() ?? 0, 'mainline/eta'),
  }));
  stub.on(`PATCH ${SHOP}/check-runs/8`, { body: checkBody(8, 'mainline/eta') });
  const check = { name: 'mainline/eta', commit: HEAD, conclusion: 'failure', summary: 's' } as const;
  await forge.upsertCheck({ ...check, isPending: true });
  await forge.upsertCheck({ ...check, conclusion: 'success' });
  expect(sentTo(stub, 'PATCH', `${SHOP}/check-runs/8`)).toMatchObject([
    { status: 'completed', conclusion: 'success' },
  ]);
  await forge.upsertCheck(check);
  const posted = sentTo(stub, 'POST', `${SHOP}/check-runs`) as readonly Written[];
  expect(posted.map(({ status, conclusion }) => `${status} ${conclusion}`)).toEqual([
    'in_progress undefined',
    'completed failure',
  ]);
  expect(stub.problems).toEqual([]);
});

it('titles, summaries and messages are cut at whole characters where GitHub would refuse them', async () => {
  const wide = '\u{1f600}'.repeat(40_000);
  const long = { ...annotation(1), title: wide, message: '\u20ac'.repeat(30_000), endLine: 0 };
  const [sent] = await write(0, { title: wide, summary: wide, annotations: [long] });
  const output = sent?.output as unknown as {
    title: string;
    summary: string;
    annotations: { title: string; message: string; start_line: number; end_line: number }[];
  };
  const [first] = output.annotations;
  expect([output.title.length, output.summary.length, first?.title.length]).toEqual([255, 65_535, 255]);
  expect(Buffer.byteLength(first?.message ?? '')).toBeLessThanOrEqual(64 * 1024);
  expect(Buffer.byteLength(first?.message ?? '')).toBeGreaterThan(64 * 1024 - 8);
  for (const text of [output.title, output.summary, first?.title, first?.message]) {
    expect(text?.isWellFormed()).toBe(true);
    expect(text).not.toContain('\ufffd');
    expect(text?.endsWith('…')).toBe(true);
  }
  expect(first).toMatchObject({ start_line: 1, end_line: 1 });
});

it('the page of details is given on, and the name stands for a title that is not there', async () => {
  const [sent] = await write(0, { detailsUrl: 'https://example.org/run/1' });
  expect(sent).toMatchObject({
    details_url: 'https://example.org/run/1',
    head_sha: HEAD,
    output: { title: 'mainline/eta' },
  });
});

it('of those with one name the newest counts, and what is no success is a failure', async () => {
  const { stub, forge } = await openStubbed();
  const runs = [
    checkBody(3, 'a', { conclusion: 'failure' }),
    checkBody(7, 'a', { conclusion: 'success' }),
    checkBody(5, 'a', { conclusion: 'failure' }),
    ...['cancelled', 'timed_out', 'action_required', 'skipped', 'neutral'].map((conclusion, i) =>
      checkBody(20 + i, conclusion, { conclusion }),
    ),
    checkBody(40, 'still going', { status: 'in_progress', conclusion: null }),
  ];
  stub.on(`GET ${SHOP}/commits/${HEAD}/check-runs`, { body: { total_count: runs.length, check_runs: runs } });
  const found = await forge.listChecks(HEAD);
  expect(found.map(({ name, conclusion }) => `${name}: ${conclusion}`)).toEqual([
    'a: success',
    'cancelled: failure',
    'timed_out: failure',
    'action_required: failure',
    'skipped: failure',
    'neutral: neutral',
  ]);
});
