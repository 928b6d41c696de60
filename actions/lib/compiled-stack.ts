// The stack of a bug in the compiled command line, told in lines of the sources. Only a bug reads the source map: Node's own
// support for it would read it on every start.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join, resolve } from 'node:path';

/** A place in one of the compiled files: folder, name, line and column. */
const PLACE = /([^\s()]*)[\\/]([\w-]+)\.js:(\d+):(\d+)/gu;

/**
 * Replaces the places in compiled files by those in the sources, where there is a source map.
 * @param folder of the compiled files.
 */
export function toSourceLines(stack: string, folder: string = import.meta.dirname): string {
  const maps = new Map<string, SourceMap | undefined>();
  return stack.replaceAll(PLACE, (place, at: string, name: string, line: string, column: string) => {
    if (at.replace(/^file:\/\//u, '') !== folder) return place;
    if (!maps.has(name)) maps.set(name, readMapOf(name, folder));
    const origin = maps.get(name)?.findOrigin(Number(line), Number(column));
    if (!origin || !('fileName' in origin)) return place;
    return `${resolve(folder, origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}`;
  });
}

/** Most verbs have `start.js` under a name of their own. */
function readMapOf(name: string, folder: string): SourceMap | undefined {
  const own = readMap(join(folder, `${name}.js.map`));
  return own ?? (name.startsWith('verb-') ? readMap(join(folder, 'start.js.map')) : undefined);
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
