// Reads what a server replies (RFC 9112) from the bytes as they come. Strict: whatever is not as the RFC has it is refused,
// since nobody knows where such a reply ends.

export interface ReplyHead {
  readonly status: number;
  /** By names in lower case; values of a name that comes twice are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface ReplyListener {
  /** Replies to HEAD tell a length, and have no body. */
  readonly method: string;
  readonly onHead: (head: ReplyHead) => void;
  readonly onBody: (chunk: Buffer) => void;
  /** @param canGoOn whether the connection takes another request */
  readonly onEnd: (canGoOn: boolean) => void;
}

export interface ReplyReader {
  /** @throws an error with the code `ERR_REPLY` for what is no reply */
  take(chunk: Buffer): void;
  /** The server has hung up: some replies end so. @returns false when that cut this one off */
  hangUp(): boolean;
}

const MAX_HEAD_BYTES = 64 * 1024;
const MAX_LINE_BYTES = 4096;

/** What comes next, and how many bytes of it at most. */
type State = 'head' | 'bytes' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'to-the-end' | 'done';

export function createReplyReader({ method, onHead, onBody, onEnd }: ReplyListener): ReplyReader {
  let state: State = 'head';
  /** Of a line or head whose end has not come. */
  let begun: Buffer | undefined;
  let left = 0;
  let canGoOn = true;
  const end = (goesOn: boolean): void => {
    state = 'done';
    onEnd(goesOn);
  };
  /** Takes a part of the chunk. @returns the rest, or undefined when more has to come */
  const readHead = (chunk: Buffer): Buffer | undefined => {
    const all = begun ? Buffer.concat([begun, chunk]) : chunk;
    const length = all.indexOf('\r\n\r\n');
    if (length > MAX_HEAD_BYTES || (length < 0 && all.length > MAX_HEAD_BYTES)) throw refused('its head');
    begun = length < 0 ? all : undefined;
    if (length < 0) return undefined;
    const { isNew, ...head } = parseHead(all.toString('latin1', 0, length));
    const rest = all.subarray(length + 4);
    // Such as "100 Continue": the reply itself is to come.
    if (head.status < 200) return rest;
    const body = readFraming(method, head);
    canGoOn = isNew && body !== 'to-the-end' && !/\bclose\b/iu.test(head.headers.get('connection') ?? '');
    onHead(head);
    if (body === 0) end(canGoOn);
    else if (typeof body === 'string') state = body;
    else [state, left] = ['bytes', body];
    return rest;
  };
  const readLine = (chunk: Buffer): Buffer | undefined => {
    const all = begun ? Buffer.concat([begun, chunk]) : chunk;
    const length = all.indexOf('\r\n');
    if (length > MAX_LINE_BYTES || (length < 0 && all.length > MAX_LINE_BYTES)) throw refused('a line');
    begun = length < 0 ? all : undefined;
    if (length < 0) return undefined;
    const line = all.toString('latin1', 0, length);
    if (state === 'chunk-size') {
      left = readChunkSize(line);
      state = left === 0 ? 'trailer' : 'chunk';
    } else if (state === 'chunk-end') {
      if (line !== '') throw refused('the end of a chunk');
      state = 'chunk-size';
    } else if (line === '') {
      end(canGoOn);
    }
    return all.subarray(length + 2);
  };
  const readBytes = (chunk: Buffer): Buffer => {
    const part = chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= part.length;
    onBody(part);
    if (left === 0) {
      if (state === 'chunk') state = 'chunk-end';
      else end(canGoOn);
    }
    return chunk.subarray(part.length);
  };
  const step = (chunk: Buffer): Buffer | undefined => {
    if (state === 'head') return readHead(chunk);
    if (state === 'bytes' || state === 'chunk') return readBytes(chunk);
    if (state === 'done') throw refused('what follows it');
    if (state !== 'to-the-end') return readLine(chunk);
    onBody(chunk);
    return undefined;
  };
  return {
    take: chunk => {
      for (let rest: Buffer | undefined = chunk; rest && rest.length > 0; ) rest = step(rest);
    },
    hangUp: () => {
      if (state !== 'to-the-end') return state === 'done';
      end(false);
      return true;
    },
  };
}

function parseHead(text: string): ReplyHead & { readonly isNew: boolean } {
  const [first = '', ...lines] = text.split('\r\n');
  const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/u.exec(first) ?? [];
  if (status === undefined) throw refused('its first line');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/u.test(name)) throw refused('a header');
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { status: Number(status), headers, isNew: minor === '1' };
}

/** How long the body is, or how its end shows (RFC 9112, section 6.3). */
function readFraming(method: string, { status, headers }: ReplyHead): number | 'chunk-size' | 'to-the-end' {
  if (method === 'HEAD' || status === 204 || status === 304) return 0;
  const length = headers.get('content-length');
  const coding = headers.get('transfer-encoding');
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked' || length !== undefined) throw refused('how it is sent');
    return 'chunk-size';
  }
  if (length === undefined) return 'to-the-end';
  if (!/^\d{1,15}$/u.test(length)) throw refused('its length');
  return Number(length);
}

function readChunkSize(line: string): number {
  const size = /^([0-9a-f]{1,12})[ \t]*(?:;|$)/iu.exec(line)?.[1];
  if (size === undefined) throw refused('the size of a chunk');
  return Number.parseInt(size, 16);
}

function refused(what: string): Error {
  return Object.assign(new Error(`The reply is not HTTP: ${what}`), { code: 'ERR_REPLY' });
}
