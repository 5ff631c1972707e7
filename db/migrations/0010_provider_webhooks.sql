-- A booking system's webhook names an account; whose workspace it is stands in its row.
CREATE FUNCTION find_provider_account(p_provider text, p_id uuid) RETURNS SETOF provider_accounts
LANGUAGE sql STABLE AS $$
  SELECT * FROM provider_accounts WHERE id = p_id AND provider = p_provider AND enabled
$$;
CALL make_system_function('find_provider_account(text, uuid)');
