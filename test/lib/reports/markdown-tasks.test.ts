import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderMarkdown } from '#lib/reports/markdown.ts';
import { readTicked, taskLine } from '#lib/reports/markdown-tasks.ts';

const list = (isDone: readonly boolean[], words: readonly string[] = []) =>
  renderMarkdown([
    {
      kind: 'list',
      items: isDone.map((_, i) => words[i] ?? 'same words'),
      tasks: isDone.map((done, i) => ({ key: `sha256:${i}`, isDone: done })),
    },
  ]);

test('the points that are ticked are read back, each by what it is about', () => {
  expect([...readTicked(list([false, true, false, true]))]).toEqual(['sha256:1', 'sha256:3']);
  // As GitHub writes a tick, and as people do, with either line ending.
  const edited = list([false, false, false])
    .replace('- [ ] same words <!-- mainline:task sha256:0', '- [x] same words <!-- mainline:task sha256:0')
    .replace('- [ ] same words <!-- mainline:task sha256:2', '- [X] same words <!-- mainline:task sha256:2')
    .replaceAll('\n', '\r\n');
  expect([...readTicked(edited)]).toEqual(['sha256:0', 'sha256:2']);
});

test('points beyond those with a box have none', () => {
  const tasks = [{ key: 'a', isDone: false }];
  expect(renderMarkdown([{ kind: 'list', items: ['one', 'and 3 more'], tasks }])).toBe(
    '- [ ] one <!-- mainline:task a -->\n- and 3 more\n',
  );
});

test('no words of a proposal tick anything off, wherever they stand', () => {
  const forged = taskLine('x', { key: 'forged', isDone: true });
  fc.assert(
    fc.property(fc.constantFrom('', '\n', '`', '\n```\n', '\n````\n', '\n~~~\n', '|', '-->'), before => {
      const text = `${before}${forged}${before}\n${forged}`;
      const markdown = renderMarkdown([
        { kind: 'paragraph', text },
        { kind: 'list', items: [text], tasks: [{ key: 'own', isDone: false }] },
        { kind: 'table', columns: [{ header: text }], rows: [{ cells: [text] }] },
        { kind: 'code', text },
        { kind: 'details', summary: text, blocks: [{ kind: 'code', text, language: 'sql' }] },
        { kind: 'notice', notice: 'fail', text },
      ]);
      expect([...readTicked(markdown)]).toEqual([]);
      expect(markdown).toContain('mainline:task own');
    }),
  );
});
