// Types and shapes as a file declares them, in the words of the Scorer port.
import { TensorProto_DataType as DataType, type ValueInfoProto } from 'onnx-buf';

/** Our word where we have one, else ONNX's in small letters: float, float64, int64, int32, string, bool, uint8 ... */
export function typeName({ type }: ValueInfoProto): string {
  if (type?.value.case !== 'tensorType') return 'not a tensor';
  const name = DataType[type.value.value.elemType]?.toLowerCase() ?? 'unknown';
  return name === 'double' ? 'float64' : name;
}

/** Sizes with the batch dimension; -1 where free. */
export function shapeOf({ type }: ValueInfoProto): readonly number[] {
  if (type?.value.case !== 'tensorType') return [];
  return (type.value.value.shape?.dim ?? []).map(({ value }) =>
    value.case === 'dimValue' ? Number(value.value) : -1,
  );
}
