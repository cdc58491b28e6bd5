/** The options of `commissions approve` and `commissions reject`. */
import type { OptionDefinition } from './command.js';
import { dayOptions } from './day-options.js';

export const decisionOptions: readonly OptionDefinition[] = [
  { flags: '--affiliate <affiliate>', description: 'the unpaid ones of one: id, e-mail or exact name' },
  ...dayOptions('earned'),
  { flags: '--campaign <name>', description: 'only those of this campaign' },
  { flags: '--reason <text>', description: 'why; it stands in the history of the commission' },
  { flags: '--dry-run', description: 'show exactly what would happen, and write nothing' },
];
