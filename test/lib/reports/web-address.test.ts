import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { renderHtml } from '#lib/reports/html.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';
import { renderTerminal } from '#lib/reports/terminal.ts';
import { webAddress } from '#lib/reports/web-address.ts';

test.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'file:///etc/passwd',
  '//evil.example',
  '/path',
  'https://user:word@a.b/',
  `https://a.b/${'x'.repeat(2000)}`,
  `https://a.b/${'('.repeat(900)}`,
])('%s is no page to go to', address => {
  expect(webAddress(address)).toBeUndefined();
});

it('a page keeps its lines and queries, and loses every sign that means something around it', () => {
  expect(webAddress('https://a.b/x y.md?q=1&r=2#L3')).toBe('https://a.b/x%20y.md?q=1&r=2#L3');
  expect(webAddress('https://a.b/(x)[y]|`*')).toBe('https://a.b/%28x%29%5By%5D%7C%60%2A');
});

it('no address can end the place that it stands in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const address = webAddress(`https://a.b/${text}`);
      if (address !== undefined) expect(address).toMatch(/^https:\/\/[A-Za-z0-9\-._~:/?#@!&+,;=%]+$/u);
    }),
  );
});

it('each renderer links it in its own way, and shows the text where it cannot', () => {
  const text = [
    { text: 'see ' },
    { text: 'a]b', href: 'https://a.b/?c&d' },
    { text: 'x', href: 'javascript:1' },
  ];
  const blocks = [
    { kind: 'paragraph', text },
    { kind: 'details', summary: text, blocks: [] },
  ] as const;
  const markdown = renderMarkdown(blocks);
  expect(markdown).toContain('see [a\\]b](https://a.b/?c&amp;d)x\n');
  expect(markdown).toContain('<summary>see <a href="https://a.b/?c&amp;d">a]b</a>x</summary>');
  expect(renderHtml(blocks, { title: '', language: 'en' })).toContain(
    '<p>see <a href="https://a.b/?c&amp;d">a]b</a>x</p>',
  );
  expect(renderTerminal(blocks, { width: 80, color: false })).toContain('see a]bx');
});
