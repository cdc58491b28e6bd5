/** Where a world is played: a real ledger, the model beside it, and the clock that both go by. */
import type { Work } from '../../src/app/work.js';
import type { Ledger } from '../../src/store/ledger.js';
import type { Coverage } from './coverage.js';
import { Journals } from './journal.js';
import { Model, type ModelPayout } from './model.js';
import { dateIn, type WorldRow } from './rows.js';
import { ModelSchedule } from './schedule-steps.js';
import type { Person } from './steps.js';
import type { World } from './worlds.js';

export class Stage {
  readonly model = new Model();
  readonly schedule = new ModelSchedule();
  readonly journals = new Journals();
  /** The rows as their source gave them last, in the order in which they came. */
  readonly rows: WorldRow[] = [];
  nowMs: number;
  #compared = 0;

  constructor(
    readonly world: World,
    readonly ledger: Ledger,
    readonly coverage: Coverage,
  ) {
    this.nowMs = world.start;
  }

  work(by: Person = 'kim'): Work {
    return {
      ledger: this.ledger,
      now: new Date(this.nowMs),
      actor: by,
      osUser: 'kim',
      progress: () => undefined,
    };
  }

  /** What the checks of verify find does not heal by itself, so they need not be made after every step. */
  checksDue(everything: boolean): boolean {
    this.#compared += 1;
    return everything || this.#compared % 2 === 0;
  }

  get today(): string {
    return dateIn(this.world.zone, this.nowMs);
  }

  /** The slots that are due, the earliest first. */
  get due(): string[] {
    return this.schedule.due(this.today);
  }

  /** The runs that left payouts, in the order in which they were made. */
  get runs(): string[] {
    return [...new Set(this.model.payouts.map((payout) => payout.runId))];
  }

  ofRun(runId: string): ModelPayout[] {
    return this.model.payouts.filter((payout) => payout.runId === runId);
  }

  /** Every row of every table, to see that nothing was changed. */
  async dump(): Promise<Record<string, unknown[]>> {
    return this.ledger.read(async (reader) => {
      const tables = await reader.all<{ name: string }>(
        "SELECT name FROM sqlite_schema WHERE type = 'table'",
      );
      const dump: Record<string, unknown[]> = {};
      for (const { name } of tables) dump[name] = await reader.all(`SELECT * FROM ${name}`);
      return dump;
    });
  }
}

/** What a command that must be refused says. */
export async function refusalOf(command: Promise<unknown>): Promise<unknown> {
  return command.then(
    () => 'The command was not refused.',
    (error: unknown) => error,
  );
}

/** Each of them once, in the order in which they were chosen; -1 is the last of the list. */
export function choose<T>(list: readonly T[], picks: readonly number[]): T[] {
  if (list.length === 0) return [];
  const chosen = picks.map((pick) => list.at(pick % list.length) as T);
  return [...new Set(chosen)];
}
