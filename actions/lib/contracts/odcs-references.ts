// How one element of a contract names another: `table.column` for short, or `/schema/<id>/properties/<id>`.
import { z } from 'zod';
import { perEdition } from '#lib/contracts/odcs-edition.ts';

const WORD = '[A-Za-z_][A-Za-z0-9_]*';
const STEP = `${WORD}/[A-Za-z0-9_-]+`;

/** One reference, or a list of them for a key of several columns. */
export const references = perEdition(edition => {
  const short =
    edition > 1 ? String.raw`[A-Za-z_][A-Za-z0-9_\-]*(?:\.[A-Za-z_][A-Za-z0-9_\-]*)+` : `${WORD}\\.${WORD}`;
  const file = String.raw`(?:https?://)?[A-Za-z0-9._\-/]+\.${edition > 1 ? 'ya?ml' : 'yaml'}#`;
  const one = z
    .string()
    .regex(
      new RegExp(`^(?:${short}|(?:${file})?/?${STEP}(?:/${STEP})*)$`),
      'write table.column or /schema/<id>/properties/<id>',
    );
  return z.union([one, z.array(one).min(1)]);
});
