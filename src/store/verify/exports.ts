/** Exports: what is recorded of each. */
import { countRows, exportName, sqlCheck, type Check } from './check.js';

/** How far each kind of fact goes. */
const MARKS = [
  ['commissions_to', 'commissions'],
  ['changes_to', 'commission_changes'],
  ['steps_to', 'payout_history'],
] as const;

const EXPORTS_AGREE = sqlCheck({
  name: 'exports_agree',
  rule: 'No export had seen more facts than there are, or has a range that ends before it begins; each has files, and of each file its rows and its digest.',
  count: countRows('exports'),
  problems: [
    ...MARKS.map(
      ([mark, table]) => `
    SELECT ${exportName('number')} AS subject, ${exportName('number')} || ' had seen row ' || ${mark}
      || ' of ${table}, which is not there' AS message
    FROM exports WHERE ${mark} NOT BETWEEN 0 AND (SELECT coalesce(max(number), 0) FROM ${table})`,
    ),
    `
    SELECT ${exportName('number')}, ${exportName('number')} || ' goes from ' || from_on || ' to ' || to_on
    FROM exports WHERE from_on > to_on`,
    `
    SELECT ${exportName('number')}, ${exportName('number')} || ' has no files, or one without rows or digest'
    FROM exports
    WHERE json_valid(files) AND (json_type(files) <> 'array' OR json_array_length(files) = 0 OR EXISTS (
      SELECT 1 FROM json_each(files) AS file
      WHERE json_type(file.value, '$.rows') IS NOT 'integer' OR file.value ->> '$.rows' < 0
        OR coalesce(length(file.value ->> '$.sha256'), 0) <> 64 OR file.value ->> '$.sha256' GLOB '*[^0-9a-f]*'))`,
  ].join(' UNION ALL '),
});

export const EXPORT_CHECKS: readonly Check[] = [EXPORTS_AGREE];
