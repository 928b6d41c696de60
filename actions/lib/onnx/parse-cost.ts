// What parsing a file would cost in memory, found without building anything: two bytes on disk can become an object
// of three hundred. Walks the wire format along the ONNX schema and stops as soon as the budget is spent.
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { ModelProtoSchema } from 'onnx-buf';

/** Bytes of memory per parsed message, per text, and per number of a list; measured on Node 24, rounded up. */
const COST = { message: 300, text: 100, number: 48 } as const;
const MAX_DEPTH = 100;

/**
 * True when parsing would need more memory than the budget (bytes).
 * @throws Error when the bytes are not protobuf
 */
export function exceedsMemory(bytes: Uint8Array, budget: number): boolean {
  const purse = { left: budget };
  walk(new BinaryReader(bytes), ModelProtoSchema, { end: bytes.length, depth: 0, purse });
  return purse.left < 0;
}

interface Place {
  readonly end: number;
  readonly depth: number;
  readonly purse: { left: number };
}

function walk(reader: BinaryReader, message: DescMessage, { end, depth, purse }: Place): void {
  if (depth > MAX_DEPTH) throw new RangeError(`Messages nest deeper than ${MAX_DEPTH}`);
  if (end > reader.len) throw new RangeError('A message ends after the file');
  purse.left -= COST.message;
  while (reader.pos < end && purse.left >= 0) {
    const [number, wireType] = reader.tag();
    if (wireType !== WireType.LengthDelimited) {
      purse.left -= COST.number;
      reader.skip(wireType, number);
      continue;
    }
    const length = reader.uint32();
    const field = message.fields.find(candidate => candidate.number === number);
    const child = field && messageOf(field);
    if (child) {
      walk(reader, child, { end: reader.pos + length, depth: depth + 1, purse });
    } else {
      purse.left -= COST.text + length * (field && isPacked(field) ? COST.number : 1);
      reader.pos += length;
    }
  }
}

function messageOf(field: DescField): DescMessage | undefined {
  return field.fieldKind === 'message' || field.fieldKind === 'list' ? field.message : undefined;
}

function isPacked(field: DescField): boolean {
  return field.fieldKind === 'list' && field.packed;
}
