import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideAffiliate } from '../../src/app/affiliate-status.js';
import { addAffiliate, editAffiliate } from '../../src/app/edit-affiliates.js';
import { listAffiliateChanges } from '../../src/store/affiliate-changes.js';
import { findAffiliate } from '../../src/store/affiliates.js';
import { refusalsOf, World } from './import-world.js';

let world: World;
beforeEach(async () => {
  world = await World.make();
});
afterEach(async () => {
  await world.finish();
});

const take = async (...lines: string[]) => (await world.affiliates([...lines, ''].join('\n'))).counts;
const show = (id: string) => world.ledger.read((reader) => findAffiliate(reader, id));
const counts = (news: number, changed: number, unchanged: number) => ({
  new: news,
  changed,
  unchanged,
  corrected: 0,
  rejected: 0,
});

const operatorSays = (id: string, status: string) => editAffiliate(world.work, id, { status }, null);

describe('importing affiliates', () => {
  it('takes a new one with every column', async () => {
    const header =
      'id,name,email,status,currency,minimum_payout,payout_method,payout_account,payout_name,payout_bic,country,' +
      'vat_number,company,address_line1,address_line2,city,region,postal_code';
    const row =
      'a1,Ada,a@b.co,paused,EUR,12.50,sepa,DE89370400440532013000,A. L.,COBADEFF,de,DE1,Acme,S 1,f 2,X,Y,1';
    expect(await take(header, row)).toEqual(counts(1, 0, 0));
    expect(await show('a1')).toEqual({
      id: 'a1',
      name: 'Ada',
      email: 'a@b.co',
      status: 'paused',
      currency: 'EUR',
      minimum: 1250n,
      minimumCurrency: 'EUR',
      payoutMethod: 'sepa',
      payoutAccount: 'DE89370400440532013000',
      payoutName: 'A. L.',
      payoutBic: 'COBADEFF',
      country: 'DE',
      vatNumber: 'DE1',
      company: 'Acme',
      addressLine1: 'S 1',
      addressLine2: 'f 2',
      city: 'X',
      region: 'Y',
      postalCode: '1',
    });
  });

  it('is active where nothing is said', async () => {
    await take('id,name', 'a1,Ada');
    expect(await show('a1')).toMatchObject({ status: 'active', minimum: null, currency: null });
  });

  it('counts equal rows as unchanged, and changes nothing by an absent column', async () => {
    await take('id,name,email,city', 'a1,Ada,a@b.co,Rome', 'a2,Bo,,');
    expect(await take('id,name,email,city', 'a1, Ada ,a@b.co,Rome', 'a2,Bo,,')).toEqual(counts(0, 0, 2));
    expect(await take('id,name', 'a1,Ada L.', 'a3,Cy')).toEqual(counts(1, 1, 0));
    expect(await show('a1')).toMatchObject({ name: 'Ada L.', email: 'a@b.co', city: 'Rome' });
    expect(await take('id,name,city', 'a1,Ada L.,')).toEqual(counts(0, 1, 0));
    expect(await show('a1')).toMatchObject({ email: 'a@b.co', city: null });
  });

  it('means a minimum in the currency that the affiliate has, where the file does not tell', async () => {
    await take('id,name,currency', 'a1,Ada,EUR', 'a2,Bo,JPY', 'a3,Cy,');
    await take('id,name,minimum_payout', 'a1,Ada,20', 'a3,Cy,0');
    expect(await show('a1')).toMatchObject({ minimum: 2000n, minimumCurrency: 'EUR' });
    expect(await show('a3')).toMatchObject({ minimum: 0n, minimumCurrency: 'USD' });
    const csv = 'id,name,minimum_payout\na2,Bo,20\n';
    expect(await refusalsOf(world.affiliates(csv))).toEqual(['2 currency bad_currency']);
  });

  it.each(['paused', 'blocked', 'departed'])('never lifts that an operator %s somebody', async (status) => {
    await take('id,name,status', 'a1,Ada,active');
    await operatorSays('a1', status);
    for (const said of ['active', status === 'paused' ? 'departed' : 'paused', 'active']) {
      const { keptStatuses } = await world.affiliates(`id,name,status,city\na1,Ada,${said},${said}\n`);
      expect(keptStatuses).toEqual([{ id: 'a1', status, said }]);
      expect(await show('a1')).toMatchObject({ status, city: said });
    }
  });

  it('follows the source where no operator stopped anybody', async () => {
    await take('id,name,status', 'a1,Ada,active');
    await take('id,name,status', 'a1,Ada,blocked');
    expect(await show('a1')).toMatchObject({ status: 'blocked' });
    await operatorSays('a1', 'active');
    expect(await take('id,name,status,city', 'a1,Ada,blocked,Rome')).toEqual(counts(0, 1, 0));
    expect(await show('a1')).toMatchObject({ status: 'active' });
    await take('id,name,status', 'a1,Ada,paused');
    expect(await show('a1')).toMatchObject({ status: 'paused' });
  });

  it('warns of payment details and takes the rows', async () => {
    const {
      counts: counted,
      doubtfulPayees,
      unknownCountries,
    } = await world.affiliates(
      [
        'id,name,payout_method,payout_account,payout_bic,country',
        'a1,A,,',
        'a2,B,paypal,',
        'a3,C,paypal,nobody',
        'a4,D,paypal,d@e.co',
        'a5,E,sepa,DE89 3704 0044 0532 0130 00',
        'a6,F,sepa,12345',
        'a7,G,manual,',
        'b1,H,sepa,DE89370400440532013001,,XK',
        'b2,I,sepa,DE89370400440532013000,COBA,UK',
        'b3,J,sepa,SA0380000000608010167519,,SA',
        'b4,K,ach,021000021/123456,,ZZ',
        'b5,L,ach,021000022/123456,,ZZ',
        'b6,M,ach,123456,021000021,US',
        'b7,N,ach,021000021/1_2,,',
        '',
      ]
        .map((line) => line + ','.repeat(line === '' ? 0 : 6 - line.split(',').length))
        .join('\n'),
    );
    expect(counted).toEqual(counts(14, 0, 0));
    expect(doubtfulPayees).toEqual([
      { doubt: 'account_is_no_email', count: 1, affiliateIds: ['a3'] },
      { doubt: 'account_is_no_iban', count: 1, affiliateIds: ['a6'] },
      { doubt: 'bad_account', count: 1, affiliateIds: ['b7'] },
      { doubt: 'bad_bic', count: 1, affiliateIds: ['b2'] },
      { doubt: 'bad_routing_number', count: 1, affiliateIds: ['b5'] },
      { doubt: 'iban_check_digits', count: 1, affiliateIds: ['b1'] },
      { doubt: 'iban_not_sepa', count: 1, affiliateIds: ['b3'] },
      { doubt: 'no_account', count: 1, affiliateIds: ['a2'] },
      { doubt: 'no_method', count: 1, affiliateIds: ['a1'] },
    ]);
    expect(unknownCountries).toEqual([
      { country: 'UK', count: 1, affiliateIds: ['b2'] },
      { country: 'ZZ', count: 2, affiliateIds: ['b4', 'b5'] },
    ]);
  });

  it('tells every bad row and writes nothing', async () => {
    const before = await world.size();
    const csv = 'id,name,email\na1,Ada,\na1,Bo,\n,Cy,\na3,,\na4,Di,nobody\n';
    expect(await refusalsOf(world.affiliates(csv))).toEqual([
      '2 id duplicate_id',
      '3 id duplicate_id',
      '4 id missing',
      '5 name missing',
      '6 email bad_value',
    ]);
    expect(await world.size()).toEqual(before);
  });
});

