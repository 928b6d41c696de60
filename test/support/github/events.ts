// Events as GitHub writes them into a runner's event file, made of the real commits of a fixture. Each is judged by
// GitHub's own description before anybody gets it.
import { judgeEvent } from './description.ts';
import type { Fixture } from './fixture.ts';
import { fill } from './sample.ts';

/** What a runner is started with. */
export interface RunnerEvent {
  /** GITHUB_EVENT_NAME. */
  readonly name: string;
  /** The event file. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** GITHUB_SHA. */
  readonly sha: string;
  /** GITHUB_REF. */
  readonly ref: string;
}

/** A pull request of acme/shop as the fixture has it. */
export interface Scene {
  readonly fixture: Pick<Fixture, 'git'>;
  readonly branch: string;
  readonly number?: number;
  readonly author?: string;
  /** `owner/name` where the branch lies. */
  readonly fork?: string;
  readonly isDraft?: boolean;
}

type Overlay = Readonly<Record<string, unknown>>;

const REPOSITORY = 'acme/shop';

function make(
  schema: string,
  name: string,
  { payload, ...where }: { payload: Overlay; sha: string; ref: string },
): RunnerEvent {
  const whole = fill(`/events/${schema}`, payload);
  const problems = judgeEvent(schema, whole);
  if (problems.length > 0) throw new Error(`${schema} is not as GitHub has it: ${problems.join('; ')}`);
  return { name, payload: whole, ...where };
}

const user = (login: string): Overlay => ({
  login,
  id: 1000 + login.length,
  type: login.endsWith('[bot]') ? 'Bot' : 'User',
});

function repository(fullName: string): Overlay {
  const [owner = '', name = ''] = fullName.split('/');
  const html_url = `https://github.com/${fullName}`;
  return { name, full_name: fullName, default_branch: 'main', private: false, html_url, owner: user(owner) };
}

/** The members that every event of one repository carries. */
function common(sender: string): Overlay {
  return { repository: repository(REPOSITORY), sender: user(sender) };
}

function commitOf({ git }: Scene['fixture'], revision: string): Overlay {
  const [id, tree_id, name, email, timestamp] = git(
    'log',
    '-1',
    '--format=%H%n%T%n%an%n%ae%n%cI',
    revision,
  ).split('\n');
  const message = git('log', '-1', '--format=%B', revision);
  const url = `https://github.com/${REPOSITORY}/commit/${id}`;
  return {
    id,
    tree_id,
    message,
    timestamp,
    url,
    distinct: true,
    author: { name, email },
    committer: { name, email },
  };
}

function pullOf({
  fixture,
  branch,
  number = 1,
  author = 'ada',
  fork = REPOSITORY,
  isDraft = false,
}: Scene): Overlay {
  const at = (ref: string, where: string): Overlay => ({
    ...{ ref, sha: fixture.git('rev-parse', ref), label: `${where.split('/')[0]}:${ref}` },
    ...{ repo: repository(where), user: user(where.split('/')[0] ?? '') },
  });
  const html_url = `https://github.com/${REPOSITORY}/pull/${number}`;
  return {
    ...{
      number,
      state: 'open',
      title: fixture.git('log', '-1', '--format=%s', branch),
      body: null,
      html_url,
    },
    ...{ user: user(author), draft: isDraft, head: at(branch, fork), base: at('main', REPOSITORY) },
  };
}

/** The commit that GitHub makes to test a merge: what GITHUB_SHA is for pull_request, and no branch ever has. */
function testMerge({ fixture: { git }, branch, number = 1 }: Scene): string {
  const tree = git('merge-tree', '--write-tree', 'main', branch).split('\n')[0] ?? '';
  const person = ['-c', 'user.name=GitHub', '-c', 'user.email=noreply@github.com'];
  const sha = git(
    ...person,
    'commit-tree',
    tree,
    '-p',
    'main',
    '-p',
    branch,
    '-m',
    `Merge ${branch} into main`,
  );
  git('update-ref', `refs/pull/${number}/merge`, sha);
  return sha;
}

