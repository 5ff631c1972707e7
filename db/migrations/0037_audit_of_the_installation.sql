-- Who did what that concerns no business: signing in, people of the agency, tokens. A page of it, as the lists of the
-- application have it (db/read_pages.py), and how many entries there are of each kind.

CREATE FUNCTION list_audit_of_installation(
  p_since timestamptz, p_until timestamptz, p_text text, p_digits text, p_area text, p_at timestamptz, p_id uuid,
  p_limit integer
) RETURNS TABLE (id uuid, status text, actor text, action text, subject text, detail jsonb, at timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT e.id, split_part(e.action, '.', 1), e.actor, e.action, e.subject, e.detail, e.at
  FROM audit_entries e
  WHERE e.workspace_id IS NULL
    AND e.at >= coalesce(p_since, '-infinity') AND e.at < coalesce(p_until, 'infinity')
    AND (p_text IS NULL OR strpos(lower(concat_ws(' ', e.actor, e.action, e.subject)), p_text) > 0
         OR strpos(e.subject, p_digits) > 0)
    AND (p_area IS NULL OR split_part(e.action, '.', 1) = p_area)
    AND (e.at, e.id) < (coalesce(p_at, 'infinity'), coalesce(p_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
  ORDER BY e.at DESC, e.id DESC LIMIT p_limit
$$;
CALL make_system_function(
  'list_audit_of_installation(timestamptz, timestamptz, text, text, text, timestamptz, uuid, integer)');

CREATE FUNCTION count_audit_of_installation(p_since timestamptz, p_until timestamptz, p_text text, p_digits text)
RETURNS TABLE (status text, count bigint) LANGUAGE sql STABLE AS $$
  SELECT split_part(e.action, '.', 1), count(*)
  FROM audit_entries e
  WHERE e.workspace_id IS NULL
    AND e.at >= coalesce(p_since, '-infinity') AND e.at < coalesce(p_until, 'infinity')
    AND (p_text IS NULL OR strpos(lower(concat_ws(' ', e.actor, e.action, e.subject)), p_text) > 0
         OR strpos(e.subject, p_digits) > 0)
  GROUP BY 1
$$;
CALL make_system_function('count_audit_of_installation(timestamptz, timestamptz, text, text)');
