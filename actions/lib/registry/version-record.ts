// kind ModelVersion: what a released version is, written once by release on the state branch and never edited.

import { z } from 'zod';
import { parseDocumentText } from '#lib/documents/document.ts';
import { formatYaml } from '#lib/documents/edit.ts';
import { checkDocument } from '#lib/documents/read.ts';
import { outcomeSchema } from '#lib/gates/gate.ts';
import { nameSchema, taskSchema } from '#lib/registry/model.ts';
import { versionSchema } from '#lib/registry/version.ts';

const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/u, 'write sha256: and 64 hex digits');

const valueSchema = z.strictObject({
  name: z.string(),
  type: z.string(),
  /** With the batch dimension, -1 where free. */
  shape: z.array(z.number()).readonly(),
});

export const interfaceSchema = z.strictObject({
  inputs: z.array(valueSchema).readonly(),
  outputs: z.array(valueSchema).readonly(),
});

/** What the version was made of; each digest stands for a list of files or values. */
export const lineageSchema = z.strictObject({
  /** Of the code the stages declare as dependencies, path by path. */
  code: digestSchema,
  /** Of the stages' commands and parameters. */
  params: digestSchema,
  /** Of the names of the features, in order. */
  features: digestSchema,
  data: z
    .array(
      z.strictObject({
        path: z.string(),
        digest: digestSchema,
        contract: z.string().nullable(),
        contractVersion: z.string().nullable(),
        rows: z.number(),
      }),
    )
    .readonly(),
});

export const versionRecordSchema = z.strictObject({
  apiVersion: z.literal('mainline.dev/v1alpha1'),
  kind: z.literal('ModelVersion'),
  metadata: z.strictObject({
    model: nameSchema,
    version: versionSchema,
    /** The newest version before this one. */
    previous: versionSchema.nullable(),
  }),
  spec: z.strictObject({
    /** When the released commit was made, not when release ran. */
    created: z.string(),
    source: z.strictObject({ commit: z.string() }),
    /** Why this part of the number was raised. */
    because: z.string(),
    artifact: z.strictObject({
      md5: z.string(),
      sha256: digestSchema,
      bytes: z.int().positive(),
      format: z.literal('onnx'),
    }),
    task: taskSchema,
    positive: z.string().optional(),
    classes: z.array(z.string()).optional(),
    threshold: z.number(),
    features: z.array(z.string()).optional(),
    interface: interfaceSchema,
    method: z.strictObject({ algorithm: z.string(), parameters: z.record(z.string(), z.unknown()) }),
    lineage: lineageSchema,
    environment: z.strictObject({ node: z.string(), onnxruntime: z.string() }),
    evaluation: z.strictObject({
      evidence: digestSchema,
      primary: z.strictObject({
        metric: z.string(),
        unit: z.string(),
        value: z.number().nullable(),
        ci95: z.tuple([z.number(), z.number()]).nullable(),
        n: z.number(),
      }),
      against: z.strictObject({ champion: versionSchema, verdict: z.string() }).nullable(),
    }),
    verdict: z.strictObject({
      slo_compliant: z.boolean(),
      gates: z.array(z.strictObject({ id: z.string(), outcome: outcomeSchema })).readonly(),
    }),
  }),
});

export type VersionRecord = Readonly<z.output<typeof versionRecordSchema>>;
export type Lineage = Readonly<z.output<typeof lineageSchema>>;

/** Where the record lies on the state branch. */
export function versionRecordPath(model: string, version: string): string {
  return `models/${model}/versions/${version}.yaml`;
}

/**
 * Reads a record.
 * @throws ConfigurationErrors with file, line and column.
 */
export function readVersionRecord(text: string, file: string): VersionRecord {
  return checkDocument(parseDocumentText(text, file), versionRecordSchema).value;
}

/** The text of a record; the same record gives the same bytes. */
export function formatVersionRecord(record: VersionRecord): string {
  return formatYaml(record);
}
