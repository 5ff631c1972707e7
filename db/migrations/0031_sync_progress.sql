-- What people see of a sync: how far a running one has come, and what a refused one would have done.

ALTER TABLE sync_runs
  ADD COLUMN progress jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(progress) = 'object'),
  ADD COLUMN planned jsonb CHECK (jsonb_typeof(planned) = 'object'),
  ADD CHECK (planned IS NULL OR status = 'refused');
COMMENT ON COLUMN sync_runs.progress IS
  'Of a running one: {"what": "free times", "done": 3, "total": 15}, written at most about once a second. Else {}.';
COMMENT ON COLUMN sync_runs.planned IS
  'Of a refused one whose plan could be made: {"counts": per kind of row, "retired": the first names per kind}.';