/** `pull_request`; `pull_request_target` has the same payload and the commit of main. */
export function pullRequestEvent(
  scene: Scene,
  action: 'opened' | 'synchronize' | 'closed',
  options: { readonly before?: string; readonly merged?: string; readonly isTarget?: boolean } = {},
): RunnerEvent {
  const { fixture, number = 1, author = 'ada', branch } = scene;
  const pull = pullOf(scene);
  const at = '2026-03-02T12:00:00Z';
  const closed = { state: 'closed', closed_at: at, merged: options.merged !== undefined };
  const merged =
    options.merged === undefined
      ? {}
      : { merged_at: at, merge_commit_sha: options.merged, merged_by: user('carol') };
  const after = fixture.git('rev-parse', branch);
  const payload = {
    ...{ action, number, ...common(author) },
    pull_request: action === 'closed' ? { ...pull, ...closed, ...merged } : pull,
    ...(action === 'synchronize'
      ? { before: options.before ?? fixture.git('rev-parse', `${branch}~1`), after }
      : {}),
  };
  const name = options.isTarget ? 'pull_request_target' : 'pull_request';
  const where = options.isTarget
    ? { sha: fixture.git('rev-parse', 'main'), ref: 'refs/heads/main' }
    : {
        sha: action === 'closed' ? fixture.git('rev-parse', 'main') : testMerge(scene),
        ref: `refs/pull/${number}/merge`,
      };
  return make(`pull-request-${action}`, name, { payload, ...where });
}

export function reviewEvent(
  scene: Scene,
  {
    reviewer,
    state,
  }: { readonly reviewer: string; readonly state: 'approved' | 'changes_requested' | 'commented' },
): RunnerEvent {
  const commit_id = scene.fixture.git('rev-parse', scene.branch);
  const review = { user: user(reviewer), state, commit_id, body: null, submitted_at: '2026-03-02T10:00:00Z' };
  const payload = { action: 'submitted', review, pull_request: pullOf(scene), ...common(reviewer) };
  const ref = `refs/pull/${scene.number ?? 1}/merge`;
  return make('pull-request-review-submitted', 'pull_request_review', {
    payload,
    sha: testMerge(scene),
    ref,
  });
}

/** A push to a branch of acme/shop, from `before` to where the branch is now. */
export function pushEvent(
  fixture: Scene['fixture'],
  {
    branch = 'main',
    before,
    pusher = 'carol',
  }: { readonly branch?: string; readonly before?: string; readonly pusher?: string } = {},
): RunnerEvent {
  const after = fixture.git('rev-parse', branch);
  const ids = fixture
    .git('rev-list', '--reverse', ...(before === undefined ? [branch] : [`${before}..${branch}`]))
    .split('\n')
    .filter(Boolean);
  const isForced = before !== undefined && fixture.git('merge-base', before, after) !== before;
  const payload = {
    ...{ ref: `refs/heads/${branch}`, before: before ?? '0'.repeat(40), after },
    ...{ created: before === undefined, deleted: false, forced: isForced, base_ref: null },
    compare: `https://github.com/${REPOSITORY}/compare/${before?.slice(0, 12) ?? ''}...${after.slice(0, 12)}`,
    commits: ids.map(id => ({ ...commitOf(fixture, id), ...changedPaths(fixture, id) })),
    head_commit: { ...commitOf(fixture, after), ...changedPaths(fixture, after) },
    pusher: { name: pusher, email: `${pusher}@example.org` },
    ...common(pusher),
  };
  return make('push', 'push', { payload, sha: after, ref: `refs/heads/${branch}` });
}

function changedPaths({ git }: Scene['fixture'], id: string): Overlay {
  const paths = (filter: string): readonly string[] =>
    git('show', '--format=', '--name-only', '--no-renames', `--diff-filter=${filter}`, id)
      .split('\n')
      .filter(Boolean);
  return { added: paths('A'), modified: paths('M'), removed: paths('D') };
}

