// MD5s of many files as bytes: texts of a hundred thousand of them take longer to make than most folders to look through.

export const MD5_BYTES = 16;

/** 16 bytes a row; zeros where the MD5 is not known, which no file is known to have. */
export type Md5Rows = Buffer;

/** Nothing is known. */
export function createMd5Rows(rows: number): Md5Rows {
  return Buffer.alloc(rows * MD5_BYTES);
}

/** As 32 hex digits; empty where it is not known. */
export function readRow(md5s: Md5Rows, row: number): string {
  return isRowKnown(md5s, row) ? md5s.toString('hex', row * MD5_BYTES, (row + 1) * MD5_BYTES) : '';
}

/** @param md5 empty for what is not known */
export function writeRow(md5s: Md5Rows, row: number, md5: string): void {
  if (md5 === '') md5s.fill(0, row * MD5_BYTES, (row + 1) * MD5_BYTES);
  else md5s.write(md5, row * MD5_BYTES, MD5_BYTES, 'hex');
}

export function isRowKnown(md5s: Md5Rows, row: number): boolean {
  const end = (row + 1) * MD5_BYTES;
  for (let at = row * MD5_BYTES; at < end; at++) if (md5s[at] !== 0) return true;
  return false;
}

/** How many are not known. */
export function countUnknown(md5s: Md5Rows): number {
  let count = 0;
  for (let row = 0; row < md5s.length / MD5_BYTES; row++) if (!isRowKnown(md5s, row)) count += 1;
  return count;
}
