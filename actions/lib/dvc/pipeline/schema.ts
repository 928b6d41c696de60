// The keys of dvc.yaml, as DVC 3 accepts them. What needs templating is refused by name before this schema is asked.
import { z } from 'zod';

const FLAGS = {
  cache: z.boolean().optional(),
  persist: z.boolean().optional(),
  checkpoint: z.boolean().optional(),
  desc: z.string().optional(),
  type: z.string().optional(),
  labels: z.array(z.string()).optional(),
  meta: z.unknown().optional(),
  remote: z.string().optional(),
  push: z.boolean().optional(),
};

const PLOT_FLAGS = {
  ...FLAGS,
  template: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
  x_label: z.string().optional(),
  y_label: z.string().optional(),
  title: z.string().optional(),
  header: z.boolean().optional(),
};

const OUTPUT = z.union([z.string().min(1), z.record(z.string().min(1), z.strictObject(FLAGS))]);
const PLOT = z.union([
  z.string().min(1),
  z.record(z.string().min(1), z.union([z.strictObject(PLOT_FLAGS), z.array(z.strictObject(PLOT_FLAGS))])),
]);
const PARAMS = z.union([
  z.string().min(1),
  z.record(z.string().min(1), z.array(z.string().min(1)).nullable()),
]);

const STAGE = z.strictObject({
  cmd: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  wdir: z.string().min(1).optional(),
  deps: z.array(z.string().min(1)).default([]),
  params: z.array(PARAMS).default([]),
  outs: z.array(OUTPUT).default([]),
  metrics: z.array(OUTPUT).default([]),
  plots: z.array(PLOT).default([]),
  frozen: z.boolean().default(false),
  always_changed: z.boolean().default(false),
  desc: z.string().optional(),
  meta: z.unknown().optional(),
});

const ARTIFACT = z.strictObject({
  path: z.string().min(1),
  desc: z.string().optional(),
  type: z.string().optional(),
  labels: z.array(z.string()).optional(),
  meta: z.unknown().optional(),
});

const TOP_PLOT = z.union([z.string().min(1), z.record(z.string().min(1), z.unknown())]);

export const DVC_YAML = z.strictObject({
  stages: z.record(z.string(), STAGE).default({}),
  params: z.array(z.string().min(1)).default([]),
  metrics: z.array(z.string().min(1)).default([]),
  plots: z.array(TOP_PLOT).default([]),
  artifacts: z.record(z.string(), ARTIFACT).default({}),
});

export type DvcYaml = z.output<typeof DVC_YAML>;
export type StageYaml = z.output<typeof STAGE>;
export type OutputYaml = z.output<typeof OUTPUT> | z.output<typeof PLOT>;
