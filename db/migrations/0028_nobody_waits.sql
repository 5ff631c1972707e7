-- What gives up by the clock waits for nobody: a turn writes lead, wish and handoff in this order, and whoever waited
-- for one of them with another in hand could stand in its way for ever. What somebody holds is left for the next round.

CREATE OR REPLACE FUNCTION abandon_handoffs(p_limit integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  late uuid[];
  held uuid[];
BEGIN
  SELECT array_agg(locked.id) INTO late FROM (
    SELECT h.id FROM handoffs h
    JOIN workspaces w ON w.id = h.workspace_id
    JOIN booking_intents i ON i.workspace_id = h.workspace_id AND i.id = h.intent_id
    WHERE h.status IN ('new', 'redirected')
      AND greatest(h.created_at, h.redirected_at)
          < now() - make_interval(hours => coalesce((w.settings -> 'external' ->> 'abandon_hours')::integer, 24))
    ORDER BY h.created_at LIMIT p_limit FOR NO KEY UPDATE OF h, i SKIP LOCKED
  ) AS locked;
  SELECT array_agg(free.id) INTO held FROM (
    SELECT l.id FROM leads l JOIN handoffs h ON h.workspace_id = l.workspace_id AND h.conversation_id = l.conversation_id
    WHERE h.id = ANY (late) FOR NO KEY UPDATE OF l SKIP LOCKED
  ) AS free;
  SELECT array_agg(h.id) INTO late FROM handoffs h WHERE h.id = ANY (late) AND NOT EXISTS (
    SELECT FROM leads l WHERE l.workspace_id = h.workspace_id AND l.conversation_id = h.conversation_id
      AND NOT l.id = ANY (coalesce(held, '{}')));
  UPDATE handoffs SET status = 'abandoned' WHERE id = ANY (late);
  INSERT INTO handoff_events (id, workspace_id, handoff_id, kind, made_by)
    SELECT gen_random_uuid(), workspace_id, id, 'abandoned', 'schedule' FROM handoffs WHERE id = ANY (late);
  UPDATE booking_intents i SET status = 'abandoned', updated_at = now() FROM handoffs h
    WHERE h.id = ANY (late) AND i.workspace_id = h.workspace_id AND i.id = h.intent_id
      AND i.status IN ('intent', 'redirected');
  UPDATE leads l SET status = 'lost', updated_at = now() FROM handoffs h
    WHERE h.id = ANY (late) AND l.workspace_id = h.workspace_id AND l.conversation_id = h.conversation_id
      AND l.status IN ('incomplete', 'qualified', 'redirected');
  RETURN coalesce(cardinality(late), 0);
END $$;
CALL make_system_function('abandon_handoffs(integer)');

CREATE OR REPLACE FUNCTION abandon_intents(p_days integer, p_limit integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  late uuid[];
  held uuid[];
BEGIN
  SELECT array_agg(locked.id) INTO late FROM (
    SELECT id FROM booking_intents WHERE status = 'intent' AND updated_at < now() - make_interval(days => p_days)
    ORDER BY updated_at LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED
  ) AS locked;
  SELECT array_agg(free.id) INTO held FROM (
    SELECT l.id FROM leads l
    JOIN booking_intents i ON i.workspace_id = l.workspace_id AND i.conversation_id = l.conversation_id
    WHERE i.id = ANY (late) FOR NO KEY UPDATE OF l SKIP LOCKED
  ) AS free;
  SELECT array_agg(i.id) INTO late FROM booking_intents i WHERE i.id = ANY (late) AND NOT EXISTS (
    SELECT FROM leads l WHERE l.workspace_id = i.workspace_id AND l.conversation_id = i.conversation_id
      AND NOT l.id = ANY (coalesce(held, '{}')));
  UPDATE booking_intents SET status = 'abandoned', updated_at = now() WHERE id = ANY (late);
  UPDATE leads l SET status = 'lost', updated_at = now() FROM booking_intents i
    WHERE i.id = ANY (late) AND l.workspace_id = i.workspace_id AND l.conversation_id = i.conversation_id
      AND l.status IN ('incomplete', 'qualified');
  RETURN coalesce(cardinality(late), 0);
END $$;
CALL make_system_function('abandon_intents(integer, integer)');

-- A mail that waits for another try because its first answer was an error, while a report says that it arrived.
INSERT INTO state_transitions VALUES ('effects', 'pending', 'done');
