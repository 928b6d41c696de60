// The files beside model.yaml that decide something. Each is digested, so that evidence is bound to what it was judged by; of
// the card only which parts are written, since that is all that is judged.
import { join } from 'node:path';
import type { Contexts } from '#lib/behaviour/contexts.ts';
import type { BehaviourTests } from '#lib/behaviour/declared.ts';
import { readBehaviourTests, readContexts } from '#lib/behaviour/read.ts';
import { type CardCompleteness, completenessOf } from '#lib/cards/completeness.ts';
import { cardPath } from '#lib/cards/parts.ts';
import { canonicalJson, digestBytes } from '#lib/documents/canonical.ts';
import { type CheckedDocument, readText } from '#lib/documents/read.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';
import type { Override } from '#lib/gates/override.ts';
import type { EvidenceInputs } from '#lib/registry/evidence.ts';
import type { Model } from '#lib/registry/model.ts';
import { readOverrides } from '#lib/registry/overrides.ts';

export interface SideFiles {
  readonly overrides: readonly Override[];
  readonly card: CardCompleteness;
  /** Undefined where the team wrote none. */
  readonly behaviour: CheckedDocument<BehaviourTests> | undefined;
  /** The seasons of data/contexts.yaml; undefined where there is no such file. */
  readonly contexts: Contexts | undefined;
  readonly digests: EvidenceInputs['others'];
}

/** Where a model's behaviour tests live, relative to the root. */
export function behaviourPath(model: string): string {
  return `models/${model}/behaviour.yaml`;
}

/**
 * Reads them below a root.
 * @param today such as 2026-11-21; an override that has ended is as if it were not there.
 * @throws ConfigurationErrors for an override that could not count.
 */
export async function readSideFiles(root: string, model: Model, today: string): Promise<SideFiles> {
  const card = await readOptional(join(root, cardPath(model.metadata.name)));
  const overrides = await readOverrides(root, model, today);
  const name = model.metadata.name;
  const behaviour = await readBehaviourTests(join(root, behaviourPath(name)), name);
  const contexts = (await readContexts(join(root, CONTEXTS_PATH)))?.value;
  const files = [
    { path: CONTEXTS_PATH, text: contexts && canonicalJson(contexts) },
    { path: behaviourPath(name), text: behaviour && canonicalJson(behaviour.value) },
    { path: cardPath(model.metadata.name), text: completenessOf(card).written.join('\n') },
    ...overrides.map(({ path, ...rest }) => ({
      path,
      text: JSON.stringify({ ...rest, today: rest.expires < today }),
    })),
  ];
  return {
    overrides,
    card: completenessOf(card),
    behaviour,
    contexts,
    digests: files.flatMap(({ path, text }) =>
      text === undefined ? [] : [{ path, sha256: digestBytes(text) }],
    ),
  };
}

/** Where the seasons are declared, relative to the root. */
export const CONTEXTS_PATH = 'data/contexts.yaml';

/** The text of a file that need not be there. */
export async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readText(file);
  } catch (error) {
    if (error instanceof ConfigurationError && hasCode(error.cause, 'ENOENT')) return undefined;
    throw error;
  }
}
