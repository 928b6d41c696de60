// fetch that neither waits nor reads without end, and that sends our token to nobody else: a `next` link is text from
// outside like any other.

/** Far beyond any page of a hundred entries. */
const MAX_BYTES = 32 * 1024 * 1024;

/** @returns fetch for one origin, where no request takes longer than `timeoutMs`. */
export function boundedFetch(origin: string, timeoutMs: number): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.origin !== origin) throw new Error(`refused to ask ${url.origin} in place of ${origin}`);
    const response = await fetch(input, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    const { status, statusText, headers } = response;
    const bytes = await readBounded(response);
    return new Response(status === 204 || status === 205 || status === 304 ? null : bytes, {
      ...{ status, statusText, headers },
    });
  };
}

async function readBounded(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > MAX_BYTES) throw new Error(`the answer is larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
