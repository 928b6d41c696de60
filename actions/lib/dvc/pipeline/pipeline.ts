// Reads dvc.yaml: every mistake is reported with file, line and column before anything runs.
import { dirname, resolve } from 'node:path';
import { parseDocumentText } from '#lib/documents/document.ts';
import { checkDocument, readText } from '#lib/documents/read.ts';
import type { DvcConfig } from '#lib/dvc/config/config.ts';
import { checkGraph } from '#lib/dvc/pipeline/graph.ts';
import { checkPaths } from '#lib/dvc/pipeline/paths.ts';
import { DVC_YAML } from '#lib/dvc/pipeline/schema.ts';
import type { Pipeline } from '#lib/dvc/pipeline/stage.ts';
import { toStage } from '#lib/dvc/pipeline/stage-read.ts';
import { refuseTemplating } from '#lib/dvc/pipeline/templating.ts';
import { ConfigurationErrors } from '#lib/errors.ts';

/**
 * Reads a dvc.yaml.
 * @param root the repository's top folder, which every path has to stay inside.
 * @throws ConfigurationErrors for unknown keys, what is not supported yet, cycles, outputs that overlap, paths outside.
 */
export async function readPipeline(file: string, root: string): Promise<Pipeline> {
  return parsePipeline(await readText(file), file, { root });
}

export interface ParseOptions {
  /** The repository's top folder. */
  readonly root: string;
  /** Gives params.yaml and what `vars` names, by absolute path; undefined for what is not there. The work tree's unless given. */
  readonly readText?: ((path: string) => Promise<string | undefined>) | undefined;
  /** How a map in a command becomes arguments: `parsing` of DVC's configuration. */
  readonly parsing?: DvcConfig['parsing'] | undefined;
}

/** Reads the text of a dvc.yaml that stands, or would stand, at `file`. */
export async function parsePipeline(text: string, file: string, { root }: ParseOptions): Promise<Pipeline> {
  const document = parseDocumentText(text, file);
  refuseTemplating(document);
  const { stages, ...declared } = checkDocument(document, DVC_YAML).value;
  const directory = dirname(resolve(file));
  const pipeline: Pipeline = {
    file,
    directory,
    root: resolve(root),
    stages: Object.entries(stages).map(([name, stage]) => {
      const locate = (keys: readonly PropertyKey[]) => document.locate(['stages', name, ...keys]);
      return toStage(name, stage, { directory, at: document.locateKey(['stages', name]), locate });
    }),
    declared,
  };
  const problems = [...checkPaths(pipeline), ...checkGraph(pipeline.stages)];
  if (problems.length > 0) throw new ConfigurationErrors(problems);
  return pipeline;
}
