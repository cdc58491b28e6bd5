/**
 * The versions of a ledger's layout, oldest first. A migration that has landed is never edited; the next
 * change is a module of its own with the next number and a test that carries data through it.
 */
import { ledger } from './001-ledger.js';
import { lifeOfAPayout } from './002-life-of-a-payout.js';
import { unattended } from './003-unattended.js';
import { accountingAndPayments } from './004-accounting-and-payments.js';

export interface Migration {
  readonly version: number;
  /** DDL and data changes, run in order inside one transaction. */
  readonly statements: readonly string[];
}

export const migrations: readonly Migration[] = [ledger, lifeOfAPayout, unattended, accountingAndPayments];
