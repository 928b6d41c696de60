// What becomes of a stranger's comment: one of three commands, a refusal with the list of them, or nothing.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CHAT_HELP, readCommand } from '#lib/flows/chat/command.ts';

it.each([
  ['/mainline retry', { verb: 'retry' }],
  ['  /mainline   retry  \r\nplease', { verb: 'retry' }],
  ['/mainline explain rmse atMost 2.4', { verb: 'explain', gate: 'rmse atMost 2.4' }],
  ['/mainline explain `rmse`', { verb: 'explain', gate: 'rmse' }],
  ['/mainline compare 1.2.0.1', { verb: 'compare', revision: '1.2.0.1' }],
  ['/mainline compare parcels@v1.2.0+1', { verb: 'compare', revision: 'parcels@v1.2.0+1' }],
  ['/mainline compare "feature/new-fields"', { verb: 'compare', revision: 'feature/new-fields' }],
])('%j is understood', (body, command) => {
  expect(readCommand(body)?.command).toEqual(command);
});

it.each([
  '',
  'looks good',
  'try /mainline retry',
  '> /mainline retry',
  '/mainlines retry',
  '`/mainline retry`',
])('%j is not meant for us', body => {
  expect(readCommand(body)).toBeUndefined();
});

it.each([
  ['/mainline', 'there is no command here'],
  ['/mainline rerty', 'did you mean "retry"?'],
  ['/mainline deploy', 'there is no command "deploy"'],
  ['/mainline retry now', 'retry takes nothing'],
  ['/mainline explain', 'explain needs the name'],
  ['/mainline compare', 'compare needs something'],
  ['/mainline compare --upload-pack=x', 'no revision'],
  ['/mainline compare main..work', 'no revision'],
  ['/mainline compare main work', 'no revision'],
  ['/mainline compare HEAD@{1}', 'no revision'],
  ['/mainline compare main:data/secret', 'no revision'],
  ['/mainline compare $(id)', 'no revision'],
])('%j is refused, with what there is', (body, message) => {
  expect(() => readCommand(body)).toThrow(message);
  expect(() => readCommand(body)).toThrow(expect.objectContaining({ remedy: CHAT_HELP }));
});

it('whatever is compared with is a plain word for git', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      let asked: ReturnType<typeof readCommand>;
      try {
        asked = readCommand(`/mainline compare ${text}`);
      } catch {
        return;
      }
      const command = asked?.command;
      if (command?.verb !== 'compare') throw new Error(`${text} became ${JSON.stringify(command)}`);
      expect(command.revision).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_./@+-]*$/u);
      expect(command.revision).not.toContain('..');
    }),
  );
});
