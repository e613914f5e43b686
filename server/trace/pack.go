package trace

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
)

// dictionary is what most traces hold: their keys and commonest words. With it a packed trace takes about a third; see TestPack.
const dictionary = `"why":["lexicon: ","linear: a person p=0.","encoder: a person p=0.","linear: return_refund p=0.","linear: calm p=0.","encoder: anxious p=0.",` +
	`"encoder: dissatisfied p=0.","encoder: recommend p=0.","encoder: suitability p=0.","encoder: price_promo p=0.","encoder: order_status p=0.",` +
	`"encoder: logistics p=0.9","encoder: uncertain p=0.","encoder: calm p=0.9"],"conf":0.,"by":"linear","by":"lexicon","ms":` +
	`,"provider":"","model":"","prompt":"answer.v1","in":,"out":,"attempts":[{"provider":"","model":"","hedge":true,"after":,"fault":"","lost":true}],"struck":[{"text":"","why":"ungrounded"}],"byModel":true` +
	`,"kind":"promotion","title":"","section":"","kind":"policy","title":"","kind":"order","title":"订单 ","kind":"product","title":"` +
	`,"tools":[{"tool":"recommend_products","args":{"found":"3"},"result":"read"},{"tool":"cancel_order","args":{"order":"CY880000"},"result":"offered"},` +
	`{"tool":"look_up_order","args":{"order":"CY880000"},"result":"read"}],"src":[{"id":"p-` +
	`{"msg":"","for":"01K","at":17,"ms":1,"pause":1200,"read":{"emotion":"calm","intent":"price_promo","conf":0.9,"by":"encoder","why":["encoder: ` +
	`"],"ms":1},"action":"escalate","reason":"","action":"ask","action":"answer","steps":[{"wish":"logistics","code":"logistics.parcel"}],`

// level is flate's: the fastest that reads a dictionary.
const level = 2

// packer packs bytes. One goroutine at a time uses it.
type packer struct{ w *flate.Writer }

func newPacker() *packer { return &packer{} }

func (p *packer) pack(raw []byte) ([]byte, error) {
	var out bytes.Buffer
	if p.w == nil {
		w, err := flate.NewWriterDict(&out, level, []byte(dictionary))
		if err != nil {
			return nil, fmt.Errorf("make a packer: %w", err)
		}
		p.w = w
	} else {
		p.w.Reset(&out)
	}
	if _, err := p.w.Write(raw); err != nil {
		return nil, err
	}
	if err := p.w.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(out.Bytes()), nil
}

func unpack(packed []byte) ([]byte, error) {
	r := flate.NewReaderDict(bytes.NewReader(packed), []byte(dictionary))
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("unpack a trace: %w", err)
	}
	return raw, r.Close()
}
