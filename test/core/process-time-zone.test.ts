import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';

/** Behind and ahead of UTC, with half hours, and where clocks change at midnight. */
const PROCESS_ZONES = [
  'America/Los_Angeles',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Asia/Beirut',
  'Asia/Kolkata',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
];

/** Everything that core says about days, for every day of two years and for instants around midnight. */
const SCRIPT = `
import * as calendar from './calendar.js';
import { NAMED_PERIODS, parsePeriod } from './period.js';
import { nextSlot } from './schedule.js';
import { BookZone, parseEarnedAt } from './time-zone.js';
const answers = [];
let day = '2025-01-01';
for (let i = 0; i < 800; i++) {
  answers.push([day, calendar.parseCalendarDate(day), calendar.dayOfWeek(day), calendar.addMonths(day, 1)]);
  answers.push(NAMED_PERIODS.map((name) => parsePeriod(name, day)), nextSlot('weekly', day), nextSlot('monthly', day));
  day = calendar.addDays(day, 1);
}
for (const book of ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Kiritimati']) {
  const zone = new BookZone(book);
  for (let at = Date.UTC(2026, 0, 1) - 1000; at < Date.UTC(2027, 0, 2); at += 3 * 3600_000) {
    answers.push(parseEarnedAt(new Date(at).toISOString(), zone));
  }
  answers.push(parseEarnedAt('2026-10-31', zone), parseEarnedAt('2026-10-31 23:59:59-03:30', zone));
}
const { createHash } = await import('node:crypto');
const noon = new Date(Date.UTC(2026, 0, 1, 12));
process.stdout.write(JSON.stringify({
  hour: noon.getHours() + noon.getMinutes() / 60,
  days: answers.filter((answer) => Array.isArray(answer)).length,
  digest: createHash('sha256').update(JSON.stringify(answers)).digest('hex'),
}));
`;

describe('the time zone of the process', () => {
  let folder = '';

  function runIn(zone: string): { hour: number; days: number; digest: string } {
    const text = execFileSync(process.execPath, [join(folder, 'script.js')], {
      env: { ...process.env, TZ: zone },
      encoding: 'utf8',
    });
    return JSON.parse(text) as { hour: number; days: number; digest: string };
  }

  // A process reads TZ when it starts, and Jest hides the real environment: so core runs in other processes.
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'payrun-time-zone-'));
    symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'script.js'), SCRIPT);
    for (const name of readdirSync('src/core')) {
      const { outputText } = ts.transpileModule(readFileSync(join('src/core', name), 'utf8'), {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
      });
      writeFileSync(join(folder, name.replace(/\.ts$/, '.js')), outputText);
    }
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('no day, period, slot or earned date depends on it', () => {
    const inUtc = runIn('UTC');
    expect(inUtc).toMatchObject({ hour: 12, days: 1600 });
    for (const zone of PROCESS_ZONES) {
      const there = runIn(zone);
      expect(there.hour).not.toBe(12);
      expect({ zone, digest: there.digest }).toEqual({ zone, digest: inUtc.digest });
    }
  });
});
