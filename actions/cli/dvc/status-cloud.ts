// `dvc status --cloud`: the cache compared with a remote, as people and programs read it.
import { ConfigurationError } from '#lib/errors.ts';
import { visible } from '../say.ts';

export interface CloudOptions {
  readonly remote?: string;
  readonly allBranches?: boolean;
  readonly allTags?: boolean;
  readonly allCommits?: boolean;
  readonly withDeps?: boolean;
  readonly recursive?: boolean;
  readonly jobs?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const STATE_WIDTH = 20;

export async function runCloudStatus(targets: readonly string[], options: CloudOptions): Promise<void> {
  const [{ cloudStatus }, { interruptSignal }] = await Promise.all([
    import('#lib/flows/dvc/cloud-status.ts'),
    import('../interrupt.ts'),
  ]);
  const { json, quiet, jobs, ...flags } = options;
  const { remote, states } = await cloudStatus({
    ...flags,
    ...{ directory: process.cwd(), env: process.env, now: () => Date.now(), targets },
    jobs: jobs === undefined ? undefined : parseJobs(jobs),
    signal: interruptSignal(),
  });
  if (json) process.stdout.write(`${JSON.stringify(Object.fromEntries(states))}\n`);
  else if (quiet) process.exitCode = states.size > 0 ? 1 : 0;
  else if (states.size === 0) process.stdout.write(`Cache and remote '${visible(remote)}' are in sync.\n`);
  else {
    const lines = [...states].map(
      ([path, state]) => `\t${`${state}:`.padEnd(STATE_WIDTH)}${visible(path)}\n`,
    );
    process.stdout.write(lines.join(''));
  }
}

function parseJobs(text: string): number {
  const jobs = Number(text);
  if (Number.isSafeInteger(jobs) && jobs >= 1) return jobs;
  throw new ConfigurationError(`--jobs ${text} is not a whole number from 1`);
}
