-- An address of the business's own can't be closed at a provider: when the visit begins nobody is asked to pay there any
-- more. Who paid before, an operator says as always. Without this such a link stayed open for ever, and kept its
-- customer from being erased.
CREATE FUNCTION expire_static_links(p_limit integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  late uuid[];
BEGIN
  -- The booking first, as everybody locks them; what somebody holds is left for the next round.
  late := ARRAY(
    SELECT p.id FROM payments p JOIN bookings b ON b.workspace_id = p.workspace_id AND b.id = p.booking_id
    WHERE p.provider = 'static' AND p.status = 'open' AND coalesce(p.expires_at, b.starts_at) <= now()
    LIMIT p_limit FOR NO KEY UPDATE OF b SKIP LOCKED);
  UPDATE payments SET status = 'expired', settled_at = now() WHERE id = ANY (late) AND status = 'open';
  UPDATE bookings b SET payment_status = 'at_business', payment_url = NULL FROM payments p
  WHERE p.id = ANY (late) AND p.status = 'expired' AND b.workspace_id = p.workspace_id AND b.id = p.booking_id
    AND b.payment_status IN ('pending', 'expired');
  RETURN cardinality(late);
END $$;
CALL make_system_function('expire_static_links(integer)');
CREATE INDEX payments_static_open ON payments (expires_at) WHERE provider = 'static' AND status = 'open';
