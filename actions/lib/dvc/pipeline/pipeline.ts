// Reads dvc.yaml: every mistake is reported with file, line and column before anything runs.
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Parsing } from '#lib/dvc/pipeline/arguments.ts';
import { checkGraph } from '#lib/dvc/pipeline/graph.ts';
import { checkPaths } from '#lib/dvc/pipeline/paths.ts';
import { type Resolved, resolveTemplates } from '#lib/dvc/pipeline/resolve.ts';
import { DVC_YAML, STAGE } from '#lib/dvc/pipeline/schema.ts';
import { checkShape, type Report } from '#lib/dvc/pipeline/shape.ts';
import type { Declared, Pipeline } from '#lib/dvc/pipeline/stage.ts';
import { toPlain, toStage } from '#lib/dvc/pipeline/stage-read.ts';
import { parseTree, type TypedTree } from '#lib/dvc/values/yaml-read.ts';
import { ConfigurationError, ConfigurationErrors, hasCode } from '#lib/errors.ts';

/**
 * Reads a dvc.yaml of the work tree.
 * @param root the repository's top folder, which every path has to stay inside.
 * @throws ConfigurationErrors for unknown keys, templates without a value, cycles, outputs that overlap, paths outside.
 */
export async function readPipeline(file: string, root: string): Promise<Pipeline> {
  const { readText } = await import('#lib/documents/read-text.ts');
  return parsePipeline(await readText(file), file, { root });
}

export interface ParseOptions {
  /** The repository's top folder. */
  readonly root: string;
  /** Gives params.yaml and what `vars` names, by absolute path; undefined for what is not there. The work tree's unless given. */
  readonly readText?: ((path: string) => Promise<string | undefined>) | undefined;
  /** How a map in a command becomes arguments: `parsing` of DVC's configuration. */
  readonly parsing?: Parsing | undefined;
}

/** Reads the text of a dvc.yaml that stands, or would stand, at `file`; throws as readPipeline. */
export async function parsePipeline(text: string, file: string, options: ParseOptions): Promise<Pipeline> {
  const tree = await parseTree(text, file);
  const root = resolve(options.root);
  const { stages, top } = await resolvePipeline(tree, options);
  const directory = dirname(resolve(file));
  const report: Report = { at: tree.at, problems: [] };
  for (const { name, node, written } of stages) {
    if (node !== written) checkShape(node, STAGE, { report, key: `stages.${name}` });
  }
  refuse(report);
  const pipeline: Pipeline = {
    file,
    directory,
    root,
    stages: stages.map(stage => toStage(stage, { directory, at: tree.at })),
    declared: toDeclared(top),
  };
  const problems = [...checkPaths(pipeline), ...checkGraph(pipeline.stages)];
  if (problems.length > 0) throw new ConfigurationErrors(problems);
  return pipeline;
}

/** The trees of a dvc.yaml, checked and with templates filled in. */
export async function resolvePipeline(
  tree: TypedTree,
  { root, readText = readWorkTree, parsing }: ParseOptions,
): Promise<Resolved> {
  const isEmpty = tree.root.kind === 'scalar' && tree.root.value === null;
  if (!isEmpty) checkFile(tree);
  return resolveTemplates(tree, { root: resolve(root), readText, parsing });
}

function checkFile({ root, at, file }: TypedTree): void {
  if (root.kind !== 'map') {
    throw new ConfigurationError(`${file} is not a map of keys to values`, {
      at: at(0),
      remedy: 'Start with "stages:".',
    });
  }
  const report: Report = { at, problems: [] };
  checkShape(root, DVC_YAML, { report });
  refuse(report);
}

function refuse({ problems }: Report): void {
  if (problems.length > 0) throw new ConfigurationErrors(problems.toSorted(byPlace));
}

function byPlace({ at: a }: ConfigurationError, { at: b }: ConfigurationError): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}

function toDeclared(top: Resolved['top']): Declared {
  const list = (key: string): readonly unknown[] => {
    const node = top.get(key);
    return node?.kind === 'list' ? node.items.map(toPlain) : [];
  };
  const texts = (key: string) => list(key).map(String);
  const artifacts = top.get('artifacts');
  return {
    params: texts('params'),
    metrics: texts('metrics'),
    plots: list('plots') as Declared['plots'],
    artifacts: (artifacts ? toPlain(artifacts) : {}) as Declared['artifacts'],
    datasets: list('datasets'),
  };
}

async function readWorkTree(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (hasCode(cause, 'ENOENT') || hasCode(cause, 'EISDIR') || hasCode(cause, 'ENOTDIR')) return undefined;
    throw cause;
  }
}
