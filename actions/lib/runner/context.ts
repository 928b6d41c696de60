// What the runner tells an action about where and why it runs. Read once, through a schema; nothing else reads GITHUB_*.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';

const environmentSchema = z.object({
  GITHUB_WORKSPACE: z.string().min(1),
  RUNNER_TEMP: z.string().min(1),
  RUNNER_TOOL_CACHE: z.string().min(1).optional(),
  GITHUB_EVENT_NAME: z.string().default(''),
  GITHUB_EVENT_PATH: z.string().default(''),
  GITHUB_REPOSITORY: z.string().default(''),
  GITHUB_SHA: z.string().default(''),
  GITHUB_REF: z.string().default(''),
  GITHUB_ACTOR: z.string().default(''),
  GITHUB_RUN_ID: z.string().default(''),
  GITHUB_RUN_ATTEMPT: z.string().default('1'),
  GITHUB_SERVER_URL: z.url().default('https://github.com'),
  GITHUB_API_URL: z.url().default('https://api.github.com'),
  RUNNER_DEBUG: z.string().default(''),
});

export interface RunnerContext {
  /** Absolute path of the checkout. */
  readonly workspace: string;
  /** A folder that is emptied after the job. */
  readonly temp: string;
  /** A folder that a runner keeps between jobs, where it has one. */
  readonly toolCache: string | undefined;
  readonly eventName: string;
  /** The payload, as a stranger may have shaped it: to be read through a schema. */
  readonly event: unknown;
  /** `owner/name`. */
  readonly repository: string;
  readonly sha: string;
  readonly ref: string;
  /** The account whose doing started the run. */
  readonly actor: string;
  readonly apiUrl: string;
  readonly serverUrl: string;
  /** Where people read the log of this run. */
  readonly runUrl: string;
}

/**
 * Reads the surroundings of a job.
 * @throws ConfigurationError outside of one.
 */
export async function readContext(env: Readonly<Record<string, string | undefined>>): Promise<RunnerContext> {
  const filled = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(filled);
  if (!parsed.success) {
    const names = parsed.error.issues.map(({ path }) => path.join('.'));
    throw new ConfigurationError(
      `This runs as a step of a workflow; not set or not valid: ${names.join(', ')}`,
      {
        remedy: 'On your own machine use the command line: mainline --help',
      },
    );
  }
  const found = parsed.data;
  const { GITHUB_SERVER_URL: serverUrl, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = found;
  return {
    workspace: found.GITHUB_WORKSPACE,
    temp: found.RUNNER_TEMP,
    toolCache: found.RUNNER_TOOL_CACHE,
    eventName: found.GITHUB_EVENT_NAME,
    event: await readEvent(found.GITHUB_EVENT_PATH),
    repository,
    sha: found.GITHUB_SHA,
    ref: found.GITHUB_REF,
    actor: found.GITHUB_ACTOR,
    apiUrl: found.GITHUB_API_URL,
    serverUrl,
    runUrl: `${serverUrl}/${repository}/actions/runs/${run}/attempts/${found.GITHUB_RUN_ATTEMPT}`,
  };
}

async function readEvent(path: string): Promise<unknown> {
  if (path === '') return {};
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new ConfigurationError(`The event cannot be read: ${errorMessage(cause)}`, {
      at: { file: path },
      cause,
    });
  }
}
