// Every proposal that a run uploaded, verified one after the other. One that cannot be read keeps no other from its verdict,
// and none may speak for two models.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText, formatJson } from '#lib/documents/canonical.ts';
import { writeWhole } from '#lib/documents/write.ts';
import { ConfigurationError, errorMessage, hasCode } from '#lib/errors.ts';
import { readProposalFolder, writeProposalFolder } from '#lib/flows/proposal-folder.ts';
import { type VerifyOptions, verify } from '#lib/flows/verify.ts';
import type { Verification } from '#lib/registry/verification.ts';

export const VERIFICATION_FILE = 'verification.json';

export interface VerifyAllOptions extends Omit<VerifyOptions, 'proposal'> {
  /** The folder with one folder per proposal. */
  readonly proposals: string;
  /** The folder that gets `<model>/proposal.json`, as it was judged, and `<model>/verification.json`. */
  readonly output: string;
}

export interface VerifiedAll {
  readonly verifications: readonly Verification[];
  /** Folders that are no proposal, in words. */
  readonly problems: readonly string[];
}

/** @throws ConfigurationError when the default branch cannot judge at all. */
export async function verifyAll(options: VerifyAllOptions): Promise<VerifiedAll> {
  const verifications: Verification[] = [];
  const problems: string[] = [];
  for (const name of await listFolders(options.proposals)) {
    const folder = join(options.proposals, name);
    try {
      const { proposal } = await readProposalFolder(folder);
      const found = await verify({ ...options, proposal: folder });
      if (verifications.some(({ model }) => model === found.model)) {
        throw new ConfigurationError(`a proposal of ${found.model} was there already`);
      }
      await writeProposalFolder(join(options.output, found.model), proposal, undefined);
      await writeWhole(join(options.output, found.model, VERIFICATION_FILE), formatJson(found));
      verifications.push(found);
    } catch (error) {
      if (options.signal.aborted) throw error;
      // Whatever one proposal does to us, the others keep their verdicts.
      const isOurs = error instanceof ConfigurationError ? '' : 'this is a bug in mainline: ';
      problems.push(`${name}: ${isOurs}${errorMessage(error)}`);
    }
  }
  return { verifications, problems };
}

/** Names of the folders in a folder, sorted; a link is none. */
export async function listFolders(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter(entry => entry.isDirectory())
      .map(({ name }) => name)
      .sort(compareText);
  } catch (error) {
    // Nothing was uploaded: the pull request touches no model.
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** One line a proposal, for the log and the page of the job. */
export function describeVerification({ model, state, why, verdict, differences }: Verification): string {
  if (state === 'claimed') return `${model}: nothing could be derived again, ${why}`;
  const stands = verdict?.slo_compliant ? 'stands' : 'does not stand';
  const claims = differences.length === 0 ? 'as claimed' : `${differences.length} claims were not found so`;
  return `${model}: ${stands} by the gates of the default branch, ${claims}`;
}
