import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block } from '#lib/reports/blocks.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';
import { htmlInline, markdownInline, markdownLine } from '#lib/reports/markdown-text.ts';
import { visibleLine } from '#lib/reports/visible.ts';
import { anyOf } from '../../support/characters.ts';
import { everyPlace, fewPlaces, hostileTexts } from '../../support/hostile-text.ts';
import { sampleReport } from '../../support/sample-report.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/reports');
const paragraph = (text: string) => renderMarkdown([{ kind: 'paragraph', text }]);

/** Pieces that mean something to Markdown, HTML or GitHub, in any order. */
const dangerous = fc
  .array(
    fc.constantFrom(
      ...'<>&"\'`~!@#$%^*()_-+=[]{}|\\:;,./ \n\t0a1Zé',
      ...['www.', 'WWW.', 'https://x.y', 'gh-1', '@a', '#1', '<b>', '<!--', '-->', '**', '__', '```', '~~'],
      ...['[^1]:', '](', ':a:', 'a@b.c', 'mailto:', '&lt;', '&#60;', '\\\n', '  \n', '1.', '---', '\u202e'],
    ),
    { maxLength: 16 },
  )
  .map(pieces => pieces.join(''));

test('the sample report is the Markdown that was reviewed', async () => {
  await expect(renderMarkdown(sampleReport)).toMatchFileSnapshot(join(fixtures, 'sample.md'));
});

test('the same blocks give the same bytes', () => {
  expect(renderMarkdown(structuredClone(sampleReport) as readonly Block[])).toBe(
    renderMarkdown(sampleReport),
  );
});

