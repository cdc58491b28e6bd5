/**
 * What an import of commissions must do, said again in plain loops over maps, from SPEC section 3 alone
 * and without a look at the SQL. Amounts are plain integers of minor units with two decimals; JPY has
 * none.
 */
import type { Line } from './import-world.js';

export type Cells = Readonly<Record<string, string>>;

/** A file: which optional columns it has, and its rows. */
export interface File {
  readonly columns: readonly string[];
  readonly rows: readonly Cells[];
  readonly settledUntil: string | null;
}

interface Known extends Omit<Line, 'corrects'> {
  status: string;
  by: 'source' | 'operator';
  corrects: string | null;
  /** What an operator decided last, where that still stands. */
  decided: 'approved' | 'rejected' | null;
  said: Map<string, string>;
  live: boolean;
  corrections: number;
}

/** What became of a decision. */
export type Decision = 'changed' | 'already' | 'refused';

export const TODAY = '2026-11-22';
export const REQUIRED = ['id', 'affiliate_id', 'earned_at', 'amount'];

const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

const minor = (amount: string, currency: string): number => Number(amount) * (currency === 'JPY' ? 1 : 100);

const signFits = (kind: string, amount: number): boolean =>
  kind === 'adjustment' || (kind === 'clawback' ? amount < 0 : amount >= 0);

/** A row whose open ends are closed by what is known already. */
interface Row {
  readonly line: number;
  readonly cells: Cells;
  readonly id: string;
  kind: string;
  currency: string;
  amount: number;
  code: string | null;
}

export class Model {
  readonly commissions = new Map<string, Known>();
  /** How often what was paid of the corrections of a settled one was evened: anew, or as before. */
  readonly evened = { anew: 0, asBefore: 0 };

  constructor(
    private readonly affiliates: readonly string[],
    private readonly holdDays: number,
  ) {}

  lines(): Line[] {
    return [...this.commissions.values()]
      .map(({ id, affiliate, kind, status, currency, amount, earnedOn, availableOn, campaign, corrects }) => {
        return { id, affiliate, kind, status, currency, amount, earnedOn, availableOn, campaign, corrects };
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /**
   * Takes over from the ledger which commissions are on a live payout: what is paid is not the import's
   * matter.
   */
  setLive(ids: readonly string[]): void {
    const released: Known[] = [];
    for (const known of this.commissions.values()) {
      if (known.live && !ids.includes(known.id)) released.push(known);
      known.live = ids.includes(known.id);
    }
    for (const known of released) {
      const says = known.said.get('status');
      if (says === 'settled') this.#settle(known, 'source');
      const bySource = known.status === 'approved' && known.by === 'source' && known.decided === null;
      if (says === 'pending' && bySource && known.corrections === 0) known.status = 'pending';
    }
    const corrected = released.flatMap(({ id, corrects }) => (id.includes('~') ? (corrects ?? []) : []));
    for (const id of new Set(corrected)) {
      const original = this.commissions.get(id);
      if (original?.status === 'settled') this.#settle(original, original.by);
    }
  }

  /**
   * What a commission came to with its corrections was paid elsewhere, so those that are unpaid go with it.
   * What was paid of them is evened by one, which stays where it is there already.
   * @returns whether one was added
   */
  #settle(known: Known, by: string): boolean {
    Object.assign(known, { status: 'settled', by });
    const corrections = this.#corrections(known);
    const missing = -corrections.filter(({ live }) => live).reduce((sum, { amount }) => sum + amount, 0);
    let isEven = missing === 0;
    for (const correction of corrections) {
      if (correction.live || !['pending', 'approved'].includes(correction.status)) continue;
      if (!isEven && correction.amount === missing) {
        isEven = true;
        this.evened.asBefore += 1;
      } else Object.assign(correction, { status: 'settled', by });
    }
    if (isEven) return false;
    this.#addCorrection(known, missing);
    this.evened.anew += 1;
    return true;
  }

  /** An operator approves or rejects a commission, paid or not. */
  decide(id: string, verb: 'approve' | 'reject'): Decision {
    const known = this.commissions.get(id);
    if (known === undefined) throw new Error(`There is no ${id}.`);
    if (id.includes('~') || known.status === 'settled') return 'refused';
    return verb === 'reject' ? this.#reject(known) : this.#approve(known);
  }

  #reject(known: Known): Decision {
    const isRejected = this.#isRejected(known);
    known.decided = 'rejected';
    const isPaid = known.live || this.#corrections(known).some(({ live }) => live);
    if (isPaid) {
      if (isRejected && this.#stands(known) === 0) return 'already';
      this.#addCorrection(known, -this.#stands(known));
      if (known.status === 'pending') Object.assign(known, { status: 'approved', by: 'operator' });
      return 'changed';
    }
    const before = known.status;
    Object.assign(known, { status: 'rejected', by: 'operator' });
    return before === 'rejected' ? 'already' : 'changed';
  }

  #approve(known: Known): Decision {
    if (known.status !== 'pending' && !this.#isRejected(known)) return 'already';
    known.decided = 'approved';
    if (known.status !== 'approved') Object.assign(known, { status: 'approved', by: 'operator' });
    if (this.#locked(known)) {
      this.#addCorrection(known, Number(known.said.get('amount')) - this.#stands(known));
    }
    return 'changed';
  }

  /** Nothing is owed for it, by whoever decided last. */
  #isRejected(known: Known): boolean {
    if (known.status === 'rejected') return true;
    if (!this.#locked(known)) return false;
    return (
      known.decided === 'rejected' || (known.decided === null && known.said.get('status') === 'rejected')
    );
  }

  #corrections(known: Known): Known[] {
    const found: Known[] = [];
    for (let n = 1; n <= known.corrections; n++) {
      const correction = this.commissions.get(`${known.id}~${n}`);
      if (correction !== undefined) found.push(correction);
    }
    return found;
  }

  /** A commission and its corrections together. */
  #stands(known: Known): number {
    const counting = this.#corrections(known).filter(({ status }) => status !== 'rejected');
    return counting.reduce((sum, { amount }) => sum + amount, known.amount);
  }

