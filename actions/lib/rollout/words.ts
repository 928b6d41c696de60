// The words both files of a rollout are written in: names, versions, digests, percents, instants.
import { z } from 'zod';

/** Names of models and environments: the rule of model.yaml, valid as a file name and a Kubernetes label. */
export const rolloutNameSchema = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/u, 'use lower-case letters, digits and hyphens');

/** MAJOR.MINOR.PATCH.BUILD, whole numbers of at most nine digits without leading zeros. */
export const rolloutVersionSchema = z
  .string()
  .max(63)
  .regex(/^(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8})){3}$/u, {
    error: 'write MAJOR.MINOR.PATCH.BUILD, such as 1.3.0.2',
    // What refers to it would only repeat that it is wrong.
    abort: true,
  });

/** As digestBytes gives it. */
export const digestSchema = z.string().regex(/^sha256:[0-9a-f]{64}$/u, 'write sha256: and 64 hex digits');

/** A whole share of traffic, 0 to 100. */
export const percentSchema = z.int().min(0).max(100);

/** An instant in UTC, such as 2026-11-21T02:00:00Z. */
export const instantSchema = z.iso.datetime({ error: 'write an instant such as 2026-11-21T02:00:00Z' });

/** Percent by version; a version that is left out gets nothing. */
export type Shares = Readonly<Record<string, number>>;
