-- What is booked like a person but isn't one: a bay, a table, a seat of a tour. Customers are never asked which
-- one, nor told.

ALTER TABLE staff ADD COLUMN resource boolean NOT NULL DEFAULT false;