  #has(file: File, column: string): boolean {
    return REQUIRED.includes(column) || file.columns.includes(column);
  }

  /** The counts, or the refused lines with their codes; then nothing has changed. */
  import(file: File): { counts: Record<string, number> } | { refused: string[] } {
    const rows = this.#read(file);
    for (let before = -1; before !== rows.filter((row) => row.code !== null).length;) {
      before = rows.filter((row) => row.code !== null).length;
      this.#refuseMoves(file, rows);
      this.#refuseLinks(file, rows);
    }
    const refused = rows.filter((row) => row.code !== null).map((row) => `${row.line} ${String(row.code)}`);
    if (refused.length > 0) return { refused };
    const counts: Record<string, number> = { new: 0, changed: 0, unchanged: 0, corrected: 0, rejected: 0 };
    for (const row of rows) {
      const known = this.commissions.get(row.id);
      const what = known === undefined ? this.#insert(file, row) : this.#change(file, row, known);
      counts[what] = (counts[what] ?? 0) + 1;
    }
    return { counts };
  }

  #read(file: File): Row[] {
    const rows = file.rows.map((cells, index): Row => {
      const id = cells['id'] ?? '';
      const known = this.commissions.get(id);
      const given = (column: string): string => (this.#has(file, column) ? (cells[column] ?? '') : '');
      const currency = this.#has(file, 'currency') ? given('currency') || 'USD' : (known?.currency ?? 'USD');
      const kind = this.#has(file, 'kind') ? given('kind') || 'sale' : (known?.kind ?? 'sale');
      const amount = minor(cells['amount'] ?? '', currency);
      const row: Row = { line: index + 2, cells, id, kind, currency, amount, code: null };
      if (this.#has(file, 'kind') && !signFits(kind, amount)) row.code = 'wrong_sign';
      return row;
    });
    this.#refuseDuplicates(file, rows);
    return rows.map((row) => {
      const { cells, id, kind, currency, amount } = row;
      const known = this.commissions.get(id);
      if (!this.affiliates.includes(cells['affiliate_id'] ?? '')) row.code ??= 'unknown_affiliate';
      if (!signFits(kind, amount)) row.code ??= 'wrong_sign';
      if (!this.#has(file, 'currency') && currency === 'JPY') row.code ??= 'bad_currency';
      if (known !== undefined && row.code === null && this.#locked(known) && !this.#equal(file, row, known)) {
        const moved =
          known.affiliate !== cells['affiliate_id'] || known.currency !== currency || known.kind !== kind;
        if (moved) row.code = 'locked_field';
      }
      return row;
    });
  }

  /** Of equal rows with one id the first may stay; of different ones none. */
  #refuseDuplicates(file: File, rows: readonly Row[]): void {
    const said = (row: Row): string => JSON.stringify([...this.#merged(file, row, undefined)]);
    for (const row of rows.filter(({ code }) => code === null)) {
      const twins = rows.filter((other) => other.id === row.id && other.code !== 'wrong_sign');
      const differ = twins.some((twin) => said(twin) !== said(row));
      if (twins.length > 1 && (differ || twins[0] !== row)) row.code = 'duplicate_id';
    }
  }

  #locked(known: Known): boolean {
    return known.live || known.corrections > 0;
  }

  /** What the source says now, columns that the file lacks included. */
  #merged(file: File, row: Row, known: Known | undefined): Map<string, string> {
    const merged = new Map(known?.said);
    for (const column of [...REQUIRED, ...file.columns]) {
      const cell = row.cells[column] ?? '';
      const kept = column === 'amount' ? String(minor(cell, row.currency)) : cell;
      if (kept === '') merged.delete(column);
      else merged.set(column, kept);
    }
    return merged;
  }

  #equal(file: File, row: Row, known: Known): boolean {
    const merged = this.#merged(file, row, known);
    return (
      merged.size === known.said.size && [...merged].every(([key, value]) => known.said.get(key) === value)
    );
  }

  /** Where a row's link leads: as the file says, else as it is. */
  #link(file: File, row: Row): string | null {
    if (this.#has(file, 'corrects')) return row.cells['corrects'] || null;
    const known = this.commissions.get(row.id);
    return known === undefined || this.#equal(file, row, known) ? null : known.corrects;
  }

  #refuseMoves(file: File, rows: readonly Row[]): void {
    for (const row of rows) {
      const known = this.commissions.get(row.id);
      if (row.code !== null || known === undefined || this.#equal(file, row, known)) continue;
      const affiliate = row.cells['affiliate_id'];
      if (known.affiliate === affiliate && known.currency === row.currency) continue;
      const debits = [...this.commissions.values()].filter((debit) => debit.corrects === row.id);
      const alone = debits.some((debit) => {
        const beside = rows.find((other) => other.id === debit.id && other.code === null);
        if (beside === undefined) return true;
        const along = beside.cells['affiliate_id'] === affiliate && beside.currency === row.currency;
        return !along && !(this.#has(file, 'corrects') && beside.cells['corrects'] !== row.id);
      });
      if (alone) row.code = 'locked_field';
    }
  }

  #refuseLinks(file: File, rows: readonly Row[]): void {
    // All are judged by how things stood before any of them was refused.
    const wrong = rows.filter((row) => {
      const link = this.#link(file, row);
      if (row.code !== null || link === null) return false;
      const beside = rows.find((other) => other.id === link && other.code === null);
      const known = this.commissions.get(link);
      if (link === row.id || (beside === undefined && known === undefined)) return true;
      const affiliate = beside === undefined ? known?.affiliate : beside.cells['affiliate_id'];
      const { currency, amount } = (beside ?? known) as { currency: string; amount: number };
      return affiliate !== row.cells['affiliate_id'] || currency !== row.currency || amount < 0;
    });
    for (const row of wrong) row.code = 'bad_value';
  }

  #available(given: string | undefined, row: Row): string {
    const earnedOn = row.cells['earned_at'] ?? '';
    return given ?? (row.kind === 'sale' ? addDays(earnedOn, this.holdDays) : earnedOn);
  }

  #settles(file: File, row: Row): boolean {
    return file.settledUntil !== null && (row.cells['earned_at'] ?? '') <= file.settledUntil;
  }

  #insert(file: File, row: Row): 'new' {
    const said = this.#merged(file, row, undefined);
    const status = said.get('status') ?? (row.kind === 'sale' ? 'pending' : 'approved');
    const settles = this.#settles(file, row) && status !== 'rejected';
    this.commissions.set(row.id, {
      id: row.id,
      affiliate: row.cells['affiliate_id'] ?? '',
      kind: row.kind,
      status: settles ? 'settled' : status,
      by: settles && status !== 'settled' ? 'operator' : 'source',
      decided: null,
      currency: row.currency,
      amount: row.amount,
      earnedOn: row.cells['earned_at'] ?? '',
      availableOn: this.#available(said.get('available_on'), row),
      campaign: said.get('campaign') ?? null,
      corrects: said.get('corrects') ?? null,
      said,
      live: false,
      corrections: 0,
    });
    return 'new';
  }

  #change(file: File, row: Row, known: Known): 'changed' | 'unchanged' | 'corrected' {
    const equal = this.#equal(file, row, known);
    const merged = this.#merged(file, row, known);
    const before = known.said;
    const settles =
      this.#settles(file, row) &&
      ['pending', 'approved'].includes(known.status) &&
      merged.get('status') !== 'rejected' &&
      !known.live;
    if (equal && !settles) return 'unchanged';
    known.said = merged;
    const says = merged.get('status');
    const begins = !equal && says !== before.get('status') ? (says ?? '') : '';
    if (begins === 'rejected' && known.decided === 'approved') known.decided = null;
    if (this.#locked(known)) {
      this.#reopen(known, this.#settles(file, row) && begins !== 'rejected' ? '' : begins);
      return this.#correct(row, known, { equal, settles });
    }
    this.#changeStatus(
      known,
      settles,
      this.#has(file, 'status') ? row.cells['status'] : '',
      before.get('status'),
    );
    const sameHold =
      known.earnedOn === row.cells['earned_at'] && known.kind === row.kind && !before.has('available_on');
    const given = merged.get('available_on');
    Object.assign(known, {
      affiliate: row.cells['affiliate_id'],
      kind: row.kind,
      currency: row.currency,
      amount: row.amount,
      earnedOn: row.cells['earned_at'],
      availableOn: given === undefined && sameHold ? known.availableOn : this.#available(given, row),
      campaign: merged.get('campaign') ?? null,
      corrects: merged.get('corrects') ?? null,
    });
    return 'changed';
  }

  #changeStatus(
    known: Known,
    settles: boolean,
    says: string | undefined,
    saidBefore: string | undefined,
  ): void {
    if (known.by === 'operator' && ['rejected', 'settled'].includes(known.status)) return;
    if (settles) {
      Object.assign(known, { status: 'settled', by: 'operator', decided: null });
      return;
    }
    if (says === undefined || says === '' || says === saidBefore) return;
    if (known.by === 'operator' && known.status === 'approved' && says === 'pending') return;
    if (known.status !== says) Object.assign(known, { status: says, by: 'source', decided: null });
  }

  /** Original + corrections = what the source says now. */
  #correct(row: Row, known: Known, how: { equal: boolean; settles: boolean }): 'changed' | 'corrected' {
    const says = known.said.get('status');
    if (
      !known.live &&
      (how.settles || says === 'settled') &&
      ['pending', 'approved'].includes(known.status)
    ) {
      const evens = this.#settle(known, says === 'settled' ? 'source' : 'operator');
      return evens ? 'corrected' : 'changed';
    }
    if (how.equal || says === 'settled' || (!known.live && ['rejected', 'settled'].includes(known.status)))
      return 'changed';
    const isRejected = this.#isRejected(known);
    const amount = (isRejected ? 0 : row.amount) - this.#stands(known);
    if (amount === 0) return 'changed';
    this.#addCorrection(known, amount);
    return 'corrected';
  }

  /** It was not paid elsewhere after all: it and what was settled with it are owed again. */
  #reopen(known: Known, begins: string): void {
    const waits = !known.live && known.status === 'pending';
    if (waits && ['approved', 'rejected'].includes(begins)) known.status = 'approved';
    if (known.live || known.status !== 'settled' || known.by !== 'source') return;
    if (!['pending', 'approved'].includes(begins)) return;
    known.status = known.decided === 'rejected' ? 'approved' : begins;
    for (const correction of this.#corrections(known)) {
      if (correction.status === 'settled') correction.status = 'approved';
    }
  }

  #addCorrection(known: Known, amount: number): void {
    if (amount === 0) return;
    known.corrections += 1;
    const id = `${known.id}~${known.corrections}`;
    this.commissions.set(id, {
      id,
      affiliate: known.affiliate,
      kind: amount < 0 ? 'clawback' : 'adjustment',
      status: 'approved',
      by: 'source',
      currency: known.currency,
      amount,
      earnedOn: TODAY,
      availableOn: TODAY,
      campaign: known.campaign,
      corrects: known.id,
      said: new Map(),
      decided: null,
      live: false,
      corrections: 0,
    });
  }
}
