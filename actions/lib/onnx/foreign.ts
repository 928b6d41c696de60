// What a file that is no ONNX model probably is: the commonest mistakes deserve their own sentence.

const EXPORT_REMEDY = 'Export the model to ONNX (skl2onnx, onnxmltools, torch.onnx) and name that file.';

const starts: readonly (readonly [prefix: string, what: string, remedy: string])[] = [
  ['version https://git-lfs', 'it is a Git LFS pointer', 'Run: git lfs pull'],
  ['outs:', 'it is a DVC pointer', 'Run: dvc pull'],
  ['PK\u0003\u0004', 'it is a ZIP archive, as PyTorch and NumPy write', EXPORT_REMEDY],
  ['\u0080', 'it is a Python pickle, which is never loaded', EXPORT_REMEDY],
  ['\u0089HDF', 'it is an HDF5 file, as Keras writes', EXPORT_REMEDY],
];

/** Two sentences' halves, what the bytes look like and what to do; meaningful only once parsing has failed. */
export function explainForeignBytes(bytes: Uint8Array): readonly [what: string, remedy: string] {
  if (bytes.length === 0) return ['it is empty', 'Run the stage that writes it again.'];
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  const known = starts.find(([prefix]) => start.startsWith(prefix));
  if (known) return [known[1], known[2]];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what tells text from binary
  if (!/[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/.test(start)) return ['it holds text', EXPORT_REMEDY];
  return [
    'it is damaged, cut off or of another kind',
    'Export it again, or fetch it again if it was downloaded.',
  ];
}
