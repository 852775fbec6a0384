// Schema 5: times of which nothing told us, neither forwards nor the node's accounts. Kept to be told of.

export const LOSSES = {
  name: '0005-losses',
  sql: `
CREATE TABLE history_losses (
  from_time INTEGER NOT NULL,         -- 0: from the beginning
  until_time INTEGER NOT NULL
) STRICT;
`,
} as const;
