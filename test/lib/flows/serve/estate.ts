// A real repository with a store and a few released versions of tiny models, and a server that follows it.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { openRepository } from '#lib/git/open-repository.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import type { OnnxModel } from '#lib/onnx/model.ts';
import { formatVersionRecord } from '#lib/registry/version-record.ts';
import { readRollout, rolloutPath } from '#lib/rollout/intent.ts';
import { progressPath } from '#lib/rollout/progress.ts';
import { openFolderStore } from '#lib/storage/folder.ts';
import { sumPlus } from '../../serving/tiny-serving.ts';

export const environment = 'production';
const at = '2026-11-21T02:00:00Z';
const author = { name: 'Ada', email: 'ada@example.org', at };
const someDigest = `sha256:${'0'.repeat(64)}`;

/** Of the model `sum`. */
export const INTENT = rolloutPath('sum', environment);
export const PROGRESS = progressPath('sum', environment);
export const LIVE = [200, '1.0.0.0', 3];
export const plan = { plan: { steps: [{ setWeight: 50 }, { pause: {} }] } };

export type Files = Readonly<Record<string, string | null>>;

export interface Estate {
  /** Of the bare repository. */
  readonly root: string;
  readonly store: string;
  /** Digest by version. */
  readonly digests: Readonly<Record<string, string>>;
  commit(branch: 'main' | 'mainline/state', files: Files): Promise<string>;
  /** The text of a rollout from one released version to another. */
  intent(version: string, from: string | null, more?: object): string;
  /** The text of a progress of an intent. */
  progress(intent: string, more: object): string;
  git(...args: string[]): string;
}

/** `sum` has the versions 1.0.0.0 (a + b) to 1.0.3.0 (a + b + 3), in the given folder. */
export async function createEstate({ model = 'sum' } = {}): Promise<Estate> {
  const folder = await mkdtemp(join(tmpdir(), 'an estate '));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const root = join(folder, 'shop.git');
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', root]);
  const repository = await openRepository(root);
  const store = join(folder, 'store');
  const digests: Record<string, string> = {};
  const records: Record<string, string> = {};
  for (let i = 0; i < 4; i++) {
    const version = `1.0.${i}.0`;
    const bytes = encodeModel(sumPlus(i));
    digests[version] = await openFolderStore(store).write(bytes);
    records[`models/${model}/versions/${version}.yaml`] = record(model, {
      version,
      digest: digests[version],
      bytes,
    });
  }
  const commit: Estate['commit'] = async (branch, files) => {
    const ref = `refs/heads/${branch}`;
    const parent = await repository.resolve(ref);
    const next = await repository.commitFiles(parent, new Map(Object.entries(files)), {
      message: 'change',
      author,
    });
    if (!(await repository.updateRef(ref, next, parent))) throw new Error('the branch moved');
    return next;
  };
  await commit('mainline/state', records);
  return {
    ...{ root, store, digests, commit },
    intent: (version, from, more = {}) => {
      const named = [version, ...(from === null ? [] : [from])];
      const revisions = Object.fromEntries(named.map(name => [name, { model: digests[name] ?? someDigest }]));
      const spec = { version, ...(from === null ? {} : { from }), revisions, ...more };
      return stringify({
        apiVersion: 'mainline.dev/v1alpha1',
        kind: 'Rollout',
        metadata: { model, environment },
        spec,
      });
    },
    progress: (intent, more) => {
      const { digest } = readRollout(intent, { file: 'x', model, environment });
      const live = (version: string) => ({ version, model: digests[version] });
      const spec = {
        of: digest,
        step: 0,
        complete: false,
        since: at,
        mirror: {},
        hold: null,
        live: [live('1.0.0.0')],
        aborted: [],
        ...more,
      };
      return stringify({
        apiVersion: 'mainline.dev/v1alpha1',
        kind: 'RolloutProgress',
        metadata: { model, environment },
        spec,
      });
    },
    git: (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim(),
  };
}

interface Bytes {
  readonly version: string;
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** A record with nothing in it but what serving reads. */
export function record(model: string, { version, digest, bytes }: Bytes): string {
  return formatVersionRecord({
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'ModelVersion',
    metadata: { model, version, previous: null },
    spec: {
      created: at,
      source: { commit: '0'.repeat(40) },
      because: 'a test',
      artifact: { md5: '0'.repeat(32), sha256: digest, bytes: bytes.length, format: 'onnx' },
      task: 'regression',
      threshold: 0.5,
      interface: { inputs: [], outputs: [] },
      method: { algorithm: 'sum', parameters: {} },
      lineage: { code: someDigest, params: someDigest, features: someDigest, data: [] },
      environment: { node: '24', onnxruntime: '1' },
      evaluation: {
        evidence: someDigest,
        primary: { metric: 'rmse', unit: '', value: 1, ci95: null, n: 1 },
        against: null,
      },
      verdict: { slo_compliant: true, gates: [] },
    },
  });
}

/** Releases one more version, of any model. */
export async function releaseOdd(estate: Estate, version: string, description: OnnxModel): Promise<string> {
  const bytes = encodeModel(description);
  const digest = await openFolderStore(estate.store).write(bytes);
  await estate.commit('mainline/state', {
    [`models/sum/versions/${version}.yaml`]: record('sum', { version, digest, bytes }),
  });
  return digest;
}

/** 1.0.0.0 fully live. */
export async function goLive(estate: Estate, { model = 'sum' } = {}): Promise<string> {
  const intent = estate.intent('1.0.0.0', null);
  await estate.commit('main', { [rolloutPath(model, environment)]: intent });
  const progress = estate.progress(intent, { traffic: { '1.0.0.0': 100 }, complete: true });
  await estate.commit('mainline/state', { [progressPath(model, environment)]: progress });
  return intent;
}

/** Moves all traffic of a complete rollout; the state first, so that main's commit is the one moment it happens. */
export async function complete(estate: Estate, version: string, from: string): Promise<string> {
  const intent = estate.intent(version, from);
  const live = [version, from].map(name => ({ version: name, model: estate.digests[name] }));
  await estate.commit('mainline/state', {
    [PROGRESS]: estate.progress(intent, { traffic: { [version]: 100 }, complete: true, live }),
  });
  await estate.commit('main', { [INTENT]: intent });
  return intent;
}
