// Schema 9: what was taken over from the Python original before schema 8 is no longer lost.
//
// It was not noted forward by forward, and of a loss that ended within the hour at which ours begin all stayed lost: the next
// `migrate` would have filled it with the same forwards once more. Nothing but a taking over has filled whole hours.

export const TAKEN_OVER = {
  name: '0009-taken-over',
  sql: `
CREATE TABLE taken AS
  SELECT min(from_time) AS since, max(until_time) AS until FROM backfills
  WHERE complete = 1 AND from_time > 0 AND from_time % 3600 = 0 AND until_time % 3600 = 0
    AND id NOT IN (SELECT source FROM python_forwards);
INSERT INTO history_losses
  SELECT from_time, since FROM history_losses, taken WHERE from_time < since AND until_time > since;
INSERT INTO history_losses
  SELECT until, until_time FROM history_losses, taken WHERE from_time < until AND until_time > until;
DELETE FROM history_losses
  WHERE from_time < (SELECT until FROM taken) AND until_time > (SELECT since FROM taken);
DROP TABLE taken;
`,
} as const;
