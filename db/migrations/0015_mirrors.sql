-- A booking of our own calendar is copied to another system: a call to the outside like any other, after the
-- booking itself.

ALTER TABLE effects DROP CONSTRAINT effects_kind_check;
ALTER TABLE effects ADD CONSTRAINT effects_kind_check
  CHECK (kind IN ('send', 'place_order', 'change_order', 'cancel_order', 'poll_payment', 'mirror_booking'));
