/** Runs: executions of payout generation. */
import { UsageError } from './errors.js';
import type { CurrencyTotal, RunRequest } from './plan.js';

export type RunKind = 'manual' | 'scheduled';

/** From where a run was made: by a person or a script, by the schedule, by a background job. */
export type RunOrigin = RunKind | 'background';

export interface Run {
  readonly id: string;
  readonly kind: RunKind;
  /** The background job that made it, such as `J-000001`; null where none did. */
  readonly job: string | null;
  readonly request: RunRequest;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly totals: readonly CurrencyTotal[];
}

/** From where a run was made. */
export function runOrigin({ kind, job }: Pick<Run, 'kind' | 'job'>): RunOrigin {
  return job === null ? kind : 'background';
}

/** The id by which people call a run: `R-000001`. */
export function runId(number: bigint): string {
  return `R-${number.toString().padStart(6, '0')}`;
}

/** The number in a run id, written with or without letter and zeros. @throws UsageError when it is none. */
export function runNumber(id: string): bigint {
  const match = /^(?:r-?)?0*([1-9]\d{0,17})$/i.exec(id.trim());
  if (match?.[1] === undefined) {
    throw new UsageError(`"${id}" is not a run id.`, {
      hint: 'Run ids look like R-000001: see `payrun runs list`.',
    });
  }
  return BigInt(match[1]);
}
