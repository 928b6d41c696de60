// The keys of dvc.yaml, as DVC 3 accepts them; checked before templates are filled in, and a stage once more after.
import type { Shape } from '#lib/dvc/pipeline/shape.ts';

const TEXT: Shape = { text: true };
const FLAG: Shape = { flag: true };
const ANYTHING: Shape = { anything: true };
const TEXTS: Shape = { list: { of: TEXT } };

const ANNOTATION = { desc: TEXT, type: TEXT, labels: TEXTS, meta: ANYTHING };
const OUTPUT = { ...ANNOTATION, cache: FLAG, persist: FLAG, checkpoint: FLAG, remote: TEXT, push: FLAG };
const PLOT = {
  of: {
    ...OUTPUT,
    template: TEXT,
    x: TEXT,
    y: TEXT,
    x_label: TEXT,
    y_label: TEXT,
    title: TEXT,
    header: FLAG,
  },
};
const VARS: Shape = { list: { of: { text: true, map: { of: ANYTHING } } } };
const OUTPUTS: Shape = { list: { of: { text: true, map: { of: { keys: { of: OUTPUT } } } } } };
const PARAMS: Shape = { list: { of: { text: true, map: { of: { nothing: true, list: { of: TEXT } } } } } };
const PLOTS: Shape = {
  list: { of: { text: true, map: { of: { keys: PLOT, list: { of: { keys: PLOT } } } } } },
};

const STAGE_KEYS = {
  cmd: { text: true, list: { of: TEXT, least: 1 } },
  wdir: TEXT,
  deps: TEXTS,
  params: PARAMS,
  vars: VARS,
  outs: OUTPUTS,
  metrics: OUTPUTS,
  plots: PLOTS,
  frozen: FLAG,
  always_changed: FLAG,
  desc: TEXT,
  meta: ANYTHING,
} satisfies Record<string, Shape>;

/** A stage as it stands after templates are filled in. */
export const STAGE: Shape = { keys: { of: STAGE_KEYS, required: ['cmd'] } };

/** A stage as written: by itself, or as the template of several. */
const WRITTEN_STAGE: Shape = {
  keys: {
    of: { ...STAGE_KEYS, matrix: { map: { of: { text: true, list: { of: ANYTHING } } } } },
    required: ['cmd'],
    instead: {
      of: { foreach: { text: true, list: { of: ANYTHING }, map: { of: ANYTHING } }, do: STAGE },
      required: ['foreach', 'do'],
    },
  },
};

const TOP_PLOT: Shape = {
  nothing: true,
  keys: {
    of: {
      x: { text: true, map: { of: TEXT } },
      y: { text: true, list: { of: TEXT }, map: { of: { text: true, list: { of: TEXT } } } },
      x_label: TEXT,
      y_label: TEXT,
      title: TEXT,
      template: TEXT,
    },
  },
};

/** The whole file as written. */
export const DVC_YAML: Shape = {
  keys: {
    of: {
      stages: { map: { of: WRITTEN_STAGE } },
      vars: VARS,
      params: TEXTS,
      metrics: TEXTS,
      plots: { list: { of: { text: true, map: { of: TOP_PLOT } } } },
      artifacts: { map: { of: { keys: { of: { path: TEXT, ...ANNOTATION }, required: ['path'] } } } },
      datasets: ANYTHING,
    },
  },
};
