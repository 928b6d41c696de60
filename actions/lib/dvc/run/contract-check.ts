// Contracts of outputs: whatever way an output came to be there, its stage counts as done only while it keeps its
// contract.
import { relative } from 'node:path';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import type { Stage } from '#lib/dvc/pipeline/stage.ts';
import type { ContractOutcome, OutputContract } from '#lib/dvc/run/contract.ts';
import { brokenContractFailure } from '#lib/dvc/run/stage-failure.ts';
import type { Workshop } from '#lib/dvc/run/workshop.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** The contracts of a stage, each with its output. */
export function contractsOf(
  stage: Stage,
  { rules, root }: Pick<Workshop, 'rules' | 'root'>,
): readonly (OutputContract & { readonly output: string })[] {
  return stage.outs.flatMap(({ path, absolute }) => {
    const contract = rules?.contracts.get(path);
    return contract ? [{ ...contract, path: relative(root, absolute), output: path }] : [];
  });
}

/**
 * Checks what is not known to be kept.
 * @param prints by path as the stage writes it; an output without one is not there and is passed over.
 * @throws StageFailure for the first that is not kept, unless the workshop takes it anyway.
 */
export async function checkContracts(
  stage: Stage,
  prints: ReadonlyMap<string, Fingerprint | undefined>,
  workshop: Workshop,
): Promise<void> {
  const { contracts, onEvent } = workshop;
  for (const contract of contracts ? contractsOf(stage, workshop) : []) {
    const { output, file } = contract;
    const print = prints.get(output);
    const outcome = print && (await checkOne(contract, print, workshop));
    if (!outcome) continue;
    const { checks, broken } = outcome;
    if (broken.length === 0) onEvent({ kind: 'contract-kept', stage: stage.name, contract: file, checks });
    else {
      const failure = brokenContractFailure(stage, { path: output, contract: file, broken });
      if (!workshop.onBrokenContract) throw failure;
      workshop.onBrokenContract(failure);
    }
  }
}

async function checkOne(
  contract: OutputContract,
  print: Fingerprint,
  { contracts, onBrokenContract }: Workshop,
): Promise<ContractOutcome | undefined> {
  try {
    return await contracts?.check(contract, print);
  } catch (thrown) {
    if (!onBrokenContract || !(thrown instanceof ConfigurationError)) throw thrown;
    onBrokenContract(thrown);
    return undefined;
  }
}
