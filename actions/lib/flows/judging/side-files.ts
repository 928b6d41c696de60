// The files beside model.yaml that decide something: the owners' words of the card, and overrides. Each is digested, so that
// evidence is bound to what it was judged by.
import { join } from 'node:path';
import { type CardCompleteness, completenessOf, ownersText } from '#lib/cards/completeness.ts';
import { cardPath } from '#lib/cards/parts.ts';
import { digestBytes } from '#lib/documents/canonical.ts';
import { readText } from '#lib/documents/read.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';
import type { Override } from '#lib/gates/override.ts';
import type { EvidenceInputs } from '#lib/registry/evidence.ts';
import type { Model } from '#lib/registry/model.ts';
import { readOverrides } from '#lib/registry/overrides.ts';

export interface SideFiles {
  readonly overrides: readonly Override[];
  readonly card: CardCompleteness;
  readonly digests: EvidenceInputs['others'];
}

/**
 * Reads them below a root.
 * @param today such as 2026-11-21; an override that has ended is as if it were not there.
 * @throws ConfigurationErrors for an override that could not count.
 */
export async function readSideFiles(root: string, model: Model, today: string): Promise<SideFiles> {
  const card = await readOptional(join(root, cardPath(model.metadata.name)));
  const overrides = await readOverrides(root, model, today);
  const files = [
    { path: cardPath(model.metadata.name), text: card === undefined ? undefined : ownersText(card) },
    ...overrides.map(({ path, ...rest }) => ({
      path,
      text: JSON.stringify({ ...rest, today: rest.expires < today }),
    })),
  ];
  return {
    overrides,
    card: completenessOf(card),
    digests: files.flatMap(({ path, text }) =>
      text === undefined ? [] : [{ path, sha256: digestBytes(text) }],
    ),
  };
}

/** The text of a file that need not be there. */
export async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readText(file);
  } catch (error) {
    if (error instanceof ConfigurationError && hasCode(error.cause, 'ENOENT')) return undefined;
    throw error;
  }
}
