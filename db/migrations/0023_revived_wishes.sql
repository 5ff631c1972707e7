-- A late yes revives a wish that was given up; one that was led elsewhere may be booked here after all, with another
-- service. Without these the turn of such a yes could never be stored.
INSERT INTO state_transitions VALUES
  ('booking_intents', 'abandoned', 'pending'), ('booking_intents', 'redirected', 'pending');
