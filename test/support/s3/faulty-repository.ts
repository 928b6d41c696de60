// A DVC repository whose remote is at a real S3 server, behind a network that breaks on demand: for whole commands, started
// as people start them.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, launchDvc, ownConfiguration } from '../launch-dvc.ts';
import { KEYS } from './s3-server.ts';

export interface FaultyRepository {
  readonly folder: string;
  readonly run: (...words: readonly string[]) => Promise<Answer>;
  /** Names below `.dvc/cache`, and those of them that are not whole: nothing may lie there that is no object. */
  readonly cached: () => Contents;
  /** The same of the remote, asked without the faulty network. */
  readonly stored: () => Promise<Contents>;
  /** Another address for the remote's server. */
  readonly moveTo: (endpoint: string) => void;
  readonly remove: () => void;
}

export interface Contents {
  readonly names: readonly string[];
  readonly broken: readonly string[];
}

interface Options {
  /** The bucket, without the faulty network. */
  readonly bucket: string;
  /** Below the bucket: nobody else's. */
  readonly prefix: string;
  readonly endpoint: string;
}

export function createFaultyRepository({ bucket, prefix, endpoint }: Options): FaultyRepository {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'mainline-faults-')));
  const folder = join(top, 'repository');
  const team = bucket.slice(bucket.lastIndexOf('/') + 1);
  mkdirSync(join(folder, '.dvc'), { recursive: true });
  const moveTo = (address: string): void => {
    const keys = Object.entries(KEYS).map(([name, value]) => `${name} = ${value}`);
    const place = [`url = s3://${team}/${prefix}`, `endpointurl = ${address}`, 'region = us-east-1'];
    const lines = ['[core]', 'remote = store', 'no_scm = true', '[\'remote "store"\']', ...place, ...keys];
    writeFileSync(join(folder, '.dvc/config'), `${lines.join('\n')}\n`);
  };
  moveTo(endpoint);
  const env = {
    ...ownConfiguration(top),
    ...{ NO_COLOR: '1', AWS_EC2_METADATA_DISABLED: 'true' },
  };
  return {
    folder,
    moveTo,
    run: (...words) => launchDvc(words, { folder, env }),
    cached: () => {
      const names = filesBelow(join(folder, '.dvc/cache'));
      return {
        names,
        broken: names.filter(name => !isWhole(name, readFileSync(join(folder, '.dvc/cache', name)))),
      };
    },
    stored: async () => {
      const listing = await (await fetch(`${bucket}?list-type=2&prefix=${prefix}/`)).text();
      const keys = [...listing.matchAll(/<Key>([^<]*)<\/Key>/gu)].map(([, key = '']) => key);
      const names = keys.map(key => key.slice(prefix.length + 1)).sort();
      const broken: string[] = [];
      for (const name of names) {
        const answer = await fetch(`${bucket}/${prefix}/${name}`);
        if (!isWhole(name, Buffer.from(await answer.arrayBuffer()))) broken.push(name);
      }
      return { names, broken };
    },
    remove: () => rmSync(top, { recursive: true, force: true }),
  };
}

/** The name of an object with these bytes. */
export function objectOf(content: string | Buffer): string {
  const md5 = createHash('md5').update(content).digest('hex');
  return `files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`;
}

function isWhole(name: string, bytes: Buffer): boolean {
  return name.replace(/\.dir$/u, '') === objectOf(bytes);
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter(name => statSync(join(folder, name)).isFile()).sort();
}
