-- What the installation tells of itself: /metrics and /api/health (docs/metrics.md). Over all workspaces, and of none of
-- them: no figure names a business or a person. Times are seconds of the database's clock.

CREATE INDEX effects_settled ON effects (settled_at) WHERE settled_at IS NOT NULL;
CREATE INDEX inbox_done ON inbox (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX llm_calls_made ON llm_calls (created_at);
CREATE INDEX sync_runs_finished ON sync_runs (finished_at) WHERE finished_at IS NOT NULL;

-- What was asked of the outside in the last so many seconds, by whom it was asked of. source: effect, llm, sync.
-- outcome: an effect's status (pending: refused for now, it will be tried again), a model's outcome, a run's status.
-- A call that was proved much later (a receipt, a lookup) says nothing about how long it took.
CREATE FUNCTION calls_outside(p_seconds double precision)
RETURNS TABLE (source text, provider text, call text, outcome text, calls bigint,
               p50 double precision, p95 double precision, slowest double precision, last_at timestamptz)
LANGUAGE sql STABLE AS $$
  WITH since AS MATERIALIZED (SELECT clock_timestamp() - make_interval(secs => p_seconds) AS at),
  touched AS (
    SELECT e.workspace_id, e.conversation_id, e.kind, e.status, e.called_at, e.settled_at AS at
    FROM effects e
    WHERE e.settled_at > (SELECT at FROM since) AND e.status IN ('done', 'failed', 'needs_operator')
    UNION ALL
    SELECT e.workspace_id, e.conversation_id, e.kind, e.status, NULL, e.unknown_since
    FROM effects e WHERE e.status = 'unknown' AND e.unknown_since > (SELECT at FROM since)
    UNION ALL
    SELECT e.workspace_id, e.conversation_id, e.kind, e.status, NULL, coalesce(e.called_at, e.created_at)
    FROM effects e WHERE e.status = 'pending' AND e.error_code IS NOT NULL
  ),
  told AS (
    SELECT 'effect' AS source,
           CASE WHEN t.kind = 'send' THEN a.channel
                WHEN t.kind = 'send_mail' THEN 'mail'
                WHEN t.kind IN ('create_link', 'expire_link') THEN (
                  SELECT y.provider FROM payment_accounts y
                  WHERE y.workspace_id = t.workspace_id ORDER BY y.enabled DESC, y.created_at DESC LIMIT 1)
                ELSE p.provider END AS provider,
           t.kind AS call, t.status AS outcome, t.at,
           CASE WHEN t.at - t.called_at < interval '45 seconds' THEN extract(epoch FROM t.at - t.called_at) END AS took
    FROM touched t
    JOIN conversations c ON c.workspace_id = t.workspace_id AND c.id = t.conversation_id
    JOIN channel_accounts a ON a.workspace_id = c.workspace_id AND a.id = c.channel_account_id
    LEFT JOIN provider_accounts p ON p.workspace_id = t.workspace_id AND p.enabled
    UNION ALL
    SELECT 'llm', l.provider, l.purpose, l.outcome, l.created_at, l.latency_ms / 1000.0
    FROM llm_calls l WHERE l.created_at > (SELECT at FROM since) AND l.outcome <> 'open'
    UNION ALL
    SELECT 'sync', p.provider, r.kind, r.status, r.finished_at, extract(epoch FROM r.finished_at - r.started_at)
    FROM sync_runs r LEFT JOIN provider_accounts p ON p.workspace_id = r.workspace_id AND p.enabled
    WHERE r.finished_at > (SELECT at FROM since)
  )
  SELECT source, coalesce(provider, 'none'), call, outcome, count(*),
         percentile_cont(0.5) WITHIN GROUP (ORDER BY took::double precision),
         percentile_cont(0.95) WITHIN GROUP (ORDER BY took::double precision),
         max(took)::double precision, max(at)
  FROM told GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
$$;
CALL make_system_function('calls_outside(double precision)');

-- What waits, what stands with a person, and how long customers waited in the last so many seconds.
CREATE FUNCTION metric_figures(p_seconds double precision) RETURNS jsonb LANGUAGE sql STABLE AS $$
  WITH since AS MATERIALIZED (SELECT clock_timestamp() - make_interval(secs => p_seconds) AS at),
  answered AS (
    SELECT extract(epoch FROM i.done_at - i.received_at)::double precision AS took
    FROM inbox i
    WHERE i.done_at > (SELECT at FROM since) AND i.status = 'done' AND i.kind = 'customer_message'
  )
  SELECT jsonb_build_object(
    'inbox_waiting', (SELECT count(*) FROM inbox WHERE status = 'waiting'),
    'inbox_quarantined', (SELECT count(*) FROM inbox WHERE status = 'quarantined'),
    'inbox_oldest_seconds', (
      SELECT coalesce(greatest(extract(epoch FROM clock_timestamp() - min(received_at)), 0), 0)
      FROM inbox WHERE status = 'waiting'),
    'effects_open', (
      SELECT coalesce(jsonb_agg(jsonb_build_array(kind, status, n)), '[]') FROM (
        SELECT kind, status, count(*) AS n FROM effects
        WHERE status = 'pending' OR status = 'in_flight' OR status = 'unknown' OR status = 'needs_operator'
        GROUP BY 1, 2 ORDER BY 1, 2) AS open),
    'effects_settled', (
      SELECT coalesce(jsonb_agg(jsonb_build_array(kind, status, n)), '[]') FROM (
        SELECT kind, status, count(*) AS n FROM effects WHERE settled_at > (SELECT at FROM since)
        GROUP BY 1, 2 ORDER BY 1, 2) AS settled),
    'turns', (
      SELECT jsonb_build_object('count', count(*), 'p50', percentile_cont(0.5) WITHIN GROUP (ORDER BY took),
        'p95', percentile_cont(0.95) WITHIN GROUP (ORDER BY took), 'slowest', max(took)) FROM answered),
    'llm_cost_nanos_day', (
      SELECT coalesce(sum(cost_nanos), 0) FROM llm_calls WHERE created_at > clock_timestamp() - interval '1 day'),
    'sync_runs_open', (SELECT count(*) FROM sync_runs WHERE status = 'requested' OR status = 'running'),
    'errors_open', (
      SELECT coalesce(jsonb_agg(jsonb_build_array(kind, n)), '[]') FROM (
        SELECT kind, count(*) AS n FROM operator_errors WHERE resolved_at IS NULL GROUP BY 1 ORDER BY 1) AS told),
    'schedule_late_seconds', (
      SELECT coalesce(greatest(extract(epoch FROM clock_timestamp() - min(next_run_at)), 0), 0) FROM schedules
      WHERE claim_until IS NULL OR claim_until < clock_timestamp()),
    'unrouted_hour', (
      SELECT count(*) FROM unrouted_webhooks WHERE received_at > clock_timestamp() - interval '1 hour'))
$$;
CALL make_system_function('metric_figures(double precision)');

-- Who of the outside is set up at all: {"kind", "provider", "accounts"} each.
CREATE FUNCTION outside_set_up()
RETURNS TABLE (kind text, provider text, accounts bigint) LANGUAGE sql STABLE AS $$
  SELECT 'channel', channel, count(*) FROM channel_accounts WHERE enabled GROUP BY 2
  UNION ALL SELECT 'booking', p.provider, count(*) FROM provider_accounts p WHERE enabled GROUP BY 2
  UNION ALL SELECT 'payment', y.provider, count(*) FROM payment_accounts y WHERE enabled GROUP BY 2
  UNION ALL SELECT 'language_model', l.provider, count(*) FROM llm_accounts l GROUP BY 2
  ORDER BY 1, 2
$$;
CALL make_system_function('outside_set_up()');
