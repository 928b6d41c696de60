// Which onnxruntime gives the answers on this machine: a fact for records.
import { loadNative } from '#lib/natives.ts';

/** Such as `1.30.0`. */
export async function runtimeVersion(): Promise<string> {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  const { env } = loadNative<typeof import('onnxruntime-node')>('onnxruntime-node');
  return env.versions.node ?? env.versions.common;
}
