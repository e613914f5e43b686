INSERT INTO doc (rowid, kind, id, title, aliases, section, heading, text, known) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
