// Schema 8: which forwards of the Python original were taken over, so that a newer copy of its file brings only the rest.

export const PYTHON = {
  name: '0008-python',
  sql: `
CREATE TABLE python_forwards (
  id INTEGER NOT NULL,                -- the original's, which a file begun anew gives again
  timestamp INTEGER NOT NULL,
  source INTEGER NOT NULL,            -- of the rollups that hold it
  PRIMARY KEY (id, timestamp)
) STRICT, WITHOUT ROWID;
`,
} as const;
