-- An archive: what was published, and which three words stand in which paragraph.
-- The application_id and the user_version of the file are set beside this.

create table meta (
    key text primary key, -- settings, fingerprint, rules, unicode, scheme, created
    value text not null -- text or JSON; the key "checksum" covers all the others
) without rowid;

create table totals (
    one integer primary key check (one = 1), -- there is one row
    generation integer not null, -- goes up with every transaction that changes anything
    documents integer not null, -- rows of documents
    paragraphs integer not null, -- rows of paragraphs
    words integer not null, -- of all documents
    postings integer not null, -- in all blocks
    checksum blob not null -- BLAKE2b of the other columns, 8 bytes
);

create table documents (
    row integer primary key, -- ascending in the order in which documents were added
    id text not null unique, -- as the source names it
    content blob not null, -- BLAKE2b of the text, 16 bytes
    checksum blob not null, -- BLAKE2b of the other columns and its paragraphs, 8 bytes
    added text not null, -- when it was added, ISO 8601, or empty
    title text not null, -- or empty
    date text not null, -- when it was published, as the source writes it, or empty
    outlet text not null, -- where it was published, or empty
    author text not null, -- or empty
    url text not null, -- or empty
    first integer not null, -- row of its first paragraph; the others follow
    paragraphs integer not null, -- how many it has
    words integer not null, -- how many it has
    size integer not null, -- bytes of the text before it was compressed
    text blob not null -- UTF-8, compressed with zlib
);

create table paragraphs (
    row integer primary key, -- below 2^32; the number in postings
    document integer not null, -- row of its document
    line integer not null, -- of the text, counted from 0
    words integer not null, -- how many it has
    solid integer not null -- hash of its letters after folding, spaces left out
);

create index paragraphs_by_solid on paragraphs (solid);

create table blocks (
    first integer primary key, -- no posting in it is lower: (hash << 32 | row) - 2^63
    postings blob not null -- sorted pairs of a shingle's hash and a paragraph's row
);
