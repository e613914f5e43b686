package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// screen is a virtual display whose memory can be read: what is really painted, not what a program says.
type screen struct {
	display       string
	cmd           *exec.Cmd
	mem           []byte
	width, height int
	line, first   int // bytes of a line; offset of the first
	seed          maphash.Seed
}

// openScreen starts Xvfb with its frame buffer in a file (the format of xwd, which is the protocol's own: XWDFile.h).
func openScreen(ctx context.Context, dir string) (s *screen, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = read.Close() }()
	cmd := exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", "1440x900x24", "-nolisten", "tcp", "-fbdir", dir)
	cmd.ExtraFiles = []*os.File{write}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	err = cmd.Start()
	_ = write.Close()
	if err != nil {
		return nil, fmt.Errorf("start Xvfb (tools/setup run installs it): %w", err)
	}
	s = &screen{cmd: cmd, seed: maphash.MakeSeed()}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	number, err := bufio.NewReader(read).ReadString('\n') // it writes its number when it is ready
	if err != nil {
		return nil, fmt.Errorf("no display came up: %w", err)
	}
	s.display = ":" + strings.TrimSpace(number)
	f, err := os.Open(filepath.Join(dir, "Xvfb_screen0"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if s.mem, err = syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED); err != nil {
		return nil, fmt.Errorf("read the display's memory: %w", err)
	}
	word := func(i int) int { return int(binary.BigEndian.Uint32(s.mem[4*i:])) }
	const colour = 12 // bytes of one entry of the colour map
	s.width, s.height, s.line, s.first = word(4), word(5), word(12), word(0)+colour*word(19)
	if word(11) != 32 || s.first+s.line*s.height > len(s.mem) {
		return nil, fmt.Errorf("a display of %d bits a pixel, %d bytes: not understood", word(11), len(s.mem))
	}
	return s, nil
}

func (s *screen) close() error {
	var err error
	if s.mem != nil {
		err = syscall.Munmap(s.mem)
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	_ = s.cmd.Wait()
	return err
}

const tile = 16 // pixels a side

// picture is the screen in tiles: a fingerprint of each, and whether anything but one colour is in it.
type picture struct {
	tiles []uint64
	ink   []bool
}

// look takes a picture. It reads every second line, since it runs beside what it measures.
func (s *screen) look() picture {
	p := picture{}
	for y := 0; y+tile <= s.height; y += tile {
		for x := 0; x+tile <= s.width; x += tile {
			var h maphash.Hash
			h.SetSeed(s.seed)
			var first uint32
			ink := false
			for dy := 0; dy < tile; dy += 2 {
				from := s.first + (y+dy)*s.line + 4*x
				row := s.mem[from : from+4*tile]
				_, _ = h.Write(row)
				for i := 0; i < len(row); i += 4 {
					v := binary.LittleEndian.Uint32(row[i:])
					if i == 0 && dy == 0 {
						first = v
					}
					ink = ink || v != first
				}
			}
			p.tiles, p.ink = append(p.tiles, h.Sum64()), append(p.ink, ink)
		}
	}
	return p
}

// like is which share of p's tiles with something in them was so in q already.
func (p picture) like(q picture) float64 {
	all, same := 0, 0
	for i := range p.tiles {
		if p.ink[i] {
			all++
			if p.tiles[i] == q.tiles[i] {
				same++
			}
		}
	}
	if all == 0 {
		return 0
	}
	return float64(same) / float64(all)
}

// painted runs a program on the screen and gives how long after its start the window was as it is when all is quiet. A few
// tiles may differ: a clock, a latency.
func (s *screen) painted(ctx context.Context, cmd *exec.Cmd) (took time.Duration, err error) {
	const (
		settled = 3 * time.Second // without a picture that is much different
		patient = 20 * time.Second
		every   = 8 * time.Millisecond
		enough  = 0.97
	)
	type frame struct {
		at  time.Duration
		pic picture
	}
	empty := s.look()
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		werr := cmd.Wait()
		if err == nil && werr != nil {
			err = fmt.Errorf("the desk did not end cleanly: %w", werr)
		}
	}()
	var frames []frame
	last, lastAt := empty, time.Duration(0)
	for time.Since(began) < patient {
		p := s.look()
		at := time.Since(began)
		if !equal(p, last) {
			if p.like(last) < enough {
				lastAt = at
			}
			last = p
			frames = append(frames, frame{at, p})
		}
		if len(frames) > 0 && at-lastAt > settled {
			break
		}
		if err := wait(ctx, every); err != nil {
			return 0, err
		}
	}
	inked := 0
	for _, i := range last.ink {
		if i {
			inked++
		}
	}
	const least = 150 // tiles with something in them: the log-in screen has as many, an empty window none
	if inked < least {
		return 0, fmt.Errorf("no desk was painted: %d tiles have something in them", inked)
	}
	for _, f := range frames {
		if last.like(f.pic) >= enough {
			return f.at, nil
		}
	}
	return 0, errors.New("the desk never came to rest")
}

func equal(a, b picture) bool {
	for i := range a.tiles {
		if a.tiles[i] != b.tiles[i] {
			return false
		}
	}
	return true
}
