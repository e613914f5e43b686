INSERT INTO doc_tokens (rowid, title, heading, body) VALUES (?, ?, ?, ?)
