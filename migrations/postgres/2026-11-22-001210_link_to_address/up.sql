-- To whom a link was mailed, where only whoever still belongs there may use it.
ALTER TABLE links ADD COLUMN address text;