describe('operators and files do not undo each other', () => {
  const edit = (given: Record<string, string>) => editAffiliate(world.work, 'a1', given, null);
  const history = async () =>
    (await world.ledger.read((reader) => listAffiliateChanges(reader, 'a1', 100))).map((change) =>
      [change.field, change.valueBefore, change.valueAfter, change.reason].join('|'),
    );

  it('keeps what an operator edited until the source says something else of that column', async () => {
    const header = 'id,name,payout_account,city';
    await take(header, 'a1,Ada,DE89370400440532013000,Rome');
    await edit({ payout_account: 'GB29NWBK60161331926819' });
    expect(await take(header, 'a1,Ada,DE89370400440532013000,Rome')).toEqual(counts(0, 0, 1));
    expect(await take(header, 'a1,Ada L.,DE89370400440532013000,')).toEqual(counts(0, 1, 0));
    expect(await show('a1')).toMatchObject({
      name: 'Ada L.',
      payoutAccount: 'GB29NWBK60161331926819',
      city: null,
    });
    expect(await take(header, 'a1,Ada L.,FR1420041010050500013M02606,')).toEqual(counts(0, 1, 0));
    expect(await show('a1')).toMatchObject({ payoutAccount: 'FR1420041010050500013M02606' });
    expect(await history()).toEqual([
      'payout_account|GB29…6819|FR14…2606|import',
      'city|Rome||import',
      'name|Ada|Ada L.|import',
      'payout_account|DE89…3000|GB29…6819|',
      'added||a1|import',
    ]);
  });

  it('takes payment details as one thing, so that nobody is paid by half of each', async () => {
    const header = 'id,name,payout_method,payout_account,payout_name,payout_bic';
    await take(header, 'a1,Ada,sepa,DE89370400440532013000,Ada L,COBADEFF');
    const byHand = { payout_account: 'ada@example.com', payout_name: 'Ada PayPal', payout_bic: '' };
    await edit({ payout_method: 'paypal', ...byHand });
    await take(header, 'a1,Ada Lovelace,sepa,DE89370400440532013000,Ada L,COBADEFF');
    expect(await show('a1')).toMatchObject({ payoutMethod: 'paypal', payoutAccount: 'ada@example.com' });
    await take(header, 'a1,Ada Lovelace,sepa,DE75512108001245126199,Ada L,COBADEFF');
    expect(await show('a1')).toMatchObject({
      payoutMethod: 'sepa',
      payoutAccount: 'DE75512108001245126199',
      payoutName: 'Ada L',
    });
    expect((await history()).filter((line) => line.startsWith('payout_')).sort()).toEqual([
      'payout_account|DE89…3000|a…@example.com|',
      'payout_account|a…@example.com|DE75…6199|import',
      'payout_bic|COBADEFF||',
      'payout_bic||COBADEFF|import',
      'payout_method|paypal|sepa|import',
      'payout_method|sepa|paypal|',
      'payout_name|Ada L|Ada PayPal|',
      'payout_name|Ada PayPal|Ada L|import',
    ]);
  });

  it('takes a minimum and its currency as one thing', async () => {
    const header = 'id,name,currency,minimum_payout';
    await take(header, 'a1,Ada,EUR,20');
    await edit({ minimum_payout: '50' });
    await take(header, 'a1,Ada L.,EUR,20');
    expect(await show('a1')).toMatchObject({ minimum: 5000n, minimumCurrency: 'EUR' });
    await take(header, 'a1,Ada L.,USD,20');
    expect(await show('a1')).toMatchObject({ minimum: 2000n, minimumCurrency: 'USD' });
  });

  it('writes minimums into the history with the decimals of their currency', async () => {
    const header = 'id,name,currency,minimum_payout';
    await take(header, 'a1,Ada,JPY,5000');
    await take(header, 'a1,Ada,BHD,0.005');
    await take(header, 'a1,Ada,BHD,1234.500');
    await take(header, 'a1,Ada,BHD,');
    expect((await history()).filter((line) => line.startsWith('minimum'))).toEqual([
      'minimum_payout|1234.500 BHD||import',
      'minimum_payout|0.005 BHD|1234.500 BHD|import',
      'minimum_payout|5000 JPY|0.005 BHD|import',
    ]);
  });

  it('does not refuse an unchanged minimum because an operator moved the currency', async () => {
    await take('id,name,minimum_payout', 'a1,Ada,20');
    await edit({ currency: 'JPY' });
    expect(await take('id,name,minimum_payout', 'a1,Ada,20.00')).toEqual(counts(0, 0, 1));
    expect(await take('id,name,minimum_payout', 'a1,Ada L.,20')).toEqual(counts(0, 1, 0));
    expect(await show('a1')).toMatchObject({ currency: 'JPY', minimum: 2000n, minimumCurrency: 'USD' });
    const csv = 'id,name,minimum_payout\na1,Ada,30\n';
    expect(await refusalsOf(world.affiliates(csv))).toEqual(['2 currency bad_currency']);
  });

  it('fills in what a file gives of somebody who was added by hand, and leaves the rest', async () => {
    await addAffiliate(world.work, 'a1', { name: 'Ada', city: 'Rome', company: 'Acme', status: 'paused' });
    const header = 'id,name,status,city,company,email';
    expect(await take(header, 'a1,Ada L.,,,Acme Ltd,a@b.co')).toEqual(counts(0, 1, 0));
    expect(await show('a1')).toMatchObject({
      name: 'Ada L.',
      status: 'paused',
      city: 'Rome',
      company: 'Acme Ltd',
      email: 'a@b.co',
    });
    expect(await take(header, 'a1,Ada L.,,,Acme Ltd,a@b.co')).toEqual(counts(0, 0, 1));
  });

  it('never lifts a stop that the source said too, once an operator decided it', async () => {
    await take('id,name,status', 'a1,Ada,paused');
    const decided = await decideAffiliate(world.work, 'pause', 'a1', 'fraud');
    expect(decided).toMatchObject({ changed: false, before: 'paused' });
    expect(await history()).toEqual(['status|paused|paused|fraud', 'added||a1|import']);
    expect((await decideAffiliate(world.work, 'pause', 'a1', 'fraud')).changed).toBe(false);
    expect(await history()).toHaveLength(2);
    const { keptStatuses } = await world.affiliates('id,name,status\na1,Ada,active\n');
    expect(keptStatuses).toEqual([{ id: 'a1', status: 'paused', said: 'active' }]);
    await take('id,name,status', 'a1,Ada,paused');
    await take('id,name,status', 'a1,Ada,active');
    expect(await show('a1')).toMatchObject({ status: 'paused' });
  });

  it('records an account that differs only where it is masked', async () => {
    await take('id,name,payout_account', 'a1,Ada,DE89370400440532013000');
    await take('id,name,payout_account', 'a1,Ada,DE89999999999999993000');
    expect(await history()).toEqual(['payout_account|DE89…3000|DE89…3000|import', 'added||a1|import']);
  });

  it('writes no history in a dry run', async () => {
    await take('id,name', 'a1,Ada');
    await world.affiliates('id,name\na1,Bo\na2,Cy\n', { dryRun: true });
    expect(await history()).toEqual(['added||a1|import']);
  });
});

