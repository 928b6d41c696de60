// Runs an action's bundle as GitHub's runner does: its Node, the checkout as working folder, inputs and facts as variables,
// answers by files, commands on both streams. The bundles lie in a folder of their own with no packages above it.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, link, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { digestBytes } from '#lib/documents/canonical.ts';
import { buildActions } from '../../.github/scripts/build.ts';
import { type Command, readCommand, readPairs } from './runner-protocol.ts';

const repository = join(import.meta.dirname, '..', '..');

/** A machine with the actions checked out, and a tool cache that holds the packages with machine code. */
export interface Runner {
  /** Where `uses: owner/mainline/actions/x` was checked out to. */
  readonly actions: string;
  readonly toolCache: string;
  run(action: string, step: Step): Promise<Ran>;
}

export interface Step {
  /** The checkout: GITHUB_WORKSPACE. */
  readonly workspace: string;
  /** Under `with:`. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly event?: { readonly name: string; readonly payload: unknown };
  /** `github.*` by the names of the variables. */
  readonly github?: Readonly<Record<string, string>>;
  /** What earlier steps of the job have exported, or the job's `env:`. */
  readonly env?: Readonly<Record<string, string>>;
  /** `github.token` of this job. */
  readonly token?: string;
  /** Called with everything printed so far, to signal it. */
  readonly onOutput?: (output: string, kill: (signal: NodeJS.Signals) => void) => void;
}

export interface Ran {
  readonly code: number | null;
  readonly outputs: Readonly<Record<string, string>>;
  /** What it exported for later steps. */
  readonly env: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Commands of both streams in order, unknown ones too. */
  readonly commands: readonly Command[];
  /** Everything printed that is no command. */
  readonly log: string;
}

/** Errors, warnings and notices of a step as `level file:line:column message`. */
export function annotationsOf({ commands }: Ran): readonly string[] {
  return commands
    .filter(({ name }) => ['error', 'warning', 'notice'].includes(name))
    .map(({ name, properties: { file, line, col }, message }) =>
      [name, [file, line, col].filter(part => part !== undefined).join(':'), message]
        .filter(Boolean)
        .join(' '),
    );
}

/** Sets a machine up. */
export async function createRunner(): Promise<Runner> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'runner ')));
  const actions = join(home, '_actions', 'acme', 'mainline', 'v1', 'actions');
  refusePackagesAbove(actions);
  const toolCache = join(home, '_tool');
  await buildActions({ root: repository, outdir: join(actions, 'dist') });
  for (const name of await listActions()) {
    await mkdir(join(actions, name), { recursive: true });
    await cp(join(repository, 'actions', name, 'action.yml'), join(actions, name, 'action.yml'));
  }
  await cp(join(repository, 'actions', 'setup', 'natives'), join(actions, 'setup', 'natives'), {
    recursive: true,
  });
  await fillToolCache(toolCache);
  return { actions, toolCache, run: (action, step) => runStep({ home, actions, toolCache }, action, step) };
}

/** A bundle that finds a package by chance would pass here and fail on a runner. */
function refusePackagesAbove(folder: string): void {
  if (existsSync(join(folder, 'node_modules'))) throw new Error(`${folder} has packages above a bundle`);
  if (dirname(folder) !== folder) refusePackagesAbove(dirname(folder));
}

/** Names of all actions of this repository. */
export async function listActions(): Promise<readonly string[]> {
  const names = await readdir(join(repository, 'actions'));
  return names.filter(name => existsSync(join(repository, 'actions', name, 'action.yml'))).sort();
}

/** What actions/setup would have installed, from the packages that are here already. */
async function fillToolCache(toolCache: string): Promise<void> {
  const lock = await readFile(join(repository, 'actions', 'setup', 'natives', 'package-lock.json'));
  const version = digestBytes(lock).slice(7, 23);
  const folder = join(toolCache, 'mainline-natives', version, `${process.platform}-${process.arch}`);
  const { packages } = JSON.parse(lock.toString()) as {
    readonly packages: Readonly<Record<string, unknown>>;
  };
  for (const path of Object.keys(packages).filter(
    name => name !== '' && existsSync(join(repository, name)),
  )) {
    await linkFiles(join(repository, path), join(folder, path));
  }
}

/** The same files under another name: nothing is copied where the disk allows it. */
async function linkFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkFiles(source, target);
    else await link(source, target).catch(() => cp(source, target));
  }
}

interface ActionFile {
  readonly inputs?: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly using: string; readonly main: string };
}

