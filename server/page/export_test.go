package page

import "testing"

// Words are the pages' words.
func Words(t *testing.T) map[string][2]string {
	v, err := newViews()
	if err != nil {
		t.Fatal(err)
	}
	return v.words
}
