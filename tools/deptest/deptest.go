// Package deptest holds the house's import rules: ui → app → sync, server → copilot → sync, app → copilot/comply, and Fyne
// in the desk's face alone.
package deptest

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Module is the import path of the house.
const Module = "agentdesk"

// Package is what `go list -json` says of one package; all paths are import paths.
type Package struct {
	ImportPath   string
	Name         string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string // what it needs, directly or not; without what only its tests need
}

// Room is a part of the house with one rule about what it may import.
type Room string

// The rooms. Door is the desk's main package in the module's root.
const (
	Door    Room = "main"
	UI      Room = "ui"
	App     Room = "app"
	Sync    Room = "sync"
	Comply  Room = "copilot/comply"
	Copilot Room = "copilot"
	Server  Room = "server"
	Assets  Room = "assets"
	Tools   Room = "tools"
)

// may says which other rooms a room may import. Shared data and code flow from the right to the left only.
var may = map[Room][]Room{
	Door:    {UI, App, Sync, Assets},
	UI:      {App, Sync, Assets},
	App:     {Comply, Sync, Assets},
	Server:  {Copilot, Comply, Sync, Assets},
	Copilot: {Comply, Sync, Assets},
	Comply:  {Sync, Assets},
	Sync:    {},
	Assets:  {},
	Tools:   {Door, UI, App, Sync, Comply, Copilot, Server, Assets},
}

// faceless rooms never need Fyne, directly or not.
var faceless = []Room{Server, Copilot, Comply, Sync, App, Assets}

// notForUI is what the desk's face never imports itself: it does no network and no SQL.
var notForUI = []string{
	"net", "net/http", "database/sql", "github.com/gorilla/websocket", "github.com/mattn/go-sqlite3", "github.com/pressly/goose/v3",
}

// trained files are carried by the server alone: the desk has no use for 30 MB of network.
const trained = Module + "/assets/model"

// RoomOf says which room a package of the house belongs to; false for packages of others and for an unknown folder.
func RoomOf(path string) (Room, bool) {
	if path == Module {
		return Door, true
	}
	rest, ok := strings.CutPrefix(path, Module+"/")
	if !ok {
		return "", false
	}
	if within(rest, string(Comply)) {
		return Comply, true
	}
	top, _, _ := strings.Cut(rest, "/")
	if _, ok := may[Room(top)]; !ok || Room(top) == Door {
		return "", false
	}
	return Room(top), true
}

// Check returns a sentence for each rule that a package of the house breaks, in order; none when all are kept. Tests keep
// the same rules between rooms, but may import tools, and a test of the face may open a socket.
func Check(pkgs []Package) []string {
	var out []string
	for _, p := range pkgs {
		if p.ImportPath != Module && !strings.HasPrefix(p.ImportPath, Module+"/") {
			continue
		}
		room, ok := RoomOf(p.ImportPath)
		if !ok {
			out = append(out, fmt.Sprintf("%s: no room of the house; rules are in tools/deptest", p.ImportPath))
			continue
		}
		if p.Name == "sync" {
			out = append(out, fmt.Sprintf("%s: a package named sync hides the standard library's", p.ImportPath))
		}
		for _, i := range p.Imports {
			if why := forbidden(room, i); why != "" {
				out = append(out, fmt.Sprintf("%s imports %s: %s", p.ImportPath, i, why))
			}
		}
		for _, i := range slices.Concat(p.TestImports, p.XTestImports) {
			if r, ok := RoomOf(i); ok && r != Tools && !mayImport(room, r) {
				out = append(out, fmt.Sprintf("tests of %s import %s: %s never imports %s", p.ImportPath, i, room, r))
			}
			if slices.Contains(faceless, room) && isFyne(i) {
				out = append(out, fmt.Sprintf("tests of %s import %s: %s knows no Fyne", p.ImportPath, i, room))
			}
		}
		if !slices.Contains(faceless, room) {
			continue
		}
		for _, d := range p.Deps {
			if isFyne(d) && !slices.Contains(p.Imports, d) {
				out = append(out, fmt.Sprintf("%s needs %s through something else: %s knows no Fyne", p.ImportPath, d, room))
				break // one is enough: Fyne has dozens of packages
			}
		}
	}
	sort.Strings(out)
	return slices.Compact(out)
}

func forbidden(room Room, path string) string {
	if path == trained && room != Server && room != Tools {
		return "the trained files are the server's"
	}
	if r, ok := RoomOf(path); ok {
		if !mayImport(room, r) {
			return fmt.Sprintf("%s never imports %s", room, r)
		}
		return ""
	}
	if slices.Contains(faceless, room) && isFyne(path) {
		return fmt.Sprintf("%s knows no Fyne", room)
	}
	if room == UI && slices.Contains(notForUI, path) {
		return "the desk's face does no network and no SQL"
	}
	return ""
}

func mayImport(from, to Room) bool { return from == to || slices.Contains(may[from], to) }

func isFyne(path string) bool { return within(path, "fyne.io") }

func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }
