// What lets a flow work with a real forge: which repository, and a token. It comes from whoever starts the flow, a workflow
// or a person, and reaches git and the API only.
import { ConfigurationError } from '#lib/errors.ts';
import type { Forge } from '#lib/forge/forge.ts';
import { openCheckWriter } from '#lib/forge/github/checks.ts';
import { openClient } from '#lib/forge/github/client.ts';
import { openGitHubRuns } from '#lib/forge/github/runs.ts';
import { openGitHubSettings } from '#lib/forge/github/settings.ts';
import type { WorkflowRuns } from '#lib/forge/runs.ts';
import type { ForgeSettings } from '#lib/forge/settings.ts';

export interface ForgeAccess {
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
  readonly apiUrl: string;
  /** Where git finds it: `<serverUrl>/<repository>.git`. */
  readonly serverUrl: string;
}

const REPOSITORY = /^[\w.-]+\/[\w.-]+$/u;

/**
 * As GitHub's runner, and people after it, name them in the environment; undefined where they do not.
 * @throws ConfigurationError for a repository that is none.
 */
export function readAccess(env: Readonly<Record<string, string | undefined>>): ForgeAccess | undefined {
  const { GITHUB_REPOSITORY: repository, GITHUB_TOKEN: token } = env;
  if (!repository || !token) return undefined;
  if (!REPOSITORY.test(repository)) {
    throw new ConfigurationError(`GITHUB_REPOSITORY is "${repository}"`, { remedy: 'Write owner/name.' });
  }
  return {
    ...{ repository, token },
    apiUrl: env.GITHUB_API_URL || 'https://api.github.com',
    serverUrl: (env.GITHUB_SERVER_URL || 'https://github.com').replace(/\/+$/u, ''),
  };
}

/** What the forge is set to do; a person waits for it, so nothing is asked twice. */
export function openSettings({ token, apiUrl, repository }: ForgeAccess): ForgeSettings {
  return openGitHubSettings(openClient({ token, apiUrl, isPatient: false }), repository);
}

/** Writes checks there also when the repository itself cannot be read. */
export function openChecks({ token, apiUrl, repository }: ForgeAccess): Pick<Forge, 'upsertCheck'> {
  const [owner = '', repo = ''] = repository.split('/');
  return { upsertCheck: openCheckWriter({ client: openClient({ token, apiUrl }), owner, repo }) };
}

/** The runs of workflows there. */
export function openRuns({ token, apiUrl, repository }: ForgeAccess): WorkflowRuns {
  return openGitHubRuns(openClient({ token, apiUrl }), repository);
}
