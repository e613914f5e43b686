SELECT d.rowid, d.kind, d.id, d.title, d.aliases, d.section, d.heading, d.text, d.known, -bm25(doc_tokens, 5.0, 4.0, 1.0) AS score
FROM doc_tokens JOIN doc d ON d.rowid = doc_tokens.rowid
WHERE doc_tokens MATCH ?
ORDER BY score DESC, d.rowid
LIMIT ?
