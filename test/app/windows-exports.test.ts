import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exportFile, type ExportRequest } from '../../src/app/export.js';
import { getSetting, listSettings, setSetting } from '../../src/app/settings.js';
import { SampleLedger } from '../store/sample-ledger.js';

const EVERYTHING: ExportRequest = {
  format: 'datev',
  range: { from: null, to: null },
  run: null,
  currency: null,
  newOnly: false,
  template: null,
};

describe('the files of a ledger for programs on Windows', () => {
  let sample: SampleLedger;

  beforeEach(async () => {
    sample = await SampleLedger.create();
  });

  afterEach(() => sample.remove());

  const rows = async (request: Partial<ExportRequest>): Promise<string[][]> => {
    const folder = join(dirname(sample.path), 'out');
    await mkdir(folder, { recursive: true });
    const place = { out: folder, overwrite: true };
    const { files } = await exportFile(sample.work, { ...EVERYTHING, ...request }, place);
    const texts = await Promise.all(files.map(({ path }) => readFile(path, 'latin1')));
    return texts.map((text, at) => [files[at]?.path.slice(folder.length + 1) ?? '', ...text.split('\r\n')]);
  };

  test('book each month in a file, by the account of the format even where it is the default', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n, currency: 'EUR' });
    await sample.generate();
    await sample.set('accounts.expense', 'Expenses:Affiliates');
    await expect(rows({})).rejects.toMatchObject({
      hint: expect.stringContaining('payrun settings set export.datev.expense'),
    });
    await sample.set('export.datev.expense', '4760');
    expect(await getSetting(sample.work, 'export.datev.expense')).toMatchObject({ value: '4760' });
    const stacks = await rows({});
    expect(stacks.map(([name]) => name)).toEqual(['EXTF_datev-1.csv', 'EXTF_datev-2.csv']);
    expect(stacks.map((lines) => lines[3]?.split(';').slice(0, 8).join(';'))).toEqual([
      '10,00;"S";"EUR";;;"";4760;1700',
      '10,00;"S";"EUR";;;"";1700;70000',
    ]);
  });

  test('go by an account that was set to its own default, until it is taken back', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n, currency: 'EUR' });
    const accounts = async (): Promise<(string | undefined)[]> => {
      const [[, , ...lines] = []] = await rows({ format: 'qbo-journal' });
      return lines.slice(0, 2).map((line) => line.split(',')[2]);
    };
    const standing = async (): Promise<unknown[]> =>
      (await listSettings(sample.work, 'accounts.expense')).map(({ value, isDefault }) => [value, isDefault]);
    const before = await accounts();
    expect([await standing(), before]).toEqual([
      [['6200', true]],
      ['Affiliate Commissions', 'Accrued Affiliate Commissions'],
    ]);
    const set = await setSetting(sample.work, 'accounts.expense', '6200');
    expect([set.changed, set.setting.isDefault, await standing()]).toEqual([true, false, [['6200', false]]]);
    expect((await accounts())[0]).toBe('6200');
    expect(await setSetting(sample.work, 'accounts.expense', '6200')).toMatchObject({ changed: false });
    const back = await setSetting(sample.work, 'accounts.expense', ' ');
    expect(back).toMatchObject({ changed: true, setting: { value: '6200', isDefault: true } });
    expect([await standing(), await accounts()]).toEqual([[['6200', true]], before]);
    expect(await setSetting(sample.work, 'accounts.expense', '')).toMatchObject({ changed: false });
  });

  test('have a way back where something else was set, and stay empty where that says something', async () => {
    for (const [key, value, back] of [
      ['export.datev.expense', '6770', '4760'],
      ['export.datev.detail', 'month', 'day'],
      ['export.datev.chart', '04', ''],
    ] as const) {
      await setSetting(sample.work, key, value);
      await setSetting(sample.work, key, '');
      expect(await getSetting(sample.work, key)).toMatchObject({ value: back });
    }
    await expect(setSetting(sample.work, 'hold.days', '')).rejects.toMatchObject({ code: 'usage' });
  });

  test('tell of a name that DATEV would not see', async () => {
    const place = join(dirname(sample.path), 'october.csv');
    const { notes } = await exportFile(sample.work, EVERYTHING, { out: place, overwrite: true });
    expect(notes).toEqual([
      'The name of the file must begin with EXTF_, such as EXTF_october.csv, or the program that imports it does ' +
        'not see it.',
    ]);
    const named = join(dirname(sample.path), 'EXTF_october.csv');
    expect((await exportFile(sample.work, EVERYTHING, { out: named, overwrite: true })).notes).toEqual([]);
  });

  test('know of affiliates who are not exported', async () => {
    const row = { status: 'active', own: null };
    await sample.affiliates({ ...row, id: 'aa_1', name: 'Ada' }, { ...row, id: 'a_a1', name: 'ADA' });
    await sample.commissions({ id: 'c1', affiliateId: 'aa_1', amount: 1000n, currency: 'EUR' });
    await sample.generate();
    await expect(rows({ format: 'sage50' })).rejects.toMatchObject({ code: 'conflict' });
    const place = join(dirname(sample.path), 'bills.csv');
    const request = { ...EVERYTHING, format: 'xero-bills' };
    const { notes } = await exportFile(sample.work, request, { out: place, overwrite: true });
    expect(notes).toEqual([expect.stringContaining('share a name and would be one supplier: "ADA"')]);
  });

  test('call an affiliate by the account that was set for him, and by his own name or id again', async () => {
    await sample.commissions({ id: 'c1', amount: 1000n, currency: 'EUR' });
    await sample.generate();
    const called = async (): Promise<(string | undefined)[]> => {
      const [[, ...iif] = []] = await rows({ format: 'iif' });
      const [[, ...sage] = []] = await rows({ format: 'sage50' });
      return [iif[3]?.split('\t')[5], sage[1]?.split(',')[1]];
    };
    const before = await called();
    await sample.set('accounts.affiliate.aff_1', 'ACME01');
    expect(await called()).toEqual(['ACME01', 'ACME01']);
    await sample.set('accounts.affiliate.aff_1', '');
    expect(await called()).toEqual(before);
  });
});
