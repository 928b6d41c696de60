// What S3 answers: its errors in words with a remedy, and the two lists of its XML that are read here.

import type { BucketEntry } from '#lib/storage/bucket.ts';
import { BucketFailure } from '#lib/storage/bucket-failure.ts';

export interface S3Error {
  readonly status: number;
  /** Such as `NoSuchKey`; '' when the answer has no body. */
  readonly code: string;
}

export function readError(status: number, body: string): S3Error {
  return { status, code: /<Code>([^<]{1,100})<\/Code>/u.exec(body)?.[1] ?? '' };
}

const RETRIED_STATUS: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const RETRIED_CODES: ReadonlySet<string> = new Set([
  'RequestTimeout',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'InternalError',
  'BadDigest',
]);

/** True for what may go well when it is asked for again. */
export function isPassing({ status, code }: S3Error): boolean {
  return RETRIED_STATUS.has(status) || RETRIED_CODES.has(code);
}

const EXPIRED = /^(?:ExpiredToken|TokenRefreshRequired|InvalidToken|ExpiredTokenException)$/u;

/** @param what the object or place, as the user knows it */
export function describeError({ status, code }: S3Error, url: string, what: string): BucketFailure {
  const told = code === '' ? `HTTP ${status}` : `HTTP ${status} ${code}`;
  if (code === 'NoSuchBucket' || code === 'InvalidBucketName') {
    return new BucketFailure('absent', `There is no bucket at ${url} (${told})`, {
      remedy: 'Make the bucket, or mend the url: mainline dvc remote modify <name> url s3://...',
    });
  }
  if (status === 404) return new BucketFailure('missing', `${url} has no ${what} (${told})`);
  if (EXPIRED.test(code)) {
    return new BucketFailure('denied', `The session at ${url} has expired (${told})`, {
      remedy: 'Sign in again (such as aws sso login), or set a new session_token.',
    });
  }
  if (code === 'RequestTimeTooSkewed') {
    return new BucketFailure('denied', `The clock of this machine differs from that of ${url} (${told})`, {
      remedy: 'Set the clock, for instance by NTP.',
    });
  }
  if (code === 'InvalidAccessKeyId' || code === 'SignatureDoesNotMatch') {
    return new BucketFailure('denied', `${url} does not know these keys (${told})`, {
      remedy: 'Mend access_key_id and secret_access_key: mainline dvc remote modify --local <name> ...',
    });
  }
  if (status === 401 || status === 403) {
    return new BucketFailure('denied', `${url} does not allow this for ${what} (${told})`, {
      remedy: 'Look at who you are there (aws sts get-caller-identity) and at the policy of the bucket.',
    });
  }
  if (isPassing({ status, code })) {
    return new BucketFailure('unavailable', `${url} is busy or out of order (${told}) for ${what}`, {
      remedy: 'Run it again later, or with fewer --jobs: what has arrived stays.',
    });
  }
  return new BucketFailure('unavailable', `${url} refused ${what} (${told})`, {
    remedy: 'Look at region and endpointurl of the remote.',
  });
}

export interface ListPage {
  readonly entries: readonly BucketEntry[];
  readonly next: string | undefined;
}

/** A page of ListObjectsV2 that was asked for with `encoding-type=url`; names lose the bucket's prefix. */
export function readListPage(xml: string, prefix: string): ListPage {
  const entries = [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gsu)].flatMap(([, content = '']) => {
    const key = /<Key>([^<]*)<\/Key>/u.exec(content)?.[1];
    const size = Number(/<Size>(\d+)<\/Size>/u.exec(content)?.[1]);
    if (key === undefined || !Number.isSafeInteger(size)) return [];
    const name = decodeKey(key);
    const etag = /<ETag>([^<]+)<\/ETag>/u.exec(content)?.[1];
    const told = etag === undefined ? {} : { etag: unescapeXml(etag) };
    return name.startsWith(prefix) ? { name: name.slice(prefix.length), size, ...told } : [];
  });
  const isCut = /<IsTruncated>true<\/IsTruncated>/u.test(xml);
  const next = /<NextContinuationToken>([^<]*)<\/NextContinuationToken>/u.exec(xml)?.[1];
  if (isCut && next === undefined) {
    throw new BucketFailure('damaged', 'A listing is cut off, and does not say how it goes on', {
      remedy: 'The server does not list as S3 does: look for a newer version of it.',
    });
  }
  return { entries, next: isCut && next !== undefined ? unescapeXml(next) : undefined };
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(unescapeXml(key).replaceAll('+', '%20'));
  } catch {
    return unescapeXml(key);
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/giu,
    (all, hex, dec, name) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? all;
      const code = hex === undefined ? Number(dec) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}
