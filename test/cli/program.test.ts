import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../../src/core/errors.js';
import { parseCommandLine, type Request } from '../../src/cli/program.js';
import { command, treeOf } from './fake-io.js';

const tree = treeOf(
  command(['generate'], {
    options: [
      { flags: '--period <period>', description: 'the range', default: 'last-month', conflicts: ['from'] },
      { flags: '--from <date>', description: 'the first day' },
      { flags: '--affiliate <who>', description: 'one affiliate' },
      { flags: '--run <run>', description: 'runs', repeatable: true },
      { flags: '--dry-run', description: 'change nothing' },
      { flags: '--status <status>', description: 'one status', choices: ['open', 'paid'] },
      { flags: '--note <text>', description: 'a note', allowEmpty: true },
    ],
    examples: [{ command: 'payrun generate --all --yes', what: 'Pay everybody' }],
    writes: true,
  }),
  command(['adjust'], {
    arguments: [
      { name: 'affiliate', description: 'who', required: true },
      { name: 'amount', description: 'how much', required: true },
    ],
  }),
  command(['payouts', 'list']),
  command(['payouts', 'void'], {
    arguments: [{ name: 'numbers', description: 'invoice numbers', required: true, variadic: true }],
  }),
);

const layout = { width: 80, bold: (text: string) => text };

function parse(...argv: string[]): Request {
  return parseCommandLine(argv, tree, layout);
}

function parsedRun(...argv: string[]): Extract<Request, { kind: 'run' }> {
  const request = parse(...argv);
  if (request.kind !== 'run') {
    throw new Error(`expected a run, not ${request.kind}`);
  }
  return request;
}

