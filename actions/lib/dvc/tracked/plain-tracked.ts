// The short way of reading a .dvc file: exactly the lines that `add` writes for one output. Anything else, were it only a
// comment or a quote, is left to the general reader.
import { wordKind } from '#lib/dvc/values/yaml-types.ts';

const PLAIN =
  /^outs:\n- md5: ([0-9a-f]{32}(?:\.dir)?)\n {2}size: (\d{1,15})\n(?: {2}nfiles: (\d{1,15})\n)?(?: {2}(isexec): true\n)?(?: {2}(hash): md5\n)? {2}path: ([\w./][\w./ +=@-]*[\w./+=@-]|[\w.])\n$/;

/** The file's keys as the general reader would give them; undefined when it is not of this kind. */
export function readPlainTracked(text: string): Readonly<Record<string, unknown>> | undefined {
  const match = PLAIN.exec(text);
  if (!match) return undefined;
  const [, md5 = '', size, nfiles, isexec, hash, path = ''] = match;
  if (wordKind(md5) !== 'text' || wordKind(path) !== 'text' || /^(?:\.\.\.|---)/.test(path)) return undefined;
  return {
    outs: [
      {
        ...{ md5, size: Number(size), path },
        ...(nfiles !== undefined && { nfiles: Number(nfiles) }),
        ...(isexec !== undefined && { isexec: true }),
        ...(hash !== undefined && { hash: 'md5' }),
      },
    ],
  };
}
