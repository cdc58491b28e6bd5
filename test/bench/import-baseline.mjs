/**
 * The least that an import can be: SQLite's own command line reads the file with `.import` and copies it into the
 * same tables and indexes, without a check. Usage: node import-baseline.mjs SQLITE3 LEDGER FILE
 * It works on a scratch copy of an empty ledger, never on one that is used.
 */
import { spawnSync } from 'node:child_process';

const [, , sqlite3, ledger, file] = process.argv;
const script = `
.bail on
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA cache_size = -65536;
CREATE TEMP TABLE incoming (id TEXT, affiliate_id TEXT, earned_at TEXT, amount TEXT, currency TEXT, status TEXT,
  kind TEXT, available_on TEXT, campaign TEXT, order_id TEXT, description TEXT);
.import --csv --skip 1 "${file}" incoming
BEGIN IMMEDIATE;
INSERT INTO commissions (id, affiliate_id, kind, status, status_by, currency, amount, earned_at, earned_on,
  available_on, campaign, order_id, description, origin, said, recorded_at)
SELECT id, affiliate_id, kind, status, 'source', currency, CAST(replace(amount, '.', '') AS INTEGER), earned_at,
  substr(earned_at, 1, 10), available_on, campaign, order_id, description, 'source',
  json_object('affiliate_id', affiliate_id, 'earned_at', earned_at, 'amount', amount, 'currency', currency,
    'status', status, 'kind', kind, 'available_on', available_on, 'campaign', campaign, 'order_id', order_id,
    'description', description),
  '2026-11-22T00:00:00Z'
FROM incoming;
INSERT INTO open_items (affiliate_id, currency, commission, amount, status, available_on, earned_on, campaign)
SELECT affiliate_id, currency, number, amount, status, available_on, earned_on, campaign FROM commissions
ORDER BY affiliate_id, currency, number;
COMMIT;
SELECT count(*) FROM open_items;
`;
const { status, stdout, stderr } = spawnSync(sqlite3, [ledger], { input: script, encoding: 'utf8' });
if (status !== 0) throw new Error(stderr);
process.stdout.write(stdout);
