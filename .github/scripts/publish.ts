// node .github/scripts/publish.ts 1.2.3 notes.md: tags main's sources with the bundles beside them, and writes what its
// release says. Runs with the right to write, so it uses no package and builds nothing. The same sources and bundles give
// the same commit, dates included, so that anybody can make it again and compare its id.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';

const BOT = { name: 'github-actions[bot]', email: '41898282+github-actions[bot]@users.noreply.github.com' };

export interface Release {
  /** A clean clone of main whose actions/dist/ is filled. */
  readonly root: string;
  /** Such as 1.2.3: CHANGELOG.md and package.json have to say the same. */
  readonly version: string;
}

export interface Published {
  readonly tag: string;
  /** What `uses: owner/mainline/actions/x@` names. */
  readonly commit: string;
  /** What CHANGELOG.md says of it. */
  readonly changes: string;
}

/**
 * Tags the release and pushes the tag; main and the work tree stay as they are.
 * @throws Error, before anything is pushed, that says what is wrong with the version or the clone.
 */
export function publish({ root, version }: Release): Published {
  const changes = findChanges({ root, version });
  const tag = `v${version}`;
  if (git(root, ['ls-remote', 'origin', `refs/tags/${tag}`]) !== '')
    throw new Error(`${tag} is published already: a version is never given twice`);
  const commit = commitRelease({ root, version });
  git(root, ['tag', '--annotate', tag, commit, '--message', `Mainline ${version}`], signed(root));
  // Without force: should the tag come into being meanwhile, the server refuses this one.
  git(root, ['push', '--quiet', 'origin', `refs/tags/${tag}`]);
  return { tag, commit, changes };
}

/** The section of the version in CHANGELOG.md. */
function findChanges({ root, version }: Release): string {
  if (!/^(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*)){2}$/u.test(version))
    throw new Error(`${JSON.stringify(version)} is no version such as 1.2.3`);
  const { version: own } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (own !== version) throw new Error(`package.json says version ${own}, not ${version}`);
  const sections = readFileSync(join(root, 'CHANGELOG.md'), 'utf8').split(/^## /mu).slice(1);
  const section = sections.find(text => /^\S*/u.exec(text)?.[0] === version);
  const changes = section?.slice(section.indexOf('\n')).trim();
  if (!changes) throw new Error(`CHANGELOG.md does not say what is new: it has no text below ## ${version}`);
  return changes;
}

/** A commit on top of HEAD that adds the bundles, on no branch. @returns its id. */
export function commitRelease({ root, version }: Release): string {
  const changed = git(root, ['status', '--porcelain']);
  if (changed !== '') throw new Error(`what would be tagged is not what is committed:\n${changed}`);
  const folder = mkdtempSync(join(tmpdir(), 'publish-'));
  // An index of its own, so that the clone's own one never has the bundles.
  const env = { ...signed(root), GIT_INDEX_FILE: join(folder, 'index') };
  try {
    git(root, ['read-tree', 'HEAD'], env);
    git(root, ['add', '--force', 'actions/dist'], env);
    const message = `Mainline ${version}: main with the bundles of its actions`;
    const tree = git(root, ['write-tree'], env);
    const commit = git(root, ['commit-tree', tree, '-p', 'HEAD', '-m', message], env);
    const missing = findMissing(root, commit);
    if (missing.length > 0) throw new Error(`bundles are missing: ${missing.join(', ')}`);
    return commit;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Files that an action of the commit starts and that the commit does not have. */
function findMissing(root: string, commit: string): readonly string[] {
  const files = git(root, ['ls-tree', '-r', '--name-only', commit]).split('\n');
  return files
    .filter(file => /^actions\/[\w-]+\/action\.yml$/u.test(file))
    .flatMap(file =>
      [...git(root, ['show', `${commit}:${file}`]).matchAll(/^ +(?:main|pre|post): (\S+)$/gmu)].map(
        ([, path = '']) => posix.join(posix.dirname(file), path),
      ),
    )
    .filter(path => !files.includes(path));
}

/** Who signs, and when: HEAD's own date. */
function signed(root: string): NodeJS.ProcessEnv {
  const date = git(root, ['show', '--no-patch', '--format=%cI', 'HEAD']);
  return {
    ...{ GIT_AUTHOR_NAME: BOT.name, GIT_AUTHOR_EMAIL: BOT.email, GIT_AUTHOR_DATE: date },
    ...{ GIT_COMMITTER_NAME: BOT.name, GIT_COMMITTER_EMAIL: BOT.email, GIT_COMMITTER_DATE: date },
  };
}

function git(root: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr } = spawnSync('git', args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`git ${args[0]} failed: ${stderr.trim()}`);
  return stdout.trim();
}

/** The text of the release: how to use it, how to check it, what is new. */
export function notesOf({ commit, tag, changes }: Published, repository: string): string {
  return `Use its actions by commit:

\`\`\`yaml
uses: ${repository}/actions/verify@${commit} # ${tag}
\`\`\`

Check that these very bundles were built here:

\`\`\`sh
gh attestation verify actions/dist/verify.js --repo ${repository}
\`\`\`

${changes}
`;
}

if (process.argv[1] === import.meta.filename) {
  const [, , version = '', file = 'notes.md'] = process.argv;
  try {
    const published = publish({ root: join(import.meta.dirname, '..', '..'), version });
    writeFileSync(file, notesOf(published, process.env.GITHUB_REPOSITORY ?? 'OWNER/mainline'));
    process.stdout.write(`${published.tag} is ${published.commit}\n`);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stdout.write(`::error::${message.replaceAll('%', '%25').replaceAll('\n', '%0A')}\n`);
    process.exitCode = 1;
  }
}
