// The events that tests of actions start from: as GitHub describes them, and true of the commits they speak of.
import { expect, it } from 'vitest';
import { judgeEvent } from '../../../support/github/description.ts';
import {
  issueCommentEvent,
  mergeGroupEvent,
  pullRequestEvent,
  pushEvent,
  type RunnerEvent,
  reviewEvent,
  scheduleEvent,
  workflowRunEvent,
} from '../../../support/github/events.ts';
import { makeFixture } from '../../../support/github/fixture.ts';

async function scene() {
  const fixture = await makeFixture();
  const base = fixture.git('rev-parse', 'main');
  await fixture.commit('work', { 'b.txt': 'b\n' }, { message: 'one\n\nwhy' });
  const head = await fixture.commit(
    'work',
    { 'a.txt': null, 'c d.txt': 'c\n' },
    { message: 'two', who: 'Bob' },
  );
  const main = await fixture.commit('main', { 'd.txt': 'd\n' });
  return { fixture, base, head, main, it: { fixture, branch: 'work', number: 3 } };
}

it('a pull request is at its test merge, which has main and the head as parents', async () => {
  const { fixture, head, main, it: scened } = await scene();
  for (const action of ['opened', 'synchronize'] as const) {
    const { name, payload, sha, ref } = pullRequestEvent(scened, action);
    expect({ name, ref }).toEqual({ name: 'pull_request', ref: 'refs/pull/3/merge' });
    expect(fixture.git('rev-parse', `${sha}^1`, `${sha}^2`).split('\n')).toEqual([main, head]);
    expect(payload).toMatchObject({
      number: 3,
      pull_request: { head: { sha: head, ref: 'work' }, base: { sha: main } },
    });
    expect(judgeEvent(`pull-request-${action}`, payload)).toEqual([]);
  }
  expect(pullRequestEvent(scened, 'synchronize').payload).toMatchObject({
    before: fixture.git('rev-parse', 'work~1'),
    after: head,
  });
});

it('pull_request_target runs at main, also for a fork', async () => {
  const { main, it: scened } = await scene();
  const fork = { ...scened, fork: 'eve/shop', author: 'eve', isDraft: true };
  const { name, sha, ref, payload } = pullRequestEvent(fork, 'opened', { isTarget: true });
  expect({ name, sha, ref }).toEqual({ name: 'pull_request_target', sha: main, ref: 'refs/heads/main' });
  expect(payload).toMatchObject({ pull_request: { draft: true, head: { repo: { full_name: 'eve/shop' } } } });
});

it('a push carries its commits with their paths, oldest first', async () => {
  const { fixture, base, head, main } = await scene();
  const { sha, payload } = pushEvent(fixture, { branch: 'work', before: base, pusher: 'bob' });
  expect(sha).toBe(head);
  expect(payload).toMatchObject({
    before: base,
    after: head,
    created: false,
    forced: false,
    pusher: { name: 'bob' },
  });
  expect(payload.commits).toMatchObject([
    { message: 'one\n\nwhy', added: ['b.txt'], removed: [] },
    { id: head, added: ['c d.txt'], modified: [], removed: ['a.txt'], author: { email: 'bob@example.org' } },
  ]);
  expect(pushEvent(fixture, { branch: 'work', before: main }).payload).toMatchObject({ forced: true });
  expect(pushEvent(fixture).payload).toMatchObject({ created: true, head_commit: { id: main } });
});

it('every other event names the right commits too', async () => {
  const { fixture, head, main, it: scened } = await scene();
  const merged = pullRequestEvent(scened, 'closed', { merged: main });
  expect(merged.payload).toMatchObject({ pull_request: { merged: true, merge_commit_sha: main } });
  const review = reviewEvent(scened, { reviewer: 'carol', state: 'approved' });
  expect(review.payload).toMatchObject({
    review: { state: 'approved', commit_id: head, user: { login: 'carol' } },
  });
  const run = workflowRunEvent({ ...scened, fork: 'eve/shop' }, { conclusion: 'failure' });
  expect(run).toMatchObject({
    sha: main,
    payload: { workflow_run: { head_sha: head, conclusion: 'failure', pull_requests: [] } },
  });
  const group = mergeGroupEvent(scened);
  expect(group.payload).toMatchObject({ merge_group: { base_sha: main, head_sha: group.sha } });
  const comment = issueCommentEvent(scened, { by: 'mallory', body: '@x `y`' });
  expect(comment.payload).toMatchObject({
    issue: { number: 3 },
    comment: { body: '@x `y`', user: { login: 'mallory' } },
  });
  const clock = scheduleEvent(fixture, '17 * * * *');
  expect(clock).toMatchObject({ sha: main, ref: 'refs/heads/main', payload: { schedule: '17 * * * *' } });
  const names = [merged, review, run, group, comment, clock].map(({ name }: RunnerEvent) => name);
  expect(names).toEqual([
    'pull_request',
    'pull_request_review',
    'workflow_run',
    'merge_group',
    'issue_comment',
    'schedule',
  ]);
});

it('what GitHub would never send is refused', async () => {
  const { it: scened } = await scene();
  expect(
    judgeEvent('pull-request-opened', { ...pullRequestEvent(scened, 'opened').payload, number: 'three' }),
  ).not.toEqual([]);
  expect(judgeEvent('push', {})).not.toEqual([]);
  expect(() => pullRequestEvent({ ...scened, number: 1.5 }, 'opened')).toThrow('is not as GitHub has it');
});
