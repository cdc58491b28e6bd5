import { describe, expect, test } from '@jest/globals';
import { printSettings } from '../../../src/cli/render/settings.js';
import { fakeTerminal, person } from '../fake-io.js';

const LONG = 'Acme Trading and Holding Company of Somewhere, 1 Long Street, Floor 23, 10115 Berlin';
const SETTINGS = [
  { key: 'company.address', value: LONG, isDefault: false, description: 'The address in one line.' },
  { key: 'company.country', value: '', isDefault: true, description: 'The country, as two letters.' },
  {
    key: 'approval.commissions',
    value: 'manual',
    isDefault: true,
    description: 'manual: pending ones wait for an approval. after-hold: they count once available.',
  },
];

/** Without colours. */
async function shown(columns: number, tty = person): Promise<string> {
  const { terminal, io } = fakeTerminal({ tty, columns }, { color: false });
  await printSettings(terminal, SETTINGS);
  return io.out();
}

describe('settings', () => {
  test('stand above what they are on a narrow terminal, and nothing is cut', async () => {
    expect(await shown(60)).toBe(
      [
        'company.address       Acme Trading and Holding Company of',
        '                      Somewhere, 1 Long Street, Floor 23,',
        '                      10115 Berlin',
        '  The address in one line.',
        'company.country',
        '  The country, as two letters.',
        '',
        'approval.commissions  manual (default)',
        '  manual: pending ones wait for an approval. after-hold:',
        '  they count once available.',
        '',
      ].join('\n'),
    );
  });

  test('are a table where there is room, and in a pipe', async () => {
    const wide = await shown(220);
    expect(wide.split('\n')[1]).toBe(`company.address       ${LONG}  The address in one line.`);
    expect(await shown(60, { in: false, out: false, err: false })).toBe(wide);
  });
});
