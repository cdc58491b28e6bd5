/** Command lines over the whole command tree: right ones, wrong ones, and what nobody would type. */
import fc from 'fast-check';
import {
  longFlag,
  takesValue,
  type ArgumentDefinition,
  type CommandDefinition,
  type OptionDefinition,
} from '../../src/cli/command.js';
import { globalOptions } from '../../src/cli/program.js';
import { settingDefinitions } from '../../src/core/settings.js';
import { badAmount, badDate, goodAmount, goodDate, nasty, text } from './texts.js';

/** A value, and what kind of value its place asks for. */
export interface Said {
  readonly kind: string;
  readonly value: string;
}

/** One command line as it is typed. */
export class Line {
  constructor(
    readonly argv: readonly string[],
    /** The values in their places; empty where words were mixed up afterwards. */
    readonly said: readonly Said[],
    /** Whether an option that is taken once is there twice. */
    readonly twice: boolean,
    readonly tty: boolean,
  ) {}

  [fc.toStringMethod](): string {
    return `payrun ${this.argv.map((word) => JSON.stringify(word)).join(' ')}${this.tty ? '  (on a terminal)' : ''}`;
  }
}

const period: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'last-month',
    'this-month',
    'LAST-WEEK',
    'last-quarter',
    'this-year',
    '2026',
    '2026-10',
    '2026-q3',
  ),
  fc.tuple(goodDate, goodDate).map(([one, other]) => `${one}..${other}`),
);
const badPeriod = fc.oneof(
  fc.constantFrom(
    '2026-13',
    '2026-Q5',
    '2026-Q0',
    '20261',
    '26',
    '..',
    '2026-10-01..',
    '..2026-10-01',
    'last month',
  ),
  fc.constantFrom(
    '2026-10-01...2026-10-05',
    '2026-10..2026-11',
    'lastmonth',
    '2026-W40',
    '1800',
    '\u0662\u0660\u0662\u0666',
  ),
  badDate.map((one) => `${one}..2026-12-31`),
);

const settingKey = fc.constantFrom(
  ...settingDefinitions().map(({ key }) => key.replace('<currency>', 'USD')),
  'minimum.eur',
  'minimum.XXX',
  'minimum.',
  'MINIMUM.usd',
  'minimum.<currency>',
);

const settingValue = fc.constantFrom(
  ...[
    '',
    '0',
    '7',
    '30',
    '50.00',
    'none',
    'NONE',
    'manual',
    'after-hold',
    'two-person',
    'required',
    'weekly',
    'off',
  ],
  ...[
    'UTC',
    'europe/berlin',
    'Etc/GMT+5',
    '+02:00',
    'Asia/Calcutta',
    'Mars/Base',
    'EUR',
    'usd',
    'DE',
    'Acme Ltd',
  ],
  ...['DE89370400440532013000', 'DE00370400440532013000', 'COBADEFFXXX', '3650', '3651', '1e2', '007'],
  ...[
    'X-{SEQ}',
    '{SEQ}',
    '{YYYY}{SEQ}',
    '{YY}-{MM}/{SEQ:12}',
    '{AFFILIATE}-{SEQ:3}',
    '{SEQ:99}',
    '{SEQ}{SEQ}',
    '{seq}',
  ],
  ...[
    'INV-{YYYY}-{SEQ:6}',
    'CN-{YYYY}-{SEQ:6}',
    '../{SEQ}',
    'A/{SEQ}',
    '{MM}-{SEQ}',
    '{SEQ}-{YYYY}',
    '{{SEQ}}',
  ],
);

/** Names in the working folder, and names that no file should have. None leads out of the folder. */
const path = fc.constantFrom(
  ...[
    '-',
    '.',
    'books',
    'books/',
    'out.csv',
    'out.html',
    'out.txt',
    'affiliates.csv',
    'commissions.csv',
    'notes.txt',
  ],
  ...[
    'ledger.db',
    'ledger.db-wal',
    'no/such/folder/x.csv',
    'notes.txt/x.csv',
    'books/../out.csv',
    'ü 名.csv',
    'a\nb.csv',
  ],
  ...[
    '\u001b[31mStolen.csv',
    '\u202egnp.exe',
    '$(touch owned)',
    '; touch owned',
    '~',
    '%2e%2e%2fx',
    'CON',
    'x'.repeat(300),
  ],
  ...[
    'x'.repeat(254),
    `${'y'.repeat(200)}.csv`,
    '=1+1.csv',
    'x.exe',
    'out.JSON',
    'plan.json',
    '\ufffd.csv',
    './.hidden',
  ],
  ...['d/'.repeat(2500) + 'x', '--out.csv', 'out.csv ', ' '],
);

