/** The audit log for programs and for people. */
import type { AuditEntry, AuditHead, AuditVerified, LocalHead } from '../../app/audit.js';
import { safeText } from '../safe-text.js';
import type { Column } from '../table.js';
import type { Terminal } from '../terminal.js';
import type { ListForm } from './list.js';
import { factLines } from './payouts.js';

/** What was asked for, as data; a text that somebody damaged stays a text. */
function requestOf({ request }: AuditEntry): unknown {
  try {
    return JSON.parse(request) as unknown;
  } catch {
    return request;
  }
}

/** An entry as JSON tells it. */
export function auditJson(entry: AuditEntry): Record<string, unknown> {
  const { at, actor, osUser, command, resultDigest, previous, hash } = entry;
  const number = Number(entry.number);
  const request = requestOf(entry);
  return { number, at, actor, osUser, command, request, resultDigest, previous, hash };
}

/** The head of the log as JSON tells it. */
export function headJson({ number, at, hash }: AuditHead): Record<string, unknown> {
  return { number: Number(number), at, hash };
}

/** The proof as JSON tells it; `expected` is there only where a hash was given. */
export function verifiedJson({
  ok,
  checked,
  head,
  expected,
  problems,
}: AuditVerified): Record<string, unknown> {
  return {
    ok,
    checked,
    head: head === null ? null : headJson(head),
    ...(expected === null ? {} : { expected: { ...headJson(expected), since: expected.since } }),
    problems,
  };
}

/** The zone is named once, at the head of its column. */
const columnsIn = (timezone: string): Column[] => [
  { title: 'Entry', align: 'right' },
  { title: `At (${timezone})`, fixed: true },
  { title: 'By', fixed: true },
  { title: 'Command', fixed: true },
  { title: 'Request' },
];

/** The user of the operating system stands beside the actor where he is another. */
const whoText = ({ actor, osUser }: AuditEntry): string =>
  actor === osUser ? actor : `${actor} (${osUser})`;

function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(valueText).join(' ');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `(${requestText(value)})`;
}

/** What says nothing is left out: nulls, flags that were not given, empty lists. */
const saysNothing = (value: unknown): boolean =>
  value === null || value === false || value === '' || (Array.isArray(value) && value.length === 0);

/** Their values speak for themselves. */
const UNNAMED: readonly string[] = ['words', 'settings', 'selection', 'invoiceNumbers', 'ids'];

function partText(key: string, value: unknown): string {
  if (value === true) return key;
  if (!UNNAMED.includes(key)) return `${key} ${valueText(value)}`;
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? requestText(value)
    : valueText(value);
}

/** A request in one line: `path sales.csv, settledUntil 2026-09-30`. */
function requestText(request: object): string {
  return Object.entries(request)
    .filter(([, value]) => !saysNothing(value))
    .map(([key, value]) => partText(key, value))
    .join(', ');
}

function shortRequest(entry: AuditEntry): string {
  const request = requestOf(entry);
  return typeof request === 'object' && request !== null ? requestText(request) : valueText(request);
}

/** How a list of entries is told, at the time of a zone. */
export function auditList(isFiltered: boolean, timezone: string): ListForm<AuditEntry> {
  return {
    key: 'audit',
    json: auditJson,
    columns: columnsIn(timezone),
    cells: (entry) => [
      String(entry.number),
      entry.localTime,
      whoText(entry),
      entry.command,
      shortRequest(entry),
    ],
    empty: {
      sentence: isFiltered ? 'No entry fits.' : 'The audit log is empty.',
      next: isFiltered ? 'See all of them: payrun audit list' : 'Prove the ledger: payrun verify',
    },
    narrower: 'Narrow them with --from and --to, --command or --limit; --json gives all of them.',
  };
}

/** A time with its zone: `2026-11-22 10:00 (Europe/Berlin)`. */
const timeText = ({ localTime, timezone }: Pick<AuditEntry, 'localTime' | 'timezone'>): string =>
  `${localTime} (${timezone})`;

/** `audit head` beside the hash itself: which entry it is of. */
export function headText(head: LocalHead): string {
  return `Entry ${head.number}, of ${timeText(head)}.`;
}

/** `audit show` for people: everything that the hash covers. */
export function auditEntryText(terminal: Terminal, entry: AuditEntry): string {
  const facts = factLines([
    ['At', `${timeText(entry)}, ${entry.at}`],
    ['By', entry.actor],
    ['OS user', entry.osUser],
    ['Answer', `sha256 ${entry.resultDigest}`],
    ['Before', entry.previous],
    ['Hash', entry.hash],
  ]);
  const request = JSON.stringify(requestOf(entry), null, 2);
  return `${terminal.bold(`Entry ${entry.number}: ${safeText(entry.command)}`)}\n\n${facts}\n\nRequest\n${request}`;
}

/** `audit verify` for people. */
export function auditVerifiedText(terminal: Terminal, verified: AuditVerified): string {
  const { ok, checked, head, expected, problems } = verified;
  const count = checked.toLocaleString('en-US');
  const lines = [
    `${ok ? terminal.green('ok') : terminal.red('WRONG')} ${count} ${checked === 1 ? 'row' : 'rows'} of the audit log`,
    ...problems.map(({ message }) => `  - ${safeText(message)}`),
  ];
  if (ok && expected !== null) {
    const { number, since } = expected;
    const later = since === 0 ? 'none came' : `${since.toLocaleString('en-US')} came`;
    lines.push(`Rows 1 to ${number} are as they were when this hash was noted; ${later} after it.`);
  }
  return [
    ...lines,
    ...(head === null ? [] : [`Last row ${head.number}, of ${timeText(head)}: ${head.hash}`]),
  ].join('\n');
}
