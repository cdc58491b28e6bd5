/** What a payment file cannot be made without: said all at once, so that nobody mends it piece by piece. */
import { UsageError } from '../core/errors.js';

export interface Lack {
  /** As it goes on after "The file": `needs the name of your company`. */
  readonly what: string;
  /** What to type behind `payrun settings set`. */
  readonly setting: string;
}

/**
 * @param file as a sentence begins: `A SEPA file`
 * @throws UsageError naming the settings, if anything is lacking
 */
export function refuseLacks(file: string, lacks: readonly Lack[]): void {
  if (lacks.length === 0) return;
  const commands = lacks.map(({ setting }) => `\`payrun settings set ${setting}\``);
  throw new UsageError(`${file} ${lacks.map(({ what }) => what).join(', and it ')}.`, {
    hint: `Use ${commands.join(' and ')}.`,
  });
}