interface Values {
  readonly good: fc.Arbitrary<string>;
  readonly bad?: fc.Arbitrary<string>;
}

/** What each placeholder of the command tree takes. */
const VALUES: Readonly<Record<string, Values>> = {
  date: { good: goodDate, bad: badDate },
  period: { good: period, bad: badPeriod },
  amount: {
    good: fc.oneof(
      goodAmount,
      goodAmount.map((one) => `-${one}`),
    ),
    bad: badAmount,
  },
  code: {
    good: fc.constantFrom('USD', 'EUR', 'usd', 'JPY'),
    bad: fc.constantFrom('US', 'XXX', 'u\u017fd', 'USD ', '840'),
  },
  currency: {
    good: fc.constantFrom('USD', 'EUR', 'usd', 'JPY'),
    bad: fc.constantFrom('US', 'XXX', 'u\u017fd', 'USD '),
  },
  affiliate: {
    good: fc.constantFrom(
      'aff_1',
      'aff_2',
      'aff_3',
      'ada@example.com',
      'Bo',
      '../../x',
      '=1+1',
      '.',
      'p',
      'Paused',
    ),
    bad: fc.constantFrom('aff', 'AFF_1', 'a', '@', '%', '_', 'ada@EXAMPLE.com'),
  },
  run: {
    good: fc.constantFrom('R-000001', 'R-000002', 'r-1', 'R-3', '1'),
    bad: fc.constantFrom('R-0', 'R-99999999999999999999', 'R--1', 'R-1e3', 'R-\u0661'),
  },
  invoiceNumber: {
    good: fc.constantFrom('INV-2026-000001', 'INV-2026-000002', 'INV-2026-000003', 'CN-2026-000001'),
    bad: fc.constantFrom(
      'INV-2026-1',
      'inv-2026-000001',
      'INV-2026-000001 ',
      'INV-2026-00000\u0661',
      'CN-2026-000009',
    ),
  },
  commission: {
    good: fc.constantFrom('c_1', 'c_4', 'c_5', 'c_8', 'c_1~1'),
    bad: fc.constantFrom('C_1', 'c_99', '~1'),
  },
  key: { good: settingKey, bad: fc.constantFrom('hold.day', 'timezon', '__proto__', 'x'.repeat(5000)) },
  value: { good: settingValue },
  timezone: { good: fc.constantFrom('UTC', 'Europe/Berlin', 'america/new_york'), bad: settingValue },
  zone: { good: fc.constantFrom('UTC', 'Europe/Berlin', 'america/new_york'), bad: settingValue },
  seconds: {
    good: fc.constantFrom('0', '1', '0.5', '30'),
    bad: fc.constantFrom('-1', '1e3', 'Infinity', '9999999', '٣', '0x1', '1.5.5'),
  },
  days: {
    good: fc.constantFrom('0', '30', '3650'),
    bad: fc.constantFrom('-1', '3651', '1.5', '1e2', '٣', '0x10', '99999999999999999999'),
  },
  once: { good: fc.constantFrom('k1', 'k2') },
  id: { good: fc.constantFrom('aff_1', 'new_1', 'c_4', 'J-000001', 'sha256:00') },
};

const PATHS = new Set(['file', 'path', 'out', 'dir', 'folder', 'ledger', 'plan', 'map', 'rejected']);
const SYNONYMS: Readonly<Record<string, string>> = {
  commissionId: 'commission',
  number: 'invoiceNumber',
  tz: 'timezone',
};

function valueFor(name: string): fc.Arbitrary<Said> {
  const kind = SYNONYMS[name] ?? name;
  // Where the user names a place, it is his own choice; only names that stay in the folder are tried.
  if (PATHS.has(kind)) return path.map((value) => ({ kind: 'path', value }));
  const { good = text, bad = nasty } = VALUES[kind] ?? {};
  return fc
    .oneof({ weight: 8, arbitrary: good }, { weight: 2, arbitrary: bad }, { weight: 1, arbitrary: nasty })
    .map((value) => ({ kind, value }));
}

/** What stands for the value of an option. A postal code or a BIC is called code, too. */
function placeholder(flags: string): string {
  const name = /<([^>]+)>/.exec(flags)?.[1] ?? '';
  if (flags.includes('--idempotency-key')) return 'once';
  return name === 'code' && !flags.includes('--currency') ? 'text' : name;
}

