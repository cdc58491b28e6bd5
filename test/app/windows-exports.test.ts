import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exportFile, type ExportRequest } from '../../src/app/export.js';
import { getSetting } from '../../src/app/settings.js';
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
