package desk

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// voices plays the voice messages of a log, one at a time. What plays is cut from the WAV, so that a message can be stopped,
// taken up again, and entered anywhere.
type voices struct {
	d       *Desk
	views   map[string]*voiceView
	at      map[string]float32 // where each was stopped, seconds
	playing string             // the item that plays, or is to play when its sound is there
	turn    int                // counts plays; a report of an older one is dropped
	cancel  context.CancelFunc
}

// voiceView is what moves while a message plays.
type voiceView struct {
	wave *look.VoiceWave
	icon *look.Icon
	time *look.Text
	ink  look.Ink
	secs int
}

func newVoices(d *Desk) *voices {
	return &voices{d: d, views: map[string]*voiceView{}, at: map[string]float32{}}
}

// view draws a voice message.
func (v *voices) view(it *view.Item, most float32) fyne.CanvasObject {
	w := v.d.env.W
	ink, soft, back := look.Fg, look.Fg3, look.Panel
	if it.By == view.ByAgent {
		ink, soft, back = "bubbleOutText", "bubbleOutText", "bubbleOut"
	}
	part := float32(0)
	if it.Seconds > 0 {
		part = v.at[it.ID] / float32(it.Seconds)
	}
	inner := min(look.Scaled(416), most-24)
	// The wave gives way to the time and the mood beside it.
	bars := it.Wave[:min(len(it.Wave), int(max(40, inner-24-8-40-86)/5))]
	s := &voiceView{wave: look.NewVoiceWave(bars, part, ink, soft), icon: look.NewIcon("play", back, 12), ink: back,
		time: look.NewText(clock(it.Seconds), look.Caption.In(soft)), secs: it.Seconds}
	v.views[it.ID] = s
	if v.playing == it.ID {
		s.icon.Name = "pause"
	}
	button := look.NewTap(look.Fix(24, 24, look.Layers(look.Dot(ink, 24), look.Row(0, look.Spacer(), s.icon, look.Spacer()))), "", 12, func() { v.toggle(it) })
	s.wave.OnSeek = func(part float32) { v.seek(it, part) }
	row := look.Row(8, button, s.wave, look.Fix(look.Scaled(34), 0, s.time), look.Spacer())
	if m := mood(it.Mood); m != "" {
		row.Add(look.Emotion(m, w.In("emotion", string(it.Mood)), ""))
	}
	text, more := fold(it.Text)
	spans := []look.Span{look.S(w.T("voice.text"), look.Caption.In(soft)), look.T("　" + look.Clean(text))}
	if it.Text == "" {
		spans = []look.Span{look.S(w.T("voice.notext"), look.Caption.In(soft))}
	}
	if it.Lacking != "" {
		spans = append(spans, look.S("　"+v.d.lacking(it.Lacking), look.Caption.In(look.BadText)))
	}
	said := look.Fg2
	if it.By == view.ByAgent {
		said = ink
	}
	col := look.Col(2, look.Fix(0, 24, row), look.NewPara(look.Caption.In(said), inner, spans...))
	if more {
		col.Add(look.Row(0, look.NewTap(look.NewText(w.T("unfold"), look.Caption.B().In(look.AccentText)), "", 4, func() { v.d.read(it.Name, it.Text) })))
	}
	return col
}

// toggle plays, or stops where it is.
func (v *voices) toggle(it *view.Item) {
	if v.playing == it.ID {
		v.stop()
		return
	}
	v.play(it)
}

// seek plays on from another place.
func (v *voices) seek(it *view.Item, part float32) {
	v.stop()
	v.at[it.ID] = part * float32(it.Seconds)
	v.play(it)
}

// stop ends what plays; it can be taken up again from there.
func (v *voices) stop() {
	if v.cancel != nil {
		v.cancel()
	}
	old := v.playing
	v.cancel, v.playing = nil, ""
	v.turn++
	v.draw(old)
}

func (v *voices) play(it *view.Item) {
	v.stop()
	if v.d.env.Play == nil {
		return
	}
	v.playing = it.ID
	v.draw(it.ID)
	if it.Sound == nil {
		v.d.env.Act.Fetch(it.ID)
		return
	}
	v.start(it)
}

// arrived starts what waited for its sound.
func (v *voices) arrived(l *view.Log) {
	if v.playing == "" || v.cancel != nil {
		return
	}
	for i := range l.Items {
		it := &l.Items[i]
		switch {
		case it.ID != v.playing:
		case it.Sound != nil:
			v.start(it)
		case it.Lacking != "":
			v.stop()
		}
	}
}

func (v *voices) start(it *view.Item) {
	from := v.at[it.ID]
	if it.Seconds > 0 && from >= float32(it.Seconds)-0.2 {
		from = 0
	}
	wav, err := cutWAV(it.Sound, float64(from))
	if err != nil {
		fyne.LogError("play voice message", err)
		v.stop()
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(it.Seconds+30)*time.Second)
	v.cancel = cancel
	turn, id := v.turn, it.ID
	v.at[id] = from
	err = v.d.env.Play(ctx, wav, func(seconds float64, done bool) {
		fyne.Do(func() {
			if v.turn != turn {
				return
			}
			v.at[id] = from + float32(seconds)
			if done {
				delete(v.at, id)
				v.stop()
				return
			}
			v.draw(id)
		})
	})
	if err != nil {
		fyne.LogError("play voice message", err)
		v.stop()
	}
}

// draw shows how far a message was played.
func (v *voices) draw(id string) {
	s := v.views[id]
	if s == nil {
		return
	}
	icon := "play"
	if v.playing == id {
		icon = "pause"
	}
	s.icon.Set(icon, s.ink)
	at, begun := v.at[id]
	if s.secs > 0 {
		s.wave.SetPart(min(1, at/float32(s.secs)))
	}
	if begun {
		s.time.Set(clock(int(at)))
	} else {
		s.time.Set(clock(s.secs))
	}
}

var errNotWAV = errors.New("not a WAV")

// cutWAV is a WAV from a moment on. Its data chunk is cut at a whole sample; everything before it stays as it is.
func cutWAV(wav []byte, seconds float64) (io.Reader, error) {
	if len(wav) < 12 || string(wav[:4]) != "RIFF" || string(wav[8:12]) != "WAVE" {
		return nil, errNotWAV
	}
	rate, align := uint32(0), uint32(0)
	for at := 12; at+8 <= len(wav); {
		size := int(binary.LittleEndian.Uint32(wav[at+4:]))
		body := at + 8
		if size < 0 || body+size > len(wav) {
			size = len(wav) - body // streams leave the length open
		}
		switch string(wav[at : at+4]) {
		case "fmt ":
			if size < 16 {
				return nil, errNotWAV
			}
			rate = binary.LittleEndian.Uint32(wav[body+8:]) // bytes a second
			align = uint32(binary.LittleEndian.Uint16(wav[body+12:]))
		case "data":
			if rate == 0 || align == 0 {
				return nil, errNotWAV
			}
			skip := 0
			if seconds > 0 { // also false for what is no number
				skip = int(min(float64(size), seconds*float64(rate)))
			}
			skip -= skip % int(align)
			head := bytes.Clone(wav[:body])
			binary.LittleEndian.PutUint32(head[at+4:], uint32(size-skip))
			binary.LittleEndian.PutUint32(head[4:], uint32(len(head)-8+size-skip))
			return io.MultiReader(bytes.NewReader(head), bytes.NewReader(wav[body+skip:body+size])), nil
		}
		at = body + size + size%2
	}
	return nil, errNotWAV
}
