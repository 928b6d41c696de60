// Zstandard files of several frames, as parallel packers and `cat` make them. Node's decompressor drops whatever follows the
// end of a frame in the same piece, without a word, so pieces are cut where frames end.
// https://datatracker.ietf.org/doc/html/rfc8878#section-3.1.1

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;

/** What the next bytes are, and how many of them make it. */
const FIELDS = { magic: 4, descriptor: 1, block: 3, size: 4 } as const;

interface Walk {
  /** What is gathered next; `rest` for what is no frame, which the decompressor refuses. */
  readonly next: keyof typeof FIELDS | 'rest';
  /** Bytes before it that need no look. */
  readonly skip: number;
  readonly hasChecksum: boolean;
}

const START: Walk = { next: 'magic', skip: 0, hasChecksum: false };

/** The same bytes in pieces of which none goes beyond the end of a frame. */
export async function* cutAtFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let walk = START;
  let field: number[] = [];
  for await (const bytes of source) {
    let from = 0;
    for (let at = 0; at < bytes.length && walk.next !== 'rest'; ) {
      const skipped = Math.min(walk.skip, bytes.length - at);
      at += skipped;
      if (skipped > 0) walk = { ...walk, skip: walk.skip - skipped };
      else {
        field.push(bytes[at++] ?? 0);
        if (field.length < FIELDS[walk.next]) continue;
        walk = follow(walk, Buffer.from(field));
        field = [];
      }
      if (walk.next !== 'magic' || walk.skip > 0) continue;
      yield bytes.subarray(from, at);
      from = at;
    }
    if (from < bytes.length) yield bytes.subarray(from);
  }
}

function follow(walk: Walk, field: Buffer): Walk {
  switch (walk.next) {
    case 'magic': {
      const magic = field.readUInt32LE();
      if (magic === FRAME) return { ...walk, next: 'descriptor' };
      return { ...walk, next: (magic & 0xfffffff0) >>> 0 === SKIPPABLE ? 'size' : 'rest' };
    }
    case 'size':
      return { ...START, skip: field.readUInt32LE() };
    case 'descriptor': {
      const descriptor = field[0] ?? 0;
      const isSingle = (descriptor & 0x20) !== 0;
      const sizes = [isSingle ? 1 : 0, 2, 4, 8];
      const skip = (isSingle ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0) + (sizes[descriptor >> 6] ?? 0);
      return { next: 'block', skip, hasChecksum: (descriptor & 4) !== 0 };
    }
    case 'block': {
      const header = field.readUIntLE(0, 3);
      const isRepeated = ((header >> 1) & 3) === 1;
      const skip = isRepeated ? 1 : header >> 3;
      return (header & 1) === 1 ? { ...START, skip: skip + (walk.hasChecksum ? 4 : 0) } : { ...walk, skip };
    }
    case 'rest':
      return walk;
  }
}
