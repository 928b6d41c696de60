// What the servers of an environment counted of the version that is being rolled out.
import { z } from 'zod';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { withoutSecret } from '#lib/git/remote.ts';
import type { Counts } from '#lib/rollout/guards.ts';
import type { Intent } from '#lib/rollout/intent.ts';

/** A server that takes longer is as good as none. */
const ANSWER_WITHIN_MS = 5000;
const MAX_ANSWER_BYTES = 1_000_000;

const countsSchema = z.object({
  requests: z.int().nonnegative(),
  errors: z.int().nonnegative(),
  slow: z.record(z.string(), z.int().nonnegative()),
});

/** What a server says of a model, as far as it is asked here. */
const statusSchema = z.object({
  intent: z.string().nullable(),
  counts: z.record(z.string(), countsSchema),
  mirrorCounts: z.record(z.string(), countsSchema),
});

/** The challenger's counts of this step, summed over all servers that follow this very intent. */
export async function countChallenger(
  intent: Intent,
  {
    model,
    asked,
    what,
  }: {
    readonly model: string;
    readonly asked: readonly string[];
    /** Answers, or copies that nobody waited for. */
    readonly what: 'counts' | 'mirrorCounts';
  },
): Promise<{ readonly counts: Counts; readonly problems: readonly string[] }> {
  const { version, targets } = intent.rollout.spec;
  const named = asked.length > 0 ? asked : targets.flatMap(({ url }) => url ?? []);
  const servers = [...new Set(named.map(server => (URL.canParse(server) ? new URL(server).href : server)))];
  const problems: string[] = [];
  let counts: Counts = { requests: 0, errors: 0, slow: {} };
  for (const server of servers) {
    try {
      const status = await askServer(server, model);
      if (status.intent !== intent.digest) throw new Error('it does not follow this rollout yet');
      counts = add(counts, status[what][version] ?? { requests: 0, errors: 0, slow: {} });
    } catch (error) {
      problems.push(`${withoutSecret(server)} gave no counts: ${errorMessage(error)}`);
    }
  }
  if (servers.length === 0) {
    problems.push(
      'no server is asked for counts: name one with --server, or in the rollout: targets: [{kind: embedded, url: ...}]',
    );
  }
  return { counts, problems };
}

function add(a: Counts, b: Counts): Counts {
  const keys = [...new Set([...Object.keys(a.slow), ...Object.keys(b.slow)])];
  return {
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    slow: Object.fromEntries(keys.map(key => [key, (a.slow[key] ?? 0) + (b.slow[key] ?? 0)])),
  };
}

async function askServer(server: string, model: string): Promise<z.output<typeof statusSchema>> {
  const url = new URL(`/v2/models/${encodeURIComponent(model)}/rollout`, server);
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  if (!response.ok) throw new ConfigurationError(`it answered ${response.status}`);
  return statusSchema.parse(JSON.parse(await readText(response)));
}

/** @throws Error for an answer that does not end where a server's would. */
async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new Error('its answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