/** The end of another workflow's run for a pull request; of a fork GitHub names no pull request. */
export function workflowRunEvent(
  scene: Scene,
  {
    workflow = 'propose',
    conclusion = 'success',
    event = 'pull_request',
  }: {
    readonly workflow?: string;
    readonly conclusion?: 'success' | 'failure' | 'cancelled';
    readonly event?: string;
  } = {},
): RunnerEvent {
  const { fixture, branch, author = 'ada', fork = REPOSITORY } = scene;
  const head = fixture.git('rev-parse', branch);
  const { distinct: _, url: __, ...commit } = commitOf(fixture, head);
  const run = {
    ...{ id: 4242, name: workflow, path: `.github/workflows/${workflow}.yml`, run_number: 7, run_attempt: 1 },
    ...{ event, status: 'completed', conclusion, head_branch: branch, head_sha: head, head_commit: commit },
    ...{ display_title: fixture.git('log', '-1', '--format=%s', branch), pull_requests: [] },
    ...{
      repository: repository(REPOSITORY),
      head_repository: repository(fork),
      actor: user(author),
      triggering_actor: user(author),
    },
    html_url: `https://github.com/${REPOSITORY}/actions/runs/4242`,
  };
  const named = { name: workflow, path: run.path, state: 'active' };
  const payload = { action: 'completed', workflow: named, workflow_run: run, ...common(author) };
  return make('workflow-run-completed', 'workflow_run', {
    payload,
    sha: fixture.git('rev-parse', 'main'),
    ref: 'refs/heads/main',
  });
}

/** The merge queue tests main with a pull request on top, on a branch of its own. */
export function mergeGroupEvent(scene: Scene): RunnerEvent {
  const { fixture, number = 1 } = scene;
  const base = fixture.git('rev-parse', 'main');
  const sha = testMerge(scene);
  const ref = `refs/heads/gh-readonly-queue/main/pr-${number}-${base}`;
  const { distinct: _, url: __, ...commit } = commitOf(fixture, sha);
  const group = {
    head_sha: sha,
    head_ref: ref,
    base_sha: base,
    base_ref: 'refs/heads/main',
    head_commit: commit,
  };
  const payload = { action: 'checks_requested', merge_group: group, ...common('github-merge-queue[bot]') };
  return make('merge-group-checks-requested', 'merge_group', { payload, sha, ref });
}

/** A comment on a pull request, which is an issue to GitHub. */
export function issueCommentEvent(
  scene: Scene,
  { by, body }: { readonly by: string; readonly body: string },
): RunnerEvent {
  const { fixture, number = 1, author = 'ada' } = scene;
  const url = `https://api.github.com/repos/${REPOSITORY}/pulls/${number}`;
  const pull_request = {
    url,
    html_url: `https://github.com/${REPOSITORY}/pull/${number}`,
    diff_url: `${url}.diff`,
    patch_url: `${url}.patch`,
  };
  const issue = {
    number,
    state: 'open',
    title: fixture.git('log', '-1', '--format=%s', scene.branch),
    user: user(author),
    labels: [],
    pull_request,
  };
  const payload = { action: 'created', issue, comment: { body, user: user(by) }, ...common(by) };
  return make('issue-comment-created', 'issue_comment', {
    payload,
    sha: fixture.git('rev-parse', 'main'),
    ref: 'refs/heads/main',
  });
}

/** GitHub describes no event of a clock: the file names the line of `schedule:` that it was. */
export function scheduleEvent({ git }: Scene['fixture'], schedule: string): RunnerEvent {
  return {
    name: 'schedule',
    payload: { schedule, ...common('github-actions[bot]') },
    sha: git('rev-parse', 'main'),
    ref: 'refs/heads/main',
  };
}
