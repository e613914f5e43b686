package client

import "testing"

func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"t":"welcome","v":1}`, `{"t":"rec","cursor":{"seq":1}}`, `{"t":"ack","id":"x","ok":true}`, `{"t":"live"}`, `{"t":7}`, `[`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if v, err := Decode(data); err != nil && v != nil {
			t.Errorf("%q: both %v and %v", data, v, err)
		}
	})
}
