// The gate for whatever an event is about: one pull request by its number, or those whose head a review was of.
import type { ForgeAccess } from '#lib/flows/access.ts';
import { openHost } from '#lib/flows/host.ts';
import { type Gated, promoteGate } from '#lib/flows/promote-gate.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';

/** By number, with the commit that a merge queue made of it; or by the head of a branch. */
export type GateSubject = { readonly number: number; readonly commit?: string } | { readonly head: string };

export interface GateAllOptions {
  readonly directory: string;
  readonly subject: GateSubject;
  readonly access?: ForgeAccess | undefined;
  readonly detailsUrl?: string | undefined;
}

/**
 * Decides and sets the checks.
 * @returns nothing where no open pull request has that head any more: somebody pushed, and the push has its own run.
 */
export async function gateAll(options: GateAllOptions): Promise<readonly Gated[]> {
  const { subject, detailsUrl } = options;
  const host = await openHost(await openWorkspace(options.directory), options.access);
  if ('number' in subject) return [await promoteGate(host, { ...subject, detailsUrl })];
  const pulls = await host.forge.pullsWithHead(subject.head);
  const results: Gated[] = [];
  for (const { number } of pulls.filter(({ state }) => state === 'open')) {
    results.push(await promoteGate(host, { number, detailsUrl }));
  }
  return results;
}
