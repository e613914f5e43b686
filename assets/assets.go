// Package assets holds the files that the desk carries inside its binary: fonts, icons, faces, pictures, translations and
// the design tokens.
package assets

import (
	"embed"
	"fmt"
)

//go:embed fonts/*.ttf icons/*.svg faces/*.svg pictures/* i18n/*.json tokens.json
var files embed.FS

// Read returns an embedded file by its path below assets, for example "icons/bag.svg".
func Read(path string) ([]byte, error) {
	b, err := files.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read asset %s: %w", path, err)
	}
	return b, nil
}
