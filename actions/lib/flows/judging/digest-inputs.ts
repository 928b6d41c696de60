// The digests that evidence is bound to: whatever would change a number or a gate changes one of them.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestBytes } from '#lib/documents/canonical.ts';
import { fileWithin } from '#lib/flows/file-within.ts';
import type { JudgeInput } from '#lib/flows/judging/input.ts';
import type { SideFiles } from '#lib/flows/judging/side-files.ts';
import { digestJudgedParts, EVALUATOR_VERSION, type EvidenceInputs } from '#lib/registry/evidence.ts';

/** Everything the evidence depends on, digested. */
export async function digestInputs(
  { root, model, artifact, found, baseline, contracts }: JudgeInput,
  { digests }: Pick<SideFiles, 'digests'>,
): Promise<EvidenceInputs> {
  const { pipeline, evaluation } = model.spec;
  const digest = async (path: string): Promise<string> => digestBytes(await readFile(join(root, path)));
  return {
    evaluator: EVALUATOR_VERSION,
    model: digestJudgedParts(model),
    artifact: digestBytes(artifact),
    testRows: await digest(join(pipeline, evaluation.rows.path)),
    trainingRows: await digest(join(pipeline, evaluation.trainingRows)),
    contracts: (
      await Promise.all(contracts.map(({ contract: { path } }) => digestContract(root, path)))
    ).flat(),
    data: contracts.map(({ data: { path, digest: sha256 } }) => ({ path, sha256 })),
    champion: found.champion.sha256,
    ...(baseline ? { baseline: baseline.champion.sha256 } : {}),
    others: digests,
  };
}

/** A proposal names its contracts; one that these files do not have has nothing to be digested. */
async function digestContract(
  root: string,
  path: string,
): Promise<readonly { readonly path: string; readonly sha256: string }[]> {
  const file = await fileWithin(root, path);
  return file === undefined ? [] : [{ path, sha256: digestBytes(await readFile(file)) }];
}
