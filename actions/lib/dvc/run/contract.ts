// What is asked of whoever reads contracts and tables: contracts of outputs are checked for stages, not by them.
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import type { Location } from '#lib/errors.ts';

/** What an output has to keep, as the rules of its stage name it. */
export interface StageContract {
  /** The contract's file, from the root with forward slashes. */
  readonly file: string;
  /** Where dvc.yaml names it. */
  readonly locate: () => Promise<Location>;
}

export interface OutputContract extends StageContract {
  /** The output, from the root. */
  readonly path: string;
}

export interface Contracts {
  /**
   * Reads contracts before anything runs.
   * @throws ConfigurationErrors for all that cannot be read or do not describe their output.
   */
  plan(contracts: readonly OutputContract[]): Promise<void>;
  /** @returns undefined for content that is known to keep the contract as it stands now. */
  check(contract: OutputContract, print: Fingerprint): Promise<ContractOutcome | undefined>;
}

export interface ContractOutcome {
  /** How many checks were made. */
  readonly checks: number;
  /** A line for each rule that is broken; empty when the contract is kept. */
  readonly broken: readonly string[];
}
