/** Every command of payrun, in the order of the main help. A new command is added here and nowhere else. */

import type { CommandTree } from '../command.js';
import { affiliatesList } from './affiliates/list.js';
import { affiliatesShow } from './affiliates/show.js';
import { commissionsList } from './commissions/list.js';
import { commissionsShow } from './commissions/show.js';
import { completion } from './completion.js';
import { demo } from './demo.js';
import { exportCommand } from './export.js';
import { generate } from './generate.js';
import { importAffiliates } from './import/affiliates.js';
import { importCommissions } from './import/commissions.js';
import { init } from './init.js';
import { payoutsList } from './payouts/list.js';
import { payoutsShow } from './payouts/show.js';
import { voidCommand } from './payouts/void.js';
import { pending } from './pending.js';
import { runsList } from './runs/list.js';
import { runsShow } from './runs/show.js';
import { settingsGet } from './settings/get.js';
import { settingsList } from './settings/list.js';
import { settingsSet } from './settings/set.js';
import { upcoming } from './upcoming.js';
import { verify } from './verify.js';

export const commands: CommandTree['commands'] = [
  importAffiliates,
  importCommissions,
  generate,
  pending,
  upcoming,
  payoutsList,
  payoutsShow,
  voidCommand,
  exportCommand,
  affiliatesList,
  affiliatesShow,
  commissionsList,
  commissionsShow,
  runsList,
  runsShow,
  init,
  settingsList,
  settingsGet,
  settingsSet,
  verify,
  completion,
  demo,
];

/** The words that stand before several commands. */
export const nouns: CommandTree['nouns'] = [
  { name: 'import', summary: 'Take in affiliates and commissions from files' },
  { name: 'payouts', summary: 'Look at payouts, or take one back' },
  { name: 'runs', summary: 'Look at the runs that made payouts' },
  { name: 'affiliates', summary: 'Look at affiliates and what they have' },
  { name: 'commissions', summary: 'Look at commissions and what became of them' },
  { name: 'settings', summary: 'Look at the settings of the ledger and change them' },
];

/** The headings of the main help; a command that none of them names comes last. */
export const sections: CommandTree['sections'] = [
  { title: 'Pay:', names: ['import', 'generate', 'pending', 'payouts', 'upcoming', 'export'] },
  { title: 'Look:', names: ['affiliates', 'commissions', 'runs'] },
  { title: 'Set up:', names: ['demo', 'init', 'settings', 'verify', 'completion'] },
];

export const commandTree: CommandTree = { commands, nouns, sections };