async function runStep(
  {
    home,
    actions,
    toolCache,
  }: { readonly home: string; readonly actions: string; readonly toolCache: string },
  action: string,
  step: Step,
): Promise<Ran> {
  const folder = join(actions, action);
  const { inputs = {}, runs } = parse(await readFile(join(folder, 'action.yml'), 'utf8')) as ActionFile;
  const unexpected = Object.keys(step.inputs ?? {}).filter(name => !(name in inputs));
  if (unexpected.length > 0) throw new Error(`Unexpected input(s) ${unexpected.join(', ')} of ${action}`);
  const temp = await mkdtemp(join(home, '_temp '));
  const files = await createFiles(temp, step.event?.payload ?? {});
  const defaults = Object.entries(inputs).map(([name, { default: value = '' }]) => [
    name,
    String(value).replace(/\$\{\{ github\.token \}\}/u, step.token ?? ''),
  ]);
  const given = { ...Object.fromEntries(defaults), ...step.inputs } as Readonly<Record<string, string>>;
  const env = {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    ...{ HOME: home, LANG: 'C.UTF-8', CI: 'true', GITHUB_ACTIONS: 'true' },
    ...{ GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    ...Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
        value,
      ]),
    ),
    ...githubFacts(step),
    ...{ RUNNER_OS: 'Linux', RUNNER_ARCH: 'X64', RUNNER_NAME: 'test', RUNNER_ENVIRONMENT: 'self-hosted' },
    ...{ RUNNER_TEMP: temp, RUNNER_TOOL_CACHE: toolCache, RUNNER_WORKSPACE: dirname(step.workspace) },
    ...files,
    ...step.env,
  };
  const { code, lines } = await start(join(folder, runs.main), {
    env,
    cwd: step.workspace,
    onOutput: step.onOutput,
  });
  const commands = lines.flatMap(readCommand);
  const ran = {
    code,
    outputs: readPairs(await readFile(files.GITHUB_OUTPUT, 'utf8')),
    env: readPairs(await readFile(files.GITHUB_ENV, 'utf8')),
    summary: await readFile(files.GITHUB_STEP_SUMMARY, 'utf8'),
    commands,
    log: lines.filter(line => readCommand(line).length === 0).join('\n'),
  };
  await rm(temp, { recursive: true, force: true });
  return ran;
}

function githubFacts({ workspace, event, github }: Step): Readonly<Record<string, string>> {
  return {
    ...{ GITHUB_WORKSPACE: workspace, GITHUB_EVENT_NAME: event?.name ?? 'workflow_dispatch' },
    ...{ GITHUB_REPOSITORY: 'acme/post', GITHUB_REPOSITORY_OWNER: 'acme', GITHUB_ACTOR: 'ada' },
    ...{ GITHUB_SERVER_URL: 'https://github.example', GITHUB_API_URL: 'https://github.example/api/v3' },
    ...{ GITHUB_REF: 'refs/heads/main', GITHUB_SHA: '0'.repeat(40), GITHUB_JOB: 'test' },
    ...{ GITHUB_RUN_ID: '42', GITHUB_RUN_NUMBER: '7', GITHUB_RUN_ATTEMPT: '1', GITHUB_WORKFLOW: 'test' },
    ...github,
  };
}

async function createFiles(temp: string, payload: unknown) {
  const folder = join(temp, '_runner_file_commands');
  const own = join(temp, '_github_workflow');
  for (const one of [folder, own]) await mkdir(one);
  const create = async (prefix: string): Promise<string> => {
    const file = join(folder, `${prefix}${randomUUID()}`);
    await writeFile(file, '');
    return file;
  };
  const event = join(own, 'event.json');
  await writeFile(event, JSON.stringify(payload));
  return {
    GITHUB_EVENT_PATH: event,
    GITHUB_PATH: await create('add_path_'),
    GITHUB_ENV: await create('set_env_'),
    GITHUB_STEP_SUMMARY: await create('step_summary_'),
    GITHUB_STATE: await create('save_state_'),
    GITHUB_OUTPUT: await create('set_output_'),
  };
}

function start(
  main: string,
  {
    env,
    cwd,
    onOutput,
  }: { readonly env: NodeJS.ProcessEnv; readonly cwd: string; readonly onOutput: Step['onOutput'] },
): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const streams = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', chunk => {
        streams[name] += chunk;
        onOutput?.(streams[name], signal => child.kill(signal));
      });
    }
    child.on('error', reject);
    // A reader of lines takes a lone carriage return for an end too.
    child.on('close', code =>
      resolve({ code, lines: `${streams.stdout}\n${streams.stderr}`.split(/\r\n|\r|\n/u).filter(Boolean) }),
    );
  });
}
