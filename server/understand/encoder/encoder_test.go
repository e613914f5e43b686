package encoder

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// slow is an encoder whose every message takes 10 ms of the bubble's time.
func slow(t *testing.T, workers, queue int) *Encoder {
	e := newEncoder(table(t), Params{Tokens: 64, Workers: workers, Queue: queue})
	e.run = func(_ *worker, ids []int64) (Output, error) {
		time.Sleep(10 * time.Millisecond)
		return Output{Emotion: [Emotions]float32{float32(len(ids))}}, nil
	}
	return e
}

func TestRead_QueuesAndRefusesWhatIsTooMuch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := slow(t, 2, 3)
		began := time.Now()
		results := make(chan error, 10)
		for range 10 {
			go func() {
				_, err := e.Read(t.Context(), Input{Text: "退款"})
				results <- err
			}()
		}
		synctest.Wait()
		if n := e.Waiting(); n != 3 {
			t.Errorf("%d wait, want 3", n)
		}
		done, busy := 0, 0
		for range 10 {
			switch err := <-results; {
			case err == nil:
				done++
			case errors.Is(err, ErrBusy):
				busy++
			default:
				t.Error(err)
			}
		}
		if done != 5 || busy != 5 {
			t.Errorf("%d done and %d refused, want 5 and 5", done, busy)
		}
		if took := time.Since(began); took != 30*time.Millisecond {
			t.Errorf("five messages on two workers took %v", took)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestRead_GivesUpAtOnceWhenItsTurnComesTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := slow(t, 1, 10)
		if _, err := e.Read(t.Context(), Input{Text: "a"}); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			go func() { _, _ = e.Read(t.Context(), Input{Text: "a"}) }()
		}
		synctest.Wait()
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Millisecond)
		defer cancel()
		if _, err := e.Read(ctx, Input{Text: "a"}); !errors.Is(err, ErrBusy) || time.Since(began) != 0 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := e.Read(ctx, Input{Text: "a"}); err != nil {
			t.Errorf("with time enough: %v", err)
		}
		if n := e.Waiting(); n != 0 {
			t.Errorf("%d still wait", n)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestRead_EndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := slow(t, 1, 10)
		go func() { _, _ = e.Read(t.Context(), Input{Text: "a"}) }()
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(5*time.Millisecond, cancel)
		if _, err := e.Read(ctx, Input{Text: "a"}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if _, err := e.Read(ctx, Input{Text: "a"}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestClose_WaitsForTheMessageBeingRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := slow(t, 1, 10)
		read := make(chan error, 1)
		go func() { _, err := e.Read(t.Context(), Input{Text: "a"}); read <- err }()
		synctest.Wait()
		began := time.Now()
		queued := make(chan error, 1)
		go func() { _, err := e.Read(t.Context(), Input{Text: "a"}); queued <- err }()
		synctest.Wait()
		if err := errors.Join(e.Close(), e.Close()); err != nil {
			t.Fatal(err)
		}
		if err := <-read; err != nil || time.Since(began) != 10*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if err := <-queued; !errors.Is(err, ErrClosed) {
			t.Errorf("in the queue: %v", err)
		}
		if _, err := e.Read(t.Context(), Input{Text: "a"}); !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	})
}

func TestOpen_SaysThatTheRuntimeIsMissing(t *testing.T) {
	p := Params{Graph: []byte("x"), Pieces: []byte(smallPieces), Norm: []byte(smallNorm), Tokens: 64}
	for _, library := range []string{filepath.Join(t.TempDir(), "none.so"), t.TempDir(), ""} {
		p.Library = library
		if _, err := Open(p); !errors.Is(err, ErrNoRuntime) {
			t.Errorf("%q: %v", library, err)
		}
	}
	text := filepath.Join(t.TempDir(), "text.so")
	if err := os.WriteFile(text, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.Library = text
	if _, err := Open(p); !errors.Is(err, ErrNoRuntime) {
		t.Error(err)
	}
	p.Graph = nil
	if _, err := Open(p); err == nil || errors.Is(err, ErrNoRuntime) {
		t.Errorf("no network: %v", err)
	}
}

func TestFindRuntime_IsWhereSetupPutsIt(t *testing.T) {
	script, err := os.ReadFile("../../../tools/setup")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CACHE_HOME", "/somewhere")
	got, err := FindRuntime()
	if err != nil || got != "/somewhere/"+runtimeFolder+"/"+runtimeFile {
		t.Errorf("%s, %v", got, err)
	}
	for _, want := range []string{"/" + runtimeFolder + "\n", runtimeFile, "@" + strings.TrimPrefix(filepath.Base(runtimeFolder), "onnxruntime-")} {
		if !strings.Contains(string(script), want) {
			t.Errorf("tools/setup does not name %q", want)
		}
	}
}

func TestRead_LeavesAMessageToOthersRatherThanLetItWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := slow(t, 1, 100)
		if _, err := e.Read(t.Context(), Input{Text: "a"}); err != nil { // 10 ms a message are known from now on
			t.Fatal(err)
		}
		busy, results := 0, make(chan error, 60)
		began := time.Now()
		for range 60 {
			go func() { _, err := e.Read(t.Context(), Input{Text: "a"}); results <- err }()
		}
		for range 60 {
			if err := <-results; errors.Is(err, ErrBusy) {
				busy++
			} else if err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(began); busy == 0 || busy > 40 || took > patience+10*time.Millisecond {
			t.Errorf("%d of 60 were refused, the others took %v", busy, took)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
}
