// Package assets holds the files that the desk carries inside its binary: fonts, icons, faces, pictures, translations and
// the design tokens.
package assets

import (
	"embed"
	"fmt"
)

//go:embed icons/*.svg faces/*.svg pictures/* i18n/*.json tokens.json
var files embed.FS

// The fonts stay in the binary's own pages: a file system would copy 15 MB.
var (
	//go:embed fonts/NotoSansSC-Regular.otf
	regular []byte
	//go:embed fonts/NotoSansSC-Bold.otf
	bold []byte
)

// Read returns an embedded file by its path below assets, for example "icons/bag.svg". Fonts are not among them, see Font.
func Read(path string) ([]byte, error) {
	b, err := files.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read asset %s: %w", path, err)
	}
	return b, nil
}

// Font returns Noto Sans SC, regular or bold. It is the embedded file itself and must not be changed.
func Font(heavy bool) []byte {
	if heavy {
		return bold
	}
	return regular
}
