/**
 * The least that a run can be: plain SQL on a copy of the same ledger, with the same tables, keys and guards, and
 * no skips, no rules but the range. Usage: node generate-baseline.mjs LEDGER
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const [major, minor] = process.versions.node.split('.').map(Number);
const current = major > 22 || (major === 22 && minor >= 14);
const Database = require(current ? 'better-sqlite3' : 'better-sqlite3-node20');
const db = new Database(process.argv[2]);
for (const pragma of [
  'synchronous = FULL',
  'foreign_keys = ON',
  'recursive_triggers = ON',
  'cache_size = -65536',
]) {
  db.pragma(pragma);
}
db.exec(`
  BEGIN IMMEDIATE;
  INSERT INTO runs (number, kind, from_on, to_on, as_of, override_minimum, created_at, created_on, created_by, os_user,
    request)
  VALUES (1, 'manual', '2026-10-01', '2026-10-31', '2026-11-22', 0, '2026-11-22T00:00:00Z', '2026-11-22', 'bench',
    'bench', '{}');
  INSERT INTO payouts (number, run, invoice_number, affiliate_id, currency, amount, commissions, status, issued_on,
    from_on, to_on, affiliate_name, email, country)
  SELECT sums.number, 1, printf('INV-2026-%06d', sums.number), sums.affiliate_id, sums.currency, sums.amount,
    sums.commissions, 'open', '2026-11-22', '2026-10-01', '2026-10-31', affiliate.name, affiliate.email,
    affiliate.country
  FROM (
    SELECT row_number() OVER (ORDER BY affiliate_id, currency) AS number, affiliate_id, currency,
      sum(amount) AS amount, count(*) AS commissions
    FROM open_items
    WHERE status = 'approved' AND available_on <= '2026-11-22' AND earned_on BETWEEN '2026-10-01' AND '2026-10-31'
    GROUP BY affiliate_id, currency HAVING sum(amount) > 0) AS sums
  CROSS JOIN affiliates AS affiliate ON affiliate.id = sums.affiliate_id;
  INSERT INTO payout_history (payout, step, at, "by", os_user, status)
  SELECT number, 1, '2026-11-22T00:00:00Z', 'bench', 'bench', 'open' FROM payouts;
  INSERT INTO number_series (series, last) SELECT 'INV-2026-{SEQ}', count(*) FROM payouts;
  INSERT INTO documents (number, kind, series, sequence, issued_on, payout)
  SELECT invoice_number, 'invoice', 'INV-2026-{SEQ}', number, issued_on, number FROM payouts;
  INSERT INTO payout_lines (payout, commission, amount)
  SELECT payout.number, item.commission, item.amount
  FROM payouts AS payout
  CROSS JOIN open_items AS item ON item.affiliate_id = payout.affiliate_id AND item.currency = payout.currency
  WHERE item.status = 'approved' AND item.available_on <= '2026-11-22'
    AND item.earned_on BETWEEN '2026-10-01' AND '2026-10-31';
  DELETE FROM open_items WHERE EXISTS (
    SELECT 1 FROM payout_lines AS line WHERE line.commission = open_items.commission AND line.released_on IS NULL);
  INSERT INTO run_totals (run, currency, payouts, commissions, amount)
  SELECT run, currency, count(*), sum(commissions), sum(amount) FROM payouts GROUP BY run, currency;
  COMMIT;
`);
process.stdout.write(
  `${db.prepare('SELECT count(*) AS payouts, sum(commissions) AS lines FROM payouts').raw().get()}\n`,
);
db.close();
