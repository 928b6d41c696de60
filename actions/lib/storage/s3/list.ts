// The names in a bucket, page by page.
import { text } from 'node:stream/consumers';
import type { BucketEntry, BucketOptions } from '#lib/storage/bucket.ts';
import { BucketFailure } from '#lib/storage/bucket-failure.ts';
import { readListPage } from '#lib/storage/s3/answer.ts';
import type { Reply } from '#lib/storage/s3/collect.ts';
import type { Connection } from '#lib/storage/s3/connection.ts';
import type { S3Place } from '#lib/storage/s3/place.ts';
import { PassingError } from '#lib/storage/s3/retry.ts';

interface Listing {
  readonly place: S3Place;
  readonly prefix: string;
  readonly options: BucketOptions | undefined;
}

/** @throws BucketFailure for what is no listing, and for a server that goes in circles */
export async function* listPages(
  connection: Connection,
  { place, prefix, options }: Listing,
): AsyncGenerator<readonly BucketEntry[]> {
  const tokens = new Set<string>();
  let next: string | undefined;
  do {
    const query = {
      ...{ 'list-type': '2', 'encoding-type': 'url', prefix: place.prefix + prefix },
      ...(next !== undefined && { 'continuation-token': next }),
    };
    const receive = async (reply: Reply) => wholeListing(await readText(reply), place.bucket);
    const ask = { method: 'GET', key: '', query, signal: options?.signal, receive } as const;
    const page = readListPage(await connection.ask(ask), place.prefix);
    if (page.entries.length > 0) yield page.entries;
    next = page.next;
    if (next !== undefined && tokens.has(next)) {
      throw new BucketFailure('damaged', `${place.bucket} gave the same page of names twice`, {
        remedy: 'The server does not list as S3 does: look for a newer version of it.',
      });
    }
    if (next !== undefined) tokens.add(next);
  } while (next !== undefined);
}

/** Half a listing, or what a gateway says in the place of one, must not be taken for an empty bucket. */
function wholeListing(xml: string, bucket: string): string {
  if (/<\/ListBucketResult>\s*$/u.test(xml)) return xml;
  throw new PassingError(
    new BucketFailure('unavailable', `${bucket} did not answer with a whole listing of its names`, {
      remedy: 'Look at endpointurl, and at what stands between you and the server; run it again.',
    }),
  );
}

function readText({ body }: Reply): string | Promise<string> {
  return Buffer.isBuffer(body) ? body.toString() : text(body);
}
