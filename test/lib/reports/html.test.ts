import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block } from '#lib/reports/blocks.ts';
import { renderHtml } from '#lib/reports/html.ts';
import { dark, light, type Palette } from '#lib/reports/html-style.ts';
import { visibleLine } from '#lib/reports/visible.ts';
import { everyPlace, hostileTexts } from '../../support/hostile-text.ts';
import { readMarkup } from '../../support/markup.ts';
import { sampleReport } from '../../support/sample-report.ts';

const page = (blocks: readonly Block[], title = 'Report') => renderHtml(blocks, { title, language: 'en' });

/** The page without its style sheet, whose `>` no markup reader should meet. */
const body = (html: string) => html.replace(/<style>[^<]*<\/style>/u, '');

const read = (blocks: readonly Block[], title?: string) => readMarkup(body(page(blocks, title)));

const allowed = new Set(
  'html head meta title body main h1 h2 h3 p ul ol li div table thead tbody tr th td details summary figure figcaption svg line circle polygon polyline rect text span strong code pre'.split(
    ' ',
  ),
);
const attributesAllowed =
  /^(lang|charset|http-equiv|content|name|class|scope|role|aria-label|tabindex|viewBox|width|height|x|y|x1|x2|y1|y2|cx|cy|r|rx|points|text-anchor|transform)$/u;

test('the sample report is the page that was reviewed', async () => {
  await expect(page(sampleReport, 'Sample report')).toMatchFileSnapshot('../../fixtures/reports/sample.html');
});

test('the same blocks give the same bytes', () => {
  expect(page(structuredClone(sampleReport) as readonly Block[])).toBe(page(sampleReport));
});

describe('hostile text', () => {
  const harmless = read(everyPlace('x')).tags.map(tag => tag.name);

  test.each(Object.entries(hostileTexts))('%s stays text', (_, text) => {
    const { tags, texts } = read(everyPlace(text), text);
    // An empty header cell is no header, and empty text has no element; everything else has the same elements.
    if (text !== '') expect(tags.map(tag => tag.name)).toEqual(harmless);
    expect(tags.filter(tag => !allowed.has(tag.name))).toEqual([]);
    for (const tag of tags)
      expect(Object.keys(tag.attributes).filter(name => !attributesAllowed.test(name))).toEqual([]);
    expect(texts).toContain(visibleLine(text) || 'Numbers');
  });

  test('any text is shown as it is and changes no element', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), text => {
        const { tags, texts } = read([{ kind: 'paragraph', text }], text);
        const paragraph = tags.slice(tags.findIndex(tag => tag.name === 'main'));
        expect(paragraph.map(tag => tag.name)).toEqual(['main', 'p']);
        expect(texts.filter(shown => shown === visibleLine(text))).toHaveLength(2);
      }),
    );
  });
});

describe('the policy of the page', () => {
  const { tags } = read(sampleReport);
  const policy = tags.find(tag => tag.attributes['http-equiv'] === 'Content-Security-Policy');
  const directives = (policy?.attributes.content ?? '').split('; ');

  test('forbids everything but the style sheet in the page, by its digest', () => {
    const style = /<style>([^<]*)<\/style>/u.exec(page(sampleReport))?.[1] ?? '';
    const digest = createHash('sha256').update(style).digest('base64');
    expect(directives).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${digest}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  test('stands before anything that it could apply to', () => {
    const names = tags.map(tag => tag.name);
    expect(names.slice(0, 4)).toEqual(['html', 'head', 'meta', 'meta']);
    expect(tags[3]).toBe(policy);
  });

  test('is never needed: no script, no handler, no inline style, no address', () => {
    for (const { name, attributes } of tags) {
      expect(['script', 'link', 'iframe', 'img', 'a', 'base', 'form', 'object']).not.toContain(name);
      expect(Object.keys(attributes).filter(key => /^on|^style$|^href|^src/u.test(key))).toEqual([]);
    }
    expect(page(sampleReport)).not.toMatch(/url\(|@import|https?:/u);
  });
});

describe('a reader who cannot see the page', () => {
  const { tags } = read(sampleReport);

  test('finds one main part, its language, and every header cell with its direction', () => {
    expect(tags.filter(tag => tag.name === 'main')).toHaveLength(1);
    expect(tags[0]?.attributes.lang).toBe('en');
    const headers = tags.filter(tag => tag.name === 'th');
    expect(headers.filter(({ attributes }) => !/^(row|col)$/u.test(attributes.scope ?? ''))).toEqual([]);
  });

  test('hears what every drawing shows', () => {
    const drawings = tags.filter(tag => tag.name === 'svg');
    expect(drawings.length).toBeGreaterThan(0);
    for (const { attributes } of drawings) {
      expect(attributes.role).toBe('img');
      expect(attributes['aria-label']).toBeTruthy();
    }
  });

  test('hears a word for every sign', () => {
    const labels = tags
      .filter(tag => tag.attributes.class === 'sign')
      .map(tag => tag.attributes['aria-label']);
    expect(new Set(labels)).toEqual(new Set(['Passed:', 'Failed:', 'Warning:', 'Note:']));
  });
});

/** Relative luminance and contrast by WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio. */
function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map(i => {
    const part = Number.parseInt(color.slice(i, i + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

describe.each([
  ['light', light],
  ['dark', dark],
] as readonly (readonly [string, Palette])[])('%s colors', (_, palette) => {
  test.each([
    ['ink', 'page'],
    ['ink', 'raised'],
    ['quiet', 'page'],
    ['quiet', 'raised'],
    ['accent', 'page'],
    ['accent', 'raised'],
    ...(['pass', 'fail', 'warning'] as const).flatMap(tone => [
      [tone, 'page'] as const,
      [tone, 'raised'] as const,
      [tone, `${tone}-back`] as const,
      ['ink', `${tone}-back`] as const,
      ['quiet', `${tone}-back`] as const,
    ]),
  ] as const)('%s on %s can be read: 4.5 : 1', (text, back) => {
    expect(contrast(palette[text], palette[back])).toBeGreaterThanOrEqual(4.5);
  });

  test.each(['accent', 'curve-2', 'curve-3', 'curve-4'] as const)('%s lines stand out: 3 : 1', line => {
    expect(contrast(palette[line], palette.page)).toBeGreaterThanOrEqual(3);
  });
});

test('contrast is that of the standard: black on white is 21, #777 on white 4.48', () => {
  expect(contrast('#000000', '#ffffff')).toBe(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test('a row with more cells than columns is refused', () => {
  expect(() => page([{ kind: 'table', columns: [{ header: 'a' }], rows: [{ cells: ['1', '2'] }] }])).toThrow(
    RangeError,
  );
});
