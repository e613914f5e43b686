SELECT rowid, -bm25(doc_tokens, 5.0, 4.0, 1.0) AS score
FROM doc_tokens
WHERE doc_tokens MATCH ?
ORDER BY score DESC, rowid
LIMIT ?
