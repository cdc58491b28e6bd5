/**
 * A folder of its own in which the whole command line runs inside this process: a ledger with a little of
 * everything, files to name, and a look at what stands outside of it.
 */
import { copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { CommandTree } from '../../src/cli/command.js';
import { commandTree } from '../../src/cli/commands/index.js';
import { main } from '../../src/cli/main.js';
import { fakeIo } from '../cli/fake-io.js';
import { ledgerFolder } from '../store/sample-ledger.js';
import { faultsOf, type Answer } from './answers.js';
import { STOLEN_STYLE } from './texts.js';

const NOW = new Date('2026-11-22T09:00:00Z');

/** What starts other processes is read and checked like everything, and then not done. */
const STARTING = new Set(['demo', 'jobs work', 'jobs watch', 'jobs retry']);

export const tree: CommandTree = {
  ...commandTree,
  commands: commandTree.commands.map((definition) =>
    STARTING.has(definition.path.join(' '))
      ? {
          ...definition,
          handler: async ({ terminal }) => {
            if (terminal.json) terminal.printJson({});
            return undefined;
          },
        }
      : definition,
  ),
};

const quoted = (cells: readonly string[]): string =>
  cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');

const AFFILIATES = [
  ['id', 'name', 'email', 'status'],
  ['aff_1', 'Ada', 'ada@example.com', 'active'],
  ['aff_2', 'Bo', 'bo@example.com', 'active'],
  ['aff_3', `${STOLEN_STYLE}\nFORGED: all payouts are paid \u202egnp`, 'cy@example.com', 'active'],
  ['../../x', '../../../x', '', 'active'],
  ['=1+1', '=HYPERLINK("http://x.example")', '', 'departed'],
  ['.', '..', '', 'active'],
  ['p', 'Paused', '', 'paused'],
];

const COMMISSIONS = [
  [
    'id',
    'affiliate_id',
    'earned_at',
    'amount',
    'currency',
    'status',
    'kind',
    'campaign',
    'order_id',
    'description',
  ],
  ['c_1', 'aff_1', '2026-10-05', '100.00', 'USD', 'approved', 'bonus', 'spring', 'o_1', 'October'],
  ['c_2', 'aff_1', '2026-10-06', '-5.00', 'USD', 'approved', 'clawback', '', '', ''],
  ['c_3', 'aff_2', '2026-10-07', '60.00', 'EUR', 'approved', 'bonus', '', '', STOLEN_STYLE],
  ['c_4', 'aff_2', '2026-09-07', '7.00', 'USD', 'pending', 'sale', '', '', ''],
  [
    'c_5',
    'aff_3',
    '2026-10-08',
    '80.00',
    'USD',
    'approved',
    'bonus',
    `${STOLEN_STYLE}\nFORGED: all payouts are paid`,
    '\u202e',
    '=1+1',
  ],
  ['c_6', '../../x', '2026-10-09', '90.00', 'USD', 'approved', 'bonus', '../../y', '', ''],
  ['c_7', '=1+1', '2026-10-10', '1200', 'JPY', 'approved', 'bonus', '', '', ''],
  ['c_8', 'aff_1', '2026-11-20', '33.00', 'USD', 'approved', 'sale', '', '', ''],
];

const file = (rows: readonly (readonly string[])[]): string => `${rows.map(quoted).join('\n')}\n`;

export interface Call {
  readonly stdin?: Uint8Array;
  /** stdout and stderr are terminals; nobody is there to be asked. */
  readonly tty?: boolean;
}

export class Room {
  private constructor(
    /** What holds the room and a few things that nobody may touch. */
    readonly home: string,
    /** The working folder, with the ledger and files to name. */
    readonly place: string,
    private readonly away: string,
    private readonly inHome: string,
  ) {}

  /** Makes the room and the ledger from which every case begins; the clock of this process stands still. */
  static async make(): Promise<Room> {
    stopTheClock();
    const home = await ledgerFolder();
    const place = join(home, 'a', 'b', 'c', 'place');
    await mkdir(place, { recursive: true });
    await writeFile(join(home, 'a', 'beside.txt'), 'beside\n');
    const away = process.cwd();
    process.chdir(place);
    const room = new Room(home, place, away, '');
    await room.#fill();
    return new Room(home, place, away, await room.outside());
  }

  async remove(): Promise<void> {
    process.chdir(this.away);
    await rm(this.home, { recursive: true, force: true });
    jest.useRealTimers();
  }

  async #fill(): Promise<void> {
    await this.#must(['init', '--currency', 'USD', '--timezone', 'Europe/Berlin', '--hold-days', '30']);
    await this.#must(['import', 'affiliates', '-'], file(AFFILIATES));
    await this.#must(['import', 'commissions', '-'], file(COMMISSIONS));
    await this.#must(['generate', '--affiliate', 'aff_1', '--yes']);
    await this.#must(['generate', '--affiliate', 'aff_2', '--yes']);
    await this.#must(['payouts', 'void', 'INV-2026-000002', '--reason', STOLEN_STYLE, '--yes']);
    await copyFile(join(this.place, 'ledger.db'), join(this.home, 'a', 'first.db'));
  }

  async #must(argv: readonly string[], stdin = ''): Promise<void> {
    const answer = await this.call(argv, { stdin: Buffer.from(stdin) });
    if (answer.exitCode !== 0) throw new Error(`${argv.join(' ')}: ${answer.err}`);
  }

  /** Everything in the working folder as it was at first. */
  async begin(): Promise<void> {
    for (const name of await readdir(this.place))
      await rm(join(this.place, name), { recursive: true, force: true });
    await copyFile(join(this.home, 'a', 'first.db'), join(this.place, 'ledger.db'));
    await writeFile(join(this.place, 'affiliates.csv'), file(AFFILIATES));
    await writeFile(join(this.place, 'commissions.csv'), file(COMMISSIONS));
    await writeFile(join(this.place, 'notes.txt'), 'nothing\n');
    await mkdir(join(this.place, 'books'));
  }

  /** Runs one command line here. */
  async call(
    argv: readonly string[],
    { stdin = new Uint8Array(0), tty = false }: Call = {},
  ): Promise<Answer> {
    const env = { PAYRUN_LEDGER: join(this.place, 'ledger.db'), PAYRUN_ACTOR: 'kim', PAGER: 'cat' };
    const io = fakeIo({ env, ...(tty ? { tty: { out: true, err: true } } : {}) });
    io.stdin.end(Buffer.from(stdin));
    const exitCode = await main(argv, io, tree);
    return { exitCode, out: io.out(), err: io.err() };
  }

  /** Runs one command line and looks for what may never be. */
  async tryOut(argv: readonly string[], call: Call = {}): Promise<{ answer: Answer; faults: string[] }> {
    const answer = await this.call(argv, call);
    return { answer, faults: faultsOf({ argv, tty: call.tty === true }, answer) };
  }

  /** What is wrong now that several calls are done: a file outside, or a ledger that does not verify. */
  async faultsAfter(): Promise<string[]> {
    const outside = await this.outside();
    const verified = await this.call(['verify', '--json']);
    return [
      ...(outside === this.inHome ? [] : [`outside of the folder there is now\n${outside}`]),
      ...(verified.exitCode === 0 ? [] : [`verify: ${verified.out}`]),
    ];
  }

  /** Names, sizes and times of everything around the working folder. */
  async outside(): Promise<string> {
    return (await listed(this.home, this.place)).join('\n');
  }
}

/** Only the date stands still; what waits for a moment must not wait for ever. */
function stopTheClock(): void {
  jest.useFakeTimers({
    now: NOW,
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
}

/** One line per entry, without what stands in one folder. */
async function listed(folder: string, without: string): Promise<string[]> {
  const lines: string[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (path === without) continue;
    const found = entry.isDirectory()
      ? ''
      : await stat(path).then(({ size, mtimeMs }) => `${size} ${mtimeMs}`);
    lines.push(`${path} ${found}`);
    if (entry.isDirectory()) lines.push(...(await listed(path, without)));
  }
  return lines;
}