describe('hostile text, as the parser of GitHub reads it', () => {
  // hostile.cmark-gfm.html is the work of parse_markdown.py beside it; run that again when hostile.md changes.
  const parsed = readFileSync(join(fixtures, 'hostile.cmark-gfm.html'), 'utf8');

  test('is the Markdown that was parsed', async () => {
    const markdown = Object.entries(hostileTexts).map(([name, text]) =>
      renderMarkdown(fewPlaces(name, text)),
    );
    await expect(markdown.join('\n')).toMatchFileSnapshot(join(fixtures, 'hostile.md'));
  });

  test('becomes no element, link, image or attribute', () => {
    const ours =
      /^<(?:\/?(?:h2|p|ul|li|table|thead|tbody|tr|th|td|details|summary|strong|code|pre|span)|!-- --)>$/u;
    const found = parsed.match(/<[^>]*>/gu) ?? [];
    expect(found.length).toBeGreaterThan(1000);
    expect(found.filter(tag => !ours.test(tag))).toEqual([]);
  });

  test('opens one heading, paragraph, list, table and fold for each attempt', () => {
    const attempts = Object.keys(hostileTexts).length;
    for (const tag of ['<h2>', '<ul>', '<li>', '<table>', '<details>', '</details>', '<pre>'])
      expect(parsed.split(tag).length - 1, tag).toBe(attempts);
    // Empty text makes no paragraph.
    expect(parsed.split('<p>').length - 1).toBe(attempts - 1);
  });

  test('leaves no mention, reference or emoji in one piece outside code', () => {
    const outside = parsed.replace(/<(code|pre)>.*?<\/\1>/gsu, '').replaceAll(/&#?\w+;/gu, ' ');
    const pieces = outside.split(/<[^>]*>/u);
    expect(pieces.filter(piece => /@\w|#\d|\bgh-\d|:[\w+-]+:|www\.\w|\w:\/\/\w/iu.test(piece))).toEqual([]);
  });
});

/** Undoes the escapes; what is left of Markdown or HTML in between makes it throw. */
function readInline(markdown: string): string {
  const names: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  const token =
    /<!-- -->|<span>(\$)<\/span>|&(?:(amp|lt|gt|quot)|#(\d+));|\\([#*_[\]~!])|(@|#)(?=<!-- -->)|((?<=[A-Za-z0-9])_(?=[A-Za-z0-9]))|([^&<>"|\\`$@#*[\]~!_])/gsuy;
  let text = '';
  let at = 0;
  for (const found of markdown.matchAll(token)) {
    const [whole, dollar, name, code, escaped, split, under, plain] = found;
    at = found.index + whole.length;
    const entity = name ? names[name] : code ? String.fromCodePoint(Number(code)) : undefined;
    text += dollar ?? entity ?? escaped ?? split ?? under ?? plain ?? '';
  }
  if (at !== markdown.length) throw new Error(`live markup at ${markdown.slice(at)}`);
  return text;
}

describe('any text', () => {
  test('survives with every special character escaped', () => {
    fc.assert(
      fc.property(fc.oneof(dangerous, fc.string({ unit: 'binary' })), text => {
        expect(readInline(markdownInline(text))).toBe(visibleLine(text).trim());
      }),
      { numRuns: 2000 },
    );
  });

  test('starts no list, heading or rule', () => {
    fc.assert(
      fc.property(fc.oneof(dangerous, fc.string()), text => {
        expect(markdownLine(text)).not.toMatch(/^(?:[-+=*_>#~`]|\d+[.)]|\s)/u);
      }),
    );
  });

  test('is one line, wherever it stands', () => {
    fc.assert(
      fc.property(fc.oneof(dangerous, fc.string({ unit: 'binary' })), text => {
        for (const line of [markdownInline(text), htmlInline(text)])
          expect(line).not.toMatch(/[\n\r\u2028]/u);
      }),
    );
  });

  test('in a summary, which reads HTML only, becomes no element', () => {
    fc.assert(
      fc.property(dangerous, text => {
        const left = htmlInline([{ text, code: true }]).replaceAll(
          /<\/?code>|<!-- -->|<span>\$<\/span>/gu,
          '',
        );
        expect(left).not.toMatch(/[<>"`|$\\]|&(?!(?:amp|lt|gt|quot|#\d+);)/u);
      }),
    );
  });

  test('in a code block never closes its fence', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('`', '``', '```', '````', '\n', 'a')), parts => {
        const lines = renderMarkdown([{ kind: 'code', text: parts.join('') }])
          .trimEnd()
          .split('\n');
        const fence = lines[0] ?? '';
        expect(fence).toMatch(/^`{3,}$/u);
        expect(lines.findIndex((line, i) => i > 0 && line.trim().startsWith(fence))).toBe(lines.length - 1);
      }),
    );
  });
});

test.each([
  ['a table cell', 'a|b', 'a&#124;b'],
  ['a line break', 'a\nb', 'a b'],
  ['a mention', '@octocat', '@<!-- -->octocat'],
  ['a reference', '#12', '\\#<!-- -->12'],
  ['an address', 'https://a.b', 'https:<!-- -->//a.b'],
  ['an address without scheme', 'www.a.b', 'www<!-- -->.a.b'],
  ['an emoji', ':tada:', ':<!-- -->tada:'],
  ['a metric', 'latency_p95_ms', 'latency_p95_ms'],
  ['a direction override', 'a\u202eb', 'a‹U+202E›b'],
])('%s is written so that it shows as itself', (_, text, markdown) => {
  expect(paragraph(text)).toBe(`${markdown}\n`);
});

test('a language that GitHub would draw, or that is no word, is left out', () => {
  const fence = (language: string) => renderMarkdown([{ kind: 'code', text: 'a', language }]).split('\n')[0];
  expect(fence('yaml')).toBe('```yaml');
  expect(fence('mermaid')).toBe('```');
  expect(fence('yaml onload=x')).toBe('```');
});

test('no hostile text in any place makes the renderer fail or leaves a control character', () => {
  for (const text of Object.values(hostileTexts))
    expect(renderMarkdown(everyPlace(text))).not.toMatch(
      anyOf([0, 9], [0xb, 0x1f], [0x7f, 0x9f], [0x202a, 0x202e]),
    );
});
