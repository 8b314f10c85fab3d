-- The help desk's own tables. The application owns and writes them; the decision server reads them
-- (live/cordon.yaml says where what is). Money is in cents, times of day are milliseconds since midnight, UTC.

CREATE TABLE teams (
  id text PRIMARY KEY,
  name text NOT NULL,
  part_of text REFERENCES teams,
  -- Departments are in live/entities.
  department text
);

CREATE TABLE staff (
  id text PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  active boolean NOT NULL DEFAULT true,
  clearance integer NOT NULL CHECK (clearance BETWEEN 1 AND 5),
  shift_start integer,
  shift_end integer,
  refund_limit integer NOT NULL DEFAULT 0,
  CHECK ((shift_start IS NULL) = (shift_end IS NULL))
);

CREATE TABLE staff_regions (
  person text REFERENCES staff,
  -- Regions are in live/entities.
  region text,
  PRIMARY KEY (person, region)
);

CREATE TABLE memberships (
  person text REFERENCES staff,
  team text REFERENCES teams,
  PRIMARY KEY (person, team)
);

CREATE TABLE customers (
  id text PRIMARY KEY,
  name text NOT NULL,
  plan text NOT NULL CHECK (plan IN ('free', 'team', 'business', 'enterprise')),
  region text NOT NULL,
  account_manager text NOT NULL REFERENCES staff,
  contact_name text NOT NULL,
  contact_email text NOT NULL,
  legal_hold boolean NOT NULL DEFAULT false
);

CREATE TABLE contacts (
  email text PRIMARY KEY,
  name text NOT NULL,
  customer text NOT NULL REFERENCES customers
);

CREATE TABLE tickets (
  id text PRIMARY KEY,
  customer text NOT NULL REFERENCES customers,
  title text NOT NULL,
  severity integer NOT NULL CHECK (severity BETWEEN 1 AND 4),
  status text NOT NULL CHECK (status IN ('open', 'pending', 'closed')),
  assignee text REFERENCES staff,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  confidential boolean NOT NULL DEFAULT false
);
CREATE INDEX ON tickets (customer);
CREATE INDEX ON tickets (assignee);

CREATE TABLE comments (
  id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  ticket text NOT NULL REFERENCES tickets,
  written_by text NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now(),
  text text NOT NULL
);
CREATE INDEX ON comments (ticket);

CREATE TABLE invoices (
  id text PRIMARY KEY,
  customer text NOT NULL REFERENCES customers,
  status text NOT NULL CHECK (status IN ('open', 'paid', 'void')),
  amount integer NOT NULL,
  refunded integer NOT NULL DEFAULT 0,
  issued_by text NOT NULL REFERENCES staff,
  issued_at timestamptz NOT NULL,
  CHECK (refunded BETWEEN 0 AND amount)
);

-- Written by whoever signs people in.
CREATE TABLE sessions (
  id text PRIMARY KEY,
  person text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);

-- Written by the inventory of devices.
CREATE TABLE devices (
  id text PRIMARY KEY,
  owner text REFERENCES staff,
  managed boolean NOT NULL,
  encrypted boolean NOT NULL,
  last_seen timestamptz NOT NULL
);
