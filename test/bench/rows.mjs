/** The CSV files that the benchmarks import: the same rows every time. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';

const pad = (number, width) => String(number).padStart(width, '0');

async function write(path, lines) {
  const stream = createWriteStream(path);
  let piece = '';
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < 1 << 16) continue;
    if (!stream.write(piece)) await once(stream, 'drain');
    piece = '';
  }
  stream.end(piece);
  await finished(stream);
}

function* affiliates(count) {
  yield 'id,name,email,country';
  for (let i = 1; i <= count; i++) yield `aff_${pad(i, 6)},Affiliate ${i},affiliate${i}@example.com,DE`;
}

/** Approved sales of October 2026, all of them available by November. */
function* commissions(count, affiliateCount) {
  yield 'id,affiliate_id,earned_at,amount,currency,status,kind,available_on,campaign,order_id,description';
  for (let i = 1; i <= count; i++) {
    const affiliate = 1 + ((i * 7919) % affiliateCount);
    const day = pad(1 + (i % 28), 2);
    const time = `${pad(i % 24, 2)}:${pad(i % 60, 2)}:${pad((i * 7) % 60, 2)}Z`;
    const cents = 100 + ((i * 31) % 9000);
    yield (
      `com_${pad(i, 8)},aff_${pad(affiliate, 6)},2026-10-${day}T${time},${Math.floor(cents / 100)}.${pad(cents % 100, 2)},` +
      `USD,approved,sale,2026-11-01,autumn,order-${i},"Order ${i}, first invoice"`
    );
  }
}

export const writeAffiliates = (path, count) => write(path, affiliates(count));
export const writeCommissions = (path, count, affiliateCount) =>
  write(path, commissions(count, affiliateCount));
