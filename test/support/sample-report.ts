// A report with every block and every chart, as a proposal's would read: for golden files and for `npm run preview`.
import type { Block } from '#lib/reports/blocks.ts';
import type { Chart } from '#lib/reports/charts/chart.ts';

const algorithms: Chart = {
  kind: 'intervals',
  axis: { label: 'RMSE', unit: 'min', decimals: 2 },
  confidence: 95,
  rows: [
    { label: 'linear', value: 2.41, interval: [2.33, 2.49] },
    { label: 'random-forest', value: 2.14, interval: [2.07, 2.21] },
    { label: 'gradient-boosting', value: 2.06, interval: [2.01, 2.12], emphasis: true },
    { label: 'trivial (mean)', value: 3.02, interval: [2.92, 3.12] },
  ],
  reference: { label: 'champion 1.2.0.1', value: 2.19 },
};

const importance: Chart = {
  kind: 'bars',
  axis: { label: 'RMSE lost when shuffled', unit: 'min', decimals: 2 },
  rows: [
    { label: 'distance', value: 1.31, interval: [1.24, 1.38] },
    { label: 'hour of day', value: 0.42, interval: [0.38, 0.47] },
    { label: 'items in the order', value: 0.18, interval: [0.14, 0.22] },
    { label: 'day', value: -0.02, interval: [-0.05, 0.01] },
  ],
};

const predicted: Chart = {
  kind: 'scatter-binned',
  x: { label: 'predicted', unit: 'min', decimals: 1 },
  y: { label: 'actual', unit: 'min', decimals: 1 },
  bins: [
    { x: 17.2, y: 17.9, count: 121, interval: [17.4, 18.4] },
    { x: 20.1, y: 20.2, count: 402, interval: [20.0, 20.4] },
    { x: 23.0, y: 22.9, count: 611, interval: [22.7, 23.1] },
    { x: 26.1, y: 26.0, count: 503, interval: [25.8, 26.2] },
    { x: 29.2, y: 29.6, count: 268, interval: [29.2, 30.0] },
    { x: 32.4, y: 33.9, count: 97, interval: [33.0, 34.8] },
  ],
};

const roc: Chart = {
  kind: 'line',
  x: { label: 'false positive rate', decimals: 2, range: [0, 1] },
  y: { label: 'true positive rate', decimals: 2, range: [0, 1] },
  diagonal: 'guessing',
  series: [
    {
      label: 'gradient-boosting, AUC 0.91',
      points: [
        [0, 0],
        [0.02, 0.35],
        [0.05, 0.58],
        [0.1, 0.75],
        [0.2, 0.88],
        [0.4, 0.96],
        [0.7, 0.99],
        [1, 1],
      ],
    },
    {
      label: 'linear, AUC 0.84',
      points: [
        [0, 0],
        [0.05, 0.37],
        [0.1, 0.55],
        [0.2, 0.74],
        [0.4, 0.89],
        [0.7, 0.97],
        [1, 1],
      ],
    },
  ],
};

/** Every kind of block and chart once at least. */
export const sampleReport: readonly Block[] = [
  { kind: 'heading', level: 1, text: 'delivery-time: ready for review' },
  {
    kind: 'notice',
    notice: 'pass',
    text: [
      { text: 'Better than the champion. ', strong: true },
      { text: 'RMSE 2.06 min instead of 2.19, and the interval of the difference excludes zero.' },
    ],
  },
  { kind: 'notice', notice: 'warning', text: 'Orders on Sunday: only 31 test rows, too few to tell.' },
  { kind: 'notice', notice: 'fail', text: 'Gate model_size_mb: 61.2 MB, at most 50 allowed.' },
  { kind: 'notice', notice: 'info', text: 'The test rows are those of main, not of this proposal.' },
  {
    kind: 'paragraph',
    text: [
      { text: 'Three algorithms were compared by cross-validation inside the training rows; ' },
      { text: 'gradient-boosting', code: true },
      { text: ' was selected and alone touched the 2 002 test rows. ' },
      { text: 'Evidence sha256:4c1f9a.', muted: true },
    ],
  },
  { kind: 'heading', level: 2, text: 'Gates' },
  {
    kind: 'table',
    columns: [
      { header: 'Gate' },
      { header: 'Required' },
      { header: 'Measured', align: 'right' },
      { header: 'Outcome', align: 'center' },
    ],
    rows: [
      {
        cells: [
          'rmse against the champion',
          'not worse by more than 2 %',
          '−5.9 %',
          [{ text: 'pass', tone: 'pass' }],
        ],
        emphasis: true,
      },
      { cells: ['rmse', 'at most 2.40 min', '2.06 min', [{ text: 'pass', tone: 'pass' }]] },
      {
        cells: [
          [{ text: 'model_size_mb', code: true }],
          'at most 50 MB',
          '61.2 MB',
          [{ text: 'fail', tone: 'fail' }],
        ],
      },
      {
        cells: [
          'rmse on Sunday',
          'at least 100 rows',
          [{ text: '31 ' }, { text: 'rows', muted: true }],
          [{ text: "can't tell", tone: 'warning' }],
        ],
      },
    ],
  },
  { kind: 'heading', level: 2, text: 'Algorithms' },
  { kind: 'figure', alt: 'Test error of each algorithm beside the champion', chart: algorithms },
  { kind: 'heading', level: 3, text: 'Where it errs' },
  { kind: 'figure', alt: 'Long deliveries take longer than predicted', chart: predicted },
  { kind: 'figure', alt: 'Distance matters most', chart: importance },
  { kind: 'figure', alt: 'Both models separate late orders far better than guessing', chart: roc },
  { kind: 'heading', level: 2, text: 'What to do next' },
  {
    kind: 'list',
    ordered: true,
    items: [
      'Make the model smaller: fewer trees or a lower depth.',
      [{ text: 'Run ' }, { text: 'npm start', code: true }],
    ],
  },
  { kind: 'list', items: ['Nothing else changed.', 'The contract of the data is the same.'] },
  {
    kind: 'details',
    summary: [{ text: 'Parameters of ' }, { text: 'gradient-boosting', code: true }],
    blocks: [{ kind: 'code', language: 'yaml', text: 'trees: 300\ndepth: 6\nlearningRate: 0.1\n' }],
  },
];
