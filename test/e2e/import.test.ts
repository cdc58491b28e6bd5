import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeProgramme, type Sandbox } from './payrun.js';

const HEADER = 'id,affiliate_id,earned_at,amount,currency,status';
const AFFILIATES = 'id,name,payout_method,payout_account\na1,Ada,paypal,ada@example.com\na2,Bo,manual,\n';

/** One good row below the header, then the row to be tried. */
const withRow = (row: string): string => `${HEADER}\nc1,a1,2026-10-01,10.00,USD,approved\n${row}\n`;

const digest = async (sandbox: Sandbox): Promise<string> =>
  createHash('sha256')
    .update(await readFile(sandbox.ledger))
    .digest('hex');

describe('bad input', () => {
  let sandbox: Sandbox;
  let before: string;
  beforeAll(async () => {
    sandbox = await makeProgramme({ affiliates: AFFILIATES });
    before = await digest(sandbox);
  });
  afterAll(async () => {
    await sandbox.remove();
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['an empty file', '', /line 1, id, "": The file is empty; its first line must name the columns/],
    ['nothing but blank lines', '\n\n\n', /line 1, id, "": The file is empty/],
    [
      'a missing column',
      'id,affiliate_id,amount\n',
      /line 1, earned_at, "": The file has no column earned_at/,
    ],
    ['an id twice', withRow('c1,a1,2026-10-02,1,USD,'), /line 3, id, "c1": .* on line 2 too\. Keep one/],
    ['an id that is empty', withRow(',a1,2026-10-02,1,USD,'), /line 3, id, "": The id is empty/],
    ['an id with a ~', withRow('c1~1,a1,2026-10-02,1,USD,'), /line 3, id, "c1~1": The id holds a ~/],
    [
      'an unknown affiliate',
      withRow('c2,zz,2026-10-02,1,USD,'),
      /line 3, affiliate_id, "zz": There is no affiliate zz\. Import/,
    ],
    [
      'a wrong currency',
      withRow('c2,a1,2026-10-02,1,DOLLARS,'),
      /line 3, currency, "DOLLARS": .*Use three letters/,
    ],
    ['an exponent', withRow('c2,a1,2026-10-02,1e3,USD,'), /line 3, amount, "1e3": /],
    [
      'thousands separators',
      withRow('c2,a1,2026-10-02,"1,234.50",USD,'),
      /line 3, amount, "1,234.50": .*1234\.50/,
    ],
    ['a currency sign', withRow('c2,a1,2026-10-02,$5,USD,'), /line 3, amount, "\$5": /],
    ['too many decimals', withRow('c2,a1,2026-10-02,12.345,USD,'), /line 3, amount, "12.345": /],
    ['decimals in yen', withRow('c2,a1,2026-10-02,12.5,JPY,'), /line 3, amount, "12.5": /],
    ['30 digits', withRow(`c2,a1,2026-10-02,${'9'.repeat(30)},USD,`), /line 3, amount, "9{30}": /],
    ['no amount', withRow('c2,a1,2026-10-02,,USD,'), /line 3, amount, "": The amount is empty/],
    ['a negative sale', withRow('c2,a1,2026-10-02,-1,USD,'), /line 3, amount, "-1": .*clawback/],
    ['no day of the calendar', withRow('c2,a1,2026-02-30,1,USD,'), /line 3, earned_at, "2026-02-30": /],
    [
      'a time without zone',
      withRow('c2,a1,2026-10-02 10:00:00,1,USD,'),
      /line 3, earned_at, "2026-10-02 10:00:00": .*Z/,
    ],
    [
      'an unknown status',
      withRow('c2,a1,2026-10-02,1,USD,paid'),
      /line 3, status, "paid": .*pending, approved/,
    ],
    [
      'a cell too many',
      withRow('c2,a1,2026-10-02,1,234.50,USD,approved'),
      /line 3, "c2,a1.*7 cells and the header 6/,
    ],
    ['a NUL', withRow('c\0,a1,2026-10-02,1,USD,'), /line 3, id, "c.u0000": The id holds a NUL/],
    [
      'a quote that is never closed',
      withRow('"c2,a1,2026-10-02,1,USD,'),
      /line 3: A quote \("\) .* never closed/,
    ],
    ['UTF-16', Buffer.from(`\ufeff${withRow('')}`, 'utf16le'), /line 1: The file is UTF-16/],
    [
      'Latin-1',
      Buffer.from(withRow('c\u00e9,a1,2026-10-02,1,USD,'), 'latin1'),
      /line 3, "0xe9": .*not UTF-8/,
    ],
    ['an Excel workbook', Buffer.from('PK\u0003\u0004 and so on'), /line 1: The file is an Excel workbook/],
    ['random bytes', Buffer.from([0x89, 0x50, 0xff, 0xfe, 0x0d, 0x0a, 0x1a, 0x0a]), /line 1, "0x89"/],
    ['a line of 10 MB', withRow('x'.repeat(10_000_000)), /line 3: The row .* is longer than 1048576 bytes/],
  ])(
    '%s is named with its place and its remedy, and nothing is written',
    async (_title, content, expected) => {
      const file = await sandbox.write('bad.csv', content);
      const outcome = await sandbox.payrun(['import', 'commissions', file]);
      expect(outcome.stderr).toMatch(expected);
      expect(outcome.stderr).toContain('Nothing was imported: ');
      expect(outcome.stderr).toContain('bad.csv');
      expect(outcome.stderr).not.toMatch(/\n\s+at /);
      expect(outcome.stderr.length).toBeLessThan(2000);
      expect([outcome.code, outcome.stdout]).toEqual([5, '']);
      expect(await digest(sandbox)).toBe(before);
    },
  );

  it('is the same in JSON, in the shape of rejections', async () => {
    const file = await sandbox.write('bad.csv', withRow('c2,a1,2026-10-02,12.345,USD,'));
    const outcome = await sandbox.payrun(['import', 'commissions', file, '--json']);
    expect(outcome.code).toBe(5);
    expect(outcome.json).toEqual({
      schemaVersion: 1,
      error: {
        code: 'invalid_data',
        message: `Nothing was imported: ${file} has one bad row among 2.`,
        hint: expect.stringContaining('--skip-invalid'),
        details: [
          {
            line: 3,
            column: 'amount',
            value: '12.345',
            code: 'too_many_decimals',
            message: expect.any(String),
          },
        ],
      },
    });
  });

  it('lists a hundred rows in text and all of them in JSON', async () => {
    const rows = Array.from({ length: 250 }, (_, index) => `c${index},zz,2026-10-02,1,USD,`);
    const file = await sandbox.write('bad.csv', [HEADER, ...rows, ''].join('\n'));
    const text = (await sandbox.payrun(['import', 'commissions', file])).stderr;
    expect(text).toContain('has 250 bad rows among 250. The first 100 are listed; --json lists all.');
    expect(text.match(/^ {2}line /gm)).toHaveLength(100);
    expect((await sandbox.payrun(['import', 'commissions', file, '--json'])).json.error.details).toHaveLength(
      250,
    );
  });

  it('is refused as a whole where the file cannot be read on, also with --skip-invalid', async () => {
    const file = await sandbox.write('bad.csv', `${HEADER}\nc1,a1,2026-10-01,10,USD,\nc2,zz,x,1,,\n"c3,a1,`);
    const outcome = await sandbox.payrun(['import', 'commissions', file, '--skip-invalid', '--json']);
    expect(outcome.code).toBe(5);
    expect(
      outcome.json.error.details.map((one: { line: number; code: string }) => [one.line, one.code]),
    ).toEqual([
      [3, 'bad_date'],
      [4, 'bad_row'],
    ]);
    expect(await digest(sandbox)).toBe(before);
  });

  it.each<[string, string[], number, RegExp]>([
    ['a file that is not there', ['nowhere.csv'], 3, /nowhere\.csv: there is no such file/],
    ['a folder', ['.'], 2, /it is a folder/],
    ['no file', [], 2, /Which file of commissions to import/],
    ['--rejected alone', ['-', '--rejected', 'x.csv'], 2, /--skip-invalid/],
    [
      '--rejected that is the file itself',
      ['c.csv', '--skip-invalid', '--rejected', './c.csv'],
      2,
      /the file that is imported/,
    ],
    ['--skip-invalid from stdin without a place', ['-', '--skip-invalid'], 2, /--rejected FILE/],
    ['a day that is none', ['-', '--settled-until', '2026-02-30'], 2, /--settled-until 2026-02-30/],
  ])('%s is told with its own exit code', async (_title, args, code, expected) => {
    const outcome = await sandbox.payrun(['import', 'commissions', ...args]);
    expect(outcome.stderr).toMatch(expected);
    expect(outcome.code).toBe(code);
  });

  it('never reaches the terminal raw', async () => {
    const file = await sandbox.write(
      'bad.csv',
      withRow('c2,\u001b[31mred\u001b]0;x\u0007,2026-10-02,1,USD,'),
    );
    const { stderr } = await sandbox.payrun(['import', 'commissions', file]);
    // eslint-disable-next-line no-control-regex -- these are the characters that must not be there
    expect(stderr).not.toMatch(/[\u001b\u0007]/);
  });
});

describe('good input', () => {
  const programme = async (run: (sandbox: Sandbox) => Promise<void>): Promise<void> => {
    const sandbox = await makeProgramme({ affiliates: AFFILIATES });
    try {
      await run(sandbox);
      await sandbox.succeed(['verify']);
    } finally {
      await sandbox.remove();
    }
  };

  it('answers what became of the rows', () =>
    programme(async (sandbox) => {
      const file = await sandbox.write('c.csv', withRow('c2,a2,2026-10-02,1,,'));
      expect((await sandbox.succeed(['import', 'commissions', file])).stdout).toBe('2 new (2 rows).\n');
      await sandbox.write('c.csv', withRow('c2,a2,2026-10-02,2,,').replaceAll(',', ';'));
      const { json } = await sandbox.succeed(['import', 'commissions', file, '--json']);
      expect(json).toEqual({
        schemaVersion: 1,
        imported: { new: 0, changed: 1, unchanged: 1, corrected: 0, rejected: 0 },
        rows: 2,
        possibleDuplicates: [],
        takenBackTwice: [],
        notSettled: [],
        rejections: [],
        rejectedFile: null,
        unknownColumns: [],
        dryRun: false,
      });
    }));

  it('takes a header alone for no rows', () =>
    programme(async (sandbox) => {
      const outcome = await sandbox.succeed(['import', 'commissions', await sandbox.write('c.csv', HEADER)]);
      expect(outcome.stdout).toBe('0 rows: the file has a header and nothing below it.\n');
    }));

  it('names unknown columns once, on stderr', () =>
    programme(async (sandbox) => {
      const stdin =
        'id,affiliate_id,earned_at,amount,colour,Mood\nc1,a1,2026-10-01,1,red,sad\nc2,a1,2026-10-01,2,,\n';
      const outcome = await sandbox.succeed(['import', 'commissions', '-'], { stdin });
      expect(outcome.stdout).toBe('2 new (2 rows).\n');
      expect(outcome.stderr.match(/colour, Mood/g)).toHaveLength(1);
    }));

  it('writes nothing in a dry run, and answers the same', () =>
    programme(async (sandbox) => {
      const file = await sandbox.write('c.csv', withRow('c2,zz,2026-10-02,1,,'));
      const args = ['import', 'commissions', file, '--skip-invalid', '--json'];
      const before = await digest(sandbox);
      const dry = (await sandbox.succeed([...args, '--dry-run'])).json;
      expect(await digest(sandbox)).toBe(before);
      await expect(sandbox.read('c.csv.rejected.csv')).rejects.toThrow('ENOENT');
      const real = (await sandbox.succeed(args)).json;
      expect(dry).toEqual({ ...real, dryRun: true, rejectedFile: null });
    }));

  it('skips bad rows into a file that is imported when it is mended', () =>
    programme(async (sandbox) => {
      const file = await sandbox.write(
        'c.csv',
        `${HEADER}\nc1,a1,2026-10-01,10,,\n"c,2",a1,2026-10-02,"1,50",,\nc3,zz,2026-10-02,-1,,\n`,
      );
      const outcome = await sandbox.succeed(['import', 'commissions', file, '--skip-invalid']);
      expect(outcome.stdout).toBe('1 new, 2 rejected (3 rows).\n');
      expect(outcome.stderr).toContain('c.csv.rejected.csv');
      const rejected = await sandbox.read('c.csv.rejected.csv');
      expect(rejected.split('\n')[0]).toBe(`${HEADER},payrun_line,payrun_column,payrun_code,payrun_reason`);
      const mended = rejected.replace('"1,50"', '1.50').replace('zz', 'a2').replace(',-1,', ',1,');
      const path = await sandbox.write('mended.csv', mended);
      expect((await sandbox.succeed(['import', 'commissions', path])).stdout).toBe('2 new (2 rows).\n');
      await sandbox.write('c.csv', `${HEADER}\nc1,a1,2026-10-01,10,,\n`);
      const again = await sandbox.succeed(['import', 'commissions', file, '--skip-invalid']);
      expect(again.stderr).toContain('is from an earlier import; this time nothing was rejected.');
      expect(await sandbox.read('c.csv.rejected.csv')).toBe(rejected);
    }));

  it('takes nothing when the refused rows cannot be written', () =>
    programme(async (sandbox) => {
      const stdin = withRow('c2,zz,2026-10-02,1,,');
      const before = await digest(sandbox);
      const args = ['import', 'commissions', '-', '--skip-invalid', '--rejected', 'nowhere/x.csv'];
      expect((await sandbox.payrun(args, { stdin })).code).toBe(3);
      expect(await digest(sandbox)).toBe(before);
      const good = [...args.slice(0, -1), 'x.csv'];
      expect((await sandbox.succeed([...good, '--json'], { stdin })).json.rejectedFile).toBe('x.csv');
      expect((await sandbox.read('x.csv')).split('\n')).toHaveLength(3);
    }));

  it.each(['UTC', 'America/Los_Angeles', 'Pacific/Kiritimati'])(
    'takes the last second of a month in the book zone for that month, whatever the process is in (%s)',
    (zone) =>
      programme(async (sandbox) => {
        const rows = [
          'last,a1,2026-10-31T23:59:59+01:00,1,,',
          'first,a1,2026-11-01T00:00:00+01:00,1,,',
          'utc,a1,2026-10-31T22:59:59Z,2,,',
          'day,a1,2026-10-31,3,,',
        ];
        const stdin = [HEADER, ...rows, ''].join('\n');
        const env = { TZ: zone };
        await sandbox.succeed(['import', 'commissions', '-'], { stdin, env });
        const { json } = await sandbox.succeed(['commissions', 'list', '--json'], { env });
        const days = json.commissions.map(
          (one: { id: string; earnedOn: string }) => `${one.id} ${one.earnedOn}`,
        );
        expect(days).toEqual(['last 2026-10-31', 'first 2026-11-01', 'utc 2026-10-31', 'day 2026-10-31']);
      }),
  );

  it('corrects what was paid, and says so', () =>
    programme(async (sandbox) => {
      const file = await sandbox.write('c.csv', `${HEADER}\nc1,a1,2026-10-01,10.00,USD,approved\n`);
      await sandbox.succeed(['import', 'commissions', file]);
      await sandbox.succeed(['generate', '--all', '--period', 'last-month', '--yes']);
      await sandbox.write('c.csv', `${HEADER}\nc1,a1,2026-10-01,4.00,USD,approved\n`);
      const outcome = await sandbox.succeed(['import', 'commissions', file]);
      expect(outcome.stdout).toBe('1 corrected (1 row).\n');
      expect(outcome.stderr).toContain('the corrections are netted in the next payout');
    }));

  it('warns of affiliates who could not be paid', () =>
    programme(async (sandbox) => {
      const stdin = 'id,name,payout_method\na3,Cy,sepa\na4,Di,\n';
      const outcome = await sandbox.succeed(['import', 'affiliates', '-'], { stdin });
      expect(outcome.stdout).toBe('2 new (2 rows).\n');
      expect(outcome.stderr).toContain('warning: A payout method, but no payout account: a3.\n');
      expect(outcome.stderr).toContain('warning: No payout method: a4.\n');
    }));
});

describe('a file with more bad rows than are listed', () => {
  it('is refused with every one of them in the one JSON document, and the first hundred in text', async () => {
    const sandbox = await makeProgramme({ affiliates: 'id,name\na1,Ada\n' });
    try {
      const rows = Array.from({ length: 2500 }, (_, i) => `c${i},a1,2026-10-01,$${i}`);
      const file = await sandbox.write('bad.csv', `id,affiliate_id,earned_at,amount\n${rows.join('\n')}\n`);
      const told = await sandbox.payrun(['import', 'commissions', file, '--json']);
      const text = await sandbox.payrun(['import', 'commissions', file]);

      expect({ json: told.code, text: text.code }).toEqual({ json: 5, text: 5 });
      expect(told.json).toMatchObject({ schemaVersion: 1, error: { code: 'invalid_data' } });
      expect(told.json.error.details).toHaveLength(2500);
      expect(told.json.error.details[2499]).toMatchObject({ line: 2501, column: 'amount', value: '$2499' });
      expect(told.json.error.message).not.toContain('--json');
      expect(text.stderr).toContain('The first 100 are listed; --json lists all.');
    } finally {
      await sandbox.remove();
    }
  });
});
