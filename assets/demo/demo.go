// Package demo carries the demo shop 澄屿 CHENGYU in the binary: its data and the pictures of its products. All people,
// numbers, addresses and filings in it are made up.
package demo

import (
	"embed"
	"io/fs"
)

//go:embed shop/*.json shop/*/*.json pictures/*.svg
var files embed.FS

// Shop holds the shop's data: products/*.json, customers.json, orders.json, carts.json, promotions.json, policies.json,
// reviews.json, and so on. Package shopdata reads them.
func Shop() fs.FS { return sub("shop") }

// Pictures holds one SVG a product form, drawn on 372 × 372 without text elements, filters or clips, so that browsers and
// Fyne show the same. A product names its own.
func Pictures() fs.FS { return sub("pictures") }

func sub(dir string) fs.FS {
	f, err := fs.Sub(files, dir)
	if err != nil { // only for a name that is no path: a mistake in this file
		panic(err)
	}
	return f
}
