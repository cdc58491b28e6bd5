/**
 * Plan files: one person prepares a run, another looks at it, a script applies exactly that one (SPEC
 * section 5). The file is JSON with a digest of its own content, so that one that was edited is refused.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConflictError, InvalidDataError, NotFoundError } from '../core/errors.js';
import { formatAmount } from '../core/money.js';
import type { RunRequest } from '../core/plan.js';
import { writeFileAtomically } from '../host/atomic-file.js';
import { interruptible } from '../host/interruption.js';
import { Engine, type EnginePayout, type ProgrammeRules } from '../store/eligibility.js';
import { Book } from './book.js';
import type { Generated, GenerateInput } from './generate.js';
import { hasPlanShape } from './plan-shape.js';
import type { Work } from './work.js';

const VERSION = 1;

interface FileLine {
  readonly commissionId: string;
  readonly amount: string;
}

interface FilePayout {
  readonly affiliateId: string;
  readonly affiliateName: string;
  readonly currency: string;
  readonly amount: string;
  readonly lines: readonly FileLine[];
}

/** A plan file that was read and is whole. */
export interface PlanFile {
  readonly version: number;
  readonly planId: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly request: RunRequest;
  readonly rules: unknown;
  readonly payouts: readonly FilePayout[];
  readonly skipped: readonly unknown[];
}

const digestOf = (body: unknown): string =>
  `sha256:${createHash('sha256').update(JSON.stringify(body)).digest('hex')}`;

function rulesOf(rules: ProgrammeRules): unknown {
  const minimums = [...rules.minimums].map(([currency, minimum]) => ({
    currency,
    amount: formatAmount(minimum, currency),
  }));
  return { today: rules.today, afterHoldSince: rules.policySince, minimums };
}

/** A planned payout as the file tells it. */
function filePayout({ payout, lines }: EnginePayout): FilePayout {
  const { affiliateId, affiliateName, currency } = payout;
  return {
    affiliateId,
    affiliateName,
    currency,
    amount: formatAmount(payout.amount, currency),
    lines: lines.map(({ commissionId, amount }) => ({
      commissionId,
      amount: formatAmount(amount, currency),
    })),
  };
}

/**
 * The file in pieces: the plan as compact JSON, a payout a line, then the digest of it. The line ends do
 * not count, so that the digest is that of the plan when it is read and made into JSON again.
 */
async function* fileText(
  head: Readonly<Record<string, unknown>>,
  payouts: AsyncIterable<EnginePayout>,
  skipped: readonly unknown[],
): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const counted = (text: string): string => {
    hash.update(text);
    return text;
  };
  yield `{"payrunPlan":\n${counted(`${JSON.stringify(head).slice(0, -1)},"payouts":[`)}\n`;
  let separator = '';
  for await (const payout of payouts) {
    yield `${counted(separator + JSON.stringify(filePayout(payout)))}\n`;
    separator = ',';
  }
  yield `${counted(`],"skipped":${JSON.stringify(skipped)}}`)}\n`;
  yield `,"digest":"sha256:${hash.digest('hex')}"}\n`;
}

/**
 * Writes what a run would do: request, rules, every payout, line and skip; answers the same.
 * @throws ConflictError when the file is there already
 */
export async function writePlan(work: Work, input: GenerateInput, path: string): Promise<Generated> {
  return work.ledger.read(async (reader) => {
    const book = await Book.read(reader, work.now);
    const rules = await book.rules(reader);
    const request: RunRequest = { ...input, asOf: input.asOf ?? book.today };
    const engine = Engine.preview(reader, request, rules);
    const plan = await engine.answer();
    const planId = await engine.planId();
    const { from, to, asOf, affiliateId, campaign, overrideMinimum } = request;
    const head = {
      version: VERSION,
      planId,
      createdAt: work.now.toISOString(),
      createdBy: work.actor,
      request: { from, to, asOf, affiliateId, campaign, overrideMinimum },
      rules: rulesOf(rules),
    };
    const skipped = plan.skipped.map((skip) => ({
      ...skip,
      amount: formatAmount(skip.amount, skip.currency),
      ...(skip.minimum === undefined ? {} : { minimum: formatAmount(skip.minimum, skip.currency) }),
    }));
    const text = fileText(head, engine.eachPayout(plan), skipped);
    await interruptible((signal) => writeFileAtomically(path, text, { overwrite: false, signal }));
    return { plan, planId, run: null, payouts: [] };
  });
}

