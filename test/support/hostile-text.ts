// Text that tries to be more than text, and a report that puts it into every place a report has for text.
import type { Block } from '#lib/reports/blocks.ts';
import type { Chart } from '#lib/reports/charts/chart.ts';
import type { Inline } from '#lib/reports/inline.ts';

/** One attempt a line, each by the name of what it attempts. */
export const hostileTexts: Readonly<Record<string, string>> = {
  script: '<script>alert(1)</script>',
  image: '<img src=x onerror="alert(1)">',
  'attribute end': `" autofocus onfocus='alert(1)' x="`,
  'style end': '</style></title><svg onload=alert(1)>',
  'details end': '</details></summary></table><h1>approved</h1>',
  comment: '--> <b>out</b> <!-- in',
  entity: '&lt;b&gt; &#60;i&#62; &amp;lt; &copy',
  link: '[approve](https://evil.example) ![x](https://evil.example/x.png) [a][b]',
  'link definition': '[b]: https://evil.example "t"',
  'bare address':
    'https://evil.example www.evil.example mailto:a@evil.example a@evil.example ftp://evil.example',
  'bracketed address': '<https://evil.example> <a@evil.example>',
  mention: '@acme/owners and (@octocat), cc:@octocat',
  reference: '#1 GH-2 acme/shop#3 acme/shop@0123456789 fixes #4',
  emoji: ':shipit: :+1: a:b:c',
  emphasis: '*a* **b** _c_ __d__ ~e~ ~~f~~ snake_case_name *',
  code: '`a` ``b`` `` ` `` ```',
  fence: '```\n</code></pre><b>out</b>\n~~~\n````',
  table: '| a | b |\n| --- | --- |\n| c \\| d |',
  heading: '# approved\n## approved\napproved\n===\n---',
  list: '- [x] done\n* a\n+ b\n1. c\n2) d',
  quote: '> quoted\n>> twice\n> [!NOTE]\n> seen',
  break: 'one\\\ntwo  \nthree\r\nfour\u2028five',
  indented: '    code\n\tcode',
  footnote: '[^1] and [^1]: note',
  math: '$a$ $$b$$ $`c`$',
  backslash: '\\<b> \\\\<b> \\` \\| \\',
  'escape codes':
    '\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007here\u001b]8;;\u0007 \u009b2J \u001bc',
  carriage: 'failed\rpassed \b\b\b\u007f \u0000',
  bidirectional: 'safe \u202egnp.exe \u2066inner\u2069 \u200f \u061c',
  invisible: 'a\u200bb\u00adc\u2060d\ufeffe \u{e0061}\u{e007f} \u3164',
  'half a character': 'a\ud83d b \udc4d c',
  wide: '表の数 한국어 👍🏽 e\u0301',
  mermaid: '%%{init: {"securityLevel": "loose"}}%%\ngraph TD; A-->B; click A "javascript:alert(1)"',
  prototype: '__proto__ constructor toString',
  empty: '',
};

function charts(text: string): readonly Chart[] {
  const axis = { label: text, unit: text, decimals: 1 };
  return [
    {
      kind: 'intervals',
      axis,
      confidence: 95,
      rows: [
        { label: text, value: 1, interval: [0, 2] },
        { label: text, value: 2, interval: [1, 3], emphasis: true },
      ],
      reference: { label: text, value: 1.5 },
    },
    { kind: 'bars', axis, rows: [{ label: text, value: 3 }] },
    { kind: 'scatter-binned', x: axis, y: axis, bins: [{ x: 1, y: 2, count: 3, interval: [1, 3] }] },
    {
      kind: 'line',
      x: axis,
      y: axis,
      series: [
        {
          label: text,
          points: [
            [0, 0],
            [1, 1],
          ],
        },
      ],
      diagonal: text,
    },
  ];
}

/** Every block, inline look and chart with the same text wherever text can be. */
export function everyPlace(text: string): readonly Block[] {
  const looks: Inline = [
    { text },
    { text, strong: true },
    { text, code: true },
    { text, muted: true },
    { text, strong: true, code: true },
    { text, tone: 'pass' },
    { text, tone: 'fail', code: true },
    { text, tone: 'warning', strong: true },
  ];
  return [
    ...([1, 2, 3] as const).map(level => ({ kind: 'heading', level, text }) as const),
    { kind: 'paragraph', text },
    { kind: 'paragraph', text: looks },
    { kind: 'list', items: [text, looks] },
    { kind: 'list', ordered: true, items: [text, looks] },
    {
      kind: 'table',
      columns: [{ header: text }, { header: looks, align: 'right' }, { header: text, align: 'center' }],
      rows: [{ cells: [text, looks, text], emphasis: true }, { cells: [looks, text] }],
    },
    ...(['pass', 'fail', 'warning', 'info'] as const).map(
      notice => ({ kind: 'notice', notice, text }) as const,
    ),
    { kind: 'notice', notice: 'pass', text: looks },
    { kind: 'code', text, language: text },
    {
      kind: 'details',
      summary: looks,
      blocks: [
        { kind: 'paragraph', text },
        { kind: 'code', text },
      ],
    },
    ...charts(text).map(chart => ({ kind: 'figure', alt: text, chart }) as const),
  ];
}

/** The places whose Markdown differs, once each: short enough for a golden file that people review. */
export function fewPlaces(name: string, text: string): readonly Block[] {
  return [
    { kind: 'heading', level: 2, text: name },
    { kind: 'paragraph', text },
    { kind: 'list', items: [[{ text, strong: true }, { text: ' and ' }, { text, code: true }]] },
    { kind: 'table', columns: [{ header: text }], rows: [{ cells: [text] }] },
    { kind: 'details', summary: text, blocks: [{ kind: 'code', text, language: text }] },
  ];
}