interface Piece {
  readonly words: readonly string[];
  readonly said: readonly Said[];
  readonly flag?: string;
}

/** Now and then something, mostly nothing. */
function rarely<T>(arbitrary: fc.Arbitrary<T>, outOf: number): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: outOf - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

/** An option with a value that may be there or not, joined by a blank or by `=`. */
function option(flags: string): fc.Arbitrary<Piece> {
  const flag = longFlag(flags);
  if (!takesValue({ flags, description: '' })) return fc.constant({ words: [flag], said: [] });
  return fc.tuple(valueFor(placeholder(flags)), fc.integer({ min: 0, max: 19 })).map(([one, form]) => {
    if (form === 0) return { words: [flag], said: [], flag };
    const joined = form < 6 || one.value.startsWith('-');
    return { words: joined ? [`${flag}=${one.value}`] : [flag, one.value], said: [one], flag };
  });
}

function chosen(choices: readonly string[]): fc.Arbitrary<Said> {
  return fc
    .oneof({ weight: 8, arbitrary: fc.constantFrom(...choices) }, { weight: 1, arbitrary: nasty })
    .map((value) => ({ kind: 'choice', value }));
}

function argument({ name, choices, variadic, required }: ArgumentDefinition): fc.Arbitrary<Piece[]> {
  const one = (choices === undefined ? valueFor(name) : chosen(choices)).map((said): Piece => ({
    words: [said.value],
    said: [said],
  }));
  const most = variadic === true ? 3 : 1;
  return fc.oneof(
    { weight: 8, arbitrary: fc.array(one, { minLength: 1, maxLength: most }) },
    { weight: required === true ? 1 : 2, arbitrary: fc.constant<Piece[]>([]) },
    { weight: 1, arbitrary: fc.array(one, { minLength: 2, maxLength: 4 }) },
  );
}

const LEFT_OUT = new Set(['--background']);

const globals: fc.Arbitrary<Piece[]> = fc
  .tuple(
    fc.subarray(['--json', '--yes', '--quiet', '--no-input', '--no-color']),
    rarely(
      fc.constantFrom(...globalOptions.filter(takesValue)).chain(({ flags }) => option(flags)),
      8,
    ),
  )
  .map(([flags, valued]) => [
    ...flags.map((flag) => ({ words: [flag], said: [] })),
    ...(valued === null ? [] : [valued]),
  ]);

/** Words that make a line another one. */
const stray = fc.oneof(
  fc.constantFrom(
    '--',
    '-',
    '--help',
    '-h',
    '-x',
    '--json',
    '—json',
    '--yes=1',
    '--json=false',
    '--no-json',
    '--all=',
    '=',
    '--=x',
  ),
  fc.constantFrom(
    'help',
    '--version',
    '-V',
    '--per',
    '--affiliate',
    '--ledger',
    '--actor',
    '-5',
    '-5.00',
    '--' + 'x'.repeat(5000),
  ),
  nasty,
);

/** A few options, each once, or now and then as often as it comes. */
function optionsOf(own: readonly OptionDefinition[]): fc.Arbitrary<Piece[]> {
  const one = fc.constantFrom(...own).chain(({ flags, choices }) =>
    choices === undefined
      ? option(flags)
      : chosen(choices).map((said): Piece => {
          const flag = longFlag(flags);
          return { words: [flag, said.value], said: [said], flag };
        }),
  );
  return fc.oneof(
    {
      weight: 9,
      arbitrary: fc.uniqueArray(one, { maxLength: 5, selector: ({ words }) => words[0]?.split('=')[0] }),
    },
    { weight: 1, arbitrary: fc.array(one, { maxLength: 4 }) },
  );
}

