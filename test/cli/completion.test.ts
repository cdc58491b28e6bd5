import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { command, run, treeOf } from './fake-io.js';
import { commandTree } from '../../src/cli/commands/index.js';
import { SampleLedger } from '../store/sample-ledger.js';

const tree = treeOf(
  command(['generate'], {
    options: [
      { flags: '--status <status>', description: 'one status', choices: ['open', 'paid'] },
      { flags: '--plan <file>', description: 'a plan' },
      { flags: '--period <period>', description: 'the range' },
      { flags: '--dry-run', description: 'change nothing' },
    ],
  }),
  command(['payouts', 'list']),
  command(['payouts', 'void'], { arguments: [{ name: 'numbers', description: 'numbers', variadic: true }] }),
  command(['backup'], { arguments: [{ name: 'file', description: 'where to' }] }),
  command(['work'], { hidden: true }),
);

async function completed(...words: string[]): Promise<{ words: string[]; files: boolean }> {
  const { exitCode, out } = await run(['complete', '--', ...words], tree);
  expect(exitCode).toBe(0);
  const lines = out.trimEnd().split('\n');
  return { words: lines.slice(0, -1).map((line) => line.split('\t')[0] ?? ''), files: lines.at(-1) === ':0' };
}

describe('completion', () => {
  test('a first word is one of the commands, without the hidden ones', async () => {
    expect((await completed('')).words).toEqual(['payouts', 'generate', 'backup']);
    expect((await completed('gen')).words).toEqual(['generate']);
  });

  test('a noun is followed by its verbs', async () => {
    expect((await completed('payouts', '')).words).toEqual(['list', 'void']);
  });

  test('options are those of the command and the global ones', async () => {
    expect((await completed('generate', '--p')).words).toEqual(['--plan', '--period']);
    expect((await completed('payouts', 'list', '--led')).words).toEqual(['--ledger']);
  });

  test('a value is one of its choices', async () => {
    expect((await completed('generate', '--status', '')).words).toEqual(['open', 'paid']);
  });

  test('files are offered where a path belongs, and only there', async () => {
    expect((await completed('generate', '--plan', '')).files).toBe(true);
    expect((await completed('backup', '')).files).toBe(true);
    expect((await completed('generate', '--period', '')).files).toBe(false);
    expect((await completed('')).files).toBe(false);
  });

  test('global options before the words do not confuse it', async () => {
    expect((await completed('--ledger', 'a.db', '--json', 'payouts', 'v')).words).toEqual(['void']);
  });

  describe('in payrun itself', () => {
    const offered = async (...words: string[]): Promise<string[]> => {
      const { out, err } = await run(['complete', '--', ...words], commandTree);
      expect(err).toBe('');
      return out.trimEnd().split('\n').slice(0, -1);
    };

    test.each([
      [
        ['settings', 'set', 'hold'],
        ['hold.days\tDays between earning a sale and its being available, kept for refunds.'],
      ],
      [
        ['settings', 'get', 'export.qbo-bills.s'],
        [
          'export.qbo-bills.supplier-title\tThe column of the supplier: Supplier, or Vendor in the US edition.',
        ],
      ],
      [['settings', 'list', 'export.d'], ['export.datev\t']],
      [['settings', 'list', 'acc'], ['accounts\t']],
      [
        ['settings', 'set', 'approval.payouts', ''],
        ['none\t', 'required\t', 'two-person\t'],
      ],
      [
        ['settings', 'set', 'export.datev.chart', ''],
        ['03\t', '04\t'],
      ],
      [['settings', 'set', 'export.qbo-bills.supplier-title', 'V'], ['Vendor\t']],
      [['settings', 'set', 'hold.days', ''], []],
      [['settings', 'set', 'nonsense', ''], []],
      [['payments', 'show', '--ledger', '/nowhere', ''], []],
    ])('%j is followed by what the settings know', async (words, expected) => {
      expect((await offered(...words)).slice(0, Math.max(1, expected.length))).toEqual(expected);
    });

    test('a payment batch is one of the ledger, which is only looked at', async () => {
      const sample = await SampleLedger.create();
      const at = "'2026-11-22T12:00:00.000Z', '2026-11-22', 'kim', 'kim'";
      sample.tamper(`
        INSERT INTO payment_batches VALUES (1, 'wise', 'csv', '2026-11-22', '{}', ${at}),
          (2, 'sepa', 'csv', '2026-11-22', '{}', ${at})`);
      try {
        const ids = await offered('--ledger', sample.path, 'payments', 'write', '');
        expect(ids.map((line) => line.replace(/\t.*, /, ' '))).toEqual(['B-000002 sepa', 'B-000001 wise']);
        expect(await offered('payments', 'confirm', '--ledger', sample.path, 'B-000001')).toHaveLength(1);
        sample.tamper('PRAGMA user_version = 3');
        expect(await offered('--ledger', sample.path, 'payments', 'write', '')).toEqual([]);
      } finally {
        await sample.remove();
      }
    });
  });

  test.each(['bash', 'zsh', 'fish', 'powershell'])(
    'there is a script for %s that asks payrun',
    async (shell) => {
      const { exitCode, out } = await run(['completion', shell], commandTree);
      expect(exitCode).toBe(0);
      expect(out).toMatch(/payrun complete '?--/);
    },
  );

  test('the bash script is valid bash', async () => {
    const { out } = await run(['completion', 'bash'], commandTree);
    expect(() => execFileSync('bash', ['--norc', '-n'], { input: out })).not.toThrow();
  });

  test('in bash it completes words and files, runs nothing of the line, and may be loaded twice', async () => {
    const { out: script } = await run(['completion', 'bash'], commandTree);
    const bash = String.raw`
      _get_comp_words_by_ref() { words=("\${COMP_WORDS[@]}"); cword=$COMP_CWORD; cur=\${words[cword]}; }
      compopt() { echo "compopt $*"; }
      payrun() { printf '<%s>' "$@" >&3; printf 'show	
list	
:%s
' "$DIRECTIVE"; }
      ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); __payrun_complete 3>&1; echo "=> \${COMPREPLY[*]}"; }
      complete -p payrun
      DIRECTIVE=4 ask payrun payouts ''
      DIRECTIVE=0 ask payrun import '$(echo ran)' '\`echo ran\`' s
    `
      .replaceAll('\\$', '$')
      .replaceAll('\\`', '`');
    const said = execFileSync('bash', ['--norc'], {
      input: `${script}\n${script}\n${bash}`,
      encoding: 'utf8',
    });
    expect(said).toBe(
      [
        'complete -o default -F __payrun_complete payrun',
        '<complete><--><payouts><>compopt +o default',
        '=> show list',
        '<complete><--><import><$(echo ran)><`echo ran`><s>=> show',
        '',
      ].join('\n'),
    );
  });

  test('with --json the script is in a document', async () => {
    const { out } = await run(['completion', 'bash', '--json'], commandTree);
    expect(JSON.parse(out)).toMatchObject({ schemaVersion: 1, completion: { shell: 'bash' } });
  });
});