function refusal(...argv: string[]): string {
  try {
    parse(...argv);
  } catch (error) {
    if (error instanceof UsageError) {
      return `${error.message} | ${error.hint ?? ''}`;
    }
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('global options', () => {
  const places = [
    ['before the words', ['--json', '--ledger', 'a.db', '--wait', '5', 'payouts', 'list']],
    ['after the words', ['payouts', 'list', '--json', '--ledger', 'a.db', '--wait', '5']],
    ['between the words', ['payouts', '--json', '--ledger=a.db', '--wait=5', 'list']],
  ] as const;
  test.each(places)('they are understood %s', (_where, argv) => {
    const { globals, definition } = parsedRun(...argv);
    expect(globals).toMatchObject({ json: true, ledgerPath: 'a.db', waitSeconds: 5 });
    expect(definition.path).toEqual(['payouts', 'list']);
  });

  test('the place nearest to the command wins', () => {
    expect(parsedRun('--actor', 'kim', 'payouts', 'list', '--actor', 'bo').globals.actor).toBe('bo');
  });

  test('without any the defaults are to ask, to colour and to wait 30 seconds', () => {
    expect(parsedRun('payouts', 'list').globals).toEqual({
      json: false,
      quiet: false,
      yes: false,
      input: true,
      color: true,
      waitSeconds: 30,
    });
  });

  test('--no-input, --no-color, --quiet and --yes are seen wherever they stand', () => {
    const { globals } = parsedRun('--no-input', '--quiet', 'generate', '--no-color', '--yes');
    expect(globals).toMatchObject({ input: false, color: false, quiet: true, yes: true });
  });

  test('a wait that is no number of seconds is refused', () => {
    expect(refusal('generate', '--wait', 'soon')).toBe(
      "Option --wait cannot be 'soon'. Write a number of seconds, such as 30. | See payrun generate --help.",
    );
  });
});

describe('arguments and options', () => {
  test('options arrive under their camelCase name, with defaults, flags and lists', () => {
    const { input } = parsedRun('generate', '--dry-run', '--run', 'R-000001', '--run', 'R-000002');
    expect(input.text('period')).toBe('last-month');
    expect(input.flag('dryRun')).toBe(true);
    expect(input.flag('yes')).toBe(false);
    expect(input.list('run')).toEqual(['R-000001', 'R-000002']);
    expect(input.text('affiliate')).toBeUndefined();
  });

  test('a negative amount is an argument', () => {
    expect(parsedRun('adjust', 'aff_1', '-12.50', '--json').input.argument('amount')).toBe('-12.50');
  });

  test('a variadic argument takes all the rest', () => {
    expect(parsedRun('payouts', 'void', 'A', 'B').input.argumentList('numbers')).toEqual(['A', 'B']);
  });

  test('an empty value is refused, except where it has a meaning', () => {
    expect(refusal('generate', '--affiliate', '')).toContain('Option --affiliate must not be empty.');
    expect(parsedRun('generate', '--note', '').input.text('note')).toBe('');
  });

  test('an option that follows where a value belongs is not swallowed', () => {
    expect(refusal('generate', '--affiliate', '--yes')).toContain(
      "Option --affiliate cannot be '--yes'. That is an option: the value is missing.",
    );
    expect(refusal('generate', '--affiliate', '--period=2026-10')).toContain(
      "Option --affiliate cannot be '--period=2026-10'. That is an option: the value is missing.",
    );
  });

  test('a global option that follows where a value belongs is not swallowed either', () => {
    for (const argv of [
      ['payouts', 'list', '--actor', '--json'],
      ['--ledger', '--yes', 'generate'],
      ['generate', '--affiliate', '--help'],
    ]) {
      expect(refusal(...argv)).toContain('That is an option: the value is missing.');
    }
  });

  test('a value with line breaks is quoted whole, and no line of it is taken for a guess', () => {
    const value = 'x\n(Did you mean --yes?)\ny';
    expect(refusal('generate', `--status=${value}`)).toBe(
      `Option --status cannot be '${value}'. Allowed choices are open, paid. | See payrun generate --help.`,
    );
  });

  test('an option given twice is refused instead of half ignored', () => {
    expect(refusal('generate', '--affiliate', 'a', '--affiliate', 'b')).toContain(
      'Option --affiliate is given twice.',
    );
  });

  test('two options that exclude each other are refused', () => {
    expect(refusal('generate', '--period', '2026', '--from', '2026-01-01')).toMatch(/cannot be used with/);
  });

  test('a default does not conflict with what was given', () => {
    expect(parsedRun('generate', '--from', '2026-01-01').input.text('from')).toBe('2026-01-01');
  });

  const refusals = [
    [['generate', '--status', 'opne'], "Option --status cannot be 'opne'. Allowed choices are open, paid."],
    [['generate', '--period'], 'Option --period <period> needs a value.'],
    [['adjust', 'aff_1'], '<amount> is missing. | See payrun adjust --help.'],
    [['generate', 'october'], "Too many arguments for 'generate'."],
    [['generate', '--perod', '2026'], "There is no option '--perod'. | Did you mean --period?"],
    [['genrate'], "There is no command 'genrate'. | Did you mean generate? See payrun --help."],
    [['payouts', 'lst'], "There is no command 'lst'. | Did you mean list? See payrun payouts --help."],
    [['void', 'INV-1'], "There is no command 'void'. | Did you mean payrun payouts void? See payrun --help."],
  ] as const;
  test.each(refusals)('%j is refused with the way on', (argv, said) => {
    expect(refusal(...argv)).toContain(said);
  });
});

describe('help', () => {
  function help(...argv: string[]): string {
    const request = parse(...argv);
    return request.kind === 'help' ? request.text : `not help but ${request.kind}`;
  }

  test('a command shows its options, the global ones last, and its examples', () => {
    const text = help('generate', '--help');
    expect(text).toMatch(/^Usage: payrun generate \[options\]\n\nDo generate\.\n/);
    expect(text.indexOf('--dry-run')).toBeLessThan(text.indexOf('Global options:'));
    expect(text).toContain('Examples:\n  $ payrun generate --all --yes\n      Pay everybody\n');
  });

  test.each([
    [
      ['help', 'generate'],
      ['generate', '--help'],
    ],
    [
      ['help', 'payouts', 'void'],
      ['payouts', 'void', '-h'],
    ],
    [['payouts'], ['payouts', '--help']],
    [['help'], ['--help']],
  ] as const)('%j is the same as %j', (one, other) => {
    expect(help(...one)).toBe(help(...other));
  });

  test('help wins over a missing argument', () => {
    expect(help('adjust', '--help')).toContain('Usage: payrun adjust [options] <affiliate> <amount>');
  });

  test.each([[['help', 'genrate']], [['genrate', '--help']], [['help', 'payouts', 'lst']]] as const)(
    'help for a word that does not exist is refused with a guess: %j',
    (argv) => {
      expect(refusal(...argv)).toContain('Did you mean');
    },
  );

  test('a bare call is told apart, also with global options', () => {
    expect(parse().kind).toBe('bare');
    expect(parse('--ledger', 'x.db').kind).toBe('bare');
  });

  test('--version is understood on every command, whatever is missing', () => {
    expect(parse('adjust', '--version').kind).toBe('version');
    expect(parse('payouts', '-V').kind).toBe('version');
  });

  test('no line is wider than the terminal', () => {
    const widest = Math.max(
      ...help('generate', '--help')
        .split('\n')
        .map((line) => line.length),
    );
    expect(widest).toBeLessThanOrEqual(80);
  });
});
