/**
 * The named refusals of payrun. Each carries what is wrong, what to do next and the data behind it;
 * `cli/failure.ts` is the one place that maps them to text and to an exit code.
 */

/** The closed set of error codes, one per exit code (SPEC section 8). */
export type ErrorCode =
  'unexpected' | 'usage' | 'not_found' | 'conflict' | 'invalid_data' | 'busy' | 'integrity' | 'interrupted';

/** What an error says besides its message. */
export interface ErrorContext {
  /** What to do next: a sentence or a command. */
  readonly hint?: string;
  /** The findings behind the message, one object each, ready for JSON. */
  readonly details?: readonly unknown[];
  readonly cause?: unknown;
}

/** A refusal or failure that payrun expects and explains. Anything else that is thrown is a bug. */
export class PayrunError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: readonly unknown[];

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = context.hint;
    this.details = context.details ?? [];
  }
}

/** A bad flag, a bad value, or a decision missing without a terminal. Exit 2. */
export class UsageError extends PayrunError {
  constructor(message: string, context?: ErrorContext) {
    super('usage', message, context);
  }
}

/** An affiliate, payout, run, file or ledger that is not there. Exit 3. */
export class NotFoundError extends PayrunError {
  constructor(message: string, context?: ErrorContext) {
    super('not_found', message, context);
  }
}

/** The ledger's state forbids it. Exit 4. */
export class ConflictError extends PayrunError {
  constructor(message: string, context?: ErrorContext) {
    super('conflict', message, context);
  }
}

/** A file's rows are invalid; nothing was written. Exit 5. */
export class InvalidDataError extends PayrunError {
  constructor(message: string, context?: ErrorContext) {
    super('invalid_data', message, context);
  }
}

/** Another process held the ledger longer than the wait allows. Exit 6. */
export class BusyError extends PayrunError {
  constructor(message: string, context?: ErrorContext) {
    super('busy', message, context);
  }
}

/** `verify` found something wrong, or the file is no ledger. Exit 7. */
export class IntegrityError extends PayrunError {
  constructor(message: string, context?: ErrorContext) {
    super('integrity', message, context);
  }
}

/** The user pressed Ctrl-C at a prompt or between steps. Exit 130. */
export class InterruptedError extends PayrunError {
  constructor(message = 'Interrupted; nothing was changed.', context?: ErrorContext) {
    super('interrupted', message, context);
  }
}
