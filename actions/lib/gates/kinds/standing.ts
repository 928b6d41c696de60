// Gates that every model has and no model.yaml can switch off: the data contract and leakage.
import type { GateAnswer, GateContext } from '#lib/gates/gate.ts';

/** Every dataset has a contract, and no check of severity error failed. */
export function judgeContract({
  contracts,
  uncovered,
}: Pick<GateContext, 'contracts' | 'uncovered'>): GateAnswer {
  if (uncovered.length > 0) {
    const [first = ''] = uncovered;
    return {
      outcome: 'failed',
      reason: `no contract covers ${uncovered.join(', ')}`,
      remedy: `Write ${first.replace(/[^/]*$/, '')}contract.odcs.yaml.`,
    };
  }
  if (contracts.length === 0) {
    return {
      outcome: "can't tell",
      reason: 'no stage reads a CSV file below data/',
      remedy:
        'Keep the data in data/<dataset>/ with its contract, and name the file as a dependency of a stage.',
    };
  }
  const broken = contracts.filter(result => !result.passed);
  if (broken.length === 0) {
    const checks = contracts.flatMap(result => result.checks);
    const passed = checks.filter(check => check.outcome === 'passed').length;
    const skipped = checks.filter(check => check.outcome === 'skipped').length;
    const unchecked = skipped > 0 ? `; ${skipped} could not be checked` : '';
    return { outcome: 'passed', reason: `${passed} checks hold${unchecked}` };
  }
  const failed = broken.flatMap(result =>
    result.checks.filter(check => check.outcome === 'failed' && check.severity === 'error'),
  );
  return {
    outcome: 'failed',
    reason:
      failed
        .slice(0, 3)
        .map(check => check.says)
        .join('; ') + (failed.length > 3 ? `; and ${failed.length - 3} more` : ''),
    remedy: 'Mend the data, or change the contract in review with its owners.',
  };
}

/** The blocking tests of behaviour.yaml, where there are any. */
export function judgeBehaviour({ measured }: Pick<GateContext, 'measured'>): GateAnswer {
  const found = measured('behaviour_failures');
  if (!found || found.value === null) {
    return { outcome: 'not applicable', reason: found?.missing?.why ?? 'the model has no behaviour.yaml' };
  }
  const reason = found.detail ?? '';
  if (found.value === 0) return { outcome: 'passed', reason };
  return {
    outcome: 'failed',
    reason,
    remedy: 'Mend the model, or change the test in review with the owners of the model.',
  };
}

/** No duplicates across the split, no feature that gives the target away. */
export function judgeLeakage({ leakage }: GateContext): GateAnswer {
  if (leakage.passed) {
    const [strongest] = leakage.strongest;
    const most = strongest
      ? `; the strongest single feature, ${strongest.feature}, reaches ${strongest.strength} of 1`
      : '';
    return { outcome: 'passed', reason: `${leakage.duplicates.rows} duplicate rows across the split${most}` };
  }
  return {
    outcome: 'failed',
    reason: leakage.reasons.join('; '),
    remedy: 'Remove the feature or mend the split.',
  };
}
