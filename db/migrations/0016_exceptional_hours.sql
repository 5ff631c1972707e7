-- Days whose hours are others than the week's: a long evening before a holiday, a closed day.

ALTER TABLE locations ADD COLUMN exceptions jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(exceptions) = 'array');
COMMENT ON COLUMN locations.exceptions IS
  '[{"day": "2026-12-24", "spans": [["09:00:00", "22:00:00"]]}]: these hours instead of that weekday''s; none: closed.';