/**
 * Reads a plan file.
 * @throws NotFoundError when it is not there; InvalidDataError when it is no plan file, was edited, or is of
 * another version
 */
export async function readPlan(path: string): Promise<PlanFile> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new NotFoundError(`The plan file ${path} cannot be read.`, {
      hint: 'Write one with `payrun generate --dry-run --plan-out FILE`.',
      cause: error,
    });
  });
  const invalid = (why: string): InvalidDataError =>
    new InvalidDataError(`${path} ${why}.`, { hint: 'Write it again with --dry-run --plan-out FILE.' });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw invalid('is no plan file: it is not JSON');
  }
  const { payrunPlan, digest } = (parsed ?? {}) as { payrunPlan?: PlanFile | null; digest?: unknown };
  if (typeof payrunPlan !== 'object' || payrunPlan === null) throw invalid('is no plan file');
  if (payrunPlan.version !== VERSION) throw invalid('is a plan file of another version of payrun');
  if (digest !== digestOf(payrunPlan)) throw invalid('was changed after it was written');
  if (!hasPlanShape(payrunPlan)) throw invalid('is no plan that payrun wrote');
  return payrunPlan;
}

/** One line that moved, told to people and programs. */
function moved(
  line: { affiliateId: string; currency: string; commissionId: string },
  before: string | null,
  after: string | null,
): Record<string, string | null> {
  const { affiliateId, currency, commissionId } = line;
  const which = `${commissionId} of ${affiliateId}`;
  const message =
    before === null
      ? `${which} is new: ${currency} ${after ?? ''}`
      : after === null
        ? `${which} is gone: it was ${currency} ${before}`
        : `${which} is ${currency} ${after}: it was ${before}`;
  return { affiliateId, currency, commissionId, before, after, message };
}

/**
 * Compares a plan file with what would be paid now, line by line, by the ids that its reader saw.
 * @throws ConflictError with every line that moved
 */
export async function refuseMovedPlan(file: PlanFile, now: AsyncIterable<EnginePayout>): Promise<void> {
  const key = (affiliateId: string, currency: string, id: string): string =>
    JSON.stringify([affiliateId, currency, id]);
  const planned = new Map(
    file.payouts.flatMap(({ affiliateId, currency, lines }) =>
      lines.map((line) => [key(affiliateId, currency, line.commissionId), line.amount] as const),
    ),
  );
  const details: Record<string, string | null>[] = [];
  for await (const { lines } of now) {
    for (const line of lines) {
      const { affiliateId, currency, commissionId, amount } = line;
      const before = planned.get(key(affiliateId, currency, commissionId)) ?? null;
      planned.delete(key(affiliateId, currency, commissionId));
      const after = formatAmount(amount, currency);
      if (before !== after) details.push(moved(line, before, after));
    }
  }
  for (const [gone, before] of planned) {
    const [affiliateId, currency, commissionId] = JSON.parse(gone) as [string, string, string];
    details.push(moved({ affiliateId, currency, commissionId }, before, null));
  }
  if (details.length === 0) return;
  const lines = details.length === 1 ? 'one line' : `${details.length} lines`;
  throw new ConflictError(`The plan no longer holds: ${lines} moved; nothing was paid.`, {
    hint: 'Look at what moved, then write a new plan with --dry-run --plan-out FILE.',
    details,
  });
}
