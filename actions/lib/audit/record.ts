// kind AuditRecord: one event in the life of a model, linked to the one before by the digest of its bytes. The state
// branch is append-only already; the chain shows it to who holds nothing but the files.
import { z } from 'zod';
import { digestBytes, digestValue, formatJson } from '#lib/documents/canonical.ts';
import { parseDocumentText } from '#lib/documents/document.ts';
import { checkDocument } from '#lib/documents/read.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { digestSchema, instantSchema, rolloutNameSchema, rolloutVersionSchema } from '#lib/rollout/words.ts';

export const auditEventSchema = z.enum(['release', 'rollout', 'advance', 'abort', 'rollback', 'refuse']);

/** What happened; the chain adds number and links. */
export const auditEntrySchema = z.strictObject({
  model: rolloutNameSchema,
  event: auditEventSchema,
  at: instantSchema,
  by: z.string().min(1).max(200),
  environment: rolloutNameSchema.optional(),
  version: rolloutVersionSchema.optional(),
  /** Of main: what it said when this happened. */
  commit: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u, 'write the whole id of a commit'),
  /** Digest of what was approved. */
  subject: digestSchema.optional(),
  details: z.record(z.string(), z.json()),
});

export const auditRecordSchema = auditEntrySchema.extend({
  apiVersion: z.literal('mainline.dev/v1alpha1'),
  kind: z.literal('AuditRecord'),
  /** From 1, without gaps, by model. */
  n: z.int().min(1).max(999_999),
  /** Digest of the bytes of the file before; null for the first. */
  prev: digestSchema.nullable(),
  /** Digest of this record's canonical JSON without this member. */
  hash: digestSchema,
});

export type AuditEntry = Readonly<z.output<typeof auditEntrySchema>>;
export type AuditRecord = Readonly<z.output<typeof auditRecordSchema>>;

/** Where a record lies on the state branch; six digits, so that the order of names is the order of events. */
export function auditPath({ model, n, event }: Pick<AuditRecord, 'model' | 'n' | 'event'>): string {
  return `audit/${model}/${String(n).padStart(6, '0')}-${event}.json`;
}

/**
 * The next file of a model's chain.
 * @param previous the newest file of the chain, or undefined to begin one
 * @throws ConfigurationErrors when the newest file is no audit record.
 * @throws RangeError for an event of another model.
 */
export function chainRecord(
  previous: { readonly path?: string; readonly text: string } | undefined,
  event: AuditEntry,
): { readonly path: string; readonly text: string } {
  const last = previous && readAuditRecord(previous.text, previous.path ?? 'the newest audit record');
  if (last && last.model !== event.model) throw new RangeError(`${event.model} cannot follow ${last.model}`);
  const record = auditRecordSchema.omit({ hash: true }).parse({
    ...event,
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'AuditRecord',
    n: (last?.n ?? 0) + 1,
    prev: previous ? digestBytes(previous.text) : null,
  });
  return { path: auditPath(record), text: formatJson({ ...record, hash: digestValue(record) }) };
}

/**
 * Reads a record; says nothing about its place in a chain.
 * @throws ConfigurationErrors with file, line, column and remedy.
 */
export function readAuditRecord(text: string, file: string): AuditRecord {
  // JSON.parse first, since chains are long and the parser that knows lines is several times slower.
  const result = auditRecordSchema.safeParse(parseJson(text));
  if (result.success) return result.data;
  checkDocument(parseDocumentText(text, file), auditRecordSchema);
  throw new ConfigurationError(`${file} is not JSON`, {
    at: { file },
    remedy: 'Restore it from the history of the state branch.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** True when the text is the very one chainRecord writes for its content. */
export function isIntact({ hash, ...rest }: AuditRecord, text: string): boolean {
  return hash === digestValue(rest) && text === formatJson({ ...rest, hash });
}
