// The schema of `meta: {mainline: ...}`; a mistake is shown at its line and column, which only then are looked for.
import { relative, resolve, sep } from 'node:path';
import { z } from 'zod';
import { type Document, parseDocumentText } from '#lib/documents/document.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import { checkDocument } from '#lib/documents/read.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import type { Stage } from '#lib/dvc/pipeline/stage.ts';
import type { StageContract } from '#lib/dvc/run/contract.ts';
import type { StageRules } from '#lib/dvc/run/stage-rules.ts';
import { ConfigurationError } from '#lib/errors.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
/** setTimeout counts no further. */
const LONGEST_MS = 2 ** 31 - 1;
const HINT = 'Write a time of at most 24 days with its unit, such as 500ms, 30s, 10m or 2h.';

const duration = z
  .string()
  .regex(DURATION, HINT)
  .refine(text => toMs(text) <= LONGEST_MS, HINT);

const NAME = z.string().min(1);
const MOST_RETRIES = 20;

const RULES = z.strictObject({
  retries: z.int().min(0).max(MOST_RETRIES).default(0),
  backoff: duration.default('30s'),
  timeout: duration.optional(),
  owner: NAME.optional(),
  mutex: z.array(NAME).default([]),
  contracts: z.record(NAME, NAME).default({}),
});

const WRAPPED = z.strictObject({ mainline: RULES });

export interface RulesPlace {
  readonly stage: Stage;
  readonly root: string;
  /** As messages name it. */
  readonly file: string;
  /** The text of the dvc.yaml. */
  readonly readText: () => Promise<string>;
}

/** @throws ConfigurationErrors */
export async function checkStageRules(own: unknown, place: RulesPlace): Promise<StageRules> {
  const value = { mainline: own };
  const checked = WRAPPED.safeParse(value);
  if (!checked.success) checkDocument(await findDocument(value, place), WRAPPED);
  const rules = WRAPPED.parse(value).mainline;
  return {
    retries: rules.retries,
    backoffMs: toMs(rules.backoff),
    timeoutMs: rules.timeout === undefined ? undefined : toMs(rules.timeout),
    owner: rules.owner,
    mutexes: rules.mutex,
    contracts: await resolveContracts(rules.contracts, value, place),
  };
}

function toMs(text: string): number {
  const [, count = '', unit = ''] = DURATION.exec(text) ?? [];
  return Number(count) * (UNITS[unit] ?? 0);
}

/** The stage's `meta` within its dvc.yaml; of a generated stage that of its template. */
async function findDocument(value: unknown, { stage, file, readText }: RulesPlace): Promise<Document> {
  const document = parseDocumentText(await readText(), file);
  const isMap = (one: unknown): one is Record<string, unknown> => typeof one === 'object' && one !== null;
  const stages = isMap(document.value) ? document.value.stages : undefined;
  const written = isMap(stages) ? (stages[stage.name] ?? stages[stage.group ?? '']) : undefined;
  const name = isMap(stages) && Object.hasOwn(stages, stage.name) ? stage.name : (stage.group ?? stage.name);
  const prefix = ['stages', name, ...(isMap(written) && 'do' in written ? ['do'] : []), 'meta'];
  return {
    ...document,
    value,
    locate: path => document.locate([...prefix, ...path]),
    locateKey: path => document.locateKey([...prefix, ...path]),
  };
}

/** Both are named from the folder that the stage works in. */
async function resolveContracts(
  contracts: Readonly<Record<string, string>>,
  value: unknown,
  place: RulesPlace,
): Promise<ReadonlyMap<string, StageContract>> {
  const { stage, root } = place;
  const outs = stage.outs.map(output => output.path);
  const entries: (readonly [string, StageContract])[] = [];
  for (const [path, contract] of Object.entries(contracts)) {
    const absolute = resolve(stage.workingDirectory, contract);
    const locate = async () => (await findDocument(value, place)).locateKey(['mainline', 'contracts', path]);
    if (!outs.includes(path)) {
      const near = nearestWord(path, outs);
      throw new ConfigurationError(`The stage ${stage.name} has no output ${path}`, {
        at: await locate(),
        remedy: near ? `Did you mean "${near}"?` : `Its outputs are: ${outs.join(', ') || 'none'}.`,
      });
    }
    if (!isWithin(root, absolute)) {
      throw new ConfigurationError(`The contract ${contract} is outside the repository`, {
        at: await locate(),
        remedy: 'Name a file inside the repository.',
      });
    }
    entries.push([path, { file: relative(root, absolute).replaceAll(sep, '/'), locate }]);
  }
  return new Map(entries);
}
