package bot

import (
	"errors"
	"fmt"
	"testing"

	"agentdesk/server/shop"
)

func TestStory_TellsStepsAndTools(t *testing.T) {
	s := openTill(t)
	talked := &chat{till: s, who: "c-0010"}
	r := talked.say(t, "9188 这单帮我取消")
	if len(r.Steps) != 1 || r.Steps[0].Wish != "cancel" || r.Steps[0].Code != r.Code {
		t.Errorf("steps %+v of %s", r.Steps, r.Code)
	}
	if len(r.Uses) != 2 || r.Uses[0].Tool != toolCancel || r.Uses[0].Result != UseOffered || r.Uses[1].Tool != toolOrder || r.Uses[1].Result != UseRead {
		t.Fatalf("offered: %+v", r.Uses)
	}
	r = talked.say(t, "确认取消")
	if len(r.Uses) < 1 || r.Uses[0].Tool != toolCancel || r.Uses[0].Result != UseDone || r.Uses[0].Fen != 35800 || r.Uses[0].Args["order"] == "" {
		t.Errorf("done: %+v", r.Uses)
	}
	r = talked.say(t, "推荐一款适合敏感肌的面霜")
	if last := r.Uses[len(r.Uses)-1]; last.Tool != toolProducts || last.Args["found"] == "0" || last.Result != UseRead {
		t.Errorf("looked up: %+v of %s", r.Uses, r.Code)
	}
	two := talked.say(t, "积分怎么用？另外面霜多少钱？")
	if len(two.Steps) != 2 || two.Steps[0].Code == two.Steps[1].Code {
		t.Errorf("two wishes in steps %+v", two.Steps)
	}
}

func TestStory_ToldWhyAToolDidNothing(t *testing.T) {
	c := call{toolCancel, map[string]string{"order": "1"}}
	for _, x := range []struct {
		err         error
		result, why string
	}{
		{nil, UseDone, ""}, {ErrLimit, UseRefused, "limit"}, {shop.ErrNotFound, UseRefused, "not_found"}, {ErrForbidden, UseRefused, "not_theirs"},
		{shop.ErrState, UseRefused, "state"}, {shop.ErrInvalid, UseRefused, "invalid"}, {shop.ErrFull, UseRefused, "full"},
		{&shop.StockError{}, UseRefused, "stock"}, {ErrArguments, UseRefused, "invalid"}, {errors.New("down"), UseFailed, ""},
	} {
		err := x.err
		if err != nil {
			err = fmt.Errorf("cancel_order: %w", err)
		}
		u := outcome(c, 100, err)
		if u.Result != x.result || u.Why != x.why || (u.Fen == 100) != (err == nil) || (u.Detail != "") != (x.result == UseFailed) {
			t.Errorf("%v: %+v", x.err, u)
		}
	}
}
