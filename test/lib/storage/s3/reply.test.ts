import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createReplyReader } from '#lib/storage/s3/reply.ts';

interface Read {
  readonly status: number | undefined;
  readonly etag: string | undefined;
  readonly body: string;
  /** Undefined while more has to come. */
  readonly canGoOn: boolean | undefined;
  /** What the end of the connection means. */
  readonly isWhole: boolean;
}

/** @param cuts where the text is cut, as it may be on its way */
function read(text: string, cuts: readonly number[] = [], method = 'GET'): Read {
  const bytes = Buffer.from(text, 'latin1');
  let status: number | undefined;
  let etag: string | undefined;
  let canGoOn: boolean | undefined;
  const chunks: Buffer[] = [];
  const reader = createReplyReader({
    method,
    onHead: head => {
      status = head.status;
      etag = head.headers.get('etag');
    },
    onBody: chunk => chunks.push(chunk),
    onEnd: goesOn => {
      canGoOn = goesOn;
    },
  });
  const ends = [...cuts.filter(cut => cut < bytes.length), bytes.length].toSorted((a, b) => a - b);
  let begin = 0;
  for (const end of ends) {
    reader.take(bytes.subarray(begin, end));
    begin = end;
  }
  const isWhole = reader.hangUp();
  return { status, etag, body: Buffer.concat(chunks).toString('latin1'), canGoOn, isWhole };
}

const head = (...lines: readonly string[]): string => `${['HTTP/1.1 200 OK', ...lines].join('\r\n')}\r\n\r\n`;

const REPLIES = {
  'with its length': { text: `${head('Content-Length: 5', 'ETag: "a"')}hello`, canGoOn: true },
  'in chunks': {
    text: `${head('Transfer-Encoding: chunked', 'etag:"a"')}2;x=y\r\nhe\r\n003\r\nllo\r\n0\r\nTrailer: 1\r\n\r\n`,
    canGoOn: true,
  },
  'to the end of the connection': { text: `${head('ETag:  "a" ')}hello`, canGoOn: false },
  'after another that says to go on': {
    text: `HTTP/1.1 100 Continue\r\n\r\n${head('Content-Length: 5', 'ETag: "a"')}hello`,
    canGoOn: true,
  },
  'of a server that hangs up': {
    text: `${head('Content-Length: 5', 'Connection: Close', 'ETag: "a"')}hello`,
    canGoOn: false,
  },
  'of an old server': {
    text: `${head('Content-Length: 5', 'ETag: "a"').replace('1.1', '1.0')}hello`,
    canGoOn: false,
  },
} as const;

test.for(Object.entries(REPLIES))('a reply %s is read, wherever it is cut', ([, { text, canGoOn }]) => {
  const expected = { status: 200, etag: '"a"', body: 'hello', canGoOn, isWhole: true };
  fc.assert(
    fc.property(fc.array(fc.nat(text.length)), cuts => {
      expect(read(text, cuts)).toEqual(expected);
    }),
  );
  expect(
    read(
      text,
      Array.from(text, (_, index) => index),
    ),
  ).toEqual(expected);
});

test.for(['with its length', 'in chunks', 'of a server that hangs up'] as const)(
  'a reply %s that breaks off anywhere is not whole',
  kind => {
    const { text } = REPLIES[kind];
    for (let length = 1; length < text.length; length += 1) {
      expect(read(text.slice(0, length))).toMatchObject({ canGoOn: undefined, isWhole: false });
    }
  },
);

test('what has no body ends with its head, whatever length it tells', () => {
  const told = head('Content-Length: 7');
  expect(read(told, [], 'HEAD')).toMatchObject({ body: '', canGoOn: true });
  expect(read(told.replace('200', '304'))).toMatchObject({ status: 304, body: '', canGoOn: true });
  expect(read(head().replace('200', '204'))).toMatchObject({ status: 204, body: '', canGoOn: true });
  expect(read(head('Content-Length: 0'))).toMatchObject({ body: '', canGoOn: true });
});

test.for([
  ['its first line', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
  ['its first line', 'HTTP/2 200 OK\r\n\r\n'],
  ['its length', `${head('Content-Length: -1')}`],
  ['its length', `${head('Content-Length: 5', 'Content-Length: 6')}hello`],
  ['how it is sent', `${head('Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`],
  ['how it is sent', `${head('Transfer-Encoding: gzip, chunked')}0\r\n\r\n`],
  ['a header', head('no colon')],
  ['a header', head('ETag: "a"', ' folded: b')],
  ['a header', head('ETag : "a"')],
  ['the size of a chunk', `${head('Transfer-Encoding: chunked')}-1\r\n`],
  ['the size of a chunk', `${head('Transfer-Encoding: chunked')}fffffffffffff\r\n`],
  ['the end of a chunk', `${head('Transfer-Encoding: chunked')}2\r\nhello\r\n0\r\n\r\n`],
  ['what follows it', `${head('Content-Length: 5')}hello!`],
  ['its head', `${head(`x: ${'a'.repeat(70_000)}`)}`],
  ['its head', 'HTTP/1.1 200 OK\r\n'.padEnd(70_000, 'a')],
  ['a line', `${head('Transfer-Encoding: chunked')}${'0'.repeat(5000)}`],
] as const)('a reply is refused for %s: %j', ([what, text]) => {
  expect(() => read(text)).toThrow(
    expect.objectContaining({ code: 'ERR_REPLY', message: expect.stringContaining(what) }),
  );
});
