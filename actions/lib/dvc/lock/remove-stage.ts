// Stages that are gone leave dvc.lock as well.
import type { Lock } from '#lib/dvc/lock/lock.ts';

/** The lock without a stage; the same lock when it has none of that name. */
export function removeLockedStage(lock: Lock, name: string): Lock {
  if (!lock.stages.has(name)) return lock;
  return { ...lock, stages: new Map([...lock.stages].filter(([other]) => other !== name)) };
}
