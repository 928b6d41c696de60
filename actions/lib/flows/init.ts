// init: what an existing repository needs so that its pull requests are proposals. The workflows are those that Mainline
// itself runs on, taking their actions from a pinned commit; nothing that is there is overwritten.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CODEOWNERS_PATHS } from '#lib/approval/codeowners.ts';
import { writeWhole } from '#lib/documents/write.ts';
import { ConfigurationError } from '#lib/errors.ts';

const OWN = join(import.meta.dirname, '../../../.github/workflows');
const WORKFLOWS = [
  'propose',
  'verify',
  'chat-ops',
  'review',
  'promote-gate',
  'release',
  'rollout',
  'advance',
] as const;
const SOURCE = /^([\w.-]+\/[\w.-]+)@([0-9a-f]{40})$/u;

export interface InitOptions {
  readonly directory: string;
  /** `owner/name@<40 hex digits>`: where the actions come from. */
  readonly from: string;
  /** Of the release that commit is, such as 0.1.0; shown beside it. */
  readonly version: string;
  /** Who owns everything that has no other owner, such as `@acme/platform`. */
  readonly owner: string;
}

export interface Grant {
  readonly workflow: string;
  readonly permission: string;
  readonly why: string;
}

export interface Initialized {
  /** Relative to the repository. */
  readonly written: readonly string[];
  readonly kept: readonly string[];
  /** Every permission that the workflows ask for. */
  readonly grants: readonly Grant[];
}

/** @throws ConfigurationError for a source that is not pinned, an owner that is none, or a folder without git. */
export async function init({ directory, from, version, owner }: InitOptions): Promise<Initialized> {
  const root = resolve(directory);
  const [, repository, commit] = SOURCE.exec(from) ?? [];
  if (repository === undefined || commit === undefined) {
    throw new ConfigurationError(`"${from}" is no pinned source of actions`, {
      remedy: 'Write owner/name@ and the whole id of a commit: --from acme/mainline@<40 hex digits>',
    });
  }
  if (!/^@[\w-]+(\/[\w.-]+)?$/u.test(owner)) {
    throw new ConfigurationError(`"${owner}" is no owner`, {
      remedy: 'Write --owner @organisation/team, or @account.',
    });
  }
  if (!existsSync(join(root, '.git'))) {
    throw new ConfigurationError('This is not the top of a git repository', {
      at: { file: root },
      remedy: 'Run it there, or run git init first.',
    });
  }
  const files = new Map<string, string>();
  const grants: Grant[] = [];
  for (const name of WORKFLOWS) {
    const text = await readFile(join(OWN, `${name}.yml`), 'utf8');
    files.set(`.github/workflows/mainline-${name}.yml`, asTemplate(text, { repository, commit, version }));
    grants.push(...grantsOf(name, text));
  }
  if (!CODEOWNERS_PATHS.some(path => existsSync(join(root, path)))) {
    files.set('.github/CODEOWNERS', codeownersFor(owner));
  }
  files.set('models/README.md', SKELETON);
  const written: string[] = [];
  const kept: string[] = [];
  for (const [path, text] of files) {
    if (existsSync(join(root, path))) kept.push(path);
    else {
      await writeWhole(join(root, path), text);
      written.push(path);
    }
  }
  await ignoreLocal(root, { written, kept });
  return { written, kept, grants };
}

/** For jobs that run stages of pipelines; the actions themselves bring what they need. */
const NODE_STEP = `      - uses: actions/setup-node@2028fbc5c25fe9cf00d9f06a71cc4710d4507903 # v6.0.0
        with:
          node-version: 24
          package-manager-cache: false
`;

/** Our own workflow as others run it: actions by commit, and no build of them. */
export function asTemplate(
  text: string,
  {
    repository,
    commit,
    version,
  }: { readonly repository: string; readonly commit: string; readonly version: string },
): string {
  const named = text
    .replace(/^ {6}- uses: \.\/\.github\/actions\/build\n(?= {6}- uses: \.\/actions\/setup\n)/gmu, NODE_STEP)
    .replace(/^ {6}- uses: \.\/\.github\/actions\/build\n/gmu, '')
    .replace(/uses: \.\/actions\/([\w-]+)/gu, `uses: ${repository}/actions/$1@${commit} # v${version}`)
    .replace(/workflows: \[(\w+)\]/gu, 'workflows: [mainline-$1]')
    .replace(/^name: (.+)$/mu, 'name: mainline-$1');
  return `# Written by mainline init; run it again after deleting this file to renew it.\n${named}`;
}

/** The lines `scope: access # why` below `permissions:`. */
function grantsOf(workflow: string, text: string): readonly Grant[] {
  return [...text.matchAll(/^ {6}([\w-]+: (?:read|write)) # (.+)$/gmu)].map(
    ([, permission = '', why = '']) => ({
      ...{ workflow, permission, why },
    }),
  );
}

function codeownersFor(owner: string): string {
  return `# The last matching line decides. Whoever owns models/<model>/rollout/ decides what serves.
*           ${owner}
/.github/   ${owner}
/models/    ${owner}
/pipelines/ ${owner}
/data/      ${owner}
`;
}

const SKELETON = `# Models

One folder per model, with \`model.yaml\`: what is predicted, on which rows it is judged, and what it has to keep. Copy the
nearest example of Mainline (\`models/\`, \`pipelines/\`, \`data/\`), rename it, and run \`mainline propose\`.
`;

const IGNORED = ['/.mainline/', '/.dvc/cache/'];

async function ignoreLocal(
  root: string,
  { written, kept }: { readonly written: string[]; readonly kept: string[] },
): Promise<void> {
  const file = join(root, '.gitignore');
  const text = existsSync(file) ? await readFile(file, 'utf8') : '';
  const missing = IGNORED.filter(line => !text.split('\n').includes(line));
  if (missing.length === 0) {
    kept.push('.gitignore');
    return;
  }
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  await writeWhole(file, `${before}${missing.join('\n')}\n`);
  written.push('.gitignore');
}
