// Rollout files of a pull request that main could not use, told before they are there.
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { placesOf } from '#lib/flows/approval.ts';
import { describeProblem } from '#lib/flows/describe-problem.ts';
import type { Host } from '#lib/flows/host.ts';
import type { Pull } from '#lib/forge/forge.ts';
import { readRollout } from '#lib/rollout/intent.ts';

/** One text per file that is not valid at the head; a file that goes away is no problem. */
export async function checkPromotions(
  { repository }: Pick<Host, 'repository'>,
  { head }: Pick<Pull, 'head'>,
  paths: readonly string[],
): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const { file, model, environment } of placesOf(paths)) {
    const bytes = await repository.readFile(head, file);
    if (!bytes) continue;
    try {
      readRollout(Buffer.from(bytes).toString(), { file, model, environment });
    } catch (error) {
      problems.push(error instanceof ConfigurationError ? describeProblem(error) : errorMessage(error));
    }
  }
  return problems;
}
