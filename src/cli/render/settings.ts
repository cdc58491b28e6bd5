/** Settings for programs: an object of their values, as `settings set` takes them. */
import type { Setting } from '../../app/settings.js';

export function settingsJson(settings: readonly Setting[]): Record<string, unknown> {
  return { settings: Object.fromEntries(settings.map(({ key, value }) => [key, value])) };
}
