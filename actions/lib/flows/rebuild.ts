// Brings back a champion whose bytes are in no cache: its commit is written out beside the work tree and its pipeline
// run there. Only for pipelines declared deterministic, and only the very bytes that main's lock names are accepted.
import { join } from 'node:path';
import { readPipeline } from '#lib/dvc/pipeline/pipeline.ts';
import { reproduce } from '#lib/dvc/run/reproduce.ts';
import { errorMessage } from '#lib/errors.ts';
import type { Base } from '#lib/flows/base.ts';
import { withCheckout } from '#lib/flows/checkout.ts';
import type { Workspace } from '#lib/flows/workspace.ts';
import { createRunner } from '#lib/processes/run.ts';
import type { Model } from '#lib/registry/model.ts';

export interface RebuildOptions {
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly threads: number;
}

/**
 * Runs the base's pipeline; its outputs end up in the cache.
 * @returns why it could not be done, or undefined.
 */
export async function rebuildChampion(
  workspace: Workspace,
  { base, model }: { readonly base: Base; readonly model: Model },
  { signal, now, threads }: RebuildOptions,
): Promise<string | undefined> {
  const source = workspace.git;
  if (!source) return 'there is no git history';
  try {
    await withCheckout(workspace, { source, commit: base.commit }, async root => {
      await reproduce({
        pipeline: await readPipeline(join(root, model.spec.pipeline, 'dvc.yaml'), root),
        cacheDir: workspace.cache,
        run: createRunner(),
        now,
        signal,
        env: { MAINLINE_THREADS: String(threads), ORT_DISABLE_TELEMETRY: '1' },
      });
    });
    return undefined;
  } catch (error) {
    if (signal.aborted) throw error;
    return errorMessage(error).split('\n')[0];
  }
}
