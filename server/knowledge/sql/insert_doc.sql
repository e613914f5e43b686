INSERT INTO doc (rowid, kind, id, title, section, heading, text) VALUES (?, ?, ?, ?, ?, ?, ?)
