// Schema 7: of which alerts the operator has been told, so that a restart does not tell of them again.

export const ALERTS = {
  name: '0007-alerts',
  sql: `
CREATE TABLE alerts (
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,              -- '' where the kind is subject enough
  text TEXT NOT NULL,
  since INTEGER NOT NULL,
  told INTEGER NOT NULL,              -- 0: it came back so soon after its end that nobody was told
  over_at INTEGER,                    -- null while it goes on
  PRIMARY KEY (kind, subject)
) STRICT;
`,
} as const;
