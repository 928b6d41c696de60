// The envelope of an inference request. Its tensors' data is only known to be arrays here: what they must hold depends on
// the model (tensors.ts), which is chosen after this.
import { z } from 'zod';
import { datatypes } from '#lib/serving/datatypes.ts';
import { Refusal } from '#lib/serving/refusal.ts';

const MAX_TENSORS = 4096;
const MAX_TEXT = 1024;

const parametersSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional();

const inputSchema = z.object({
  name: z.string().min(1).max(MAX_TEXT),
  datatype: z.enum(datatypes as [string, ...string[]]),
  shape: z.array(z.int().min(0)).min(1).max(2),
  parameters: parametersSchema,
  // Only an array here: a schema for each number would cost more than the model.
  data: z.custom<readonly unknown[]>(Array.isArray, 'is no array'),
});

const requestSchema = z.object({
  id: z.string().max(MAX_TEXT).optional(),
  parameters: parametersSchema,
  inputs: z.array(inputSchema).min(1).max(MAX_TENSORS),
  outputs: z
    .array(z.object({ name: z.string().max(MAX_TEXT), parameters: parametersSchema }))
    .max(MAX_TENSORS)
    .optional(),
});

export type InferRequest = Readonly<z.output<typeof requestSchema>>;
export type InferInput = InferRequest['inputs'][number];

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads the body of an inference request.
 * @throws Refusal 400 saying what is wrong and where.
 */
export function readInferRequest(body: Uint8Array): InferRequest {
  const found = requestSchema.safeParse(parseJson(body));
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw new Refusal(400, `${place(issue?.path ?? [])}${issue?.message ?? 'is not an inference request'}`);
}

function place(path: readonly PropertyKey[]): string {
  const name = path.map(key => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return name === '' ? '' : `${name.replace(/^\./u, '').slice(0, 80)}: `;
}

function parseJson(body: Uint8Array): unknown {
  if (body.length === 0)
    throw new Refusal(400, 'The body is empty, a JSON object with "inputs" was expected');
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    throw new Refusal(400, 'The body is not UTF-8 text');
  }
  try {
    return JSON.parse(text);
  } catch {
    const hint = /\b(?:NaN|Infinity)\b/u.test(text) ? '; NaN is not JSON, a missing number is null' : '';
    throw new Refusal(400, `The body is not valid JSON${hint}`);
  }
}
