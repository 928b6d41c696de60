// Which onnxruntime gives the answers on this machine: a fact for records.

/** Such as `1.30.0`. */
export async function runtimeVersion(): Promise<string> {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  const { env } = await import('onnxruntime-node');
  return env.versions.node ?? env.versions.common;
}
