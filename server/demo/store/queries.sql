-- name: put_guest
INSERT INTO guests (who, body) VALUES (?1, ?2) ON CONFLICT (who) DO UPDATE SET body = ?2
-- name: put_cart
INSERT INTO carts (who, body) VALUES (?1, ?2) ON CONFLICT (who) DO UPDATE SET body = ?2
-- name: put_order
INSERT INTO orders (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET body = ?2
-- name: put_coupon
INSERT INTO coupons (who, id, body) VALUES (?1, ?2, ?3) ON CONFLICT (who, id) DO UPDATE SET body = ?3
-- name: put_sold
INSERT INTO sold (variant, n) VALUES (?1, ?2) ON CONFLICT (variant) DO UPDATE SET n = ?2
-- name: drop_guest
DELETE FROM guests WHERE who = ?
-- name: drop_cart
DELETE FROM carts WHERE who = ?
-- name: drop_coupons
DELETE FROM coupons WHERE who = ?
-- name: all_guests
SELECT who, '', body FROM guests
-- name: all_carts
SELECT who, '', body FROM carts
-- name: all_orders
SELECT id, '', body FROM orders
-- name: all_coupons
SELECT who, id, body FROM coupons
-- name: all_sold
SELECT variant, '', n FROM sold
-- name: put_stocked
INSERT INTO stocked (variant, n) VALUES (?1, ?2) ON CONFLICT (variant) DO UPDATE SET n = ?2
-- name: all_stocked
SELECT variant, '', n FROM stocked
