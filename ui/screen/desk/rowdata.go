package desk

import (
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/sync/label"
	"agentdesk/ui/look"
)

// faces is how many drawn faces there are.
const faces = 8

// face picks a drawn face: "0" … "7" name one, any other string always gets the same.
func face(key string) fyne.Resource {
	n, err := strconv.Atoi(key)
	if err != nil || n < 0 || n >= faces {
		h := fnv.New32a()
		h.Write([]byte(key))
		n = int(h.Sum32() % faces)
	}
	return look.Asset(fmt.Sprintf("faces/face-%d.svg", n))
}

// mood is the token name of an emotion, "" for none.
func mood(e label.Emotion) string {
	switch e {
	case label.Delighted:
		return "joy"
	case label.Calm:
		return "calm"
	case label.Uncertain:
		return "puzzled"
	case label.Anxious:
		return "anxious"
	case label.Dissatisfied:
		return "upset"
	case label.Angry:
		return "angry"
	}
	return ""
}

// tier is the token name of a tier, "" for none.
func tier(t string) string {
	switch t {
	case "platinum":
		return "plat"
	case "new":
		return "fresh"
	case "black", "gold", "silver":
		return t
	}
	return ""
}

// channel is the badge of a channel: icon and brand colour.
func channel(c string) (icon string, ink look.Ink) {
	switch c {
	case "taobao":
		return "bag", "#D9620B"
	case "douyin":
		return "play", "#50535C"
	case "xiaohongshu":
		return "heart", "#C23349"
	case "wechat":
		return "chat", "#2C8A4B"
	}
	return "globe", "#2B54B8"
}

func (d *Desk) label(t view.Tag) look.Label {
	word := t.Text
	if t.Key != "" {
		word = d.env.W.In("tag", t.Key)
	}
	if t.Alarm {
		return look.Label{Word: look.OneLine(word), Stroke: look.BadLine, Ink: look.BadText}
	}
	return look.Label{Word: look.OneLine(word), Stroke: look.LineStrong, Ink: look.Fg2}
}

// left is whole seconds until a deadline, rounded up while it runs, so that the last second shows 1.
func left(deadline, now time.Time) int {
	s := deadline.Sub(now).Seconds()
	if s < 0 {
		return int(math.Floor(s))
	}
	return int(math.Ceil(s))
}

// rowData chooses what a queue row shows. take says that the row carries the take-over button.
func (d *Desk) rowData(r view.Row, now time.Time, selected, take bool) look.RowData {
	w := d.env.W
	icon, ink := channel(r.Channel)
	out := look.RowData{
		Face: face(r.Face), Badge: icon, BadgeInk: string(ink), Name: look.OneLine(r.Name), Tier: tier(r.Tier),
		Mood: mood(r.Mood), Unread: r.Unread, Selected: selected,
	}
	if out.Name == "" {
		out.Name = w.T("visitor")
	}
	if out.Tier != "" {
		out.TierWord = w.In("tier", r.Tier)
	}
	if out.Mood != "" {
		out.MoodWord = w.In("emotion", string(r.Mood))
	}
	switch {
	case r.Typing:
		out.Snippet = w.T("row.typing")
	case r.By == view.ByAgent:
		out.Snippet = w.T("row.you", "text", look.OneLine(r.Snippet))
	case r.By == view.ByBot:
		out.Snippet = w.T("row.bot", "text", look.OneLine(r.Snippet))
	default:
		out.Snippet = look.OneLine(r.Snippet)
	}
	for _, t := range r.Tags {
		out.Tags = append(out.Tags, d.label(t))
	}
	switch {
	case !r.Deadline.IsZero():
		out.Waiting, out.Left = true, left(r.Deadline, now)
		if take && r.Denied == "" {
			out.Take = w.T("row.take")
		} else {
			out.Under = w.In("channel", r.Channel)
		}
	case !r.LateSince.IsZero():
		s := max(0, int(now.Sub(r.LateSince).Seconds()))
		out.When, out.Late = w.T("row.waits", "time", fmt.Sprintf("%d:%02d", s/60, s%60)), true
	case !r.At.IsZero() && now.Sub(r.At) < time.Minute:
		out.When = w.T("ago.now")
	default:
		out.When = w.Clock(r.At, now)
	}
	return out
}
