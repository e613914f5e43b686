package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"agentdesk/server/eventlog"
	"agentdesk/server/folds"
	"agentdesk/server/identity/keyring"
)

// store is what a shop keeps on disk: keys, log and folds, each in its folder.
type store struct {
	keys  *keyring.Ring
	log   *eventlog.Embedded
	folds *folds.Folds
}

func openStore(ctx context.Context, dir, shop string, logger *slog.Logger) (_ *store, err error) {
	s := &store{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err := s.openLog(ctx, dir, shop, logger); err != nil {
		return nil, err
	}
	if s.folds, err = folds.Open(ctx, foldParams(dir, logger)); err != nil {
		return nil, fmt.Errorf("open folds: %w", err)
	}
	if err := s.folds.CatchUp(ctx, s.log, s.keys); err != nil {
		return nil, fmt.Errorf("folds catch up: %w", err)
	}
	return s, nil
}

func foldParams(dir string, logger *slog.Logger) folds.Params {
	return folds.Params{Path: filepath.Join(dir, "folds.db"), Logger: logger}
}

func (s *store) openLog(ctx context.Context, dir, shop string, logger *slog.Logger) (err error) {
	if err := os.MkdirAll(filepath.Join(dir, "keys"), 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if s.keys, err = keyring.Open(ctx, keyring.Params{Dir: filepath.Join(dir, "keys")}); err != nil {
		return fmt.Errorf("open keys: %w", err)
	}
	if s.log, err = eventlog.OpenEmbedded(ctx, eventlog.EmbeddedParams{Dir: filepath.Join(dir, "log"), Shop: shop, Logger: logger}); err != nil {
		return fmt.Errorf("open log: %w", err)
	}
	return nil
}

func (s *store) close() error {
	var errs []error
	if s.folds != nil {
		errs = append(errs, s.folds.Close())
	}
	if s.log != nil {
		errs = append(errs, s.log.Close())
	}
	if s.keys != nil {
		errs = append(errs, s.keys.Close())
	}
	return errors.Join(errs...)
}

// rebuild deletes the folds and makes them anew. The server must not run: the log's folder is locked.
func rebuild(ctx context.Context, args []string, std stdio) error {
	fs := flag.NewFlagSet("rebuild", flag.ContinueOnError)
	fs.SetOutput(std.err)
	dir := fs.String("data", "var/server", "the server's data folder")
	shop := fs.String("shop", "chengyu", "the shop")
	if err := fs.Parse(args); err != nil {
		return err
	}
	s := &store{}
	if err := s.openLog(ctx, *dir, *shop, std.log); err != nil {
		return errors.Join(err, s.close())
	}
	f, err := folds.Rebuild(ctx, foldParams(*dir, std.log), s.log, s.keys)
	if err != nil {
		return errors.Join(fmt.Errorf("rebuild: %w", err), s.close())
	}
	s.folds = f
	fmt.Fprintf(std.out, "folds rebuilt up to record %d\n", f.Checkpoint())
	return s.close()
}
