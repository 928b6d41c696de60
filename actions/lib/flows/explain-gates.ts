// Explains gates of the proposals that were made here last: what each means, what it measured, what would pass.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nearestWord } from '#lib/documents/nearest.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';
import { parseProposal } from '#lib/flows/proposal-folder.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { openWorkspace, type Workspace } from '#lib/flows/workspace.ts';
import { explainGate, findGates, type GateExplanation } from '#lib/gates/explain.ts';
import { gatesOf } from '#lib/gates/profiles.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import { listModels, readModel } from '#lib/registry/read.ts';

export interface ExplainGatesOptions {
  readonly directory: string;
  /** The gate as reports write it, its id, or a metric for all gates on it; all gates without it. */
  readonly gate?: string | undefined;
  /** All models that were proposed here without it. */
  readonly model?: string | undefined;
}

export interface ExplainedModel {
  readonly model: string;
  readonly gates: readonly GateExplanation[];
}

/**
 * The gates that are meant, by model.
 * @throws ConfigurationError when no proposal is at hand, or no gate is meant.
 */
export async function explainGates({
  directory,
  gate,
  model,
}: ExplainGatesOptions): Promise<readonly ExplainedModel[]> {
  const workspace = await openWorkspace(directory);
  const proposals = await readProposals(workspace, model);
  const explained = proposals
    .map(proposal => explainIn(proposal, gate))
    .filter(({ gates }) => gates.length > 0);
  if (explained.length > 0) return explained;
  const known = [...new Set(proposals.flatMap(({ verdict }) => verdict.gates.map(({ id }) => id)))];
  const metrics = known.flatMap(id => id.split(' ', 1));
  const near = nearestWord(gate ?? '', [...known, ...new Set(metrics)]);
  throw new ConfigurationError(`There is no gate "${gate}"`, {
    remedy: near ? `Did you mean "${near}"?` : `Gates: ${known.join('; ')}.`,
  });
}

function explainIn({ model, verdict }: Proposal, asked: string | undefined): ExplainedModel {
  const declared = gatesOf(model.spec);
  const meant = asked === undefined ? verdict.gates : findGates(verdict.gates, asked);
  return { model: model.metadata.name, gates: meant.map(gate => explainGate(gate, declared)) };
}

async function readProposals(workspace: Workspace, asked: string | undefined): Promise<readonly Proposal[]> {
  if (asked !== undefined) await readModel(workspace.root, asked, vocabulary);
  const names = asked === undefined ? await listModels(workspace.root) : [asked];
  const found = await Promise.all(names.map(name => readLast(workspace, name)));
  const proposals = found.flatMap(proposal => proposal ?? []);
  if (proposals.length > 0) return proposals;
  throw new ConfigurationError('Nothing was proposed here yet', {
    remedy: `Run: mainline propose ${asked ?? ''}`.trim(),
  });
}

/** The last proposal of a model; undefined where none was made here. */
async function readLast({ proposals }: Workspace, name: string): Promise<Proposal | undefined> {
  const file = join(proposals, `${name}.json`);
  try {
    return parseProposal(await readFile(file), file);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(`The last proposal of ${name} was made by another version of Mainline`, {
      at: { file },
      remedy: `Run: mainline propose ${name}`,
      cause: error,
    });
  }
}
