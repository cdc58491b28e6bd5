/** What holds for every answer of the program, whatever it was asked. */
import { exitCodes } from '../../src/cli/failure.js';
import { FORGED_LINE, STOLEN_STYLE } from './texts.js';

/** All that a shell would see of one call. */
export interface Answer {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export interface Asked {
  readonly argv: readonly string[];
  readonly tty: boolean;
}

/** Files go to stdout as they are: names in them may turn the writing direction, and redraw nothing. */
const FILES = new Set(['export', 'statement']);
/** Completion answers with tabs, and its scripts are indented with them. */
const WITH_TABS = new Set(['complete', 'completion']);

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;
const TURNING = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/u;
// eslint-disable-next-line no-control-regex -- payrun's colours, and its progress where the machine is slow
const OWN = /\u001b\[(?:1|2|22|31|32|33|39)m|\r\u001b\[K/g;

/** The document on stdout; undefined where there is none. */
export function documentOf({ out }: Answer): Record<string, unknown> | undefined {
  try {
    return JSON.parse(out) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function jsonFaults(answer: Answer): string[] {
  const document = documentOf(answer);
  if (document === undefined || !answer.out.endsWith('\n')) return ['stdout is not one JSON document'];
  const { error, schemaVersion } = document as { error?: { code: string }; schemaVersion?: unknown };
  const told = error === undefined ? 0 : exitCodes[error.code as keyof typeof exitCodes];
  return [
    ...(schemaVersion === 1 ? [] : ['the document has no schemaVersion']),
    ...(told === answer.exitCode
      ? []
      : [`the document says ${told} and the exit code is ${answer.exitCode}`]),
  ];
}

function textFaults(text: string, { argv, tty }: Asked): string[] {
  const shown = tty ? text.replace(OWN, '') : text;
  const isFile = argv.some((word) => FILES.has(word));
  const tabs = argv.some((word) => WITH_TABS.has(word));
  return [
    ...(text.includes(STOLEN_STYLE) ? ['a style of the data reached the terminal'] : []),
    ...(CONTROL.test(shown) ? ['a control character reached the terminal'] : []),
    ...(!tabs && shown.includes('\t') ? ['a tab reached the terminal'] : []),
    ...(!isFile && TURNING.test(shown) ? ['a character that turns text reached the terminal'] : []),
    ...(!isFile && shown.split('\n').some((line) => line.trimStart().startsWith(FORGED_LINE))
      ? ['a line of the data reached the terminal as a line']
      : []),
  ];
}

/** What is wrong with an answer; empty where nothing is. */
export function faultsOf(asked: Asked, answer: Answer): string[] {
  const { exitCode, out, err } = answer;
  const end = asked.argv.indexOf('--');
  const options = end === -1 ? asked.argv : asked.argv.slice(0, end);
  const json = options.includes('--json') && asked.argv[0] !== 'complete';
  return [
    ...(Object.values(exitCodes).includes(exitCode) || exitCode === 0 ? [] : [`exit code ${exitCode}`]),
    ...(exitCode === exitCodes.unexpected ? ['it was not expected'] : []),
    ...(exitCode === exitCodes.busy || exitCode === exitCodes.interrupted ? [`exit code ${exitCode}`] : []),
    ...(exitCode !== 0 && out === '' && err === '' ? ['it failed without a word'] : []),
    ...(json ? jsonFaults(answer) : []),
    ...textFaults(out, asked),
    ...textFaults(err, asked),
  ];
}
