// The one door to GitHub's API: who we are, where it is, how long we wait, how much we read. What was asked for and what
// it needs is told in ask.ts. Waiting for a limit is bounded, since a job that sleeps for an hour helps nobody.
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { boundedFetch } from '#lib/forge/github/bounded-fetch.ts';
import { openGate } from '#lib/forge/github/gate.ts';

/** GitHub's own; an Enterprise Server has `https://<host>/api/v3`. */
export const API_URL = 'https://api.github.com';

export interface ClientOptions {
  readonly token: string;
  readonly apiUrl?: string | undefined;
  /** How many ms a second of waiting lasts; anything but 1,000 is for tests. */
  readonly secondMs?: number | undefined;
  /** False where a person waits: nothing is asked twice, no limit is waited for, and silence ends soon. */
  readonly isPatient?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly data: unknown;
  /** Another page follows. */
  readonly hasNext: boolean;
}

export interface Client {
  request(route: string, parameters: Readonly<Record<string, unknown>>): Promise<Answer>;
  graphql(query: string, variables: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Text without the token, whoever put it there. */
  clean(text: string): string;
}

/** A limit that asks for more than this is an error that says until when. */
const MAX_WAIT_SECONDS = 300;
const MAX_WAITS = 3;
const PATIENT_MS = 60_000;
const IMPATIENT_MS = 10_000;
/** GitHub asks for a second between writes, and notifies people of some of them. */
const WRITE_GAP_SECONDS = 1;
const NOTIFY_GAP_SECONDS = 3;

const Patient = Octokit.plugin(nameLimits, retry, throttling);

/** Opens the client; nothing is sent yet. */
export function openClient({
  token,
  apiUrl = API_URL,
  secondMs = 1000,
  isPatient = true,
}: ClientOptions): Client {
  const mayWait = (seconds: number, _options: unknown, _octokit: unknown, waits: number): boolean =>
    isPatient && waits < MAX_WAITS && seconds <= MAX_WAIT_SECONDS;
  const baseUrl = apiUrl.replace(/\/+$/u, '');
  // The plugin's types ask for classes of a package below it; it calls what a gate has.
  const throttle: object = {
    onRateLimit: mayWait,
    onSecondaryRateLimit: mayWait,
    retryAfterBaseValue: secondMs,
    write: openGate(WRITE_GAP_SECONDS * secondMs),
    notifications: openGate(NOTIFY_GAP_SECONDS * secondMs),
  };
  const octokit = new Patient({
    auth: token,
    baseUrl,
    userAgent: 'mainline',
    log: silent,
    request: { fetch: boundedFetch(new URL(baseUrl).origin, isPatient ? PATIENT_MS : IMPATIENT_MS) },
    // What our request did not mean is not asked again; limits are waited for by the other plugin.
    retry: {
      enabled: isPatient,
      doNotRetry: [400, 401, 403, 404, 405, 409, 410, 422, 429, 451],
      retryAfterBaseValue: secondMs,
    },
    ...({ throttle } as object),
  });
  return {
    request: async (route, parameters) => {
      const { status, data, headers } = await octokit.request(route, { ...parameters });
      return { status, data, hasNext: /\brel="next"/u.test(headers.link ?? '') };
    },
    graphql: (query, variables) => octokit.graphql(query, { ...variables }),
    clean: text => (token === '' ? text : text.replaceAll(token, '***')),
  };
}

const ignore = (): void => {};
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** The throttling plugin knows a secondary limit by its words only; by its status, 429 is one too. */
function nameLimits({ hook }: Hooked): void {
  hook.error('request', error => {
    const { status, message, response }: Limited = error;
    const isUsedUp = response?.headers?.['x-ratelimit-remaining'] === '0';
    const isLimit = status === 429 || (status === 403 && response?.headers?.['retry-after'] !== undefined);
    if (isLimit && !isUsedUp && !/\bsecondary rate\b/iu.test(message))
      error.message = `${message} (secondary rate limit)`;
    throw error;
  });
}

interface Hooked {
  readonly hook: { error(name: 'request', handle: (error: Error) => never): void };
}

interface Limited {
  readonly status?: number;
  readonly message: string;
  readonly response?: { readonly headers?: Readonly<Record<string, unknown>> };
}
