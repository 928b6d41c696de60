// The bytes of a folder's object where no name needs any care, straight from columns: for a hundred thousand files this
// takes a third of the time that texts take.
import { isRowKnown, MD5_BYTES, type Md5Rows } from '#lib/dvc/objects/md5-rows.ts';

/** What stands in JSON as it is, and sorts by bytes; NUL divides the names. */
const PLAIN_NAMES = /^[ !#-[\]-~\0]*$/;

const BEFORE_MD5 = Buffer.from('{"md5": "');
const BEFORE_PATH = Buffer.from('", "relpath": "');
const BEHIND_PATH = Buffer.from('"}, ');
const HEX_DIGITS = Buffer.from('0123456789abcdef');
const NUL = 0;
const OPEN = 0x5b;

/**
 * The same bytes as those of `formatListing`; undefined where names are not plain or not in order, or an MD5 is not known.
 * @param names relative paths, joined by NUL
 */
export function formatPlainListing(names: string, md5s: Md5Rows): Uint8Array | undefined {
  const rows = md5s.length / MD5_BYTES;
  if (rows === 0 || !PLAIN_NAMES.test(names)) return undefined;
  const paths = Buffer.from(names, 'latin1');
  const around = BEFORE_MD5.length + 2 * MD5_BYTES + BEFORE_PATH.length + BEHIND_PATH.length;
  // Each path has a NUL behind it, but for the last; the last row has no comma, but there are brackets.
  const bytes = Buffer.allocUnsafeSlow(rows * around + paths.length - (rows - 1));
  let at = 0;
  const write = (text: Uint8Array): void => {
    for (let index = 0; index < text.length; index++) bytes[at++] = text[index] ?? 0;
  };
  bytes[at++] = OPEN;
  let start = 0;
  let before = 0;
  for (let row = 0; row < rows; row++) {
    if (!isRowKnown(md5s, row)) return undefined;
    write(BEFORE_MD5);
    for (let index = row * MD5_BYTES; index < (row + 1) * MD5_BYTES; index++) {
      const byte = md5s[index] ?? 0;
      bytes[at++] = HEX_DIGITS[byte >> 4] ?? 0;
      bytes[at++] = HEX_DIGITS[byte & 15] ?? 0;
    }
    write(BEFORE_PATH);
    let end = start;
    while (end < paths.length && paths[end] !== NUL) bytes[at++] = paths[end++] ?? 0;
    if (row > 0 && !isInOrder(paths, before, start)) return undefined;
    if (row < rows - 1) write(BEHIND_PATH);
    before = start;
    start = end + 1;
  }
  bytes.write('"}]', at, 'latin1');
  return bytes;
}

/** Whether the path that begins at one place comes before the one at the next; a NUL ends it, and is less than any sign. */
function isInOrder(paths: Uint8Array, first: number, second: number): boolean {
  for (let index = 0; ; index++) {
    const a = paths[first + index] ?? NUL;
    const b = paths[second + index] ?? NUL;
    if (a !== b) return a < b;
    if (a === NUL) return false;
  }
}
