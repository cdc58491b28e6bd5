/** The working set: unpaid commissions become open items, with what eligibility asks of them. */

/**
 * SQL that makes open items of commissions.
 * @param which a condition on `commissions`; each that it selects is unpaid, not zero and on no live payout
 */
export const openItems = (which: string): string => `
  INSERT INTO open_items (affiliate_id, currency, commission, amount, status, available_on, earned_on, campaign,
    corrects)
  SELECT affiliate_id, currency, number, amount, status, available_on, earned_on, campaign, corrects
  FROM commissions
  WHERE ${which}
  ORDER BY affiliate_id, currency, number`;

/**
 * SQL that takes commissions off the open items, where they are among them.
 * @param table has them in its column `commission`; affiliate and currency are still those of the items
 */
export const closeItems = (table: string): string => `
  DELETE FROM open_items WHERE (affiliate_id, currency, commission) IN (
    SELECT commission.affiliate_id, commission.currency, commission.number
    FROM ${table} AS closing CROSS JOIN commissions AS commission ON commission.number = closing.commission)`;