function lineOf(definition: CommandDefinition): fc.Arbitrary<Line> {
  const own = (definition.options ?? []).filter(({ flags }) => !LEFT_OUT.has(longFlag(flags)));
  const repeatable = new Set(
    own.filter((one) => one.repeatable === true).map(({ flags }) => longFlag(flags)),
  );
  const options = own.length === 0 ? fc.constant<Piece[]>([]) : optionsOf(own);
  return fc
    .record({
      args: fc.tuple(...(definition.arguments ?? []).map(argument)).map((lists) => lists.flat()),
      options,
      globals,
      tty: fc.boolean(),
      upset: rarely(
        fc.record({ word: stray, at: fc.nat(12), shuffled: fc.boolean(), seed: fc.nat(1000) }),
        5,
      ),
    })
    .map(({ args, options, globals, tty, upset }) => {
      const pieces = [...args, ...options, ...globals];
      const argv = [...definition.path, ...pieces.flatMap(({ words }) => words)];
      const flags = options.flatMap(({ flag }) => (flag === undefined || repeatable.has(flag) ? [] : [flag]));
      // On a terminal nobody is there to answer.
      const quiet = tty && !argv.includes('--json') ? ['--no-input'] : [];
      if (upset === null) {
        return new Line(
          [...argv, ...quiet],
          pieces.flatMap(({ said }) => said),
          new Set(flags).size < flags.length,
          tty,
        );
      }
      const mixed = upset.shuffled
        ? [...argv].sort((a, b) => rank(a, upset.seed) - rank(b, upset.seed))
        : argv;
      return new Line([...mixed.toSpliced(upset.at, 0, upset.word)], [], false, tty);
    });
}

/** Lines that are whole, so that what is tried in one place gets as far as it can. */
const WHOLE: readonly string[] = [
  'init --currency <currency> --timezone <zone> --minimum <amount> --hold-days <days> --ledger new.db',
  'init --currency USD --timezone UTC --ledger <path>',
  'settings set <key> <value>',
  'settings set minimum.USD <amount>',
  'settings set timezone <zone>',
  'import commissions commissions.csv --skip-invalid --rejected <path>',
  'import commissions <path> --settled-until <date>',
  'import affiliates <path> --skip-invalid',
  'affiliates add --id <id> --name <text> --email <text>',
  'affiliates edit <affiliate> --name <text> --city <text>',
  'adjust <affiliate> <amount> <currency> --reason <text> --earned-on <date> --yes',
  'generate --period <period> --all --yes',
  'generate --from <date> --to <date> --affiliate <affiliate> --override-minimum --yes',
  'generate --campaign <text> --all --include-earlier --yes',
  'generate --all --as-of <date> --dry-run --plan-out <path>',
  'generate --plan <path> --yes',
  'payouts void <invoiceNumber> --reason <text> --yes',
  'payouts redo <invoiceNumber> --reason <text> --yes',
  'payouts pay <invoiceNumber> --date <date> --reference <text> --yes',
  'payouts process --run <run> --reference <text>',
  'payouts list --run <run> --from <date>',
  'commissions reject <commission> --reason <text> --yes',
  'commissions list --campaign <text> --affiliate <affiliate>',
  'statement <affiliate> --period <period> --out <path> --force',
  'statement <affiliate> --format html',
  'export payouts --period <period> --out <path>',
  'export lines --currency <code>',
  'runs show <run>',
];

/** A line of these in which each place is filled with something; the words of a template are no values. */
const whole: fc.Arbitrary<Line> = fc
  .constantFrom(...WHOLE)
  .chain((template) =>
    fc.tuple(
      fc.tuple(
        ...template.split(' ').map((word): fc.Arbitrary<Piece> => {
          const name = /^<(.+)>$/.exec(word)?.[1];
          if (name === undefined) return fc.constant({ words: [word], said: [] });
          return valueFor(name).map((said) => ({ words: [said.value], said: [said] }));
        }),
      ),
      fc.boolean(),
      fc.boolean(),
    ),
  )
  .map(([pieces, json, tty]) => {
    const argv = [...pieces.flatMap(({ words }) => words), json ? '--json' : '--no-input'];
    const said = pieces.flatMap((piece) => piece.said);
    // A value that looks like an option may become one.
    const asTyped = said.every(({ value }) => !value.startsWith('-') || /^-[0-9.]+$/.test(value));
    return new Line(argv, asTyped ? said : [], false, tty);
  });

const rank = (word: string, seed: number): number => {
  let hash = seed;
  for (const character of word.slice(0, 50)) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1009;
  return hash;
};

/** Any line over these commands. */
export function commandLines(commands: readonly CommandDefinition[]): fc.Arbitrary<Line> {
  const known = commands.filter((definition) => definition.path[0] !== 'demo');
  return fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...known).chain(lineOf) },
    { weight: 15, arbitrary: whole },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.array(stray, { maxLength: 5 }), fc.boolean())
        .map(([words, tty]) => new Line(words, [], false, tty)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...known), fc.array(stray, { maxLength: 4 }))
        .map(([{ path }, words]) => new Line(['complete', '--', ...path, ...words], [], false, false)),
    },
  );
}
