// The runner's side of what an action says: commands in its output, pairs in its files; as actions/runner reads them.

export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** `::name key=value,key=value::message` after any blanks, or the older `##[name key=value;]message` anywhere. */
export function readCommand(line: string): readonly Command[] {
  const [, name = '', properties = '', message = ''] =
    /^\s*::([\w-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/u.exec(line) ??
    /##\[([\w-]+)(?: ([^\]]*))?\](.*)$/u.exec(line) ??
    [];
  if (name === '') return [];
  const pairs = properties.split(/[,;]/u).filter(Boolean);
  const read = pairs.map(pair => [
    pair.slice(0, pair.indexOf('=')),
    decode(pair.slice(pair.indexOf('=') + 1)),
  ]);
  return [{ name, properties: Object.fromEntries(read), message: decode(message) }];
}

function decode(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}

/** `name=value`, or `name<<END`, lines, `END`; whichever sign comes first in the line decides. */
export function readPairs(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n');
  const pairs: Record<string, string> = {};
  while (lines.length > 0) {
    const line = (lines.shift() ?? '').replace(/\r$/u, '');
    if (line === '') continue;
    const [equals, heredoc] = [line.indexOf('='), line.indexOf('<<')];
    if (equals < 0 && heredoc < 0) throw new Error(`Invalid format '${line}'`);
    if (heredoc < 0 || (equals >= 0 && equals < heredoc)) {
      pairs[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    const end = lines.findIndex(one => one.replace(/\r$/u, '') === line.slice(heredoc + 2));
    if (end < 0) throw new Error('Matching delimiter not found');
    pairs[line.slice(0, heredoc)] = lines
      .splice(0, end + 1)
      .slice(0, -1)
      .join('\n');
  }
  return pairs;
}