it('what stands is what the last files said, column by column', async () => {
  const text = fc.constantFrom('', 'x', 'y', 'ü "1", 2');
  const file = fc.record({
    columns: fc.subarray(['city', 'company', 'payout_account']),
    rows: fc.uniqueArray(
      fc.record({
        id: fc.constantFrom('a1', 'a2', 'a3'),
        name: fc.constantFrom('A', 'B'),
        city: text,
        company: text,
        payout_account: text,
      }),
      { selector: ({ id }) => id, maxLength: 3 },
    ),
  });
  const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 6 }), async (files) => {
      const fresh = await World.make();
      try {
        const model = new Map<string, Record<string, string | null>>();
        for (const { columns, rows } of files) {
          const titles = ['id', 'name', ...columns] as ('id' | 'name' | 'city')[];
          const expected = { new: 0, changed: 0, unchanged: 0, corrected: 0, rejected: 0 };
          for (const row of rows) {
            const known = model.get(row.id);
            const said = Object.fromEntries(titles.map((title) => [title, row[title] || null]));
            const now = { city: null, company: null, payout_account: null, ...known, ...said };
            if (known === undefined) expected.new += 1;
            else if (JSON.stringify(now) === JSON.stringify({ ...now, ...known })) expected.unchanged += 1;
            else expected.changed += 1;
            model.set(row.id, now);
          }
          const lines = [
            titles.join(','),
            ...rows.map((row) => titles.map((title) => quoted(row[title])).join(',')),
          ];
          expect((await fresh.affiliates(`${lines.join('\r\n')}\r\n`)).counts).toEqual(expected);
          const stands = await fresh.ledger.read((reader) =>
            reader.all('SELECT city, company, payout_account, id, name FROM affiliates ORDER BY id'),
          );
          expect(stands).toEqual(
            [...model.values()].sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1)),
          );
        }
      } finally {
        await fresh.remove();
      }
    }),
    { numRuns: 40 },
  );
}, 60_000);
