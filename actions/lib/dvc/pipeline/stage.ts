// What the rest of the pipeline code works on: the stages of a dvc.yaml with paths resolved and places kept.
import type { Value } from '#lib/dvc/values/value.ts';
import type { Location } from '#lib/errors.ts';

/** A file or folder that dvc.yaml names. */
export interface DeclaredPath {
  /** As written: relative to the stage's working directory. */
  readonly path: string;
  readonly absolute: string;
  readonly at: Location;
}

export interface Output extends DeclaredPath {
  readonly kind: OutputKind;
  /** False for outputs that git holds; they are stored for the run-cache only. */
  readonly cache: boolean;
  /** True when the old output stays in place while the stage runs. */
  readonly persist: boolean;
  /** False for outputs that stay on this machine. */
  readonly push: boolean;
  /** The remote it goes to, unless the user names another. */
  readonly remote?: string | undefined;
  readonly desc?: string | undefined;
  readonly type?: string | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly meta?: unknown;
  /** Of a plot: `template`, `x`, `y`, ... as dvc.yaml has them. */
  readonly plot?: unknown;
}

export type OutputKind = 'out' | 'metric' | 'plot';

/** The parameters a stage takes from one file. */
export interface ParamsFile extends DeclaredPath {
  /** Dotted, such as `train.lr`; empty means the whole file. */
  readonly keys: readonly ParamsKey[];
}

export interface ParamsKey {
  readonly key: string;
  readonly at: Location;
}

export interface Stage {
  readonly name: string;
  /** A list runs one by one; so do the lines of a text. */
  readonly cmd: string | readonly string[];
  /** Absolute. */
  readonly workingDirectory: string;
  readonly deps: readonly DeclaredPath[];
  readonly params: readonly ParamsFile[];
  /** Outs, metrics and plots together. */
  readonly outs: readonly Output[];
  /** A frozen stage never runs; its outputs are taken as they are. */
  readonly frozen: boolean;
  readonly alwaysChanged: boolean;
  readonly description?: string | undefined;
  /** As parsed; `meta.mainline` is Mainline's own. */
  readonly meta?: unknown;
  /** Absolute file, then dotted path, then value: what it took from parameters files through `${}`. */
  readonly used?: ReadonlyMap<string, ReadonlyMap<string, Value>> | undefined;
  /** The `foreach` or `matrix` that it was generated from. */
  readonly group?: string | undefined;
  /** True when dvc.yaml writes it with `${}`, so that it cannot be edited there value by value. */
  readonly isParametrized?: boolean | undefined;
  readonly at: Location;
}

export interface Pipeline {
  /** The dvc.yaml, as the caller named it. */
  readonly file: string;
  /** Absolute; where dvc.yaml and dvc.lock stand. */
  readonly directory: string;
  /** Absolute; no path leaves it. */
  readonly root: string;
  /** In the order of the file. */
  readonly stages: readonly Stage[];
  /** What stands beside the stages, which makes nothing. */
  readonly declared: Declared;
}

/** The top level of a dvc.yaml; paths are relative to its folder. */
export interface Declared {
  readonly params: readonly string[];
  readonly metrics: readonly string[];
  /** A path, or a plot's name and what it shows. */
  readonly plots: readonly (string | Readonly<Record<string, unknown>>)[];
  readonly artifacts: Readonly<Record<string, Artifact>>;
  readonly datasets: readonly unknown[];
}

export interface Artifact {
  readonly path: string;
  readonly desc?: string | undefined;
  readonly type?: string | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly meta?: unknown;
}
